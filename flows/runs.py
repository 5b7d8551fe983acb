"""Runs: what each one did, and how long it took; one small file each, only ever added."""

from __future__ import annotations

import datetime
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from flows.dataset.durable import make_folder, write_json
from flows.dataset.rollback import DatasetHeld
from flows.storage import Place, folders_in


class TooManyRejected(RuntimeError):
    """More files were rejected than the caller allows."""


Outcome = Literal["committed", "nothing to do", "held", "failed"]
COUNTS = (
    "read",
    "ingested",
    "duplicate",
    "rejected",
    "unreadable",
    "kept out",
    "removed",
    "corrected",
    "forgotten",
    "resumed",
    "gone",
    "pending",
)
"""What every run counts, files all of them; one that commits also counts the rows of the version."""
REJECTS_NOTED = 1_000
"""Rejects that a run's record names; the ledger has them all."""


@dataclass
class Run:
    """One run.

    Attributes:
        flow: Which flow.
        run_id: Sorts by the time of its start.
        started_at: ISO, UTC.
        outcome: How it ended; None while it runs.
        version: The version that it committed.
        counts: Files by what became of them, and rows of the version by table.
        seconds: By stage.
        partitions: Folders of the partitions that it wrote or removed, such as year=2016/month=3.
        rejected: [raw_path, reason] of the files that it could not use, `REJECTS_NOTED` at most.
        reason: Why it failed.
        finished_at: ISO, UTC.
    """

    flow: str
    run_id: str = field(default_factory=lambda: f"{_now():%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}")
    started_at: str = field(default_factory=lambda: _now().isoformat(timespec="milliseconds"))
    outcome: Outcome | None = None
    version: int | None = None
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    seconds: dict[str, float] = field(default_factory=dict)
    partitions: list[str] = field(default_factory=list)
    rejected: list[list[str]] = field(default_factory=list)
    reason: str | None = None
    finished_at: str | None = None

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time that the block takes to a stage's seconds."""
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = round(self.seconds.get(name, 0) + time.perf_counter() - begin, 3)

    @contextmanager
    def recorded(self, folder: Place) -> Iterator[None]:
        """Write down how the block ended, whichever way it did.

        Args:
            folder: Where the dataset keeps its runs.
        """
        try:
            yield
        except BaseException as error:
            self.fail(folder, error)
            raise
        self._finish(folder, "committed" if self.version else "nothing to do")

    def fail(self, folder: Place, error: BaseException) -> None:
        """Write down that it failed, or was held, and why.

        Args:
            folder: Where the dataset keeps its runs.
            error: What ended it; errors of our own speak for themselves.
        """
        name = "" if type(error).__module__.startswith("flows.") else type(error).__name__
        self.reason = ": ".join(part for part in (name, str(error)) if part)
        self._finish(folder, "held" if isinstance(error, DatasetHeld) else "failed")

    @property
    def summary(self) -> str:
        """What it did, in a line."""
        version = f" version {self.version}" if self.version else ""
        counts = ", ".join(f"{count:,} {name}" for name, count in self.counts.items() if count)
        return f"{self.outcome}{version}" + (f": {counts}" if counts else "") + f"; {sum(self.seconds.values()):.1f} s"

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return asdict(self)

    def _finish(self, folder: Place, outcome: Outcome) -> None:
        self.outcome = outcome
        self.finished_at = _now().isoformat(timespec="milliseconds")
        make_folder(folder)
        write_json(folder / f"{self.run_id}.json", self.to_json())


def read_runs(folder: Place, last: int) -> list[dict[str, Any]]:
    """Return the last runs, newest first."""
    return [run for run_id in run_names(folder)[:last] if (run := _read(folder / f"{run_id}.json"))]


def run_names(folder: Place) -> list[str]:
    """Return the run_id of every run that has a record, newest first."""
    names = [path.name for path in reversed(folders_in(folder))]
    return [name.removesuffix(".json") for name in names if name[:1].isdigit() and name.endswith(".json")]


def _read(path: Place) -> dict[str, Any] | None:
    """Return a run's record; None if it is damaged: it tells of the past and stops nobody."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        return None


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
