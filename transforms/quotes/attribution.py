"""Who said each quoted span, and whether it is a quotation at all: what the models found, in terms of the article."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from transforms.quotes.marks import Report, Span
from transforms.quotes.model.analysis import Analysis, analyse_further, cue_levels_of
from transforms.quotes.model.analysis import read as read_all
from transforms.quotes.model.lines import Article
from transforms.quotes.model.ranker import rank
from transforms.quotes.model.weights import Weights, load_weights
from transforms.quotes.relations import PASSIVE, Relation, Relations
from transforms.quotes.statements import report

NO_CANDIDATE = "nobody to ask"
UNSURE = "unsure"
ENCLOSED = "enclosing quotation"
CONTINUED = "quotation over paragraphs"
ECHO = "quoted again in the text"
SILENCE = "did not speak"
_WORD = re.compile(r"[^\W_]+")
_ECHO = 8
"""Fewer characters may stand again in any quotation."""
LEAST_CONFIDENCE = 0.4
"""Below it no speaker is named: three of five would be wrong."""
_LEAST_TOLD = 0.25
"""The same for statements, given that they are some: their cue is known, so that fewer others could be meant."""
_QUOTATION, _LONG_QUOTATION = 0.75, 0.5
_LONG = 38
"""A span of so many characters is a quotation already at the lower probability."""
_TIED = 0.9
"""A span whose speaker is surer than this is a quotation at any probability of its kind."""
_CHARACTERS_AT_ONCE = 500_000
"""Articles are read together up to so many characters, so that memory does not follow the batch."""
OF_SILENCES = 0.93
"""Confidence of who did not speak: right in 63 of the 68 that gold tells of."""
_DIGITS = 3
"""Confidence is rounded to so many digits: the last bits of a logarithm differ between machines."""


class Attribution(NamedTuple):
    """What ties a span to its speaker; offsets into the article, None where there is none.

    Attributes:
        evidence: The relation that the speaker has to the span, or why there is none.
        mention: Bounds of the speaker as printed nearest to the span.
        cue: Bounds of the reporting words.
        lemma: Dictionary form of the reporting words.
        addressee: Bounds of whom they told.
        confidence: Probability that the mention is right; None without one.
        is_quotation: Whether the span quotes somebody.
        reported_by: Bounds of who says that they said it, in a chain.
        polarity: What the cue says of the statement, one of `schemas.POLARITIES`; None without a cue.
    """

    evidence: str
    mention: tuple[int, int] | None = None
    cue: tuple[int, int] | None = None
    lemma: str | None = None
    addressee: tuple[int, int] | None = None
    confidence: float | None = None
    is_quotation: bool = True
    reported_by: tuple[int, int] | None = None
    polarity: str | None = None


class Attributed(NamedTuple):
    """An article with all its spans, and what ties each to its speaker."""

    article: Article
    attributions: Sequence[Attribution]


def attribute(articles: Sequence[Article]) -> list[Attributed]:
    """Return English articles, given with their quoted spans, with what they report without marks, too.

    It is the same whichever articles are read together.
    """
    weights = load_weights()
    out: list[Attributed] = []
    for portion in _portions(articles):
        reported, analysis = read(portion, weights)
        out += map(Attributed, reported, _attribute(reported, analysis, weights))
    return out


def _portions(articles: Sequence[Article]) -> Iterator[list[Article]]:
    portion: list[Article] = []
    size = 0
    for article in articles:
        portion.append(article)
        size += len(article.text)
        if size >= _CHARACTERS_AT_ONCE:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


def read(articles: Sequence[Article], weights: Weights) -> tuple[list[Article], Analysis]:
    """Return articles, given with their quoted spans, with what they report, and what is read of them and all that."""
    levels_of = cue_levels_of(weights)
    reading = read_all(articles, levels_of)
    reported = report(articles, reading)
    return reported, analyse_further(reading, reported, levels_of)


def _attribute(articles: Sequence[Article], analysis: Analysis, weights: Weights) -> list[list[Attribution]]:
    ranking = rank(analysis, weights)
    relations = Relations(analysis).read(ranking.best.pairs, innermost=True)
    judged = map(_Judged, ranking.quotation.tolist(), ranking.confidence.tolist(), relations)
    of_spans = dict(zip(ranking.spans.tolist(), judged, strict=True))
    out = []
    first = 0
    for article in articles:
        mine = [of_spans.get(first + at) for at in range(len(article.spans))]
        out.append(_echoed(article, _of_article(article.spans, mine)))
        first += len(article.spans)
    return out


class _Judged(NamedTuple):
    """What the models found of a span that has candidates; see `Ranking`."""

    quotation: float
    confidence: float
    relation: Relation


def _of_article(spans: Sequence[Span], judged: Sequence[_Judged | None]) -> list[Attribution]:
    """Return the attributions of one article's spans, given what was found of each; of some nothing was."""
    found: list[Attribution] = []
    for span, mine in zip(spans, judged, strict=True):
        if span.report and span.report.is_silence:
            found.append(_silent(span, span.report))
            continue
        own = _own(span, mine) if mine else Attribution(NO_CANDIDATE)
        if span.parent >= 0 and not (mine and mine.relation.is_tied):
            own = _taken_over(found[span.parent], ENCLOSED)._replace(is_quotation=own.is_quotation)
        elif span.report and span.parent >= 0:
            own = own._replace(reported_by=found[span.parent].mention)
        found.append(own)
    return _pooled(spans, found)


def _own(span: Span, judged: _Judged) -> Attribution:
    relation = judged.relation
    is_quotation = judged.quotation > least_quotation(span, judged.confidence)
    belief = span.report.belief if span.report else 1.0
    confidence = round(belief * judged.confidence, _DIGITS)
    has_speaker = relation.name != PASSIVE
    return Attribution(
        relation.name,
        relation.mention if has_speaker else None,
        relation.cue,
        relation.lemma,
        relation.addressee,
        confidence if has_speaker else None,
        is_quotation,
        relation.reported_by,
        relation.polarity,
    )


def _silent(span: Span, report: Report) -> Attribution:
    """Return what a silence says of itself."""
    confidence = OF_SILENCES if report.speaker else None
    return Attribution(SILENCE, report.speaker, (span.start, span.end), confidence=confidence)


def least_quotation(span: Span, confidence: float) -> float:
    """Return the probability above which a span is a quotation, given how sure its speaker is."""
    if confidence > _TIED or span.report:
        return 0.0
    return _LONG_QUOTATION if span.end - span.start >= _LONG else _QUOTATION


def _pooled(spans: Sequence[Span], found: list[Attribution]) -> list[Attribution]:
    """Return the attributions with one speaker for all parts of a quotation over several paragraphs: the surest."""
    parts: dict[int, list[int]] = {}
    roots: list[int] = []
    for at, span in enumerate(spans):
        roots.append(roots[span.continued] if span.continued >= 0 else at)
        parts.setdefault(roots[at], []).append(at)
    for members in parts.values():
        if len(members) > 1:
            surest = max(members, key=lambda at: found[at].confidence or 0.0)
            is_quotation = any(found[at].is_quotation for at in members)
            for at in members:
                taken = found[at] if at == surest else _taken_over(found[surest], CONTINUED)
                found[at] = taken._replace(is_quotation=is_quotation)
    return [_unless_unsure(span, attribution) for span, attribution in zip(spans, found, strict=True)]


def _echoed(article: Article, found: list[Attribution]) -> list[Attribution]:
    """Return the attributions with those of headlines from the quotation in the text that has the same words."""
    text, paragraphs, spans = article
    if not any(paragraphs[span.paragraph].kind == "title" for span in spans):
        return found
    printed = [f" {' '.join(_WORD.findall(text[span.start : span.end].casefold()))} " for span in spans]
    out = list(found)
    for at, span in enumerate(spans):
        if paragraphs[span.paragraph].kind == "title" and len(printed[at]) >= _ECHO:
            again = (
                n for n, other in enumerate(spans) if other.paragraph > span.paragraph and printed[at] in printed[n]
            )
            echo = next((found[n] for n in again if found[n].mention and found[n].is_quotation), None)
            out[at] = echo._replace(evidence=ECHO) if echo else found[at]
    return out


def _taken_over(other: Attribution, evidence: str) -> Attribution:
    return other if other.mention is None else other._replace(evidence=evidence)


def _unless_unsure(span: Span, attribution: Attribution) -> Attribution:
    """Return an attribution without a speaker that is too unsure; of statements, given that they are some."""
    least = LEAST_CONFIDENCE if span.report is None else _LEAST_TOLD * span.report.belief
    if attribution.confidence is None or attribution.confidence >= least:
        return attribution
    if span.report:
        return attribution._replace(evidence=UNSURE, mention=None, addressee=None, confidence=None, reported_by=None)
    return Attribution(UNSURE, is_quotation=attribution.is_quotation)
