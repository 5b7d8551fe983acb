"""Tables as CSV (RFC 4180) in which no cell is a formula, whatever opens it.

Text always stands in quotation marks, with every mark in it doubled; numbers and dates never do; a null is an empty
cell without marks. A spreadsheet runs a cell that begins with =, +, -, @, a tab or a line break, or their full-width
forms, as a formula (OWASP, "CSV injection"), marks or not. One that cuts cells at semicolons, as Excel does in half of
Europe, begins cells inside of a text, after a semicolon, a tab or a line break. All of these get an apostrophe before.

What `unguard` undoes is exactly that: every place that looks like one of these has got one apostrophe more than it had.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

LINE_END = "\r\n"
_FORMULA = "=+@＝＋－＠﹢﹣﹦﹫⁺⁼₊₌﬩-"  # whatever NFKC, which some spreadsheets apply, makes one of = + - @
_LEAD = "[\"' \u00a0]*"  # what may stand before it, and is skipped, or ends an empty cell
AT_BREAK = rf"([;\t\r\n])({_LEAD}[{_FORMULA}])"
AT_START = rf"^({_LEAD}[{_FORMULA}]|'*[\t\r\n])"
"""Where a formula may begin; an audit page, in whose language they mean the same, guards its cells by them, too."""
_GUARDED_AT_BREAK = re.compile(rf"([;\t\r\n])'({_LEAD}[{_FORMULA}])")
_GUARDED_AT_START = re.compile(rf"^'({_LEAD}[{_FORMULA}]|'*[\t\r\n])")


def guard(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Return texts in which nothing is a formula to a spreadsheet; nulls stay."""
    inside = pc.replace_substring_regex(texts, AT_BREAK, r"\1'\2")
    return pc.replace_substring_regex(inside, AT_START, r"'\1")


def unguard(text: str) -> str:
    """Return the text that `guard` made another of."""
    inside = _GUARDED_AT_START.sub(r"\1", text)
    return _GUARDED_AT_BREAK.sub(r"\1\2", inside)


def header(columns: Sequence[str]) -> bytes:
    """Return the first line of a table."""
    return (",".join(columns) + LINE_END).encode()


def lines(rows: pa.Table, is_raw: bool = False) -> bytes:
    """Return the lines of some rows.

    Args:
        rows: The rows; text, numbers and dates alone.
        is_raw: Leave texts as they are: to programs, which read cells and run none.
    """
    if not rows.num_rows:
        return b""
    cells = [_cells(column, is_raw) for column in rows.columns]
    joined = pc.binary_join_element_wise(*cells, ",", null_handling="replace", null_replacement="")
    return (LINE_END.join(joined.to_pylist()) + LINE_END).encode()


def _cells(column: pa.ChunkedArray, is_raw: bool) -> pa.ChunkedArray:
    if not pa.types.is_string(column.type):
        return column.cast(pa.string())
    texts = column if is_raw else guard(column)
    return pc.binary_join_element_wise('"', pc.replace_substring(texts, '"', '""'), '"', "")
