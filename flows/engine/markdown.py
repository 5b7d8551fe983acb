"""Markdown that shows a text as it is: file names are hostile, with marks, tags and control characters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from flows.progress import visible

LENGTH_SHOWN = 300
"""Characters of a text, at most."""

# Words with marks between them that Markdown gives no meaning there; an underscore only inside a word.
_PLAIN = re.compile(r"[^\W_](?:[^\W_]|(?<=[^\W_])_(?=[^\W_])|[ .,:;/=()'!?…-])*")
# Among these: the start of a list, an address that becomes a link, blanks that are drawn as one.
_NOT_PLAIN = re.compile(r"\d+[.)](?:\s|$)|.*(?://|www\.|  )")
_BACKTICKS = re.compile(r"`+")


def literal(text: str) -> str:
    """Return Markdown that shows a text as it is, cut to `LENGTH_SHOWN`.

    It is the text itself where Markdown leaves that alone, as there are those who read it undrawn: Prefect's second
    UI, which draws no Markdown in a table, and whoever asks the API.
    """
    line = visible(text)
    short = line if len(line) <= LENGTH_SHOWN else f"{line[: LENGTH_SHOWN - 1]}…"
    return short if _PLAIN.fullmatch(short) and not _NOT_PLAIN.match(short) else code(short)


def code(line: str) -> str:
    """Return a code span. Its fence is longer than any run of backticks in it, so nothing in it is Markdown."""
    fence = "`" * (max(map(len, _BACKTICKS.findall(line)), default=0) + 1)
    padding = " " if not line or line[0] in "` " or line[-1] in "` " else ""
    return f"{fence}{padding}{line}{padding}{fence}"


def table(header: tuple[str, str], rows: Iterable[tuple[str, int]]) -> str:
    """Return a table of names, which are ours, and numbers; nothing if it has no rows."""
    lines = [f"| {name} | {number:,} |" for name, number in rows]
    return "\n".join([f"| {header[0]} | {header[1]} |", "| --- | ---: |", *lines]) if lines else ""


def block(lines: Sequence[str]) -> str:
    """Return lines of code. It is indented, not fenced: no line can end it."""
    return "\n".join(f"    {visible(line)}" for line in lines)
