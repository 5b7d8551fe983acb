"""A linear-chain conditional random field over hashed features, fitted by L-BFGS with a quadratic penalty."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from training.fit import Design, Reals, minimised
from transforms.quotes.model.lines import Ints
from transforms.quotes.model.weights import Floats
from transforms.quotes.statements.decoding import LABELS, Bucket, Flags, buckets_of

_RARE = 5
_ITERATIONS = 80


class Field(NamedTuple):
    """The weights of a field.

    Attributes:
        labels: Of each position, a column a label.
        steps: Of each position, a column a pair of labels.
    """

    labels: Floats
    steps: Floats


class _Expected(NamedTuple):
    """What a field expects of its rows.

    Attributes:
        labels: Probability of each label of each row.
        steps: Probability of each pair of labels of each row and the one before; 0 in first rows.
        total: Logarithm of the sum of all labellings' exponentiated scores, of each window.
    """

    labels: Reals
    steps: Reals
    total: Reals


def fit_field(
    label_positions: npt.NDArray[np.int32],
    step_positions: npt.NDArray[np.int32],
    labels: Ints,
    lengths: Ints,
    counts: Reals,
    penalty: float = 1.0,
) -> Field:
    """Return the weights of a field over windows whose rows follow each other.

    Args:
        label_positions: Features of each row that speak for a label.
        step_positions: Features of each row that speak for a pair of labels: of the row before, and its own.
        labels: Label of each row.
        lengths: Rows of each window.
        counts: What each window counts.
        penalty: Of the squared weights.
    """
    of_labels, of_steps = Design(label_positions, _RARE), Design(step_positions, _RARE)
    buckets = list(buckets_of(lengths))
    rows = np.arange(len(labels))
    is_first = np.zeros(len(labels), dtype=np.bool_)
    is_first[np.cumsum(lengths) - lengths] = True
    before = np.where(is_first, 0, np.roll(labels, 1)) * LABELS + labels
    count = np.repeat(counts, lengths)[:, None]
    size = len(of_labels.used) * LABELS

    def loss(weights: Reals) -> tuple[float, Reals]:
        label_scores = of_labels.scores(weights[:size].reshape(-1, LABELS))
        step_scores = of_steps.scores(weights[size:].reshape(-1, LABELS * LABELS))
        step_scores[is_first] = 0
        expected = _expected(label_scores, step_scores, buckets)
        value = counts @ expected.total - count[:, 0] @ (label_scores[rows, labels] + step_scores[rows, before])
        expected.labels[rows, labels] -= 1
        expected.steps[rows, before] -= 1
        expected.steps[is_first] = 0
        gradients = [of_labels.gradient(expected.labels * count), of_steps.gradient(expected.steps * count)]
        gradient = np.concatenate([part.ravel() for part in gradients])
        return float(value + penalty / 2 * (weights @ weights)), gradient + penalty * weights

    weights = minimised(loss, size + len(of_steps.used) * LABELS * LABELS, _ITERATIONS)
    # Only differences between labels count, so that those of the first one may be 0: fewer numbers to keep.
    label_table = of_labels.table(weights[:size].reshape(-1, LABELS))
    step_table = of_steps.table(weights[size:].reshape(-1, LABELS * LABELS))
    return Field(label_table - label_table[:, :1], step_table - step_table[:, :1])


def _expected(label_scores: Reals, step_scores: Reals, buckets: Sequence[Bucket]) -> _Expected:
    """Return what a field expects (forward-backward)."""
    total = np.zeros(sum(len(bucket.windows) for bucket in buckets))
    out = _Expected(np.zeros_like(label_scores), np.zeros_like(step_scores), total)
    for bucket in buckets:
        of_labels = label_scores[bucket.rows]
        of_steps = step_scores[bucket.rows].reshape(*bucket.rows.shape, LABELS, LABELS)
        sums = _forward(of_labels, of_steps, bucket.is_inside)
        out.total[bucket.windows] = _log_sum(sums[-1], axis=1)
        _backward(out, bucket, sums, of_labels, of_steps)
    return out


def _backward(out: _Expected, bucket: Bucket, sums: Sequence[Reals], of_labels: Reals, of_steps: Reals) -> None:
    total = out.total[bucket.windows]
    backward = np.zeros((len(bucket.windows), LABELS))
    for step in range(len(sums) - 1, -1, -1):
        inside = bucket.is_inside[:, step]
        rows = bucket.rows[inside, step]
        out.labels[rows] = np.exp(sums[step] + backward - total[:, None])[inside]
        if step:
            ways = of_steps[:, step] + (of_labels[:, step] + backward)[:, None, :]
            pairs = np.exp(sums[step - 1][:, :, None] + ways - total[:, None, None])
            out.steps[rows] = pairs.reshape(len(pairs), -1)[inside]
            backward = np.where(inside[:, None], _log_sum(ways, axis=2), backward)


def _forward(of_labels: Reals, of_steps: Reals, is_inside: Flags) -> list[Reals]:
    """Return of each step, by window and label, the logarithm of the sum of the exponentiated scores up to it.

    Beyond a window's end it stays what it was there.
    """
    sums = [of_labels[:, 0]]
    for step in range(1, is_inside.shape[1]):
        ways = _log_sum(sums[-1][:, :, None] + of_steps[:, step], axis=1) + of_labels[:, step]
        sums.append(np.where(is_inside[:, step, None], ways, sums[-1]))
    return sums


def _log_sum(values: Reals, axis: int) -> Reals:
    """Return the logarithm of the sum of exponentiated values along an axis."""
    highest = values.max(axis=axis, keepdims=True)
    return np.asarray((highest + np.log(np.exp(values - highest).sum(axis=axis, keepdims=True))).squeeze(axis))
