"""Who a text goes on about: everybody mentioned, weighted by how and how long ago."""

from collections.abc import Callable, Container

SUBJECT, EMBEDDED, OBJECT, OBLIQUE, POSSESSIVE = 4.0, 2.5, 1.5, 1.0, 0.6
"""Weights of a mention, by its place in the sentence."""
SPOKE = 2.5
"""More weight of whoever speaks."""
_DECAY = 0.5
"""What is left of a weight after a sentence."""
_JUST = 1.5
"""Factor of those without a name whom the sentence before is about."""
_LASTING = 0.1
_OFTEN = 10
"""What each sentence that mentions somebody adds for good, and how many do."""
_AGAIN = 0.75
"""What another mention in one sentence adds."""
_MOST_FACTOR = 1.25
"""No factor is larger."""
_LIKELY = 0.6
_TURNED = 0.5
"""What is left of those without a name where a paragraph starts with a name."""
_MOST = 40
"""So many are remembered; the least likely are forgotten."""


_Weight = tuple[float, float, int, int]
"""What earlier sentences left, what the last one adds, which that is, and how many mentions there were, to a limit."""


class Salience:
    """The weights of those mentioned so far."""

    def __init__(self) -> None:
        """Nobody is mentioned yet."""
        self._weights: dict[str, _Weight] = {}

    def mention(self, who: str, sentence: int, amount: float) -> None:
        """Remember a mention."""
        weights = self._weights
        if who not in weights:
            if len(weights) >= _MOST:
                self._forget(sentence)
            self._weights[who] = (0.0, amount, sentence, 1)
            return
        earlier, latest, last, times = weights[who]
        if last == sentence:
            weights[who] = (earlier, max(latest, amount) + _AGAIN, sentence, times)
        else:
            left = (earlier + latest) * _DECAY ** (sentence - last)
            weights[who] = (left, amount, sentence, min(times + 1, _OFTEN))

    def is_new(self, who: str) -> bool:
        """Whether nothing is left of earlier sentences of somebody mentioned."""
        known = self._weights.get(who)
        return known is not None and known[0] == 0

    def rename(self, old: str, new: str) -> None:
        """Let somebody have the weight of a description that turned out to be theirs."""
        before = self._weights.pop(old, None)
        if before:
            _, latest, last, _ = before
            self.mention(new, last, latest)

    def turn(self) -> None:
        """Let those without a name be left behind: a paragraph has turned to somebody else."""
        for who, (earlier, latest, last, times) in self._weights.items():
            if who[0].islower():
                self._weights[who] = (earlier * _TURNED, latest * _TURNED, last, times)

    def _forget(self, sentence: int) -> None:
        ranked = sorted(self._weights, key=lambda who: _weight_at(sentence, *self._weights[who]), reverse=True)
        self._weights = {who: self._weights[who] for who in ranked[: _MOST // 2]}

    def likeliest(self, sentence: int, fits: Callable[[str], float], among: Container[str] | None = None) -> str | None:
        """Return the likeliest of those who fit, or None.

        Args:
            sentence: The sentence from which they are referred to.
            fits: A factor for somebody's weight; 0 for who does not fit.
            among: Those to choose from, if not all: somebody else may not be much likelier.
        """
        best, most, others = None, 0.0, 0.0
        for who, (earlier, latest, last, times) in self._weights.items():
            weight = _weight_at(sentence, earlier, latest, last, times)
            if latest >= SUBJECT and sentence - last == 1 and who[0].islower():
                weight *= _JUST
            if weight * _MOST_FACTOR <= most:
                continue
            score = weight * fits(who)
            if score > others:
                others = score
            if score > most and (among is None or who in among):
                best, most = who, score
        return best if among is None or most >= _LIKELY * others else None


def _weight_at(sentence: int, earlier: float, latest: float, last: int, times: int) -> float:
    return (earlier + latest) * _DECAY ** (sentence - last) + _LASTING * times
