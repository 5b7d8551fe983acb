"""How probable it is that what a cue seems to report is a statement: a logistic regression (Platt 1999)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from transforms.quotes.cues import ADDRESSING
from transforms.quotes.model.analysis import Reading
from transforms.quotes.model.ranker import probability
from transforms.quotes.statements.clauses import OPENERS, Clauses, Run
from transforms.quotes.statements.decoding import Reals

_CUE_KINDS = "vgipL"
"""Kinds of cues; nouns are the rest."""
_ENDS = ".,;:|-()"
FACTS = 20 + len(_CUE_KINDS)


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
        self._heads, self._firsts = context.heads, context.firsts
        self._levels, self._starts = context.levels, context.sentence_starts
        self._clauses = clauses

    def of(self, candidates: Sequence[Candidate]) -> Reals:
        """Return the facts of candidates, a row each."""
        return np.array([self._row(one) for one in candidates], dtype=np.float64).reshape(-1, FACTS)

    def _row(self, one: Candidate) -> tuple[float, ...]:
        first, last = one.runs[0][0], one.runs[-1][1]
        kind, head = self._kinds[one.cue], self._heads[one.cue]
        rows = sum(end - start + 1 for start, end in one.runs)
        is_bare = not self._clauses.is_clause(one.runs)
        is_heading = self._clauses.is_heading(one.cue)
        return (
            one.odds, one.surprise, one.surprise / rows, float(np.log(rows)), self._levels[one.cue] / 3,
            not self._clauses.has_verb(one.runs), self._firsts[first] in OPENERS, is_bare, is_bare and rows == 1,
            is_bare and kind == "N", is_bare and is_heading, is_bare and head in ADDRESSING, len(one.runs) > 1,
            first == one.cue + 1, last < one.cue, self._kinds[last + 1] in _ENDS, first == self._starts[one.cue],
            not one.speakers, is_heading, one.is_forced, *(kind == letter for letter in _CUE_KINDS),
        )  # fmt: skip
