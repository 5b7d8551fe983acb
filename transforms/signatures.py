"""MinHash signatures of bodies, over their 5-word shingles: made by numpy for many bodies at once.

Broder, "On the resemblance and containment of documents" (1997); the permutations are those of the scheme `affine32` of
datasketch 2.0. Signatures are stored, so a body has one for good.
"""

import re
import zlib
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from transforms.unusual import has_common_marks_only

SHINGLE_WORDS = 5
PERMUTATIONS = 128
STORED = np.dtype("<u4")

_Hashes = npt.NDArray[np.uint32]

_MARKS_ABOVE_ASCII = re.compile(r"[^\w\x00-\x7f]")
# In UTF-8 no byte of an ASCII character is part of another one.
_BLANK = ord(" ")
_BLANKED = bytes(b if b > 0x7F or chr(b).isalnum() or chr(b) == "_" else _BLANK for b in range(256))
_CRC_TABLE = np.array([zlib.crc32(bytes([b ^ 0xFF])) ^ 0xFF000000 for b in range(256)], np.uint32)
_LONGEST = 24
"""So many bytes of words are hashed side by side; of longer words there are few."""
# Powers of an odd number, 2**64 over the golden ratio (Knuth, TAOCP 3, 6.4): products wrap at 2**64.
_POWERS = np.array([pow(0x9E3779B97F4A7C15, i, 1 << 64) for i in range(1, SHINGLE_WORDS + 1)], np.uint64)
_RANDOM = np.random.RandomState(1)  # frozen: numpy promises the same numbers for good
_FACTORS = _RANDOM.randint(0, 1 << 31, PERMUTATIONS, np.uint32)[:, None] * np.uint32(2) + np.uint32(1)
_SUMMANDS = _RANDOM.randint(0, 1 << 32, PERMUTATIONS, np.uint32)[:, None]
_AT_ONCE = 1 << 18
"""Bodies of so many bytes are hashed at once, and so many products are made: they fit the processor's cache."""


def signatures(bodies: Sequence[str]) -> list[bytes | None]:
    """Return the signature of each body: 128 little-endian 32-bit minima; None below 5 words. Takes linear time."""
    return [signature for texts in _portions(list(map(_words, bodies))) for signature in _signatures(texts)]


def _words(body: str) -> bytes:
    """Return the case-folded words of a body, blanks around each."""
    if has_common_marks_only(body):
        return body.encode("ascii", "replace").lower().translate(_BLANKED)
    return _MARKS_ABOVE_ASCII.sub(" ", body.casefold()).encode().translate(_BLANKED)


def _portions(texts: list[bytes]) -> Iterator[list[bytes]]:
    portion: list[bytes] = []
    size = 0
    for text in texts:
        portion.append(text)
        size += len(text)
        if size >= _AT_ONCE:
            yield portion
            portion, size = [], 0
    yield portion


def _signatures(texts: list[bytes]) -> Iterator[bytes | None]:
    joined = b" ".join([b"", *texts, b""])
    starts, hashes = _hash_words(joined)
    shingles = _mix(_hash_shingles(hashes))
    ends = np.searchsorted(starts, np.cumsum([len(text) + 1 for text in texts]))
    first = 0
    for last in ends.tolist():
        own = shingles[first : max(first, last - SHINGLE_WORDS + 1)]
        yield _minima(own).astype(STORED).tobytes() if len(own) else None
        first = last


def _hash_words(text: bytes) -> tuple[npt.NDArray[np.int64], _Hashes]:
    """Return where the words of a text begin that starts and ends with a blank, and the CRC-32 of each."""
    letters = np.frombuffer(text, np.uint8)
    is_blank = letters == _BLANK
    edges = np.flatnonzero(is_blank[1:] != is_blank[:-1]) + 1
    starts, lengths = edges[::2], np.diff(edges)[::2]
    order = np.argsort(-np.minimum(lengths, _LONGEST + 1).astype(np.int8), kind="stable")
    at = starts[order]
    hashes = np.full(len(starts), 0xFFFFFFFF, np.uint32)
    for i in range(_LONGEST):
        longer = np.count_nonzero(lengths > i)
        before = hashes[:longer]
        hashes[:longer] = _CRC_TABLE[(before ^ letters[at[:longer] + i]) & 0xFF] ^ (before >> np.uint32(8))
    by_place = np.empty_like(hashes)
    by_place[order] = ~hashes
    for word in np.flatnonzero(lengths > _LONGEST).tolist():
        by_place[word] = zlib.crc32(text[starts[word] : starts[word] + lengths[word]])
    return starts, by_place


def _hash_shingles(words: _Hashes) -> _Hashes:
    """Return a hash of each run of 5 words: a polynomial of the words' own."""
    count = max(0, len(words) - SHINGLE_WORDS + 1)
    wide = words.astype(np.uint64)
    total = np.zeros(count, np.uint64)
    for i, power in enumerate(_POWERS):
        total += wide[i : i + count] * power
    return (total >> np.uint64(32)).astype(np.uint32)


def _mix(hashes: _Hashes) -> _Hashes:
    """Return hashes as the finalizer of MurmurHash3 spreads them: the permutations need that."""
    hashes = (hashes ^ (hashes >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    hashes = (hashes ^ (hashes >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return hashes ^ (hashes >> np.uint32(16))


def _minima(shingles: _Hashes) -> _Hashes:
    """Return the smallest value under each permutation."""
    step = _AT_ONCE // PERMUTATIONS
    parts = np.array([_minima_of(shingles[at : at + step]) for at in range(0, len(shingles), step)], np.uint32)
    minima: _Hashes = parts.min(axis=0)
    return minima


def _minima_of(shingles: _Hashes) -> _Hashes:
    permuted: _Hashes = _FACTORS * shingles  # wraps at 2**32, and so does the sum
    permuted += _SUMMANDS
    minima: _Hashes = permuted.min(axis=1)
    return minima
