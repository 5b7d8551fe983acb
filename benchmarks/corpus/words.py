"""Words of some articles for which others of their kind can stand: names, acronyms, nouns; and numbers."""

from __future__ import annotations

import calendar
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from transforms.quotes.lexicon import read_list

_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
PIECE = re.compile(
    rf"(?P<kept>\b(?:{_MONTHS})[a-z]*\.? \d+|(?<![\w.,])(?:19|20)\d\d(?!\w))"
    r"|(?P<number>(?<![\w/:.,-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w/:-]))"
    r"|(?P<word>[^\W\d_]+(?:[’'-](?![st]\b)[^\W\d_]+)*)"
)
"""A word without its possessive, a number, or what of a date stays as it is."""
NUMBER = "number"
_NOUN = re.compile(r"[a-z]{2,}(?:tion|sion|ment|ness|ity|ism|ship|ance|ence)(?P<plural>s?)\Z")
_ADJECTIVE = re.compile(r"[a-z]{3,}(?:ous|ful|ive|able|ible|less)\Z")
_LEAST_LETTERS = 7
_SENTENCE_START = re.compile(r"(?:\A|[.!?:…\n“”\"‘])[\s“‘\"’”]*\Z")
_SHARE = 0.25
"""Of its appearances, before which a word stands that tells what it is."""
_LEAST_WORDS = 12
"""Of a kind; the few of a smaller one stay as they are."""
_PLACED = frozenset(("in", "at", "near", "from", "across", "outside"))


@dataclass
class _Use:
    """How a word is used: by what stands before it."""

    small: int = 0
    inner: int = 0
    after_name: int = 0
    placed: int = 0


@dataclass(frozen=True)
class Words:
    """The words that can change.

    Attributes:
        words: All of them, numbers too.
        slots: Where each stands in `words`.
        kinds: Positions of the words of a kind, in an order without meaning; numbers are a kind apart.
    """

    words: list[str]
    slots: Mapping[str, int]
    kinds: Mapping[str, list[int]]
    _sizes: dict[int, int] = field(default_factory=dict)

    def turns(self, slot: int) -> int:
        """Return how many other words can stand for a word; of numbers, which are not counted, 1."""
        if not self._sizes:
            sizes = {name: 1 if name == NUMBER else len(kind) - 1 for name, kind in self.kinds.items()}
            self._sizes.update((slot, sizes[name]) for name, kind in self.kinds.items() for slot in kind)
        return self._sizes[slot]


def collect_words(texts: Iterable[str]) -> Words:
    """Return the words of some texts that can change."""
    uses, numbers = _uses(texts)
    kinds: dict[str, list[str]] = {}
    for word in sorted(uses, key=lambda word: (zlib.crc32(word.encode()), word)):
        if kind := _kind(word, uses):
            kinds.setdefault(kind, []).append(word)
    kinds = {kind: words for kind, words in kinds.items() if len(words) >= _LEAST_WORDS}
    kinds[NUMBER] = sorted(numbers)
    words = [word for kind in kinds.values() for word in kind]
    slots = {word: slot for slot, word in enumerate(words)}
    return Words(words, slots, {name: [slots[word] for word in kind] for name, kind in kinds.items()})


def _uses(texts: Iterable[str]) -> tuple[dict[str, _Use], set[str]]:
    uses: dict[str, _Use] = {}
    numbers: set[str] = set()
    for paragraph in (paragraph for text in texts for paragraph in text.split("\n\n")):
        before = ""
        for match in PIECE.finditer(paragraph) if not _is_headline(paragraph) else ():
            if number := match["number"]:
                numbers.add(number)
            elif word := match["word"]:
                _note(uses.setdefault(word, _Use()), word, before, paragraph[: match.start()][-4:])
                before = word
    return uses, numbers


def _is_headline(paragraph: str) -> bool:
    words = [word for word in paragraph.split() if len(word) > 3]
    return sum(word[0].isupper() for word in words) > 0.6 * len(words)


def _note(use: _Use, word: str, before: str, gap: str) -> None:
    if not word[0].isupper():
        use.small += 1
    elif not _SENTENCE_START.search(gap):
        use.inner += 1
        use.after_name += before in _first_names() or before in _titles()
        use.placed += before in _PLACED


def _kind(word: str, uses: Mapping[str, _Use]) -> str | None:
    """Return a word's kind: others of it fit where it stands; None if it stays."""
    if len(word) == 1 or word.casefold() in _kept():
        return None
    if word.islower():
        return _kind_of_small(word)
    if word.isupper() and len(word) > 1:
        is_shout = word.lower() in uses or word.capitalize() in uses
        return None if is_shout else f"acronym of {len(word)}, {_article(word)}"
    return _kind_of_name(word, uses)


def _kind_of_small(word: str) -> str | None:
    if len(word) < _LEAST_LETTERS:
        return None
    if noun := _NOUN.match(word):
        return f"noun{noun['plural']}, {_article(word)}"
    return f"adjective in small letters, {_article(word)}" if _ADJECTIVE.match(word) else None


def _kind_of_name(word: str, uses: Mapping[str, _Use]) -> str | None:
    use, small = uses[word], uses.get(word.lower())
    if not use.inner or (small and small.small >= use.inner):
        return None
    if pronoun := _first_names().get(word):
        return f"first name, {pronoun}"
    if people := _peoples().get(word):
        return f"{people}{', plural' if word.endswith('s') else ''}, {_article(word)}"
    shape = "plain" if word.isalpha() and word[1:].islower() else "compound" if "-" in word else "inner capital"
    if use.after_name > _SHARE * use.inner:
        return f"surname, {shape}"
    kind = "place" if use.placed > _SHARE * use.inner else "name"
    return f"{kind}, {shape}, {_article(word)}"


def _article(word: str) -> str:
    """Return which article a word would have."""
    return "an" if word[0] in "AEIOUaeiou" else "a"


@cache
def _first_names() -> Mapping[str, str]:
    return {name: pronoun for pronoun, names in read_list("first_names.tsv", None).items() for name in names}


@cache
def _titles() -> frozenset[str]:
    return frozenset(word.rstrip(".") for titles in read_list("titles.tsv", ",").values() for t in titles
                     for word in t.split())  # fmt: skip


@cache
def _peoples() -> Mapping[str, str]:
    lists = read_list("places.tsv", ",")
    return {word: kind for kind in ("adjective", "member", "place") for word in lists[kind] if " " not in word}


@cache
def _kept() -> frozenset[str]:
    """Words that rules know by themselves, or that are the head of a name: what stands for them would mean less."""
    return frozenset(word.casefold() for word in _rule_words())


def _rule_words() -> Iterator[str]:
    yield from _titles()
    for names in read_list("organisations.tsv", None)["word"], *read_list("closed.tsv", None).values():
        yield from names
    for nouns in read_list("nouns.tsv", ",").values():
        yield from (word for noun in nouns for word in noun.split())
    yield from (*calendar.day_name, *calendar.month_name)
