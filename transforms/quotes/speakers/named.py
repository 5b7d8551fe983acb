"""The reading of a mention that is a name: whose, with what stands before and after it."""

import re
from functools import lru_cache
from typing import NamedTuple

from transforms.quotes.lexicon import read_words
from transforms.quotes.speakers.descriptions import describe
from transforms.quotes.speakers.names import NAME_AT_END, RUN, Name, nature, read_name
from transforms.quotes.speakers.nouns import INDEFINITE, ROLE_ENDS, is_noun
from transforms.quotes.speakers.people import People

_WORDS = read_words()
_DETERMINERS = _WORDS["determiner"]
_PREPOSITIONS = _WORDS["preposition"]
_CONJOINED = frozenset({"and", "or", "&"})
_OF_A_PLACE = (" of ", " from ", " in ", " at ", " with ")
_OWNING = ("’s ", "'s ", "s’ ", "s' ")
_TAIL = re.compile(r", | (?:--?|–|—) |,\Z| \(|,? (?:who|which|whose|whom|that) ")
_SUFFIX = re.compile(r", (?=(?:Jr|Sr)\b)")
_POSSESSIVE = re.compile(r" (?:him|her|it)self\Z| themselves\Z|(?<=\w)[’']s\Z|(?<=s)[’']\Z")


class Reading(NamedTuple):
    """A mention as understood.

    Attributes:
        name: The speaker's full form, or None.
        kind: What the speaker is.
        role: The office in the mention itself, of a speaker without a name.
        organisation: The affiliation in it.
        is_first_person: Whether it is "I" or "we", whose speaker is known only when all others are.
        is_singular: Whether it is "I".
    """

    name: str | None = None
    kind: str | None = None
    role: str | None = None
    organisation: str | None = None
    is_first_person: bool = False
    is_singular: bool = False


def read_named(printed: str, people: People) -> tuple[str, Reading | None]:
    """Return a mention without what follows its head, and its reading; None for a description.

    Args:
        printed: The mention.
        people: The people of the article.
    """
    head = _head(printed)
    named = _read(head, people)
    if named is None and len(head) < len(printed):
        named = _swapped(head, printed, people)
    return head, named


@lru_cache(maxsize=1 << 14)
def _head(printed: str) -> str:
    return _POSSESSIVE.sub("", _TAIL.split(_SUFFIX.sub(" ", printed), maxsplit=1)[0])


@lru_cache(maxsize=1 << 14)
def _name_at_end(head: str) -> tuple[str, str] | None:
    """Return what stands before the name that a text ends with, and the name; None if it ends with none."""
    match = NAME_AT_END.search(head)
    return (head[: match.start()], match.group()) if match else None


def _swapped(head: str, printed: str, people: People) -> Reading | None:
    """One of his advisers, Ola Brandt."""
    after = printed[len(head) :].lstrip(" ,")
    match = NAME_AT_END.fullmatch(_TAIL.split(after, maxsplit=1)[0])
    name = read_name(match.group()) if match else None
    full = people.expand(name) if name else None
    return Reading(full, "person") if full and describe(head).kind in ("anonymous", None) else None


def _read(head: str, people: People) -> Reading | None:
    found = _name_at_end(head)
    if found is None:
        return None
    leading, printed = found
    before = leading.lower().split()
    name = read_name(printed)
    if leading.endswith(_OWNING) and head[0].isupper() and nature(tuple(head.split())) == "organisation":
        return Reading(head.removeprefix("The "), "organisation")
    if not _PREPOSITIONS.isdisjoint(before):
        return _placed(head, people) or (_described(name, before, people) if name else None)
    if name is None or (before and before[-1] in INDEFINITE and not (len(before) > 1 and people.expand(name))):
        return None
    if before and before[-1] in _CONJOINED:
        is_body = nature(tuple(head.split())) == "organisation" and before[0] not in INDEFINITE
        return Reading(head, "organisation" if is_body else "collective")
    if people.is_labelled(name):
        return Reading(" ".join(name.words), "organisation")
    if full := people.expand(name):
        is_thing = before[-1:] == ["the"] and not (name.role or name.gender)
        return Reading(" ".join(name.words), "organisation") if is_thing else Reading(full, "person")
    has_article = before[-1:] == ["the"] or printed.startswith("The ")
    return _unknown(name, before, has_article)


def _placed(head: str, people: People) -> Reading | None:
    """Ola Brandt of Ulm."""
    match = RUN.match(head)
    name = read_name(match.group()) if match else None
    full = people.expand(name) if name and match and head[match.end() :].startswith(_OF_A_PLACE) else None
    return Reading(full, "person") if full else None


def _described(name: Name, before: list[str], people: People) -> Reading | None:
    """The minister for women Ola Brandt; but no aide to chancellor Ola Brandt, and no aide to Ola Brandt."""
    if len(name.words) == 1 or before[-1] in _PREPOSITIONS | _DETERMINERS | _CONJOINED | ROLE_ENDS:
        return None
    full = people.expand(name) if describe(" ".join(before)).role else None
    return Reading(full, "person") if full else None


def _unknown(name: Name, before: list[str], has_article: bool) -> Reading | None:
    """Return the reading of a name that is no known person's; None for a capitalised description."""
    printed = " ".join(name.words)
    kind = nature(name.words)
    if kind == "member" or (before and before[-1] in _DETERMINERS and not has_article):
        return Reading(" ".join([*before, printed]) if not has_article else printed, "collective")
    last = name.words[-1].lower()
    if (not before and len(name.words) == 1 and is_noun(last)) or (kind != "person" and last in ROLE_ENDS):
        return None
    if not has_article and not kind and len(name.words) == 1 and printed.endswith("s") and printed.isalpha():
        return Reading(printed, "person" if before else "collective")
    if has_article and not kind and not before and len(name.words) == 1:
        return Reading(f"The {printed}", "organisation")
    return Reading(printed, "organisation" if has_article or kind in ("organisation", "place") else "person")
