"""The speaker as printed: a noun phrase with what belongs to it before and after."""

import numpy as np

from transforms.quotes.model.lines import Ints
from transforms.quotes.model.phrases import Phrases
from transforms.quotes.model.tokens import Tokens, is_of

_ATTACHED = frozenset({"for", "from", "with", "at"})
"""Prepositions that tie a role to whom it serves or where it comes from."""
_POSSESSORS = 2
_TIMES, _NAMES = (frozenset(map(ord, classes)) for classes in ("DAM", "PH"))


class Mentions:
    """Reads mentions off the phrases of a batch."""

    def __init__(self, tokens: Tokens, phrases: Phrases) -> None:
        """Prepare for one batch."""
        self._words = tokens.words
        self._tokens = tokens
        self._codes, self._kinds = phrases.kinds, phrases.letters
        self._first_tokens = phrases.first
        self._last_tokens = phrases.last

    def bounds(self, phrase: int) -> tuple[int, int]:
        """Return the offsets, in the lines' text, of the mention whose head is that of a noun phrase."""
        first, last = self.first(phrase), phrase
        if self._kinds[phrase] in "NDC" or self._is_determined(phrase):
            last = self._after(phrase)
        if self._kinds[last + 1] == "e":
            last = self._complements(last + 1)
        elif self._kinds[last + 1] == "O" and self._word(last + 1).endswith(("self", "selves")):
            return self._offsets(first, last + 1)
        if last == phrase and self._kinds[phrase] in "NP":
            first, last = self._conjoined(first, last)
        return self._offsets(first, last)

    def _offsets(self, first: int, last: int) -> tuple[int, int]:
        start = self._without_time(int(self._first_tokens[first]), int(self._last_tokens[first]))
        return int(self._tokens.starts[start]), int(self._tokens.ends[self._last_tokens[last]])

    def _without_time(self, first: int, last: int) -> int:
        """Return the first token of a name, after the time before it: "last week Ames", but "the Sunday Times"."""
        tags, at = self._tokens.tags, first
        while at < last and tags[at] in _TIMES:
            at += 1
        is_time = (
            at > first and tags[at - 1] == ord("M") and (at - 1 == first or not self._tokens.facts.is_capital[at - 1])
        )
        return at if is_time and tags[at] in _NAMES else first

    def first(self, phrase: int) -> int:
        """Return the first phrase of "the union's treasurer", given its last."""
        for _ in range(_POSSESSORS):
            if phrase < 2 or self._kinds[phrase - 1] != "'" or self._kinds[phrase - 2] not in "NP":
                break
            phrase -= 2
        return phrase

    def firsts(self, phrases: Ints) -> Ints:
        """Return the same of many."""
        for _ in range(_POSSESSORS):
            is_owned = (self._codes[phrases - 1] == ord("'")) & is_of(self._codes[phrases - 2], "NP") & (phrases >= 2)
            phrases = np.where(is_owned, phrases - 2, phrases)
        return phrases

    def _conjoined(self, first: int, last: int) -> tuple[int, int]:
        """Return the first and last phrase of "Ames and Boyd", given one of them."""
        kinds = self._kinds
        if kinds[last + 1] == "J" and kinds[last + 2] == kinds[last] and self._is_and(last + 1):
            return (first, last + 2) if self._begins(first) and kinds[last + 3] in "v.,|" else (first, last)
        if first >= 3 and kinds[first - 1] == "J" and kinds[first - 2] == kinds[last] and self._is_and(first - 1):
            is_whole = self._begins(first - 2) and kinds[last + 1] in "v.,|I"
            return (first - 2, last) if is_whole else (first, last)
        return first, last

    def _begins(self, phrase: int) -> bool:
        """Whether a clause begins with a phrase, or a cue stands before it."""
        return phrase == 0 or self._kinds[phrase - 1] in "Qv|."

    def _is_and(self, phrase: int) -> bool:
        return self._word(phrase) == "and"

    def _is_determined(self, phrase: int) -> bool:
        """Whether a name has a determiner, as in "one Republican": then it is none."""
        return self._kinds[phrase] == "P" and bool(self._tokens.tags[self._first_tokens[phrase]] == ord("D"))

    def _after(self, phrase: int) -> int:
        """Return the last phrase of "a person close to the union", given its first."""
        kinds = self._kinds
        following = kinds[phrase + 1]
        is_attached = self._word(phrase + 1) in _ATTACHED or kinds[phrase] in "DC"
        if following == "F" or (following == "I" and is_attached):
            return self._complement(phrase, phrase + 2)
        is_inverted = phrase > 0 and kinds[phrase - 1] == "v"
        if (following == "A" or (following == "v" and is_inverted)) and kinds[phrase + 2] in "ITFi":
            if kinds[phrase + 2] == "i":
                return phrase + 2
            return max(self._complement(phrase, phrase + 3), phrase + 1)
        return phrase

    def _complement(self, phrase: int, noun: int) -> int:
        """Return the last phrase of a noun phrase that starts at `noun`; `phrase` if there is none."""
        if self._kinds[noun] not in "NPCD":
            return phrase
        while self._kinds[noun + 1] == "'" and self._kinds[noun + 2] in "NP":
            noun += 2
        return noun

    def _complements(self, last: int) -> int:
        """Return the last of the times and prepositional phrases that follow a phrase."""
        while True:
            is_governed = self._kinds[last + 1] in "IFTB"
            at = last + 1 + is_governed
            end = at if self._kinds[at] == "M" else self._complement(last, at) if is_governed else last
            if end == last:
                return last
            last = end

    def _word(self, phrase: int) -> str:
        return self._words[int(self._first_tokens[phrase])].lower()
