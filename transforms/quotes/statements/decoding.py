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
_STAYING = np.where(np.eye(LABELS, dtype=np.bool_), 0, _NEVER)
"""Scores of steps that leave all labels what they are."""
_MOST = 4096
_LONGER = 1.5
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
        inside = bucket.is_inside.T
        best, surprise[bucket.windows], is_forced[bucket.windows] = _with_content(_read(scores, bucket), inside)
        labels[bucket.rows.T[inside]] = best[inside]
    return Decoded(labels, surprise, is_forced)


class _Ways(NamedTuple):
    """Scores of the windows of a bucket, windows beside each other in memory: they are read at once.

    Beyond a window's end its label stays what it was there.

    Attributes:
        labels: By step, label and window.
        steps: By step, label before, label and window; no matter in the first step.
    """

    labels: Reals
    steps: Reals

    def of(self, windows: Flags) -> "_Ways":
        return _Ways(self.labels[..., windows], self.steps[..., windows])


def _read(scores: Scores, bucket: Bucket) -> _Ways:
    rows, is_outside = bucket.rows.T, ~bucket.is_inside.T
    labels = np.ascontiguousarray(scores.labels[rows].transpose(0, 2, 1), dtype=np.float64)
    steps = np.ascontiguousarray(scores.steps[rows].transpose(0, 2, 1), dtype=np.float64)
    labels.transpose(0, 2, 1)[is_outside] = 0
    steps.transpose(0, 2, 1)[is_outside] = _STAYING.ravel()
    return _Ways(labels, steps.reshape(len(rows), LABELS, LABELS, -1))


def _with_content(ways: _Ways, is_inside: Flags) -> tuple[Ints, Reals, Flags]:
    """Return the best labels with content (a cue that reports has some), their surprise, and where that forced them."""
    labels, surprise = _best(ways)
    is_forced = ~((labels == CONTENT) & is_inside).any(axis=0)
    if is_forced.any():
        lengths = is_inside[:, is_forced].sum(axis=0)
        labels[:, is_forced], surprise[is_forced] = _best(_by_whether_seen(ways.of(is_forced), lengths))
        labels %= LABELS
    return labels, surprise, is_forced


def _by_whether_seen(ways: _Ways, lengths: Ints) -> _Ways:
    """Return scores of twice as many labels: those before any content, then those from the first content on."""
    labels = np.tile(ways.labels, (1, 2, 1))
    labels[:, CONTENT] = _NEVER
    labels[0, [LABELS + OTHER, LABELS + SPEAKER]] = _NEVER
    labels[lengths - 1, :LABELS, np.arange(len(lengths))] = _NEVER
    size, windows = len(labels), len(lengths)
    steps = np.full((size, 2 * LABELS, 2 * LABELS, windows), _NEVER)
    steps[:, :LABELS, :LABELS] = steps[:, LABELS:, LABELS:] = ways.steps
    steps[:, :LABELS, LABELS + CONTENT] = ways.steps[:, :, CONTENT]
    return _Ways(labels, steps)


def _best(ways: _Ways) -> tuple[Ints, Reals]:
    """Return the labels of the highest score (Viterbi) by step and window, and the surprise of each window's."""
    highest, scores, ending = np.empty_like(ways.labels), np.empty_like(ways.labels), np.empty_like(ways.steps)
    scores[0] = ways.labels[0]
    for step in range(1, len(scores)):
        np.add(scores[step - 1][:, None], ways.steps[step], out=ending[step])
        np.maximum.reduce(ending[step], axis=0, out=highest[step])
        np.add(highest[step], ways.labels[step], out=scores[step])
    before = _first_of(ending[1:], highest[1:])
    labels = np.empty((len(scores), scores.shape[2]), dtype=np.int64)
    labels[-1] = scores[-1].argmax(axis=0)
    windows = np.arange(scores.shape[2])
    for step in range(len(scores) - 1, 0, -1):
        labels[step - 1] = before[step - 1][labels[step], windows]
    return labels, _surprise(ways, scores)


def _first_of(ending: Reals, highest: Reals) -> Ints:
    """Return the first of the labels before with the highest score: faster than argmax, as labels are few."""
    first = np.full(highest.shape, ending.shape[1] - 1)
    for label in range(ending.shape[1] - 2, -1, -1):
        first[ending[:, label] == highest] = label
    return first


def _surprise(ways: _Ways, scores: Reals) -> Reals:
    """Return how improbable the best labels of windows are, given the scores of the best ones up to each step.

    What is exponentiated is relative to these: sums stay below the number of ways, and that of the best label above 1.
    """
    best = scores.max(axis=1)
    relative = ways.steps[1:] + (ways.labels[1:] + (best[:-1] - best[1:])[:, None])[:, None]
    sums = np.exp(scores[0] - best[0])
    for step in np.exp(relative):
        sums = np.add.reduce(sums[:, None] * step, axis=0)
    return np.asarray(np.log(sums.sum(axis=0)))
