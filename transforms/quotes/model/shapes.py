"""What quoted words are by themselves, as small numbers: how long, how they begin and end, which words they are."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from transforms.quotes.model.lines import Article, Ints
from transforms.quotes.model.tokens import Hashes, code_of
from transforms.quotes.sentences import is_spoken

_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
_ENDS = {",": 1, ".": 2, "…": 2, "?": 3, "!": 3, "—": 4, "–": 4, "-": 4}
OTHER_END = 5
_LENGTHS = (8, 15, 25, 40, 80, 160, 320)
_READ = 120
"""Words are looked at in so many characters at each edge."""
_FEW_WORDS, _SHORT_WORD = 4, 3
_NUMBERS, _EDGES = 6, 5
_COLUMNS = _NUMBERS + 1 + _EDGES + 5
"""Of a row: numbers, the hash of all words, those at the edges, numbers again."""
_UNASKED = (0,) * (_COLUMNS - 4)


class Shapes(NamedTuple):
    """Facts of spans; one entry a span of the batch.

    Attributes:
        ends: What the words end in: 1 comma, 2 stop, 3 question or exclamation mark, 4 dash, 5 nothing of these.
        openings: 0 they start with a small letter, 1 with a capital, 2 with anything else.
        lengths: Characters, by magnitude.
        continuations: 1 it runs on after its paragraph, 2 it continues one of the paragraph before, 3 both.
        word_counts: Words, by magnitude.
        capitals: Of ten long words, how many have a capital.
        words: Hash of all words, where they are few; else 0.
        edges: Hashes of the first three words and the last two.
        closed: What follows the closing mark: 0 white space, 1 a pause, 2 a stop, 3 a letter, 4 anything else.
        nested: Whether another span holds it.
        repeated: How often the article quotes these very words.
        marks: The opening mark; 0 without one.
        spoken: Whether it is a sentence of its own.
    """

    ends: Ints
    openings: Ints
    lengths: Ints
    continuations: Ints
    word_counts: Ints
    capitals: Ints
    words: Hashes
    edges: tuple[Hashes, ...]
    closed: Ints
    nested: Ints
    repeated: Ints
    marks: Ints
    spoken: Ints


def read_ends(articles: Sequence[Article]) -> Ints:
    """Return what the words of all spans of a batch end in; see `Shapes`."""
    ends = [_ENDS.get(article.text[span.end - 1], OTHER_END) for article in articles for span in article.spans]
    return np.array(ends, dtype=np.int64)


def read_shapes(articles: Sequence[Article]) -> Shapes:
    """Return the facts of all spans of a batch."""
    rows = [row for article in articles for row in _rows(article)]
    # Columns are read as 64 bits whatever they hold; the words of hashes use them all.
    table = np.array(rows, dtype=np.uint64).reshape(len(rows), -1 if rows else _COLUMNS)
    numbers = [column.astype(np.int64) for column in table.T]
    words, *edges = table.T[_NUMBERS : _NUMBERS + 1 + _EDGES]
    ends, openings, lengths, continuations, word_counts, capitals = numbers[:_NUMBERS]
    closed, nested, repeated, marks, spoken = numbers[_NUMBERS + 1 + _EDGES :]
    return Shapes(
        ends,
        openings,
        lengths,
        continuations,
        word_counts,
        capitals,
        words,
        tuple(edges),
        closed,
        nested,
        repeated,
        marks,
        spoken,
    )


def _rows(article: Article) -> list[tuple[int, ...]]:
    text, spans = article.text, article.spans
    runs_on = {span.continued for span in spans if span.continued >= 0}
    printed = [text[span.start : span.end].strip(".,") for span in spans]
    counts = Counter(printed)
    rows = []
    for at, span in enumerate(spans):
        start, end = span.start, span.end
        first = text[start]
        own = (
            _ENDS.get(text[end - 1], OTHER_END),
            0 if first.islower() else 1 if first.isupper() else 2,
            bisect_right(_LENGTHS, end - start),
            (at in runs_on or not span.is_closed) + 2 * (span.continued >= 0),
        )
        if span.report:  # no model is asked whether it is a quotation
            rows.append((*own, *_UNASKED))
            continue
        words = _WORD.findall(text, start, min(end, start + _READ))
        tail = words if end - start <= _READ else _WORD.findall(text, end - _READ, end)
        codes = map(code_of, words[:3] + [""] * (3 - len(words)) + [""] * (2 - len(tail)) + tail[-2:])
        long_words = [word[0] for word in words if len(word) > _SHORT_WORD]
        rows.append((
            *own,
            min(text.count(" ", start, end) + 1, 10),
            10 * sum(map(str.isupper, long_words)) // max(1, len(long_words)),
            code_of(" ".join(words)) if len(words) <= _FEW_WORDS else 0,
            *codes,
            _closing(text[span.outer_end : span.outer_end + 1]),
            span.parent >= 0,
            min(counts[printed[at]], 4),
            ord(span.mark[0]) + len(span.mark),
            is_spoken(text, span, article.paragraphs[span.paragraph].kind),
        ))  # fmt: skip
    return rows


def _closing(after: str) -> int:
    if not after or after.isspace():
        return 0
    if after in ",;:—–-":
        return 1
    if after in ".?!":
        return 2
    return 3 if after.isalnum() else 4
