"""The command that is disturbed: an ingest by two workers, and what it must come to in the end."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Any

from drills.datasets import bring, write_article
from drills.judging import Contents, broken_invariants, contents, number, wrong_at_end, wrong_now
from drills.outages.processes import Command
from flows.building.publish import Each, Items, bring_up_to_date
from flows.building.workers import WorkerPool
from flows.dataset import Dataset
from flows.dataset.lock import read_holder
from flows.engine.server import prefect_api
from flows.planning.options import Options
from flows.runs import Run, read_runs

ARTICLES = 840
"""Of our own, where no raw folder is given."""


@dataclass
class Ingest:
    """An ingest to disturb.

    Attributes:
        name: What it is called.
        raw: The raw root.
        metadata: The side file.
        before: The dataset as it is before; None: there is none yet.
        end: What an undisturbed run comes to.
        batches: Batches of an undisturbed run.
        batch_size: Files in a batch.
    """

    name: str
    raw: Path
    metadata: Path | None = None
    before: Path | None = None
    end: Contents = field(default_factory=dict)
    batches: int = 0
    batch_size: int = 20

    @property
    def version(self) -> int:
        """Number of the version before; 0: none."""
        return number(self.before) if self.before else 0

    def copy_to(self, processed: Path) -> Path:
        """Copy the dataset as it is before, hard links included, to a folder that is not there; return the folder."""
        if self.before:
            subprocess.run(["cp", "-a", self.before, processed], check=True)
            (processed / "lock").unlink()
        return processed

    def start(
        self, processed: Path, environment: Mapping[str, str], log: Path, before: list[str] | None = None
    ) -> Command:
        """Start the command, in a process group of its own.

        Args:
            processed: The processed root.
            environment: Of the command.
            log: Where what it prints goes.
            before: Words to put before the command line.
        """
        side_file: list[str | Path] = ["--metadata", self.metadata] if self.metadata else []
        arguments = ["ingest", "--raw", self.raw, "--processed", processed, *side_file, "--prune", "--workers", "2"]
        return Command([*arguments, "--batch-size", str(self.batch_size)], environment, log, before)

    def finish(self, processed: Path, pool: WorkerPool, **options: Any) -> Run:
        """Do what the next command would, without Prefect."""
        run = Run("ingest")
        bring_up_to_date(replace(self._options(processed), **options), run, lambda: _in_pool(pool))
        return run

    def stage(self, processed: Path, pool: WorkerPool) -> None:
        """Do what a run does before its first merge, and stop there."""
        with suppress(KeyboardInterrupt):
            bring_up_to_date(self._options(processed), Run("ingest"), lambda: _in_pool(pool, until="merge"))

    def _options(self, processed: Path) -> Options:
        return Options(
            raw=self.raw, processed=processed, metadata=self.metadata, prune=True, batch_size=self.batch_size
        )

    def wrong_now(self, processed: Path) -> Iterator[str]:
        """Yield what is wrong with a dataset whose run was disturbed."""
        return wrong_now(processed, self.version, self.version + 1)

    def wrong_at_end(self, processed: Path) -> Iterator[str]:
        """Yield what is wrong with a dataset once the next run is done."""
        return wrong_at_end(processed, [self.end])


def is_at_work(processed: Path) -> bool:
    """Return whether a flow run has taken the lock: the command first tries whether it could."""
    holder = read_holder(processed) if (processed / "lock").exists() else None
    return holder is not None and holder.run_id != "-"


def stage_of(processed: Path, before: int) -> str:
    """Return what a killed run was at, as the disk tells it.

    Args:
        processed: The processed root.
        before: Number of the version before.
    """
    dataset = Dataset(processed)
    if number(processed) > before:
        last = read_runs(dataset.runs, 1)
        return "after its record" if last and last[0]["version"] == number(processed) else "after the swap"
    buildings = list(dataset.versions.glob(".building-*"))
    if any(v.number > before for v in dataset.all_versions()) or any((b / "files").exists() for b in buildings):
        return "commit"
    if buildings:
        return "merge"
    return "transform" if dataset.staging.is_dir() else "plan"


@contextmanager
def _in_pool(pool: WorkerPool, until: str | None = None) -> Iterator[Each]:
    """Give the way to run batches and merges in a pool, without Prefect; before one stage it stops."""

    def each(stage: str, function: Callable[[Any], Any], items: Items) -> Iterable[Any]:
        if stage == until:
            raise KeyboardInterrupt
        return threads.imap_unordered(lambda item: pool.run(function, item), items)

    with ThreadPool(2) as threads:
        try:
            yield each
        finally:
            threads.terminate()
            threads.join()  # as a run does, it waits for what its workers are at


@contextmanager
def own_server(home: Path) -> Iterator[dict[str, str]]:
    """Give the environment of commands that each start a Prefect server of their own."""
    present = {name: os.environ.pop(name, None) for name in ("PREFECT_API_URL", "PREFECT_HOME")}
    os.environ["PREFECT_HOME"] = str(home)
    try:
        yield dict(os.environ)
    finally:
        os.environ.pop("PREFECT_HOME")
        os.environ.update({name: value for name, value in present.items() if value is not None})


@contextmanager
def shared_server(home: Path) -> Iterator[dict[str, str]]:
    """Give the environment of commands that share a Prefect server, which ends with the block."""
    with own_server(home), prefect_api(lambda _: None):
        yield dict(os.environ)


def make_ingests(
    folder: Path,
    pool: WorkerPool,
    raw: Path | None = None,
    metadata: Path | None = None,
    articles: int = ARTICLES,
    batch_size: int = 20,
) -> list[Ingest]:
    """Return a first ingest and one that changes, adds and removes, with what each comes to undisturbed.

    Args:
        folder: Where they are made.
        pool: Who makes them.
        raw: A folder of texts; None: articles of our own.
        metadata: Its side file.
        articles: How many of our own.
        batch_size: Files in a batch.
    """
    first, grown = folder / "raw", folder / "raw-grown"
    for root in (first, grown):
        shutil.copytree(raw, root) if raw else write_articles(root, articles)
    before = folder / "before"
    _make_smaller(grown, lambda: bring(grown, before, metadata=metadata))
    ingests = [
        Ingest("first", first, metadata, batch_size=batch_size),
        Ingest("next", grown, metadata, before, batch_size=batch_size),
    ]
    for ingest in ingests:
        processed = ingest.copy_to(folder / "undisturbed")
        ingest.batches = -(-ingest.finish(processed, pool).counts["read"] // ingest.batch_size)
        assert not broken_invariants(processed)
        ingest.end = contents(processed)
        shutil.rmtree(processed)
    return ingests


def write_articles(raw: Path, articles: int) -> None:
    """Write articles of our own."""
    for n in range(articles):
        write_article(raw, n, month=n % 6 + 1)


def _make_smaller(raw: Path, ingest: Callable[[], object]) -> None:
    """Ingest a raw tree before it gets every third file, while every tenth is other and some more are there."""
    files = sorted(path for path in raw.rglob("*") if path.is_file())
    later = {path: (path.read_bytes(), path.stat()) for path in files[::3]}
    other = {path: (path.read_bytes(), path.stat()) for path in files[1::10] if path not in later}
    gone = [path.with_name(f"gone-{path.name}") for path in files[2::40]]
    for path in later:
        path.unlink()
    for path, (content, _) in other.items():
        path.write_bytes(content + b"\n\nIt was all quite different then, the mayor said.\n")
    for path in gone:
        path.write_bytes(f"It was said of {path.name} that it would not stay.\n\nNor did it.\n".encode())
    ingest()
    for path, (content, status) in {**later, **other}.items():
        path.write_bytes(content)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    for path in gone:
        path.unlink()
