"""Figures: what several runs say of one thing."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Figure:
    """The median of several runs, between the smallest and the largest value."""

    median: float
    smallest: float
    largest: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Self:
        """Return the figure of some runs.

        Raises:
            statistics.StatisticsError: There was none.
        """
        values = sorted(values)
        return cls(statistics.median(values), values[0], values[-1])

    def told(self, digits: int = 0) -> str:
        """Return it as a table has it: 172 (168–175); of a single run, or runs all alike, 172."""
        median, smallest, largest = (f"{v:,.{digits}f}" for v in (self.median, self.smallest, self.largest))
        return median if smallest == largest else f"{median} ({smallest}–{largest})"
