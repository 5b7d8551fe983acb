"""The tokens of a batch's lines, with the word class of each, as arrays."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from transforms.quotes.model.lines import SPAN_MARK, Ints, Lines
from transforms.quotes.model.tagging import Facts, Flags, Letters, is_of
from transforms.quotes.model.tagging import in_context as tags_in_context
from transforms.quotes.model.vocabulary import code_of, read_chunks, read_word
from transforms.quotes.ranges import distinct, stretches

__all__ = ["Flags", "Hashes", "Letters", "Tokens", "code_of", "is_of", "read_tokens"]

Hashes = npt.NDArray[np.uint64]
_Scalar = TypeVar("_Scalar", bound=np.generic)

_SHORT_WORD, _FEW_WORDS, _TITLED = 3, 4, 0.85
"""A line is in title case if it has a few long words, of which so many begin with a capital."""


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
    # "No. 5" needs a look beyond the space.
    known, ids = read_chunks(lines.text.replace("No. ", "No.\N{NO-BREAK SPACE}").split(" "))
    sizes, counts = known.sizes[ids] + 1, known.counts[ids]
    of_chunks = np.repeat(np.arange(len(ids)), counts)
    at = (known.first[ids] - np.cumsum(counts) + counts)[of_chunks] + np.arange(len(of_chunks))
    of_known = known.ids[at]
    used, of_words = distinct(of_known, len(known.words))
    starts = (np.cumsum(sizes) - sizes)[of_chunks] + known.starts[at]
    lengths = known.lengths[of_known]
    tags, initial, codes, endings, *flags = (of[used] for of in known.facts)
    is_capital, is_cue, stands_alone, is_plural, is_base, is_that = (
        of[of_words] for of in (*flags, codes == np.uint64(code_of("that")))
    )
    is_titled = _are_titled(lines, starts, lengths > _SHORT_WORD, is_capital)
    known_of = (is_capital, is_cue, stands_alone, is_that, is_plural, is_base, is_titled)
    facts = Facts(tags[of_words], initial[of_words], *known_of)
    return Tokens(starts, starts + lengths, tags_in_context(facts), of_words, known.words[used], codes, endings, facts)


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

    mark, known = read_word(SPAN_MARK), tokens.facts
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
