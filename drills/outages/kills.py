"""The whole process group of an ingest, killed at any moment."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from drills.judging import number
from drills.outages.ingests import Ingest, is_at_work, make_ingests, shared_server, stage_of
from drills.outages.options import Metadata, Raw, Seed
from drills.outages.processes import Command, wait_until
from flows.building.workers import WorkerPool

_A_BIT_LONGER = 1.3


@dataclass(frozen=True)
class Lengths:
    """How long an undisturbed run takes: from the lock to its end, and from the first merge to a bit after the swap."""

    whole: float
    tail: float


@dataclass
class Kills:
    """What came of the kills.

    Attributes:
        stages: Kills by what the run was at, as the disk told.
        too_late: Runs that had ended when they were to be killed; they are looked at like the others.
        resumed: Files that the next run did not have to read again, over all kills.
        takers: Runs that took files up.
        problems: What was lost or torn.
    """

    stages: Counter[str] = field(default_factory=Counter)
    too_late: int = 0
    resumed: int = 0
    takers: int = 0
    problems: list[str] = field(default_factory=list)


def kills(
    raw: Raw = None,
    metadata: Metadata = None,
    instants: Annotated[int, typer.Option(help="How often.")] = 200,
    seed: Seed = 0,
) -> None:
    """Kill the whole process group of an ingest by two workers; half of the kills come at the merge or later."""
    with tempfile.TemporaryDirectory() as name, WorkerPool(2) as pool:
        folder = Path(name)
        ingests = make_ingests(folder, pool, raw, metadata)
        with shared_server(folder / "prefect") as environment:
            found = kill_at_instants(ingests, folder, environment, pool, instants, seed)
    stages = ", ".join(f"{count} at {stage}" for stage, count in sorted(found.stages.items()))
    typer.echo(f"{found.stages.total()} kills: {stages}; {found.too_late} runs had ended before")
    typer.echo(f"{found.takers} next runs took up {found.resumed:,} files; {len(found.problems)} problems")
    raise typer.Exit(bool(found.problems) or found.stages.total() < instants)


def kill_at_instants(
    ingests: list[Ingest], folder: Path, environment: dict[str, str], pool: WorkerPool, instants: int, seed: int
) -> Kills:
    """Kill ingests in turn, each on a dataset of its own, and finish each as its next run would."""
    lengths = [measure(ingest, folder / "measured", environment) for ingest in ingests]
    found = Kills()
    while found.stages.total() < instants and found.too_late <= instants:
        instant = found.stages.total() + found.too_late
        which = instant % len(ingests)
        ingest, processed = ingests[which], ingests[which].copy_to(folder / "processed")
        draw, is_late = random.Random(f"{seed}-{instant}"), bool(instant // len(ingests) % 2)
        command = run_until(ingest, processed, environment, draw.random() * _span(lengths[which], is_late), is_late)
        has_ended = command.has_ended
        problems = [*command.end(), *ingest.wrong_now(processed)]
        if has_ended:
            stage = "the end"
            found.too_late += 1
            problems += [] if command.process.returncode == 0 else [command.tell()[-3000:]]
        else:
            stage = stage_of(processed, ingest.version)
            found.stages[stage] += 1
        run = ingest.finish(processed, pool)
        problems += ingest.wrong_at_end(processed)
        found.resumed += run.counts["resumed"]
        found.takers += bool(run.counts["resumed"])
        found.problems += problems
        typer.echo(
            f"{time.strftime('%H:%M:%S')} {instant + 1:>4} {ingest.name:<5} killed at {stage}: {run.summary}"
            + "".join(f"\n  PROBLEM {problem}" for problem in problems)
        )
        shutil.rmtree(processed)
    return found


def measure(ingest: Ingest, processed: Path, environment: dict[str, str]) -> Lengths:
    """Return how long an undisturbed command takes."""
    command = ingest.start(ingest.copy_to(processed), environment, processed.with_suffix(".log"))
    wait_until(lambda: is_at_work(processed) or command.has_ended)
    begin = time.monotonic()
    wait_until(lambda: _is_late(processed) or command.has_ended, 600)
    merge = time.monotonic()
    wait_until(lambda: number(processed) > ingest.version or command.has_ended, 600)
    swap = time.monotonic()
    assert command.wait(600) == 0, command.tell()
    whole = time.monotonic() - begin
    shutil.rmtree(processed)
    return Lengths(whole, _A_BIT_LONGER * (swap - merge))


def _span(lengths: Lengths, is_late: bool) -> float:
    return lengths.tail if is_late else lengths.whole


def _is_late(processed: Path) -> bool:
    return any((processed / "versions").glob(".building-*/*"))


def run_until(ingest: Ingest, processed: Path, environment: dict[str, str], seconds: float, is_late: bool) -> Command:
    """Start a command, and return it at some moment; it may have ended.

    Args:
        ingest: What to run.
        processed: The processed root.
        environment: Of the command.
        seconds: How long to let it run after it took the lock.
        is_late: Count them from the first merge on.
    """
    command = ingest.start(processed, environment, processed.with_suffix(".log"))
    begun = _is_late if is_late else is_at_work
    wait_until(lambda: begun(processed) or command.has_ended, 600)
    command.wait(seconds)
    return command
