"""Raw files, the tree that they lie in, and their bytes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from flows.raw.archives import CONTAINER_ENDINGS, Member, is_container
from flows.raw.limits import DEFAULT_LIMIT, Limit, read_most
from flows.raw.opening import open_file
from flows.storage import ObjectPath, Place

INCLUDE = (".txt", ".txt.gz", *CONTAINER_ENDINGS)
"""Endings of what counts as raw, unless the user says otherwise."""


class RawRootError(ValueError):
    """The raw root cannot be read."""


class TooLarge(ValueError):
    """A file is larger than an article may be; the message is a reason a person understands."""


@dataclass(frozen=True, slots=True)
class RawFile:
    """One raw file, or one member of it.

    Attributes:
        raw_path: Path below the raw root as the tables give it; a name that is not UTF-8 has its bytes escaped.
        root: The raw root.
        size: Bytes; for a member its own.
        modified: Modification time of the file on disk, microseconds since 1970.
        member: Its place in the archive.
        problem: Why it cannot be read, where looking at it already tells: a pipe, a link that leads nowhere.
        place: Where it lies, if that is not its raw_path below the root; for a member, its archive.
    """

    raw_path: str
    root: Place
    size: int
    modified: int
    member: Member | None = None
    problem: str | None = None
    place: Place | None = None

    @property
    def path(self) -> Place:
        """The file on disk; for a member, its archive. It is not kept: a million take half a gigabyte."""
        return self.place or self.root / self.raw_path

    @property
    def is_container(self) -> bool:
        """Whether it holds articles as members."""
        return self.member is None and is_container(self.raw_path)

    @property
    def archive_path(self) -> str:
        """The raw_path of the archive that it is a member of; else its own."""
        return self.raw_path.removesuffix(f"/{printable(self.member.name)}") if self.member else self.raw_path

    def members(self, found: Iterable[Member]) -> Iterator[RawFile]:
        """Yield some of its members."""
        place = self.path
        for member in found:
            raw_path = f"{self.raw_path}/{printable(member.name)}"
            yield replace(self, raw_path=raw_path, size=member.size, member=member, place=place)


@dataclass(frozen=True)
class RawTree:
    """What lies below the raw root.

    Attributes:
        files: The raw files, by raw_path, in its order.
        other_count: Files that do not count as raw, by their endings.
        include: The endings that do.
        limit: How large an article may be.
        unlisted: Folders, as raw_paths begin with them, that cannot be looked into, with the reason.
    """

    files: Mapping[str, RawFile]
    other_count: int
    include: tuple[str, ...] = INCLUDE
    limit: Limit = DEFAULT_LIMIT
    unlisted: dict[str, str] = field(default_factory=dict)

    def may_hold(self, raw_path: str) -> bool:
        """Return whether a file that was not found may be there all the same: in a folder that cannot be listed."""
        return any(raw_path.startswith(folder) for folder in self.unlisted)


def is_raw_name(name: str, include: Sequence[str]) -> bool:
    """Return whether a file of this name counts as raw: by its ending, and unless it, or a folder of it, is hidden."""
    if not name.casefold().endswith(_folded(tuple(include))):
        return False
    if not name.startswith(".") and "/." not in name and "__MACOSX" not in name:  # nearly all: a million are asked for
        return True
    return not any((part.startswith(".") and part not in _STEPS) or part == "__MACOSX" for part in name.split("/"))


@cache
def _folded(include: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(ending.casefold() for ending in include)


# Parts of a path that name no folder: packers write `./a.txt`, and `../a.txt` of a file beside.
_STEPS = frozenset({".", ".."})


def read_bytes(file: RawFile, limit: Limit = DEFAULT_LIMIT) -> tuple[bytes, RawFile]:
    """Return a plain file's bytes, and the file with its size, and the time that it had before it was read.

    Who writes to it meanwhile gives it another time, by which the next run knows.

    Raises:
        TooLarge: It is larger than an article may be; no more of it than that is read.
        OSError: It cannot be read.
    """
    if isinstance(file.path, ObjectPath):
        whole, found = file.path.read_most(limit.bytes)
        if whole is None:
            raise TooLarge(limit.reason)
        return whole, replace(file, size=found.st_size, modified=found.st_mtime_ns // 1000)
    with open_file(file.path) as handle:
        status = os.fstat(handle.fileno())
        if status.st_size > limit.bytes or len(content := read_most(handle, limit.bytes + 1)) > limit.bytes:
            raise TooLarge(limit.reason)
    return content, replace(file, size=len(content), modified=status.st_mtime_ns // 1000)


def printable(name: str) -> str:
    r"""Return a file name as valid text: bytes that are not UTF-8 become `\xNN`, a backslash is doubled."""
    name = name.replace("\\", "\\\\")  # or two names could look alike
    try:
        return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # a lone surrogate that stands for no byte
        return name.encode("utf-8", "backslashreplace").decode()


def slashes(path: str) -> Iterator[int]:
    """Yield where the slashes of a path are."""
    end = path.find("/")
    while end >= 0:
        yield end
        end = path.find("/", end + 1)
