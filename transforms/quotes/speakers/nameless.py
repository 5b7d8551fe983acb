"""What a description stands for: somebody named elsewhere, or an unnamed official, body, group or document."""

import re

from transforms.quotes.lexicon import read_words
from transforms.quotes.speakers.descriptions import Description, describe
from transforms.quotes.speakers.discourse import Discourse
from transforms.quotes.speakers.holders import Holders
from transforms.quotes.speakers.named import Reading
from transforms.quotes.speakers.names import RUN, read_name
from transforms.quotes.speakers.nominals import with_complement
from transforms.quotes.speakers.nouns import INDEFINITE, NOUNS, is_noun
from transforms.quotes.speakers.organisations import Organisations
from transforms.quotes.speakers.people import People
from transforms.quotes.speakers.roles import is_affiliation

_DETERMINERS = read_words()["determiner"]
_NUMBERS = frozenset(["two", "three", "four", "five", "six", "several", "some", "many", "few"])
_INDEFINITE = INDEFINITE | _NUMBERS
_CHARACTERS = 200
_DESCRIPTIONS = 9
"""Of so many officials "the official" is none that could be told."""
_ATTACHED = re.compile(r" (?:for|of|at|with|from|in) ")
_FOLLOWING = 110
_APPOSED = re.compile(rf"(?: [a-z]+){{0,2}}, ({RUN.pattern})(?=[,.;”\"\n]|\Z)")
_DANGLING = re.compile(r"(?: (?:of|for|at|with|from|in|to|on|by|the|an?|his|her|its|their))+\Z")
_PARTICIPLE = re.compile(
    r"(?<=\w) (?!(?:briefed|involved|based|concerned|related|according|including)\b)"
    r"(?:[a-z]{2,}(?:ed|ing)|held|sent|seen|written|made|shown|put|left|found|drawn|read|posted)"
    r" (?:by|with|to|in|into|on|at|last|this|among|from|for|out|up|as|during|after|before|through|under|over)\b"
)


class Nameless:
    """The descriptions of one article, read in order."""

    def __init__(
        self, text: str, people: People, discourse: Discourse, holders: Holders, organisations: Organisations
    ) -> None:
        """Prepare for an article."""
        self._text, self._people, self._discourse = text, people, discourse
        self._holders, self._organisations = holders, organisations
        self._described: dict[str, list[str]] = {}

    def read(self, head: str, start: int, end: int) -> Reading:
        """Return the reading of a description.

        Args:
            head: It, without what only adds to it.
            start: Where the mention starts.
            end: Where it ends.
        """
        words = head
        if end - start <= _CHARACTERS and _ATTACHED.match(self._text, end):
            words = head + self._text[end : end + _FOLLOWING].split("\n", 1)[0]
        described = describe(words)
        organisation = described.organisation
        if organisation and not is_affiliation(organisation, self._people):
            described = described._replace(organisation=None)
        if described.kind in ("person", "anonymous", None) and not described.is_plural:
            head, who = self._person(head, start, end)
            if who:
                return Reading(who, "person", described.role, described.organisation)
        found = self._repeated(described, _uncapitalised(_short(head)), start)
        return found if isinstance(found, Reading) else self._as_read(found, described)

    def _as_read(self, printed: str, described: Description) -> Reading:
        return Reading(printed, described.kind, described.role, described.organisation)

    def _repeated(self, described: Description, printed: str, start: int) -> str | Reading:
        """Return what a "the …" repeats: whoever holds the office, the body just named, an earlier description."""
        if described.determiner in _INDEFINITE:
            earlier = self._described.setdefault(described.head, [])
            if len(earlier) < _DESCRIPTIONS and printed not in earlier:
                earlier.append(printed)
        if described.determiner != "the":
            return printed
        if not described.is_plural and described.head not in self._described:
            if holder := self._holders.find(described, start):
                return Reading(holder, "person")
            if described.head in NOUNS["body"] and printed.count(" ") == 1:
                named = self._organisations.before(start, described.head)
                return Reading(named, "organisation") if named else printed
        return self._one_described(described.head, printed) or printed

    def _person(self, head: str, start: int, end: int) -> tuple[str, str | None]:
        """Return a description with what tells the person from others, and whom it stands for, if somebody named."""
        match = _APPOSED.match(self._text, end)
        name = read_name(match.group(1)) if match else None
        full = self._people.expand(name) if name and len(name.words) > 1 else None
        found = self._discourse.nominal(start)
        if full or found is None or found[1].end > end:
            return head, full
        who, nominal = found
        last = with_complement(self._text, nominal)
        if end <= last or self._text[nominal.end : end].startswith(" at the "):
            head = self._text[start:last]
        return head, who if who[0].isupper() else None

    def _one_described(self, head: str, printed: str) -> str | None:
        """Return the only earlier description that a "the …" repeats."""
        named = self._described.get(head, [])
        words = set(printed.lower().split()[1:])
        fitting = [earlier for earlier in named if words <= set(earlier.lower().split())]
        return fitting[0] if len(fitting) == 1 and len(named) < _DESCRIPTIONS else None


def _short(head: str) -> str:
    """Return a description without a participle that only adds to it: a note | pinned to the gate."""
    cut = _PARTICIPLE.search(head)
    return _DANGLING.sub("", head[: cut.start()] if cut and " " in head[: cut.start()] else head) or head


def _uncapitalised(printed: str) -> str:
    """Return a description without the capital that only the start of a sentence gives it."""
    first = printed.split(" ", 1)[0].lower()
    return (
        printed[0].lower() + printed[1:]
        if first in _DETERMINERS or (first == printed.lower() and is_noun(first))
        else printed
    )
