"""Closes up statements that were found in what was read already: no text is read twice.

The result is that of reading articles with these spans from the start, but for lines in title case, and for the order
of lines: the insides of statements that hold others follow all else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.quotes.model.lines import AFTER, BEFORE, LINE_END, Article, Ints, Lines
from transforms.quotes.model.tokens import Tokens, chosen_tokens
from transforms.quotes.ranges import stretches

_ARTICLE = 1 << 40
"""Longer than any article: so that offsets of all articles are in one order."""
Flags = npt.NDArray[np.bool_]


class _Told(NamedTuple):
    """Statements; one entry each, in order of their spans. Spans are numbered through the batch, tokens as read.

    Attributes:
        spans: The span.
        first: Its first token.
        last: Its last token.
        cues: The token of its cue.
        parents: The span that it is inside of, or -1.
    """

    spans: Ints
    first: Ints
    last: Ints
    cues: Ints
    parents: Ints

    def of(self, chosen: Flags | Ints) -> "_Told":
        return _Told(*(values[chosen] for values in self))


def close_up(lines: Lines, tokens: Tokens, articles: Sequence[Article]) -> tuple[Lines, Tokens]:
    """Return lines and tokens with the reported spans closed up, too, without the lines that are far from any span.

    Args:
        lines: All lines of articles with their quoted spans alone.
        tokens: Their tokens.
        articles: The articles with all their spans.
    """
    of_tokens = stretches(lines.starts, tokens.starts)
    is_quoted = np.array([span.report is None for article in articles for span in article.spans], dtype=np.bool_)
    told = _told(lines, tokens, of_tokens, articles)
    outer, inner = told.of(told.parents < 0), told.of(told.parents >= 0)
    span_lines, span_marks, span_cues = np.full((3, len(is_quoted)), -1, dtype=np.int64)
    span_lines[is_quoted], span_marks[is_quoted] = lines.span_lines, lines.span_marks
    span_lines[outer.spans], span_marks[outer.spans] = of_tokens[outer.first], tokens.starts[outer.first]
    is_read = _outside(len(tokens.starts), outer.first - 1, outer.last)
    span_cues[outer.spans] = np.where(is_read[outer.cues], tokens.starts[outer.cues], -1)
    wanted = _wanted(lines, span_lines)
    span_lines = np.where(span_lines >= 0, (np.cumsum(wanted) - 1)[span_lines], -1)
    closed = replace(
        lines,
        starts=lines.starts[wanted],
        articles=lines.articles[wanted],
        kinds=[kind for kind, flag in zip(lines.kinds, wanted.tolist(), strict=True) if flag],
        is_inner=lines.is_inner[wanted],
        span_lines=span_lines,
        span_marks=span_marks,
        span_cues=span_cues,
    )
    is_left = _outside(len(tokens.starts), outer.first, outer.last)
    taken = [_Taken(np.nonzero(is_left & wanted[of_tokens])[0], outer.first, outer.last, 0)]
    if len(inner.spans):
        closed, insides = _with_insides(closed, lines, tokens, of_tokens, told, inner)
        taken += insides
    return closed, _put_together(tokens, taken)


def _told(lines: Lines, tokens: Tokens, of_tokens: Ints, articles: Sequence[Article]) -> _Told:
    outside = np.nonzero(~lines.is_inner[of_tokens])[0]
    keys = (lines.articles[of_tokens] * _ARTICLE + lines.all_to_article(tokens.starts))[outside]
    rows = np.array(list(_rows(articles)), dtype=np.int64).reshape(-1, 6)
    spans, of_articles, parents, *offsets = rows.T
    first, last, cues = (
        outside[np.searchsorted(keys, of_articles * _ARTICLE + offset, side="right") - 1] for offset in offsets
    )
    return _Told(spans, first, last, cues, parents)


def _rows(articles: Sequence[Article]) -> Iterator[tuple[int, ...]]:
    """Yield of each statement its span, article, enclosing span, and offsets of first and last character and cue."""
    first = 0
    for number, article in enumerate(articles):
        for at, span in enumerate(article.spans):
            if span.report and not span.is_silence:
                parent = first + span.parent if span.parent >= 0 else -1
                yield first + at, number, parent, span.start, span.end - 1, span.report.cue
        first += len(article.spans)


def _outside(count: int, first: Ints, last: Ints) -> Flags:
    """Return which of so many tokens are left when statements are closed up: what `first` has stays for their mark."""
    inside = np.zeros(count + 1, dtype=np.int64)
    np.add.at(inside, first + 1, 1)
    np.add.at(inside, last + 1, -1)
    return np.asarray(np.cumsum(inside)[:-1] == 0)


def _wanted(lines: Lines, span_lines: Ints) -> Flags:
    """Return the lines with spans and their neighbours; see `lines.read_lines`."""
    has_span = np.zeros(len(lines.starts), dtype=np.bool_)
    has_span[span_lines[span_lines >= 0]] = True
    wanted = has_span.copy()
    for by in (*range(-AFTER, 0), *range(1, BEFORE + 1)):
        beside = np.roll(has_span & ~lines.is_inner, -by)
        wanted |= beside & (np.roll(lines.articles, -by) == lines.articles) & ~lines.is_inner
    wanted[:1] |= not wanted.any()  # a batch has a line
    return wanted


class _Taken(NamedTuple):
    """Tokens that make up lines.

    Attributes:
        tokens: The tokens.
        first: Those of them that become marks.
        last: The last token that each of these stands for.
        shift: How much later in the text they are now.
    """

    tokens: Ints
    first: Ints
    last: Ints
    shift: int


def _with_insides(
    closed: Lines, lines: Lines, tokens: Tokens, of_tokens: Ints, told: _Told, inner: _Told
) -> tuple[Lines, list[_Taken]]:
    """Return lines with one for the inside of each statement that holds others, and what these are made of."""
    end = int(np.nonzero(tokens.tags == ord("|"))[0][0])
    at_span = {span: at for at, span in enumerate(told.spans.tolist())}
    text: list[str] = [lines.text]
    pieces: list[tuple[int, int]] = []
    starts: list[int] = []
    articles: list[int] = []
    length = len(lines.text)
    taken = []
    order = np.argsort(inner.parents, kind="stable")
    for group in np.split(order, np.nonzero(np.diff(inner.parents[order]))[0] + 1):
        mine = inner.of(group)
        at = at_span[int(mine.parents[0])]
        first, last = int(told.first[at]), int(told.last[at])
        begin, stop = int(tokens.starts[first]), int(tokens.ends[last])
        shift = length - begin
        closed.span_lines[mine.spans] = len(closed.starts) + len(starts)
        closed.span_marks[mine.spans] = tokens.starts[mine.first] + shift
        is_read = _outside(last + 1 - first, mine.first - 1 - first, mine.last - first)
        is_here = (mine.cues >= first) & (mine.cues <= last) & is_read[np.clip(mine.cues - first, 0, last - first)]
        closed.span_cues[mine.spans] = np.where(is_here, tokens.starts[mine.cues] + shift, -1)
        text.append(lines.text[begin:stop] + LINE_END)
        pieces.append((length, lines.shift_at(begin) - shift))
        starts.append(length)
        articles.append(int(lines.articles[of_tokens[first]]))
        is_left = _outside(last + 1 - first, mine.first - first, mine.last - first)
        taken.append(_Taken(first + np.nonzero(is_left)[0], mine.first, mine.last, shift))
        length += stop - begin
        taken.append(_Taken(np.array([end]), mine.first[:0], mine.last[:0], length - int(tokens.starts[end])))
        length += 1
    return (
        replace(
            closed,
            text="".join(text),
            piece_starts=np.append(lines.piece_starts, [start for start, _ in pieces]),
            piece_shifts=np.append(lines.piece_shifts, [shift for _, shift in pieces]),
            starts=np.append(closed.starts, starts),
            articles=np.append(closed.articles, articles),
            kinds=[*closed.kinds, *["body"] * len(starts)],
            is_inner=np.append(closed.is_inner, np.ones(len(starts), dtype=np.bool_)),
        ),
        taken,
    )


def _put_together(tokens: Tokens, taken: Sequence[_Taken]) -> Tokens:
    counts = np.cumsum([0, *(len(part.tokens) for part in taken)])
    marks = [
        start + np.searchsorted(part.tokens, part.first)
        for start, part in zip(counts[:-1].tolist(), taken, strict=True)
    ]
    return chosen_tokens(
        tokens,
        np.concatenate([part.tokens for part in taken]),
        np.concatenate([np.full(len(part.tokens), part.shift) for part in taken]),
        np.concatenate(marks),
        np.concatenate([tokens.ends[part.last] + part.shift for part in taken]),
    )
