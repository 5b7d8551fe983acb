"""The most probable speaker of each span, and whether it is a quotation: two linear models over hashed features.

A span's candidates compete in a softmax (a conditional logit; McFadden 1974); the kind is a logistic regression.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.quotes.model.analysis import Analysis
from transforms.quotes.model.candidates import Pairs
from transforms.quotes.model.facts import kind_facts
from transforms.quotes.model.features import KIND_TEMPLATES, SPEAKER_TEMPLATES, hashed
from transforms.quotes.model.lines import Ints
from transforms.quotes.model.weights import Calibration, Floats, Weights

Reals = npt.NDArray[np.float64]

_SURENESS = (0.3, 0.5, 0.7, 0.85, 0.95, 0.99)
_LEAST, _MOST = 1e-6, 1 - 1e-6


class Ranking(NamedTuple):
    """The best candidates; one entry a span that has any.

    Attributes:
        pairs: Its pair of each span.
        spans: The span.
        speaker: Probability that it is the speaker, given that there is one among the candidates.
        quotation: Probability that the span is a quotation.
        confidence: Probability that both are so, calibrated.
    """

    pairs: Ints
    spans: Ints
    speaker: Reals
    quotation: Reals
    confidence: Reals


def rank(analysis: Analysis, weights: Weights) -> Ranking:
    """Return the best candidate of each span."""
    pairs = analysis.pairs
    scores = added(speaker_weights(analysis, weights), len(pairs.spans))
    best, speaker = choose(pairs, scores)
    kind_scores = added(kind_weights(analysis, weights, best, speaker), len(best))
    quotation = 1 / (1 + np.exp(-kind_scores.astype(np.float64)))
    return Ranking(
        best, pairs.spans[best], speaker, quotation, calibrated(speaker, quotation, scores[best], weights.calibration)
    )


def speaker_weights(analysis: Analysis, weights: Weights) -> Iterator[Floats]:
    """Yield the weights that each speaker template has for each pair; a pair's score is their sum."""
    return (weights.speaker[positions] for positions in hashed(SPEAKER_TEMPLATES, analysis.facts))


def kind_weights(analysis: Analysis, weights: Weights, best: Ints, speaker: Reals) -> Iterator[Floats]:
    """Yield the weights that each kind template has for each span, given by its best pair; their sum is log odds."""
    return (weights.kind[positions] for positions in hashed(KIND_TEMPLATES, facts_of_kinds(analysis, best, speaker)))


def added(parts: Iterable[Floats], count: int) -> Floats:
    """Return the sum of rows of so many numbers, in their order: single precision is not associative."""
    total = np.zeros(count, dtype=np.float32)
    for part in parts:
        total += part
    return total


def choose(pairs: Pairs, scores: Floats) -> tuple[Ints, Reals]:
    """Return the pair of the highest score of each span that has any (the first of equals), and its probability."""
    if not len(scores):
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    groups = np.cumsum(np.diff(pairs.spans, prepend=-1) != 0) - 1
    highest = np.maximum.reduceat(scores, pairs.starts)
    at = np.nonzero(scores == highest[groups])[0]
    best = at[np.diff(groups[at], prepend=-1) != 0]
    exponents = np.exp((scores - highest[groups]).astype(np.float64))
    return best, 1 / np.add.reduceat(exponents, pairs.starts)


def facts_of_kinds(analysis: Analysis, best: Ints, speaker: Reals) -> dict[str, npt.NDArray[np.uint64]]:
    """Return the facts for the kinds of spans whose best pairs are given, with the probability of each."""
    sureness = np.digitize(speaker, _SURENESS)
    phrases, context, shapes = analysis.phrases, analysis.context, analysis.shapes
    return kind_facts(phrases, context, analysis.pairs, analysis.facts, best, sureness, shapes)


def log_odds(probability: Reals) -> Reals:
    """Return the log odds of probabilities, kept finite."""
    bounded = np.clip(probability, _LEAST, _MOST)
    return np.log(bounded / (1 - bounded))


def calibrated(speaker: Reals, quotation: Reals, scores: Floats, calibration: Calibration) -> Reals:
    """Return the probability that a span is a quotation of its best candidate."""
    odds = calibration.of_speaker * log_odds(speaker) + calibration.of_kind * log_odds(quotation)
    odds += calibration.of_score * scores
    return 1 / (1 + np.exp(-(calibration.intercept + odds)))
