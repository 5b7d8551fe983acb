"""Quoted spans: the words between quotation marks, in a paragraph or over several."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from transforms.quotes.pairs import UNPAIRED, Pair, find_pairs

_RUNS_ON = frozenset({"“", "„", "«", "``", '"', "''"})
_SINGLE = frozenset("‘'")
_BEFORE = frozenset(".,:?!")
"""A sentence in marks may follow these."""
_INTRODUCED = re.compile(r"[,:]\s*\Z")
_ALPHANUMERIC = re.compile(r"[^\W_]")
_QUOTABLE_SKIPPED = frozenset({"boilerplate"})
HEADLINES = frozenset({"title", "heading"})
"""Kinds of paragraphs that are headlines: they may capitalise every word, and report by their form."""
_BETWEEN_PARTS = frozenset({"boilerplate", "caption"})
"""Kinds that may stand between two paragraphs of one quotation."""


class Paragraph(NamedTuple):
    """A paragraph as the extractor sees it; `position` is its paragraph_index, `start` its offset in the article."""

    position: int
    kind: str
    text: str
    start: int


class Report(NamedTuple):
    """How a span without marks is reported.

    Attributes:
        cue: Offset of the word that reports it.
        belief: Probability that it is reported.
        piece_of: Position of the first piece of the statement that it is another piece of, or -1.
        is_silence: Whether it says that somebody did not speak; then it is the reporting words themselves.
        speaker: Bounds of who did not, if the sentence names them.
    """

    cue: int
    belief: float
    piece_of: int = -1
    is_silence: bool = False
    speaker: tuple[int, int] | None = None


class Span(NamedTuple):
    """Quoted words, or words reported without marks; all offsets are into the article.

    Attributes:
        paragraph: Position of its paragraph in the sequence given.
        mark: The opening mark; empty for reported words, whose inner and outer bounds are the same.
        start: Offset of the first character inside the marks.
        end: Offset after the last character inside the marks.
        outer_start: Offset of the opening mark.
        outer_end: Offset after the closing mark; without one, the paragraph's end.
        is_closed: Whether there is a closing mark.
        parent: Position of the enclosing span in the result, or -1.
        continued: Position of the span of an earlier paragraph that this one continues, or -1.
        report: How it is reported, if it has no marks.
        statement: Bounds of the reported clause that holds it, where one does.
    """

    paragraph: int
    mark: str
    start: int
    end: int
    outer_start: int
    outer_end: int
    is_closed: bool
    parent: int = -1
    continued: int = -1
    report: Report | None = None
    statement: tuple[int, int] | None = None

    @property
    def is_silence(self) -> bool:
        """Whether it says that somebody did not speak."""
        return self.report is not None and self.report.is_silence

    @property
    def piece_of(self) -> int:
        """Position of the first piece of the statement that it is another piece of, or -1."""
        return self.report.piece_of if self.report else -1


def merged(spans: Sequence[Span], added: Sequence[Span]) -> tuple[list[Span], list[int]]:
    """Return all spans in order, and where the added ones stand in it.

    Args:
        spans: Spans of an article, in order.
        added: Others, apart from them; their `piece_of` is a position among these.
    """
    every = [*spans, *added]
    order = sorted(range(len(every)), key=lambda at: (every[at].start, -every[at].end))
    place = {at: number for number, at in enumerate(order)} | {-1: -1}
    first = len(spans)

    def moved(at: int) -> Span:
        span = every[at]
        if span.parent >= 0 or span.continued >= 0:
            span = span._replace(parent=place[span.parent], continued=place[span.continued])
        if span.report is None or span.piece_of < 0:
            return span
        piece_of = span.piece_of + first if at >= first else span.piece_of
        return span._replace(report=span.report._replace(piece_of=place[piece_of]))

    return _enclosed([moved(at) for at in order]), [place[at] for at in range(first, len(every))]


def _enclosed(spans: list[Span]) -> list[Span]:
    """Return spans in order with the reported ones enclosed in others: "Ames said Boyd said so"."""
    enclosing: list[int] = []
    for at, span in enumerate(spans):
        while enclosing and spans[enclosing[-1]].end <= span.start:
            enclosing.pop()
        if span.report:
            if enclosing:
                spans[at] = span._replace(parent=enclosing[-1])
            enclosing.append(at)
    return spans


def find_spans(paragraphs: Sequence[Paragraph]) -> list[Span]:
    """Return the quoted spans of an article, in order of start.

    Spans lie within one paragraph, never start and end alike, and are nested or apart, never crossing. A quotation over
    several paragraphs opens with a mark in each and closes in the last; its spans are linked by `continued`.

    Args:
        paragraphs: An article's paragraphs, in order.
    """
    spans: list[Span] = []
    unfinished = -1
    for position, paragraph in enumerate(paragraphs):
        if paragraph.kind in _QUOTABLE_SKIPPED:
            continue
        first = len(spans)
        if pairs := find_pairs(paragraph.text):
            spans += _nest(_keep_open(pairs, paragraph.text, paragraphs, position), paragraph, position, first)
        if paragraph.kind in _BETWEEN_PARTS:
            continue
        if unfinished >= 0 and len(spans) > first and _continues(spans[first], spans[unfinished], paragraph):
            spans[first] = spans[first]._replace(continued=unfinished)
        unfinished = _unfinished(spans, first, paragraph)
    return spans


def _continues(span: Span, earlier: Span, paragraph: Paragraph) -> bool:
    return span.mark == earlier.mark and not paragraph.text[: span.outer_start - paragraph.start].strip()


def _unfinished(spans: list[Span], first: int, paragraph: Paragraph) -> int:
    """Return the position of the span that runs on after its paragraph, or -1."""
    if paragraph.kind != "body" or first == len(spans):
        return -1
    return next((at for at in range(first, len(spans)) if not spans[at].is_closed), -1)


def _keep_open(pairs: list[Pair], text: str, paragraphs: Sequence[Paragraph], position: int) -> list[Pair]:
    """Drop the stretches whose missing close would make them swallow what they should not."""
    if all(pair.is_closed for pair in pairs):
        return pairs
    following = _following_text(paragraphs, position)
    last_start = {pair.mark: pair.outer_start for pair in sorted(pairs, key=lambda p: p.outer_start)}
    return [p for p in pairs if p.is_closed or _runs_to_end(p, text, following, last_start[p.mark])]


def _runs_to_end(pair: Pair, text: str, following: str, last_start: int) -> bool:
    """Whether a stretch without a close is a quotation up to the paragraph's end."""
    if pair.outer_start != last_start:
        return False
    is_first = not text[: pair.outer_start].strip()
    is_continued = following.startswith(pair.mark)
    if pair.mark in _SINGLE:  # any other may be an apostrophe
        is_sentence = text[pair.start].isupper() and (is_first or text[: pair.outer_start].rstrip()[-1] in _BEFORE)
        return is_continued and is_sentence
    if pair.mark in UNPAIRED:
        return (
            is_first or is_continued or bool(_INTRODUCED.search(text, max(0, pair.outer_start - 4), pair.outer_start))
        )
    return pair.mark in _RUNS_ON


def _following_text(paragraphs: Sequence[Paragraph], position: int) -> str:
    for paragraph in paragraphs[position + 1 : position + 4]:
        if paragraph.kind not in _BETWEEN_PARTS:
            return paragraph.text.lstrip() if paragraph.kind == "body" else ""
    return ""


def _nest(pairs: list[Pair], paragraph: Paragraph, position: int, first: int) -> list[Span]:
    """Return the spans of a paragraph in order, with their parents; the first will stand at `first` in the article."""
    spans: list[Span] = []
    enclosing: list[int] = []
    taken: set[tuple[int, int]] = set()
    for pair in sorted(pairs, key=lambda p: (p.outer_start, -p.outer_end)):
        bounds = _strip(paragraph.text, pair.start, pair.end)
        if bounds is None or bounds in taken:
            continue
        taken.add(bounds)
        start, end = bounds[0] + paragraph.start, bounds[1] + paragraph.start
        while enclosing and spans[enclosing[-1]].end < end:
            enclosing.pop()
        parent = first + enclosing[-1] if enclosing else -1
        outer_start, outer_end = pair.outer_start + paragraph.start, pair.outer_end + paragraph.start
        enclosing.append(len(spans))
        spans.append(Span(position, pair.mark, start, end, outer_start, outer_end, pair.is_closed, parent))
    return spans


def _strip(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the bounds without white space at the edges; None if they hold no letter or digit."""
    inner = text[start:end]
    if not inner[:1].isalnum() and not _ALPHANUMERIC.search(inner):
        return None
    return end - len(inner.lstrip()), start + len(inner.rstrip())
