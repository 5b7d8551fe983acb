"""The links of a processed root: `current` to one of the versions, and each table's name to its folder there."""

from __future__ import annotations

import os
from pathlib import Path

from flows.dataset.aside import move_aside
from flows.dataset.durable import fsync, make_folder, swap_link
from flows.dataset.manifest import read_manifest
from flows.dataset.rollback import read_rollback
from flows.dataset.version import Version
from flows.dataset.versions import Dataset
from transforms.schemas import TABLES


def broken_links(root: Path) -> list[str]:
    """Return the tables whose names beside the versions are no links to the current one."""
    return [t.name for t in TABLES if not _leads_to(root / t.name, root / "current" / t.name)]


def mend_links(dataset: Dataset, run_id: str) -> list[str]:
    """Make every link anew that does not lead where it should, and return what was done.

    What stood in the way is moved to a folder of its own, and never deleted. Only the holder of the lock may call it.
    """
    root, done = dataset.root, []
    if not _is_version(root / "current"):
        _adopt(dataset)
        chosen = _choose(dataset)
        if chosen is None:
            (root / "current").unlink(missing_ok=True)  # it leads nowhere, and no version is left
            return []
        done += _move_aside(root / "current", run_id)
        swap_link(root / "current", f"versions/{chosen.folder.name}")
        done.append(f"current leads to version {chosen.number}")
    for name in broken_links(root):
        done += _move_aside(root / name, run_id)
        swap_link(root / name, f"current/{name}")
        done.append(f"{name} leads to current/{name}")
    return done


def _leads_to(link: Path, target: Path) -> bool:
    """Return whether a link names a path; one that happens to lead there now may not after the next commit."""
    if not link.is_symlink():
        return False
    named = os.path.normpath(link.parent.absolute() / link.readlink())
    return named == os.path.normpath(target.absolute())


def _is_version(link: Path) -> bool:
    folder = link.parent / link.readlink() if link.is_symlink() else None
    return folder is not None and folder.is_dir() and folder.name.isdigit()


def _adopt(dataset: Dataset) -> None:
    """Take a version that was copied to where `current` was, and is nowhere else, in among the versions."""
    folder, versions = dataset.root / "current", dataset.all_versions()
    if folder.is_symlink() or not folder.is_dir():
        return
    try:
        number = read_manifest(folder / "manifest.json").version
    except (OSError, ValueError):
        number = versions[-1].number if versions else 1
    home = dataset.versions / f"{number:06d}"
    if not home.exists():
        make_folder(home.parent)
        folder.rename(home)
        fsync(home.parent)


def _choose(dataset: Dataset) -> Version | None:
    """Return the version that `current` led to, as far as one can tell: the last one, unless it was rolled back.

    It may be damaged itself. One that holds nothing at all was never committed.
    """
    versions = dataset.all_versions()
    rollback = read_rollback(dataset.root)
    if rollback and versions and versions[-1].number <= rollback.highest:
        versions = [v for v in versions if v.number == rollback.version] or versions
    filled = [v for v in versions if any(v.folder.rglob("*.parquet"))]
    return next(reversed(filled or versions), None)


def _move_aside(path: Path, run_id: str) -> list[str]:
    place = move_aside(path, run_id)
    return [f"what was at {path.name} is moved to {place.relative_to(path.parent)}"] if place else []
