"""Who is whose wife, son or predecessor, and whose surname a "Mrs Brandt" bears whose own is not printed."""

from collections.abc import Callable

from transforms.quotes.speakers.names import Name

_MOST = 9
"""So many of a kind are remembered."""
_SHARING = frozenset({"spouse", "child", "parent"})
"""Who is one of these to somebody may bear their surname."""


class Kinship:
    """The relations that an article tells of."""

    def __init__(self) -> None:
        """Nobody is related yet."""
        self._known: dict[tuple[str, str], list[str]] = {}
        self._bearers: dict[str, list[str]] = {}
        self.spouses: list[str] = []

    def learn(self, whose: str, kin: tuple[str, str], who: str) -> None:
        """Remember that somebody is somebody’s, by kind and inverse: Kai Lund’s | wife | Ola."""
        kind, inverse = kin
        for one, relation, other in ((whose, kind, who), (who, inverse, whose)):
            known = self._known.setdefault((one, relation), [])
            if other not in known and one != other and len(known) < _MOST:
                known.append(other)
        if kind == "spouse" and " " not in who:
            self.spouses = [*self.spouses[-_MOST:], who]
        if kind in _SHARING and " " not in who and " " in whose:
            bearers = self._bearers.setdefault(Name(tuple(whose.split())).surname, [])
            if who not in bearers and len(bearers) < _MOST:
                bearers.append(who)

    def find(self, whose: str, kind: str, fits: Callable[[str], float]) -> str | None:
        """Return who is of a kind to somebody; the last one that fits."""
        return next((who for who in reversed(self._known.get((whose, kind), ())) if fits(who)), None)

    def bearers(self, surname: str) -> list[str]:
        """Return those who may be called by a surname though it is never printed with their first name."""
        return self._bearers.get(surname, [])
