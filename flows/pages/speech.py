"""The sections on who speaks, and on what is quoted."""

from __future__ import annotations

from collections.abc import Iterator

from flows.figures.overview import Overview
from flows.pages.blocks import BARS, NONE, Figure, Section, Table, number, share, words
from flows.pages.charts import Bar, Part, draw_bars, draw_parts, kinds_of
from flows.progress import counted

_JOINED = (
    "Across articles a speaker is a name: the same name, in whatever case, is one speaker. That joins two people who "
    "share a name, and parts one who is Pompeo here and Mike Pompeo there. Words are those of the quotations."
)
_UNNAMED = "Documents, groups, and those whom no article names. A wording may be somebody else in each article."
_BY_TYPE = ("c1", "c9")
"""Colours of quotations with a speaker, and without."""


def speakers_section(overview: Overview) -> Section:
    """Return the section on who is quoted most."""
    cited = overview.cited
    if not cited.named and not cited.unnamed:
        return Section("speakers", "Speakers", "No quotation has a speaker.")
    figures = tuple(_most_quoted(overview)) + tuple(_speaker_kinds(overview))
    tables = tuple(t for t in (_named(overview), _unnamed(overview)) if t.rows)
    return Section("speakers", "Speakers", _JOINED, figures, tables=tables)


def quotes_section(overview: Overview) -> Section:
    """Return the section on kinds and types of quotes, and how sure their speakers are."""
    if not overview.rows["quotes"]:
        return Section("quotes", "Quotes", "There are no quotes.")
    attributed, total = overview.quotations.attributed, overview.holdings.quotations
    lead = f"{number(attributed)} of {counted(total, 'quotation')} have a speaker ({share(attributed, total)})."
    figures = (*_types(overview), *_confidence(overview), _kinds(overview))
    return Section("quotes", "Quotes", lead, figures, tables=(*_thresholds(overview), *_unattributed(overview)))


def _most_quoted(overview: Overview) -> Iterator[Figure]:
    bars = []
    for s in overview.cited.named[:BARS]:
        told = f"{s.speaker}: {counted(s.quote_count, 'quotation')} in {counted(s.article_count, 'article')}"
        bars.append(Bar(s.speaker, s.quote_count, number(s.quote_count), told))
    if bars:
        yield Figure("Most quoted", (draw_bars("Most quoted speakers", bars, "c1"),))


def _speaker_kinds(overview: Overview) -> Iterator[Figure]:
    attributed = overview.quotations.attributed
    bars = []
    for kind, count in overview.quotations.speaker_kinds.items():
        name = kind or "not known"
        bars.append(Bar(name, count, share(count, attributed), f"{name}: {counted(count, 'quotation')}"))
    if bars:
        yield Figure("Quotations by what the speaker is", (draw_bars("Quotations by kind of speaker", bars, "c2"),))


def _named(overview: Overview) -> Table:
    columns = ("Speaker", "#Quotations", "#Words", "#Articles", "#Outlets", "#Mean confidence", "Kind", "Roles")
    rows = [
        (s.speaker, number(s.quote_count), number(s.word_count), number(s.article_count), number(s.outlet_count),
         number(s.mean_confidence, 2), words(s.speaker_kind), ", ".join(s.roles) or NONE)
        for s in overview.cited.named
    ]  # fmt: skip
    quotations = counted(overview.cited.named_quotations, "quotation")
    note = f"People and organisations with a name, who have {quotations}. Roles: their most frequent ones."
    return Table("Most quoted speakers", columns, rows, overview.cited.named_count, note)


def _unnamed(overview: Overview) -> Table:
    columns = ("Wording", "Kind", "#Quotations", "#Articles")
    rows = [(u.speaker, words(u.speaker_kind), number(u.quote_count), number(u.article_count))
            for u in overview.cited.unnamed]  # fmt: skip
    title = "Speakers without a name"
    return Table(title, columns, rows, overview.cited.unnamed_count, _UNNAMED, is_open=False)


def _types(overview: Overview) -> Iterator[Figure]:
    title, parts = "Quotations by type", []
    for place, (name, both) in enumerate(overview.quotations.types.items()):
        for part, count in (("with a speaker", both.attributed), ("without", both.quotations - both.attributed)):
            told = f"{name}, {part}: {counted(count, 'quotation')} ({share(count, both.quotations)})"
            parts.append(Part(place, name, part, count, told))
    if parts:
        yield Figure(title, (draw_parts(title, parts, _BY_TYPE),), tuple(zip(_BY_TYPE, kinds_of(parts), strict=True)))


def _confidence(overview: Overview) -> Iterator[Figure]:
    title, bands, attributed = "By confidence", overview.quotations.confidence, overview.quotations.attributed
    bars = []
    for band, count in reversed(list(enumerate(bands))):
        name = f"{band / len(bands):.1f} to {(band + 1) / len(bands):.1f}"
        told = f"confidence {name}: {counted(count, 'quotation')} ({share(count, attributed)})"
        bars.append(Bar(name, count, share(count, attributed), told))
    if attributed:
        yield Figure(f"{title}, those with a speaker", (draw_bars("Quotations by confidence", bars, "c5"),))


def _kinds(overview: Overview) -> Figure:
    title = "All quoted spans by kind"
    bars = [Bar(kind, count, number(count), f"{kind}: {counted(count, 'row')}")
            for kind, count in overview.quotations.kinds.items()]  # fmt: skip
    return Figure(title, (draw_bars(title, bars, "c3"),))


def _thresholds(overview: Overview) -> Iterator[Table]:
    total = overview.holdings.quotations
    rows = [(f"{least:.2f}", number(count), share(count, total)) for least, count in overview.quotations.above.items()]
    note = "Confidence is the probability that the speaker is right. Who asks for more of it keeps fewer quotations."
    if overview.quotations.attributed:
        columns = ("Confidence from", "#Quotations", "#Of all quotations")
        yield Table("What more confidence costs", columns, rows, note=note, is_narrow=True)


def _unattributed(overview: Overview) -> Iterator[Table]:
    reasons = overview.quotations.unattributed
    without = sum(reasons.values())
    rows = [(words(reason), number(count), share(count, without)) for reason, count in reasons.items()]
    if rows:
        columns = ("Reason", "#Quotations", "#Of those without")
        yield Table("Why quotations have no speaker", columns, rows, is_narrow=True)
