"""A disk that loses power: which of the writes that nobody synced are on it is not said.

All that POSIX promises: a file has the bytes that it had when fsync was last called for it, a folder the names. What
came later may be there or not, each operation by itself; a rename is one. No journaling file system is as harsh.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Names:
    """Names that a folder has from now on; None: has no more. One operation, however many names.

    Attributes:
        folder: Number of the folder's inode.
        names: Inode numbers by name.
    """

    folder: int
    names: Mapping[str, int | None]


@dataclass(frozen=True)
class Data:
    """Bytes that a file has from now on, at an offset; None: it ends there."""

    file: int
    offset: int
    content: bytes | None

    def __str__(self) -> str:
        return f"Data(file={self.file}, {len(self.content or b'')} bytes at {self.offset})"


@dataclass(frozen=True)
class Time:
    """The time that a folder has from now on, in nanoseconds since 1970."""

    folder: int
    modified: int


@dataclass(frozen=True)
class Sync:
    """All operations on an inode up to here are on the disk."""

    inode: int


Operation = Names | Data | Time | Sync


@dataclass
class Disk:
    """What is on a disk: folders, files and symbolic links by the numbers of their inodes; 0 is the root.

    Attributes:
        folders: Inode numbers by name, of each folder.
        files: Bytes of each file.
        links: Target of each symbolic link.
        times: When each folder was modified, if anybody set that; in nanoseconds since 1970.
    """

    folders: dict[int, dict[str, int]] = field(default_factory=lambda: {0: {}})
    files: dict[int, bytes] = field(default_factory=dict)
    links: dict[int, str] = field(default_factory=dict)
    times: dict[int, int] = field(default_factory=dict)

    def copy(self) -> Disk:
        """Return a disk of its own with the same on it; links never change, and are shared."""
        return Disk(
            {i: dict(names) for i, names in self.folders.items()}, dict(self.files), self.links, dict(self.times)
        )

    def apply(self, operation: Operation) -> None:
        """Do one operation."""
        if isinstance(operation, Names):
            names = self.folders.setdefault(operation.folder, {})
            for name, inode in operation.names.items():
                if inode is None:
                    names.pop(name, None)
                else:
                    names[name] = inode
        elif isinstance(operation, Time):
            self.times[operation.folder] = operation.modified
        elif isinstance(operation, Data):
            before = self.files.get(operation.file, b"")[: operation.offset].ljust(operation.offset, b"\0")
            after = self.files.get(operation.file, b"")[operation.offset + len(operation.content or b"") :]
            self.files[operation.file] = before + (operation.content + after if operation.content is not None else b"")

    def find(self, path: Path) -> int:
        """Return the inode of a path below the root; symbolic links in it are not followed.

        Raises:
            KeyError: It is not there.
        """
        inode = 0
        for part in path.parts:
            inode = self.folders[inode][part]
        return inode

    def look(self, without: Iterable[str] = ()) -> int:
        """Return a number for all that can be reached; disks that look the same have the same one, in one process.

        Args:
            without: Paths that do not count, nor what is below them.
        """
        hidden = set(without)
        seen: list[tuple[str, int]] = []
        stack = [("", 0)]
        while stack:
            path, inode = stack.pop()
            if inode in self.folders:
                seen.append((path, self.times.get(inode, 0)))
                below = self.folders[inode].items()
                stack += [(inner, i) for name, i in below if (inner := f"{path}/{name}") not in hidden]
            else:
                seen.append((path, hash(self.links.get(inode) or self.files.get(inode, b""))))
        return hash(frozenset(seen))

    def write_to(self, root: Path) -> None:
        """Make what is on the disk, below a folder that is not there yet. A file of two names has two."""
        made: dict[int, Path] = {}
        root.mkdir()
        folders = [(root, 0)]
        for folder, number in folders:
            for name, below in self.folders[number].items():
                path = folder / name
                if below in self.folders:
                    path.mkdir()
                    folders.append((path, below))
                elif below in self.links:
                    path.symlink_to(self.links[below])
                elif below in made:
                    path.hardlink_to(made[below])
                else:
                    path.write_bytes(self.files.get(below, b""))
                    made[below] = path
        for folder, number in folders:
            if number in self.times:
                os.utime(folder, ns=(self.times[number],) * 2)


def read_disk(root: Path) -> Disk:
    """Return a disk with what is in a folder, its inodes numbered anew; nothing, if it is not there."""
    disk = Disk()
    numbers: dict[int, int] = {}
    stack = [(root, 0)] if root.is_dir() else []
    while stack:
        folder, inode = stack.pop()
        for entry in sorted(os.scandir(folder), key=lambda e: e.name):
            number = numbers.setdefault(entry.inode(), len(numbers) + 1)
            disk.folders[inode][entry.name] = number
            if entry.is_symlink():
                disk.links[number] = str(Path(entry.path).readlink())
            elif entry.is_dir():
                disk.folders[number] = {}
                disk.times[number] = entry.stat().st_mtime_ns
                stack.append((Path(entry.path), number))
            else:
                disk.files[number] = Path(entry.path).read_bytes()
    return disk
