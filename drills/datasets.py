"""Small datasets to damage, and what must hold of one afterwards."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from flows.building.publish import bring_up_to_date, in_this_process
from flows.dataset import Dataset, DatasetDamaged, Version
from flows.dataset.durable import sha256_of
from flows.dataset.rollback import read_rollback
from flows.planning.ledger import LEDGER_FILE
from flows.planning.options import Options
from flows.runs import Run

_LONG_AGO = 1_700_000_000
_NOBODY = 65_534
_CLOCKS = ("run_id", "finished_at")


def write_article(raw: Path, number: int, month: int | None = None, words: int = 40) -> Path:
    """Write one article, unlike those of other numbers, with a speaker and a date in its path."""
    month = month or number % 3 + 1
    file = raw / f"herald/2025/{month:02d}/{number % 28 + 1:02d}/story-{number}.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    body = " ".join(f"w{number}x{i}" for i in range(words))
    file.write_text(f"“The pier number {number} will open,” said Ola Brandt. It was raining.\n\n{body}.\n", "utf-8")
    os.utime(file, (_LONG_AGO + number,) * 2)
    return file


def bring(raw: Path, processed: Path, **options: Any) -> Run:
    """Bring a dataset up to date in this process, without Prefect."""
    run = Run("ingest")
    bring_up_to_date(Options(raw=raw, processed=processed, **options), run, in_this_process)
    return run


def contents(processed: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of the current version; of the ledger, that of its rows without clocks.

    Two datasets made from the same raw files have the same.
    """
    current = (processed / "current").resolve()
    found = {
        file.relative_to(current).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(current.rglob("*.parquet"))
    }
    ledger = pq.ParquetFile(current / LEDGER_FILE).read().drop_columns(list(_CLOCKS))
    return {**found, LEDGER_FILE: hashlib.sha256(repr(ledger.to_pylist()).encode()).hexdigest()}


def damaged_versions(processed: Path) -> list[str]:
    """Return the versions, up to the last one committed, that are not as their manifests say, and in which file."""
    dataset = Dataset(processed)
    current, rollback = dataset.current(), read_rollback(processed)
    committed = max(current.number if current else 0, rollback.highest if rollback else 0)
    versions = [version for version in dataset.all_versions() if version.number <= committed]
    return [f"{version.number}: {name}" for version in versions for name in _damaged_files(version)]


def _damaged_files(version: Version) -> list[str]:
    try:
        listed = version.manifest.files
    except DatasetDamaged as error:
        return [str(error)]
    there = {p.relative_to(version.folder).as_posix(): p for p in version.folder.rglob("*") if p.is_file()}
    there.pop("manifest.json")
    damaged = [name for name in listed.keys() & there.keys() if sha256_of(there[name]) != listed[name].sha256]
    return sorted({*damaged, *(listed.keys() ^ there.keys())})


def leftovers(processed: Path) -> list[str]:
    """Return what a finished run must not leave: staging, dot-named files and links, uncommitted versions."""
    dataset = Dataset(processed)
    folders = [f for f in (processed, dataset.versions, dataset.runs) if f.is_dir()]
    found = [path for folder in folders for path in folder.glob(".*")]
    staging = [dataset.staging] if dataset.staging.is_dir() else []
    current = dataset.current()
    above = [v.folder for v in dataset.all_versions() if current and v.number > current.number]
    return sorted(path.relative_to(processed).as_posix() for path in (*found, *staging, *above))


@contextmanager
def everybodys_folder() -> Iterator[Path]:
    """Give a temporary folder that everybody may use, whoever owns those above it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be somebody inside the block who has no special rights: the superuser may read everything."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(me)
