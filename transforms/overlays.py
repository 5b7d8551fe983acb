"""Spans laid over a text: they may nest, overlap and stand anywhere; a page marks one piece after the other."""

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

Bounds = tuple[int, int]


class Piece(NamedTuple):
    """A stretch of text in which no span starts or ends.

    Attributes:
        start: Offset of its first character.
        end: Offset after its last.
        spans: Positions of the spans that hold it, the outermost first.
    """

    start: int
    end: int
    spans: tuple[int, ...]


def pieces(start: int, end: int, spans: Sequence[Bounds], cuts: Collection[int] = ()) -> Iterator[Piece]:
    """Yield the pieces of a stretch of text, in order; together they are all of it.

    Args:
        start: Offset of its first character.
        end: Offset after its last.
        spans: Where each span starts and ends; of spans that overlap the one that starts later is the inner one.
        cuts: Other offsets at which to cut.
    """
    edges = {start, end}.union(*spans, cuts)
    opening = sorted(range(len(spans)), key=lambda at: (spans[at][0], -spans[at][1]), reverse=True)
    holding: list[int] = []
    for left, right in pairwise(sorted(edge for edge in edges if start <= edge <= end)):
        while opening and spans[opening[-1]][0] <= left:
            holding.append(opening.pop())
        holding = [at for at in holding if spans[at][1] > left]
        yield Piece(left, right, tuple(holding))
