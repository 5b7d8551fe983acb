"""The bytes of archives as streams that give no more than they may."""

from __future__ import annotations

import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BufferedReader
from typing import IO, Any

from flows.raw.limits import DEFAULT_LIMIT, UNPACKED_SHARE, Limit, most_unpacked, read_most
from flows.raw.opening import open_file, status_of
from flows.storage import Place, write_through

# What the libraries raise on damaged bytes: beside their own errors, whatever a wrong length or code leads to.
_DAMAGED = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error,
    EOFError, OSError, RuntimeError, ValueError, ArithmeticError, LookupError,
)  # fmt: skip
UNREADABLE = "not a readable archive"
TOO_MUCH = f"unpacks to more than {UNPACKED_SHARE} times its size"
_BLOCK = 1 << 20
_LONGEST_HEADER = 1 << 20
"""Of a tar's member: it is read whole, and holds names and attributes."""


class UnreadableArchive(ValueError):
    """An archive, or a member of it, cannot be opened; the message is a reason a person understands."""


@contextmanager
def plain_reasons(what: str) -> Iterator[None]:
    """Turn whatever damaged bytes lead to into `UnreadableArchive`."""
    try:
        yield
    except UnreadableArchive:
        raise
    except _DAMAGED as error:
        told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UnreadableArchive(f"{what}: {told or type(error).__name__}") from error


class Stream:
    """An archive's unpacked bytes, no more of them than its size allows."""

    def __init__(self, stream: IO[bytes], most: int | None) -> None:
        self._stream = stream
        self._most = most
        self.tell = stream.tell

    def read(self, size: int) -> bytes:
        """Return the next bytes."""
        content = self._stream.read(size)
        self._refuse_beyond(self.tell())
        return content

    def readline(self, size: int) -> bytes:
        """Return the next bytes up to a line's end."""
        line = self._stream.readline(size)
        self._refuse_beyond(self.tell())
        return line

    def seek(self, offset: int) -> int:
        """Go to an offset; nothing is unpacked on the way to one that is too far away."""
        self._refuse_beyond(offset)
        return self._stream.seek(offset)

    def _refuse_beyond(self, offset: int) -> None:
        if self._most is not None and offset > self._most:
            raise UnreadableArchive(TOO_MUCH)


class HeaderStream(Stream):
    """A tar's bytes, of which its headers alone are read."""

    def read(self, size: int) -> bytes:
        """Return the next bytes."""
        if size > _LONGEST_HEADER:
            raise UnreadableArchive(f"{UNREADABLE}: a member's name and attributes are too long")
        return super().read(size)


def is_packed(name: str) -> bool:
    """Return whether its stream must be unpacked from the start to reach a member in the middle."""
    return name.casefold().endswith((".gz", ".tgz"))


@contextmanager
def open_unchanged(path: Place, modified: int | None) -> Iterator[BufferedReader]:
    """Open an archive's own bytes.

    Args:
        path: The archive.
        modified: Its modification time when it was listed, microseconds since 1970; None: it does not matter.

    Raises:
        UnreadableArchive: It has another time by now: members lie elsewhere in it.
        OSError: It cannot be read.
    """
    with open_file(path) as file:
        if modified is not None and status_of(file).st_mtime_ns // 1000 != modified:
            raise UnreadableArchive("the archive changed while it was read")
        yield file


@contextmanager
def open_stream(path: Place, modified: int | None = None, kind: type[Stream] = Stream) -> Iterator[Stream]:
    """Open an archive's unpacked bytes.

    Raises:
        UnreadableArchive: It has changed; see `open_unchanged`.
        OSError: It cannot be read.
    """
    with ExitStack() as stack:
        file = stack.enter_context(open_unchanged(path, modified))
        if not is_packed(path.name):
            yield kind(file, None)
            return
        most = most_unpacked(status_of(file).st_size)
        unpacked: Any = stack.enter_context(gzip.GzipFile(fileobj=file))
        yield kind(unpacked, most)


def unpack(path: Place, unpacked: Place, modified: int | None = None) -> None:
    """Write a packed archive's stream to a file, in which members are reached by their offsets.

    Raises:
        UnreadableArchive: It is damaged, unpacks to too much, or has changed; see `open_unchanged`.
        OSError: The file cannot be written.
    """
    with ExitStack() as stack:
        with plain_reasons(UNREADABLE):
            stream = stack.enter_context(open_stream(path, modified))
        file = stack.enter_context(write_through(unpacked))
        while block := _read_block(stream):
            file.write(block)


def _read_block(stream: Stream) -> bytes:
    with plain_reasons(UNREADABLE):
        return stream.read(_BLOCK)


def gunzip(content: bytes, limit: Limit = DEFAULT_LIMIT) -> bytes:
    """Return the unpacked bytes of a single packed file.

    Raises:
        UnreadableArchive: It is damaged, not packed at all, or too large when unpacked.
    """
    with plain_reasons("not readable gzip"), gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
        unpacked = read_most(stream, limit.bytes + 1)
    if len(unpacked) > limit.bytes:
        raise UnreadableArchive(limit.reason)
    return unpacked
