"""End to end over corpora of several sizes: does the rate hold, and the memory?"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.commands import Ingest, own_prefect
from benchmarks.corpus.command import MONTHS, START
from benchmarks.corpus.copies import Originals, Span, read_originals, take
from benchmarks.corpus.layouts import Layout, write_corpus
from benchmarks.figures import Figure
from benchmarks.measurements import Measurement, Notebook, footnotes, read_measurements, results
from benchmarks.options import Metadata, Page, Raw, Runs, Work
from benchmarks.pages import PERFORMANCE, put_between, table
from benchmarks.plots import plot

_FILE = "scale.json"
_PLOT = "scale.svg"
_SIZES = (10_000, 50_000, 200_000)


def scale(
    raw: Raw,
    metadata: Metadata = None,
    size: Annotated[list[int] | None, typer.Option(help="Articles; may be repeated.")] = None,
    workers: Annotated[list[int] | None, typer.Option(help="Worker processes; may be repeated.")] = None,
    runs: Runs = 3,
    folder: Work = None,
    page: Page = PERFORMANCE,
) -> None:
    """Time cold ingests of corpora of several sizes, made of a folder's articles, and draw a plot of them."""
    originals = read_originals(raw, metadata)
    with own_prefect(folder) as (place, environment):
        notebook = Notebook(results(page, _FILE), place)
        for articles in size or _SIZES:
            _measure(originals, articles, workers or (1, 2), runs, place, environment, notebook)
    measurements = read_measurements(results(page, _FILE))
    results(page, _PLOT).write_text(draw(measurements), encoding="utf-8")
    put_between(page, "scale", render(measurements, f"{page.stem}/{_PLOT}"))


def _measure(
    originals: Originals,
    articles: int,
    workers: Iterable[int],
    runs: int,
    folder: Path,
    environment: dict[str, str],
    notebook: Notebook,
) -> None:
    """Ingest one corpus with each number of workers in turn, again and again."""
    corpus = folder / f"corpus-{articles}"
    written = write_corpus(take(originals, articles, 0, Span(START, MONTHS)), corpus, Layout.FOLDERS)
    command = Ingest(corpus / "raw", None, environment)
    for number in range(runs):
        for count in workers:
            sample = command.cold(folder, "--workers", str(count))
            typer.echo(f"{articles:,} articles, {count} workers, run {number + 1}: {sample.seconds:.0f} s", err=True)
            if sample.record["counts"]["ingested"] != articles:
                raise SystemExit(f"not all articles were ingested: {sample.record['counts']}")
            values = {"workers": count, "bytes": written.bytes, **sample.values()}
            notebook.note(f"{articles:,} articles, {count} {'worker' if count == 1 else 'workers'}", values)
    shutil.rmtree(corpus)


def _sorted(measurements: Iterable[Measurement]) -> list[Measurement]:
    return sorted(measurements, key=lambda m: (m.runs[0]["articles"], m.runs[0]["workers"]))


def _rate(measurement: Measurement, unit: str, per: float = 1) -> Figure:
    return Figure.of(run[unit] / per / run["work_seconds"] for run in measurement.runs)


def draw(measurements: Sequence[Measurement]) -> str:
    """Return the plot of rates over sizes."""
    lines: dict[str, list[tuple[float, Figure]]] = {}
    for m in _sorted(measurements):
        name = m.subject.partition(", ")[2]
        lines.setdefault(name, []).append((m.runs[0]["articles"], _rate(m, "articles")))
    return plot("articles a second", "articles in the corpus", lines)


def render(measurements: Sequence[Measurement], plot_path: str) -> str:
    """Return what the page says."""
    measurements = _sorted(measurements)
    stages = list(dict.fromkeys(stage for m in measurements for stage in m.runs[0]["stages"]))
    header = ("", "MB", "runs", "articles/s", "MB/s", "largest process, MB", "start-up, s")
    seconds = [
        (m.subject, *(Figure.of(run["stages"][stage] for run in m.runs).told(1) for stage in stages))
        for m in measurements
    ]
    return (
        f"![Articles a second over the size of the corpus]({plot_path})\n\n"
        f"{table(header, map(_row, measurements))}\n"
        f"Seconds by stage:\n\n{table(('', *stages), seconds)}\n"
        f"{footnotes(measurements)}"
    )


def _row(m: Measurement) -> tuple[str, ...]:
    return (
        m.subject,
        f"{m.runs[0]['bytes'] / 1e6:,.1f}",
        str(len(m.runs)),
        _rate(m, "articles").told(),
        _rate(m, "bytes", 1e6).told(2),
        Figure.of(m.values("peak_mb")).told(),
        Figure.of(m.values("start_seconds")).told(1),
    )
