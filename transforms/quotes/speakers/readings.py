"""What a mention says, read in the order of the text: a name, a description, or a pronoun and whom it stands for."""

import re
from collections.abc import Sequence

from transforms.quotes.lexicon import read_list, read_words
from transforms.quotes.marks import Span
from transforms.quotes.speakers.antecedents import Antecedents
from transforms.quotes.speakers.descriptions import Description, describe
from transforms.quotes.speakers.named import Reading, read_named
from transforms.quotes.speakers.names import RUN, read_name
from transforms.quotes.speakers.nouns import is_noun
from transforms.quotes.speakers.people import People
from transforms.quotes.speakers.relatives import phrase_before
from transforms.quotes.speakers.roles import is_affiliation, standing

_WORDS = read_words()
_PRONOUNS = {word: key for key, words in read_list("pronouns.tsv", None).items() for word in words}
_DETERMINERS = _WORDS["determiner"]
_INDEFINITE = frozenset({"a", "an", "one", "another"})
_CHARACTERS = 200
_DESCRIPTIONS = 9
"""Of so many officials "the official" is none that could be told."""
_ATTACHED = re.compile(r" (?:for|of|at|with|from|in) ")
_CONTRACTED = re.compile("[’']")
_SHORT = 12
"""Longer mentions are no pronouns, also when drawn together with a verb: they’ve."""
_FOLLOWING = 110
_SENTENCES = 2
"""How far back "they" and "it" look."""
_ABBREVIATED = {"sen.": "senator", "gov.": "governor", "rep.": "congressman", "prof.": "professor"}
_LESSER = frozenset({"vice", "deputy", "shadow", "assistant", "associate", "under"})
_HEAD_WORDS = 3
_RULERS = frozenset({"president", "prime minister", "chancellor", "king", "queen", "pope", "mayor"})
"""Offices whose one holder in an article needs no name nearby."""
_HOLDERS = 8
"""So many holders of an office, and places where they are named, are read for more."""
_BESIDE = 40
_FIRST_PERSON = frozenset({"i", "we"})


_NOBODY = Reading()
_APPOSED = re.compile(rf", ({RUN.pattern})(?=[,.;”\"\n]|\Z)")


class Reader:
    """Reads the mentions of one article, which must come in order."""

    def __init__(self, text: str, people: People, spans: Sequence[Span]) -> None:
        """Prepare for an article.

        Args:
            text: Its text.
            people: Its people.
            spans: Its spans, in order.
        """
        self._text, self._people, self._spans = text, people, spans
        self._antecedents: Antecedents | None = None
        self._spoken: list[tuple[int, Reading]] = []
        self._described: dict[str, list[str]] = {}
        self._holders: dict[str, set[str]] | None = None
        self._phrases: dict[str, tuple[str, Reading | None]] = {}

    def read(self, mention: tuple[int, int], said: str) -> Reading:
        """Return the reading of the next mention.

        Args:
            mention: Its bounds.
            said: What is attributed to it.
        """
        printed = self._text[mention[0] : min(mention[1], mention[0] + _CHARACTERS)].rstrip(" ,")
        pronoun = _PRONOUNS.get(_CONTRACTED.split(printed.lower(), maxsplit=1)[0]) if len(printed) < _SHORT else None
        at = mention[0]
        reading = self._pronoun(pronoun, printed, at, said) if pronoun else self._phrase(printed, *mention)
        if reading.name:
            self._spoken.append((mention[0], reading))
            if self._antecedents and reading.kind in ("person", "anonymous"):
                self._antecedents.add(mention[0], reading.name)
        return reading

    def _pronoun(self, pronoun: str, printed: str, at: int, said: str) -> Reading:
        if pronoun in _FIRST_PERSON:
            return Reading(is_first_person=True, is_singular=pronoun == "i")
        if pronoun in ("who", "which"):
            return self._relative(pronoun, at)
        if pronoun in ("he", "she"):
            name = self._referents().resolve(at, pronoun, said)
            known = next((r for _, r in reversed(self._spoken[-_DESCRIPTIONS:]) if r.name == name), None)
            return known or Reading(name, "person" if name else None)
        return self._group(pronoun, at)

    def _referents(self) -> Antecedents:
        """Return whom pronouns stand for; made for the first one."""
        if self._antecedents is None:
            self._antecedents = Antecedents(self._text, self._people, self._spans)
            for at, reading in self._spoken:
                if reading.name and reading.kind in ("person", "anonymous"):
                    self._antecedents.add(at, reading.name)
        return self._antecedents

    def _relative(self, pronoun: str, at: int) -> Reading:
        bounds = phrase_before(self._text, at, pronoun == "who")
        if bounds is None:
            return _NOBODY
        printed = self._text[slice(*bounds)]
        if printed.lower() in _PRONOUNS:
            return _NOBODY
        return self._phrase(printed, *bounds)

    def _group(self, pronoun: str, at: int) -> Reading:
        """Return the body or group that spoke shortly before "it" or "they"."""
        kinds = ("organisation", "document") if pronoun == "it" else ("organisation", "collective")
        for before, reading in reversed(self._spoken[-_SENTENCES:]):
            if reading.kind in kinds and self._referents().sentences_between(before, at) <= _SENTENCES:
                return reading
        return _NOBODY

    def _phrase(self, printed: str, start: int, end: int) -> Reading:
        """Return the reading of a name or description."""
        if printed not in self._phrases:
            self._phrases[printed] = read_named(printed, self._people)
        head, named = self._phrases[printed]
        return named or self._described_as(head, start, end)

    def _described_as(self, head: str, start: int, end: int) -> Reading:
        """Return the reading of a description: "the official" is "a Baltic official" if there is only one such."""
        words = head
        if end - start <= _CHARACTERS and _ATTACHED.match(self._text, end):
            words = head + self._text[end : end + _FOLLOWING].split("\n", 1)[0]
        described = describe(words)
        organisation = described.organisation
        if organisation and not is_affiliation(organisation, self._people):
            organisation = None
        if described.kind in ("person", "anonymous", None) and (name := self._apposed(end)):
            return Reading(name, "person", described.role, organisation)
        printed = _uncapitalised(head)
        if described.determiner in _INDEFINITE:
            earlier = self._described.setdefault(described.head, [])
            if len(earlier) < _DESCRIPTIONS and printed not in earlier:
                earlier.append(printed)
        elif described.determiner == "the" and not described.is_plural:
            if holder := self._holder(described, start):
                return Reading(holder, "person")
            printed = self._one_described(described.head, printed) or printed
        return Reading(printed, described.kind, described.role, organisation)

    def _apposed(self, end: int) -> str | None:
        """Return whose name stands after a description: the foreman, Gil Stone."""
        match = _APPOSED.match(self._text, end)
        name = read_name(match.group(1)) if match else None
        return self._people.expand(name) if name and len(name.words) > 1 else None

    def _one_described(self, head: str, printed: str) -> str | None:
        """Return the only earlier description that a "the …" repeats."""
        named = self._described.get(head, [])
        words = set(printed.lower().split()[1:])
        fitting = [earlier for earlier in named if words <= set(earlier.lower().split())]
        return fitting[0] if len(fitting) == 1 and len(named) < _DESCRIPTIONS else None

    def _holder(self, described: Description, at: int) -> str | None:
        """Return who is printed with an office ("the mayor"): the only one, or the one whom the text is about."""
        head = described.head
        if not described.role or head in self._described:
            return None
        if self._holders is None:
            self._holders = self._find_holders()
        people = self._holders.get(_former(described.role, head), set())
        if described.capitals:
            people = {full for full in sorted(people)[:_HOLDERS] if self._is_called(full, described.capitals)}
        if len(people) == 1 and (described.capitals or head in _RULERS):
            return next(iter(people))
        return self._referents().resolve(at, None, "", people) if people else None

    def _is_called(self, full: str, capitals: str) -> bool:
        """Whether words stand beside somebody's name: the Ulm mayor, Ulm Mayor Ola Brandt."""
        for at, run in self._people.places(full, _HOLDERS)[:_HOLDERS]:
            end = at + len(run)
            before = self._text[max(0, at - _BESIDE) : at].rsplit("\n", 1)[-1]
            if capitals in before + run + self._text[end : end + _BESIDE].split("\n", 1)[0]:
                return True
        return False

    def _find_holders(self) -> dict[str, set[str]]:
        holders: dict[str, set[str]] = {}
        for full in self._people.everybody():
            role, organisation = standing(self._text, self._people, full)
            if role and not (organisation and role.lower() == "president"):
                office = _ABBREVIATED.get(role.lower(), role.lower())
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


def _uncapitalised(printed: str) -> str:
    """Return a description without the capital that only the start of a sentence gives it."""
    first = printed.split(" ", 1)[0].lower()
    return (
        printed[0].lower() + printed[1:]
        if first in _DETERMINERS or (first == printed.lower() and is_noun(first))
        else printed
    )
