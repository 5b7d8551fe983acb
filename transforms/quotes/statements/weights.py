"""What was learned of statements: read from `weights.npz`, which `python -m training statements` writes."""

import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from transforms.quotes.model.weights import FILE, Floats, sparse_table, table_of
from transforms.quotes.statements.belief import Belief
from transforms.quotes.statements.decoding import LABELS


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
    belief: Belief
    reported: Belief

    def to_bytes(self) -> bytes:
        """Return the content of a weights file."""
        out = io.BytesIO()
        tables = {"cue": self.cue, "labels": with_first(self.labels).ravel(), "steps": with_first(self.steps).ravel()}
        kept = {key: part for name, table in tables.items() for key, part in sparse_table(name, table).items()}
        odds: dict[str, Any] = {
            "belief": np.array(self.belief.weights, np.float32),
            "reported": np.array(self.reported.weights, np.float32),
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
            *(Belief(arrays[name].tolist()) for name in ("belief", "reported")),
        )
