"""One hostile input in a process of its own, at growing sizes: seconds, and the most memory that it took."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from drills.datasets import bring, write_article
from drills.hostile.texts import BYTES, FLOODS
from flows.dataset import Dataset
from flows.planning.ledger import read_ledger

_SECONDS = 3600


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
    """Return what an input costs at each size, in a fresh process; one that dies has what it said last as outcome."""
    command = [sys.executable, "-m", "drills.hostile.measure", name, *map(str, sizes)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    found = [Measured(*json.loads(line)) for line in done.stdout.splitlines()]
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["killed"])[-1]
        found.append(Measured(name, sizes[len(found)], f"FAILED {done.returncode}: {last}", 0, 0))
    return found


def _measure_here(name: str, sizes: list[int]) -> None:
    make = {**FLOODS, **BYTES}[name]
    with tempfile.TemporaryDirectory() as folder:
        _run(Path(folder) / "warm", None)  # what is read once, such as weights, is no input's cost
        for size in sizes:
            raw = make(size)
            seconds, outcome = _run(Path(folder) / str(size), raw)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(json.dumps(Measured(name, len(raw), outcome, round(seconds, 3), peak)), flush=True)


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


if __name__ == "__main__":
    _measure_here(sys.argv[1], list(map(int, sys.argv[2:])))
