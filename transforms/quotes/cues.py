"""Reporting words: the verbs, and "according to", that tie a quotation to who said it."""

from collections.abc import Set
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from transforms.quotes.lexicon import read_cues, read_words
from transforms.quotes.model.tokens import Hashes, code_of

_LEMMAS = read_cues()
_WORDS = read_words()
ACCORDING = "according to"
CAN_ADDRESS = frozenset(
    {"tell", "ask", "inform", "assure", "remind", "warn", "say", "write", "advise", "promise", "reply"}
)
"""Cues whose object, or "to" with a noun, is whom they told."""
ABOUT = frozenset({"say", "write", "reply"})
"""Those of them that need "to", and whose passive tells of whom it is said: "the firm is said to be rich"."""


def _first_words(lemmas: Set[str]) -> set[str]:
    return {form.split()[0] for form, lemma in _LEMMAS.items() if lemma in lemmas}


def codes_of(words: Set[str]) -> Hashes:
    """Return the codes of words, sorted."""
    return np.unique(np.array([code_of(word) for word in words], dtype=np.uint64))


_ADDRESSING = CAN_ADDRESS - ABOUT | {"urge", "order", "instruct", "request", "report"}
ADDRESSING = codes_of(_first_words(_ADDRESSING))
"""Codes of the words whose object before a clause is whom they told: "told the owners that"."""
PLAIN = codes_of(_first_words({"say", "add"}))
"""Codes of the words whose object without a verb is no statement: "said goodbye"."""

TAKES_CLAUSE = _WORDS["clause"]
"""Cues after which a clause may follow at once: "Ames said Boyd called it unsafe"."""


FIRST_OF_TWO = frozenset(form.split()[0] for form in _LEMMAS if " " in form)
"""The first words, in small letters, of cues that have more than one."""


@lru_cache(maxsize=1 << 14)
def lemma_of(words: str) -> str | None:
    """Return the dictionary form of reporting words as printed; None if they are no known ones."""
    return _LEMMAS.get(" ".join(words.lower().split()))


@lru_cache(maxsize=1 << 14)
def statement_lemma(words: str) -> str | None:
    """Return the same of words that are known to report a statement: base forms and nouns count, too."""
    printed = " ".join(words.lower().split())
    word = printed.split()[-1]
    is_noun = word in _WORDS["statement_noun"]
    return lemma_of(printed) or lemma_of(word) or (word.removesuffix("s") if is_noun else _base(word))


def _base(word: str) -> str | None:
    return word if word in _WORDS["statement"] else None


_KNOWN = codes_of(_first_words(set(_LEMMAS.values())))


def is_known(codes: Hashes) -> npt.NDArray[np.bool_]:
    """Return whether each word, by its code, is a form of a listed cue, or the first word of one."""
    return found_in(_KNOWN, codes)[1]


def _statement_words() -> Hashes:
    """Return the words that report statements: forms of listed lemmas, the lemmas themselves, and nouns."""
    lemmas = _WORDS["statement"] | {ACCORDING, "point out"}
    return codes_of(_first_words(lemmas) | {lemma.split()[0] for lemma in lemmas} | _WORDS["statement_noun"])


_STATEMENT_WORDS = _statement_words()


def reports(codes: Hashes) -> npt.NDArray[np.bool_]:
    """Return whether each word, by its code, reports what somebody said: not what they thought, felt or showed."""
    return found_in(_STATEMENT_WORDS, codes)[1]


def found_in(table: Hashes, codes: Hashes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return the position of each code in a sorted table, and whether it is there."""
    at = np.minimum(np.searchsorted(table, codes), len(table) - 1)
    return at, table[at] == codes


def cue_levels(
    cue_counts: npt.NDArray[np.float64], counts: npt.NDArray[np.float64], known: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """Return how surely words report speech, from 0 to 3.

    Args:
        cue_counts: How often each word was part of a cue in gold.
        counts: How often it stood there at all.
        known: Whether it is a listed cue, which counts like a few more times.
    """
    probability = (cue_counts + np.where(known, 1.5, 0.1)) / (counts + 3)
    return np.digitize(probability, _LEVELS)


_LEVELS = (0.06, 0.2, 0.5)
