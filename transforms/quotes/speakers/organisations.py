"""The organisations of an article: their acronyms, their full names, and which one was named last."""

import bisect
import re
from functools import cached_property

from transforms.quotes.lexicon import read_list
from transforms.quotes.speakers.names import is_first_name, nature
from transforms.quotes.speakers.people import People
from transforms.quotes.speakers.runs import is_acting

_ACRONYM = re.compile(r"[(,](?:(?<= \()|(?<=,) (?:known as|or) (?:the )?)([A-Z][A-Za-z&]{1,9})(?=[),])")
_LONGEST_ACRONYM = 10
_BESIDE = read_list("beside.tsv", None)
_INSIDE = frozenset(_BESIDE["inside"])
_MEANT = frozenset(_BESIDE["meant"])
_COMMERCIAL = frozenset(_BESIDE["commercial"])
_KINDRED = {noun: frozenset(words) for noun, words in read_list("kindred.tsv", None).items()}
_NO_FIRM = frozenset(word for words in _KINDRED.values() for word in words)
_DATELINE = re.compile(r"[A-Z -]+(?:, [A-Z][\w .]+)?(?: \([^)\n]*\))? [—–-] ")
_FIRMS = 40
"""So many names before "the company" are counted."""
_FIRST_PART = re.compile(r"(?<![\w’'-])([A-Z][\w’'-]+(?: [A-Z][\w’'-]+){0,3}) (?:and|&) \Z")
_LONGEST = 120
_WORDS = 10
_NEAR = 700
"""So many characters before "the union" its name is looked for."""


class Organisations:
    """Names that are no person’s."""

    def __init__(self, text: str, people: People) -> None:
        """Prepare for an article; it is read when something is asked for."""
        self._text, self._people = text, people
        self._of_kind: dict[str, list[str]] = {}

    def full(self, name: str) -> str:
        """Return the full name of what is printed by its initials, or by the start of its name."""
        return name if len(name) > _LONGEST_ACRONYM else self._acronyms.get(name, name)

    def longest(self, name: str) -> str:
        """Return the fullest name that starts with a word: Acme | Acme Shipping Lines."""
        full = self.full(name)
        if " " in full:
            return full
        longer = self._by_first.get(full, set()) - {full}
        return min(longer, key=lambda other: (len(other), other)) if longer and len(longer) <= 2 else full

    def before(self, at: int, noun: str | None = None) -> str | None:
        """Return the organisation named last before an offset; with a noun, one that it may stand for.

        Args:
            at: The offset.
            noun: What it is called, in the singular: "union".
        """
        if noun in _MEANT:
            return None
        named = self._all
        last = bisect.bisect_left(named, (at,))
        near = [name for start, _, name in named[max(0, last - _WORDS) : last] if start >= at - _NEAR]
        kindred = [name for name in near if noun and _is_kindred(name, noun)] or self._kindred(noun)
        if kindred:
            return self.longest(kindred[-1])
        if noun in _COMMERCIAL:
            return self._firm(last)
        start = self._text.rfind("\n", 0, at)
        mine = [name for begin, _, name in named[max(0, last - _WORDS) : last] if begin > start]
        return self.longest(mine[-1]) if mine else self.longest(near[-1]) if near and noun is None else None

    def _firm(self, last: int) -> str | None:
        """Return the one named most of those named so far that may be a firm."""
        counts: dict[str, int] = {}
        for start, end, name in self._all[max(0, last - _FIRMS) : last]:
            full = self.longest(name)
            is_body = is_acting(self._text, end) or nature(tuple(name.split())) == "organisation"
            if is_body and _NO_FIRM.isdisjoint(full.lower().split()) and not _DATELINE.match(self._text, start):
                counts[full] = counts.get(full, 0) + 1
        return max(counts, key=lambda name: counts[name]) if counts else None

    def _kindred(self, noun: str | None) -> list[str]:
        """Return the only organisation of a kind that an article names, wherever."""
        if noun is None or noun in _COMMERCIAL:
            return []
        if noun not in self._of_kind:
            found = {self.longest(name) for _, _, name in self._all if _is_kindred(name, noun)}
            self._of_kind[noun] = list(found) if len(found) == 1 else []
        return self._of_kind[noun]

    def of_kind(self, noun: str) -> str | None:
        """Return the only organisation that an office may be of: the head teacher, Hexley Academy."""
        found = self._kindred(noun) if noun in _KINDRED else []
        return found[0] if found else None

    @cached_property
    def _by_first(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for _, _, name in self._all:
            found.setdefault(name.partition(" ")[0], set()).add(name)
        return found

    @cached_property
    def _all(self) -> list[tuple[int, int, str]]:
        return self._joined(self._people.others())

    def _joined(self, named: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
        """Return names with the part before “and” that belongs to them: Ulm Fire and | Rescue Service."""
        joined = []
        for start, end, name in named:
            if self._text[max(0, start - 2) : start] not in ("d ", "& "):
                joined.append((start, end, name))
                continue
            match = _FIRST_PART.search(self._text, max(0, start - _LONGEST // 2), start)
            is_part = match is not None and nature(tuple(match.group(1).split())) == ""
            if match and is_part and not is_first_name(match.group(1).split()[0]):
                start, name = match.start(1), self._text[match.start(1) : end]
            joined.append((start, end, name))
        return joined

    @cached_property
    def _acronyms(self) -> dict[str, str]:
        """Return the names that stand before their initials: Nurses’ and Midwives’ Federation (NMF)."""
        found: dict[str, str] = {}
        for match in _ACRONYM.finditer(self._text):
            short = match.group(1)
            before = self._text[max(0, match.start() - _LONGEST) : match.start()].rsplit("\n", 1)[-1].split()
            name = _spelt_out(before[-_WORDS:], short)
            if name and short not in found:
                found[short] = name
        return found


def _is_kindred(name: str, noun: str) -> bool:
    words = name.lower()
    return noun in words or not _KINDRED.get(noun, frozenset()).isdisjoint(words.split())


def _spelt_out(words: list[str], short: str) -> str | None:
    """Return the last words whose initials are an acronym, or come close: they start alike and are as many."""
    first = len(words)
    while first and (words[first - 1][0].isupper() or words[first - 1].lower() in _INSIDE):
        first -= 1
    words = words[first:]
    for start, word in enumerate(words):
        capitals = "".join(w[0] for w in words[start:] if w[0].isupper())
        every = "".join(w[0].upper() for w in words[start:])
        if word[0].isupper() and short.upper() in (capitals.upper(), every):
            return " ".join(words[start:]).removeprefix("The ")
    capital = [w for w in words if w[0].isupper() and w != "The"]
    return " ".join(words).removeprefix("The ").removeprefix("the ") if len(capital) == len(short) > 2 else None
