"""Whose a verb is: its subject, found by walking back over what may stand between the two."""

import numpy as np

from transforms.quotes.model.context import Context
from transforms.quotes.model.lines import Ints
from transforms.quotes.model.phrases import Phrases
from transforms.quotes.model.tokens import Letters, code_of, is_of

_STEPS = 24
_FINITE, _VERBS = "vpx", "vpgi"
_MAY_BE_SUBJECT = "NPRWDC"
_WITH = code_of("with")
_OPENINGS = {",": ",", ")": "("}
"""What begins an apposition that ends in a mark."""


class Subjects:
    """Reads the subjects of verb groups off the phrases of a batch."""

    def __init__(self, phrases: Phrases, context: Context) -> None:
        """Prepare for one batch."""
        self._kinds = phrases.letters
        self._heads = context.heads
        self._starts = context.sentence_starts
        self._beside = _beside(phrases.kinds, self._starts)
        self._known: dict[int, int] = {}

    def of(self, verbs: Ints) -> Ints:
        """Return the phrase that is the subject of each verb group, or -1; that of -1 is -1."""
        subjects = np.where(verbs >= 0, self._beside[verbs], -1)
        asked = np.nonzero((verbs >= 0) & (subjects < 0))[0]
        subjects[asked] = [self.of_one(verb) for verb in verbs[asked].tolist()]
        return subjects

    def of_one(self, verb: int) -> int:
        """Return the phrase that is the subject of a verb group, or -1."""
        sharing: list[int] = []
        subject = -1
        while verb >= 0:
            if verb in self._known:
                subject = self._known[verb]
                break
            sharing.append(verb)
            subject, verb = self._found(verb)
        self._known.update(dict.fromkeys(sharing, subject))
        return subject

    def _found(self, verb: int) -> tuple[int, int]:
        """Return the subject of a verb group, or -1 and the one before it whose subject it shares, if any."""
        start, at = int(self._starts[verb]), verb - 1
        for _ in range(_STEPS):
            if at < start:
                break
            if self._kinds[at] in _MAY_BE_SUBJECT and not self._is_governed(at, start, verb):
                return at, -1
            if self._kinds[at] in _VERBS or self._joins(at, verb):
                return -1, self._finite(at, start)
            at = self._before(at, start)
        return -1, -1

    def _is_governed(self, at: int, start: int, verb: int) -> bool:
        """Whether a noun phrase, or an age, belongs to what is before; "with Ames calling it" is a clause."""
        first = self._first(at, start)
        if first == start or self._kinds[first - 1] not in "IFT":
            return first > start and self._kinds[first - 1 : at + 1] == ",C"  # Ames, 44, said
        return not (self._kinds[verb] == "g" and self._heads[first - 1] == _WITH)

    def _joins(self, at: int, verb: int) -> bool:
        """Whether a phrase before a verb joins it to the verb before: "rose and said", "rose, saying", "by saying"."""
        kind = self._kinds[at]
        return kind == "J" or (kind in ",I" and self._kinds[verb] == "g") or (kind in "IT" and self._kinds[verb] == "i")

    def _before(self, at: int, start: int) -> int:
        """Return the phrase before another one, which may end an apposition or have a preposition."""
        kind = self._kinds[at]
        if kind in _MAY_BE_SUBJECT:
            return self._first(at, start) - 2
        opening = self._kinds.rfind(_OPENINGS[kind], start, at) if kind in _OPENINGS else -1
        return (at if opening < 0 else opening) - 1

    def _first(self, at: int, start: int) -> int:
        """Return the first phrase of "Ames's brother", given its last."""
        while at - 2 >= start and self._kinds[at - 1] == "'" and self._kinds[at - 2] in "NP":
            at -= 2
        return at

    def _finite(self, at: int, start: int) -> int:
        """Return the last finite verb group up to a phrase, or -1."""
        return max(self._kinds.rfind(kind, start, at + 1) for kind in _FINITE)


def _beside(kinds: Letters, starts: Ints) -> Ints:
    """Return the noun phrase right before each phrase if nothing governs or owns it: mostly the subject; else -1.

    It is what `Subjects` finds one by one, for all at once.
    """
    at = np.arange(len(kinds)) - 1
    before, before2 = np.roll(kinds, 1), np.roll(kinds, 2)
    is_age = (before2 == ord(",")) & (before == ord("C"))
    is_free = (at == starts) | ~(is_of(before2, "IFT'") | is_age)
    return np.where((at >= starts) & is_of(before, _MAY_BE_SUBJECT) & is_free, at, -1)
