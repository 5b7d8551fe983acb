"""The raw files that a repair needs: whether they are there, and as they were."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from flows.dataset import Settings
from flows.raw.archives import open_members
from flows.raw.limits import Limit
from flows.raw.members import find_files, hash_member
from flows.raw.opening import sha256_of
from flows.raw.streams import UnreadableArchive
from flows.raw.tree import RawFile, RawRootError, RawTree, discover


class Found(NamedTuple):
    """A raw file or member that can be read.

    Attributes:
        file: The file.
        raw_sha256: Of its bytes now.
    """

    file: RawFile
    raw_sha256: str


class RawFiles:
    """The raw tree; it is looked at only if something of it is needed.

    Attributes:
        problem: Why there is no tree; None if there is one, or nobody asked.
    """

    def __init__(self, settings: Settings, exclude: Collection[Path]) -> None:
        self._settings, self._exclude = settings, exclude
        self._limit = Limit(settings.max_article_mb)
        self.tree = RawTree({}, 0, settings.include, self._limit)
        self.problem: str | None = None
        self._is_known = False

    def find(self, paths: Collection[str]) -> dict[str, Found]:
        """Return the files at some paths that are there and can be read."""
        if paths and not self._is_known:
            self._is_known = True
            try:
                self.tree = discover(Path(self._settings.raw), self._settings.include, self._exclude, self._limit)
            except RawRootError as error:
                self.problem = str(error)
        files = sorted(find_files(self.tree, set(paths)), key=_place)
        return {
            found.file.raw_path: found
            for (path, is_inside), group in groupby(files, key=lambda f: (f.path, f.member is not None))
            for found in (_members(path, list(group), self._limit) if is_inside else _plain(group))
        }


def _place(file: RawFile) -> tuple[Path, int]:
    return file.path, file.member.offset if file.member else 0


def _plain(files: Iterator[RawFile]) -> Iterator[Found]:
    for file in files:
        with suppress(OSError):
            yield Found(file, sha256_of(file.path))


def _members(path: Path, files: list[RawFile], limit: Limit) -> Iterator[Found]:
    with suppress(UnreadableArchive, OSError), open_members(path, limit) as read:
        for file in files:
            if sha256 := hash_member(read, file):
                yield Found(file, sha256)
