"""Readers while a writer commits: what they get, told against what was committed."""

from __future__ import annotations

import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from drills.readers.committing import commit_until, make_dataset
from drills.readers.reading import READERS, read_until
from drills.readers.verdict import WHOLE, Committed, Found, Note, committed, judge, wrong


def readers(
    seconds: Annotated[float, typer.Option(help="How long.")] = 300,
    hour: Annotated[float, typer.Option(help="A replaced version stays so many seconds, instead of an hour.")] = 30,
) -> None:
    """Read with pandas, DuckDB, Polars and the loader while ingests, backfills, rollbacks and forgettings commit."""
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as name:
        commits, found = read_while_writing(Path(name), hour, lambda: time.monotonic() > end)
    typer.echo("commits: " + ", ".join(f"{count} {what}" for what, count in commits.counts.items()))
    for reader, counts in found.items():
        rest = ", ".join(f"{count} {what}" for what, count in counts.most_common() if what != WHOLE)
        typer.echo(f"{reader:<28} {counts.total():>6} reads, {counts[WHOLE]:>6} whole" + (f"; {rest}" if rest else ""))
    for problem in (problems := wrong(commits, found)):
        typer.echo(f"WRONG  {problem}")
    raise typer.Exit(bool(problems))


def read_while_writing(folder: Path, hour: float, is_enough: Callable[[], bool]) -> tuple[Committed, Found]:
    """Let one process write and others read, and judge what the readers saw.

    Args:
        folder: An empty folder.
        hour: How many seconds a replaced version stays; longer than any read takes.
        is_enough: Tells when to end.

    Returns:
        What was committed, and what became of the reads, by reader.
    """
    make_dataset(folder)
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=read_until, args=(folder, engine)) for engine in READERS]
    writer = context.Process(target=commit_until, args=(folder, hour))
    for process in (writer, *others):
        process.start()
    while not is_enough() and all(process.is_alive() for process in (writer, *others)):
        time.sleep(0.1)
    (folder / "stop").touch()
    for process in (writer, *others):
        process.join()
        assert process.exitcode == 0, process.name
    commits = committed(list(_notes(folder / "committed")))
    return commits, judge(commits, [note for path in folder.glob("reads-*") for note in _notes(path)])


def _notes(path: Path) -> Iterator[Note]:
    yield from (json.loads(line) for line in path.read_text("utf-8").splitlines())
