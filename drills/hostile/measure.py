"""One hostile input in a process of its own, at growing sizes: seconds, and the most memory that it took."""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from drills.datasets import bring, write_article
from drills.hostile.texts import BYTES, FLOODS
from flows.dataset import Dataset
from flows.planning.ledger import read_ledger


class Measured(NamedTuple):
    """One input at one size.

    Attributes:
        name: Which.
        size: Bytes.
        outcome: Status and reason by the ledger, or how many rows it has.
        seconds: Of processor time, for a run with nothing else in it.
        peak_mb: The most memory that the process had until then.
    """

    name: str
    size: int
    outcome: str
    seconds: float
    peak_mb: int


def measure(name: str, sizes: list[int]) -> list[Measured]:
    """Return what an input costs at each size, in a fresh process; one that dies says so as outcome."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["flows.building.transformation", "flows.building.merging"])
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_measure_here, args=(sending, name, sizes))
    process.start()
    sending.close()
    found = []
    try:
        while True:
            found.append(receiving.recv())
    except EOFError:
        process.join()
    if process.exitcode:
        found.append(Measured(name, sizes[len(found)], f"FAILED: exit code {process.exitcode}", 0, 0))
    return found


def _measure_here(sending: Connection, name: str, sizes: list[int]) -> None:
    make = {**FLOODS, **BYTES}[name]
    with tempfile.TemporaryDirectory() as folder:
        _run(Path(folder) / "warm", None)  # what is read once, such as weights, is no input's cost
        for size in sizes:
            raw = make(size)
            seconds, outcome = _run(Path(folder) / str(size), raw)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            sending.send(Measured(name, len(raw), outcome, round(seconds, 3), peak))


def _run(folder: Path, content: bytes | None) -> tuple[float, str]:
    raw, processed = folder / "raw", folder / "processed"
    raw.mkdir(parents=True)
    if content is None:
        write_article(raw, 1)
    else:
        (raw / "a.txt").write_bytes(content)
    start = time.process_time()
    run = bring(raw, processed)
    seconds = time.process_time() - start
    (row,) = read_ledger(Dataset(processed).current()).values()
    rows = f"{run.counts['rows of paragraphs']:,} paragraphs, {run.counts['rows of quotes']:,} quotes"
    return seconds, row.reason or rows
