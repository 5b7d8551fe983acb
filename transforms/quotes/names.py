"""Names of people as printed: runs of capitalised words, their titles taken off, and the fullest form of each."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from transforms.quotes.lexicon import read_list, read_words

_WORDS = read_words()
_TITLES = read_list("titles.tsv", ",")
_ROLES = frozenset(_TITLES["role"])
_HONORIFICS = frozenset(_TITLES["honorific"])
_TITLE_ENDS = frozenset(title.split()[-1] for title in _ROLES | _HONORIFICS)
_TITLE_WORDS = max(len(title.split()) for title in _ROLES)
_GENDERS = {
    "Mr": "he",
    "Sir": "he",
    "Lord": "he",
    "Mrs": "she",
    "Ms": "she",
    "Miss": "she",
    "Dame": "she",
    "Lady": "she",
}
# Runs of capitalised words; a full stop belongs to an initial or a title only, so that no run crosses a sentence.
_SHORT_TITLES = (
    "Mr",
    "Mrs",
    "Ms",
    "Dr",
    "Sen",
    "Rep",
    "Gov",
    "Lt",
    "Gen",
    "Maj",
    "Brig",
    "Col",
    "Capt",
    "Sgt",
    "Prof",
    "Rev",
)
_STOPPED = "|".join(rf"(?<=\b{title})" for title in _SHORT_TITLES)
_CAPITAL = rf"[A-ZÀ-ÖØ-Þ](?:\w+(?:[’'-]\w+)*(?:(?:{_STOPPED})\.)?|\.(?= )|)"
_OFFICES = "|".join(rf"(?<=\b{word} )" for word in sorted(_WORDS["office"]))
_PARTICLE = rf"(?:(?=[dvbal])(?:de|van|von|der|den|bin|al|la|del) |(?=of )(?:{_OFFICES})of )?"
_RUN = re.compile(rf"{_CAPITAL}(?: {_PARTICLE}{_CAPITAL})*")
NAME_AT_END = re.compile(rf"{_RUN.pattern}(?:[’']s?)?\Z")
"""The name that a text ends with, its titles included."""
_POSSESSIVE = re.compile(r"[’']s?\Z")
_NOT_NAMES = frozenset(
    word
    for name in ("determiner", "preposition", "conjunction", "pronoun", "adverb", "auxiliary")
    for word in _WORDS[name]
)
_NAME_WORDS = 4
_FORMS = 50
"""So many full names are kept of one surname."""
_SUFFIXES = frozenset({"Jr", "Jr.", "Sr", "Sr.", "II", "III"})


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
        """The last word that is no suffix."""
        words = self.words
        return words[-2] if words[-1] in _SUFFIXES and len(words) > 1 else words[-1]


@lru_cache(maxsize=1 << 16)
def read_name(printed: str) -> Name | None:
    """Return the name in a run of capitalised words; None if it is only a title or a function word."""
    words = _POSSESSIVE.sub("", printed).split()
    while words and (words[0].lower() in _NOT_NAMES or words[0] in _WORDS["day"]):
        del words[0]
    for end in range(min(len(words) - 1, _TITLE_WORDS + _NAME_WORDS), 0, -1):
        if words[end - 1] in _TITLE_ENDS and (title := _title_ending(words, end)):
            return _titled(title, tuple(words[end:]))
    if not words or words[-1] in _TITLE_ENDS:
        return None
    return Name(tuple(words))


def _title_ending(words: list[str], end: int) -> str | None:
    """Return the longest title whose last word is the one before `end`."""
    for first in range(max(0, end - _TITLE_WORDS), end):
        title = " ".join(words[first:end])
        if title in _ROLES or title in _HONORIFICS:
            return title
    return None


def _titled(title: str, words: tuple[str, ...]) -> Name:
    return Name(words, title if title in _ROLES else None, _GENDERS.get(title.rstrip(".")))


def find_names(text: str, offset: int) -> list[tuple[int, Name]]:
    """Return the names in a text that starts at the offset, each with the offset of its run, in order."""
    return [
        (match.start() + offset, name)
        for match in _RUN.finditer(text)
        if (name := read_name(match.group())) is not None
    ]


class FullNames:
    """The fullest form of each surname of an article."""

    def __init__(self, names: Iterable[Name]) -> None:
        """Learn from the names of an article; those in headlines' capitals must not be among them."""
        self._by_surname: dict[str, set[tuple[str, ...]]] = {}
        for name in names:
            if 1 < len(name.words) <= _NAME_WORDS:
                forms = self._by_surname.setdefault(name.surname, set())
                if len(forms) < _FORMS:
                    forms.add(name.words)

    def knows(self, name: Name) -> bool:
        """Whether the surname is that of a full name of the article."""
        return name.surname in self._by_surname

    def expand(self, name: Name) -> str:
        """Return the fullest form of a name: itself, where none or several people fit."""
        forms = [form for form in self._by_surname.get(name.surname, ()) if not self._is_described(form)]
        if len(name.words) > 1:
            words = name.words[1:] if self._is_described(name.words) else name.words
            forms = [form for form in forms if form[0] == words[0] and set(words) <= set(form)]
        else:
            words = name.words
            forms = forms if len({form[0] for form in forms}) == 1 else []
        fullest = max((len(form), form) for form in [*forms, words])
        return " ".join(fullest[1])

    def _is_described(self, words: tuple[str, ...]) -> bool:
        """Whether the name also stands without its first word: "Singer Ann Lee" beside "Ann Lee"."""
        forms = self._by_surname.get(Name(words).surname, ())
        return len(words) > 2 and words[1:] in forms
