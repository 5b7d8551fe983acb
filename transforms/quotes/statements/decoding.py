"""The most probable labels of the phrases of windows: a linear-chain conditional random field (Lafferty et al. 2001).

Windows of about equal length are decoded together, each step for all of them at once.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.quotes.model.lines import Ints
from transforms.quotes.model.weights import Floats

Reals = npt.NDArray[np.float64]

OTHER, CONTENT, SPEAKER = range(3)
LABELS = 3
_MOST = 4096
_LONGER = 1.3
"""Windows decoded together are at most so many times as long as the shortest of them."""


class Bucket(NamedTuple):
    """Windows that are decoded together.

    Attributes:
        windows: Their positions.
        rows: Row of each step of each window; beyond a window's end its last one.
        is_inside: Whether the step is within the window.
    """

    windows: Ints
    rows: Ints
    is_inside: npt.NDArray[np.bool_]


class Scores(NamedTuple):
    """Scores of labels.

    Attributes:
        labels: Of each label of each row.
        steps: Of each label (second) after each other one (first) of the row before; no matter in a window's first row.
    """

    labels: Floats
    steps: Floats


class Decoded(NamedTuple):
    """What windows decode to.

    Attributes:
        labels: Label of each row.
        surprise: How improbable all labels of each window are: minus the logarithm of their probability.
    """

    labels: Ints
    surprise: Reals


def buckets_of(lengths: Ints) -> Iterator[Bucket]:
    """Yield the windows of given lengths in buckets."""
    order = np.argsort(lengths, kind="stable")
    starts = np.cumsum(lengths) - lengths
    sorted_lengths = lengths[order]
    first = 0
    while first < len(order):
        longest = max(sorted_lengths[first] + 2, int(sorted_lengths[first] * _LONGER))
        last = min(first + _MOST, int(np.searchsorted(sorted_lengths, longest, side="right")))
        windows = order[first:last]
        steps = np.arange(sorted_lengths[last - 1])
        inside = steps[None] < lengths[windows][:, None]
        yield Bucket(windows, starts[windows][:, None] + np.minimum(steps[None], lengths[windows][:, None] - 1), inside)
        first = last


def decode(scores: Scores, lengths: Ints) -> Decoded:
    """Return the most probable labels of windows whose rows follow each other."""
    labels = np.zeros(int(lengths.sum()), dtype=np.int64)
    surprise = np.zeros(len(lengths))
    for bucket in buckets_of(lengths):
        of_labels = _windows_last(scores.labels[bucket.rows])
        of_steps = _windows_last(scores.steps[bucket.rows]).reshape(*bucket.rows.shape, LABELS, LABELS)
        best, score = _best(of_labels, of_steps, bucket.is_inside)
        labels[bucket.rows[bucket.is_inside]] = best[bucket.is_inside]
        total = log_sum(forward(of_labels, of_steps, bucket.is_inside)[-1], axis=1)
        surprise[bucket.windows] = total - score
    return Decoded(labels, surprise)


def _windows_last(scores: Floats) -> Reals:
    """Return scores by window, step and label, windows beside each other in memory: they are read at once."""
    return np.ascontiguousarray(scores.transpose(1, 2, 0), dtype=np.float64).transpose(2, 0, 1)


def _best(of_labels: Reals, of_steps: Reals, is_inside: npt.NDArray[np.bool_]) -> tuple[Ints, Reals]:
    """Return the labels of the highest score (Viterbi), and that score."""
    score = of_labels[:, 0]
    size = is_inside.shape[1]
    before = np.zeros((size, *score.shape), dtype=np.int64)
    for step in range(1, size):
        ways = score[:, :, None] + of_steps[:, step]
        inside = is_inside[:, step, None]
        highest = ways.max(axis=1)
        first = np.where(ways[:, 0] == highest, 0, np.where(ways[:, 1] == highest, 1, 2))  # faster than argmax
        before[step] = np.where(inside, first, np.arange(LABELS))
        score = np.where(inside, highest + of_labels[:, step], score)
    windows = np.arange(len(score))
    labels = np.zeros(is_inside.shape, dtype=np.int64)
    label = score.argmax(axis=1)
    for step in range(size - 1, -1, -1):
        labels[:, step] = label
        label = before[step][windows, label]
    return labels, score.max(axis=1)


def forward(of_labels: Reals, of_steps: Reals, is_inside: npt.NDArray[np.bool_]) -> list[Reals]:
    """Return of each step, by window and label, the logarithm of the sum of the exponentiated scores up to it.

    Beyond a window's end it stays what it was there.
    """
    sums = [of_labels[:, 0]]
    for step in range(1, is_inside.shape[1]):
        ways = log_sum(sums[-1][:, :, None] + of_steps[:, step], axis=1) + of_labels[:, step]
        sums.append(np.where(is_inside[:, step, None], ways, sums[-1]))
    return sums


def log_sum(values: Reals, axis: int) -> Reals:
    """Return the logarithm of the sum of exponentiated values along an axis."""
    highest = values.max(axis=axis, keepdims=True)
    return np.asarray((highest + np.log(np.exp(values - highest).sum(axis=axis, keepdims=True))).squeeze(axis))
