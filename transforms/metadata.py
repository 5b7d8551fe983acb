"""What is known of an article beside its text: from a side file that describes many, or from its path."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from transforms.dates import parse_date
from transforms.fields import Metadata, header_key, parse_fields, printed

__all__ = ["PATH_TEMPLATES", "Metadata", "SideFile", "parse_fields", "parse_path", "parse_side_file"]

PATH_TEMPLATES = (
    "{outlet}/{year}/{month}/{day}/{slug}",
    "{outlet}/{date}/{slug}",
    "{outlet}_{date}_{slug}",
    "{date}/{slug}",
)
"""How archives are laid out; the first template that fits the end of a path counts."""

# Columns that name the raw file, strongest first.
_KEY_SPELLINGS = (
    "rawpath", "path", "filepath", "file", "filename", "name", "document", "documentid", "docid", "articleid", "id",
)  # fmt: skip


class SideFile:
    """Metadata of many articles, each found by its raw path or file name.

    Attributes:
        conflicts: What the file contradicts itself in, a line a key; there, the first row counts.
    """

    def __init__(self, rows: Mapping[str, Metadata], conflicts: Sequence[str] = ()) -> None:
        self._rows = rows
        self.conflicts = list(conflicts)

    def __len__(self) -> int:
        return len(self._rows)

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, object]]) -> "SideFile":
        """Return the side file of some rows, all with the headers of the first.

        Raises:
            ValueError: No column holds a path or file name.
        """
        rows = list(rows)
        if not rows:
            return cls({})
        column = _key_column(list(rows[0]))
        found: dict[str, Metadata] = {}
        conflicts = []
        for row in rows:
            key, metadata = (printed(row.get(column)) or "").removeprefix("./"), parse_fields(row)
            if key and found.setdefault(key, metadata) != metadata:
                conflicts.append(f"{key}: rows differ, the first one counts")
        return cls(found, conflicts)

    def lookup(self, raw_path: str) -> Metadata | None:
        """Return what the file says of a raw file; None if it says nothing.

        The whole path is looked for first, then ever shorter ends of it down to the file name, then the same without
        endings such as `.txt.gz`.
        """
        path = raw_path
        while True:
            parts = path.split("/")
            for start in range(len(parts)):
                if metadata := self._rows.get("/".join(parts[start:])):
                    return metadata
            shorter = _ENDING.sub("", path)
            if shorter == path:
                return None
            path = shorter


# Endings of text files and their wrappings; anything else after a full stop is part of the name.
_ENDING = re.compile(r"(?<=[^/])\.(?:txt|text|md|html?|json|jsonl|ndjson|xml|eml|gz|bz2|xz|zst)\Z", re.IGNORECASE)


def _key_column(headers: Sequence[str]) -> str:
    by_key = {header_key(header): header for header in reversed(headers)}
    if found := next((by_key[spelling] for spelling in _KEY_SPELLINGS if spelling in by_key), None):
        return found
    seen, understood = ", ".join(map(str, headers)), "raw_path, path, filename, file, name, document, id"
    raise ValueError(f"no column names the raw file: it has {seen}; understood are {understood}")


def parse_side_file(text: str, name: str) -> SideFile:
    """Return the side file that a CSV, TSV or JSONL text holds.

    Args:
        text: All of it.
        name: Its file name, whose ending says which of them it is.

    Raises:
        ValueError: It is none of the three, it is damaged, or no column holds a path or file name.
    """
    text = text.removeprefix("\ufeff")
    ending = name.casefold().removesuffix(".gz").rpartition(".")[2]
    if ending in {"jsonl", "ndjson"}:
        return SideFile.from_rows(_json_rows(text, name))
    if ending == "tsv":
        lines = _tsv_rows(text)
    elif ending == "csv":
        lines = _quoted_rows(text, _delimiter(text), name)
    else:
        raise ValueError(f"{name}: a side file is .csv, .tsv or .jsonl")
    headers, *rows = lines or [[]]
    return SideFile.from_rows(dict(zip(headers, row, strict=False)) for row in rows)


def _json_rows(text: str, name: str) -> Iterable[Mapping[str, object]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            raise ValueError(f"{name}: line {number} is no JSON object")
        yield row


def _delimiter(text: str) -> str:
    header = text.split("\n", 1)[0]
    return max(",;\t|", key=header.count)


def _quoted_rows(text: str, delimiter: str, name: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [row for row in reader if row]
    except csv.Error as error:
        raise ValueError(f"{name}: line {reader.line_num}: {error}") from None


# A field of a quoting writer: marks around it, and every mark inside it doubled.
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')


def _tsv_rows(text: str) -> list[list[str]]:
    """Return the rows of a TSV that was written raw or by a quoting writer.

    Where every line has as many fields as the header, lines are rows, and a mark at the beginning of a title is
    printed copy. Only then can quoted line ends make fewer rows: never if a lone mark would swallow lines.
    """
    lines = [line.split("\t") for line in re.split(r"\r\n|\n|\r", text) if line.strip()]
    width = len(lines[0]) if lines else 0
    if any(len(line) != width for line in lines):
        try:
            quoted = _quoted_rows(text, "\t", "")
        except ValueError:
            return lines
        return quoted if all(len(row) == width for row in quoted) else lines
    is_all_quoted = bool(lines) and all(_QUOTED.fullmatch(header) for header in lines[0])
    return [[_unquoted(field, is_all_quoted) for field in line] for line in lines]


def _unquoted(field: str, is_all_quoted: bool) -> str:
    match = _QUOTED.fullmatch(field)
    # A quoting writer marks a field without tab and line end only for the marks in it, which are then doubled.
    if match and (is_all_quoted or '""' in match[1]):
        return match[1].replace('""', '"')
    return field


_PLACEHOLDERS = {
    "outlet": r"(?P<outlet>[^/]+?)",
    "date": r"(?P<date>\d{4}-\d{2}-\d{2}|\d{8})",
    "year": r"(?P<year>\d{4})",
    "month": r"(?P<month>\d{1,2})",
    "day": r"(?P<day>\d{1,2})",
    "slug": r"[^/]+",
}
# Without a year in it no path tells a date, and none is matched in vain.
_YEAR = re.compile(r"\d{4}")
# A folder's name is an outlet's; an archive's is not.
_ARCHIVE = re.compile(r"\.(?:zip|tar|tgz|gz|bz2|xz|zst|7z|jsonl|ndjson)\Z", re.IGNORECASE)


def parse_path(raw_path: str, templates: Sequence[str] = PATH_TEMPLATES) -> Metadata:
    """Return the outlet and published date that a raw path tells.

    A template is matched against the end of the path, so whatever stands before it is allowed. Outlets stay as they
    are in the path.

    Args:
        raw_path: Path below the raw root, also of a member of an archive.
        templates: Names in braces (outlet, date, year, month, day, slug) and the text between them.

    Raises:
        ValueError: A template holds another name.
    """
    for template in templates if _YEAR.search(raw_path) else ():
        match = _path_pattern(template).search(raw_path)
        found = match.groupdict() if match else {}
        printed = found.get("date") or "-".join(found.get(part) or "" for part in ("year", "month", "day"))
        outlet = found.get("outlet")
        if (date := parse_date(printed)) and (outlet is None or _is_outlet(outlet)):
            return Metadata(outlet=outlet, published_date=date)
    return Metadata()


def _is_outlet(name: str) -> bool:
    return any(c.isalpha() for c in name) and not _ARCHIVE.search(name)


@lru_cache(maxsize=64)
def _path_pattern(template: str) -> re.Pattern[str]:
    pattern = ""
    for literal, name in re.findall(r"([^{]*)(?:\{(\w*)\})?", template):
        if name and name not in _PLACEHOLDERS:
            raise ValueError(f"path template {template}: {{{name}}} is none of {', '.join(_PLACEHOLDERS)}")
        pattern += re.escape(literal) + (_PLACEHOLDERS[name] if name else "")
    return re.compile(rf"(?:^|/){pattern}\Z")
