"""One hostile input in a process of its own, at growing sizes: seconds, and the most memory that it took."""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple

from drills.datasets import bring
from drills.hostile.corpus import MAKERS
from flows.dataset import Dataset
from flows.planning.ledger import read_ledger

CLEARLY = 1.0
"""Runs of fewer seconds than this say nothing of how time grows."""
SUPERLINEAR = 1.5
"""A megabyte of an input may take so many times as long at the largest size as at half of it."""
SMALL = 90_000
"""What a run costs whatever its input would be most of the seconds of fewer bytes."""
_ENGLISH = "---\nlanguage: en\n---\n“It rained,” said Jan Roe, the mayor. He said it would go on.\n\n".encode() * 20
_LONGEST_WAIT = 900
"""Seconds: whatever takes longer for one size is not linear, or hangs."""


class Measured(NamedTuple):
    """One input at one size.

    Attributes:
        name: Which.
        size: Bytes.
        outcome: How many rows it has.
        reason: Why it has none, by the ledger; or `FAILED: …`, if there was no run to the end.
        seconds: Of processor time, for a run with nothing else in it.
        peak_mb: The most memory that the process had until then.
        base_mb: The most that it had before it read anything of the input.
    """

    name: str
    size: int
    outcome: str = ""
    reason: str | None = None
    seconds: float = 0
    peak_mb: int = 0
    base_mb: int = 0

    @property
    def per_mb(self) -> float:
        """Seconds a megabyte."""
        return self.seconds / max(self.size, 1) * 1_000_000


def measure(name: str, sizes: list[int], largest: int, wait: float = _LONGEST_WAIT) -> list[Measured]:
    """Return what an input costs at each size, in a fresh process.

    Args:
        name: Which.
        sizes: In bytes, growing.
        largest: Go on beyond the last of them, to twice the size each time and up to this one, until a run takes
            `CLEARLY` long, and no longer for its size than the one before: what is quick when small may be slow when
            large, and what is slower once, as the names in it are more than are remembered, need not go on so.
        wait: Seconds to wait for one size.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["flows.building.transformation", "flows.building.merging"])
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_measure_here, args=(sending, name, sizes, largest))
    process.start()
    sending.close()
    found = list(_received(receiving, process, wait))
    process.join()
    if problem := _problem(process, wait):
        size = sizes[len(found)] if len(found) < len(sizes) else found[-1].size * 2
        found.append(Measured(name, size, reason=f"FAILED: {problem}"))
    return found


def _received(receiving: Connection, process: BaseProcess, wait: float) -> Iterator[Measured]:
    """Yield what a process sends; one that is silent for too long is killed."""
    try:
        while receiving.poll(wait):
            yield receiving.recv()
    except EOFError:
        return
    process.kill()


def _problem(process: BaseProcess, wait: float) -> str | None:
    if process.exitcode == -9:
        return f"killed, for want of memory or as it was silent for {wait:g} s"
    return f"exit code {process.exitcode}" if process.exitcode else None


def _measure_here(sending: Connection, name: str, sizes: list[int], largest: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _run(Path(folder) / "warm", _ENGLISH)  # what is read once, such as weights, is no input's cost
        base, found, sizes = _peak_mb(), [], [*sizes]
        for size in sizes:
            raw = MAKERS[name](size)
            seconds, outcome, reason = _run(Path(folder) / str(size), raw)
            found.append(Measured(name, len(raw), outcome, reason, round(seconds, 3), _peak_mb(), base))
            sending.send(found[-1])
            if size == sizes[-1] and size * 2 <= largest and (seconds < CLEARLY or is_slower(found)):
                sizes.append(size * 2)


def is_slower(found: Sequence[Measured]) -> bool:
    """Return whether a megabyte took clearly longer at the last size than at the one before."""
    if len(found) < 2 or found[-1].seconds < CLEARLY or found[-2].size < SMALL:
        return False
    return found[-1].per_mb > SUPERLINEAR * found[-2].per_mb


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _run(folder: Path, content: bytes) -> tuple[float, str, str | None]:
    raw, processed = folder / "raw", folder / "processed"
    raw.mkdir(parents=True)
    (raw / "a.txt").write_bytes(content)
    start = time.process_time()
    run = bring(raw, processed)
    seconds = time.process_time() - start
    (row,) = read_ledger(Dataset(processed).current()).known().values()
    rows = f"{run.counts['rows of paragraphs']:,} paragraphs, {run.counts['rows of quotes']:,} quotes"
    return seconds, row.reason or rows, row.reason
