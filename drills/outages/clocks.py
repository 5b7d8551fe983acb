"""A clock that is set back two days in mid-run, while the disk goes on stamping files with the right time."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from drills.datasets import write_article
from drills.outages.ingests import Ingest, make_ingests, own_server
from drills.outages.losses import has_come
from drills.outages.options import Metadata, Raw, Seed
from drills.outages.processes import SECONDS_TO_HANG, wait_until
from flows.building.workers import WorkerPool
from flows.dataset import Dataset
from flows.runs import read_runs

_CODE = Path(__file__).with_name("clock.c")
_TWO_DAYS = 2 * 86_400


def clocks(
    raw: Raw = None,
    metadata: Metadata = None,
    times: Annotated[int, typer.Option(help="How often each ingest.")] = 5,
    seed: Seed = 0,
) -> None:
    """Set the clock of a command, its workers and its Prefect server back in mid-run, and run on with the wrong one."""
    problems = []
    with tempfile.TemporaryDirectory() as name, WorkerPool(2) as pool:
        folder = Path(name)
        if not (library := make_library(folder)):
            typer.echo("NOT DONE, there is no C compiler here")
            raise typer.Exit(1)
        ingests = make_ingests(folder, pool, raw, metadata)
        struck = too_late = 0
        while struck < times * len(ingests) and too_late <= times * len(ingests):
            number = struck + too_late
            ingest = ingests[number % len(ingests)]
            moment = random.Random(f"{seed}-{number}").randrange(ingest.batches + 2)
            with own_server(folder / "prefect") as environment:
                clock = with_clock(library, folder / "clock")
                is_struck, found = set_back(ingest, folder, pool, environment | clock, moment)
            struck, too_late = struck + is_struck, too_late + (not is_struck)
            what = f"{ingest.name}, set back at moment {moment} of {ingest.batches + 2}"
            typer.echo(f"{time.strftime('%H:%M:%S')} {what}" + "".join(f"\n  PROBLEM {p}" for p in found))
            problems += found
    typer.echo(f"{struck} runs, {too_late} that had ended before, {len(problems)} problems")
    raise typer.Exit(bool(problems) or struck < times * len(ingests))


def make_library(folder: Path) -> Path | None:
    """Return the library that tells a program another time; None: it cannot be made here."""
    library = folder / "clock.so"
    if not (compiler := shutil.which("cc")):
        return None
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, _CODE], check=True)
    return library


def with_clock(library: Path, clock: Path) -> dict[str, str]:
    """Return what a command's environment needs so that its clock is as far off as a file says: not at first."""
    set_clock(clock, 0)
    return {"LD_PRELOAD": str(library), "DRILL_CLOCK": str(clock)}


def set_clock(clock: Path, seconds: int) -> None:
    """Set the clocks of all commands that look at a file so many seconds off."""
    with clock.open("r+b" if clock.exists() else "wb") as file:  # they have it in their memory: never a new file
        file.write(seconds.to_bytes(8, sys.byteorder, signed=True))


def set_back(
    ingest: Ingest, folder: Path, pool: WorkerPool, environment: Mapping[str, str], moment: int
) -> tuple[bool, list[str]]:
    """Set the clock of a command back in mid-run, run once more by the wrong clock, and twice by the right one.

    Args:
        ingest: What to run.
        folder: Where.
        pool: Who runs by the right clock.
        environment: Of the command, from `with_clock`.
        moment: See `drills.outages.losses.lose`.

    Returns:
        Whether the clock was set back before the run had ended, and what is wrong.
    """
    processed, clock = ingest.copy_to(folder / "processed"), Path(environment["DRILL_CLOCK"])
    command = ingest.start(processed, environment, folder / "command.log")
    wait_until(lambda: command.has_ended or has_come(ingest, processed, moment), SECONDS_TO_HANG)
    set_clock(clock, -_TWO_DAYS)
    code = command.wait(SECONDS_TO_HANG)
    problems = command.end()
    problems += [] if code == 0 else [f"exit code {code}: {command.tell()[-3000:]}"]
    problems += ingest.wrong_now(processed)
    again = ingest.start(processed, environment, folder / "command.log")
    code = again.wait(SECONDS_TO_HANG)
    problems += again.end()
    problems += [] if code == 0 and "Nothing to do" in again.tell() else [f"again: {again.tell()[-3000:]}"]
    ingest.finish(processed, pool)
    problems += ingest.wrong_at_end(processed)
    dataset = Dataset(processed)
    runs = read_runs(dataset.runs, 99)
    problems += [] if len(runs) == 3 + bool(ingest.version) else [f"{len(runs)} runs are noted"]
    struck = [run for run in runs if run["version"] == ingest.version + 1 and run["finished_at"] < run["started_at"]]
    right = max(run["started_at"] for run in runs)
    slow = [run for run in runs if run["finished_at"] < right and run["version"] is None]
    problems += [] if slow else ["no run had the wrong clock from its start"]
    problems += _one_more_version(ingest, dataset, pool)
    shutil.rmtree(processed)
    return bool(struck), problems


def _one_more_version(ingest: Ingest, dataset: Dataset, pool: WorkerPool) -> list[str]:
    """Commit once more; versions of which none is an hour old by the right clock may not go, whatever their number."""
    later = write_article(ingest.raw, 5_000)
    ingest.finish(dataset.root, pool, keep_versions=1)
    later.unlink()
    numbers = [version.number for version in dataset.all_versions()]
    return [] if numbers == list(range(1, ingest.version + 3)) else [f"versions {numbers} are left"]
