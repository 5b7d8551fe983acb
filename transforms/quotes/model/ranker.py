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
from transforms.quotes.model.weights import Calibration, Floats, ToldCalibration, Weights

Reals = npt.NDArray[np.float64]

_SURENESS = (0.3, 0.5, 0.7, 0.85, 0.95, 0.99)
_STRENGTH = (4, 5, 6, 7, 8, 9, 10, 11, 12)
SPOKEN = 0.9
"""A sentence of its own is a quotation at least so probably."""
_LEAST, _MOST = 1e-6, 1 - 1e-6


class Best(NamedTuple):
    """The best candidates; one entry a span that has any.

    Attributes:
        pairs: Its pair of each span.
        speaker: Probability that it is the speaker, given that there is one among the candidates.
        scores: Its score: how strongly it is tied to the span, whatever the others are.
    """

    pairs: Ints
    speaker: Reals
    scores: Floats


class Ranking(NamedTuple):
    """What the models say; one entry a span that has any candidate.

    Attributes:
        best: The best candidate.
        spans: The span.
        quotation: Probability that the span is a quotation.
        confidence: Probability that both are so, calibrated; of a statement, that it is the candidate's if it is one.
    """

    best: Best
    spans: Ints
    quotation: Reals
    confidence: Reals


def rank(analysis: Analysis, weights: Weights) -> Ranking:
    """Return the best candidate of each span."""
    rankings, first = [], 0
    for part in analysis.parts():
        ranking = _rank(part, weights)
        best = ranking.best._replace(pairs=ranking.best.pairs + first)
        rankings.append(ranking._replace(best=best))
        first += len(part.pairs.spans)
    best = Best(*map(np.concatenate, zip(*(ranking.best for ranking in rankings), strict=True)))
    return Ranking(best, *map(np.concatenate, zip(*(ranking[1:] for ranking in rankings), strict=True)))


def _rank(analysis: Analysis, weights: Weights) -> Ranking:
    pairs = analysis.pairs
    scores = added(speaker_weights(analysis, weights), len(pairs.spans))
    best = choose(pairs, scores)
    kind_scores = added(kind_weights(analysis, weights, best), len(best.pairs))
    quotation = _quotation_probability(analysis, best, kind_scores)
    is_told = analysis.phrases.cues[pairs.spans[best.pairs]] >= 0
    told = told_calibrated(best, weights.told_calibration)
    confidence = np.where(is_told, told, calibrated(best, quotation, weights.calibration))
    return Ranking(best, pairs.spans[best.pairs], quotation, confidence)


def speaker_weights(analysis: Analysis, weights: Weights) -> Iterator[Floats]:
    """Yield the weights that each speaker template has for each pair; a pair's score is their sum."""
    return (weights.speaker.take(positions, mode="clip") for positions in hashed(SPEAKER_TEMPLATES, analysis.facts))


def kind_weights(analysis: Analysis, weights: Weights, best: Best) -> Iterator[Floats]:
    """Yield the weights that each kind template has for each span, given by its best pair; their sum is log odds."""
    return (
        weights.kind.take(positions, mode="clip")
        for positions in hashed(KIND_TEMPLATES, facts_of_kinds(analysis, best))
    )


def added(parts: Iterable[Floats], shape: int | tuple[int, int]) -> Floats:
    """Return the sum of arrays of a shape, in their order: single precision is not associative."""
    total = np.zeros(shape, dtype=np.float32)
    for part in parts:
        total += part
    return total


def _quotation_probability(analysis: Analysis, best: Best, kind_scores: Floats) -> Reals:
    """Return the probability that each span is a quotation, given its log odds; a sentence of its own surely is one."""
    spoken = analysis.shapes.spoken[analysis.pairs.spans[best.pairs]] > 0
    learned = probability(kind_scores)
    return np.where(spoken, np.maximum(learned, SPOKEN), learned)


def choose(pairs: Pairs, scores: Floats) -> Best:
    """Return the pair of the highest score of each span that has any; the first of equals."""
    if not len(scores):
        return Best(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0, dtype=np.float32))
    groups = np.cumsum(np.diff(pairs.spans, prepend=-1) != 0) - 1
    highest = np.maximum.reduceat(scores, pairs.starts)
    at = np.nonzero(scores == highest[groups])[0]
    best = at[np.diff(groups[at], prepend=-1) != 0]
    exponents = np.exp((scores - highest[groups]).astype(np.float64))
    return Best(best, 1 / np.add.reduceat(exponents, pairs.starts), scores[best])


def facts_of_kinds(analysis: Analysis, best: Best) -> dict[str, npt.NDArray[np.uint64]]:
    """Return the facts for the kinds of spans whose best pairs are given."""
    sureness = {"sureness": np.digitize(best.speaker, _SURENESS), "strength": np.digitize(best.scores, _STRENGTH)}
    phrases, context, shapes = analysis.phrases, analysis.context, analysis.shapes
    return kind_facts(phrases, context, analysis.pairs, analysis.facts, shapes, best.pairs, sureness)


def probability(odds: Floats | Reals) -> Reals:
    """Return the probability of log odds."""
    return np.asarray(1 / (1 + np.exp(-odds.astype(np.float64))))


def log_odds(probability: Reals) -> Reals:
    """Return the log odds of probabilities, kept finite."""
    bounded = np.clip(probability, _LEAST, _MOST)
    return np.log(bounded / (1 - bounded))


def calibrated(best: Best, quotation: Reals, calibration: Calibration) -> Reals:
    """Return the probability that a span is a quotation of its best candidate."""
    odds = calibration.of_speaker * log_odds(best.speaker) + calibration.of_kind * log_odds(quotation)
    odds += calibration.of_score * best.scores
    return probability(calibration.intercept + odds)


def told_calibrated(best: Best, calibration: ToldCalibration) -> Reals:
    """Return the probability that a statement is that of its best candidate."""
    odds = calibration.of_speaker * log_odds(best.speaker) + calibration.of_score * best.scores
    return probability(calibration.intercept + odds)
