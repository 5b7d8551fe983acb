"""Noun phrases of persons in running text: their noun, the pronoun they ask for and the name beside them."""

import re
from functools import lru_cache
from typing import NamedTuple

from transforms.quotes.lexicon import read_list, read_words
from transforms.quotes.speakers.introductions import PERSONS
from transforms.quotes.speakers.names import RUN
from transforms.quotes.speakers.nouns import NOUNS, singular

_WORDS = read_words()
_GENDERS = {noun: pronoun for pronoun in ("he", "she") for noun in read_list("genders.tsv", None)[pronoun]}
_KIN = {
    noun: (kind.split()[0], kind.split()[1]) for kind, nouns in read_list("kin.tsv", None).items() for noun in nouns
}
_STOPS = frozenset().union(
    *(_WORDS[key] for key in ("preposition", "conjunction", "auxiliary", "pronoun", "determiner"))
) - {"out", "off", "up", "one", "two", "three", "another", "other"}
_EPITHETS = frozenset(noun.lower() for noun in NOUNS["epithet"])
_PHRASE = re.compile(r"[\w’'-]+(?: [\w’'-]+){0,5}")
_HEAD_WORDS = 6
_AGED = re.compile(r"(\d{1,3})-year-old")
_ATTACHED = r" (?:of|for|at|in|with|from|to|on) [^,.;:“”‘\"\n]{1,70}"
_CALLED = r"(?:, an? [a-z][\w’' -]{2,40})? (?:called|named) "
_APPOSED = re.compile(rf"(?:(?:{_ATTACHED})?, |{_CALLED}| )({RUN.pattern})(?! [A-Z])")
_COMPLEMENT = re.compile(
    r" (?:close to|familiar with|briefed on|involved in|present at|in|on|at|with|from|near|behind|by|of)"
    r" (?:(?:the|an?|his|her|its|their|this|that)(?: [a-z][\w’'-]*){1,2}?|her|him|them|us)"
    r"(?= (?:of|said|says|told|added|who|which|that|has|had|was|is|were|stood|called|asked|wrote)\b|[,.;:“”\"\n])"
    r"(?: of (?:the |an? )?[a-z][\w’'-]*(?=[,.;:“”\"\n ]))?"
)
_FRONTED = re.compile(rf"(?:{_ATTACHED}| [a-z]+)?, (?=(s?he)\b)")
_ALIAS = re.compile(rf",? who (?:gave|gives) (?:his|her|their) (?:first |full )?name (?:only )?as ({RUN.pattern})")
_COMPLETED = (" of ", " for ", " who ")
_LONGEST = 110


class Nominal(NamedTuple):
    """A noun phrase of one person.

    Attributes:
        start: Where it starts.
        end: Where its noun ends.
        head: The noun, in small letters.
        determiner: Its first word, in small letters.
        name: The run of capitalised words that names the same person, with its bounds, or None.
        age: The years in it, as printed.
        is_placed: Whether a name tells which one is meant, of a place or club: the England coach.
        is_former: Whether it is said of somebody who was it once: the former coach.
    """

    start: int
    end: int
    head: str
    determiner: str
    name: re.Match[str] | None
    age: str | None
    is_placed: bool = False
    is_former: bool = False

    @property
    def pronoun(self) -> str | None:
        """The pronoun that the noun asks for."""
        return gender(self.head)

    @property
    def is_epithet(self) -> bool:
        """Whether it may call somebody named before by another word: the striker, the Ulm coach."""
        return self.determiner == "the" and (self.head in _EPITHETS or self.is_placed or self.is_former)

    @property
    def kin(self) -> tuple[str, str] | None:
        """The kind of kinship or other relation, and its inverse."""
        return _KIN.get(self.head)


@lru_cache(maxsize=1 << 12)
def gender(noun: str) -> str | None:
    """Return the pronoun that a noun asks for: mother, salesman."""
    known = _GENDERS.get(noun)
    if known or len(noun) < 6:
        return known
    return "she" if noun.endswith("woman") else "he" if noun.endswith("man") and not noun.endswith("human") else None


def is_person(word: str) -> bool:
    """Whether a noun in small letters and the singular stands for one person."""
    return word in PERSONS or (len(word) > 5 and word.endswith(("man", "woman")))


def nominal_at(text: str, start: int, after: int) -> Nominal | None:
    """Return the noun phrase of a person that starts with a determiner; None if it is of something else.

    Args:
        text: The article's text.
        start: Where the determiner starts.
        after: Where the next word does.
    """
    match = _PHRASE.match(text, after, after + _LONGEST)
    if match is None:
        return None
    head, end, age = _person_in(text, match)
    if not head or text[end : end + 2] in ("’s", "'s"):
        return None
    named = _APPOSED.match(text, end, end + _LONGEST) or _ALIAS.match(text, end, end + _LONGEST)
    is_placed = head in NOUNS["role"] and text[after].isupper() and not text.startswith(_COMPLETED, end)
    is_former = text.startswith("former ", after)
    return Nominal(start, end, head, text[start:after].strip().lower(), named, age, is_placed, is_former)


def _person_in(text: str, match: re.Match[str]) -> tuple[str, int, str | None]:
    """Return the noun of a phrase that stands for a person, where it ends, and an age; an empty noun for no person."""
    phrase = match.group()
    words = phrase.lower().split(" ")
    has_who = "who" in words or text.startswith((" who", ", who"), match.end())
    if PERSONS.isdisjoint(words) and not has_who and "man " not in f"{phrase} " and "-old" not in phrase:
        return "", 0, None
    head, end, age = _head(phrase, match.start())
    return (*_before_who(phrase, match.start()), None) if not head and has_who else (head, end, age)


def _head(phrase: str, at: int) -> tuple[str, int, str | None]:
    """Return the last noun of persons before the phrase ends, where it ends, and an age; an empty noun for none."""
    head, end, age = "", at, None
    for word in phrase.split(" ")[:_HEAD_WORDS]:
        low = word.lower()
        if low in _STOPS:
            break
        if "-year-old" in low and (aged := _AGED.match(low)):
            age, head, end = aged.group(1), head or "-year-old", at + len(word)
        elif is_person(low):
            head, end = low, at + len(word)
        elif head and (low in NOUNS["body"] or low in NOUNS["document"]):
            return "", at, None
        at += len(word) + 1
    return head, end, age


def _before_who(phrase: str, at: int) -> tuple[str, int]:
    """Return the word before "who" as a noun, whatever it means: a lamplighter | who."""
    words = phrase.split(" who", 1)[0].split(" ")
    last = words[-1]
    is_noun = last.islower() and len(last) > 2 and not _STOPS & set(words) and singular(last) == last
    return (last, at + len(" ".join(words))) if is_noun else ("", at)


def with_complement(text: str, nominal: Nominal) -> int:
    """Return where a phrase ends together with what tells the person from others: a man | in the front row."""
    match = _COMPLEMENT.match(text, nominal.end, nominal.end + _LONGEST)
    if match is None or (
        nominal.head in NOUNS["role"] and match.group().startswith((" at the ", " of his", " of her"))
    ):
        return nominal.end
    return match.end()


def fronted(text: str, nominal: Nominal) -> re.Match[str] | None:
    """Return what leads from a phrase to the pronoun that it describes: A nurse by training, | she."""
    is_first = text[nominal.start].isupper() and nominal.determiner in ("a", "an", "the")
    return _FRONTED.match(text, nominal.end, nominal.end + _LONGEST) if is_first else None


def group_end(text: str, start: int) -> int | None:
    """Return where the phrase of a group or body that a sentence starts with ends: Local farmers | dispute."""
    match = _PHRASE.match(text, start, start + _LONGEST)
    if match is None:
        return None
    at = start
    for word in match.group().split(" ")[:_HEAD_WORDS]:
        low = word.lower()
        at += len(word) + 1
        if low in _WORDS["determiner"]:
            continue
        if low in _STOPS:
            return None
        noun = singular(low)
        if (noun != low and is_person(noun)) or low in NOUNS["group"] or low in NOUNS["body"]:
            return at - 1
    return None
