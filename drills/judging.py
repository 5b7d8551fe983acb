"""What must hold of a dataset, however it was disturbed: at once, and after the next plain run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from flows.dataset import Dataset, DatasetDamaged, Version
from flows.dataset.damage import find_damage
from flows.dataset.forgotten import read_forgotten
from flows.dataset.links import broken_links
from flows.dataset.rollback import read_rollback, what_holds
from flows.planning.ledger import LEDGER_FILE
from flows.reports.check import check_dataset

Contents = dict[str, str]
"""SHA-256 of each file of a version, by path below its folder."""
_CLOCKS = ("run_id", "finished_at")


def contents(processed: Path) -> Contents:
    """Return the SHA-256 of each file of the current version; of the ledger, that of its rows without clocks.

    Two datasets made from the same raw files have the same.
    """
    current = (processed / "current").resolve()
    found = {
        file.relative_to(current).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(current.rglob("*.parquet"))
    }
    return {**found, LEDGER_FILE: hashlib.sha256(repr(ledger_rows(processed)).encode()).hexdigest()}


def ledger_rows(processed: Path) -> list[dict[str, Any]]:
    """Return the rows of the current version's ledger, without clocks."""
    ledger = pq.ParquetFile((processed / "current").resolve() / LEDGER_FILE).read()
    rows: list[dict[str, Any]] = ledger.drop_columns(list(_CLOCKS)).to_pylist()
    return rows


def differences(found: Contents, wanted: Contents) -> list[str]:
    """Return the paths of the files that only one of two versions has, or that have other bytes."""
    return sorted(path for path in found.keys() | wanted.keys() if found.get(path) != wanted.get(path))


def number(processed: Path) -> int:
    """Return the number of a dataset's current version; 0: it has none."""
    version = Dataset(processed).current() if processed.is_dir() else None
    return version.number if version else 0


def torn_versions(processed: Path) -> list[str]:
    """Return the versions, up to the last one committed, that are not as their manifests say, and in which file."""
    dataset = Dataset(processed)
    current, rollback = dataset.current(), read_rollback(processed)
    committed = max(current.number if current else 0, rollback.highest if rollback else 0)
    versions = [version for version in dataset.all_versions() if version.number <= committed]
    return [f"version {version.number} is torn: {name}" for version in versions for name in torn_files(version)]


def torn_files(version: Version) -> list[str]:
    """Return the files of a version that are not as its manifest says; what is wrong with it, if it has none."""
    try:
        damage = find_damage(version)
    except DatasetDamaged as error:
        return [str(error)]
    return [*damage.missing, *damage.damaged, *damage.foreign]


def leftovers(processed: Path) -> list[str]:
    """Return what a finished run must not leave: staging, dot-named files and links, uncommitted versions."""
    dataset = Dataset(processed)
    folders = [f for f in (processed, dataset.versions, dataset.runs) if f.is_dir()]
    found = [path for folder in folders for path in folder.glob(".*")]
    staging = [dataset.staging] if dataset.staging.is_dir() else []
    current = dataset.current()
    above = [v.folder for v in dataset.all_versions() if current and v.number > current.number]
    return sorted(path.relative_to(processed).as_posix() for path in (*found, *staging, *above))


def broken_invariants(processed: Path) -> list[str]:
    """Return what `newsframes check` says of a dataset, a line each row or message."""
    try:
        version = Dataset(processed).current()
        if version is None:
            return ["there is no version"]
        return [f"{v.invariant}: {row}" for v in check_dataset(processed, version) for row in v.rows]
    except DatasetDamaged as error:
        return [str(error)]


def forgotten_held(processed: Path) -> list[str]:
    """Return the versions that hold an article of which the dataset says that no version does."""
    purged = {article_id for article_id, entry in read_forgotten(processed).items() if entry.is_purged}
    versions = Dataset(processed).all_versions() if purged else []
    return [f"version {version.number} holds what is forgotten" for version in versions if version.holds(purged)]


def wrong_now(processed: Path, before: int, after: int) -> Iterator[str]:
    """Yield what is wrong with a dataset whose writer was disturbed.

    Args:
        processed: The processed root.
        before: Number of the version that was current before; 0: there was none.
        after: Number of the one that the writer was to make current.
    """
    try:
        found = number(processed)
    except DatasetDamaged as error:
        yield str(error)
        return
    if found not in (before, after):
        yield f"current is version {found}, not {before} or {after}"
    yield from torn_versions(processed) if processed.is_dir() else ()
    if found < before and not what_holds(processed):
        yield "rolled back, and runs are not held"


def wrong_at_end(processed: Path, ends: Sequence[Contents]) -> Iterator[str]:
    """Yield what is wrong with a dataset once the next plain run is done.

    Args:
        processed: The processed root.
        ends: It has to hold one of these contents, of which `broken_invariants` found nothing.
    """
    yield from torn_versions(processed)
    yield from (f"left over: {path}" for path in leftovers(processed))
    yield from forgotten_held(processed)
    yield from (f"table link {name} is broken" for name in broken_links(processed))
    found = contents(processed)
    if found not in ends:
        yield f"other bytes: {', '.join(differences(found, ends[-1]))}"
