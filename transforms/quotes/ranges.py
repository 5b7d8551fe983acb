"""Ranges of numbers, many at once."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import islice

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def ranges(starts: Ints, counts: Ints) -> Ints:
    """Return start, start + 1, … for each start, so many as its count, joined."""
    ends = np.cumsum(counts)
    return np.repeat(starts - ends + counts, counts) + np.arange(ends[-1] if len(ends) else 0)


def stretches(starts: Ints, positions: Ints) -> Ints:
    """Return the number of the stretch that each position is in; both in order, and no position before the first."""
    counts = np.diff(np.searchsorted(positions, starts), append=len(positions))
    return np.repeat(np.arange(len(starts)), counts)


def distinct(numbers: Ints, end: int) -> tuple[Ints, Ints]:
    """Return the different ones among numbers from 0 up to an end, in order, and which of them each is."""
    is_used = np.zeros(end, dtype=np.bool_)
    is_used[numbers] = True
    return np.nonzero(is_used)[0], (np.cumsum(is_used) - 1)[numbers]


class Numbers:
    """Numbers values in order of appearance."""

    def __init__(self) -> None:
        """Begin with no value."""
        self._numbers: defaultdict[str, int] = defaultdict()
        self._numbers.default_factory = self._numbers.__len__  # a value not seen before gets the next number

    def of(self, values: Sequence[str]) -> tuple[Ints, list[str]]:
        """Return the number of each value, and those values that were not seen before, in order."""
        known = len(self._numbers)
        ids = np.fromiter(map(self._numbers.__getitem__, values), dtype=np.int64, count=len(values))
        return ids, list(islice(self._numbers, known, None)) if len(self._numbers) > known else []
