"""How much a raw file may be: no input takes more time or memory than its size allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

DEFAULT_MAX_ARTICLE_MB = 2.0
"""Longer than Ulysses, and ten times what a newspaper prints as one article. A worker takes 200 to 450 MB an MB."""

MOST_ARTICLE_MB = 2000
"""More cannot be asked for: offsets into a text are 32-bit numbers."""

MOST_MEMBERS = 1_000_000
"""Articles in one archive: each takes about a kilobyte of memory while a run plans."""

UNPACKED_SHARE = 100
"""An archive may unpack to so many times its size: text packs four to ten times smaller, a bomb a thousand times."""
_ALWAYS_UNPACKED = 64_000_000
"""What is smaller when unpacked harms nobody, however well it packs."""

MOST_SIDE_FILE_MB = 200
"""A side file of a million articles has about as many megabytes; it, or a corrections file, is read as a whole."""

TOO_LARGE = "larger than "
"""How the reason of a file begins that is rejected for its size."""

_MB = 1_000_000
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Limit:
    """How large one article may be.

    Attributes:
        megabytes: Unpacked; a megabyte is a million bytes.
    """

    megabytes: float = DEFAULT_MAX_ARTICLE_MB

    @property
    def bytes(self) -> int:
        """The same in bytes."""
        return int(self.megabytes * _MB)

    @property
    def reason(self) -> str:
        """Why a larger one is rejected."""
        return f"{TOO_LARGE}{self.megabytes:,g} MB (--max-article-mb)"


DEFAULT_LIMIT = Limit()


def was_too_large(reason: object) -> bool:
    """Return whether this is the reason of a file that was rejected for its size, by whatever limit."""
    return isinstance(reason, str) and reason.startswith(TOO_LARGE)


def most_unpacked(packed: int) -> int:
    """Return how many bytes an archive of a size may unpack to."""
    return max(packed * UNPACKED_SHARE, _ALWAYS_UNPACKED)


class Readable(Protocol):
    """What gives bytes."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, no more than so many; none at the end."""
        ...


def read_most(stream: Readable, most: int) -> bytes:
    """Return the next bytes of a stream, up to so many; a reader that is asked for all of them sets aside that much."""
    blocks = []
    while most > 0 and (block := stream.read(min(most, _BLOCK))):
        blocks.append(block)
        most -= len(block)
    return b"".join(blocks)
