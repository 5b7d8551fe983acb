"""What goes: what a killed writer left, versions that nobody needs, versions that hold a forgotten article.

Dot-named folders below versions/ are no versions: one is being built, or is on its way out.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from flows.dataset.aside import delete_copies
from flows.dataset.durable import fsync
from flows.dataset.forgotten import note_purged, read_forgotten
from flows.dataset.manifest import DatasetDamaged
from flows.dataset.rollback import read_rollback
from flows.dataset.version import Version

MINIMUM_AGE_HOURS = 1.0
"""A version stays this long after it was replaced, whatever their number: a reader may still hold it."""

KEPT_DAYS = 7
"""So long stays what a run staged, or put into an object store, and did not commit: the next run takes up what was
staged, and one that is still at work may be about to commit it."""


def uncommitted(root: Path, versions: Sequence[Version], current: Version | None) -> Iterator[Path]:
    """Yield what a killed writer left beside the versions that were committed.

    Args:
        root: The processed root.
        versions: All of its versions.
        current: The current one.
    """
    yield from (root / "versions").glob(".*")
    rollback = read_rollback(root)
    committed = max(current.number if current else 0, rollback.highest if rollback else 0)
    yield from (v.folder for v in versions if v.number > committed)
    yield from root.glob(".current.[0-9]*")  # a link, notes and records that were to be renamed
    yield from root.glob(".*.json.[0-9]*")
    yield from (root / "runs").glob(".*.json.[0-9]*")


def expired(
    versions: Sequence[Version], current: Version | None, keep_versions: int, keep_hours: float
) -> Iterator[Version]:
    """Yield the versions that neither `current` nor a reader needs; see `Dataset.sweep`."""
    kept = {v.number for v in versions[-max(keep_versions, 1) :]}
    kept.update((current.number, current.manifest.parent or 0) if current else ())  # and what it came from
    seconds = max(keep_hours, MINIMUM_AGE_HOURS) * 3600
    yield from (v for v in versions if v.number not in kept and time.time() - v.left_at > seconds)


def purge(root: Path, versions: Sequence[Version], current: Version | None) -> list[int]:
    """Delete the versions that hold a forgotten article, and return their numbers; see `uncommitted`.

    What was moved aside and holds one is deleted, too.
    """
    unpurged = {article_id for article_id, f in read_forgotten(root).items() if not f.is_purged}
    if not unpurged or (current and current.holds(unpurged)):  # a run has to make a version without them first
        return []
    holding = [v for v in versions if v != current and may_hold(v, unpurged)]
    for version in holding:
        delete_version(version)
    delete_copies(root, unpurged)
    note_purged(root, unpurged)
    return [v.number for v in holding]


def may_hold(version: Version, article_ids: Collection[str]) -> bool:
    """Return whether a version holds any of some articles, as far as one can tell: if it cannot be read, it may."""
    try:
        return version.holds(article_ids)
    except DatasetDamaged:
        return True


def delete_version(version: Version) -> None:
    """Delete a version, which is there whole or not at all meanwhile, and which no loss of power brings back."""
    hidden = version.folder.with_name(f".expired-{version.folder.name}")
    version.folder.rename(hidden)
    fsync(hidden.parent)
    shutil.rmtree(hidden)
    fsync(hidden.parent)  # what was to be forgotten is gone once that is noted
