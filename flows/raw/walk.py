"""The walk: which files lie below the raw root."""

from __future__ import annotations

import errno
import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from flows.raw.limits import DEFAULT_LIMIT, Limit
from flows.raw.listing import Listing
from flows.raw.opening import reason_of, what_else
from flows.raw.tree import INCLUDE, RawFile, RawRootError, RawTree, is_raw_name, printable
from flows.storage import ObjectPath, Place


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
        raise RawRootError(
            f"raw folder {root} is "
            + ("a file, not a folder" if root.exists() else "not there: mount it, or name another one with --raw")
        )
    if isinstance(root, ObjectPath):
        return _discover_objects(root, include, exclude, limit)
    walk = _Walk(root, tuple(include), {path.resolve() for path in exclude if isinstance(path, Path)})
    files = Listing(root, walk.files())
    return RawTree(files, walk.other_count, tuple(include), limit, walk.unlisted())


def _discover_objects(root: ObjectPath, include: Sequence[str], exclude: Collection[Place], limit: Limit) -> RawTree:
    found: list[tuple[str, int, int]] = []
    odd: dict[str, RawFile] = {}
    other_count = 0
    for path, status in root.list_below():
        name = path.relative_to(root).as_posix()
        if any(path.is_relative_to(place) for place in exclude) or not is_raw_name(name, include):
            other_count += 1
            continue
        row = printable(name), status.st_size, status.st_mtime_ns // 1000
        found.append(row)
        if root / row[0] != path:
            odd[row[0]] = RawFile(row[0], root, row[1], row[2], place=path)
    return RawTree(Listing(root, (odd.get(row[0], row) for row in sorted(found))), other_count, tuple(include), limit)


class _Walk:
    def __init__(self, root: Path, include: Sequence[str], excluded: Collection[Path]) -> None:
        self._root, self._include, self._excluded = str(root), include, excluded
        self._place = root
        self._excluded_names = {path.name for path in excluded}  # a name is cheap to compare, a path is not
        self._errors: dict[str, OSError] = {}
        self._escaped: dict[str, str] = {}
        self.other_count = 0

    def files(self) -> Iterator[RawFile | tuple[str, int, int]]:
        """Yield the raw files in the order of their raw_paths; see `Listing`."""
        waiting = [self._entries("")]
        while waiting:
            raw_path = next(waiting[-1], None)
            if raw_path is None:
                waiting.pop()
            elif raw_path.endswith("/"):
                waiting.append(self._entries(raw_path))
            elif file := self._file(raw_path):
                yield file
            else:
                self.other_count += 1

    def unlisted(self) -> dict[str, str]:
        """Return the folders that could not be listed; one that went while it was looked for is gone.

        Raises:
            RawRootError: The root is among them.
        """
        if "" in self._errors:
            raise RawRootError(f"cannot list {self._root}: {self._errors[''].strerror}")
        unlisted = {prefix: reason_of(e) for prefix, e in self._errors.items() if e.errno != errno.ENOENT}
        return dict(sorted(unlisted.items()))

    def _entries(self, prefix: str) -> Iterator[str]:
        """Return the raw_paths of the raw names in a folder, and those of its folders with a / at the end.

        So they sort as the raw_paths of all that lies in them do.
        """
        folder = self._path(prefix)
        found = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    raw_path = self._look_at(entry, folder, prefix)
                    if raw_path:
                        found.append(raw_path)
        except OSError as error:
            self._errors[prefix] = error
            return iter(())
        found.sort()
        return iter(found)

    def _look_at(self, entry: os.DirEntry[str], folder: str, prefix: str) -> str | None:
        """Return the raw_path of a raw name or folder in a folder; None if it is neither."""
        name = entry.name
        is_folder = _is_folder(entry)
        is_raw = not (name.startswith(".") or entry.is_symlink()) if is_folder else is_raw_name(name, self._include)
        if not is_raw or not self._is_wanted(folder, name):
            self.other_count += not is_folder
            return None
        told = printable(name)
        raw_path = prefix + told + "/" * is_folder
        if told != name or prefix in self._escaped:
            self._escaped[raw_path] = entry.path
        return raw_path

    def _path(self, raw_path: str) -> str:
        return self._escaped.get(raw_path) or f"{self._root}/{raw_path}".removesuffix("/")

    def _is_wanted(self, folder: str, name: str) -> bool:
        return name not in self._excluded_names or Path(folder, name).resolve() not in self._excluded

    def _file(self, raw_path: str) -> RawFile | tuple[str, int, int] | None:
        """Return what lies under a raw name, with what is wrong if it is no file; None if it went meanwhile."""
        path, root = self._path(raw_path), self._place
        try:
            status = os.stat(path)  # noqa: PTH116 (many thousand files)
        except OSError as error:
            return _unreadable(root, path, raw_path, error)
        modified = status.st_mtime_ns // 1000
        if problem := what_else(status.st_mode):
            return RawFile(raw_path, root, 0, modified, problem=problem, place=Path(path))
        if raw_path in self._escaped:
            return RawFile(raw_path, root, status.st_size, modified, place=Path(path))
        return raw_path, status.st_size, modified


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _unreadable(root: Path, path: str, raw_path: str, error: OSError) -> RawFile | None:
    try:
        modified = os.lstat(path).st_mtime_ns // 1000
    except FileNotFoundError:
        return None
    except OSError:
        modified = 0
    leads_nowhere = error.errno in (errno.ENOENT, errno.ENOTDIR)
    problem = "a link that leads nowhere" if leads_nowhere else reason_of(error)
    return RawFile(raw_path, root, 0, modified, problem=problem, place=Path(path))
