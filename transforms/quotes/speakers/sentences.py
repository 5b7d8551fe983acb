"""The sentences of the reporter, and the place of a mention in one."""

import bisect
import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from transforms.quotes.lexicon import read_list, read_words
from transforms.quotes.marks import Span
from transforms.quotes.speakers.salience import EMBEDDED, OBJECT, OBLIQUE, POSSESSIVE, SUBJECT

_REPORTING = frozenset(read_list("beside.tsv", None)["reporting"])
_PREPOSITIONS = read_words()["preposition"] | {"and", "or", "than", "including"}
_OPENING = read_words()["conjunction"]
_BOUNDARY = re.compile(r"[.?!\n](?<!\bMr\.)(?<!\bMrs\.)(?<!\b[MD][rs]\.)(?<!\bSen\.)(?<!\b[A-Z]\.)[”’\"')]*\s+")
_BESIDE = 24
_ENDS = (".", "?", "!")


class Sentences:
    """Where the sentences of an article start; whatever is quoted belongs to the one around it."""

    def __init__(self, text: str, spans: Sequence[Span]) -> None:
        """Prepare for an article; they are found when one is asked for.

        Args:
            text: The article's text.
            spans: Its quoted spans, in order of start.
        """
        self._text = text
        self._word_before = (-1, "")
        self._quoted = [(s.outer_start, s.outer_end) for s in spans if s.parent < 0 and s.mark]

    @cached_property
    def _bounds(self) -> list[int]:
        """Return where sentences end: outside quotation marks, and with a quotation that ends one."""
        text, bounds, low = self._text, [], 0
        for start, end in self._quoted:
            bounds += [match.end() - 1 for match in _BOUNDARY.finditer(text, low, start)]
            if text[end - 2 : end - 1] in _ENDS and text[end : end + 1].isspace():
                bounds.append(end)
            low = end
        return bounds + [match.end() - 1 for match in _BOUNDARY.finditer(text, low)]

    def of(self, at: int) -> int:
        """Return the number of the sentence around an offset."""
        return bisect.bisect_right(self._bounds, at)

    def gaps(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the stretches between two offsets that are not quoted."""
        at = max(0, bisect.bisect_right(self._quoted, (start, start)) - 1)
        for opened, closed in self._quoted[at:]:
            if opened >= end:
                break
            if start < opened:
                yield start, opened
            start = max(start, closed)
        if start < end:
            yield start, end

    def word_before(self, at: int) -> str:
        """Return the word before an offset, in small letters; nothing at the start of a paragraph."""
        if self._word_before[0] != at:  # it is asked for more than once in a row
            words = self._text[max(0, at - _BESIDE) : at].rsplit("\n", 1)[-1].rsplit(None, 1)
            self._word_before = (at, words[-1].lower() if words else "")
        return self._word_before[1]

    def _is_narrated(self, sentence: int) -> bool:
        """Whether the reporter is the subject: I put that to | Dana Pell."""
        return self._text.startswith(("I ", "We "), self._bounds[sentence - 1] + 1 if sentence else 0)

    def weight(self, start: int, end: int, sentence: int, last: int) -> float:
        """Return the weight of a mention by its place in the sentence: subjects are what a text goes on about.

        Args:
            start: Where it starts.
            end: Where it ends.
            sentence: The number of its sentence.
            last: Where the last mention of anybody ended.
        """
        if self._text[end : end + 1] in ("’", "'"):
            return POSSESSIVE
        before = self.word_before(start)
        if before in _PREPOSITIONS:
            return SUBJECT if self._is_narrated(sentence) else OBLIQUE
        if before in _OPENING:
            return SUBJECT if before in ("and", "but") else EMBEDDED
        is_subject = before in _REPORTING or before[-1:] in ("", ",", ":") or sentence > self.of(last)
        return SUBJECT if is_subject else OBJECT
