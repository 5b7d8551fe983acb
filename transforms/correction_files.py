"""What people decided about rows of `QUOTES`: the lines of a reviewed CSV, by article.

A line names a row by article_id, start and end, sets some of its columns and says who decided. An empty cell leaves a
column as it is, a single dash makes it null. Values hold no line ends, so that a stray quotation mark spoils its own
line only. Nothing here needs pandas: every run reads the file.
"""

import csv
import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from transforms.schemas import POLARITIES, QUOTE_KINDS, QUOTE_TYPES, QUOTES, SPEAKER_KINDS

KEY = ("article_id", "start", "end")
DECIDED_BY = "decided_by"
_DERIVED = frozenset({"quote_id", "text", "paragraph_index", "quotation_key", "evidence"})
"""Columns that follow from the text: a file may have them for its reader, and what stands in them is not read."""
SETTABLE = tuple(name for name in QUOTES.schema.names if name not in _DERIVED.union(KEY))
"""The columns that a line may set, in the order of `QUOTES`; all others follow from the text."""
_NULLABLE = frozenset(field.name for field in QUOTES.schema if field.nullable)
_NULL = "-"
_VOCABULARIES = {
    "kind": QUOTE_KINDS,
    "quote_type": QUOTE_TYPES,
    "speaker_kind": SPEAKER_KINDS,
    "polarity": POLARITIES,
}
_OFFSETS = frozenset({"statement_start", "statement_end", "speaker_start", "speaker_end", "cue_start", "cue_end"})
_DELIMITERS = ",;\t|"
_LINE_END = re.compile(r"\r\n|\n|\r")
_ARTICLE_ID = re.compile(r"[0-9a-f]{32}")
_INTEGER = re.compile(r"[0-9]{1,10}")
_INT32_END = 1 << 31

Value = str | int | float | None
"""What a column is set to; None for null."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What was decided about one row, all its lines together.

    Attributes:
        start: Offset of the row's first character.
        end: Offset after the row's last character.
        values: What is set, by column, in the order of `SETTABLE`; never empty.
        decided_by: Who decided; of several lines, those whose values still stand, separated by semicolons.
        numbers: The lines that still stand, from 1; for messages.
    """

    start: int
    end: int
    values: Mapping[str, Value]
    decided_by: str
    numbers: tuple[int, ...]

    @property
    def place(self) -> str:
        """Where it is written: "line 12", "lines 3, 12"."""
        return f"line{'s' * (len(self.numbers) > 1)} {', '.join(map(str, self.numbers))}"


@dataclass(frozen=True, slots=True)
class Corrections:
    """All corrections of a file; `len` is the number of rows that they are about.

    Attributes:
        lines: Those of an article, by article_id, sorted by start, then end.
        problems: A message for each line that cannot be used, and is not.
        notes: A message for each value that a later line overrules.
    """

    lines: Mapping[str, tuple[Correction, ...]]
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return sum(map(len, self.lines.values()))

    def digest(self, article_id: str) -> str | None:
        """Return the SHA-256, in hex, of what was decided about an article's rows, and by whom; None if nothing was.

        Where the lines stand in the file is not part of it.
        """
        corrections = self.lines.get(article_id)
        if not corrections:
            return None
        decided = [[c.start, c.end, dict(c.values), c.decided_by] for c in corrections]
        canonical = json.dumps(decided, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


class _Line(NamedTuple):
    number: int
    values: dict[str, Value]
    decided_by: str


_RowKey = tuple[str, int, int]


def parse_corrections(text: str) -> Corrections:
    """Return the corrections that a CSV or TSV text holds; its header says what separates its fields.

    Lines about the same row count together; where they contradict each other the later one counts, and is noted.

    Args:
        text: All of it.

    Raises:
        ValueError: The header lacks a column, or has one that is unknown or given twice.
    """
    numbered = enumerate(_LINE_END.split(text.removeprefix("\ufeff")), start=1)
    lines = [(number, line) for number, line in numbered if line.strip()]
    delimiter = max(_DELIMITERS, key=lines[0][1].count) if lines else ","
    columns = _read_header(_split(lines[0][1], delimiter) if lines else [])
    decided: dict[_RowKey, list[_Line]] = {}
    problems = []
    for number, line in lines[1:]:
        try:
            cells = _split(line, delimiter)
            if any(cells):
                key, values, decided_by = _read_line(columns, cells)
                decided.setdefault(key, []).append(_Line(number, values, decided_by))
        except ValueError as error:
            problems.append(f"line {number}: {error}")
    return _gathered(decided, problems)


def _split(line: str, delimiter: str) -> list[str]:
    if '"' not in line:
        return [cell.strip() for cell in line.split(delimiter)]
    try:
        (cells,) = csv.reader([line], delimiter=delimiter, strict=True, skipinitialspace=True)
    except csv.Error as error:
        raise ValueError(f"quotation marks: {error}") from None
    return [cell.strip() for cell in cells]


def _read_header(cells: Sequence[str]) -> list[str]:
    columns = [cell.lower() for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    required = (*KEY, DECIDED_BY)
    allowed = f"may be set: {', '.join(SETTABLE)}"
    if missing := [column for column in required if column not in columns]:
        raise ValueError(f"no column {', '.join(missing)}: every line needs {', '.join(required)}")
    for at, column in enumerate(columns):
        if column not in _DERIVED.union(required, SETTABLE):
            raise ValueError(f"unknown column {column!r}; {allowed}")
        if column in columns[:at]:
            raise ValueError(f"column {column} is there twice")
    return columns


def _read_line(columns: Sequence[str], cells: Sequence[str]) -> tuple[_RowKey, dict[str, Value], str]:
    """Return the row's key, what is set and who decided.

    Raises:
        ValueError: Something is wrong with it; the message names all of it.
    """
    if any(cells[len(columns) :]):
        raise ValueError("more fields than the header: a field that holds the separator needs quotation marks")
    given = {column: cell for column, cell in zip(columns, cells, strict=False) if cell}
    wrong: list[str] = []
    values = {c: _read(c, given[c], _read_value, wrong) for c in SETTABLE if c in given}
    article_id, start, end = (_read(c, given.get(c, ""), _KEY_READERS[c], wrong) for c in KEY)
    if isinstance(start, int) and isinstance(end, int) and start >= end:
        wrong.append(f"start {start} is not before end {end}")
    decided_by = unicodedata.normalize("NFC", given.get(DECIDED_BY, _NULL))
    if decided_by == _NULL:
        wrong.append(f"{DECIDED_BY} is empty")
    if not values:
        wrong.append("it sets nothing")
    if wrong or not isinstance(start, int) or not isinstance(end, int):
        raise ValueError("; ".join(wrong))
    return (str(article_id), start, end), values, decided_by


def _read(column: str, cell: str, reader: Callable[[str, str], Value], wrong: list[str]) -> Value:
    try:
        return reader(column, cell)
    except ValueError as error:
        wrong.append(str(error))
        return None


def _read_article_id(column: str, cell: str) -> str:
    if not _ARTICLE_ID.fullmatch(cell.lower()):
        raise ValueError(f"{column} {cell!r} is not 32 hex digits")
    return cell.lower()


def _read_integer(column: str, cell: str) -> int:
    if not _INTEGER.fullmatch(cell) or int(cell) >= _INT32_END:
        raise ValueError(f"{column} {cell!r} is no offset")
    return int(cell)


def _read_probability(column: str, cell: str) -> float:
    try:
        probability = float(cell)
    except ValueError:
        probability = -1
    if not 0 <= probability <= 1:
        raise ValueError(f"{column} {cell!r} is not between 0 and 1")
    return probability


def _read_value(column: str, cell: str) -> Value:
    if cell == _NULL:
        if column not in _NULLABLE:
            raise ValueError(f"{column} may not be null")
        return None
    if column in _OFFSETS:
        return _read_integer(column, cell)
    if column == "confidence":
        return _read_probability(column, cell)
    if column in _VOCABULARIES and cell not in _VOCABULARIES[column]:
        raise ValueError(f"{column} {cell!r} is not one of {', '.join(_VOCABULARIES[column])}")
    return unicodedata.normalize("NFC", cell)


_KEY_READERS: Mapping[str, Callable[[str, str], Value]] = {
    "article_id": _read_article_id,
    "start": _read_integer,
    "end": _read_integer,
}


def _gathered(decided: Mapping[_RowKey, Sequence[_Line]], problems: Sequence[str]) -> Corrections:
    by_article: dict[str, list[Correction]] = {}
    notes: list[tuple[int, str]] = []
    for key, lines in sorted(decided.items()):
        by_article.setdefault(key[0], []).append(_merged(key, lines, notes))
    return Corrections(
        {article_id: tuple(corrections) for article_id, corrections in by_article.items()},
        tuple(problems),
        tuple(note for _, note in sorted(notes)),
    )


def _merged(key: _RowKey, lines: Sequence[_Line], notes: list[tuple[int, str]]) -> Correction:
    """Return what the lines about one row decide together; the later one counts, a column at a time."""
    latest: dict[str, _Line] = {}
    for line in lines:
        for column, value in line.values.items():
            earlier = latest.get(column)
            if earlier and earlier.values[column] != value:
                was, now = (_NULL if v is None else v for v in (earlier.values[column], value))
                where = f"lines {earlier.number} and {line.number}: {column} of {key[0]} {key[1]}-{key[2]}"
                notes.append((line.number, f"{where} is {was}, then {now}: the later one counts"))
            latest[column] = line
    standing = sorted({line.number for line in latest.values()})
    deciders = dict.fromkeys(line.decided_by for line in lines if line.number in standing)
    values = {column: latest[column].values[column] for column in SETTABLE if column in latest}
    return Correction(key[1], key[2], values, "; ".join(deciders), tuple(standing))
