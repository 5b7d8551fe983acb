"""Freshness: outlets that published regularly and have stopped arriving.

A feed that breaks makes no error: its folder just stays as it is. What tells is a silence far longer than the outlet's
usual gaps between publication days, which may be one (a daily), three (a weekend) or seven (a weekly).

An outlet is quiet when its silence is longer than twice the largest of its last 20 gaps, and than three days. Why the
largest: the mean of a weekday paper's gaps, 1.4, would make every weekend suspicious. Why twice: one issue that is left
out, or dated a day late, doubles a gap. Why at least nine gaps: if days of publication were random, without memory, an
outlet would be called quiet wrongly with probability 2 / ((n + 1)(n + 2)) after n gaps: 7 % after four, 2 % after nine,
0.4 % after twenty.

Silence is counted up to the newest date of the dataset, not up to the clock: in an archive of 2016 nobody is late. That
date must itself be a regular one, of an outlet or of the articles without outlet, and not after today: one misdated
article does not make everybody else late.

An outlet that has been silent for very long has ended, or left the collection; whoever looks has been told.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flows.dataset import Version
from flows.reading.connections import connected
from transforms.schemas import ARTICLES

GAPS = 20
"""Gaps between publication days that tell what is usual: four weeks of a weekday paper, twenty of a weekly."""
MINIMUM_GAPS = 9
"""With fewer, nothing is usual yet."""
TIMES_LONGER = 2
MINIMUM_SILENCE_DAYS = 3
ENDED_TIMES, ENDED_DAYS = 10, 90
"""A silence longer than so many usual gaps and days is no news."""
_STRAYS = 3
"""Last days of an outlet that may be misdated: they follow on a silence."""


@dataclass(frozen=True)
class QuietOutlet:
    """One outlet that has stopped arriving.

    Attributes:
        outlet: Its name.
        last_date: Its newest publication day.
        days_silent: Days from then to the newest date of the dataset.
        usual_gap_days: The largest of its last `GAPS` gaps between publication days.
        articles: All that the dataset has of it.
    """

    outlet: str
    last_date: datetime.date
    days_silent: int
    usual_gap_days: int
    articles: int


def quiet_outlets(version: Version, today: datetime.date) -> list[QuietOutlet]:
    """Return the outlets that have stopped arriving, the latest to do so first; the module says by which rule.

    Only outlets and dates of the articles are read, and of each outlet the newest days.

    Args:
        version: Where to look.
        today: Later dates are wrong.

    Raises:
        DatasetDamaged: A file cannot be read.
    """
    outlets = _newest_days(version, today)
    reference = reference_date(days for _, days, _ in outlets)
    found = []
    for outlet, days, articles in outlets:
        before = [day for day in days if reference and day <= reference]
        if outlet is not None and reference and _is_news(before, reference):
            silent = (reference - before[-1]).days
            found.append(QuietOutlet(outlet, before[-1], silent, usual_gap(before), articles))
    return sorted(found, key=lambda quiet: (quiet.days_silent, quiet.outlet))


def reference_date(outlets: Iterable[Sequence[datetime.date]]) -> datetime.date | None:
    """Return the newest day that is a regular one of some outlet; None if no outlet is regular.

    Args:
        outlets: The publication days of each, rising.
    """
    return max((days[-1] for days in map(_without_strays, outlets) if len(days) > MINIMUM_GAPS), default=None)


def usual_gap(days: Sequence[datetime.date]) -> int:
    """Return the largest of the last gaps, in days.

    Args:
        days: At least two, rising.
    """
    recent = days[-GAPS - 1 :]
    return max((later - earlier).days for earlier, later in itertools.pairwise(recent))


def is_quiet(days: Sequence[datetime.date], reference: datetime.date) -> bool:
    """Return whether an outlet published regularly and has been silent for far too long.

    Args:
        days: Its publication days up to the reference, rising.
        reference: The day up to which silence is counted.
    """
    if len(days) <= MINIMUM_GAPS:
        return False
    return (reference - days[-1]).days > max(TIMES_LONGER * usual_gap(days), MINIMUM_SILENCE_DAYS)


def _is_news(days: Sequence[datetime.date], reference: datetime.date) -> bool:
    if not is_quiet(days, reference):
        return False
    return (reference - days[-1]).days <= max(ENDED_TIMES * usual_gap(days), ENDED_DAYS)


def _without_strays(days: Sequence[datetime.date]) -> Sequence[datetime.date]:
    """Return the days up to a silence that only few days follow on: those may be misdated."""
    cuts = (len(days) - n for n in range(min(_STRAYS, len(days) - 1), 0, -1))
    return next((days[:cut] for cut in cuts if is_quiet(days[:cut], days[cut])), days)


def _newest_days(version: Version, today: datetime.date) -> list[tuple[str | None, list[datetime.date], int]]:
    """Return each outlet's newest publication days, rising, and the number of its articles; None is no outlet."""
    wanted = GAPS + 1 + _STRAYS
    with connected(version, (ARTICLES,)) as connection:
        rows = connection.execute(
            f"""SELECT outlet, list_sort(max(published_date, {wanted}) FILTER (published_date <= '{today}')),
                       sum(articles)::BIGINT
                FROM (SELECT outlet, published_date, count(*) AS articles FROM articles GROUP BY ALL)
                GROUP BY outlet ORDER BY outlet"""
        ).fetchall()
    return [(outlet, days or [], count) for outlet, days, count in rows]
