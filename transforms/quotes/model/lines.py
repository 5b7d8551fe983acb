"""The lines of a batch: paragraphs around quoted spans, with every span closed up to one mark.

A span that holds others makes a line of its own, in which those are closed up. Text far from any span is left out.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.quotes.marks import Paragraph, Span
from transforms.quotes.ranges import stretches

Ints = npt.NDArray[np.int64]

SPAN_MARK = "\x01"
LINE_END = "\x02"
BEFORE, AFTER = 2, 1
"""So many paragraphs before and after one with a span are read for its speaker."""
_NOT_READ = frozenset({"boilerplate", "caption"})
"""Kinds that no one is looked for in, unless they quote themselves."""


class Article(NamedTuple):
    """What attribution reads of an article."""

    text: str
    paragraphs: Sequence[Paragraph]
    spans: Sequence[Span]


@dataclass(frozen=True)
class Lines:
    """The lines of a batch; spans are numbered through the batch.

    Attributes:
        text: All lines, each ended by `LINE_END`, with `SPAN_MARK` for each span.
        piece_starts: Offsets in `text` at which a piece of an article begins.
        piece_shifts: What to add to an offset in that piece to have the one in its article.
        starts: Offset in `text` of each line.
        articles: Position of each line's article.
        kinds: Kind of each line's paragraph.
        is_inner: Whether the line is the inside of a span.
        span_lines: Line of each span.
        span_marks: Offset in `text` of each span's mark.
        span_cues: Offset in `text` of the word that reports each span, where it is known; else -1.
    """

    text: str
    piece_starts: Ints
    piece_shifts: Ints
    starts: Ints
    articles: Ints
    kinds: Sequence[str]
    is_inner: npt.NDArray[np.bool_]
    span_lines: Ints
    span_marks: Ints
    span_cues: Ints

    def to_article(self, offsets: Ints) -> Ints:
        """Return offsets into the articles for offsets into `text`."""
        return offsets + self.piece_shifts[np.searchsorted(self.piece_starts, offsets, side="right") - 1]

    def all_to_article(self, offsets: Ints) -> Ints:
        """Return the same of many offsets that are in order."""
        return offsets + self.piece_shifts[stretches(self.piece_starts, offsets)]

    def in_article(self, start: int, end: int) -> tuple[int, int]:
        """Return the bounds in the article of a stretch of `text`, given its own."""
        starts, shifts = self._pieces
        first = bisect_right(starts, start)
        is_one = first == len(starts) or end <= starts[first]
        last = first if is_one else bisect_right(starts, end - 1, lo=first)
        return start + shifts[first - 1], end + shifts[last - 1]

    def shift_at(self, offset: int) -> int:
        """Return what to add to an offset into `text` to have the one in its article."""
        starts, shifts = self._pieces
        return shifts[bisect_right(starts, offset) - 1]

    @cached_property
    def _pieces(self) -> tuple[list[int], list[int]]:
        return self.piece_starts.tolist(), self.piece_shifts.tolist()


class _Writer:
    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.pieces: list[tuple[int, int]] = []
        self.lines: list[tuple[int, int, str, bool]] = []
        self.span_lines: dict[int, int] = {}
        self.span_marks: dict[int, int] = {}
        self.span_cues: dict[int, int] = {}

    def write(self, part: str, article_offset: int) -> None:
        self.pieces.append((self.length, article_offset - self.length))
        self.parts.append(part)
        self.length += len(part)

    def line(self, article: int, kind: str, is_inner: bool) -> None:
        self.lines.append((self.length, article, kind, is_inner))

    def read(self, text: str, start: int, end: int, spans: Sequence[Span], inside: Sequence[int], first: int) -> None:
        """Write a stretch of an article with the spans at the positions `inside` closed up."""
        pieces = len(self.pieces)
        for position in inside:
            span = spans[position]
            if span.outer_start < start:
                continue
            self.write(text[start : span.outer_start] + " ", start)
            self.span_lines[first + position] = len(self.lines) - 1
            self.span_marks[first + position] = self.length
            self.write(SPAN_MARK + " ", span.outer_start)
            start = span.outer_end
        self.write(text[start:end] + LINE_END, start)
        for position in inside:
            if report := spans[position].report:
                self.span_cues[first + position] = self._offset(report.cue, pieces)

    def _offset(self, offset: int, pieces: int) -> int:
        """Return the offset in the text of one in an article, given the first piece of its line; -1 if closed up."""
        starts = [at + shift for at, shift in self.pieces[pieces:]]
        piece = bisect_right(starts, offset) - 1
        if offset < 0 or piece < 0 or self.parts[pieces + piece].startswith(SPAN_MARK):
            return -1
        at = offset - self.pieces[pieces + piece][1]
        return at if at < self.pieces[pieces + piece][0] + len(self.parts[pieces + piece]) else -1


def read_lines(articles: Sequence[Article], *, everything: bool = False) -> Lines:
    """Return the lines of articles, by article; the insides of spans follow its paragraphs.

    Args:
        articles: The articles.
        everything: Whether paragraphs far from any span are read, too.
    """
    writer = _Writer()
    first = 0
    for number, article in enumerate(articles):
        if article.spans or everything:
            _read_article(writer, number, article, first, everything)
            first += len(article.spans)
    if not writer.lines:  # a batch has a line
        writer.line(0, "body", False)
        writer.write(LINE_END, 0)
    return Lines(
        text="".join(writer.parts),
        piece_starts=np.array([p[0] for p in writer.pieces], dtype=np.int64),
        piece_shifts=np.array([p[1] for p in writer.pieces], dtype=np.int64),
        starts=np.array([line[0] for line in writer.lines], dtype=np.int64),
        articles=np.array([line[1] for line in writer.lines], dtype=np.int64),
        kinds=[line[2] for line in writer.lines],
        is_inner=np.array([line[3] for line in writer.lines], dtype=np.bool_),
        span_lines=np.array([writer.span_lines.get(at, -1) for at in range(first)], dtype=np.int64),
        span_marks=np.array([writer.span_marks.get(at, -1) for at in range(first)], dtype=np.int64),
        span_cues=np.array([writer.span_cues.get(at, -1) for at in range(first)], dtype=np.int64),
    )


def _read_article(writer: _Writer, number: int, article: Article, first: int, everything: bool) -> None:
    text, paragraphs, spans = article
    outer: dict[int, list[int]] = {}
    inner: dict[int, list[int]] = {}
    for position, span in enumerate(spans):
        if span.is_silence:
            continue
        group = outer.setdefault(span.paragraph, []) if span.parent < 0 else inner.setdefault(span.parent, [])
        group.append(position)
    for at in _wanted(paragraphs, outer, everything):
        paragraph = paragraphs[at]
        writer.line(number, paragraph.kind, False)
        end = paragraph.start + len(paragraph.text)
        writer.read(text, paragraph.start, end, spans, outer.get(at, ()), first)
    for parent, inside in inner.items():
        writer.line(number, "body", True)
        writer.read(text, spans[parent].start, spans[parent].end, spans, inside, first)


def _wanted(paragraphs: Sequence[Paragraph], outer: dict[int, list[int]], everything: bool) -> list[int]:
    """Return the positions of the paragraphs that are read: those with spans, and their neighbours, or all."""
    order = [at for at, p in enumerate(paragraphs) if at in outer or p.kind not in _NOT_READ]
    if everything:
        return order
    wanted: set[int] = set()
    for at, position in enumerate(order):
        if position in outer:
            wanted.update(order[max(0, at - BEFORE) : at + AFTER + 1])
    return sorted(wanted)
