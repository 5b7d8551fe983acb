"""A dataset's versions: made one after the other, and swapped in by one rename.

A processed root holds `versions/000017/`, the link `current` to one of them, and a link `articles` to
`current/articles` (and so on) for each table, and for each file that describes the dataset, made once. Renaming a new
`current` over the old one is the commit.
"""

from __future__ import annotations

import itertools
import os
import shutil
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from flows.dataset.damage import find_damage
from flows.dataset.descriptions import DESCRIPTIONS, write_descriptions
from flows.dataset.durable import fsync, fsync_tree, link_files, swap_link, sync_file_system, write_json
from flows.dataset.forgotten import read_forgotten
from flows.dataset.manifest import DatasetDamaged, FileEntry, Settings, next_manifest
from flows.dataset.rollback import note_rollback, read_rollback, release
from flows.dataset.sweeping import MINIMUM_AGE_HOURS, delete_version, expired, purge, uncommitted
from flows.dataset.version import Version
from flows.storage import Place
from transforms.schemas import TABLES

MANY_FILES = 1_000
"""From so many on, a version's folders are saved together, and not one by one."""
_BUILDING = ".building-"


class UnknownVersion(ValueError):
    """The dataset keeps no such version."""


def version_among(versions: Iterable[Version], number: int, root: Place) -> Version:
    """Return a version of a number.

    Raises:
        UnknownVersion: There is none.
    """
    kept = {v.number: v for v in versions}
    if not kept:
        raise UnknownVersion(f"no dataset in {root}; `newsframes ingest` makes one")
    if number not in kept:
        raise UnknownVersion(f"{root} keeps no version {number}; it has {', '.join(map(str, sorted(kept)))}")
    return kept[number]


def refuse_forgotten(version: Version) -> None:
    """Refuse to go back to a version that holds an article that is to be forgotten.

    Raises:
        DatasetDamaged: It does.
    """
    if version.holds(read_forgotten(version.root)):
        raise DatasetDamaged(
            f"version {version.number} holds an article that is to be forgotten; an ingest, or `newsframes forget` "
            "again, finishes that"
        )


class Dataset:
    """A processed root and its versions."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.versions = root / "versions"
        self.staging = root / "staging"
        self.runs = root / "runs"

    def current(self) -> Version | None:
        """Return the version that `current` points to; None before the first commit.

        Raises:
            DatasetDamaged: It points to nothing.
        """
        before = self._target()
        try:
            return self._look_up()
        except DatasetDamaged:
            if self._target() == before:
                raise
        return self.current()  # a commit came between, and what was there before is deleted

    def _target(self) -> Path | None:
        link = self.root / "current"
        return link.readlink() if link.is_symlink() else None

    def _look_up(self) -> Version | None:
        link = self.root / "current"
        if not link.is_symlink():
            self._refuse_without_current()
            return None
        folder = self.root / link.readlink()
        if not folder.is_dir() or not folder.name.isdigit():
            raise DatasetDamaged(
                f"{link} points to {link.readlink()}, which is no version; `newsframes repair` makes it one of those "
                "that are there"
            )
        return Version(int(folder.name), folder)

    def _refuse_without_current(self) -> None:
        """Tell a dataset that lost its link, or was copied without links, from one that has none yet."""
        copied = self.blocked_links()
        versions = [v.number for v in self.all_versions()]
        is_folder = (self.root / "current").exists()
        # A first commit that was killed leaves version 1 and no link.
        if copied or is_folder or len(versions) > 1 or (versions and (versions != [1] or self._has_committed())):
            raise DatasetDamaged(
                f"{self.root} has versions {versions} but `current` is no link to one of them: `newsframes repair "
                f"--processed {self.root}` makes it one; a dataset is copied with its links (cp -a, rsync -a)"
            )

    def _has_committed(self) -> bool:
        """Return whether a run says that it made a version."""
        records = self.runs.glob("[0-9]*.json") if self.runs.is_dir() else ()
        return any('"outcome": "committed"' in path.read_text(encoding="utf-8", errors="replace") for path in records)

    def all_versions(self) -> list[Version]:
        """Return every complete version, oldest first."""
        if not self.versions.is_dir():
            return []
        folders = [f for f in self.versions.iterdir() if f.name.isdigit()]
        return sorted((Version(int(f.name), f) for f in folders), key=lambda v: v.number)

    def version(self, number: int) -> Version:
        """Return a kept version.

        Raises:
            UnknownVersion: It is not there.
        """
        return version_among(self.all_versions(), number, self.root)

    def begin(self, run_id: str) -> Path:
        """Return a new folder for the files that the next version adds."""
        folder = self.versions / f"{_BUILDING}{run_id}"
        folder.mkdir(parents=True)
        return folder

    def commit(
        self,
        building: Place,
        added: Mapping[str, FileEntry],
        removed: set[str],
        settings: Settings,
        base: Version | None = None,
    ) -> Version:
        """Make a new version of the current one, or of what is whole of it, and swap it in.

        Args:
            building: The folder of `begin`, with the added files in place and saved.
            added: Their manifest entries, by path below it.
            removed: Files of that version that the new one does not have; replaced ones need not be named.
            settings: What the version was made from.
            base: The version that the new one is made from, which may have no name among the versions: the salvage of
                a damaged one has the number of that. None: the current one.

        Raises:
            DatasetDamaged: A file that the new version takes over is missing, or not as long as it was.
        """
        assert isinstance(building, Path)
        left = self.current()
        parent = base or left
        number = self._highest_number() + 1
        manifest = next_manifest(parent.manifest if parent else None, number, added, removed, settings)
        if parent:
            kept = manifest.files.keys() - added.keys()
            parent.refuse_short(kept)
            link_files({path: f"{parent.folder}/{path}" for path in kept}, building)
        for table in TABLES:  # a table without files is an empty folder, not a broken link
            (building / table.name).mkdir(exist_ok=True)
        write_json(building / "manifest.json", manifest.sealed())
        write_descriptions(manifest, building)
        if len(manifest.files) < MANY_FILES or not sync_file_system(building):
            fsync_tree(building)
        folder = self.versions / f"{number:06d}"
        building.rename(folder)
        fsync(self.versions)
        self._make_links()
        self._swap(left, folder)
        return Version(number, folder)

    def _swap(self, left: Version | None, folder: Path) -> None:
        """Point `current` to a version, and note the time on the one that it leaves."""
        if left:  # not before it was committed, also if the clock was set back meanwhile
            left_at = max(time.time(), left.committed_at)
            os.utime(left.folder, (left_at, left_at))
        swap_link(self.root / "current", f"versions/{folder.name}")

    def _highest_number(self) -> int:
        """Return the highest number that a version ever had; one that was forgotten may be gone."""
        rollback = read_rollback(self.root)
        return max((*(v.number for v in self.all_versions()), rollback.highest if rollback else 0), default=0)

    def discard_uncommitted(self) -> None:
        """Delete what a killed commit left. Only the holder of the lock may call it."""
        for leftover in uncommitted(self.root, self.all_versions(), self.current()):
            shutil.rmtree(leftover) if leftover.is_dir() and not leftover.is_symlink() else leftover.unlink()

    def sweep(self, keep_versions: int, keep_hours: float = MINIMUM_AGE_HOURS) -> list[int]:
        """Delete versions that neither `current` nor a reader needs, and those that hold a forgotten article.

        Only the holder of the lock may call it.

        Args:
            keep_versions: How many versions to keep, the current one among them, whatever their age.
            keep_hours: How long to keep a version after it was replaced, whatever their number.

        Returns:
            The versions that held a forgotten article.
        """
        self.discard_uncommitted()
        for version in expired(self.all_versions(), self.current(), keep_versions, keep_hours):
            delete_version(version)
        return purge(self.root, self.all_versions(), self.current())

    def point_to(self, number: int) -> Version:
        """Make a kept version the current one; none is lost. Only the holder of the lock may call it.

        Runs are held from then on, unless it is the highest one.

        Raises:
            UnknownVersion: It is not there.
            DatasetDamaged: It cannot be read, is damaged, or holds an article that is to be forgotten.
        """
        self.discard_uncommitted()
        version, highest = self.version(number), self.all_versions()[-1]
        if damaged := find_damage(version).lost:
            raise DatasetDamaged(f"version {number} is damaged, and no way back: {', '.join(damaged[:3])}")
        refuse_forgotten(version)
        note_rollback(self.root, number, max(highest.number, self._highest_number()))
        self._swap(self.current(), version.folder)
        if version == highest:
            release(self.root)
        return version

    def has_leftovers(self, keep_versions: int = 3, keep_hours: float = MINIMUM_AGE_HOURS) -> bool:
        """Return whether there is something to sweep."""
        is_unpurged = not all(f.is_purged for f in read_forgotten(self.root).values())
        versions, current = self.all_versions(), self.current()
        leftovers = itertools.chain(
            uncommitted(self.root, versions, current), expired(versions, current, keep_versions, keep_hours)
        )
        return self.staging.is_dir() or is_unpurged or next(leftovers, None) is not None

    def refuse_blocked_links(self) -> None:
        """Refuse to go on where something else stands in the place of a table's link.

        Raises:
            DatasetDamaged: It does; the next commit could not make the link.
        """
        if blocked := self.blocked_links():
            raise DatasetDamaged(
                f"{', '.join(blocked)} in {self.root} must be links to the current version, and something else is "
                f"there: `newsframes repair --processed {self.root}` moves it aside"
            )

    def blocked_links(self) -> list[str]:
        """Return the tables whose name in the processed root is taken by something that is no link."""
        return [t.name for t in TABLES if (self.root / t.name).exists() and not (self.root / t.name).is_symlink()]

    def _make_links(self) -> None:
        for table in TABLES:
            link = self.root / table.name
            if not link.is_symlink():
                link.symlink_to(f"current/{table.name}")
        for name in DESCRIPTIONS:
            link = self.root / name
            if not link.is_symlink() and not link.exists():  # somebody may have written a README of their own
                link.symlink_to(f"current/{name}")
        fsync(self.root)
