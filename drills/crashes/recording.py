"""strace's log of what a process did below a folder, as operations on a disk."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from drills.crashes.disk import Data, Disk, Names, Operation, Sync, Time

_LINE = re.compile(r"\d+ +(?P<name>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+)(?P<rest>.*)")
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_HANDLE = re.compile(r"(?P<number>AT_FDCWD|\d+)<(?P<path>[^>]*)>")
_TIME = re.compile(r"tv_sec=(\d+), tv_nsec=(\d+)")


class Recording:
    """What one process did below a folder.

    Attributes:
        live: The disk as the process sees it.
        operations: What it did, in its order.
    """

    def __init__(self, root: Path, before: Disk) -> None:
        self._root = root
        self._before = before
        self.live = before.copy()
        self.operations: list[Operation] = []
        self._next = 1 + max((0, *before.folders, *before.files, *before.links))
        self._offsets: dict[str, int | None] = {}

    @property
    def before(self) -> Disk:
        """The disk before; folders that were made meanwhile are there, empty and without a name."""
        disk = self._before.copy()
        for inode in self.live.folders:
            disk.folders.setdefault(inode, {})
        return disk

    def add(self, line: str) -> None:
        """Add one line of the log: a call that went well and changes something below the folder."""
        found = _LINE.match(line)
        if found is None or found["result"].startswith("-"):
            return
        for operation in getattr(self, f"_{found['name']}")(found["arguments"], found["result"]):
            self.operations.append(operation)
            self.live.apply(operation)

    def _openat(self, arguments: str, result: str) -> Iterator[Operation]:
        path = self._paths(arguments)[0]
        if path is None or "O_DIRECTORY" in arguments:
            return
        self._offsets[result] = None if "O_APPEND" in arguments else 0
        if "O_CREAT" in arguments and path.name not in self.live.folders[self.live.find(path.parent)]:
            yield self._name(path, self._new())
        elif "O_TRUNC" in arguments:
            yield Data(self.live.find(path), 0, None)

    def _write(self, arguments: str, result: str) -> Iterator[Operation]:
        handle = _HANDLE.match(arguments)
        path = self._below(Path(handle["path"])) if handle else None
        if handle is None or path is None:
            return
        file, number = self.live.find(path), handle["number"]
        text = _TEXT.search(arguments, handle.end())
        assert text is not None
        content: bytes = ast.literal_eval(f'b"{text[1]}"')
        assert len(content) == int(result), "strace cut the bytes"
        at = self._offsets[number]
        offset = len(self.live.files.get(file, b"")) if at is None else at
        self._offsets[number] = None if at is None else offset + len(content)
        yield Data(file, offset, content)

    def _ftruncate(self, arguments: str, _: str) -> Iterator[Operation]:
        handle = _HANDLE.match(arguments)
        path = self._below(Path(handle["path"])) if handle else None
        if path is not None:
            yield Data(self.live.find(path), int(arguments.rpartition(", ")[2]), None)

    def _fsync(self, arguments: str, _: str) -> Iterator[Operation]:
        handle = _HANDLE.match(arguments)
        path = self._below(Path(handle["path"])) if handle else None
        if path is not None:
            yield Sync(self.live.find(path))

    def _syncfs(self, _: str, __: str) -> Iterator[Operation]:
        yield from (Sync(inode) for inode in (0, *self.live.folders, *self.live.files))

    def _mkdir(self, arguments: str, _: str) -> Iterator[Operation]:
        if (path := self._paths(arguments)[0]) is not None and path.parts:
            inode = self._new()
            self.live.folders[inode] = {}
            yield self._name(path, inode)

    def _utimensat(self, arguments: str, _: str) -> Iterator[Operation]:
        if (path := self._paths(arguments)[0]) is not None:
            seconds, nanoseconds = _TIME.findall(arguments)[-1]
            yield Time(self.live.find(path), int(seconds) * 1_000_000_000 + int(nanoseconds))

    def _symlink(self, arguments: str, _: str) -> Iterator[Operation]:
        target, name = _TEXT.findall(arguments)
        if (path := self._below(Path(name))) is not None:
            inode = self._new()
            self.live.links[inode] = target
            yield self._name(path, inode)

    def _link(self, arguments: str, _: str) -> Iterator[Operation]:
        present, new = self._paths(arguments)
        if present is not None and new is not None:
            yield self._name(new, self.live.find(present))

    def _rename(self, arguments: str, _: str) -> Iterator[Operation]:
        old, new = self._paths(arguments)
        if old is not None and new is not None:
            assert old.parent == new.parent, "a rename between folders would be two operations"
            yield Names(self.live.find(old.parent), {old.name: None, new.name: self.live.find(old)})

    def _unlink(self, arguments: str, _: str) -> Iterator[Operation]:
        if (path := self._paths(arguments)[0]) is not None:
            yield self._name(path, None)

    _unlinkat = _rmdir = _unlink

    def _name(self, path: Path, inode: int | None) -> Names:
        return Names(self.live.find(path.parent), {path.name: inode})

    def _new(self) -> int:
        self._next += 1
        return self._next - 1

    def _paths(self, arguments: str) -> list[Path | None]:
        """Return the paths named, below the folder; those elsewhere are None."""
        handle = _HANDLE.match(arguments)
        base = Path(handle["path"]) if handle else Path("/")
        return [self._below(base / ast.literal_eval(f'"{text}"')) for text in _TEXT.findall(arguments)]

    def _below(self, path: Path) -> Path | None:
        return path.relative_to(self._root) if path.is_relative_to(self._root) else None
