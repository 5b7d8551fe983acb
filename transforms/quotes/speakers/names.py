"""Names as printed: runs of capitalised words, their titles taken off, and what the words alone say of them."""

import re
from functools import lru_cache
from typing import NamedTuple

from transforms.quotes.lexicon import read_list, read_words

_WORDS = read_words()
_BESIDE = read_list("beside.tsv", None)
_TITLES = read_list("titles.tsv", ",")
_ROLES = frozenset(_TITLES["role"])
_HONORIFICS = frozenset(_TITLES["honorific"])
_TITLE_ENDS = frozenset(title.split()[-1] for title in _ROLES | _HONORIFICS)
_TITLE_WORDS = max(len(title.split()) for title in _ROLES)
_GENDERS = {title: pronoun for pronoun in ("he", "she") for title in _TITLES[pronoun]}
_FIRST_NAMES = {name: pronoun for pronoun, names in read_list("first_names.tsv", None).items() for name in names}
_TRADES = frozenset(role.split()[-1].lower() for role in read_list("nouns.tsv", ",")["role"])
_PLACES = {key: frozenset(entries) for key, entries in read_list("places.tsv", ",").items()}
_ORGANISATIONS = {key: frozenset(entries) for key, entries in read_list("organisations.tsv", None).items()}

# Runs of capitalised words; a full stop belongs to an initial or a title only, so that no run crosses a sentence, and
# a possessive ends a run: Ulm University’s | Ola Brandt. What is commonest is tried first.
_STOPPED = "|".join(rf"(?<=\b{title}\.)" for title in _BESIDE["short"])
_WORD = rf"\w+(?:[’'-](?!s\b)\w+)*(?:\.(?:{_STOPPED}))?"
_CAPITAL = rf"[A-ZÀ-ÖØ-Þ](?:{_WORD}|[’'](?=[A-Z]){_WORD}|(?:\.[A-Z])*\.(?= )|)"
_OFFICES = "|".join(rf"(?<=\b{word} of )" for word in sorted(_WORDS["office"]))
_SMALL = r"(?:d(?:e[lnr]?|[aiou]s?|ella)|v[ao]n|te[nr]|bin|ibn|ben|a[lf]|el|l[aeo]s?|y|zu|&) "
_ARTICLE = r"(?:a[lns]|el)-"
_BETWEEN = rf"(?:{_SMALL}){{1,3}}(?:al-)?|{_ARTICLE}"
_NICKNAME = r"[“\"‘'][A-Z][\w-]{1,14}[”\"’'] "
_PARTICLE = rf"(?=[dvbaeltiyzo&“\"‘'])(?:{_BETWEEN}|of (?:{_OFFICES})|{_NICKNAME})"
RUN = re.compile(rf"{_CAPITAL}(?: (?:{_CAPITAL}|{_PARTICLE}{_CAPITAL}))*")
NAME_AT_END = re.compile(rf"(?<![\w-]){RUN.pattern}(?:[’']s?|(?<=\b[JS]r)\.)?\Z")
"""The name that a text ends with, its titles included."""
_POSSESSIVE = re.compile(r"[’']s?\Z")
_NOT_NAMES = frozenset(
    word
    for name in ("determiner", "preposition", "conjunction", "pronoun", "adverb", "auxiliary")
    for word in _WORDS[name]
)
_NOT_FIRST = _WORDS["day"] | frozenset(_BESIDE["opening"])
"""Capitalised by the start of a sentence only."""
_FAMILY_FIRST = frozenset(_BESIDE["family_first"])
_DESCRIBING = frozenset(_BESIDE["describing"])
RUN_CHARACTERS = 160
"""No name is longer; longer runs are headlines or noise."""
_BEFORE_FIRST = 6
"""So many words may stand before a first name: Senate Deputy Whip Ola Brandt."""
_POSTNOMINALS = frozenset(_TITLES["postnominal"])
_FEWEST = 2
"""So many words a name has that letters follow."""
SUFFIXES = frozenset({"Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV"})
_ARTICLES = frozenset({"al", "el", "an", "as"})
_QUOTES = "“\"‘'"


class Name(NamedTuple):
    """A name as printed.

    Attributes:
        words: Its words, without titles.
        role: The office before it.
        gender: The pronoun that its honorific asks for.
    """

    words: tuple[str, ...]
    role: str | None = None
    gender: str | None = None

    @property
    def surname(self) -> str:
        """The last word that is no suffix, without an Arabic article: Harith of “Yusuf al-Harith”."""
        return _surname(self.words)

    @property
    def firsts(self) -> tuple[str, ...]:
        """The first name and the nickname: Ernest and Nipper of “Ernest ‘Nipper’ Dobson”."""
        return _firsts(self.words)


@lru_cache(maxsize=1 << 14)
def _surname(words: tuple[str, ...]) -> str:
    if words[0] in _FAMILY_FIRST and _is_family_first(words):
        return words[0]
    last = words[-2] if words[-1] in SUFFIXES and len(words) > 1 else words[-1]
    return last[3:] if last[2:3] == "-" and last[:2].lower() in _ARTICLES and len(last) > 3 else last


@lru_cache(maxsize=1 << 14)
def _firsts(words: tuple[str, ...]) -> tuple[str, ...]:
    nicknames = [word[1:-1] for word in words[1:] if word[0] in _QUOTES] if len(words) > 2 else ()
    first = words[1] if words[0] in _FAMILY_FIRST and _is_family_first(words) else words[0]
    return (first, *nicknames)


def _is_family_first(words: tuple[str, ...]) -> bool:
    """Whether a name starts with the surname: Park Mi-kyung, Zhang Lihua."""
    if len(words) != 2:
        return False
    given = words[1]
    return given.partition("-")[2].islower() or (given in _FIRST_NAMES and words[0] not in _FIRST_NAMES)


class _Parts(NamedTuple):
    """A run as taken apart: Judicial Watch | President | Tom Fitton."""

    before: tuple[str, ...]
    title: str
    words: tuple[str, ...]


@lru_cache(maxsize=1 << 14)
def _read_short(printed: str) -> Name | None:
    parts = _take_apart(printed)
    if parts is None:
        return None
    return Name(
        parts.words, parts.title if parts.title and parts.title not in _HONORIFICS else None, _GENDERS.get(parts.title)
    )


def read_name(printed: str) -> Name | None:
    """Return the name in a run of capitalised words; None if it is only a title or a function word."""
    return _read_short(printed) if len(printed) <= RUN_CHARACTERS else None


def words_before_title(printed: str) -> str:
    """Return what stands before the title in a run: "Judicial Watch" of "Judicial Watch President Tom Fitton"."""
    parts = _take_apart(printed) if len(printed) <= RUN_CHARACTERS else None
    return " ".join(parts.before) if parts and parts.title else ""


@lru_cache(maxsize=1 << 12)
def _take_apart(printed: str) -> _Parts | None:
    words = _bare((_POSSESSIVE.sub("", printed) if "’" in printed or "'" in printed else printed).split())
    words = words[: _letters(words)]
    for end in range(len(words) - 1, 0, -1):
        if words[end - 1] in _TITLE_ENDS and words[end] != "of" and words[end] not in _ORGANISATIONS["word"]:
            title = _title_ending(words, end)
            if title:
                first = end - len(title.split())
                return _Parts(tuple(words[:first]), title, tuple(words[end:]))
    for at in range(min(len(words) - 2, _BEFORE_FIRST), 0, -1):
        if words[at] in _FIRST_NAMES and words[at - 1].lower() in _TRADES:
            return _Parts(tuple(words[: at - 1]), words[at - 1], tuple(words[at:]))
    if not words or (words[-1] in _TITLE_ENDS and not _is_suffixed(words)):
        return None
    return _Parts((), "", tuple(_without_adjectives(words)))


def _letters(words: list[str]) -> int:
    """Return where the letters after a name start: Ola Brandt | KC; but no Labour MP."""
    end = len(words)
    while end > _FEWEST and words[end - 1] in _POSTNOMINALS:
        end -= 1
    is_name = end < len(words) and not any(
        word in _PLACES["adjective"] or word in _ORGANISATIONS["word"] or word in _ORGANISATIONS["name"]
        for word in words[:end]
    )
    return end if is_name else len(words)


def _is_suffixed(words: list[str]) -> bool:
    """Whether a title at the end is a surname after all: Larry King."""
    return len(words) == 2 and words[0] in _FIRST_NAMES


def _bare(words: list[str]) -> list[str]:
    """Take function words off the start and days off both ends."""
    first, end = 0, len(words)
    while first < end and (words[first].lower() in _NOT_NAMES or words[first] in _NOT_FIRST):
        first += 1
    while end > first and words[end - 1] in _WORDS["day"]:
        end -= 1
    return words[first:end]


def _without_adjectives(words: list[str]) -> list[str]:
    """Take nationality and party off a person's name: Texas Republican | Ola Brandt; but American Express."""
    first = 0
    while len(words) - first > 1 and (
        words[first] in _PLACES["adjective"] or words[first] in _PLACES["place"] or words[first] in _DESCRIBING
    ):
        first += 1
    return words[first:] if first and words[first] in _FIRST_NAMES else words


def _title_ending(words: list[str], end: int) -> str | None:
    """Return the longest title whose last word is the one before `end`."""
    for first in range(max(0, end - _TITLE_WORDS), end):
        title = " ".join(words[first:end])
        if title in _ROLES or title in _HONORIFICS:
            return title
    return None


@lru_cache(maxsize=1 << 14)
def nature(words: tuple[str, ...]) -> str:
    """Return what the words of a name say: person, organisation, place, member (of a people or party), or nothing."""
    printed = " ".join(words)
    for kind in ("place", "member"):
        if printed in _PLACES[kind]:
            return kind
    is_initialled = "." in (words[0][1:], words[:2][-1][1:])
    is_given = words[0] in _FIRST_NAMES or is_initialled or (words[0] in _FAMILY_FIRST and _is_family_first(words))
    if len(words) > 1 and is_given and words[-1] not in _ORGANISATIONS["word"]:
        return "organisation" if "&" in words else "person"
    if "&" in words:
        return "organisation"
    last = words[-1]
    is_short_form = len(last) > 1 and last.isupper() and (len(words) == 1 or not words[0].isupper())
    if (is_short_form and last not in SUFFIXES) or words[0] in _ORGANISATIONS["name"]:
        return "organisation"
    if printed in _ORGANISATIONS["name"] or not _ORGANISATIONS["word"].isdisjoint(words):
        return "organisation"
    return ""


def is_adjective(word: str) -> bool:
    """Whether a capitalised word is a nationality or party before a noun: Danish, Republican."""
    return word in _PLACES["adjective"]


def is_place(printed: str) -> bool:
    """Whether a name is that of a state, country or large city."""
    return printed in _PLACES["place"]


def is_first_name(word: str) -> bool:
    """Whether a word is a first name known here."""
    return word in _FIRST_NAMES


def first_name_gender(word: str) -> str | None:
    """Return the pronoun that a first name asks for, where it asks for one."""
    pronoun = _FIRST_NAMES.get(word)
    return None if pronoun == "they" else pronoun
