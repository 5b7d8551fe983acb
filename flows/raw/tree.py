"""The raw tree: which files are there, and their bytes."""

from __future__ import annotations

import errno
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from flows.raw.archives import CONTAINER_ENDINGS, Member, is_container
from flows.raw.limits import DEFAULT_LIMIT, Limit, read_most
from flows.raw.opening import open_file, reason_of, what_else
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
        path: The file on disk; for a member, its archive.
        size: Bytes; for a member its own.
        modified: Modification time of the file on disk, microseconds since 1970.
        member: Its place in the archive.
        problem: Why it cannot be read, where looking at it already tells: a pipe, a link that leads nowhere.
    """

    raw_path: str
    path: Place
    size: int
    modified: int
    member: Member | None = None
    problem: str | None = None

    @property
    def is_container(self) -> bool:
        """Whether it holds articles as members."""
        return self.member is None and is_container(self.path.name)

    @property
    def archive_path(self) -> str:
        """The raw_path of the archive that it is a member of; else its own."""
        return self.raw_path.removesuffix(f"/{printable(self.member.name)}") if self.member else self.raw_path

    def with_member(self, member: Member) -> RawFile:
        """Return one of its members."""
        return replace(self, raw_path=f"{self.raw_path}/{printable(member.name)}", size=member.size, member=member)


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

    files: dict[str, RawFile]
    other_count: int
    include: tuple[str, ...] = INCLUDE
    limit: Limit = DEFAULT_LIMIT
    unlisted: dict[str, str] = field(default_factory=dict)

    def may_hold(self, raw_path: str) -> bool:
        """Return whether a file that was not found may be there all the same: in a folder that cannot be listed."""
        return any(raw_path.startswith(folder) for folder in self.unlisted)


def discover(
    root: Place, include: Sequence[str] = INCLUDE, exclude: Collection[Place] = (), limit: Limit = DEFAULT_LIMIT
) -> RawTree:
    """Return every raw file below a root.

    Hidden files and folders are passed over; links to folders are not followed, so no loop can be entered.

    Args:
        root: The raw root.
        include: Endings of what counts as raw, in any case.
        exclude: What is not part of it, should it lie below: the dataset, the side file.
        limit: How large an article may be.

    Raises:
        RawRootError: The root is not a readable folder.
    """
    if not root.is_dir():
        raise RawRootError(f"raw folder {root} is " + ("a file, not a folder" if root.exists() else "not there"))
    if isinstance(root, ObjectPath):
        return _discover_objects(root, include, exclude, limit)
    excluded = {path.resolve() for path in exclude if isinstance(path, Path)}
    found, other_count = [], 0
    errors: list[OSError] = []
    for folder, names, files in os.walk(root, onerror=errors.append):
        prefix = _prefix(root, folder)
        names[:] = [n for n in names if not n.startswith(".") and _is_wanted(folder, n, excluded)]
        for name in files:
            is_raw = is_raw_name(name, include) and _is_wanted(folder, name, excluded)
            if is_raw and (raw := _raw_file(os.path.join(folder, name), prefix + printable(name))):  # noqa: PTH118
                found.append(raw)
            else:
                other_count += 1
    by_path = {f.raw_path: f for f in sorted(found, key=lambda f: f.raw_path)}
    return RawTree(by_path, other_count, tuple(include), limit, _unlisted(root, errors))


def _discover_objects(root: ObjectPath, include: Sequence[str], exclude: Collection[Place], limit: Limit) -> RawTree:
    found, other_count = [], 0
    for path, status in root.list_below():
        name = path.relative_to(root).as_posix()
        if any(path.is_relative_to(place) for place in exclude) or not is_raw_name(name, include):
            other_count += 1
        else:
            found.append(RawFile(printable(name), path, status.st_size, status.st_mtime_ns // 1000))
    by_path = {f.raw_path: f for f in sorted(found, key=lambda f: f.raw_path)}
    return RawTree(by_path, other_count, tuple(include), limit)


def _prefix(root: Path, folder: str) -> str:
    """Return how the raw_paths of what lies in a folder begin."""
    return "" if folder == str(root) else f"{printable(os.path.relpath(folder, root))}/"


def _unlisted(root: Path, errors: Sequence[OSError]) -> dict[str, str]:
    """Return the folders that could not be listed; one that went while it was looked for is gone.

    Raises:
        RawRootError: The root is among them.
    """
    unlisted = {_prefix(root, str(e.filename)): reason_of(e) for e in errors if e.errno != errno.ENOENT}
    if "" in unlisted or any(str(e.filename) == str(root) for e in errors):
        raise RawRootError(f"cannot list {root}: {errors[0].strerror}")
    return dict(sorted(unlisted.items()))


def is_raw_name(name: str, include: Sequence[str]) -> bool:
    """Return whether a file of this name counts as raw: by its ending, and unless it, or a folder of it, is hidden."""
    if not name.casefold().endswith(tuple(ending.casefold() for ending in include)):
        return False
    return not any((part.startswith(".") and part not in _STEPS) or part == "__MACOSX" for part in name.split("/"))


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


def _is_wanted(folder: str, name: str, excluded: Collection[Path]) -> bool:
    if not any(name == path.name for path in excluded):  # a name is cheap to compare, a path is not
        return True
    return Path(folder, name).resolve() not in excluded


def _raw_file(path: str, raw_path: str) -> RawFile | None:
    """Return what lies under a raw name, with what is wrong if it is no file; None if it went meanwhile."""
    try:
        status = os.stat(path)  # noqa: PTH116 (many thousand files)
    except OSError as error:
        return _unreadable(path, raw_path, error)
    if problem := what_else(status.st_mode):
        return RawFile(raw_path, Path(path), 0, status.st_mtime_ns // 1000, problem=problem)
    return RawFile(raw_path, Path(path), status.st_size, status.st_mtime_ns // 1000)


def _unreadable(path: str, raw_path: str, error: OSError) -> RawFile | None:
    try:
        modified = os.lstat(path).st_mtime_ns // 1000
    except FileNotFoundError:
        return None
    except OSError:
        modified = 0
    leads_nowhere = error.errno in (errno.ENOENT, errno.ENOTDIR)
    problem = "a link that leads nowhere" if leads_nowhere else reason_of(error)
    return RawFile(raw_path, Path(path), 0, modified, problem=problem)
