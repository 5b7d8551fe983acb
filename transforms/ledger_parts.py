"""How a large ledger is cut into parts: by its paths alone, so that a row that comes or goes changes only its own part.

A part begins at a path whose hash says so. Whatever order files came in, the same rows are cut alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from zlib import crc32

MOST_ROWS = 1 << 17
"""A ledger of so many rows, or a part of it, is not cut; on average a part has a quarter of that."""
_BITS = 15
"""So many leading bits of a path's hash are zero where a part begins; one less each time that it is still too large."""

_SPREAD = 0x9E3779B1
"""Of numbered paths, many in a row may have alike bits in their checksums; not in these, times a large odd number."""


def begins_part(raw_path: str) -> bool:
    """Return whether a ledger that is cut is cut before a path, whatever the other paths are."""
    return bool(_cuts([raw_path], _BITS))


def cut(raw_paths: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield the parts of a ledger that is to be cut, or of its rows from one path that begins a part to another.

    Args:
        raw_paths: Sorted.
    """
    return _cut(raw_paths, _BITS)


def part_name(raw_path: str) -> str:
    """Return the name of the part that begins with a path."""
    return f"part-{hashlib.sha256(raw_path.encode()).hexdigest()[:16]}.parquet"


def _cuts(raw_paths: Sequence[str], bits: int) -> list[int]:
    """Return the positions of the paths before which is cut."""
    below = 1 << (32 - bits)
    return [n for n, path in enumerate(raw_paths) if crc32(path.encode()) * _SPREAD & 0xFFFFFFFF < below]


def _cut(raw_paths: Sequence[str], bits: int) -> Iterator[Sequence[str]]:
    for start, end in pairwise(sorted({0, *_cuts(raw_paths, bits), len(raw_paths)})):
        part = raw_paths[start:end]
        yield from _cut(part, bits - 1) if len(part) > MOST_ROWS else (part,)
