"""The tokens of a batch's lines, with the word class of each, as arrays."""

import re
import zlib
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from transforms.quotes.lexicon import read_cues, read_words
from transforms.quotes.model.lines import SPAN_MARK, Ints, Lines
from transforms.quotes.model.tagging import Facts, Flags, Letters, is_of
from transforms.quotes.model.tagging import in_context as tags_in_context
from transforms.quotes.model.tags import tags_of

__all__ = ["Flags", "Hashes", "Letters", "Tokens", "code_of", "is_of", "read_tokens"]

Hashes = npt.NDArray[np.uint64]
_Scalar = TypeVar("_Scalar", bound=np.generic)

# White space, then a plain word (for speed alone), a word with what joins its parts and an abbreviation's stop, a
# clitic, or one mark. The branches tile any text, so that lengths alone give offsets.
_WORDS = read_words()
_STOPPED = "|".join(["(?<=\\b[A-Za-z]\\.)", *(rf"(?<=\b{word}\.)" for word in sorted(_WORDS["abbreviation"]))])
_TOKEN = re.compile(
    r"\s*(?:[A-Za-z]+(?=[ ,])|@?[^\W_]+(?:[-.&/][^\W_]+|(?<=\d),\d+|[’'](?!(?:s|d|ve|ll|re|m|S)\b)[^\W_]+)*"
    rf"(?:\.(?:{_STOPPED}|(?<=\bNo\.)(?=\s?\d)))?|[’'](?:s|d|ve|ll|re|m|S)\b|[^\w\s]|_)"
)
_ENDING = 4
_SHORT_WORD, _FEW_WORDS, _TITLED = 3, 4, 0.85
"""A line is in title case if it has a few long words, of which so many begin with a capital."""


class Word(NamedTuple):
    """What is known of a token by itself.

    Attributes:
        tag: Its class within a sentence, as a character code.
        initial_tag: Its class at the start of one.
        code: A hash of it in small letters.
        ending: A hash of its last letters.
        is_capital: Whether it starts with a capital.
        is_cue: Whether it is a form of a listed cue.
        stands_alone: Whether it is a determiner that may stand for somebody.
        is_plural: Whether it ends in a single "s".
        is_base: Whether it is the base form of a reporting verb.
    """

    tag: int
    initial_tag: int
    code: int
    ending: int
    is_capital: bool
    is_cue: bool
    stands_alone: bool
    is_plural: bool
    is_base: bool


def code_of(word: str) -> int:
    """Return the hash that stands for a word in features: the same in every process and on every machine."""
    return zlib.crc32(word.lower().encode("utf-8", "surrogatepass"))


_ALONE = _WORDS["alone"]
_CUES = read_cues()
_BASES = _WORDS["statement"] - _CUES.keys()


@lru_cache(maxsize=1 << 16)
def _word(token: str) -> Word:
    tag, initial = tags_of(token)
    lower = token.lower()
    is_cue = lower in _CUES
    initial = "V" if initial == "P" and is_cue else initial  # Said Ames: “…”
    codes = code_of(token), code_of(token[-_ENDING:])
    return Word(ord(tag), ord(initial), *codes, token[0].isupper(), is_cue, lower in _ALONE, *_form(lower))


def _form(lower: str) -> tuple[bool, bool]:
    return lower.endswith("s") and not lower.endswith("ss"), lower in _BASES


@dataclass(frozen=True)
class Tokens:
    """Tokens in the order of the lines; all arrays have one entry a token.

    Attributes:
        words: Themselves.
        starts: Offset of each in the lines' text.
        ends: Offset after each.
        tags: Class of each in its context, as character codes.
        codes: Hash of each in small letters.
        endings: Hash of the last letters of each.
        is_capital: Whether each starts with a capital.
        facts: What else is known of each by itself.
    """

    words: list[str]
    starts: Ints
    ends: Ints
    tags: Letters
    codes: Hashes
    endings: Hashes
    is_capital: npt.NDArray[np.bool_]
    facts: Facts


def read_tokens(lines: Lines) -> Tokens:
    """Return the tokens of lines."""
    spaced = _TOKEN.findall(lines.text)
    words = list(map(str.lstrip, spaced))
    lengths = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    ends = np.cumsum(np.fromiter(map(len, spaced), dtype=np.int64, count=len(words)))
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__  # a word not seen before gets the next number
    ids = np.fromiter(map(numbers.__getitem__, words), dtype=np.int64, count=len(words))
    known = [_word(word) for word in numbers] or [_word(".")]
    tags, initial = (np.array([fact[at] for fact in known], dtype=np.uint8)[ids] for at in (0, 1))
    codes = np.array([fact.code for fact in known], dtype=np.uint64)[ids]
    endings = np.array([fact.ending for fact in known], dtype=np.uint64)[ids]
    is_capital = np.array([fact.is_capital for fact in known], dtype=np.bool_)[ids]
    is_reporting = np.array([fact.is_cue for fact in known], dtype=np.bool_)[ids]
    stands_alone = np.array([fact.stands_alone for fact in known], dtype=np.bool_)[ids]
    is_plural = np.array([fact.is_plural for fact in known], dtype=np.bool_)[ids]
    is_base = np.array([fact.is_base for fact in known], dtype=np.bool_)[ids]
    starts = ends - lengths
    is_titled = _are_titled(lines, starts, lengths > _SHORT_WORD, is_capital)
    is_that = codes == np.uint64(code_of("that"))
    facts = Facts(tags, initial, is_capital, is_reporting, stands_alone, is_that, is_plural, is_base, is_titled)
    return Tokens(words, starts, ends, tags_in_context(facts), codes, endings, is_capital, facts)


def chosen_tokens(tokens: Tokens, chosen: Ints, shifts: Ints, marks: Ints, ends: Ints) -> Tokens:
    """Return some tokens, some of which become marks of spans, with the classes that follow from what is left.

    Args:
        tokens: The tokens.
        chosen: Those that are returned.
        shifts: How much later in the text each is now.
        marks: Positions among them of those that become marks.
        ends: Offset after each of the spans that these stand for.
    """

    def closed(values: npt.NDArray[_Scalar], of_marks: Any) -> npt.NDArray[_Scalar]:
        out = values[chosen]
        out[marks] = of_marks
        return out

    mark, known = _word(SPAN_MARK), tokens.facts
    facts = Facts(
        closed(known.tags, mark.tag),
        closed(known.initial_tags, mark.initial_tag),
        closed(known.is_capital, mark.is_capital),
        closed(known.is_cue, mark.is_cue),
        closed(known.stands_alone, mark.stands_alone),
        closed(known.is_that, False),
        closed(known.is_plural, False),
        closed(known.is_base, False),
        known.is_titled[chosen],
    )
    words = [tokens.words[at] for at in chosen.tolist()]
    for at in marks.tolist():
        words[at] = SPAN_MARK
    new_ends = tokens.ends[chosen] + shifts
    new_ends[marks] = ends
    return Tokens(
        words,
        tokens.starts[chosen] + shifts,
        new_ends,
        tags_in_context(facts),
        closed(tokens.codes, mark.code),
        closed(tokens.endings, mark.ending),
        facts.is_capital,
        facts,
    )


def _are_titled(lines: Lines, starts: Ints, is_long: Flags, is_capital: Flags) -> Flags:
    """Return which tokens are of lines whose long words nearly all have a capital."""
    of_lines = np.searchsorted(lines.starts, starts, side="right") - 1
    size = len(lines.starts)
    longs = np.bincount(of_lines[is_long], minlength=size)
    capitals = np.bincount(of_lines[is_long & is_capital], minlength=size)
    return np.asarray(((longs >= _FEW_WORDS) & (capitals >= _TITLED * longs))[of_lines])
