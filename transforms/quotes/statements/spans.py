"""Statements as spans of their articles, beside the quoted ones."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from transforms.quotes.marks import Paragraph, Report, Span, merged
from transforms.quotes.model.analysis import Reading
from transforms.quotes.model.lines import Article
from transforms.quotes.model.mentions import Mentions
from transforms.quotes.silences import Silence
from transforms.quotes.statements.nesting import Statement

Bounds = tuple[int, int]
_FEWEST_WORDS = 2


def with_statements(
    articles: Sequence[Article], reading: Reading, statements: Sequence[Statement], silences: Sequence[Silence]
) -> list[Article]:
    """Return articles with a span for each piece of a statement that quotes nobody, and for each silence.

    Quoted spans inside a statement get its bounds instead: the words around them are not reported twice.

    Args:
        articles: The articles, with their quoted spans.
        reading: What was read of them.
        statements: Their statements, by cue.
        silences: Where they say that somebody did not speak.
    """
    mentions = Mentions(reading.tokens, reading.phrases)
    of_phrases = reading.lines.articles[reading.phrases.lines]
    found: list[list[_Placed]] = [[] for _ in articles]
    for statement, placed in zip(statements, _placed(reading, statements), strict=True):
        found[of_phrases[statement.cue]].append(placed)
    silent: list[list[_Silent]] = [[] for _ in articles]
    for silence in silences:
        silent[of_phrases[silence.group]].append(_Silent(reading, silence, mentions))
    return [_with(*each) if any(each[1:]) else each[0] for each in zip(articles, found, silent, strict=True)]


class _Placed(NamedTuple):
    """A statement with offsets into its article."""

    cue: int
    belief: float
    pieces: Sequence[Bounds]


def _placed(reading: Reading, statements: Sequence[Statement]) -> Iterator[_Placed]:
    tokens, to_article = reading.tokens, reading.lines.to_article
    cues = to_article(tokens.starts[reading.phrases.last[np.array([s.cue for s in statements], dtype=np.int64)]])
    pieces = np.array([piece for s in statements for piece in s.pieces], dtype=np.int64).reshape(-1, 2)
    starts, ends = to_article(tokens.starts[pieces[:, 0]]), to_article(tokens.ends[pieces[:, 1]] - 1) + 1
    bounds = zip(starts.tolist(), ends.tolist(), strict=True)
    for statement, cue in zip(statements, cues.tolist(), strict=True):
        yield _Placed(cue, statement.reported, list(islice(bounds, len(statement.pieces))))


class _Silent:
    """A silence with offsets into its article."""

    def __init__(self, reading: Reading, silence: Silence, mentions: Mentions) -> None:
        starts, ends, in_article = reading.tokens.starts, reading.tokens.ends, reading.lines.in_article
        self.bounds = in_article(int(starts[silence.first_token]), int(ends[silence.last_token]))
        self.speaker = in_article(*mentions.bounds(silence.phrase)) if silence.phrase >= 0 else None


def _with(article: Article, statements: Sequence[_Placed], silences: Sequence[_Silent]) -> Article:
    text, paragraphs, spans = article
    quoted = _Quoted(spans)
    added: list[Span] = []
    bounds: dict[int, Bounds] = {}
    for statement in statements:
        pieces = [quoted.whole(piece) for piece in statement.pieces]
        inside = {at: piece for piece in pieces for at in quoted.within(piece)}
        if inside:
            bounds |= inside
        elif sum(len(text[start:end].split()) for start, end in pieces) >= _FEWEST_WORDS:
            added += _pieces(paragraphs, statement, pieces, len(added))
    for silence in silences:
        start, end = silence.bounds
        report = Report(start, 1.0, is_silence=True, speaker=silence.speaker)
        added.append(Span(_paragraph_of(paragraphs, start, end), "", start, end, start, end, True, report=report))
    held = [span._replace(statement=bounds[at]) if at in bounds else span for at, span in enumerate(spans)]
    return Article(text, paragraphs, merged(held, added)[0])


class _Quoted:
    """The outermost quoted spans of an article, which are in order and apart."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._at = [at for at, span in enumerate(spans) if span.parent < 0]
        self._starts = [spans[at].outer_start for at in self._at]
        self._ends = [spans[at].outer_end for at in self._at]

    def whole(self, piece: Bounds) -> Bounds:
        """Return a piece with all of the span that it ends in."""
        start, end = piece
        last = bisect_left(self._starts, end) - 1
        return (start, max(end, self._ends[last])) if last >= 0 and self._starts[last] >= start else piece

    def within(self, piece: Bounds) -> list[int]:
        """Return the positions of the spans that a piece holds."""
        return self._at[bisect_left(self._starts, piece[0]) : bisect_left(self._starts, piece[1])]


def _pieces(
    paragraphs: Sequence[Paragraph], statement: _Placed, pieces: Sequence[Bounds], first: int
) -> Iterator[Span]:
    """Yield the spans of a statement's pieces, of which the first will have a given position."""
    for number, (start, end) in enumerate(pieces):
        paragraph = _paragraph_of(paragraphs, start, end)
        yield Span(
            paragraph, "", start, end, start, end, True,
            report=Report(statement.cue, statement.belief, piece_of=first if number else -1),
        )  # fmt: skip


def _paragraph_of(paragraphs: Sequence[Paragraph], start: int, end: int) -> int:
    """Return the position of the paragraph that holds a stretch."""
    at = bisect_right(paragraphs, start, key=lambda paragraph: paragraph.start) - 1
    assert end <= paragraphs[at].start + len(paragraphs[at].text)  # lines end with their paragraphs
    return at
