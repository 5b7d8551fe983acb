"""How far from the limit: an ingest against a program that only reads, hashes, decodes and writes the same files."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from benchmarks.contestants.asking import contestant
from benchmarks.figures import Figure
from benchmarks.measurements import Measurement, Notebook, footnotes, read_measurements, results
from benchmarks.options import Metadata, Page, Raw, Runs
from benchmarks.pages import PERFORMANCE, put_between, table
from benchmarks.stages import by_room

_FILE = "limit.json"
_PLAIN = "read, hash, decode, write the texts as Parquet"
_WHOLE = "newsframes, in one process without Prefect"
_STAGES = "newsframes, by stage"


def limit(raw: Raw, metadata: Metadata = None, runs: Runs = 5, page: Page = PERFORMANCE) -> None:
    """Compare a whole ingest on one core with the least that can be done to its files, and tell where the rest goes."""
    notebook = Notebook(results(page, _FILE), raw)
    side_file = [str(metadata.resolve())] if metadata else []
    with (
        contestant("plain", str(raw.resolve())) as plain,
        contestant("whole", str(raw.resolve()), *side_file) as whole,
    ):
        plain.ask("text")
        whole.ask("ingest")
        for number in range(runs):
            notebook.note(_PLAIN, plain.ask("text"))
            notebook.note(_WHOLE, whole.ask("ingest"))
            notebook.note(_STAGES, whole.ask("stages"))
            typer.echo(f"run {number + 1} of {runs}", err=True)
    put_between(page, "limit", render(read_measurements(results(page, _FILE))))


def render(measurements: Sequence[Measurement]) -> str:
    """Return what the page says."""
    found = {m.subject: m for m in measurements}
    plain, whole = found[_PLAIN], found[_WHOLE]
    articles, megabytes = plain.runs[0]["articles"], plain.runs[0]["bytes"] / 1e6
    rows = [_row(name, found[name], megabytes) for name in (_PLAIN, _WHOLE)]
    ratio = Figure.of(b / a for a, b in zip(plain.values("seconds"), whole.values("seconds"), strict=True))
    return (
        f"{articles:,} articles, {megabytes:.2f} MB.\n\n"
        f"{table(('', 'processor seconds', 'articles/s', 'MB/s'), rows)}\n"
        f"newsframes takes {ratio.told()} times as long. Where it goes:\n\n"
        f"{table(('stage', 'processor seconds', 'share'), _stage_rows(found[_STAGES], whole))}\n"
        f"{footnotes(measurements)}"
    )


def _row(name: str, measurement: Measurement, megabytes: float) -> tuple[str, ...]:
    seconds = measurement.values("seconds")
    articles = measurement.runs[0]["articles"]
    return (
        name,
        Figure.of(seconds).told(2),
        Figure.of(articles / s for s in seconds).told(),
        Figure.of(megabytes / s for s in seconds).told(2),
    )


def _stage_rows(stages: Measurement, whole: Measurement) -> list[tuple[str, ...]]:
    runs = [by_room(run["stages"]) for run in stages.runs]
    total = Figure.of(whole.values("seconds")).median
    found = {stage: Figure.of(run[stage] for run in runs) for stage in runs[0]}
    rows = [(stage, figure.told(3), f"{figure.median / total:.1%}") for stage, figure in found.items()]
    other = total - sum(figure.median for figure in found.values())
    return [*rows, ("in between, less what timing costs", f"{other:.3f}", f"{other / total:.1%}")]
