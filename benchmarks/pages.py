"""Pages: Markdown tables, written between the markers of a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.machine import ROOT

PERFORMANCE = ROOT / "docs" / "performance.md"
SCALING = ROOT / "docs" / "scaling.md"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; all columns but the first are set to the right."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)


def put_between(page: Path, name: str, text: str) -> None:
    """Write a text between the markers of a name on a page.

    Raises:
        ValueError: The page has no such markers, or several.
    """
    written = page.read_text(encoding="utf-8")
    begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
    if written.count(begin) != 1 or written.count(end) != 1:
        raise ValueError(f"{page} has not one pair of markers {begin.strip()} and {end}")
    marked = re.compile(f"({re.escape(begin)}).*?({re.escape(end)})", re.DOTALL)
    page.write_text(marked.sub(lambda m: f"{m[1]}\n{text.strip()}\n\n{m[2]}", written), encoding="utf-8")
