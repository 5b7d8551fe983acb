"""Linear models over hashed features, fitted by L-BFGS with a quadratic penalty."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from transforms.quotes.model.features import BITS
from transforms.quotes.model.lines import Ints
from transforms.quotes.model.weights import Floats

Flags = npt.NDArray[np.bool_]
Reals = npt.NDArray[np.float64]

RARE = 5
"""A feature of speakers that occurs less often in gold is left out."""
_SURE = 500.0
"""Margins beyond it count as this much: few examples may be told apart perfectly, and exponents are bounded."""


class Design:
    """Rows of hashed features, without the rare ones."""

    def __init__(self, positions: npt.NDArray[np.int32], rare: int = 1) -> None:
        """Prepare from the positions of each row's features, a column a template, and how often one must occur."""
        counts = np.bincount(positions.ravel(), minlength=1 << BITS)
        self.used = np.nonzero(counts >= rare)[0]
        column = np.full(1 << BITS, -1, dtype=np.int32)
        column[self.used] = np.arange(len(self.used), dtype=np.int32)
        columns = column[positions]
        kept = columns >= 0
        starts = np.concatenate([[0], np.cumsum(kept.sum(axis=1))])
        shape = (len(positions), len(self.used))
        matrix = csr_matrix((np.ones(kept.sum(), np.float32), columns[kept], starts), shape=shape)
        self._halves, self._transposed = _halves(matrix), _halves(matrix.T.tocsr())

    def scores(self, weights: Reals) -> Reals:
        """Return the score of each row: one a column of the weights, if they have columns."""
        return _product(self._halves, weights)

    def gradient(self, of_scores: Reals) -> Reals:
        """Return the gradient of the weights from that of the scores."""
        return _product(self._transposed, of_scores)

    def table(self, weights: Reals) -> Floats:
        """Return weights as a table of all positions."""
        out = np.zeros((1 << BITS, *weights.shape[1:]), dtype=np.float32)
        out[self.used] = weights
        return out


def _halves(matrix: csr_matrix) -> tuple[csr_matrix, csr_matrix]:
    """Return the rows of a matrix in two parts of about as many numbers."""
    middle = int(np.searchsorted(matrix.indptr, matrix.nnz // 2))
    return matrix[:middle], matrix[middle:]


def _product(halves: tuple[csr_matrix, csr_matrix], weights: Reals) -> Reals:
    """Return the product of a matrix, in two parts, and a vector or matrix; each row's sum is of one thread."""
    single = weights.astype(np.float32)
    with ThreadPoolExecutor(2) as pool:
        return np.concatenate(list(pool.map(lambda half: half @ single, halves))).astype(np.float64)


def fit_ranker(
    positions: npt.NDArray[np.int32], is_right: Flags, groups: Ints, counts: Reals, penalty: float = 1.0
) -> Floats:
    """Return the weights of a softmax over the rows of each group, of which at least one is right.

    Args:
        positions: The features of each row.
        is_right: Whether it is right.
        groups: The number of its group; those of a group are together.
        counts: What the group of each row counts.
        penalty: Of the squared weights.
    """
    design = Design(positions, RARE)
    starts = np.nonzero(np.diff(groups, prepend=-1))[0]
    group = np.cumsum(np.diff(groups, prepend=-1) != 0) - 1
    right = is_right.astype(np.float64)

    def loss(weights: Reals) -> tuple[float, Reals]:
        scores = design.scores(weights)
        exponents = np.exp(scores - np.maximum.reduceat(scores, starts)[group])
        total = np.add.reduceat(exponents, starts)
        of_right = np.add.reduceat(exponents * right, starts)
        gradient = counts * (exponents / total[group] - exponents * right / of_right[group])
        value = counts[starts] @ (np.log(total) - np.log(of_right)) + penalty / 2 * (weights @ weights)
        return value, design.gradient(gradient) + penalty * weights

    return design.table(minimised(loss, len(design.used), 70))


def fit_classifier(positions: npt.NDArray[np.int32], is_so: Flags, counts: Reals, penalty: float = 4.0) -> Floats:
    """Return the weights of a logistic regression whose rows count so much each."""
    design = Design(positions, 2)
    sign = np.where(is_so, 1.0, -1.0)

    def loss(weights: Reals) -> tuple[float, Reals]:
        margins = design.scores(weights) * sign
        value = float(counts @ np.logaddexp(0, -margins) + penalty / 2 * (weights @ weights))
        return value, design.gradient(counts * _slopes(margins, sign)) + penalty * weights

    return design.table(minimised(loss, len(design.used), 100))


def fit_calibration(odds: Reals, is_so: Flags) -> Reals:
    """Return intercept and slopes of a logistic regression of a truth on log odds, a column each."""
    columns = np.column_stack([np.ones(len(odds)), odds])
    sign = np.where(is_so, 1.0, -1.0)

    def loss(weights: Reals) -> tuple[float, Reals]:
        margins = columns @ weights * sign
        return np.logaddexp(0, -margins).sum(), columns.T @ _slopes(margins, sign)

    return minimised(loss, columns.shape[1], 200)


def _slopes(margins: Reals, sign: Reals) -> Reals:
    """Return the derivative of the logistic loss by each score."""
    return np.asarray(-sign / (1 + np.exp(np.minimum(margins, _SURE))))


def minimised(loss: object, size: int, iterations: int) -> Reals:
    """Return where a loss is least; the loss returns its value and its gradient."""
    found = minimize(loss, np.zeros(size), jac=True, method="L-BFGS-B", options={"maxiter": iterations, "maxcor": 8})
    return np.asarray(found.x)
