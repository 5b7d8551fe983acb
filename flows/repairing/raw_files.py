"""The raw files that a repair needs: whether they are there, and as they were."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from flows.dataset import Settings
from flows.raw.archives import open_members
from flows.raw.limits import Limit
from flows.raw.members import content_of, find_files, raw_members
from flows.raw.opening import reason_of
from flows.raw.streams import UnreadableArchive
from flows.raw.tree import RawFile, RawRootError, RawTree, TooLarge, read_bytes
from flows.raw.walk import discover
from flows.storage import Place


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

    def __init__(self, settings: Settings, exclude: Collection[Place]) -> None:
        self._settings, self._exclude = settings, exclude
        self._limit = Limit(settings.max_article_mb)
        self.tree = RawTree({}, 0, settings.include, self._limit)
        self.problem: str | None = None
        self._is_known = False
        self._listed: dict[str, list[RawFile]] = {}
        self._reasons: dict[str, str] = {}

    def find(self, paths: Collection[str]) -> dict[str, Found]:
        """Return the files at some paths that are there and that an ingest could read."""
        if paths and not self._is_known:
            self._is_known = True
            try:
                self.tree = discover(Path(self._settings.raw), self._settings.include, self._exclude, self._limit)
            except RawRootError as error:
                self.problem = str(error)
        files = sorted(find_files(self.tree, set(paths), self._members_of), key=_place)
        return {
            found.file.raw_path: found
            for (path, is_inside), group in groupby(files, key=lambda f: (f.path, f.member is not None))
            for found in (self._members(path, list(group)) if is_inside else self._plain(group))
        }

    def is_there(self, path: str) -> bool:
        """Return whether a file that was not found is there, and cannot be used."""
        return path in self._reasons

    def why_not(self, path: str) -> str:
        """Return why a file was not found."""
        return self.problem or self._reasons.get(path, "its raw file is gone or cannot be read")

    def _members_of(self, archive: RawFile, tree: RawTree) -> Iterable[RawFile]:
        """Return the members of an archive, which is listed once."""
        if archive.raw_path not in self._listed:
            self._listed[archive.raw_path] = []  # of one that cannot be opened
            self._listed[archive.raw_path] = list(raw_members(archive, tree))
        return self._listed[archive.raw_path]

    def _plain(self, files: Iterable[RawFile]) -> Iterator[Found]:
        for file in files:
            with self._noting([file]):
                yield self._found(file, read_bytes(file, self._limit)[0])

    def _members(self, path: Path, files: Sequence[RawFile]) -> Iterator[Found]:
        with self._noting(files), open_members(path, self._limit) as read:
            for file in files:
                assert file.member is not None
                with self._noting([file]):
                    yield self._found(file, read(file.member))

    def _found(self, file: RawFile, raw: bytes) -> Found:
        content_of(file, raw, self._limit)
        return Found(file, hashlib.sha256(raw).hexdigest())

    @property
    def root(self) -> str:
        """The raw root."""
        return self._settings.raw

    @contextmanager
    def _noting(self, files: Sequence[RawFile]) -> Iterator[None]:
        """Note of some files why they cannot be used, if they cannot."""
        try:
            yield
        except (TooLarge, UnreadableArchive, OSError) as error:
            reason = reason_of(error) if isinstance(error, OSError) else str(error)
            self._reasons.update({f.raw_path: f"its raw file cannot be used ({reason})" for f in files})


def _place(file: RawFile) -> tuple[Place, int]:
    return file.path, file.member.offset if file.member else 0
