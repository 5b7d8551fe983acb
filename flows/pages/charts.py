"""Charts as SVG inside a page: no script draws them, and their colours are the page's, by day and by night.

Vega-Lite makes them, with an `aria-label` on every mark: what a screen reader tells and what the page shows as a tip.
The library is an extra of its own; it is imported when the first chart is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from flows.pages.rendering import inactive
from flows.planning.options import OptionsError
from flows.progress import visible

NARROW, WIDE = 330, 1120
"""Units that a chart is wide: about a telephone's, and a page's."""
_ROW = 24
_NAMES = 124
"""Units for the names beside bars; what is longer is cut there, and whole in its tip and table."""
_COLUMNS = 130
"""Units that a chart of columns is high, names of periods included."""
_LONGEST = 300
"""Characters of a text that is told; whoever named an outlet may have written a book."""
_SHORT = "format(datum.value, '~s')"
"""1,500 as 1.5k."""
_OPENING = re.compile(r"<svg [^>]*?viewBox=\"([-\d. ]+)\">")
_CONFIG = {
    "background": None,
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "aria": False,
        "labelColor": "var(--muted)",
        "labelFontSize": 11.5,
        "gridColor": "var(--line)",
        "domainColor": "var(--strong-line)",
        "tickColor": "var(--strong-line)",
    },
    "text": {"fontSize": 12},
}


class Bar(NamedTuple):
    """One bar.

    Attributes:
        name: What stands beside it.
        value: How long it is.
        shown: The value as it is printed at its end.
        told: What its tip says.
    """

    name: str
    value: float
    shown: str
    told: str


class Part(NamedTuple):
    """A part of a bar that has several.

    Attributes:
        place: Of the bar, from 0.
        name: What stands beside the bar.
        part: What this part of it is called.
        value: How long it is.
        told: What its tip says.
    """

    place: int
    name: str
    part: str
    value: float
    told: str


class Column(NamedTuple):
    """One column.

    Attributes:
        name: The period that it stands for.
        value: How high it is.
        told: What its tip says.
    """

    name: str
    value: float
    told: str


def draw_bars(title: str, bars: Sequence[Bar], colour: str = "c0") -> Markup:
    """Return horizontal bars, in their order, each with its value.

    Args:
        title: What the chart shows.
        bars: At least one.
        colour: A colour of the page.
    """
    alt = _altair()
    rows = [{**bar._asdict(), "place": place, "name": _line(bar.name), "told": _line(bar.told)}
            for place, bar in enumerate(bars)]  # fmt: skip
    base = alt.Chart(alt.Data(values=rows)).encode(y=alt.Y("place:O", axis=None))
    length = alt.X("value:Q", axis=None, scale=alt.Scale(domain=[0, max(bar.value for bar in bars) or 1]))
    marks = base.mark_bar(color=f"var(--{colour})", height=alt.RelativeBandSize(0.72)).encode(
        x=length, description="told:N"
    )
    values = base.mark_text(align="left", dx=5, color="var(--ink)", aria=False).encode(x=length, text="shown:N")
    return _svg(title, alt.layer(_named(alt, base), marks, values), len(bars) * _ROW, (_NAMES, 58, 0))


def draw_parts(title: str, parts: Sequence[Part], colours: Sequence[str], width: int = NARROW) -> Markup:
    """Return horizontal bars made of parts, in their order.

    Args:
        title: What the chart shows.
        parts: At least one; those of a bar follow each other.
        colours: Colours of the page, for what `kinds_of` the parts gives.
        width: `NARROW` or `WIDE`.
    """
    alt = _altair()
    kinds = kinds_of(parts)
    rows = [{**part._asdict(), "order": kinds.index(part.part), "name": _line(part.name), "told": _line(part.told)}
            for part in parts]  # fmt: skip
    base = alt.Chart(alt.Data(values=rows)).encode(y=alt.Y("place:O", axis=None))
    marks = base.mark_bar(stroke="var(--raised)", strokeWidth=1, height=alt.RelativeBandSize(0.72)).encode(
        x=alt.X(
            "value:Q", stack="zero", title=None, axis=alt.Axis(tickCount=width // 90, labelExpr=_SHORT, domain=False)
        ),
        color=alt.Color(
            "order:O",
            scale=alt.Scale(domain=list(range(len(kinds))), range=[f"var(--{c})" for c in colours]),
            legend=None,
        ),
        order=alt.Order("order:Q"),
        description="told:N",
    )
    first = base.transform_filter("datum.order == 0")
    return _svg(title, alt.layer(_named(alt, first), marks), (parts[-1].place + 1) * _ROW, (_NAMES, 18, 22), width)


def kinds_of(parts: Sequence[Part]) -> list[str]:
    """Return what the parts of bars are called, in their order."""
    return list(dict.fromkeys(part.part for part in parts))


def draw_columns(title: str, columns: Sequence[Column], colour: str, width: int) -> Markup:
    """Return columns, one a period, one after the other.

    Args:
        title: What the chart shows.
        columns: At least one.
        colour: A colour of the page.
        width: `NARROW` or `WIDE`.
    """
    alt = _altair()
    rows = [{**column._asdict(), "told": _line(column.told)} for column in columns]
    names = [column.name for column in columns]
    step = -(-len(names) // max(width // 100, 1))
    below = alt.Axis(values=names[::step], labelAngle=0, labelPadding=5, labelFlush=True, domain=True, title=None)
    beside = alt.Axis(tickCount=3, labelExpr=_SHORT, domain=False, ticks=False, title=None)
    scale = alt.Scale(domain=[0, max(column.value for column in columns) or 1], nice=3)
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_bar(color=f"var(--{colour})")
        .encode(
            x=alt.X("name:O", sort=None, axis=below, scale=alt.Scale(paddingInner=0.18, paddingOuter=0.1)),
            y=alt.Y("value:Q", axis=beside, scale=scale),
            description="told:N",
        )
    )
    return _svg(title, chart, _COLUMNS - 32, (36, 4, 24), width)


def _named(alt: Any, rows: Any) -> Any:
    """Return the names of rows, which stand left of them."""
    words = rows.mark_text(align="left", color="var(--muted)", limit=_NAMES - 10, aria=False)
    return words.encode(x=alt.value(-_NAMES), text="name:N")


def _line(text: str) -> str:
    """Return a text of one line in which nothing acts."""
    return visible(str(inactive(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")))


def _altair() -> Any:
    """Return the library.

    Raises:
        OptionsError: It is not installed.
    """
    try:
        import altair
        import vl_convert  # noqa: F401
    except ImportError as error:
        raise OptionsError(f"charts need {error.name}: pip install 'newsframes[report]'") from error
    return altair


def _svg(title: str, chart: Any, height: int, around: tuple[int, int, int], width: int = NARROW) -> Markup:
    """Return a chart as SVG that is as wide as its place.

    Args:
        title: What it shows.
        chart: The chart.
        height: Of its drawing, in units.
        around: Units left of it, right of it and below.
        width: Units of the whole.
    """
    import vl_convert

    left, right, below = around
    size = {
        "width": width - left - right,
        "height": height,
        "autosize": {"type": "none"},
        "padding": {"left": left, "right": right, "top": 8, "bottom": below},
    }
    drawn = vl_convert.vegalite_to_svg({**chart.to_dict(), **size, "config": _CONFIG}, allowed_base_urls=[])
    opening = f'<svg class="chart" role="graphics-document" aria-label="{escape(_line(title))}" viewBox='
    return Markup(_OPENING.sub(lambda match: f'{opening}"{match[1]}">', drawn, count=1))
