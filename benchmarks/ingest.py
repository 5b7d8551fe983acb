"""`newsframes ingest` as a user runs it: cold, idle, and with what Prefect's start costs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.commands import Ingest, Sample, own_prefect
from benchmarks.figures import Figure
from benchmarks.options import Metadata, Raw, Runs
from flows.engine.server import prefect_api

_NOTHING = "import prefect; prefect.flow(lambda: None, name='nothing')()"


def ingest(
    raw: Raw,
    metadata: Metadata = None,
    runs: Runs = 3,
    starts: Annotated[bool, typer.Option("--starts", help="Only what a run costs beside its work.")] = False,
) -> None:
    """Time `newsframes ingest` as a user runs it; rates leave the start-up out and state it."""
    with own_prefect(None) as (folder, environment):
        command = Ingest(raw.resolve(), metadata.resolve() if metadata else None, environment)
        if not starts:
            _rates(command, runs)
        _starts(command, folder, runs)


def _rates(command: Ingest, runs: int) -> None:
    """Print articles a second with one worker and with two, in turn."""
    megabytes = sum(p.stat().st_size for p in command.raw.rglob("*") if p.is_file()) / 1e6
    one, two = zip(*((command.cold(None, "--workers", n) for n in "12") for _ in range(runs)), strict=True)
    rates = [_print_rate(label, samples, megabytes) for label, samples in (("one worker", one), ("two workers", two))]
    typer.echo(f"two workers / one worker     {rates[1] / rates[0]:7.2f}")
    for stage in two[0].record["seconds"]:
        typer.echo(f"  {stage:<12} {Figure.of(s.record['seconds'][stage] for s in two).told(2)} s")


def _print_rate(label: str, samples: tuple[Sample, ...], megabytes: float) -> float:
    articles = samples[0].record["counts"]["read"]
    work = Figure.of(s.work_seconds for s in samples).median
    start = Figure.of(s.seconds - s.work_seconds for s in samples).median
    peak = max(s.peak_mb for s in samples)
    typer.echo(
        f"{label:<28} {articles / work:7.0f} articles/s {megabytes / work:6.2f} MB/s   start-up {start:5.1f} s   "
        f"largest process {peak:4.0f} MB"
    )
    return float(articles / work)


def _starts(command: Ingest, folder: Path, runs: int) -> None:
    """Print what a run costs beside its work."""
    processed = folder / "processed"
    command.into(processed)
    _print_start("idle run", (command.into(processed).seconds for _ in range(runs)))
    small = Ingest(folder / "small", None, dict(command.environment))
    small.raw.mkdir()
    (small.raw / "one.txt").write_text("One short article.\n\n“It is short,” said its author.\n", encoding="utf-8")
    homes = [small.environment | {"PREFECT_HOME": str(folder / f"fresh-{number}")} for number in range(runs)]
    firsts = [replace(small, environment=home).cold(folder).seconds for home in homes]
    _print_start("one article, first run on a machine", firsts)
    _print_start("one article, temporary server", (small.cold(folder).seconds for _ in range(runs)))
    os.environ["PREFECT_HOME"] = small.environment["PREFECT_HOME"]
    with prefect_api(lambda _: None):
        small.environment["PREFECT_API_URL"] = os.environ["PREFECT_API_URL"]
        _print_start("one article, against a running server", (small.cold(folder).seconds for _ in range(runs)))
        nothing = [sys.executable, "-c", _NOTHING]
        seconds = [_seconds_of(nothing, small.environment) for _ in range(runs)]
        _print_start("for comparison, a Prefect flow that does nothing", seconds)


def _print_start(label: str, seconds: Iterable[float]) -> None:
    typer.echo(f"{label:<48} {Figure.of(seconds).told(2)} s")


def _seconds_of(command: list[str], environment: Mapping[str, str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begin
