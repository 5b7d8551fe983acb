"""How many members a zip has, before anything is made of its directory."""

from __future__ import annotations

import struct
from typing import IO

_END = b"PK\x05\x06"
_END_SIZE = 22
_LONGEST_COMMENT = 65_536
_LARGE_END, _LOCATOR = b"PK\x06\x06", b"PK\x06\x07"
"""Of the second end record, for what takes more than 32 bits; it and its locator lie between directory and end."""
_LARGE_END_SIZE, _LOCATOR_SIZE = 56, 20
_ENTRY = b"PK\x01\x02"
_BLOCK = 1 << 20


def count_entries(file: IO[bytes], most: int) -> int:
    """Return how many entries a zip's directory has, whatever the zip says of their number.

    The standard library makes an object of each before it tells how many there are. Where entries begin is told by
    their signature alone, which a name may hold, too: only hostile names do.

    Args:
        file: The zip.
        most: No more than one entry beyond so many is looked for.

    Returns:
        The number; 0 for what is no zip.
    """
    start, size = _directory(file)
    file.seek(start)
    count, rest = 0, b""
    while count <= most and size > 0 and (block := file.read(min(size, _BLOCK))):
        size -= len(block)
        count += (rest + block).count(_ENTRY)
        rest = block[1 - len(_ENTRY) :]
    return count


def _directory(file: IO[bytes]) -> tuple[int, int]:
    """Return where the directory begins, and its size: it ends where the end records begin.

    They are looked for as `zipfile` does it, or a zip could show each of the two another directory.
    """
    length = file.seek(0, 2)
    start = max(0, length - _END_SIZE - _LONGEST_COMMENT)
    tail = _read_at(file, start, length - start)
    is_last = tail[-_END_SIZE:].startswith(_END) and tail.endswith(b"\0\0")
    found = len(tail) - _END_SIZE if is_last else tail.rfind(_END)
    if not 0 <= found <= len(tail) - _END_SIZE:
        return 0, 0
    end = start + found
    (size,) = struct.unpack_from("<I", tail, found + 12)
    large = end - _LARGE_END_SIZE - _LOCATOR_SIZE
    record = _read_at(file, large, _LARGE_END_SIZE + _LOCATOR_SIZE) if large >= 0 else b""
    if record.startswith(_LARGE_END) and record[_LARGE_END_SIZE:].startswith(_LOCATOR):
        end, (size,) = large, struct.unpack_from("<Q", record, 40)
    return max(0, end - size), min(size, end)


def _read_at(file: IO[bytes], offset: int, size: int) -> bytes:
    file.seek(offset)
    return file.read(size)
