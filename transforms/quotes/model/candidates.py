"""Which phrases may be the speaker of each span: the noun phrases of its line, of the two before and the one after."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.quotes.model.lines import Ints, Lines
from transforms.quotes.model.phrases import NOUN_PHRASES, Phrases
from transforms.quotes.model.tokens import is_of
from transforms.quotes.ranges import ranges

_MOST = {0: (14, 10), -1: (9, 0), -2: (6, 0), 1: (0, 6)}
"""How many are looked at, by line: at most so many before the span (or the line's end), and after it."""


class Pairs(NamedTuple):
    """A span with a phrase that may be its speaker; ordered by span, then phrase.

    Attributes:
        spans: The span of each pair.
        phrases: The phrase of each pair.
        lags: How many lines the phrase's is after the span's.
        starts: Position of the first pair of each span that has any.
    """

    spans: Ints
    phrases: Ints
    lags: Ints
    starts: Ints

    def cut(self, most: int) -> Iterator["Pairs"]:
        """Yield them in parts of about so many, each with all pairs of its spans; one part if there are none."""
        first = 0
        while first == 0 or first < len(self.spans):
            at = int(np.searchsorted(self.starts, first + most))
            last = int(self.starts[at]) if at < len(self.starts) else len(self.spans)
            low = int(np.searchsorted(self.starts, first))
            here = slice(first, last)
            yield Pairs(self.spans[here], self.phrases[here], self.lags[here], self.starts[low:at] - first)
            if last == first:
                return
            first = last


def find_candidates(lines: Lines, phrases: Phrases) -> Pairs:
    """Return the pairs of a batch."""
    may_speak = np.nonzero(is_of(phrases.kinds, NOUN_PHRASES) | _speaking_alone(phrases))[0]
    first = np.searchsorted(may_speak, np.searchsorted(phrases.lines, np.arange(len(lines.starts)), side="left"))
    last = np.append(first[1:], len(may_speak))
    spans = np.nonzero(lines.span_lines >= 0)[0]
    own = lines.span_lines[spans]
    found: list[tuple[Ints, Ints, Ints]] = []
    for lag, (most_before, most_after) in _MOST.items():
        line = np.clip(own + lag, 0, max(0, len(lines.starts) - 1))
        reaches = (line == own + lag) & (lines.articles[line] == lines.articles[own])
        if lag:
            reaches &= ~lines.is_inner[own] & ~lines.is_inner[line]
        middle = np.searchsorted(may_speak, phrases.of_spans[spans]) if lag == 0 else (last if lag < 0 else first)[line]
        low = np.maximum(first[line], middle - most_before)
        high = np.minimum(last[line], middle + most_after)
        counts = np.where(reaches, np.maximum(high - low, 0), 0)
        found.append((np.repeat(spans, counts), may_speak[ranges(low, counts)], np.repeat(lag, counts.sum())))
    of_spans, of_phrases, lags = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.lexsort((of_phrases, of_spans))
    of_spans, of_phrases, lags = of_spans[order], of_phrases[order], lags[order]
    starts = np.nonzero(np.diff(of_spans, prepend=-1))[0]
    return Pairs(of_spans, of_phrases, lags, starts)


def _speaking_alone(phrases: Phrases) -> npt.NDArray[np.bool_]:
    """Return which determiners and numbers stand for somebody: "some said", "one of them", "says another"."""
    before, after = np.roll(phrases.kinds, 1), np.roll(phrases.kinds, -1)
    alone = is_of(phrases.kinds, "DC")
    return alone & (is_of(after, "vxFI") | (is_of(before, "v") & is_of(after, ".,|")))
