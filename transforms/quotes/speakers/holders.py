"""Who holds an office that a text names without them: the mayor, Ulm Mayor Ola Brandt."""

import re

from transforms.quotes.speakers.acquaintance import ABBREVIATED
from transforms.quotes.speakers.descriptions import Description
from transforms.quotes.speakers.discourse import Discourse
from transforms.quotes.speakers.people import People
from transforms.quotes.speakers.roles import Standings

_LESSER = frozenset({"vice", "deputy", "shadow", "assistant", "associate", "under"})
_OF = re.compile(r" (?:of|for) (?!state\b|staff\b)")
_HEAD_WORDS = 3
_RULERS = frozenset({"president", "prime minister", "chancellor", "king", "queen", "pope", "mayor"})
"""Offices whose one holder in an article needs no name nearby."""
_HOLDERS = 8
"""So many holders of an office, and places where they are named, are read for more."""
_BESIDE = 40


class Holders:
    """Those who are printed with an office anywhere in an article."""

    def __init__(self, text: str, people: People, discourse: Discourse, standings: Standings) -> None:
        """Prepare for an article."""
        self._text, self._people, self._discourse, self._standings = text, people, discourse, standings
        self._by_office: dict[str, set[str]] | None = None

    def find(self, described: Description, at: int) -> str | None:
        """Return who is printed with an office ("the mayor"): the only one, or the one whom the text is about.

        Args:
            described: What is said of the office.
            at: Where.
        """
        head = described.head
        if not described.role:
            return None
        if self._by_office is None:
            self._by_office = self._find()
        words = described.role.lower().split()
        office = " ".join(words[-2:]) if words[-2:-1] and words[-2] in _LESSER else head
        people = self._by_office.get(_former(described.role, office), set())
        if described.capitals:
            people = {full for full in sorted(people)[:_HOLDERS] if self._is_called(full, described.capitals)}
        if len(people) == 1 and (described.capitals or head in _RULERS or self._is_of(people, described.organisation)):
            return next(iter(people))
        return self._discourse.resolve(at, None, "", people) if people else None

    def _is_of(self, people: set[str], organisation: str | None) -> bool:
        """Whether no other body is named than that of the only holder."""
        return organisation is None or all(self._standings.of(full).organisation == organisation for full in people)

    def _is_called(self, full: str, capitals: str) -> bool:
        """Whether words stand beside somebody's name: the Ulm mayor, Ulm Mayor Ola Brandt."""
        for at, run in self._people.places(full, _HOLDERS)[:_HOLDERS]:
            end = at + len(run)
            before = self._text[max(0, at - _BESIDE) : at].rsplit("\n", 1)[-1]
            if capitals in before + run + self._text[end : end + _BESIDE].split("\n", 1)[0]:
                return True
        return False

    def _find(self) -> dict[str, set[str]]:
        holders: dict[str, set[str]] = {}
        for full in self._people.everybody():
            role, organisation = self._standings.of(full)
            if role and not (organisation and role.lower() == "president"):
                role = _OF.split(role.lower(), maxsplit=1)[0]
                office = ABBREVIATED.get(role, role)
                for head in _heads(office):
                    holders.setdefault(_former(office, head), set()).add(full)
        return holders


def _former(role: str, head: str) -> str:
    return f"former {head}" if role.lower().startswith("former ") else head


def _heads(office: str) -> list[str]:
    """Return what a holder can be called: senior vice president, vice president, but not president."""
    words = office.split()
    firsts = range(len(words) - 1, max(-1, len(words) - _HEAD_WORDS - 1), -1)
    return [" ".join(words[first:]) for first in firsts if first == 0 or words[first - 1] not in _LESSER]
