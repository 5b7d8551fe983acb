"""The role and organisation that stand beside a name: a title, words before it, an apposition after it."""

import re
from typing import NamedTuple

from transforms.quotes.speakers.affiliations import BESIDE, is_portfolio, organisation_before
from transforms.quotes.speakers.descriptions import Description, describe
from transforms.quotes.speakers.names import nature, read_name, words_before_title
from transforms.quotes.speakers.nouns import ROLE_ENDS
from transforms.quotes.speakers.organisations import Organisations
from transforms.quotes.speakers.owners import OWNER, fronted_owner, owner_beside
from transforms.quotes.speakers.people import People

_READ = 5
"""So many places where somebody is named are read for a role."""
_READ_FOR_OWNERS = 2
_BEFORE = 90
_AFTER = 170
_MARKS = re.compile(r"[.,;:!?—–“”\"()\n] +|\n|[“\"(]")
_STOPS = BESIDE["stop"] | BESIDE["reporting"]
_APPOSITION = re.compile(
    r",? \((?=[A-Za-z])|, (?:\d{1,3}, )?|,? (?:who )?(?:is|was|has been) (?=an? |the )|"
    r", who (?:(?:recently|then|later) )?(?:took over as|became|serves as|served as|works as|worked as|acts as|is|was) "
)
_APPOSITION_END = re.compile(r"[;:!?“”\"()]|\.(?!\w)(?<!\b[A-Z]\.)|, | (?:who|which|whose|that|said|says|told) ")
_FRONTED = re.compile(r"(?:^|[.!?,][”\"]? |[\n“])((?:The|the|A|a|An|an|One of) [^,.;:“”\"\n]{3,80}), \Z")
_PLURAL_TITLES = frozenset({"Sens.", "Reps."})
_ARTICLES = frozenset({"a", "an", "the", "his", "her", "its", "their", "our"})
_PREMODIFIERS = 5
_FORMER = re.compile(r"\b(?:[Ff]ormer|[Ee]x) \Z")


class Standing(NamedTuple):
    """What is printed of somebody's position."""

    role: str | None = None
    organisation: str | None = None


_NONE = Standing()


class Standings:
    """The standings of the people of one article, each found once."""

    def __init__(self, text: str, people: People, organisations: Organisations) -> None:
        """Prepare for an article."""
        self._text, self._people, self._organisations = text, people, organisations
        self._found: dict[str, Standing] = {}

    def of(self, full: str) -> Standing:
        """Return the role and organisation printed beside any of the first mentions of a person."""
        if full not in self._found:
            self._found[full] = self._read(full)
        return self._found[full]

    def _read(self, full: str) -> Standing:
        best = _NONE
        for place, (at, run) in enumerate(self._people.places(full, _READ)[:_READ]):
            found = _beside(self._text, at, run, self._people)
            if not found.organisation and place < _READ_FOR_OWNERS:
                owner = owner_beside(self._text, at, at + len(run), found.role, self._organisations)
                found = Standing(found.role, owner)
            if found.role and not best.role:
                best = Standing(found.role, found.organisation or best.organisation)
            elif found.organisation and not best.organisation:
                best = Standing(best.role, found.organisation)
            if best.role and best.organisation:
                break
        organisation = best.organisation
        return Standing(best.role, organisation and self._organisations.longest(organisation))


def _beside(text: str, at: int, run: str, people: People) -> Standing:
    name = read_name(run)
    titled = _titled(text, at, run, name.role if name else None)
    before, after = _before(text, at, run), _after(text, at + len(run))
    organisations = filter(None, (titled.organisation, before.organisation, after.organisation))
    organisation = next((found for found in organisations if is_affiliation(found, people)), None)
    return Standing(titled.role or before.role or after.role or None, organisation)


def is_affiliation(organisation: str, people: People) -> bool:
    """Whether an affiliation is no person's name: a spokesman for Ames."""
    if (
        nature(tuple(organisation.split())) == "organisation"
        or organisation[0].islower()
        or organisation.split()[-1].islower()
    ):
        return True
    name = read_name(organisation)
    if name is None or name.role or name.gender:
        return False
    kind = nature(name.words)
    return kind == "organisation" or (kind == "" and people.expand(name) is None)


def _titled(text: str, at: int, run: str, role: str | None) -> Standing:
    """Judicial Watch President Ola Brandt; former President Ola Brandt."""
    if not role or role in _PLURAL_TITLES:
        return _NONE
    before = words_before_title(run)
    field = before.rsplit(" ", 1)[-1]
    if is_portfolio(field):
        role, before = f"{field} {role}", before.removesuffix(field).rstrip()
    former = _FORMER.search(text, max(0, at - 8), at)
    return Standing(f"{former.group()}{role}" if former else role, organisation_before(before, role))


def _before(text: str, at: int, run: str) -> Standing:
    """Capital Economics analyst Ola Brandt; the treasurer of the union, Ola Brandt."""
    last = text[at - 2 : at]
    if last == ", ":
        if owned := fronted_owner(text, at):
            return _as_standing(describe(text[owned.end() : at - 2]))
        fronted = _FRONTED.search(text, max(0, at - _BEFORE), at)
        return _as_standing(describe(fronted.group(1))) if fronted else _NONE
    if len(last) != 2 or last[1] != " " or not last[0].isalpha():
        return _NONE
    words = _MARKS.split(text[text.find(" ", max(0, at - _BEFORE)) : at])[-1].split()
    if not words or words[-1].lower() not in ROLE_ENDS:
        return _NONE
    first = len(words) - 1
    while first and words[first - 1].lower() not in _STOPS:
        first -= 1
    described = describe(" ".join(words[first:])) if first < len(words) else Description()
    return _as_standing(described) if described.role and described.role.endswith(words[-1]) else _NONE


def _after(text: str, end: int) -> Standing:
    """Ola Brandt, 44, a professor at Ulm; Ola Brandt, who is chairman of the bank."""
    match = _APPOSITION.match(text, end, end + 30)
    if match is None or match.group().endswith("("):
        return _NONE
    start = match.end()
    stop = _APPOSITION_END.search(text, start, start + _AFTER)
    phrase = text[start : stop.start() if stop else start + _AFTER]
    owned = OWNER.match(phrase)
    described = describe(phrase[owned.end() :] if owned else phrase)
    if owned and described.role:
        return _as_standing(described)
    if described.is_plural or (described.role and not _is_apposition(phrase, described)):
        return _NONE
    return _as_standing(described)


def _is_apposition(phrase: str, described: Description) -> bool:
    """Whether a phrase after a name describes it: it has an article, or its office comes first and is nobody else's."""
    role = described.role or ""
    if phrase[phrase.find(role) + len(role) :].lstrip()[:1].isupper():
        return False
    return described.determiner in _ARTICLES or role.split()[0] in phrase.split(None, _PREMODIFIERS)[:_PREMODIFIERS]


def _as_standing(described: Description) -> Standing:
    return Standing(described.role, described.organisation) if described.role and not described.is_plural else _NONE
