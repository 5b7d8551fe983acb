"""What people decided about rows of `QUOTES`: the lines of a reviewed CSV, by article.

A line names a row by article_id, start and end, sets some of its columns and says who decided. An empty cell leaves a
column as it is, a single dash makes it null. Values hold no line ends, so that a stray quotation mark spoils its own
line only. Nothing here needs pandas: every run reads the file.
"""

import csv
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from transforms.correction_decisions import (
    DECIDED_BY,
    DERIVED,
    KEY,
    NULL,
    SETTABLE,
    Corrections,
    Line,
    Messages,
    RowKey,
    Value,
    contradiction,
    gather,
)
from transforms.exports.cells import unguard
from transforms.schemas import POLARITIES, QUOTE_KINDS, QUOTE_TYPES, QUOTES, SPEAKER_KINDS

_NULLABLE = frozenset(field.name for field in QUOTES.schema if field.nullable)
VOCABULARIES = {
    "kind": QUOTE_KINDS,
    "quote_type": QUOTE_TYPES,
    "speaker_kind": SPEAKER_KINDS,
    "polarity": POLARITIES,
}
_OFFSETS = frozenset({"statement_start", "statement_end", "speaker_start", "speaker_end", "cue_start", "cue_end"})
_DELIMITERS = ",;\t|"
_HEADER_SHOWN = 60
_LINE_END = re.compile(r"\r\n|\n|\r")
_ARTICLE_ID = re.compile(r"[0-9a-f]{32}")
_INTEGER = re.compile(r"[0-9]{1,10}")
_INT32_END = 1 << 31


def parse_corrections(text: str) -> Corrections:
    """Return the corrections that a CSV or TSV text holds; its header says what separates its fields.

    Lines about the same row count together; where they contradict each other the later one counts, and is noted. One
    that says that the row is no quotation overrules whatever earlier lines say of its speaker; a later line about the
    speaker has to say that it is a quotation after all.

    Args:
        text: All of it.

    Raises:
        ValueError: The header lacks a column, or has one that is unknown or given twice.
    """
    columns, delimiter, lines = _open(text)
    decided: dict[RowKey, list[Line]] = {}
    problems: Messages = []
    for number, line in lines:
        try:
            cells = _split(line, delimiter)
            if any(cells):
                key, values, decided_by = _read_line(columns, cells)
                decided.setdefault(key, []).append(Line(number, values, decided_by))
        except ValueError as error:
            problems.append((number, f"line {number}: {error}"))
    return gather(decided, problems)


def read_words(text: str) -> dict[RowKey, str]:
    """Return what stands in the column text, by row: where people judged the bounds, what the words should be.

    Args:
        text: All of the file; lines that cannot be used are passed over.

    Raises:
        ValueError: As `parse_corrections` does.
    """
    columns, delimiter, lines = _open(text)
    words = {}
    for _, line in lines:
        with suppress(ValueError):
            cells = _split(line, delimiter)
            written = dict(zip(columns, cells, strict=False)).get("text")
            if written:
                words[_read_line(columns, cells)[0]] = written
    return words


def _open(text: str) -> tuple[list[str], str, list[tuple[int, str]]]:
    """Return the columns, what separates them, and the lines that are not blank, with their numbers."""
    numbered = enumerate(_LINE_END.split(text.removeprefix("\ufeff")), start=1)
    lines = [(number, line) for number, line in numbered if line.strip()]
    header = lines[0][1] if lines else ""
    delimiter = max(_DELIMITERS, key=header.count)
    return _read_header(header, delimiter), delimiter, lines[1:]


def _split(line: str, delimiter: str) -> list[str]:
    if '"' not in line:
        return [_plain(cell) for cell in line.split(delimiter)]
    try:
        (cells,) = csv.reader([line], delimiter=delimiter, strict=True, skipinitialspace=True)
    except csv.Error as error:
        raise ValueError(f"quotation marks: {error}") from None
    return [_plain(cell) for cell in cells]


def _plain(cell: str) -> str:
    """Return what a cell says, without the apostrophe that keeps a spreadsheet from running it."""
    return unguard(cell.strip()) if "'" in cell else cell.strip()


def _read_header(header: str, delimiter: str) -> list[str]:
    columns = [cell.lower() for cell in _split(header, delimiter)]
    while columns and not columns[-1]:
        columns.pop()
    required = (*KEY, DECIDED_BY)
    allowed = f"may be set: {', '.join(SETTABLE)}"
    if missing := [column for column in required if column not in columns]:
        needed = f" (every line needs {', '.join(required)})" if len(missing) < len(required) else ""
        raise ValueError(f"no column {', '.join(missing)}; {_shown(header)}{needed}")
    for at, column in enumerate(columns):
        if column not in DERIVED.union(required, SETTABLE):
            raise ValueError(f"unknown column {column!r}; {allowed}")
        if column in columns[:at]:
            raise ValueError(f"column {column} is there twice")
    return columns


def _shown(header: str) -> str:
    if not header:
        return "the file is empty"
    escaped = repr(header)[1:-1]
    return f"the header is: {escaped[:_HEADER_SHOWN]}{'…' * (len(escaped) > _HEADER_SHOWN)}"


def _read_line(columns: Sequence[str], cells: Sequence[str]) -> tuple[RowKey, dict[str, Value], str]:
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
    decided_by = unicodedata.normalize("NFC", given.get(DECIDED_BY, NULL))
    if decided_by == NULL:
        wrong.append(f"{DECIDED_BY} is empty")
    if not values:
        wrong.append("it sets nothing")
    if "kind" in values and (said := contradiction(str(values["kind"]), values)):
        wrong.append(said)
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
    if cell == NULL:
        if column not in _NULLABLE:
            raise ValueError(f"{column} may not be null")
        return None
    if column in _OFFSETS:
        return _read_integer(column, cell)
    if column == "confidence":
        return _read_probability(column, cell)
    if column in VOCABULARIES and cell not in VOCABULARIES[column]:
        raise ValueError(f"{column} {cell!r} is not one of {', '.join(VOCABULARIES[column])}")
    return unicodedata.normalize("NFC", cell)


_KEY_READERS: Mapping[str, Callable[[str, str], Value]] = {
    "article_id": _read_article_id,
    "start": _read_integer,
    "end": _read_integer,
}
