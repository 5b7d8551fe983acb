"""Archives and record files: many articles in one raw file."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

ZIP_ENDINGS = (".zip",)
TAR_ENDINGS = (".tar", ".tar.gz", ".tgz")
RECORD_ENDINGS = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
CONTAINER_ENDINGS = (*ZIP_ENDINGS, *TAR_ENDINGS, *RECORD_ENDINGS)

# Fields that name a record, best first.
_RECORD_NAMES = ("id", "article_id", "url", "link", "uri")
# What the libraries raise on damaged bytes: beside their own errors, whatever a wrong length or code leads to.
_DAMAGED = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error,
    EOFError, OSError, RuntimeError, ValueError,
)  # fmt: skip


class UnreadableArchive(ValueError):
    """An archive, or a member of it, cannot be opened; the message is a reason a person understands."""


@dataclass(frozen=True, slots=True)
class Member:
    """One article's place in an archive.

    Attributes:
        name: Its name within the archive; unique there.
        offset: Of its first byte in the unpacked stream; for a zip, its position in the directory.
        size: Its bytes.
        is_record: Whether it is a JSON object, one a line.
    """

    name: str
    offset: int
    size: int
    is_record: bool = False


def is_container(name: str) -> bool:
    """Return whether a file name is that of an archive or record file."""
    return name.casefold().endswith(CONTAINER_ENDINGS)


def is_packed(name: str) -> bool:
    """Return whether its stream must be unpacked from the start to reach a member in the middle."""
    return name.casefold().endswith((".gz", ".tgz"))


def list_members(path: Path) -> list[Member]:
    """Return an archive's regular files, or a record file's records, in its own order.

    Names that occur twice are told apart by `#2`, `#3` …, in order.

    Raises:
        UnreadableArchive: It is damaged or not what its name says.
    """
    name = path.name.casefold()
    lister = (
        _list_zip if name.endswith(ZIP_ENDINGS) else _list_tar if name.endswith(TAR_ENDINGS) else _list_records
    )  # fmt: skip
    with _plain_reasons("not a readable archive"):
        return _tell_apart(list(lister(path)))


@contextmanager
def open_members(path: Path, unpacked: Path | None = None) -> Iterator[Callable[[Member], bytes]]:
    """Open an archive once; inside the block, the given function returns a member's bytes.

    Args:
        path: The archive.
        unpacked: Its unpacked stream, where `unpack` wrote one.

    Raises:
        UnreadableArchive: It, or one of the members, cannot be read.
    """
    with _plain_reasons("not a readable archive"):
        if path.name.casefold().endswith(ZIP_ENDINGS):
            with zipfile.ZipFile(path) as archive:
                yield lambda member: _read_zip(archive, member)
        else:
            with unpacked.open("rb") if unpacked else _open_stream(path) as stream:
                yield lambda member: _read_slice(stream, member)


def unpack(path: Path, unpacked: Path) -> None:
    """Write a packed archive's stream to a file, in which members are reached by their offsets.

    Raises:
        UnreadableArchive: It is damaged.
        OSError: The file cannot be written.
    """
    with gzip.open(path, "rb") as stream, unpacked.open("wb") as file:
        while block := _read_block(stream):
            file.write(block)


def _read_block(stream: gzip.GzipFile) -> bytes:
    with _plain_reasons("not a readable archive"):
        return stream.read(1 << 20)


def gunzip(content: bytes) -> bytes:
    """Return the unpacked bytes of a single packed file.

    Raises:
        UnreadableArchive: It is damaged or not packed at all.
    """
    with _plain_reasons("not readable gzip"):
        return gzip.decompress(content)


@contextmanager
def _plain_reasons(what: str) -> Iterator[None]:
    try:
        yield
    except UnreadableArchive:
        raise
    except _DAMAGED as error:
        raise UnreadableArchive(f"{what}: {str(error) or type(error).__name__}") from error


def _open_stream(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if is_packed(path.name) else path.open("rb")  # type: ignore[return-value]


def _list_zip(path: Path) -> Iterator[Member]:
    with zipfile.ZipFile(path) as archive:
        for i, entry in enumerate(archive.infolist()):
            if not entry.is_dir():
                yield Member(entry.filename, i, entry.file_size)


def _list_tar(path: Path) -> Iterator[Member]:
    with _open_stream(path) as stream, tarfile.open(fileobj=stream, mode="r:") as archive:
        for entry in archive:
            if entry.isreg():
                yield Member(entry.name, entry.offset_data, entry.size)


def _list_records(path: Path) -> Iterator[Member]:
    offset = 0
    with _open_stream(path) as stream:
        for line in stream:
            if line.strip():
                yield Member(_record_name(line), offset, len(line), is_record=True)
            offset += len(line)


def _record_name(line: bytes) -> str:
    """Return a record's id or URL, else a hash of it."""
    try:
        record: Any = json.loads(line)
    except (ValueError, RecursionError):
        record = None
    if isinstance(record, dict):
        for field in _RECORD_NAMES:
            value = record.get(field)
            if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
                return str(value).strip()
    return hashlib.sha256(line.strip()).hexdigest()[:32]


def _tell_apart(members: list[Member]) -> list[Member]:
    taken = {m.name for m in members}
    first: set[str] = set()
    out = []
    for m in members:
        name = m.name
        if name in first:
            name = next(n for i in itertools.count(2) if (n := f"{m.name}#{i}") not in taken)
        first.add(m.name)
        taken.add(name)
        out.append(replace(m, name=name))
    return out


def _read_zip(archive: zipfile.ZipFile, member: Member) -> bytes:
    entries = archive.infolist()
    entry = entries[member.offset] if member.offset < len(entries) else None
    if entry is None or not member.name.startswith(entry.filename) or entry.file_size != member.size:
        raise UnreadableArchive("the archive changed while it was read")
    if entry.flag_bits & 1:
        raise UnreadableArchive("encrypted archive member")
    with _plain_reasons("damaged archive member"):
        return archive.read(entry)


def _read_slice(stream: IO[bytes], member: Member) -> bytes:
    with _plain_reasons("damaged archive member"):
        stream.seek(member.offset)
        content = stream.read(member.size)
    if len(content) < member.size:
        raise UnreadableArchive("truncated archive")
    return content
