"""Disks that fill up in mid-run, and disks and folders that cannot be written."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from drills.outages.ingests import Ingest, make_ingests, own_server, stage_of
from drills.outages.options import Metadata, Raw
from drills.outages.processes import SECONDS_TO_HANG
from flows.building.workers import WorkerPool
from flows.planning.ledger import LEDGER_FILE

STAGES = ("transform", "merge", "commit")
"""A disk has to be full at each of them."""
_AS_ANYONE = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--"]
"""Root without the right to write where nobody may."""


class NoMount(RuntimeError):
    """This process may not mount a disk."""


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Give an empty disk in memory, of 1 GB; `resize` makes it smaller.

    Raises:
        NoMount: It may not be mounted.
    """
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1g", "tmpfs", folder], capture_output=True, text=True)
    if mounted.returncode:
        raise NoMount(mounted.stderr.strip())
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)
        folder.rmdir()


def remount(disk: Path, options: str) -> None:
    """Mount a disk with other options."""
    subprocess.run(["mount", "-o", f"remount,{options}", disk], check=True)


def disks(
    raw: Raw = None,
    metadata: Metadata = None,
    sizes: Annotated[int, typer.Option(help="Sizes of a disk, up to what a run needs.")] = 20,
    commands: Annotated[int, typer.Option(help="So many of them with the whole command, Prefect included.")] = 4,
) -> None:
    """Let a disk fill up at every stage of a run, then make room; and write where nothing can be written."""
    with tempfile.TemporaryDirectory() as name, WorkerPool(2) as pool:
        folder = Path(name)
        try:
            with small_disk(folder / "disk"):
                pass
        except NoMount as error:
            typer.echo(f"NOT DONE, no disk can be mounted here: {error}")
            raise typer.Exit(1) from None
        problems = []
        for ingest in make_ingests(folder, pool, raw, metadata):
            stages, found = fill_up(ingest, folder, pool, sizes)
            told = ", ".join(f"{count} at {stage}" for stage, count in stages.items())
            found += [
                f"{ingest.name}: no disk was full at {s}" for s in ("transform", "merge", "commit") if not stages[s]
            ]
            typer.echo(f"{ingest.name}: {sizes} sizes of a disk, full {told}; {len(found)} problems")
            with own_server(folder / "prefect") as environment:
                found += fill_up_command(ingest, folder, pool, commands, environment)
                found += write_nowhere(ingest, folder, pool, environment)
            problems += found
        for problem in problems:
            typer.echo(f"  PROBLEM {problem}")
    raise typer.Exit(bool(problems))


def fill_up(ingest: Ingest, folder: Path, pool: WorkerPool, sizes: int) -> tuple[Counter[str], list[str]]:
    """Run on disks of several sizes, make room, and run again.

    Returns:
        Runs by what they were at when the disk was full, and what is wrong.
    """
    stages: Counter[str] = Counter()
    problems = []
    for size in _sizes(ingest, folder, pool, sizes):
        with small_disk(folder / "disk") as disk:
            processed = ingest.copy_to(disk / "processed")
            remount(disk, f"size={size}k")
            try:
                ingest.finish(processed, pool)
                stages["never"] += 1
            except OSError as error:
                stages[stage_of(processed, ingest.version)] += 1
                problems += [] if "No space left" in str(error) else [f"{size} KB: {error}"]
            problems += [f"{size} KB: {problem}" for problem in _end_with_room(ingest, disk, pool)]
    return stages, problems


def fill_up_command(
    ingest: Ingest, folder: Path, pool: WorkerPool, sizes: int, environment: Mapping[str, str]
) -> list[str]:
    """Do the same to the whole command, and return what is wrong: it has to fail in a line."""
    problems = []
    for size in _sizes(ingest, folder, pool, sizes)[:-1]:
        with small_disk(folder / "disk") as disk:
            processed = ingest.copy_to(disk / "processed")
            remount(disk, f"size={size}k")
            line, found = _fails_in_a_line(ingest, processed, folder, environment)
            problems += [*found, *_end_with_room(ingest, disk, pool)]
        typer.echo(f"{ingest.name}, the command on a disk of {size:,} KB: {line}")
    return problems


def write_nowhere(ingest: Ingest, folder: Path, pool: WorkerPool, environment: Mapping[str, str]) -> list[str]:
    """Run the command on a read-only disk, and in a folder that it may not write to; return what is wrong."""
    problems = []
    for name, before in (("read-only disk", []), ("folder of someone else", _AS_ANYONE)):
        with small_disk(folder / "disk") as disk:
            processed = ingest.copy_to(disk / "processed")
            processed.mkdir(exist_ok=True)
            remount(disk, "ro") if not before else processed.chmod(0o555)
            names = sorted(disk.rglob("*"))
            line, found = _fails_in_a_line(ingest, processed, folder, environment, before)
            problems += [*found, *([] if names == sorted(disk.rglob("*")) else [f"{name}: something was written"])]
            remount(disk, "rw")
            processed.chmod(0o755)
            problems += [f"{name}: {problem}" for problem in _end_with_room(ingest, disk, pool)]
        typer.echo(f"{ingest.name}, {name}: {line}")
    return problems


def _sizes(ingest: Ingest, folder: Path, pool: WorkerPool, count: int) -> list[int]:
    """Return sizes in KB: a third too small for what is staged, for partitions, for the ledger; the last is enough."""
    with small_disk(folder / "disk") as disk:
        processed = ingest.copy_to(disk / "processed")
        least = _used(disk)
        ingest.stage(processed, pool)
        staged = _used(disk)
        most = _most_used(disk, lambda: ingest.finish(processed, pool))
        written_last = sum((processed / "current" / name).stat().st_size for name in (LEDGER_FILE, "manifest.json"))
    merged, third = most - written_last // 1024, count // 3
    spans = ((least, staged, third), (staged, merged, third), (merged, most, count - 2 * third))
    return [low + 4 + (high - low) * n // number for low, high, number in spans for n in range(number)] + [4 * most]


def _used(disk: Path) -> int:
    """Return how much of a disk is used, in KB."""
    told = os.statvfs(disk)
    return (told.f_blocks - told.f_bfree) * told.f_frsize // 1024


def _most_used(disk: Path, work: Callable[[], object]) -> int:
    """Return how much of a disk is used at most while some work is done, in KB."""
    most = [0]
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(0.0005):
            most[0] = max(most[0], _used(disk))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        work()
    finally:
        is_over.set()
        watcher.join()
    return most[0]


def _end_with_room(ingest: Ingest, disk: Path, pool: WorkerPool) -> list[str]:
    remount(disk, "size=1g")
    processed = disk / "processed"
    problems = list(ingest.wrong_now(processed))
    ingest.finish(processed, pool)
    return [*problems, *ingest.wrong_at_end(processed)]


def _fails_in_a_line(
    ingest: Ingest, processed: Path, folder: Path, environment: Mapping[str, str], before: list[str] | None = None
) -> tuple[str, list[str]]:
    command = ingest.start(processed, environment, folder / "command.log", before)
    code = command.wait(SECONDS_TO_HANG)
    problems = command.end()
    said = command.tell().strip().splitlines()
    lines = [line for line in said if line.startswith("newsframes: ")]
    if code != 1 or len(lines) != 1 or any(line.startswith("Traceback") for line in said):
        problems.append(f"exit code {code}: {command.tell()[-3000:]}")
    return lines[-1] if lines else f"exit code {code}", problems
