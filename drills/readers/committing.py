"""A writer that commits all the time: ingests, backfills, rollbacks, forgettings."""

from __future__ import annotations

import datetime
import hashlib
import json
import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import count, cycle
from pathlib import Path

import pyarrow.parquet as pq

from drills.datasets import bring, bring_sparingly, write_article
from flows.dataset import Dataset, Version
from flows.dataset.sweeping import MINIMUM_AGE_HOURS
from flows.forget import forget
from flows.planning.ledger import read_ledger
from flows.planning.selection import Selection
from flows.rollback import roll_back
from transforms.schemas import TABLES

ARTICLES = 40
"""In the dataset, about; one of them is in a month of its own, so partitions come and go, too."""


def make_dataset(folder: Path) -> None:
    """Make the dataset that is written and read: `raw` and `processed` below a folder."""
    for n in range(ARTICLES):
        write_article(folder / "raw", n)
    begin = time.monotonic()
    _ingest(folder)
    _note(folder, "first ingest", begin)


def commit_until(folder: Path, hour: float) -> None:
    """Commit one thing after the other until a file `stop` is there, and note the keys of each version.

    Args:
        folder: That of `make_dataset`.
        hour: A version that was replaced so many seconds ago is swept, as if it were an hour.
    """
    numbers = count(ARTICLES)
    for name, step in cycle(_STEPS.items()):
        if is_over(folder):
            return
        begin = time.monotonic()
        step(folder, next(numbers))
        _note(folder, name, begin)
        _age(Dataset(folder / "processed"), hour)


def is_over(folder: Path) -> bool:
    """Return whether a process that writes or reads has to end: it is told to, or who started it is gone."""
    parent = multiprocessing.parent_process()
    return (folder / "stop").exists() or (parent is not None and not parent.is_alive())


def keys_digest(keys: Iterable[tuple[object, ...]]) -> str:
    """Return a digest of a table's keys, in whatever order they come."""
    return hashlib.sha256(repr(sorted(keys)).encode()).hexdigest()[:16]


def _note(folder: Path, step: str, begin: float) -> None:
    times = {"begin": begin, "end": time.monotonic()}  # the same clock for all processes
    version = Dataset(folder / "processed").current()
    assert version is not None
    keys = {table.name: keys_digest(_keys(version, table.name, table.key)) for table in TABLES}
    with (folder / "committed").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"step": step, "version": version.number, "keys": keys, **times}) + "\n")


def _keys(version: Version, table: str, key: tuple[str, ...]) -> Iterator[tuple[object, ...]]:
    for path in version.manifest.paths(table):
        rows = pq.ParquetFile(version.folder / path).read(columns=list(key))
        yield from zip(*(rows[name].to_pylist() for name in key), strict=True)


def _age(dataset: Dataset, hour: float) -> None:
    """Set the time at which versions were replaced back by the least time that they are kept."""
    for version in dataset.all_versions():
        if time.time() - version.left_at > hour and version != dataset.current():
            long_ago = version.left_at - MINIMUM_AGE_HOURS * 3600
            os.utime(version.folder, (long_ago, long_ago))


def _ingest(folder: Path) -> None:
    bring_sparingly(folder / "raw", folder / "processed")


def _add(folder: Path, n: int) -> None:
    write_article(folder / "raw", n, month=n % 9 + 4)
    _ingest(folder)


def _change(folder: Path, n: int) -> None:
    write_article(folder / "raw", n % 20, words=40 + n)
    _ingest(folder)


def _remove(folder: Path, _: int) -> None:
    files = sorted((folder / "raw").rglob("*.txt"), key=lambda path: path.stat().st_mtime)
    for path in files[ARTICLES:]:
        path.unlink()
    _ingest(folder)


def _backfill(folder: Path, _: int) -> None:
    selection = Selection(datetime.date(2025, 1, 1), datetime.date(2025, 2, 28), False, False)
    bring(folder / "raw", folder / "processed", selection=selection, keep_versions=1)


def _back(folder: Path, _: int) -> None:
    roll_back(folder / "processed")


def _forward(folder: Path, _: int) -> None:
    roll_back(folder / "processed", Dataset(folder / "processed").all_versions()[-1].number)


def _forget(folder: Path, n: int) -> None:
    known = read_ledger(Dataset(folder / "processed").current()).known()
    ids = sorted(k.article_id for k in known.values() if k.article_id)
    forget(folder / "processed", [ids[n % len(ids)]])


_STEPS: dict[str, Callable[[Path, int], None]] = {
    "ingest of a new file": _add,
    "ingest of a changed file": _change,
    "backfill": _backfill,
    "ingest of another new file": _add,
    "rollback": _back,
    "rollback to the highest": _forward,
    "ingest of another changed file": _change,
    "prune": _remove,
    "ingest of one more new file": _add,
    "forgetting": _forget,
}
