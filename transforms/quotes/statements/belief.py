"""How probable it is that what a cue seems to report is a statement: a logistic regression (Platt 1999)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import NamedTuple

import numpy as np

from transforms.quotes.model.analysis import Reading
from transforms.quotes.model.ranker import probability
from transforms.quotes.statements.clauses import Clauses, Run
from transforms.quotes.statements.decoding import Reals

_CUE_KINDS = "vgipL"
"""Kinds of cues; nouns are the rest."""
_ENDS = ".,;:|-()"
FACTS = 20 + len(_CUE_KINDS)


_OF_KINDS = {kind: tuple(float(kind == letter) for letter in _CUE_KINDS) for kind in _CUE_KINDS + "N"}


class Candidate(NamedTuple):
    """What a cue seems to report.

    Attributes:
        cue: Its phrase.
        runs: The phrases that it seems to report, in order; at least one.
        speakers: The phrases that seem to name who says so.
        odds: Log odds that it reports anything.
        surprise: How improbable these phrases are: minus the logarithm of their labels' probability.
        is_forced: Whether it would rather report nothing of its sentence.
    """

    cue: int
    runs: Sequence[Run]
    speakers: Sequence[int]
    odds: float
    surprise: float
    is_forced: bool


@dataclass(frozen=True)
class Belief:
    """A logistic regression on the evidence for candidates.

    Attributes:
        weights: Its intercept, then the weight of each fact.
    """

    weights: Sequence[float]

    def of(self, facts: Reals) -> Reals:
        """Return a probability for each row of facts."""
        return probability(self.weights[0] + facts @ np.array(self.weights[1:]))


class Evidence:
    """Reads off a batch what speaks for and against candidates."""

    def __init__(self, reading: Reading, clauses: Clauses) -> None:
        """Prepare for one batch, with its clauses."""
        phrases, context = reading.phrases, reading.context
        self._kinds = phrases.letters
        self._levels, self._starts = context.levels.astype(np.uint8).tobytes(), context.sentence_starts
        self._clauses = clauses

    def of(self, candidates: Sequence[Candidate]) -> Reals:
        """Return the facts of candidates, a row each."""
        return np.array([self._row(one) for one in candidates], dtype=np.float64).reshape(-1, FACTS)

    def _row(self, one: Candidate) -> tuple[float, ...]:
        first, last = one.runs[0][0], one.runs[-1][1]
        kind = self._kinds[one.cue]
        rows = sum(end - start + 1 for start, end in one.runs)
        has_verb, opens = self._clauses.has_verb(one.runs), self._clauses.opens(first)
        is_bare = not (has_verb or opens)
        is_heading = self._clauses.is_heading(one.cue)
        return (
            one.odds, one.surprise, one.surprise / rows, log(rows), self._levels[one.cue] / 3,
            not has_verb, opens, is_bare, is_bare and rows == 1,
            is_bare and kind == "N", is_bare and is_heading, is_bare and self._clauses.addresses(one.cue),
            len(one.runs) > 1, first == one.cue + 1, last < one.cue, self._kinds[last + 1] in _ENDS,
            bool(first == self._starts[one.cue]), not one.speakers, is_heading, one.is_forced, *_OF_KINDS[kind],
        )  # fmt: skip
