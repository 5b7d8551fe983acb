"""What headlines report without quotation marks: “Mayor: no new taxes”, “No new taxes – mayor”."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from transforms.quotes.attribution import Attributed, Attribution
from transforms.quotes.cues import statement_lemma
from transforms.quotes.headlines.forms import Bounds, Form, find_forms
from transforms.quotes.headlines.speakers import Speakers
from transforms.quotes.marks import HEADLINES, Report, Span, merged
from transforms.quotes.model.lines import Article
from transforms.quotes.polarity import AFFIRMED

__all__ = ["HEADLINE", "OF_HEADLINES", "with_headlines"]

HEADLINE = "headline"
OF_HEADLINES = 0.95
"""Confidence of who says what a headline reports: right in 40 of the first 42 that were read, in two kinds of copy."""


class _Placed(NamedTuple):
    """A statement of a headline, with offsets into the article.

    Attributes:
        paragraph: Position of its paragraph.
        start: Offset of its first character.
        end: Offset after its last.
        attribution: What ties it to its speaker.
    """

    paragraph: int
    start: int
    end: int
    attribution: Attribution


def with_headlines(attributed: Attributed) -> Attributed:
    """Return an article with what its headlines report by their form, where nothing was found of it.

    That is a span, or the bounds of the quoted spans in it, and the speaker of those that have none.
    """
    all_placed = list(_find(attributed))
    if not all_placed:
        return attributed
    article, attributions = attributed
    by_paragraph: dict[int, list[int]] = {}
    for at, span in enumerate(article.spans):
        by_paragraph.setdefault(span.paragraph, []).append(at)
    spans, found, added = list(article.spans), list(attributions), []
    for placed in all_placed:
        mine = by_paragraph.get(placed.paragraph, ())
        if quoted := [at for at in mine if _is_quoted(spans[at], placed)]:
            for at in quoted:
                spans[at], found[at] = _within(spans[at], found[at], placed)
        elif not any(_is_reported(spans[at], placed) for at in mine):
            added.append(placed)
    return _merged(Article(article.text, article.paragraphs, spans), found, added)


def _find(attributed: Attributed) -> Iterator[_Placed]:
    text, paragraphs, _ = attributed.article
    speakers = Speakers(*attributed)
    for at, paragraph in enumerate(paragraphs):
        if paragraph.kind in HEADLINES:
            form = next((form for form in find_forms(paragraph.text) if speakers.has(form, paragraph.text)), None)
            if form:
                yield _placed(form, text, at, paragraph.start)


def _placed(form: Form, text: str, paragraph: int, first: int) -> _Placed:
    """Return a form with offsets into its article, given that of its paragraph."""
    (start, end), mention = _moved(form.statement, first), _moved(form.speaker, first)
    if form.cue is None:
        return _Placed(paragraph, start, end, Attribution(HEADLINE, mention, confidence=OF_HEADLINES))
    cue = _moved(form.cue, first)
    lemma = statement_lemma(text[slice(*cue)])
    found = Attribution(HEADLINE, mention, cue, lemma, confidence=OF_HEADLINES, polarity=AFFIRMED)
    return _Placed(paragraph, start, end, found)


def _moved(bounds: Bounds, by: int) -> Bounds:
    return bounds[0] + by, bounds[1] + by


def _is_quoted(span: Span, placed: _Placed) -> bool:
    """Whether a span is one of the quoted ones in a statement."""
    return span.report is None and span.parent < 0 and placed.start <= span.outer_start < placed.end


def _within(span: Span, found: Attribution, placed: _Placed) -> tuple[Span, Attribution]:
    """Return a quoted span with the bounds of the statement that holds it, and its speaker if there was none.

    What is all of the statement is a quotation.
    """
    statement = span.statement or (placed.start, max(placed.end, span.outer_end))
    is_all = span.outer_start <= placed.start and placed.end <= span.outer_end
    if found.mention is None if found.is_quotation else is_all:
        found = placed.attribution
    return span._replace(statement=statement), found


def _is_reported(span: Span, placed: _Placed) -> bool:
    """Whether a span is of a statement found before that has words of a new one, other than one inside of it."""
    (start, end), mention = (placed.start, placed.end), placed.attribution.mention or (0, 0)
    is_apart = span.end <= min(start, mention[0]) or max(end, mention[1]) <= span.start
    is_inside = start < span.start and span.end <= end
    return not is_apart and not is_inside


def _merged(article: Article, found: Sequence[Attribution], added: Sequence[_Placed]) -> Attributed:
    """Return an article with spans for statements; those found in them are told by whom they are reported."""
    text, paragraphs, old = article
    reported = [Span(p.paragraph, "", p.start, p.end, p.start, p.end, True, report=Report(p.start, 1.0)) for p in added]
    spans, places = merged(old, reported)
    of_places = dict(zip(places, added, strict=True))
    rest = iter(found)
    out: list[Attribution] = []
    for at, span in enumerate(spans):
        own = of_places[at].attribution if at in of_places else next(rest)
        if span.parent in of_places and span.report and not own.reported_by:
            own = own._replace(reported_by=of_places[span.parent].attribution.mention)
        out.append(own)
    return Attributed(Article(text, paragraphs, spans), out)
