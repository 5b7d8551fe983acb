"""Ranges of numbers, many at once."""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def ranges(starts: Ints, counts: Ints) -> Ints:
    """Return start, start + 1, … for each start, so many as its count, joined."""
    total = int(counts.sum())
    offsets = np.repeat(np.cumsum(counts) - counts, counts)
    return np.arange(total) - offsets + np.repeat(starts, counts)
