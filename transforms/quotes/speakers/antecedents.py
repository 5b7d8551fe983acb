"""Whom "he" or "she" stands for: the likeliest of those named before, by nearness, agreement and prominence."""

import bisect
import re
from collections.abc import Container, Iterator, Sequence, Sized
from typing import NamedTuple

from transforms.quotes.lexicon import read_list, read_words
from transforms.quotes.marks import Span
from transforms.quotes.speakers.names import Name
from transforms.quotes.speakers.people import People

_PREPOSITIONS = read_words()["preposition"] | {"and", "or", "than"}
_REPORTING = frozenset(read_list("beside.tsv", None)["reporting"])
_BOUNDARY = re.compile(r"[.?!\n](?<!\bMr\.)(?<!\bMrs\.)(?<!\b[MD][rs]\.)(?<!\bSen\.)(?<!\b[A-Z]\.)[”’\"')]*\s+")
_NEARNESS = (1.0, 0.85, 0.57, 0.35, 0.23, 0.17, 0.11, 0.09, 0.06, 0.03)
"""Weight of somebody named so many sentences before."""
_NAMED = 3.5
_SUBJECT = 2.0
_SPOKE = 3.5
_AFTER_PREPOSITION = -1.0
_POSSESSIVE = -0.5
_AGREES = 1.0
_NAMED_AGAIN = 0.25
_LIKELY = 0.6
_CANDIDATES = 30
_FAR = 5
"""So many sentences back nobody is looked for if somebody nearer fits."""
_WINDOW = 24
"""So many characters before and after a name are read for the words beside it."""


class _Candidate(NamedTuple):
    """Somebody mentioned: where, by what full form, in which sentence and quote, and how prominently."""

    at: int
    name: str
    sentence: int
    quote: int
    prominence: float


class Antecedents:
    """Those whom a pronoun in an article can stand for."""

    def __init__(self, text: str, people: People, spans: Sequence[Span]) -> None:
        """Learn from an article.

        Args:
            text: Its text.
            people: Its people.
            spans: Its quoted spans, in order of start.
        """
        self._text = text
        self._people = people
        self._quoted = [(s.outer_start, s.outer_end) for s in spans if s.parent < 0 and s.mark]
        self._bounds = [match.end() for match in _BOUNDARY.finditer(text)]
        self._named = people.occurrences()
        self._candidates: list[_Candidate | None] = [None] * len(self._named)
        self._spoken: list[_Candidate] = []

    def add(self, at: int, name: str) -> None:
        """Remember who spoke; speakers are added in the order of the text."""
        self._spoken.append(_Candidate(at, name, self._sentence(at), self._quote(at), _NAMED + _SPOKE))

    def resolve(self, at: int, pronoun: str | None, said: str, among: Container[str] | None = None) -> str | None:
        """Return whom a pronoun, or an office that several hold, stands for; None if nobody fits.

        Args:
            at: Offset of the pronoun.
            pronoun: "he" or "she", or None.
            said: What the one it stands for said; nobody speaks of themself by name.
            among: The full forms to choose from, if not everybody's.
        """
        scores: dict[str, float] = {}
        refused: set[str] = set()
        quote, sentence = self._quote(at), self._sentence(at)
        for candidate in self._in_reach(at, sentence, scores):
            name, distance = candidate.name, sentence - candidate.sentence
            if name in refused or candidate.quote not in (-1, quote):
                continue
            best = scores.get(name)
            if best is None and not self._agrees(name, pronoun, said):
                refused.add(name)
                continue
            score = candidate.prominence * _NEARNESS[min(distance, 9)]
            scores[name] = score if best is None else max(best, score) + _NAMED_AGAIN
        return self._choose(scores, pronoun) if among is None else _choose_among(scores, among)

    def _choose(self, scores: dict[str, float], pronoun: str | None) -> str | None:
        if not scores:
            return None
        people = self._people
        chosen = max(scores, key=lambda name: scores[name] + (_AGREES if people.pronoun(name) else 0))
        if pronoun:
            people.learn_pronoun(chosen, pronoun)
            return people.expand(Name((chosen,), None, pronoun)) or chosen if " " not in chosen else chosen
        return chosen

    def _in_reach(self, at: int, sentence: int, scores: Sized) -> Iterator[_Candidate]:
        """Yield the last who spoke, then the last who are named; those far off only as long as nobody has a score."""
        for candidates in (reversed(self._spoken[-_CANDIDATES:]), self._nearest(at)):
            for candidate in candidates:
                if scores and sentence - candidate.sentence > _FAR:
                    break
                yield candidate

    def _nearest(self, at: int) -> Iterator[_Candidate]:
        """Return the nearest mentions by name before an offset, the nearest first."""
        end = bisect.bisect_left(self._named, (at,))
        return (self._candidate(position) for position in range(end - 1, max(0, end - _CANDIDATES) - 1, -1))

    def _candidate(self, position: int) -> _Candidate:
        known = self._candidates[position]
        if known is None:
            at, end, name = self._named[position]
            sentence = self._sentence(at)
            is_first = position == 0 or self._sentence(self._named[position - 1][0]) < sentence
            known = _Candidate(at, name, sentence, self._quote(at), self._prominence(at, end, is_first))
            self._candidates[position] = known
        return known

    def _prominence(self, at: int, end: int, is_first: bool) -> float:
        """Return how likely the text goes on about somebody named here: subjects and those who speak most."""
        if self._text[end : end + 1] in ("’", "'"):
            return _NAMED + _POSSESSIVE
        before = self._text[max(0, at - _WINDOW) : at].rsplit(None, 1)
        after = self._text[end : end + _WINDOW].split(None, 1)
        if (before and before[-1] in _REPORTING) or (after and after[0] in _REPORTING):
            return _NAMED + _SPOKE
        if before and before[-1].lower() in _PREPOSITIONS:
            return _NAMED + _AFTER_PREPOSITION
        return _NAMED + _SUBJECT if is_first else _NAMED

    def _agrees(self, name: str, pronoun: str | None, said: str) -> bool:
        if pronoun and self._people.pronoun(name) not in (None, pronoun):
            return False
        surname = name.rsplit(" ", 1)[-1]
        return not surname[0].isupper() or surname not in said

    def _sentence(self, at: int) -> int:
        return bisect.bisect_right(self._bounds, at)

    def sentences_between(self, start: int, end: int) -> int:
        """Return how many sentences lie between two offsets."""
        return self._sentence(end) - self._sentence(start)

    def _quote(self, at: int) -> int:
        """Return the position of the quote around an offset, or -1."""
        before = bisect.bisect_right(self._quoted, (at, at)) - 1
        return before if before >= 0 and at < self._quoted[before][1] else -1


def _choose_among(scores: dict[str, float], among: Container[str]) -> str | None:
    """Return the likeliest of some people, if hardly anybody else is likelier."""
    fitting = {name: score for name, score in scores.items() if name in among}
    best = max(fitting, key=lambda name: fitting[name], default=None)
    return best if best and scores[best] >= _LIKELY * max(scores.values()) else None
