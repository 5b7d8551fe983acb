"""Why a speaker was chosen, and why a span is a quotation: the models' own numbers, in words that a person can read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from transforms.quotes.attribution import least_quotation, read
from transforms.quotes.marks import Span
from transforms.quotes.model.analysis import Analysis
from transforms.quotes.model.features import KIND_TEMPLATES, SPEAKER_TEMPLATES, Template
from transforms.quotes.model.lines import Article, Ints
from transforms.quotes.model.ranker import Ranking, Reals, added, kind_weights, rank, speaker_weights
from transforms.quotes.model.weights import Floats, Weights, load_weights
from transforms.quotes.relations import Relation, Relations


class Candidate(NamedTuple):
    """A phrase that may be the speaker of a span.

    Attributes:
        start: Offset of its first character in the article.
        end: Offset after its last.
        relation: How it stands to the span, in the words of `QUOTES.evidence`.
        probability: That it is the speaker, given that one of the candidates is; they sum to 1.
        is_chosen: Whether it is the best one.
    """

    start: int
    end: int
    relation: str
    probability: float
    is_chosen: bool


class Reason(NamedTuple):
    """What a template of features said.

    Attributes:
        name: The template's name.
        weight: In log odds; positive for what was found, negative against it.
    """

    name: str
    weight: float


class Explanation(NamedTuple):
    """What the models made of one span by itself, before it takes over anything from the spans around it.

    Attributes:
        candidates: Who may have said it, the most probable first.
        speaker_reasons: Of every template, how much it speaks for the first candidate against the second, the
            weightiest first; they sum to the log of the ratio of the probabilities. Empty without a second.
        quotation: Probability that the span is a quotation; None without candidates, and of what has no marks.
        belief: Probability that words without marks are reported; None of quoted ones.
        least_quotation: The probability above which a span of this length, whose speaker is so sure, counts as one.
        quotation_reasons: Of every template, how much it speaks for a quotation, the weightiest first; they sum to the
            log odds of that probability, unless the span is a sentence of its own, which makes it surer.
    """

    candidates: Sequence[Candidate]
    speaker_reasons: Sequence[Reason]
    quotation: float | None
    least_quotation: float
    quotation_reasons: Sequence[Reason]
    belief: float | None = None


def explain(article: Article) -> tuple[Article, list[Explanation]]:
    """Return an English article with what it reports, too, and the explanation of each span, by today's weights.

    Args:
        article: The article, with its quoted spans.
    """
    weights = load_weights()
    (reported,), analysis = read([article], weights)
    scored = _score(analysis, weights)
    found = {span: at for at, span in enumerate(scored.ranking.spans.tolist())}
    return reported, [
        _explained(scored, found[at], span)
        if at in found
        else Explanation((), (), None, least_quotation(span, 0.0), ())
        for at, span in enumerate(reported.spans)
    ]


@dataclass(frozen=True)
class _Scored:
    """An article with the weights of each template (a row) for each pair, and for each span that has a pair."""

    analysis: Analysis
    ranking: Ranking
    relations: Sequence[Relation]
    of_pairs: Floats
    scores: Floats
    of_spans: Floats


def _score(analysis: Analysis, weights: Weights) -> _Scored:
    ranking = rank(analysis, weights)
    of_pairs = np.array(list(speaker_weights(analysis, weights)))
    of_spans = np.array(list(kind_weights(analysis, weights, ranking.best)))
    count = len(analysis.pairs.spans)
    relations = Relations(analysis).read(np.arange(count))
    return _Scored(analysis, ranking, relations, of_pairs, added(of_pairs, count), of_spans)


def _explained(scored: _Scored, at: int, span: Span) -> Explanation:
    """Return the explanation of a span, given by its position among those that have candidates."""
    starts = scored.analysis.pairs.starts
    first, last = starts[at], starts[at + 1] if at + 1 < len(starts) else len(scored.scores)
    order = first + np.argsort(-scored.scores[first:last], kind="stable")
    exponents = np.exp((scored.scores[order] - scored.scores[order[0]]).astype(np.float64))
    against = scored.of_pairs[:, order[0]] - scored.of_pairs[:, order[1]] if len(order) > 1 else None
    return Explanation(
        candidates=_candidates(scored.relations, order, exponents / exponents.sum()),
        speaker_reasons=() if against is None else _reasons(SPEAKER_TEMPLATES, against),
        quotation=None if span.report else float(scored.ranking.quotation[at]),
        least_quotation=least_quotation(span, float(scored.ranking.confidence[at])),
        quotation_reasons=() if span.report else _reasons(KIND_TEMPLATES, scored.of_spans[:, at]),
        belief=span.report.belief if span.report else None,
    )


def _candidates(relations: Sequence[Relation], order: Ints, probabilities: Reals) -> list[Candidate]:
    found: list[Candidate] = []
    for pair, likely in zip(order.tolist(), probabilities.tolist(), strict=True):
        relation: Relation = relations[pair]
        found.append(Candidate(*relation.mention, relation.name, likely, is_chosen=not found))
    return found


def _reasons(templates: Sequence[Template], weights: Floats) -> list[Reason]:
    reasons = [Reason(t.name, float(weight)) for t, weight in zip(templates, weights, strict=True)]
    return sorted(reasons, key=lambda reason: -abs(reason.weight))
