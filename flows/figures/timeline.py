"""Counts by day as counts by period: days, weeks, months, years or longer, by how much time there is."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

Unit = Literal["day", "week", "month", "year", "decade", "century"]
UNITS: tuple[Unit, ...] = get_args(Unit)
MOST_PERIODS = 100
"""More would be thinner, on a telephone, than an eye can tell from each other."""
_STRAY_SHARE = 0.01
"""So many articles may be misdated."""
_TIMES_LONGER = 3
"""Articles are strays if without them there is a third of the time, or less."""
_SHORTEST_DAYS = 30


class Day(NamedTuple):
    """What was published on one day.

    Attributes:
        date: The day.
        articles: Articles of it.
        quotations: Their quotations.
    """

    date: datetime.date
    articles: int
    quotations: int


class Period(NamedTuple):
    """What was published in one period.

    Attributes:
        start: Its first day.
        articles: Articles of it.
        quotations: Their quotations.
    """

    start: datetime.date
    articles: int
    quotations: int


@dataclass(frozen=True)
class Timeline:
    """What was published when.

    Attributes:
        unit: How long a period is; weeks start on Mondays.
        periods: One after the other, without gaps.
        strays: Articles dated so far from nearly all others that they would leave no room to see these.
    """

    unit: Unit = "day"
    periods: tuple[Period, ...] = ()
    strays: int = 0


def make_timeline(days: Sequence[Day]) -> Timeline:
    """Return days as at most `MOST_PERIODS` periods, of the shortest unit that makes no more.

    Args:
        days: Rising; days without articles may be missing.
    """
    kept = _without_strays(days)
    if not kept:
        return Timeline()
    first, last = kept[0].date, kept[-1].date
    unit = next(u for u in UNITS if u == UNITS[-1] or _number(last, u) - _number(first, u) < MOST_PERIODS)
    counts = {number: [0, 0] for number in range(_number(first, unit), _number(last, unit) + 1)}
    for day in kept:
        counts[_number(day.date, unit)][0] += day.articles
        counts[_number(day.date, unit)][1] += day.quotations
    periods = tuple(Period(_start(number, unit), *both) for number, both in counts.items())
    return Timeline(unit, periods, sum(d.articles for d in days) - sum(d.articles for d in kept))


def name_of(start: datetime.date, unit: Unit) -> str:
    """Return how a period is called: `Mar 2016`."""
    if unit == "month":
        return f"{start:%b} {start.year:04d}"
    if unit in ("day", "week"):
        return start.isoformat()
    return f"{start.year:04d}" + ("" if unit == "year" else "s")


def _without_strays(days: Sequence[Day]) -> Sequence[Day]:
    """Return the days without the few at both ends that are far away from all others."""
    strays = int(sum(day.articles for day in days) * _STRAY_SHARE / 2)
    kept = days[_count_within(days, strays) : len(days) - _count_within(days[::-1], strays)]
    if not kept:
        return days
    whole, inner = ((d[-1].date - d[0].date).days for d in (days, kept))
    return kept if whole > _TIMES_LONGER * max(inner, _SHORTEST_DAYS) else days


def _count_within(days: Sequence[Day], most: int) -> int:
    """Return how many days there are at the start that have no more articles together."""
    total = 0
    for count, day in enumerate(days):
        total += day.articles
        if total > most:
            return count
    return len(days)


def _number(date: datetime.date, unit: Unit) -> int:
    """Return the number of the period that a day is in; the next one's is higher by one."""
    match unit:
        case "day":
            return date.toordinal()
        case "week":
            return (date.toordinal() - 1) // 7  # the first day of year 1 was a Monday
        case "month":
            return date.year * 12 + date.month - 1
        case _:
            return date.year // _YEARS[unit]


def _start(number: int, unit: Unit) -> datetime.date:
    match unit:
        case "day":
            return datetime.date.fromordinal(number)
        case "week":
            return datetime.date.fromordinal(number * 7 + 1)
        case "month":
            return datetime.date(number // 12, number % 12 + 1, 1)
        case _:
            return datetime.date(max(number * _YEARS[unit], 1), 1, 1)


_YEARS = {"year": 1, "decade": 10, "century": 100}
