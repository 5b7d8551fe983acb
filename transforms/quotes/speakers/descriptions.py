"""What a description says of a speaker: "a spokesman for the union", "Ulm Bank analyst", "the two senators"."""

import re
from functools import lru_cache
from typing import NamedTuple

from transforms.quotes.lexicon import read_words
from transforms.quotes.speakers.affiliations import BESIDE, affiliation, is_portfolio, organisation_before
from transforms.quotes.speakers.names import nature
from transforms.quotes.speakers.nouns import NOUNS, is_noun, singular

_WORDS = read_words()
_DETERMINERS = _WORDS["determiner"] | {"whose"}
_HEAD_ENDS = (
    (_WORDS["preposition"] | _WORDS["conjunction"] | _WORDS["auxiliary"] | _WORDS["pronoun"])
    - NOUNS["group"]
    - {"out", "off", "up", "inside", "near", "over", "under"}
)
_SECRETIVE = BESIDE["secretive"]
_SEVERAL = BESIDE["several"]
_SINGLE = BESIDE["single"]
_ALWAYS_PLURAL = frozenset({"people", "some", "many", "others"})
_PERSON_ENDS = tuple(BESIDE["person"])
_DOCUMENT_ENDS = tuple(BESIDE["document"])
_FLATTERY = BESIDE["flattery"]
_RANKS = BESIDE["rank"]
_LONGEST_HEAD = 3
_COMPOUNDS = frozenset(noun for key in ("role", "document", "body") for noun in NOUNS[key] if " " in noun)
_COMPOUND_STARTS = frozenset(noun.partition(" ")[0] for noun in _COMPOUNDS)
_CHARACTERS = 200
_SMALL = rf"(?!(?:{'|'.join(sorted(_WORDS['preposition'] | _WORDS['conjunction']))})\b)[a-z][a-z-]+"
_OF = re.compile(rf" (?:of|for)(?: the)?(?: {_SMALL}){{1,3}}(?![\w’'-]| [A-Z])")
_WORD = re.compile(r"[^\s,;:()“”\"]+|[,;:()]")


class Description(NamedTuple):
    """What a description says.

    Attributes:
        kind: One of `schemas.SPEAKER_KINDS`, or None.
        head: Its noun, in small letters and in the singular.
        role: The office or trade, as printed.
        organisation: The affiliation, as printed; a person's name is possible ("a spokesman for Ames").
        determiner: Its first word, if that is one.
        is_plural: Whether its noun is.
        capitals: The capitalised words before the noun ("the Texas senator").
        complement: What an office is of that is no body's: head | of design.
    """

    kind: str | None = None
    head: str = ""
    role: str | None = None
    organisation: str | None = None
    determiner: str = ""
    is_plural: bool = False
    capitals: str = ""
    complement: str = ""


def describe(printed: str) -> Description:
    """Return what a noun phrase says, from its first word on; what follows the phrase does no harm."""
    return _describe(printed[:_CHARACTERS])


@lru_cache(maxsize=1 << 14)
def _describe(printed: str) -> Description:
    words = _WORD.findall(printed)
    first = 0
    while first < len(words) and words[first].lower() in _DETERMINERS and words[first].lower() not in NOUNS["group"]:
        first += 1
    end = _phrase_end(words, first)
    determiner = words[0].lower() if first else ""
    if first == end or (words[first] == "of" and first):
        several = determiner in _SEVERAL or determiner == "few"
        return Description(
            "collective" if several else "anonymous" if determiner == "one" else None, "", determiner=determiner
        )
    at, stop, head = _head(words, first, end)
    is_plural = (stop - at == 1 and head != words[stop - 1].lower()) or head in _ALWAYS_PLURAL
    kind = _kind(head, words[first:stop], determiner, is_plural)
    capitals = " ".join(word for word in words[first:at] if word[0].isupper())
    if head not in NOUNS["role"]:
        return Description(kind, head, None, None, determiner, is_plural, capitals)
    role, organisation = _office(words, first, at, stop)
    after = _after(printed, words, stop)
    organisation = organisation or affiliation(after, head)
    return Description(kind, head, role, organisation, determiner, is_plural, capitals, _complement(head, after))


def _phrase_end(words: list[str], first: int) -> int:
    """Return where the noun phrase ends: at a preposition, a conjunction, a mark."""
    for at in range(first, len(words)):
        word = words[at].lower()
        if (word in _HEAD_ENDS and at > first) or (not word[0].isalnum() and word[0] not in "@#$%’'-"):
            return at
    return len(words)


def _head(words: list[str], first: int, end: int) -> tuple[int, int, str]:
    """Return the bounds of the head noun and its dictionary form: the last noun known, else the last word."""
    small = [word.lower() for word in words[: end + 2]]
    starts = [at for at in range(first, end) if small[at] in _COMPOUND_STARTS]
    for stop in range(end, first, -1):
        for at in starts:
            if stop - _LONGEST_HEAD <= at < stop:
                for last in (min(len(words), stop + 2), stop):
                    noun = " ".join(small[at:last])
                    if noun in _COMPOUNDS:
                        return at, last, noun
        noun = small[stop - 1]
        if is_noun(noun):
            return stop - 1, stop, singular(noun)
    return end - 1, end, singular(small[end - 1])


def _kind(head: str, words: list[str], determiner: str, is_plural: bool) -> str | None:
    if head in NOUNS["role"] or head in NOUNS["unnamed"]:
        if is_plural and head in NOUNS["document"]:
            return "document"
        return "collective" if is_plural and head not in {*_SECRETIVE, "source"} else "anonymous"
    for key, kind in (("body", "organisation"), ("document", "document"), ("group", "collective")):
        if head in NOUNS[key]:
            return kind
    return _guessed(head, words, determiner, is_plural)


def _guessed(head: str, words: list[str], determiner: str, is_plural: bool) -> str | None:
    """Return the kind that the form of an unknown noun suggests."""
    if is_plural or determiner in _SEVERAL or words[-1][-1] == "%":
        return "collective"
    if words[-1][0].isupper():
        return "collective" if nature((words[-1],)) == "member" else "organisation"
    if head.endswith(_PERSON_ENDS) or determiner in _SINGLE:
        return "anonymous"
    return "document" if head.endswith(_DOCUMENT_ENDS) else None


def _office(words: list[str], first: int, at: int, stop: int) -> tuple[str, str | None]:
    """Return the role and the organisation before it: Capital Economics | senior analyst."""
    start = at
    while start > first and _belongs(words[start - 1]):
        start -= 1
    before = words[first:start]
    if before and start < at and before[-1][0].isupper() and words[start].lower() in NOUNS["body"]:
        before = [*before, words[start]]
        start += 1
    elif before and before[-1][0].isupper() and " ".join(words[at:stop]) == "campaign manager":
        before = [*before, "campaign"]
    while start < at and words[start].lower() in _FLATTERY:
        start += 1
    return " ".join(words[start:stop]), organisation_before(" ".join(before), " ".join(words[at:stop]))


def _belongs(word: str) -> bool:
    """Whether a word before an office is part of it: union | treasurer, Vice | President."""
    if word.endswith("ly") or (word.endswith("s") and word[:-1] in NOUNS["role"]):
        return False
    return (
        (word.islower() and word.replace("-", "").isalpha() and word not in _DETERMINERS)
        or word.lower() in _RANKS
        or is_portfolio(word)
    )


def _complement(head: str, after: str) -> str:
    """Return what an office is of: head | of design, professor | of law."""
    match = _OF.match(after) if head.rsplit(" ", 1)[-1] in BESIDE["complemented"] else None
    return match.group() if match and singular(match.group().rsplit(" ", 1)[-1]) not in NOUNS["body"] else ""


def _after(printed: str, words: list[str], stop: int) -> str:
    """Return the text after the first `stop` words."""
    at = 0
    for word in words[:stop]:
        at = printed.index(word, at) + len(word)
    return printed[at:]
