"""Among what is known: what runs cost that find little or nothing new in a dataset of many files or partitions."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.commands import Ingest, Sample, own_prefect
from benchmarks.corpus.command import MONTHS, START
from benchmarks.corpus.copies import Originals, Span, read_originals
from benchmarks.corpus.layouts import write_files
from benchmarks.figures import Figure
from benchmarks.measurements import Measurement, Notebook, footnotes, read_measurements, results
from benchmarks.options import Metadata, Page, Raw, Runs, Work
from benchmarks.pages import PERFORMANCE, put_between, table
from flows.engine.server import prefect_api

_FILE = "known.json"
_FEW = 100


def known(
    raw: Raw,
    metadata: Metadata = None,
    files: Annotated[int, typer.Option(min=1, help="Known files.")] = 100_000,
    partitions: Annotated[int, typer.Option(min=1, help="Of a dataset that is partitioned by day.")] = 5_000,
    runs: Runs = 5,
    folder: Work = None,
    page: Page = PERFORMANCE,
) -> None:
    """Time runs that find little or nothing new, and commits among many partitions; a Prefect server is running."""
    originals = read_originals(raw, metadata, is_tiny=True)
    with own_prefect(folder) as (place, environment):
        notebook = Notebook(results(page, _FILE), place)
        os.environ["PREFECT_HOME"] = environment["PREFECT_HOME"]
        with prefect_api(lambda _: None):
            environment["PREFECT_API_URL"] = os.environ["PREFECT_API_URL"]
            for count in (_FEW, files):
                dataset = _Growing(originals, place / f"known-{count}", environment, Span(START, MONTHS))
                _among_files(dataset, count, runs, notebook.note)
            span = Span(START, partitions * 12 // 365 + 1)
            dataset = _Growing(originals, place / "days", environment, span, ("--partition-by", "day"))
            _among_partitions(dataset, partitions, runs, notebook.note)
    put_between(page, "known", render(read_measurements(results(page, _FILE))))


@dataclass
class _Growing:
    """A dataset of tiny articles, and the folder of them that grows."""

    originals: Originals
    folder: Path
    environment: dict[str, str]
    span: Span
    options: tuple[str, ...] = ()
    _taken: int = field(default=0)

    def ingest(self, more: int) -> Sample:
        """Write some more files, unlike those before, and ingest."""
        (self.folder / "raw").mkdir(parents=True, exist_ok=True)
        copies = islice(self.originals.copies(0, self.span), self._taken, self._taken + more)
        self._taken += write_files(copies, self.folder / "raw").articles
        sample = Ingest(self.folder / "raw", None, self.environment).into(self.folder / "processed", *self.options)
        counts = sample.record["counts"]
        if counts["ingested"] + counts["duplicate"] != more:  # of many tiny articles, two may be the same
            raise SystemExit(f"{more} new files were to be ingested: {counts}")
        return sample


Note = Callable[[str, dict[str, object]], None]


def _among_files(dataset: _Growing, files: int, runs: int, note: Note) -> None:
    note(f"all of {files:,} files new", dataset.ingest(files).values())
    for number in range(runs):
        note(f"nothing new among {files:,} files", dataset.ingest(0).values())
        note(f"{_FEW} new files among {files:,}", dataset.ingest(_FEW).values())
        typer.echo(f"{files:,} files, run {number + 1} of {runs}", err=True)


def _among_partitions(dataset: _Growing, partitions: int, runs: int, note: Note) -> None:
    note(f"all of {partitions:,} partitions new, a file each", dataset.ingest(partitions).values())
    for number in range(runs):
        note(f"one new file among {partitions:,} partitions", dataset.ingest(1).values())
        typer.echo(f"{partitions:,} partitions, run {number + 1} of {runs}", err=True)


def render(measurements: Sequence[Measurement]) -> str:
    """Return what the page says."""
    stages = list(dict.fromkeys(stage for m in measurements for run in m.runs for stage in run["stages"]))
    header = ("seconds", "runs", "whole command", "its stages", *stages, "largest process, MB")
    return f"{table(header, (_row(m, stages) for m in measurements))}\n{footnotes(measurements)}"


def _row(m: Measurement, stages: Sequence[str]) -> tuple[str, ...]:
    seconds = [[run["stages"][stage] for run in m.runs if stage in run["stages"]] for stage in stages]
    return (
        m.subject,
        str(len(m.runs)),
        Figure.of(m.values("seconds")).told(1),
        Figure.of(m.values("work_seconds")).told(2),
        *(Figure.of(values).told(2) if values else "" for values in seconds),
        Figure.of(m.values("peak_mb")).told(),
    )
