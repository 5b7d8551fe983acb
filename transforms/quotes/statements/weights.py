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

    Attributes:
        cue: Weight of each position for `templates.CUE_TEMPLATES`.
        labels: Weight of each position for `templates.LABEL_TEMPLATES`, a column a label.
        steps: Weight of each position for `templates.STEP_TEMPLATES`, a column a pair of labels.
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
        tables = {"cue": self.cue, "labels": self.labels.ravel(), "steps": self.steps.ravel()}
        kept = {key: part for name, table in tables.items() for key, part in sparse_table(name, table).items()}
        odds: dict[str, Any] = {
            "belief": np.array(self.belief.weights, np.float32),
            "reported": np.array(self.reported.weights, np.float32),
        }
        np.savez_compressed(out, **kept, **odds)
        return out.getvalue()


@cache
def load_statement_weights() -> StatementWeights:
    """Return the weights that are kept beside this module."""
    with np.load(io.BytesIO((files(__package__) / FILE).read_bytes())) as arrays:
        return StatementWeights(
            table_of("cue", arrays),
            table_of("labels", arrays, LABELS),
            table_of("steps", arrays, LABELS * LABELS),
            *(Belief(arrays[name].tolist()) for name in ("belief", "reported")),
        )
