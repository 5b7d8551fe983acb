"""A side file: metadata of many articles, each found by its raw path or file name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from transforms.date_columns import in_iso_order, is_day_first
from transforms.fields import Metadata, date_headers, field_of, header_key, parse_columns, printed
from transforms.path_index import PathIndex, as_key
from transforms.side_tables import read_rows

# Columns that name the raw file, strongest first.
_KEY_SPELLINGS = (
    "rawpath", "path", "filepath", "file", "filename", "name", "document", "documentid", "docid", "articleid", "id",
)  # fmt: skip
_COLUMNS_NAMED, _HEADER_SHOWN = 10, 60


@dataclass(frozen=True, slots=True)
class Coverage:
    """How a side file and some raw files fit each other.

    Attributes:
        files: Raw files.
        described: Those with a row.
        unused: Keys of the rows that name none of them.
        conflicts: A line for each file that several rows could mean.
        first: The first of the raw files; None if there are none.
    """

    files: int
    described: int
    unused: list[str]
    conflicts: list[str]
    first: str | None = None


class SideFile:
    """Metadata of many articles, each found by its raw path or file name.

    Attributes:
        notes: What of the file is not used, and why.
        conflicts: What the file contradicts itself in, a line a key; there, the first row counts.
    """

    def __init__(self, rows: Mapping[str, Metadata], notes: Sequence[str] = (), conflicts: Sequence[str] = ()) -> None:
        self._rows = rows
        self._index = PathIndex(rows)
        self._found: dict[str, Sequence[str]] = {}
        self.notes = list(notes)
        self.conflicts = list(conflicts)

    def __len__(self) -> int:
        return len(self._rows)

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, object]], notes: Sequence[str] = ()) -> "SideFile":
        """Return the side file of some rows, all with the headers of the first.

        Args:
            rows: Values by header.
            notes: What is known already not to be used.

        Raises:
            ValueError: No column holds a path or file name.
        """
        rows = list(rows)
        if not rows:
            return cls({}, notes)
        key_column = _key_column(list(rows[0]))
        headers = list(dict.fromkeys(header for row in rows for header in row))
        columns = {header: [row.get(header) for row in rows] for header in headers}
        dates = _Dates(columns)
        found: dict[str, Metadata] = {}
        conflicts = []
        for key, metadata in zip(map(_key, columns[key_column]), dates.parse(), strict=True):
            first = found.setdefault(key, metadata) if key else metadata
            if first is not metadata and first != metadata:
                conflicts.append(f"{key}: rows differ, the first one counts")
        return cls(found, [*notes, *_unused_columns(headers), *dates.notes()], conflicts)

    def lookup(self, raw_path: str) -> Metadata | None:
        """Return what the file says of a raw file; None if it says nothing, or several rows fit equally.

        See `PathIndex.find` for what fits.
        """
        keys = self._keys(raw_path)
        return self._rows[keys[0]] if keys and not self._is_tie(keys) else None

    def coverage(self, raw_paths: Iterable[str]) -> Coverage:
        """Return how the file fits some raw files."""
        files = described = 0
        used: set[str] = set()
        conflicts = []
        first = None
        for path in raw_paths:
            first = first or path
            keys = self._keys(path)
            files += 1
            used.update(keys)
            if self._is_tie(keys):
                conflicts.append(f"{path}: {keys[0]} and {keys[1]} fit it equally, none counts")
            elif keys:
                described += 1
        return Coverage(files, described, [key for key in self._rows if key not in used], conflicts, first)

    def _is_tie(self, keys: Sequence[str]) -> bool:
        return len(keys) > 1 and any(self._rows[key] != self._rows[keys[0]] for key in keys[1:])

    def _keys(self, raw_path: str) -> Sequence[str]:
        if raw_path in self._rows:
            return (raw_path,)
        # The planner asks for most paths more than once.
        keys = self._found.get(raw_path)
        if keys is None:
            keys = self._found[raw_path] = self._index.find(raw_path)
        return keys


def _key(value: object) -> str:
    text = printed(value)
    if text and isinstance(value, str):
        text = value.strip()  # a file name may hold two blanks
    return as_key(text or "")


def _key_column(headers: Sequence[str]) -> str:
    by_key = {header_key(header): header for header in reversed(headers)}
    if found := next((by_key[spelling] for spelling in _KEY_SPELLINGS if spelling in by_key), None):
        return found
    seen, understood = _named(headers), "raw_path, path, filename, file, name, document, id"
    raise ValueError(f"no column names the raw file: it has {seen}; understood are {understood}")


def _unused_columns(headers: Sequence[str]) -> list[str]:
    unused = [h for h in headers if h.strip() and not field_of(h) and header_key(h) not in _KEY_SPELLINGS]
    return [f"columns that are not used: {_named(unused)}"] if unused else []


def _named(headers: Sequence[str]) -> str:
    """Return the first of some headers, each as far as a person reads on."""
    more = f" and {len(headers) - _COLUMNS_NAMED:,} more" if len(headers) > _COLUMNS_NAMED else ""
    return ", ".join(str(header)[:_HEADER_SHOWN] for header in headers[:_COLUMNS_NAMED]) + more


def _in_one_order(header: str, column: Sequence[object]) -> list[str | None]:
    """Return what a column of dates says, as year, month and day where it tells which part of figures is the day."""
    texts = [*map(printed, column)]
    order = is_day_first(header, filter(None, texts))
    return texts if order is None else [text and in_iso_order(text, order) for text in texts]


class _Dates:
    """The dates of a side file, which are understood a column at a time, and how many are not."""

    def __init__(self, columns: Mapping[str, Sequence[object]]) -> None:
        self._columns = columns
        self._dates = {header: _in_one_order(header, columns[header]) for header in date_headers(list(columns))}
        self._unread: list[str] = []

    def parse(self) -> list[Metadata]:
        """Return the metadata of all rows."""
        count = len(next(iter(self._columns.values()), ()))
        rows = parse_columns({**self._columns, **self._dates}, count)
        for row in (at for at, metadata in enumerate(rows) if metadata.published_date is None):
            self._unread += [text for texts in self._dates.values() if (text := texts[row])][:1]
        return rows

    def notes(self) -> list[str]:
        """Return at most one line."""
        count = len(self._unread)
        return [f"{count:,} date{'s' * (count > 1)} could not be read, such as {self._unread[0]}"] if count else []


def parse_side_file(text: str, name: str) -> SideFile:
    """Return the side file that a CSV, TSV or JSONL text holds.

    Args:
        text: All of it.
        name: Its file name, whose ending says which of them it is.

    Raises:
        ValueError: It is none of the three, it is damaged, or no column holds a path or file name.
    """
    return SideFile.from_rows(*read_rows(text, name))
