"""Readers while a writer commits: what they get, told against what was committed."""

from __future__ import annotations

import json
import multiprocessing
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from drills.readers.committing import commit_until, make_dataset
from drills.readers.reading import READERS, read_until

Found = dict[str, Counter[str]]

WHOLE, GONE = "whole", "VersionGone"


def readers(
    seconds: Annotated[float, typer.Option(help="How long.")] = 300,
    hour: Annotated[float, typer.Option(help="A replaced version stays so many seconds, instead of an hour.")] = 30,
) -> None:
    """Read with pandas, DuckDB, Polars and the loader while ingests, backfills, rollbacks and forgettings commit."""
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as name:
        commits, found = read_while_writing(Path(name), hour, lambda: time.monotonic() > end)
    typer.echo("commits: " + ", ".join(f"{count} {what}" for what, count in commits.items()))
    for reader, counts in found.items():
        rest = ", ".join(f"{count} {what}" for what, count in counts.most_common() if what != WHOLE)
        typer.echo(f"{reader:<28} {counts.total():>6} reads, {counts[WHOLE]:>6} whole" + (f"; {rest}" if rest else ""))
    raise typer.Exit(bool(wrong(found)))


def wrong(found: Found) -> list[str]:
    """Return what the loader gave and may not give; a version that was forgotten is told, which is no failure."""
    return [
        f"{reader}: {count} {what}"
        for reader, counts in found.items()
        for what, count in counts.items()
        if reader.startswith("loader") and what not in (WHOLE, GONE)
    ]


def read_while_writing(folder: Path, hour: float, is_enough: Callable[[], bool]) -> tuple[Counter[str], Found]:
    """Let one process write and others read, and judge what the readers saw.

    Args:
        folder: An empty folder.
        hour: How many seconds a replaced version stays.
        is_enough: Tells when to end.

    Returns:
        Commits by kind, and what became of the reads, by reader.
    """
    make_dataset(folder)
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=read_until, args=(folder, reader)) for reader in READERS]
    writer = context.Process(target=commit_until, args=(folder, hour))
    for process in (writer, *others):
        process.start()
    while not is_enough() and all(process.is_alive() for process in (writer, *others)):
        time.sleep(0.1)
    (folder / "stop").touch()
    for process in (writer, *others):
        process.join()
        assert process.exitcode == 0, process.name
    committed = [json.loads(line) for line in (folder / "committed").read_text("utf-8").splitlines()]
    reads = [json.loads(line) for path in folder.glob("reads-*") for line in path.read_text("utf-8").splitlines()]
    return Counter(c["step"] for c in committed), _judge(committed, reads)


def _judge(committed: list[dict[str, dict[str, str]]], reads: list[dict[str, dict[str, str]]]) -> Found:
    """Return what became of the reads: whole, torn, of two versions, dangling, or the error's name."""
    versions = [c["keys"] for c in committed]
    known = {(table, keys) for version in versions for table, keys in version.items()}
    found: Found = {reader: Counter() for reader in sorted({str(r["reader"]) for r in reads})}
    for read in reads:
        found[str(read["reader"])][_verdict(read, versions, known)] += 1
    return found


def _verdict(read: dict[str, dict[str, str]], versions: list[dict[str, str]], known: set[tuple[str, str]]) -> str:
    if "error" in read:
        return str(read["error"])
    keys = read["keys"]
    if not known.issuperset(keys.items()):
        return "torn (rows that no version has)"
    if not any(keys.items() <= version.items() for version in versions):
        return "tables of two versions"
    return str(read.get("dangling") or WHOLE)
