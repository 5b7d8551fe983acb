"""Record files: JSON Lines, one article a line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from flows.raw.limits import Limit
from flows.raw.streams import Stream

# Fields that name a record, best first.
_RECORD_NAMES = ("id", "article_id", "url", "link", "uri")
_LONGEST_NAME = 1000
"""A longer id or address names nothing."""


class Record(NamedTuple):
    """One line.

    Attributes:
        name: Its id or URL, else a hash of it.
        offset: Of its first byte in the unpacked stream.
        size: Its bytes, line end included.
    """

    name: str
    offset: int
    size: int


def list_records(stream: Stream, limit: Limit) -> Iterator[Record]:
    """Yield the lines that are not blank; one that is too large is never in memory as a whole."""
    offset = 0
    while line := stream.readline(limit.bytes + 1):
        if len(line) > limit.bytes:
            record = _hash_rest(line, stream, offset)
        else:
            record = Record(_name(line) if line.strip() else "", offset, len(line))
        if record.name:
            yield record
        offset += record.size


def _hash_rest(block: bytes, stream: Stream, offset: int) -> Record:
    """Read to the end of a line that is too large, of which nothing but a hash and its size is kept."""
    digest, size = hashlib.sha256(), 0
    while block:
        size += len(block)
        digest.update(block.rstrip(b"\r\n"))
        block = b"" if block.endswith(b"\n") else stream.readline(len(block))
    return Record(digest.hexdigest()[:32], offset, size)


def _name(line: bytes) -> str:
    """Return a record's id or URL, else a hash of it."""
    try:
        record: Any = json.loads(line)
    except (ValueError, RecursionError):
        record = None
    if isinstance(record, dict):
        for field in _RECORD_NAMES:
            value = record.get(field)
            if isinstance(value, str | int) and not isinstance(value, bool):
                name = str(value).strip()
                if 0 < len(name) <= _LONGEST_NAME:
                    return name
    return hashlib.sha256(line.strip()).hexdigest()[:32]
