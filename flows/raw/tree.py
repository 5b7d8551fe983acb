"""The raw tree: which files are there, and their bytes."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flows.raw.archives import CONTAINER_ENDINGS, Member, is_container

INCLUDE = (".txt", ".txt.gz", *CONTAINER_ENDINGS)
"""Endings of what counts as raw, unless the user says otherwise."""


class RawRootError(ValueError):
    """The raw root cannot be read."""


@dataclass(frozen=True, slots=True)
class RawFile:
    """One raw file, or one member of it.

    Attributes:
        raw_path: Path below the raw root as the tables give it; a name that is not UTF-8 has its bytes escaped.
        path: The file on disk; for a member, its archive.
        size: Bytes; for a member its own.
        modified: Modification time of the file on disk, microseconds since 1970.
        member: Its place in the archive.
    """

    raw_path: str
    path: Path
    size: int
    modified: int
    member: Member | None = None

    @property
    def is_container(self) -> bool:
        """Whether it holds articles as members."""
        return self.member is None and is_container(self.path.name)

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
    """

    files: dict[str, RawFile]
    other_count: int
    include: tuple[str, ...] = INCLUDE


def discover(root: Path, include: Sequence[str] = INCLUDE, exclude: Collection[Path] = ()) -> RawTree:
    """Return every raw file below a root.

    Hidden files and folders are passed over; links to folders are not followed, so no loop can be entered.

    Args:
        root: The raw root.
        include: Endings of what counts as raw, in any case.
        exclude: What is not part of it, should it lie below: the dataset, the side file.

    Raises:
        RawRootError: The root is not a readable folder.
    """
    if not root.is_dir():
        raise RawRootError(f"raw folder {root} is " + ("a file, not a folder" if root.exists() else "not there"))
    excluded = {path.resolve() for path in exclude}
    found, other_count = [], 0
    for folder, names, files in os.walk(root, onerror=_refuse):
        prefix = "" if folder == str(root) else f"{printable(os.path.relpath(folder, root))}/"
        names[:] = [n for n in names if not n.startswith(".") and _is_wanted(folder, n, excluded)]
        for name in files:
            is_raw = is_raw_name(name, include) and _is_wanted(folder, name, excluded)
            if is_raw and (raw := _raw_file(os.path.join(folder, name), prefix + printable(name))):  # noqa: PTH118
                found.append(raw)
            else:
                other_count += 1
    by_path = {f.raw_path: f for f in sorted(found, key=lambda f: f.raw_path)}
    return RawTree(by_path, other_count, tuple(include))


def is_raw_name(name: str, include: Sequence[str]) -> bool:
    """Return whether a file of this name counts as raw: by its ending, and unless it, or a folder of it, is hidden."""
    if not name.casefold().endswith(tuple(ending.casefold() for ending in include)):
        return False
    return not any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


def read_bytes(file: RawFile) -> tuple[bytes, RawFile]:
    """Return a plain file's bytes, and the file with the size and time that it had when it was read.

    Raises:
        OSError: It cannot be read.
    """
    with file.path.open("rb") as handle:
        content = handle.read()
        status = os.fstat(handle.fileno())
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
    """Return the file, or None if it is not a regular one (a pipe, a dangling link)."""
    try:
        status = os.stat(path)  # noqa: PTH116 (many thousand files)
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return RawFile(raw_path, Path(path), status.st_size, status.st_mtime_ns // 1000)


def _refuse(error: OSError) -> None:
    raise RawRootError(f"cannot list {error.filename}: {error.strerror}")
