"""What a report is made of: tiles, figures and tables in sections, which one template lays out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

State = Literal["good", "warn", "bad", ""]
BARS = 12
"""Bars of a chart whose table has the rest."""
NONE = "–"
"""What a cell without a value shows."""


@dataclass(frozen=True)
class Tile:
    """One key figure.

    Attributes:
        value: As it is printed.
        name: What is counted.
        note: What else there is to know of it.
        state: Whether it is as it should be.
    """

    value: str
    name: str
    note: str = ""
    state: State = ""


@dataclass(frozen=True)
class Figure:
    """A chart.

    Attributes:
        title: What it shows.
        drawn: It, once for every width of page that it is drawn for, the narrowest first.
        legend: (name of the colour, what has it).
        note: What to know when reading it.
        is_wide: Whether it goes over the whole page.
    """

    title: str
    drawn: tuple[Markup, ...]
    legend: tuple[tuple[str, str], ...] = ()
    note: str = ""
    is_wide: bool = False


@dataclass(frozen=True)
class Table:
    """A table that sorts and filters.

    Attributes:
        title: What a row is.
        columns: Their names; of those with numbers, which stand at the right and sort as such, behind a `#`.
        rows: Printed cells.
        total: Rows that there are; more than these if it is cut.
        note: What to know when reading it.
        is_open: Whether it is shown before anybody asks.
        is_narrow: Whether there may be another one beside it.
    """

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    total: int | None = None
    note: str = ""
    is_open: bool = True
    is_narrow: bool = False

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows than these."""
        return self.total is not None and self.total > len(self.rows)


@dataclass(frozen=True)
class Finding:
    """What was looked at, and what was found.

    Attributes:
        state: Whether it is as it should be.
        name: What was looked at.
        said: What was found.
        rows: Some of what is not as it should be.
    """

    state: State
    name: str
    said: str
    rows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A part of a report.

    Attributes:
        anchor: Its id in the page.
        title: Its heading.
        lead: What it tells, in words.
        figures: Its charts.
        findings: What was looked at.
        tables: Its tables.
    """

    anchor: str
    title: str
    lead: str = ""
    figures: tuple[Figure, ...] = ()
    findings: tuple[Finding, ...] = ()
    tables: tuple[Table, ...] = ()


def number(value: float | None, digits: int = 0) -> str:
    """Return a number as it is printed: `1,204`."""
    return NONE if value is None else f"{value:,.{digits}f}"


def share(part: float, whole: float) -> str:
    """Return a share as it is printed: `97.1 %`; 100 % and 0 % only if it is all or nothing."""
    if not whole:
        return NONE
    if part in (0, whole):
        return "100\N{NO-BREAK SPACE}%" if part else "0\N{NO-BREAK SPACE}%"
    return f"{min(max(100 * part / whole, 0.1), 99.9):.1f}\N{NO-BREAK SPACE}%"


def words(value: object) -> str:
    """Return a text or a date as it is printed."""
    return NONE if value is None or value == "" else str(value)


def plural(count: int, noun: str) -> str:
    """Return a noun as it stands behind a number."""
    return noun + "s" * (count != 1)
