"""The report on a dataset: an `Overview` in words, charts and tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from flows.figures.holdings import Outlet
from flows.figures.overview import Overview
from flows.figures.timeline import Timeline, name_of
from flows.pages.blocks import BARS, NONE, Figure, Section, State, Table, Tile, number, plural, share, words
from flows.pages.charts import NARROW, WIDE, Bar, Column, draw_bars, draw_columns
from flows.pages.quality import quality_section, rejects_section
from flows.pages.rendering import render_page
from flows.pages.run_report import runs_section, time_of
from flows.pages.speech import quotes_section, speakers_section
from flows.progress import counted

_NO_OUTLET = "(no outlet)"
_NO_ARTICLES = "There are no articles."
_PERIODS = {"week": "week of "}
"""What stands before the name of a period."""


def render_dataset_report(overview: Overview) -> str:
    """Return the page: the same for the same overview.

    Raises:
        OptionsError: The library for charts is not installed.
    """
    sections = (
        _over_time(overview),
        _outlets(overview),
        speakers_section(overview),
        quotes_section(overview),
        quality_section(overview),
        rejects_section(overview),
        runs_section(overview.runs),
    )
    return render_page(
        "report",
        eyebrow="newsframes report · dataset",
        title=overview.processed,
        lead=f"Version {overview.version}, committed {time_of(overview.committed_at)}, made from {overview.raw}.",
        tiles=tuple(_tiles(overview)),
        sections=sections,
        foot=f"All figures are of version {overview.version} of {overview.processed}; newsframes report --json gives "
        "them as JSON.",
    )


def _tiles(overview: Overview) -> Iterator[Tile]:
    holdings, articles = overview.holdings, overview.rows["articles"]
    dates = f"{holdings.first_date} to {holdings.last_date}" if holdings.first_date else "no dates"
    yield Tile(number(articles), plural(articles, "article"), f"{number(holdings.words)} words")
    yield Tile(number(holdings.quotations), plural(holdings.quotations, "quotation"), _rows_of_quotes(overview))
    yield _attributed_tile(overview)
    yield Tile(
        number(overview.cited.named_count),
        plural(overview.cited.named_count, "named speaker"),
        "the same name is the same speaker",
    )
    yield Tile(number(holdings.outlet_count), plural(holdings.outlet_count, "outlet"), dates)
    yield _rejected_tile(overview)
    yield _checked_tile(overview)


def _rows_of_quotes(overview: Overview) -> str:
    other = overview.rows["quotes"] - overview.holdings.quotations
    return f"and {number(other)} other quoted spans" if other else ""


def _attributed_tile(overview: Overview) -> Tile:
    quotations = overview.quotations
    right = share(quotations.expected_right, quotations.attributed)
    note = f"about {right} of these right, by their confidence" if quotations.attributed else ""
    return Tile(share(quotations.attributed, overview.holdings.quotations), "of quotations attributed", note)


def _rejected_tile(overview: Overview) -> Tile:
    statuses = overview.files.statuses
    rejected = statuses.get("rejected", 0)
    state: State = "warn" if rejected else "good"
    return Tile(number(rejected), f"{plural(rejected, 'file')} rejected", f"of {number(sum(statuses.values()))}", state)


def _checked_tile(overview: Overview) -> Tile:
    checked = overview.checked
    if checked is None:
        return Tile(NONE, "invariants", "not checked")
    hold = checked.invariants - len(checked.violations)
    state: State = "bad" if checked.violations else "good"
    return Tile(f"{hold} of {checked.invariants}", "invariants hold", f"checked on version {overview.version}", state)


def _over_time(overview: Overview) -> Section:
    holdings, timeline = overview.holdings, overview.holdings.timeline
    if not timeline.periods:
        return Section("time", "Over time", "No article has a date." if overview.rows["articles"] else _NO_ARTICLES)
    unit = timeline.unit
    lead = f"By {unit} of publication, {holdings.first_date} to {holdings.last_date}."
    if timeline.strays:
        lead += f" Not drawn: {counted(timeline.strays, 'article')} dated far from nearly all others."
    if holdings.undated:
        lead += f" Without a date, and so not here: {counted(holdings.undated, 'article')}."
    rows = [
        (f"{p.start:%Y-%m}" if unit == "month" else name_of(p.start, unit), number(p.articles), number(p.quotations))
        for p in timeline.periods
    ]
    columns = (unit.capitalize(), "#Articles", "#Quotations")
    table = Table(f"Articles and quotations by {unit}", columns, rows, is_open=False, is_narrow=True)
    figures = (_columns(timeline, "article", "c0"), _columns(timeline, "quotation", "c1"))
    return Section("time", "Over time", lead, figures, tables=(table,))


def _columns(timeline: Timeline, noun: str, colour: str) -> Figure:
    title = f"{noun.capitalize()}s by {timeline.unit}"
    columns = []
    for period in timeline.periods:
        name, count = name_of(period.start, timeline.unit), getattr(period, f"{noun}s")
        columns.append(Column(name, count, f"{_PERIODS.get(timeline.unit, '')}{name}: {counted(count, noun)}"))
    return Figure(title, tuple(draw_columns(title, columns, colour, w) for w in (NARROW, WIDE)), is_wide=True)


def _outlets(overview: Overview) -> Section:
    outlets = overview.holdings.outlets
    if not outlets:
        return Section("outlets", "Outlets", _NO_ARTICLES)
    figures = (
        _by_outlet("Articles by outlet", outlets, lambda o: o.articles, "article", "c0"),
        _by_outlet("Quotations by outlet", outlets, lambda o: o.quotations, "quotation", "c1"),
        _by_outlet("Quotations for 1,000 words", outlets, _density, "quotation", "c2", 1),
    )
    columns = ("Outlet", "#Articles", "#Words", "#Quotations", "#For 1,000 words", "#Attributed", "First", "Last",
               "#Undated", "#Near-duplicates")  # fmt: skip
    total = overview.holdings.outlet_count + any(outlet.outlet is None for outlet in outlets)
    table = Table("Outlets", columns, [_outlet_row(outlet) for outlet in outlets], total)
    return Section("outlets", "Outlets", figures=figures, tables=(table,))


def _by_outlet(
    title: str,
    outlets: Sequence[Outlet],
    count: Callable[[Outlet], float | None],
    noun: str,
    colour: str,
    digits: int = 0,
) -> Figure:
    bars = []
    for outlet in outlets[:BARS]:
        name, value = outlet.outlet or _NO_OUTLET, count(outlet)
        shown = number(value, digits)
        bars.append(Bar(name, value or 0, shown, f"{name}: {shown} {noun if shown == '1' else noun + 's'}"))
    note = f"The {BARS} outlets with most articles; the table has the others." if len(outlets) > BARS else ""
    return Figure(title, (draw_bars(title, bars, colour),), note=note)


def _density(outlet: Outlet) -> float | None:
    return 1000 * outlet.quotations / outlet.words if outlet.words else None


def _outlet_row(outlet: Outlet) -> tuple[str, ...]:
    return (
        outlet.outlet or _NO_OUTLET,
        number(outlet.articles),
        number(outlet.words),
        number(outlet.quotations),
        number(_density(outlet), 1),
        share(outlet.attributed, outlet.quotations),
        words(outlet.first_date),
        words(outlet.last_date),
        number(outlet.undated),
        number(outlet.near_duplicates),
    )
