"""Archives and record files: many articles in one raw file."""

from __future__ import annotations

import re
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice
from typing import IO, Any

from flows.raw.limits import DEFAULT_LIMIT, MOST_MEMBERS, Limit, most_unpacked, read_most
from flows.raw.records import list_records
from flows.raw.streams import (
    TOO_MUCH,
    UNREADABLE,
    HeaderStream,
    Stream,
    UnreadableArchive,
    open_stream,
    open_unchanged,
    plain_reasons,
)
from flows.raw.zip_directories import count_entries
from flows.storage import Place

ZIP_ENDINGS = (".zip",)
TAR_ENDINGS = (".tar", ".tar.gz", ".tgz")
RECORD_ENDINGS = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
CONTAINER_ENDINGS = (*ZIP_ENDINGS, *TAR_ENDINGS, *RECORD_ENDINGS)

_NO_FILE = "a link or a device inside an archive, not a file"
_LONGEST_NAME = 1000
_KEPT_START, _KEPT_END = 900, 50
_NUMBER = re.compile(r"#\d+")
# A step this small keeps what bzip2 and LZMA unpack at once below 100 MB, whatever the directory says of its size.
_STEP = 4096


@dataclass(frozen=True, slots=True)
class Member:
    """One article's place in an archive.

    Attributes:
        name: Its name within the archive; unique there.
        offset: Of its first byte in the unpacked stream; for a zip, its position in the directory.
        size: Its bytes.
        is_record: Whether it is a JSON object, one a line.
        problem: Why it cannot be read, where listing it already tells.
    """

    name: str
    offset: int
    size: int
    is_record: bool = False
    problem: str | None = None


def is_container(name: str) -> bool:
    """Return whether a file name is that of an archive or record file."""
    return name.casefold().endswith(CONTAINER_ENDINGS)


def list_members(path: Place, limit: Limit = DEFAULT_LIMIT) -> list[Member]:
    """Return an archive's regular files, or a record file's records, in its own order.

    Names that occur twice are told apart by `#2`, `#3` …, in order: of records at the end, of files before the ending,
    by which they count as raw.

    Args:
        path: The archive.
        limit: How large an article may be: what is larger is listed and not looked into.

    Raises:
        UnreadableArchive: It is damaged, not what its name says, or holds or unpacks to too much.
    """
    name = path.name.casefold()
    lister = (
        _list_zip if name.endswith(ZIP_ENDINGS) else _list_tar if name.endswith(TAR_ENDINGS) else _list_lines
    )  # fmt: skip
    with plain_reasons(UNREADABLE):
        members = list(islice(lister(path, limit), MOST_MEMBERS + 1))
    if len(members) > MOST_MEMBERS:
        raise UnreadableArchive(_too_many())
    return _tell_apart(members)


@contextmanager
def open_members(
    path: Place, limit: Limit = DEFAULT_LIMIT, unpacked: Place | None = None, modified: int | None = None
) -> Iterator[Callable[[Member], bytes]]:
    """Open an archive once; inside the block, the given function returns a member's bytes.

    Args:
        path: The archive.
        limit: How large an article may be.
        unpacked: Its unpacked stream, where `unpack` wrote one.
        modified: Its modification time when it was listed, microseconds since 1970; None: it does not matter.

    Raises:
        UnreadableArchive: It, or one of the members, cannot be read, has changed, or is too large.
    """
    with plain_reasons(UNREADABLE):
        if path.name.casefold().endswith(ZIP_ENDINGS):
            with open_unchanged(path, modified) as file, zipfile.ZipFile(file) as archive:
                yield lambda member: _read_zip(archive, _readable(member, limit))
        elif unpacked and unpacked.exists():
            with unpacked.open("rb") as stream:
                yield lambda member: _read_slice(stream, _readable(member, limit))
        else:
            with open_stream(path, modified) as stream:
                yield lambda member: _read_slice(stream, _readable(member, limit))


def _readable(member: Member, limit: Limit) -> Member:
    if member.problem or member.size > limit.bytes:
        raise UnreadableArchive(member.problem or limit.reason)
    return member


def _list_zip(path: Place, limit: Limit) -> Iterator[Member]:
    with open_unchanged(path, None) as file:
        if count_entries(file, MOST_MEMBERS) > MOST_MEMBERS:
            raise UnreadableArchive(_too_many())
        yield from _entries(file, limit)


def _too_many() -> str:
    return f"holds more than {MOST_MEMBERS:,} articles; split it"


def _entries(file: IO[bytes], limit: Limit) -> Iterator[Member]:
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        size = file.seek(0, 2)
        # One piece of data can be the content of many members.
        if sum(e.file_size for e in entries if e.file_size <= limit.bytes) > most_unpacked(size):
            raise UnreadableArchive(TOO_MUCH)
        for i, entry in enumerate(entries):
            if not entry.is_dir():
                is_link = stat.S_ISLNK(entry.external_attr >> 16)  # its content would be the name of another file
                yield Member(_short(entry.filename), i, entry.file_size, problem=_NO_FILE if is_link else None)


def _list_tar(path: Place, _: Limit) -> Iterator[Member]:
    with open_stream(path, kind=HeaderStream) as stream:
        file: Any = stream
        with tarfile.open(fileobj=file, mode="r:") as archive:
            while entry := archive.next():
                if entry.size < 0:  # the next one would be looked for before it, again and again
                    raise UnreadableArchive(f"{UNREADABLE}: a member has less than no bytes")
                archive.members = []  # type: ignore[attr-defined]  # it would keep them all
                if not entry.isdir():
                    name = _short(entry.name.removeprefix("./"))
                    yield Member(name, entry.offset_data, entry.size, problem=_tar_problem(entry))


def _tar_problem(entry: tarfile.TarInfo) -> str | None:
    if entry.issparse():
        return "a file with holes inside an archive; unpack it first"
    return None if entry.isreg() else _NO_FILE


def _list_lines(path: Place, limit: Limit) -> Iterator[Member]:
    with open_stream(path) as stream:
        for record in list_records(stream, limit):
            yield Member(record.name, record.offset, record.size, is_record=True)


def _short(name: str) -> str:
    """Return a name of at most `_LONGEST_NAME` characters; a hash stands for the middle of a longer one."""
    if len(name) <= _LONGEST_NAME:
        return name
    digest = sha256(name.encode("utf-8", "backslashreplace")).hexdigest()[:32]
    return f"{name[:_KEPT_START]}…{digest}…{name[-_KEPT_END:]}"


def _tell_apart(members: list[Member]) -> list[Member]:
    taken = {m.name for m in members}
    times: dict[str, int] = {}
    out = []
    for m in members:
        times[m.name] = times.get(m.name, 0) + 1
        name = m.name
        if times[m.name] > 1:
            while (name := _numbered(m, times[m.name])) in taken:
                times[m.name] += 1
            taken.add(name)
        out.append(replace(m, name=name))
    return out


def _numbered(member: Member, number: int) -> str:
    """Return a member's name with a number; a hidden file, whose name begins with a dot, stays hidden."""
    name = member.name
    dot = -1 if member.is_record else name.find(".", name.rfind("/") + 2)
    return f"{name}#{number}" if dot < 0 else f"{name[:dot]}#{number}{name[dot:]}"


def _read_zip(archive: zipfile.ZipFile, member: Member) -> bytes:
    entries = archive.infolist()
    entry = entries[member.offset] if member.offset < len(entries) else None
    if entry is None or _bare(member.name) != _bare(_short(entry.filename)) or entry.file_size != member.size:
        raise UnreadableArchive("the archive changed while it was read")
    if entry.flag_bits & 1:
        raise UnreadableArchive("encrypted archive member")
    with plain_reasons("damaged archive member"), archive.open(entry) as stream:
        content = b"".join(iter(lambda: stream.read(_STEP), b""))
    return _whole(content, member, "damaged archive member")


def _read_slice(stream: IO[bytes] | Stream, member: Member) -> bytes:
    with plain_reasons("damaged archive member"):
        stream.seek(member.offset)
        content = read_most(stream, member.size)
    return _whole(content, member, "truncated archive")


def _bare(name: str) -> str:
    """Return a name without the numbers that tell members of one name apart."""
    return _NUMBER.sub("", name)


def _whole(content: bytes, member: Member, what: str) -> bytes:
    if len(content) < member.size:
        raise UnreadableArchive(what)
    return content
