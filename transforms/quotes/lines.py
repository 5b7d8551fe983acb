"""The words around quoted spans: a paragraph, or the inside of a quote, as tokens, each quoted span standing as one.

Cues and speakers are looked for in these lines, so that quoted words are never taken for the reporter's.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from transforms.quotes.marks import Span

# Abbreviated titles keep their full stop, so that it ends no sentence; words keep inner apostrophes, hyphens and stops.
_TOKEN = re.compile(
    r"[a-z]\w*(?:[’'&.@-]\w+)*"
    r"|(?:Mr|Mrs|Ms|Dr|Sens?|Reps?|Gov|Gen|Lt|Col|Maj|Capt|Sgt|Adm|Brig|Prof|Rev|St|Jr|Sr|Hon|No|vs|Inc|Corp|Co|Ltd)\."
    r"|(?:[A-Z]\.)+|\w+(?:[’'&.@-]\w+)*|[^\w\s]"
)
_QUOTED = "“"
_CLOSING = frozenset("”’'\"»)]")
_SENTENCE_ENDS = frozenset({".", "!", "?", "“.", "“!", "“?", "“…"})
_GOES_ON = frozenset(",;:)]")
WINDOW = 60
"""A sentence is read at most so many tokens to either side of a quote: hostile input stays cheap."""


class Line(NamedTuple):
    """Tokens of one stretch of text.

    Attributes:
        words: The tokens; a quoted span is the mark “ and the last character of what it quotes.
        lowers: The same in small letters.
        starts: Offset of each token in the article.
        tokens: Token that stands for a span, by the span's position in the article.
    """

    words: list[str]
    lowers: list[str]
    starts: list[int]
    tokens: dict[int, int]

    def bounds(self, first: int, end: int) -> tuple[int, int]:
        """Return the article offsets of the tokens from `first` up to `end`, without it."""
        return self.starts[first], self.starts[end - 1] + len(self.words[end - 1])

    def is_quoted(self, at: int) -> bool:
        """Whether a token stands for a quoted span."""
        return len(self.words[at]) == 2 and self.words[at][0] == _QUOTED

    def sentence_start(self, at: int) -> int:
        """Return the first token of the sentence that holds the token."""
        low = max(0, at - WINDOW)
        while at > low and not self._ends(at - 1):
            at -= 1
        return at

    def sentence_end(self, at: int) -> int:
        """Return the token after the last one of the sentence that goes on after the token."""
        high = min(len(self.words), at + WINDOW)
        at += 1
        while at < high and not self._ends(at):
            at += 1
        return at

    def _ends(self, at: int) -> bool:
        """Whether a token ends a sentence: “…?” he asked does not, nor does the stop of (D-Ohio.)."""
        if self.words[at] not in _SENTENCE_ENDS:
            return False
        following = self.words[at + 1][0] if at + 1 < len(self.words) else ""
        return not following.islower() and following not in _GOES_ON


def read_line(text: str, start: int, end: int, spans: Sequence[Span], children: Sequence[int]) -> Line:
    """Return the tokens of `text[start:end]`.

    Args:
        text: The article's text.
        start: Offset of the first character.
        end: Offset after the last character.
        spans: The article's spans.
        children: Positions of the outermost spans inside the stretch, in order.
    """
    words: list[str] = []
    starts: list[int] = []
    tokens: dict[int, int] = {}
    for position in children:
        span = spans[position]
        _add_words(text, start, span.outer_start, words, starts)
        tokens[position] = len(words)
        words.append(_QUOTED + _last_character(text, span))
        starts.append(span.outer_start)
        start = span.outer_end
    _add_words(text, start, end, words, starts)
    return Line(words, [word.lower() for word in words], starts, tokens)


def _last_character(text: str, span: Span) -> str:
    """Return the last character quoted, not counting the closing marks of inner quotes."""
    at = span.end - 1
    while at > span.start and text[at] in _CLOSING:
        at -= 1
    return text[at]


def _add_words(text: str, start: int, end: int, words: list[str], starts: list[int]) -> None:
    matches = list(_TOKEN.finditer(text, start, end))
    words += [match.group() for match in matches]
    starts += [match.start() for match in matches]
