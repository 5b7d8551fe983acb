"""The role and organisation that stand beside a name: a title, words before it, an apposition after it."""

import re

from transforms.quotes.speakers.affiliations import BESIDE, is_portfolio, organisation_before
from transforms.quotes.speakers.appositions import office_after
from transforms.quotes.speakers.descriptions import Description, describe
from transforms.quotes.speakers.names import nature, read_name, words_before_title
from transforms.quotes.speakers.nouns import NOUNS, ROLE_ENDS
from transforms.quotes.speakers.organisations import Organisations
from transforms.quotes.speakers.owners import fronted_owner, owner_beside
from transforms.quotes.speakers.people import People
from transforms.quotes.speakers.standing import NONE, Standing, as_standing

_READ = 5
"""So many places where somebody is named are read for a role."""
_TWO = 2
_NEAR = 2000
_WORD = 24
_READ_FOR_OWNERS = 2
_BEFORE = 90
_MARKS = re.compile(r"[.,;:!?—–“”\"()\n] +|\n|[“\"(]")
_STOPS = BESIDE["stop"] | BESIDE["reporting"]
_FRONTED = re.compile(r"(?:^|[.!?,][”\"]? |[\n“])((?:The|the|A|a|An|an|One of) [^,.;:“”\"\n]{3,80}), \Z")
_PLURAL_TITLES = frozenset({"Sens.", "Reps."})
_COURTESIES = BESIDE["courtesy"]
"""Titles that say less than an office after the name: Cllr Ola Brandt, | the mayor."""
_FORMER = re.compile(r"\b(?:[Ff]ormer|[Ee]x) \Z")


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
        best = NONE
        for place, (at, run) in enumerate(self._people.places(full, _READ)[:_READ]):
            found = _beside(self._text, at, run, self._people)
            if not found.organisation and place < _READ_FOR_OWNERS:
                owner = owner_beside(self._text, at, at + len(run), found.role, self._organisations)
                found = Standing(found.role, owner) if owner else found
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
    before, after = _before(text, at), office_after(text, at + len(run))
    if titled is NONE and before is NONE and after is NONE:
        return NONE
    organisations = filter(None, (titled.organisation, before.organisation, after.organisation))
    organisation = next((found for found in organisations if is_affiliation(found, people)), None)
    if after.role and titled.role in _COURTESIES:
        return Standing(after.role, organisation)
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
        return NONE
    before = words_before_title(run)
    field = before.rsplit(" ", 1)[-1]
    if is_portfolio(field):
        role, before = f"{field} {role}", before.removesuffix(field).rstrip()
    elif not before and (body := _word_before(text, at)) in NOUNS["body"]:
        role = f"{body} {role}"
    former = _FORMER.search(text, max(0, at - 8), at)
    return Standing(f"{former.group()}{role}" if former else role, organisation_before(before, role))


def _word_before(text: str, at: int) -> str:
    """Return the word right before an offset: the board | President."""
    words = text[max(0, at - _WORD) : at].rsplit("\n", 1)[-1].split(" ")
    return words[-2] if len(words) > 1 and not words[-1] else ""


def _is_plain_opening(text: str, words: list[str], at: int) -> bool:
    """Whether only the start of a sentence capitalises the first word before a name: Railway | spokesman Ola Brandt."""
    start = at - len(" ".join(words)) - 1
    if (
        len(words) < _TWO
        or not words[0].istitle()
        or not words[1].islower()
        or text[max(0, start - 2) : max(0, start - 1)].isalpha()
    ):
        return False
    low = words[0].lower()
    return low in NOUNS["body"] or low in BESIDE["plain"] or text.find(f" {low} ", max(0, at - _NEAR), at + _NEAR) >= 0


def _office_words(text: str, at: int) -> list[str]:
    """Return the words from the last mark before a name on, if an office is the last of them."""
    low = text.find(" ", at - _BEFORE) if at > _BEFORE else 0
    printed = text[low:at]
    last = printed[:-1].rpartition(" ")[2]
    if last.isalpha() and last.lower() not in ROLE_ENDS:
        return []
    words = _MARKS.split(printed)[-1].split()
    return words if words and words[-1].lower() in ROLE_ENDS else []


def _before(text: str, at: int) -> Standing:
    """Capital Economics analyst Ola Brandt; the treasurer of the union, Ola Brandt."""
    last = text[at - 2 : at]
    if last == ", ":
        if owned := fronted_owner(text, at):
            return as_standing(describe(text[owned.end() : at - 2]))
        fronted = _FRONTED.search(text, max(0, at - _BEFORE), at)
        return as_standing(describe(fronted.group(1))) if fronted else NONE
    if len(last) != 2 or last[1] != " " or not last[0].isalpha():
        return NONE
    words = _office_words(text, at)
    if not words:
        return NONE
    first = len(words) - 1
    while first and words[first - 1].lower() not in _STOPS:
        first -= 1
    is_opening = first == 0 and _is_plain_opening(text, words, at)
    if is_opening:
        words[0] = words[0].lower()
    described = describe(" ".join(words[first:])) if first < len(words) else Description()
    role = described.role or ""
    if not role.endswith(words[-1]):
        return NONE
    as_printed = role[0].upper() + role[1:] if is_opening and role.startswith(words[0]) else role
    return as_standing(described._replace(role=as_printed))
