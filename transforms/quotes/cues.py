"""Reporting words: the verbs, and "according to", that tie a quotation to who said it."""

from typing import NamedTuple

from transforms.quotes.lexicon import read_list
from transforms.quotes.lines import Line

_LEMMAS = {form: lemma for lemma, forms in read_list("cues.tsv", ",").items() for form in forms}
_OPENERS = frozenset(form.split()[0] for form in _LEMMAS if " " in form)
"""First words of the forms of two words."""
ACCORDING = "according to"
_NO_INVERSION = frozenset({"tell", "call", "describe", "accuse", "blame", "quote", "inform", "assure"})


class Cue(NamedTuple):
    """Reporting words as tokens of a line, from `first` up to `end`, without it."""

    first: int
    end: int
    lemma: str

    @property
    def can_invert(self) -> bool:
        """Whether its subject may follow it: "said the mayor", but not "told the mayor"."""
        return self.lemma not in _NO_INVERSION


def cue_at(line: Line, at: int) -> Cue | None:
    """Return the cue that starts at a token."""
    word = line.words[at]
    if word == "According":
        word = "according"
    if word in _OPENERS and at + 1 < len(line.lowers):
        lemma = _LEMMAS.get(f"{word} {line.lowers[at + 1]}")
        if lemma:
            return Cue(at, at + 2, lemma)
    lemma = _LEMMAS.get(word)
    return Cue(at, at + 1, lemma) if lemma else None


def cue_before(line: Line, at: int, low: int) -> Cue | None:
    """Return the cue nearest before a token, none before the token `low`."""
    for position in range(at - 1, low - 1, -1):
        if cue := cue_at(line, position):
            return cue
    return None


def cue_after(line: Line, at: int, high: int) -> Cue | None:
    """Return the first cue from a token on, none from the token `high` on or beyond another quoted span."""
    for position in range(at, high):
        if line.is_quoted(position):
            return None
        if cue := cue_at(line, position):
            return cue
    return None
