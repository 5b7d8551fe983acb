"""Runs of capitalised words in an article, outside its headlines."""

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from transforms.quotes.lexicon import read_list
from transforms.quotes.marks import HEADLINES, Paragraph
from transforms.quotes.speakers.names import RUN, RUN_CHARACTERS, Name, is_first_name, nature, read_name
from transforms.quotes.speakers.nouns import NOUNS

_ACTS = "|".join(read_list("beside.tsv", None)["acting"])
_ACTING = re.compile(rf"(?:, which|,? (?:{_ACTS}))\b")
_BODIES = "|".join(read_list("beside.tsv", None)["modified"])
_MODIFYING = re.compile(rf" (?:[a-z]+ )?(?:{_BODIES})\b")
_BEFORE = 16
_READ = 3
"""So many places of a name are looked at for what it does."""


class Run(NamedTuple):
    """What a run of capitalised words says by itself.

    Attributes:
        name: The name in it.
        surname: Its surname.
        kind: Its nature.
        is_titled: Whether an office or honorific stands before it.
        size: How many words it has.
        full: Its words, as one text.
        is_given: Whether it is a first name known here, and nothing else.
    """

    name: Name
    surname: str
    kind: str
    is_titled: bool
    size: int
    full: str
    is_given: bool


@lru_cache(maxsize=1 << 14)
def read_run(printed: str) -> Run | None:
    """Return what a run says; None if it is no name. It is kept: give no run longer than `RUN_CHARACTERS`."""
    name = read_name(printed)
    if name is None:
        return None
    words = name.words
    is_titled, full = bool(name.role or name.gender), " ".join(words)
    return Run(name, name.surname, nature(words), is_titled, len(words), full, is_first_name(printed))


def find_runs(text: str, paragraphs: Sequence[Paragraph]) -> dict[str, list[int]]:
    """Return where each run of capitalised words stands that may be a name."""
    positions: defaultdict[str, list[int]] = defaultdict(list)
    for _, kind, printed, start in paragraphs:
        if kind not in HEADLINES:
            for match in RUN.finditer(text, start, start + len(printed)):
                positions[match[0]].append(match.start())
    return {run: places for run, places in positions.items() if len(run) <= RUN_CHARACTERS}


def has_article(text: str, printed: str, at: int) -> bool:
    """Whether a run stands after "the", as names of things do."""
    return printed.startswith("The ") or text[max(0, at - 4) : at].lower() == "the "


def is_labelled(text: str, at: int) -> bool:
    """Whether the noun of a body stands before a name: the wine company | Chalone."""
    words = text[max(0, at - _BEFORE) : at].rsplit(None, 1)
    return bool(words) and words[-1] in NOUNS["body"] and text[at - 1 : at] == " "


def is_acting(text: str, end: int) -> bool:
    """Whether a name is followed by what bodies do: Acme | employs."""
    return _ACTING.match(text, end) is not None


def is_thing(text: str, printed: str, places: Sequence[int]) -> bool:
    """Whether a name that is nobody's looks like a body's: it acts as one, or has an article and stands by itself."""
    if any(is_acting(text, at + len(printed)) for at in places[:_READ]):
        return True
    at = places[0]
    return has_article(text, printed, at) and _MODIFYING.match(text, at + len(printed)) is None
