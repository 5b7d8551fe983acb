"""Ranges of numbers, many at once."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def ranges(starts: Ints, counts: Ints) -> Ints:
    """Return start, start + 1, … for each start, so many as its count, joined."""
    total = int(counts.sum())
    offsets = np.repeat(np.cumsum(counts) - counts, counts)
    return np.arange(total) - offsets + np.repeat(starts, counts)


def stretches(starts: Ints, positions: Ints) -> Ints:
    """Return the number of the stretch that each position is in; both in order, and no position before the first."""
    counts = np.diff(np.searchsorted(positions, starts), append=len(positions))
    return np.repeat(np.arange(len(starts)), counts)


def distinct(values: Sequence[str]) -> tuple[list[str], Ints]:
    """Return the different ones among values, in order of appearance, and which of them each is."""
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__  # a value not seen before gets the next number
    ids = np.fromiter(map(numbers.__getitem__, values), dtype=np.int64, count=len(values))
    return list(numbers), ids
