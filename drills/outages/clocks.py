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

from drills.outages.ingests import Ingest, make_ingests, own_server
from drills.outages.kills import Metadata, Raw, Seed, kill_group
from drills.outages.losses import has_come
from drills.outages.processes import wait_until
from flows.building.workers import WorkerPool
from flows.dataset import Dataset
from flows.runs import read_runs

SECONDS_TO_END = 300
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
        for number in range(times * len(ingests)):
            ingest = ingests[number % len(ingests)]
            moment = random.Random(f"{seed}-{number}").randrange(ingest.batches + 2)
            with own_server(folder / "prefect") as environment:
                found = set_back(ingest, folder, pool, environment | with_clock(library, folder / "clock"), moment)
            what = f"{ingest.name}, set back at moment {moment} of {ingest.batches + 2}"
            typer.echo(f"{time.strftime('%H:%M:%S')} {what}" + "".join(f"\n  PROBLEM {p}" for p in found))
            problems += found
    typer.echo(f"{times * len(ingests)} runs, {len(problems)} problems")
    raise typer.Exit(bool(problems))


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


def set_back(ingest: Ingest, folder: Path, pool: WorkerPool, environment: Mapping[str, str], moment: int) -> list[str]:
    """Set the clock of a command back in mid-run, run once more by the wrong clock and once by the right one.

    Args:
        ingest: What to run.
        folder: Where.
        pool: Who runs by the right clock.
        environment: Of the command, from `with_clock`.
        moment: See `drills.outages.losses.lose`.

    Returns:
        What is wrong.
    """
    processed, clock = ingest.copy_to(folder / "processed"), Path(environment["DRILL_CLOCK"])
    command = ingest.start(processed, environment, folder / "command.log")
    wait_until(lambda: command.has_ended or has_come(ingest, processed, moment), SECONDS_TO_END)
    set_clock(clock, -_TWO_DAYS)
    code = command.wait(SECONDS_TO_END)
    problems = kill_group(command)
    problems += [] if code == 0 else [f"exit code {code}: {command.tell()[-3000:]}"]
    problems += ingest.wrong_now(processed)
    again = ingest.start(processed, environment, folder / "command.log")
    code = again.wait(SECONDS_TO_END)
    problems += [] if code == 0 and "Nothing to do" in again.tell() else [f"again: {again.tell()[-3000:]}"]
    ingest.finish(processed, pool)
    problems += ingest.wrong_at_end(processed)
    dataset = Dataset(processed)
    numbers = [version.number for version in dataset.all_versions()]
    problems += [] if numbers == list(range(1, ingest.version + 2)) else [f"versions {numbers} are left"]
    runs = len(read_runs(dataset.runs, 99))
    problems += [] if runs == 3 + bool(ingest.version) else [f"{runs} runs are noted"]
    shutil.rmtree(processed)
    return problems
