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
Flags = npt.NDArray[np.bool_]

OTHER, CONTENT, SPEAKER = range(3)
LABELS = 3
_NEVER = -1e9
"""The score of what is ruled out."""
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
    is_inside: Flags


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
        is_forced: Whether labels without any content would be more probable.
    """

    labels: Ints
    surprise: Reals
    is_forced: Flags


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
    surprise, is_forced = np.zeros(len(lengths)), np.zeros(len(lengths), dtype=np.bool_)
    for bucket in buckets_of(lengths):
        of_labels = _windows_last(scores.labels[bucket.rows])
        of_steps = _windows_last(scores.steps[bucket.rows]).reshape(*bucket.rows.shape, LABELS, LABELS)
        best, total, forced = _with_content(of_labels, of_steps, bucket.is_inside)
        labels[bucket.rows[bucket.is_inside]] = best[bucket.is_inside]
        surprise[bucket.windows], is_forced[bucket.windows] = total, forced
    return Decoded(labels, surprise, is_forced)


def _windows_last(scores: Floats) -> Reals:
    """Return scores by window, step and label, windows beside each other in memory: they are read at once."""
    return np.ascontiguousarray(scores.transpose(1, 2, 0), dtype=np.float64).transpose(2, 0, 1)


def _with_content(of_labels: Reals, of_steps: Reals, is_inside: Flags) -> tuple[Ints, Reals, Flags]:
    """Return the best labels with content (a cue that reports has some), their surprise, and where that forced them."""
    labels, score = _best(of_labels, of_steps, is_inside)
    is_forced = ~((labels == CONTENT) & is_inside).any(axis=1)
    total = log_sum(forward(of_labels, of_steps, is_inside)[-1], axis=1)
    if is_forced.any():
        twice = *_by_whether_seen(of_labels[is_forced], of_steps[is_forced], is_inside[is_forced]), is_inside[is_forced]
        labels[is_forced], score[is_forced] = _best(*twice)
        total[is_forced] = log_sum(forward(*twice)[-1], axis=1)
        labels %= LABELS
    return labels, total - score, is_forced


def _by_whether_seen(of_labels: Reals, of_steps: Reals, is_inside: Flags) -> tuple[Reals, Reals]:
    """Return scores of twice as many labels: those before any content, then those from the first content on."""
    labels = np.tile(of_labels, 2)
    labels[:, :, CONTENT] = _NEVER
    labels[:, 0, [LABELS + OTHER, LABELS + SPEAKER]] = _NEVER
    labels[np.arange(len(labels)), is_inside.sum(axis=1) - 1, :LABELS] = _NEVER
    steps = np.full((*of_steps.shape[:2], 2 * LABELS, 2 * LABELS), _NEVER)
    steps[:, :, :LABELS, :LABELS] = steps[:, :, LABELS:, LABELS:] = of_steps
    steps[:, :, :LABELS, LABELS + CONTENT] = of_steps[..., CONTENT]
    return labels, steps


def _best(of_labels: Reals, of_steps: Reals, is_inside: Flags) -> tuple[Ints, Reals]:
    """Return the labels of the highest score (Viterbi), and that score."""
    score = of_labels[:, 0]
    size = is_inside.shape[1]
    before = np.zeros((size, *score.shape), dtype=np.int64)
    for step in range(1, size):
        ways = score[:, :, None] + of_steps[:, step]
        inside = is_inside[:, step, None]
        highest = ways.max(axis=1)
        before[step] = np.where(inside, _first_of(ways, highest), np.arange(ways.shape[1]))
        score = np.where(inside, highest + of_labels[:, step], score)
    windows = np.arange(len(score))
    labels = np.zeros(is_inside.shape, dtype=np.int64)
    label = score.argmax(axis=1)
    for step in range(size - 1, -1, -1):
        labels[:, step] = label
        label = before[step][windows, label]
    return labels, score.max(axis=1)


def _first_of(ways: Reals, highest: Reals) -> Ints:
    """Return the first of the labels before with the highest score: faster than argmax, as labels are few."""
    first = np.full(highest.shape, ways.shape[1] - 1)
    for label in range(ways.shape[1] - 2, -1, -1):
        first = np.where(ways[:, label] == highest, label, first)
    return first


def forward(of_labels: Reals, of_steps: Reals, is_inside: Flags) -> list[Reals]:
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
