"""Damage: how the files of a version differ from those that its manifest tells of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from flows.dataset.descriptions import DESCRIPTIONS
from flows.dataset.manifest import DatasetDamaged, FileEntry
from flows.dataset.parquet import open_parquet, read_parquet
from flows.dataset.version import Version
from flows.raw.opening import sha256_of
from flows.storage import ObjectPath, Place
from transforms.schemas import Table

_NO_ROWS = frozenset({"manifest.json", *DESCRIPTIONS})


@dataclass(frozen=True)
class Damage:
    """What is not as it was committed; paths below the version's folder.

    Attributes:
        missing: Files of the manifest that are not there.
        damaged: Files of the manifest that have other bytes.
        foreign: Files that the manifest does not have.
    """

    missing: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()

    @property
    def lost(self) -> tuple[str, ...]:
        """Files of the manifest that nobody can go on from."""
        return (*self.missing, *self.damaged)


def find_damage(version: Version) -> Damage:
    """Compare every file of a version with its manifest."""
    listed = version.manifest.files
    there = _files_there(version)
    damaged = (path for path in sorted(listed.keys() & there) if not is_whole(version.place(path), listed[path]))
    return Damage(
        missing=tuple(sorted(listed.keys() - there)),
        damaged=tuple(damaged),
        foreign=tuple(sorted(there - listed.keys())),
    )


def _files_there(version: Version) -> set[str]:
    if isinstance(version.home, ObjectPath):  # its objects lie among those of other versions: none is foreign
        there = {path for path, _ in version.home.list_below()}
        return {path for path in version.manifest.files if version.place(path) in there}
    return set(files_below(version.folder))


def files_below(folder: Path) -> Iterator[str]:
    """Yield what lies below a version's folder, links among it, but for the manifest, descriptions and folders."""
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_dir():
            name = path.relative_to(folder).as_posix()
            if name not in _NO_ROWS:
                yield name


def is_whole(file: Place, entry: FileEntry) -> bool:
    """Return whether a file has the bytes that were committed.

    Raises:
        PermissionError: This user may not read it: that is no damage.
    """
    try:
        is_own = file.is_file() and not file.is_symlink()
        return is_own and file.stat().st_size == entry.bytes and sha256_of(file) == entry.sha256
    except PermissionError:
        raise
    except OSError:  # the disk cannot read it
        return False


def read_whole(file: Place, table: Table) -> pa.Table | None:
    """Return the rows of a file that no manifest tells of; None if it cannot be read, or is of another schema.

    Its pages have checksums of their own.
    """
    try:
        is_of_table = open_parquet(file).schema_arrow.equals(table.schema)
        return read_parquet(file) if is_of_table else None
    except (pa.ArrowException, OSError, DatasetDamaged):
        return None
