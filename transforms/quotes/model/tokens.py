"""The tokens of a batch's lines, with the word class of each, as arrays."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from transforms.quotes.lexicon import read_cues, read_words
from transforms.quotes.model.lines import SPAN_MARK, Ints, Lines
from transforms.quotes.model.tagging import Facts, Flags, Letters, is_of
from transforms.quotes.model.tagging import in_context as tags_in_context
from transforms.quotes.model.tags import tags_of
from transforms.quotes.ranges import distinct, ranges, stretches

__all__ = ["Flags", "Hashes", "Letters", "Tokens", "code_of", "is_of", "read_tokens"]

Hashes = npt.NDArray[np.uint64]
_Scalar = TypeVar("_Scalar", bound=np.generic)

# White space, then a plain word (for speed alone), a word with what joins its parts and an abbreviation's stop, a
# clitic, or one mark. The branches tile any text, so that lengths alone give offsets. No token holds white space, and
# none but "No." before a number depends on what is beyond it.
_WORDS = read_words()
_STOPPED = "|".join(["(?<=\\b[A-Za-z]\\.)", *(rf"(?<=\b{word}\.)" for word in sorted(_WORDS["abbreviation"]))])
_TOKEN = re.compile(
    r"\s*(?:[A-Za-z]+(?=[ ,])|@?[^\W_]+(?:[-.&/][^\W_]+|(?<=\d),\d+|[’'](?!(?:s|d|ve|ll|re|m|S)\b)[^\W_]+)*"
    rf"(?:\.(?:{_STOPPED}|(?<=\bNo\.)(?=\s?\d)))?|[’'](?:s|d|ve|ll|re|m|S)\b|[^\w\s]|_)"
)
_ENDING = 4
_SHORT_WORD, _FEW_WORDS, _TITLED = 3, 4, 0.85
"""A line is in title case if it has a few long words, of which so many begin with a capital."""


_DTYPES = (np.uint8, np.uint8, np.uint64, np.uint64, np.bool_, np.bool_, np.bool_, np.bool_, np.bool_)
"""Of the fields of `Word`."""


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


@lru_cache(maxsize=1 << 16)
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
        starts: Offset of each in the lines' text.
        ends: Offset after each.
        tags: Class of each in its context, as character codes.
        ids: Which of the different words each is.
        vocabulary: The different words.
        word_codes: Hash of each different word in small letters.
        word_endings: Hash of the last letters of each different word.
        facts: What else is known of each by itself.
    """

    starts: Ints
    ends: Ints
    tags: Letters
    ids: Ints
    vocabulary: npt.NDArray[np.object_]
    word_codes: Hashes
    word_endings: Hashes
    facts: Facts

    @cached_property
    def words(self) -> list[str]:
        """The tokens themselves."""
        words: list[str] = self.vocabulary[self.ids].tolist()
        return words

    def codes(self, at: Ints) -> Hashes:
        """Return the hashes of tokens at some positions, in small letters."""
        return self.word_codes[self.ids[at]]

    def endings(self, at: Ints) -> Hashes:
        """Return the hashes of the last letters of tokens at some positions."""
        return self.word_endings[self.ids[at]]


def read_tokens(lines: Lines) -> Tokens:
    """Return the tokens of lines."""
    # What stands between two spaces is read once however often it is printed; "No. 5" needs a look beyond the space.
    chunks, ids = distinct(lines.text.replace("No. ", "No.\N{NO-BREAK SPACE}").split(" "))
    known = _read_chunks(chunks)
    places = np.cumsum(known.sizes[ids] + 1) - known.sizes[ids] - 1
    counts = known.counts[ids]
    at = ranges(known.first[ids], counts)
    starts = np.repeat(places, counts) + known.starts[at]
    lengths, of_words = known.lengths[at], known.ids[at]
    tags, initial, codes, endings, *flags = known.facts
    is_capital, is_cue, stands_alone, is_plural, is_base, is_that = (
        of[of_words] for of in (*flags, codes == np.uint64(code_of("that")))
    )
    is_titled = _are_titled(lines, starts, lengths > _SHORT_WORD, is_capital)
    known_of = (is_capital, is_cue, stands_alone, is_that, is_plural, is_base, is_titled)
    facts = Facts(tags[of_words], initial[of_words], *known_of)
    words = np.array(known.words, dtype=object)
    return Tokens(starts, starts + lengths, tags_in_context(facts), of_words, words, codes, endings, facts)


class _Chunks(NamedTuple):
    """Chunks of text with their tokens.

    Attributes:
        sizes: Characters of each chunk.
        first: Position of the first token of each.
        counts: How many it has.
        ids: Position in `words` of each token.
        starts: Offset of each token in its chunk.
        lengths: Characters of each token.
        words: The different tokens.
        facts: What is known of these by themselves: the fields of `Word`.
    """

    sizes: Ints
    first: Ints
    counts: Ints
    ids: Ints
    starts: Ints
    lengths: Ints
    words: Sequence[str]
    facts: Sequence[npt.NDArray[Any]]


def _read_chunks(chunks: Sequence[str]) -> _Chunks:
    sizes = np.fromiter(map(len, chunks), dtype=np.int64, count=len(chunks))
    places = np.cumsum(sizes + 1) - sizes - 1
    spaced = _TOKEN.findall(" ".join(chunks))
    words, ids = distinct([token.lstrip() for token in spaced])
    lengths = np.fromiter(map(len, words), dtype=np.int64, count=len(words))[ids]
    starts = np.cumsum(np.fromiter(map(len, spaced), dtype=np.int64, count=len(spaced))) - lengths
    first = np.searchsorted(starts, places)
    counts = np.diff(first, append=len(spaced))
    columns = zip(*map(_word, words), strict=True)
    facts: list[npt.NDArray[Any]] = [
        np.array(column, dtype=dtype) for column, dtype in zip(columns, _DTYPES, strict=True)
    ]
    return _Chunks(sizes, first, counts, ids, starts - np.repeat(places, counts), lengths, words, facts)


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
    new_ends = tokens.ends[chosen] + shifts
    new_ends[marks] = ends
    return Tokens(
        tokens.starts[chosen] + shifts,
        new_ends,
        tags_in_context(facts),
        closed(tokens.ids, len(tokens.word_codes)),
        np.append(tokens.vocabulary, SPAN_MARK),
        np.append(tokens.word_codes, np.uint64(mark.code)),
        np.append(tokens.word_endings, np.uint64(mark.ending)),
        facts,
    )


def _are_titled(lines: Lines, starts: Ints, is_long: Flags, is_capital: Flags) -> Flags:
    """Return which tokens are of lines whose long words nearly all have a capital."""
    of_lines = stretches(lines.starts, starts)
    size = len(lines.starts)
    longs = np.bincount(of_lines[is_long], minlength=size)
    capitals = np.bincount(of_lines[is_long & is_capital], minlength=size)
    return np.asarray(((longs >= _FEW_WORDS) & (capitals >= _TITLED * longs))[of_lines])
