"""The tokens of a batch's lines, with the word class of each, as arrays."""

import re
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.quotes.lexicon import read_list
from transforms.quotes.model.lines import Ints, Lines
from transforms.quotes.model.tags import tags_of

Letters = npt.NDArray[np.uint8]
Hashes = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

# White space, then a word with what joins its parts and an abbreviation's stop, or a clitic, or one mark. The branches
# tile any text, so that lengths alone give offsets.
_SHORT = [
    "Mr",
    "Mrs",
    "Ms",
    "Dr",
    "Sen",
    "Rep",
    "Gov",
    "Lt",
    "Gen",
    "Col",
    "Capt",
    "Sgt",
    "Prof",
    "Rev",
    "St",
    "Jr",
    "Sr",
    "Reps",
    "Sens",
    "Maj",
    "Brig",
    "Inc",
    "Corp",
    "Co",
    "Ltd",
    "Hon",
    "Det",
]
_STOPPED = "|".join(["(?<=\\b[A-Za-z]\\.)", *(rf"(?<=\b{word}\.)" for word in _SHORT)])
_TOKEN = re.compile(
    r"\s*(?:@?[^\W_]+(?:[-.&/][^\W_]+|(?<=\d),\d+|[’'](?!(?:s|d|ve|ll|re|m|S)\b)[^\W_]+)*"
    rf"(?:\.(?:{_STOPPED}))?|[’'](?:s|d|ve|ll|re|m|S)\b|[^\w\s]|_)"
)
_ENDING = 4


class Word(NamedTuple):
    """What is known of a token by itself.

    Attributes:
        tag: Its class within a sentence, as a character code.
        initial_tag: Its class at the start of one.
        code: A hash of it in small letters.
        ending: A hash of its last letters.
        is_capital: Whether it starts with a capital.
        is_cue: Whether it is a form of a listed cue.
    """

    tag: int
    initial_tag: int
    code: int
    ending: int
    is_capital: bool
    is_cue: bool


def code_of(word: str) -> int:
    """Return the hash that stands for a word in features: the same in every process and on every machine."""
    return zlib.crc32(word.lower().encode("utf-8", "surrogatepass"))


_CUES = frozenset(form for forms in read_list("cues.tsv", ",").values() for form in forms)


def is_cue(word: str) -> bool:
    """Whether a word is a form of a listed cue."""
    return word.lower() in _CUES


@lru_cache(maxsize=1 << 16)
def _word(token: str) -> Word:
    tag, initial = tags_of(token)
    initial = "V" if initial == "P" and is_cue(token) else initial  # Said Ames: “…”
    return Word(ord(tag), ord(initial), code_of(token), code_of(token[-_ENDING:]), token[0].isupper(), is_cue(token))


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
    """

    words: list[str]
    starts: Ints
    ends: Ints
    tags: Letters
    codes: Hashes
    endings: Hashes
    is_capital: npt.NDArray[np.bool_]


def read_tokens(lines: Lines) -> Tokens:
    """Return the tokens of lines."""
    spaced = _TOKEN.findall(lines.text)
    words = list(map(str.lstrip, spaced))
    lengths = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    ends = np.cumsum(np.fromiter(map(len, spaced), dtype=np.int64, count=len(words)))
    numbers: dict[str, int] = {}
    ids = np.fromiter((numbers.setdefault(w, len(numbers)) for w in words), dtype=np.int64, count=len(words))
    facts = [_word(word) for word in numbers] or [_word(".")]
    tags, initial = (np.array([fact[at] for fact in facts], dtype=np.uint8)[ids] for at in (0, 1))
    codes = np.array([fact.code for fact in facts], dtype=np.uint64)[ids]
    endings = np.array([fact.ending for fact in facts], dtype=np.uint64)[ids]
    is_capital = np.array([fact.is_capital for fact in facts], dtype=np.bool_)[ids]
    is_reporting = np.array([fact.is_cue for fact in facts], dtype=np.bool_)[ids]
    in_context = _in_context(tags, initial, is_capital, is_reporting)
    return Tokens(words, ends - lengths, ends, in_context, codes, endings, is_capital)


def is_of(letters: Letters, wanted: str) -> Flags:
    """Return which letters (classes of tokens, kinds of phrases) are among those wanted."""
    table = np.zeros(256, dtype=np.bool_)
    table[[ord(letter) for letter in wanted]] = True
    return table[letters]


def _shifted(tags: Letters, by: int) -> Letters:
    """Return the class of the token `by` later (earlier, if negative); at the edges that of a line's end."""
    out = np.full_like(tags, ord("|"))
    if by < 0:
        out[-by:] = tags[:by]
    else:
        out[:-by] = tags[by:]
    return out


def _in_context(tags: Letters, initial: Letters, is_capital: Flags, is_cue: Flags) -> Letters:
    """Return the classes of tokens beside each other: what no word list can tell."""
    starts = is_of(_shifted(tags, -1), '.|?!:#"')
    starts |= is_of(_shifted(tags, -1), "Q") & ~is_of(_shifted(tags, -2), ",")
    tags = np.where(starts & (is_cue | ~is_of(_shifted(tags, 1), "PH")), initial, tags)
    before, after = _shifted(tags, -1), _shifted(tags, 1)
    is_verb = is_of(tags, "VG")
    tags = np.where(tags == ord("Y"), np.where(is_of(before, "PH"), ord("P"), ord("M")), tags)
    tags = np.where(is_capital & is_of(tags, "XI") & is_of(before, "PH") & is_of(after, ",V'"), ord("P"), tags)
    tags = np.where((tags == ord("'")) & is_of(before, "RWSB"), ord("Z"), tags)
    tags = np.where(is_verb & is_of(before, "DA'") & ~is_of(after, "NPAH"), ord("N"), tags)
    tags = np.where(is_verb & is_of(before, "DA'") & is_of(after, "NPAH"), ord("A"), tags)
    tags = np.where((tags == ord("A")) & is_of(before, "NPAD") & is_of(after, "XZV"), ord("N"), tags)
    tags = np.where((tags == ord("N")) & is_cue & is_of(before, "NPC") & is_of(after, "QS:"), ord("V"), tags)
    return np.where((tags == ord("N")) & is_of(before, "RWX") & ~is_of(after, "VXZ"), ord("V"), tags).astype(np.uint8)
