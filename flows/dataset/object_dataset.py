"""A dataset in an object store: a version is its manifest, and putting that, where there is none, is the commit.

    s3://bucket/processed/
      versions/000017.json                                        the highest one is current; never overwritten
      data/articles/year=2016/month=3/part-0-<hash>.parquet       never overwritten; shared by versions
      staging/<run_id>/…   runs/…   forgotten.json   rollback.json

There are no links and no lock. Writers do not wait for each other: of two that make the same version, the second one
finds it taken, and plans anew upon it.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from flows.dataset.aside import file_may_hold
from flows.dataset.damage import find_damage
from flows.dataset.durable import json_bytes
from flows.dataset.forgotten import note_purged, read_forgotten
from flows.dataset.manifest import DatasetDamaged, FileEntry, Manifest, Settings, next_manifest
from flows.dataset.rollback import note_rollback, read_rollback, release
from flows.dataset.sweeping import KEPT_DAYS, MINIMUM_AGE_HOURS, may_hold
from flows.dataset.version import Version
from flows.dataset.versions import refuse_forgotten, version_among
from flows.storage import ObjectPath, Place, delete_objects


class VersionTaken(RuntimeError):
    """Another writer has committed meanwhile: what was to be committed was not made from the current version."""


@dataclass(frozen=True)
class _Kept:
    """A version that is kept, with when the next one replaced it, if any did."""

    version: Version
    left_at: float | None


class ObjectDataset:
    """A processed root in an object store, and its versions; see `flows.dataset.versions.Dataset`."""

    def __init__(self, root: ObjectPath) -> None:
        self.root = root
        self.versions = root / "versions"
        self.staging = root / "staging"
        self.runs = root / "runs"
        self._data = root / "data"
        self._seen: dict[int, Version] = {}  # none ever changes: its manifest is fetched once

    def current(self) -> Version | None:
        """Return the highest version; None before the first commit."""
        return next(reversed(self.all_versions()), None)

    def all_versions(self) -> list[Version]:
        """Return every version that is kept, oldest first."""
        return [kept.version for kept in self._kept()]

    def version(self, number: int) -> Version:
        """Return a kept version.

        Raises:
            UnknownVersion: It is not there.
        """
        return version_among(self.all_versions(), number, self.root)

    def begin(self, run_id: str) -> ObjectPath:
        """Return where the files that the next version adds are put, each under the hash of its bytes."""
        return self._data

    def commit(
        self,
        building: Place,
        added: Mapping[str, FileEntry],
        removed: set[str],
        settings: Settings,
        base: Version | None = None,
    ) -> Version:
        """Make a new version of another one; see `Dataset.commit`.

        Raises:
            VersionTaken: `base` is not the current version any more.
        """
        del building  # the objects are where they stay
        number = (base.number if base else 0) + 1
        return self._put(next_manifest(base.manifest if base else None, number, added, removed, settings))

    def _put(self, manifest: Manifest) -> Version:
        version = Version(manifest.version, self._data)
        place = self.versions / f"{manifest.version:06d}.json"
        if not place.create(json_bytes(manifest.sealed())):
            raise VersionTaken(f"another run has committed version {manifest.version} of {self.root} meanwhile")
        return version

    def _kept(self) -> list[_Kept]:
        found = sorted(
            (int(path.stem), status.st_mtime) for path, status in self.versions.list_below() if path.stem.isdigit()
        )
        replaced = itertools.zip_longest(found, (at for _, at in found[1:]))
        return [
            _Kept(self._seen.setdefault(number, Version(number, self._data)), left_at)
            for (number, _), left_at in replaced
        ]

    def discard_uncommitted(self) -> None:
        """Do nothing: what a killed run put may be that of one at work, and is swept when it is old."""

    def sweep(self, keep_versions: int, keep_hours: float = MINIMUM_AGE_HOURS) -> list[int]:
        """Delete versions that nobody needs, and those that hold a forgotten article; see `Dataset.sweep`."""
        kept = self._kept()
        leaving = list(_expired(kept, keep_versions, keep_hours))
        if leaving:
            self._delete(leaving, [k.version for k in kept])
        return self._purge()

    def _purge(self) -> list[int]:
        unpurged = {article_id for article_id, f in read_forgotten(self.root).items() if not f.is_purged}
        versions = self.all_versions() if unpurged else []
        if not unpurged or (versions and versions[-1].holds(unpurged)):  # a run has to make one without them first
            return []
        holding = [v for v in versions[:-1] if may_hold(v, unpurged)]
        if holding:
            self._delete(holding, versions)
        delete_objects([place for place, _ in self._unused() if file_may_hold(place, unpurged)])
        note_purged(self.root, unpurged)
        return [v.number for v in holding]

    def _delete(self, leaving: Sequence[Version], versions: Sequence[Version]) -> None:
        """Delete versions and what only they have; then what no version has and no run can be about to commit.

        The objects go first: a version whose objects are gone is deleted by the next run, objects of no version in
        `KEPT_DAYS`.
        """
        staying = [v for v in versions if v not in leaving]
        if not all(v.has_manifest for v in staying):  # what a version needs whose manifest is damaged, nobody knows
            return
        delete_objects(sorted(_objects(v for v in leaving if v.has_manifest) - _objects(staying)))
        delete_objects([v.manifest_place for v in leaving if isinstance(v.manifest_place, ObjectPath)])
        oldest = time.time() - KEPT_DAYS * 86_400
        delete_objects([place for place, modified in self._unused() if modified < oldest])

    def _unused(self) -> Iterator[tuple[ObjectPath, float]]:
        """Yield the objects that no version has, with the time of each."""
        listed = list(self._data.list_below())  # before the manifests are: a commit may come between
        needed = _objects(self.all_versions())
        yield from ((place, status.st_mtime) for place, status in listed if place not in needed)

    def point_to(self, number: int) -> Version:
        """Commit the files of a kept version as the current one; none is lost. Runs are held from then on.

        They are let go on by going back to the version that was current before the first rollback.

        Raises:
            UnknownVersion: It is not there.
            DatasetDamaged: It cannot be read, is damaged, or holds an article that is to be forgotten.
            VersionTaken: Another writer has committed meanwhile.
        """
        versions = self.all_versions()
        version, highest = version_among(versions, number, self.root), versions[-1].number
        if damaged := find_damage(version).lost:
            raise DatasetDamaged(f"version {number} is damaged, and no way back: {', '.join(damaged[:3])}")
        refuse_forgotten(version)
        before = read_rollback(self.root)
        left = before.highest if before and before.is_held else highest
        note_rollback(self.root, number, left)
        restored = self._put(replace(version.manifest, version=highest + 1))
        if number == left:
            release(self.root)
        return restored

    def has_leftovers(self, keep_versions: int = 3, keep_hours: float = MINIMUM_AGE_HOURS) -> bool:
        """Return whether there is something to sweep."""
        is_unpurged = not all(f.is_purged for f in read_forgotten(self.root).values())
        expired = _expired(self._kept(), keep_versions, keep_hours)
        return is_unpurged or next(expired, None) is not None

    def refuse_blocked_links(self) -> None:
        """Do nothing: there are no links."""


def _expired(kept: Sequence[_Kept], keep_versions: int, keep_hours: float) -> Iterator[Version]:
    """Yield the versions that neither the current one, nor a reader, nor a way back needs."""
    if not kept:
        return
    needed = {k.version.number for k in kept[-max(keep_versions, 1) :]} | {kept[-1].version.manifest.parent}
    oldest = time.time() - max(keep_hours, MINIMUM_AGE_HOURS) * 3600
    for k in kept:
        if k.version.number not in needed and k.left_at is not None and k.left_at < oldest:
            yield k.version


def _objects(versions: Iterator[Version] | Sequence[Version]) -> set[ObjectPath]:
    places = itertools.chain.from_iterable((v.place(path) for path in v.manifest.files) for v in versions)
    return {place for place in places if isinstance(place, ObjectPath)}
