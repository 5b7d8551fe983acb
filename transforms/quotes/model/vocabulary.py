"""The tokens of the words of texts, each read once however often it is printed: what stands between two spaces."""

import re
import zlib
from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.quotes.lexicon import read_cues, read_words
from transforms.quotes.model.lines import Ints
from transforms.quotes.model.tags import tags_of
from transforms.quotes.ranges import Numbers

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
_MOST = 1 << 20
"""Chunks are kept until they have so many characters: those of some thousand articles, in some 30 MB."""


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
    return _code(word.lower())


def _code(lower: str) -> int:
    return zlib.crc32(lower.encode("utf-8", "surrogatepass"))


_ALONE = _WORDS["alone"]
_CUES = read_cues()
_BASES = _WORDS["statement"] - _CUES.keys()


def read_word(token: str) -> Word:
    """Return what is known of a token by itself."""
    tag, initial = tags_of(token)
    lower = token.lower()
    is_cue = lower in _CUES
    return Word(
        ord(tag),
        ord("V" if initial == "P" and is_cue else initial),  # Said Ames: “…”
        _code(lower),
        _code(token[-_ENDING:].lower()),
        token[0].isupper(),
        is_cue,
        lower in _ALONE,
        lower.endswith("s") and not lower.endswith("ss"),
        lower in _BASES,
    )


class Chunks(NamedTuple):
    """Chunks of text without a space, with their tokens.

    Attributes:
        sizes: Characters of each chunk.
        first: Position of the first token of each.
        counts: How many it has.
        ids: Position in `words` of each token.
        starts: Offset of each token in its chunk.
        words: The different tokens.
        lengths: Characters of each of these.
        facts: What is known of them by themselves: the fields of `Word`.
    """

    sizes: Ints
    first: Ints
    counts: Ints
    ids: Ints
    starts: Ints
    words: npt.NDArray[np.object_]
    lengths: Ints
    facts: tuple[npt.NDArray[Any], ...]


_NO_INTS = np.zeros(0, dtype=np.int64)
_NO_FACTS = tuple(np.zeros(0, dtype=dtype) for dtype in _DTYPES)
_NO_CHUNKS = Chunks(_NO_INTS, _NO_INTS, _NO_INTS, _NO_INTS, _NO_INTS, np.zeros(0, dtype=object), _NO_INTS, _NO_FACTS)


class _Vocabulary:
    """The chunks that were read so far, by number; those of one batch mostly stand in the next one again."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._forget()

    def _forget(self) -> None:
        self._chunks, self._words = Numbers(), Numbers()
        self._known = _NO_CHUNKS
        self._size = 0

    def read(self, chunks: Sequence[str]) -> tuple[Chunks, Ints]:
        """Return chunks among which are those given, and the position of each of these."""
        with self._lock:
            ids, new = self._chunks.of(chunks)
            if new:
                self._learn(new)
            known = self._known
            if self._size > _MOST:
                self._forget()
            return known, ids

    def _learn(self, chunks: Sequence[str]) -> None:
        known = self._known
        sizes = _lengths(chunks)
        places = np.cumsum(sizes + 1) - sizes - 1
        spaced = _TOKEN.findall(" ".join(chunks))
        ids, new = self._words.of([token.lstrip() for token in spaced])
        words, lengths = np.append(known.words, np.array(new, dtype=object)), np.append(known.lengths, _lengths(new))
        starts = np.cumsum(_lengths(spaced)) - lengths[ids]
        first = np.searchsorted(starts, places)
        counts = np.diff(first, append=len(spaced))
        self._size += int(sizes.sum())
        self._known = Chunks(
            np.append(known.sizes, sizes),
            np.append(known.first, first + len(known.ids)),
            np.append(known.counts, counts),
            np.append(known.ids, ids),
            np.append(known.starts, starts - np.repeat(places, counts)),
            words,
            lengths,
            _with_facts(known.facts, new),
        )


def _lengths(texts: Sequence[str]) -> Ints:
    return np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))


def _with_facts(facts: Sequence[npt.NDArray[Any]], words: Sequence[str]) -> tuple[npt.NDArray[Any], ...]:
    """Return the facts of words with those of further ones."""
    columns = zip(*map(read_word, words), strict=True) if words else [()] * len(facts)
    return tuple(np.append(of, np.array(new, dtype=of.dtype)) for of, new in zip(facts, columns, strict=True))


read_chunks = _Vocabulary().read
