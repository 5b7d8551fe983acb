"""What was learned from gold: weights of features, which words report speech, and how far a score may be trusted.

The file is made by `python -m training`; docs/quality.md tells from what.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.quotes.cues import cue_levels, found_in, is_known
from transforms.quotes.model.features import BITS
from transforms.quotes.model.lines import Ints
from transforms.quotes.model.tokens import Hashes

Floats = npt.NDArray[np.float32]
FILE = "weights.npz"


class Calibration(NamedTuple):
    """A logistic regression (Platt 1999) on the log odds of the best candidate, those of a quotation, and its score."""

    intercept: float
    of_speaker: float
    of_kind: float
    of_score: float


class ToldCalibration(NamedTuple):
    """The same for spans whose cue is known, which need not be told from other marks."""

    intercept: float
    of_speaker: float
    of_score: float


@dataclass(frozen=True)
class Weights:
    """The learned numbers.

    Attributes:
        speaker: Weight of each position for `features.SPEAKER_TEMPLATES`.
        kind: Weight of each position for `features.KIND_TEMPLATES`.
        cue_codes: Words counted in gold, as sorted hashes.
        cue_levels: How surely each of them is a cue, from 0 to 3.
        calibration: How confidence follows from scores.
        told_calibration: How it does for statements, given that they are some.
    """

    speaker: Floats
    kind: Floats
    cue_codes: Hashes
    cue_levels: Ints
    calibration: Calibration
    told_calibration: ToldCalibration

    def levels(self, codes: Hashes) -> Ints:
        """Return how surely words, by their hashes, are cues, from 0 to 3."""
        at, is_there = found_in(self.cue_codes, codes)
        none = np.zeros(len(codes))
        return np.where(is_there, self.cue_levels[at], cue_levels(none, none, is_known(codes)))

    def to_bytes(self) -> bytes:
        """Return the content of a weights file; only what is not zero is kept, as half-precision numbers."""
        out = io.BytesIO()
        np.savez_compressed(
            out,
            **sparse_table("speaker", self.speaker),
            **sparse_table("kind", self.kind),
            cue_codes=self.cue_codes.astype(np.uint32),
            cue_levels=self.cue_levels.astype(np.int8),
            calibration=np.array(self.calibration, dtype=np.float32),
            told_calibration=np.array(self.told_calibration, dtype=np.float32),
        )
        return out.getvalue()


def sparse_table(name: str, table: Floats) -> dict[str, Any]:
    """Return what is not zero of a table as arrays for a file: half-precision numbers and how far they are apart."""
    values = table.astype(np.float16)
    positions = np.nonzero(values)[0].astype(np.uint32)
    return {f"{name}_steps": np.diff(positions, prepend=np.uint32(0)), f"{name}_values": values[positions]}


def table_of(name: str, arrays: Mapping[str, Any], columns: int = 0) -> Floats:
    """Return a table from the arrays of a file: a number a position of features, or so many columns of them."""
    table = np.zeros((1 << BITS) * max(1, columns), dtype=np.float32)
    table[np.cumsum(arrays[f"{name}_steps"], dtype=np.int64)] = arrays[f"{name}_values"]
    return table.reshape(-1, columns) if columns else table


def from_bytes(content: bytes) -> Weights:
    """Return the weights that a file holds."""
    with np.load(io.BytesIO(content)) as arrays:
        return Weights(
            table_of("speaker", arrays),
            table_of("kind", arrays),
            arrays["cue_codes"].astype(np.uint64),
            arrays["cue_levels"].astype(np.int64),
            Calibration(*(float(number) for number in arrays["calibration"])),
            ToldCalibration(*(float(number) for number in arrays["told_calibration"])),
        )


@cache
def load_weights() -> Weights:
    """Return the weights that are kept beside this module."""
    return from_bytes((files(__package__) / FILE).read_bytes())
