"""Whose a verb is: its subject, found by walking back over what may stand between the two."""

from transforms.quotes.model.lines import Ints
from transforms.quotes.model.tagging import Letters

import numpy as np

_STEPS = 24
_FINITE = "vpx"


class Subjects:
    """Reads the subjects of verb groups off the phrases of a batch."""

    def __init__(self, kinds: Letters, sentences: Ints) -> None:
        """Prepare for one batch.

        Args:
            kinds: Kind of each phrase.
            sentences: Number of its sentence.
        """
        self._kinds = kinds.tobytes().decode("ascii")
        self._starts = np.searchsorted(sentences, sentences).tolist()
        self._known: dict[int, int] = {}

    def of(self, verbs: Ints) -> Ints:
        """Return the phrase that is the subject of each verb group, or -1; that of -1 is -1."""
        return np.array([self._of(verb) if verb >= 0 else -1 for verb in verbs.tolist()], dtype=np.int64)

    def _of(self, verb: int) -> int:
        if verb not in self._known:
            self._known[verb] = -1  # until it is found: verbs that share a subject never go round in circles
            self._known[verb] = self._found(verb)
        return self._known[verb]

    def _found(self, verb: int) -> int:
        kinds, start = self._kinds, self._starts[verb]
        at = verb - 1
        for _ in range(_STEPS):
            if at < start:
                return -1
            kind = kinds[at]
            if kind in "NPRWDC":
                first = self._first(at, start)
                if first - 1 < start or kinds[first - 1] not in "IFT":
                    return at
                at = first - 2
            elif kind == ",":
                if kinds[verb] == "g":
                    return self._shared(at, start)
                earlier = kinds.rfind(",", start, at)
                at = (earlier if earlier >= 0 else at) - 1
            elif kind == ")":
                at = max(kinds.rfind("(", start, at), start) - 1
            elif kind in "J" or (kind in "IT" and kinds[verb] in "gi") or kind in "vpgi":
                return self._shared(at, start)
            else:
                at -= 1
        return -1

    def _first(self, at: int, start: int) -> int:
        """Return the first phrase of "Ames's brother", given its last."""
        while at - 2 >= start and self._kinds[at - 1] == "'" and self._kinds[at - 2] in "NP":
            at -= 2
        return at

    def _shared(self, at: int, start: int) -> int:
        """Return the subject of the last finite verb up to a phrase."""
        while at >= start:
            if self._kinds[at] in _FINITE:
                return self._of(at)
            at -= 1
        return -1
