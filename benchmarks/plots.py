"""Plots: lines over a logarithmic axis, as SVG that shows on a light page and on a dark one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.figures import Figure

Points = Sequence[tuple[float, Figure]]
_WIDTH, _HEIGHT = 640, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 130, 30, 45
_COLOURS = ("#2f81c7", "#d9822b", "#3f9c55", "#8f5fbf")
_GREY = "#888888"


@dataclass(frozen=True)
class _Scale:
    """From values to places."""

    smallest: float
    widest: float
    highest: float

    def x(self, value: float) -> float:
        span = math.log(self.widest / self.smallest) or 1.0
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * math.log(value / self.smallest) / span

    def y(self, value: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * value / self.highest


def plot(title: str, across: str, lines: Mapping[str, Points]) -> str:
    """Return a plot: a line for each name, through medians, with a bar from the smallest to the largest value.

    Args:
        title: What the values are.
        across: What they are plotted over.
        lines: Values by where they lie on the axis.
    """
    places = sorted({place for points in lines.values() for place, _ in points})
    highest = _round_up(max(figure.largest for points in lines.values() for _, figure in points))
    scale = _Scale(places[0], places[-1], highest)
    body = [*_axes(scale, places, title, across)]
    for (name, points), colour in zip(lines.items(), _COLOURS, strict=False):
        body += _line(scale, name, sorted(points), colour)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        f'font-size="12" role="img">\n<title>{title} over {across}</title>\n' + "\n".join(body) + "\n</svg>\n"
    )


def _round_up(value: float) -> float:
    unit: float = 10.0 ** math.floor(math.log10(value)) / 2
    return unit * math.ceil(value / unit)


def _axes(scale: _Scale, places: Sequence[float], title: str, across: str) -> Iterator[str]:
    yield _text(_LEFT, _TOP - 12, title)
    yield _text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 8, across, "middle")
    for step in range(5):
        value = scale.highest * step / 4
        y = scale.y(value)
        yield f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="{_GREY}" stroke-opacity="0.35"/>'
        yield _text(_LEFT - 8, y + 4, f"{value:,g}", "end")
    yield from (_text(scale.x(place), _HEIGHT - _BOTTOM + 18, f"{place:,g}", "middle") for place in places)


def _line(scale: _Scale, name: str, points: Points, colour: str) -> Iterator[str]:
    places = [(scale.x(place), figure) for place, figure in points]
    path = " ".join(f"{x:.1f},{scale.y(figure.median):.1f}" for x, figure in places)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for x, figure in places:
        low, high = scale.y(figure.smallest), scale.y(figure.largest)
        yield f'<path d="M{x:.1f} {low:.1f}V{high:.1f}" stroke="{colour}" stroke-width="2"/>'
        yield f'<circle cx="{x:.1f}" cy="{scale.y(figure.median):.1f}" r="3.5" fill="{colour}"/>'
    x, last = places[-1]
    yield _text(x + 10, scale.y(last.median) + 4, name, colour=colour)


def _text(x: float, y: float, text: str, anchor: str = "start", colour: str = _GREY) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{text}</text>'
