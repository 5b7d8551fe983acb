"""What was learned of statements: read from `weights.npz`, which `python -m training statements` writes."""

import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np

from transforms.quotes.model.ranker import probability
from transforms.quotes.model.weights import FILE, Floats, sparse_table, table_of
from transforms.quotes.statements.decoding import LABELS, Reals


class Odds(NamedTuple):
    """A logistic regression (Platt 1999) on the log odds of a cue and the surprise of its labels."""

    intercept: float
    of_cue: float
    of_surprise: float

    def probability(self, cue: Floats, surprise: Reals) -> Reals:
        """Return probabilities, given one of each a statement."""
        return probability(self.intercept + self.of_cue * cue.astype(np.float64) + self.of_surprise * surprise)


@dataclass(frozen=True)
class StatementWeights:
    """The learned numbers; positions are those of hashed features.

    Only differences between labels count: those of the first one, and of the first pair, are 0 and have no column. Rows
    of 8 and 32 bytes are also what numpy takes fastest.

    Attributes:
        cue: Weight of each position for `templates.CUE_TEMPLATES`.
        labels: Weight of each position for `templates.LABEL_TEMPLATES`, a column a label but the first.
        steps: Weight of each position for `templates.STEP_TEMPLATES`, a column a pair of labels but the first.
        belief: How probable it is that a statement is right, its bounds included.
        reported: How probable it is that what it holds is reported at all.
    """

    cue: Floats
    labels: Floats
    steps: Floats
    belief: Odds
    reported: Odds

    def to_bytes(self) -> bytes:
        """Return the content of a weights file."""
        out = io.BytesIO()
        tables = {"cue": self.cue, "labels": with_first(self.labels).ravel(), "steps": with_first(self.steps).ravel()}
        kept = {key: part for name, table in tables.items() for key, part in sparse_table(name, table).items()}
        odds: dict[str, Any] = {
            "belief": np.array(self.belief, np.float32),
            "reported": np.array(self.reported, np.float32),
        }
        np.savez_compressed(out, **kept, **odds)
        return out.getvalue()


def with_first(table: Floats) -> Floats:
    """Return a table with the column of zeros that `StatementWeights` leaves out."""
    return np.pad(table, ((0, 0), (1, 0)))


def without_first(table: Floats) -> Floats:
    """Return a table without its first column, which is 0."""
    return np.ascontiguousarray(table[:, 1:])


@cache
def load_statement_weights() -> StatementWeights:
    """Return the weights that are kept beside this module."""
    with np.load(io.BytesIO((files(__package__) / FILE).read_bytes())) as arrays:
        return StatementWeights(
            table_of("cue", arrays),
            without_first(table_of("labels", arrays, LABELS)),
            without_first(table_of("steps", arrays, LABELS * LABELS)),
            *(Odds(*map(float, arrays[name].tolist())) for name in ("belief", "reported")),
        )
