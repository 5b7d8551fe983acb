"""The rows of a side file: CSV, TSV or JSONL text, as whoever wrote it and spreadsheets left it."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence

_TAB_ENDINGS = frozenset({"tsv", "tab"})
# Spreadsheets export "Unicode text" as .txt: tabs between fields.
_TABLE_ENDINGS = _TAB_ENDINGS | {"csv", "txt"}
# The first line by which a CSV tells Excel its separator.
_SEP_LINE = re.compile(r'"?sep=([^"\r\n])"?[ \t]*(?=[\r\n]|\Z)', re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\n|\r")
_LINES_NAMED = 5

# What the csv module says of a mark too few or too many.
_PLAIN_ERRORS = {
    "field larger than": "a field is too long: is a closing quotation mark missing?",
    "unexpected end": "the file ends inside quotation marks: is a closing one missing?",
    "expected after": "text follows a closing quotation mark: marks inside a quoted field are doubled",
}

Line = tuple[int, list[str]]
"""The number of a row's first line, from 1, and its fields."""


def read_rows(text: str, name: str) -> tuple[list[Mapping[str, object]], list[str]]:
    """Return the rows of a side file, by header, and notes on those that cannot be used.

    A row shorter than the header lacks its last fields. A longer one has an unquoted separator somewhere, so that
    nobody knows which field is which: it is left out and noted. Of columns with the same header the first counts.

    Args:
        text: All of it.
        name: Its file name, whose ending says what it is.

    Raises:
        ValueError: It is no side file, or it is damaged.
    """
    text = text.removeprefix("\ufeff")
    ending = name.casefold().removesuffix(".gz").rpartition(".")[2]
    if ending in {"jsonl", "ndjson"}:
        return list(_json_rows(text, name)), []
    if ending not in _TABLE_ENDINGS:
        raise ValueError(f"{name}: a side file is .csv, .tsv or .jsonl")
    stated = _SEP_LINE.match(text)
    text = text[stated.end() :] if stated else text  # its line end stays, and with it the count of lines
    delimiter = stated[1] if stated else "\t" if ending in _TAB_ENDINGS else _delimiter(text)
    is_plain = delimiter == "\t" and ending != "csv"
    return _under_header(_tab_lines(text) if is_plain else _quoted_lines(text, delimiter, name))


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


def _under_header(lines: Sequence[Line]) -> tuple[list[Mapping[str, object]], list[str]]:
    header = lines[0][1] if lines else []
    columns: dict[str, int] = {}
    for i, title in enumerate(header):
        columns.setdefault(title, i)
    width, is_simple = len(header), len(columns) == len(header)
    rows: list[Mapping[str, object]] = []
    refused = []
    for number, fields in lines[1:]:
        if is_simple and len(fields) == width:
            rows.append(dict(zip(header, fields, strict=True)))
        elif any(field.strip() for field in fields[width:]):
            refused.append(number)
        else:
            rows.append({title: fields[i] if i < len(fields) else "" for title, i in columns.items()})
    return rows, [_refusal(refused)] if refused else []


def _refusal(numbers: Sequence[int]) -> str:
    named = ", ".join(map(str, numbers[:_LINES_NAMED]))
    more = f" and {len(numbers) - _LINES_NAMED:,} more" if len(numbers) > _LINES_NAMED else ""
    have, are = ("has", "is") if len(numbers) == 1 else ("have", "are")
    return (
        f"line{'s' * (len(numbers) > 1)} {named}{more} {have} more fields than the header and {are} left out: "
        "a field that holds the separator needs quotation marks"
    )


def _delimiter(text: str) -> str:
    header = text.lstrip("\r\n").split("\n", 1)[0]
    return max(",;\t|", key=header.count)


def _quoted_lines(text: str, delimiter: str, name: str) -> list[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines, start = [], 1
    try:
        for fields in reader:
            if fields:
                lines.append((start, fields))
            start = reader.line_num + 1
    except csv.Error as error:
        told = next((plain for said, plain in _PLAIN_ERRORS.items() if said in str(error)), str(error))
        raise ValueError(f"{name}: line {reader.line_num}: {told}") from None
    return lines


# A field of a quoting writer: marks around it, and every mark inside it doubled.
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')


def _tab_lines(text: str) -> list[Line]:
    """Return the rows of a TSV that was written raw or by a quoting writer.

    Where every line has as many fields as the header, lines are rows, and a mark at the beginning of a title is
    printed copy. Only then can quoted line ends make fewer rows: never if a lone mark would swallow lines.
    """
    lines = [(i, line.split("\t")) for i, line in enumerate(_LINE_END.split(text), start=1) if line.strip()]
    width = len(lines[0][1]) if lines else 0
    if any(len(fields) != width for _, fields in lines):
        try:
            quoted = _quoted_lines(text, "\t", "")
        except ValueError:
            quoted = []
        if quoted and all(len(fields) == width for _, fields in quoted):
            return quoted
    if '"' not in text:
        return lines
    is_all_quoted = bool(lines) and all(_QUOTED.fullmatch(header) for header in lines[0][1])
    return [(i, [_unquoted(field, is_all_quoted) for field in fields]) for i, fields in lines]


def _unquoted(field: str, is_all_quoted: bool) -> str:
    match = _QUOTED.fullmatch(field)
    # A quoting writer marks a field without tab and line end only for the marks in it, which are then doubled.
    if match and (is_all_quoted or '""' in match[1]):
        return match[1].replace('""', '"')
    return field
