"""The command as a user runs it: a process of its own, followed to its end."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.engine.server import child_environment

_SECONDS_BETWEEN = 0.25
"""Looking costs time, too; what is looked at is each process's own high-water mark."""


@dataclass(frozen=True)
class Sample:
    """One command.

    Attributes:
        seconds: From start to end, by the clock.
        peak_mb: Largest resident set of any of its processes, Prefect's server left out.
        record: The run's own record.
    """

    seconds: float
    peak_mb: float
    record: dict[str, Any]

    @property
    def work_seconds(self) -> float:
        """Seconds of the run's own stages."""
        return float(sum(self.record["seconds"].values()))

    def values(self) -> dict[str, Any]:
        """Return what is kept of it."""
        return {
            "articles": self.record["counts"]["read"],
            "seconds": round(self.seconds, 3),
            "work_seconds": round(self.work_seconds, 3),
            "start_seconds": round(self.seconds - self.work_seconds, 3),
            "peak_mb": round(self.peak_mb, 1),
            "stages": self.record["seconds"],
        }


@dataclass
class Ingest:
    """What is ingested, and in which environment."""

    raw: Path
    metadata: Path | None = None
    environment: dict[str, str] = field(default_factory=child_environment)

    def into(self, processed: Path, *options: str) -> Sample:
        """Run the command once."""
        metadata = ["--metadata", str(self.metadata)] if self.metadata else []
        arguments = ["ingest", "--raw", str(self.raw), "--processed", str(processed), *metadata, *options, "--json"]
        begin = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.cli", *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        peak = _watch(process)
        output, _ = process.communicate()
        seconds = time.perf_counter() - begin
        if process.returncode:
            raise SystemExit(f"{' '.join(arguments)} ended with {process.returncode}")
        return Sample(seconds, peak(), json.loads(output))

    def cold(self, folder: Path | None, *options: str) -> Sample:
        """Run it once into a new dataset, which is deleted."""
        with tempfile.TemporaryDirectory(dir=folder) as name:
            return self.into(Path(name) / "processed", *options)


@contextmanager
def own_prefect(folder: Path | None) -> Iterator[tuple[Path, dict[str, str]]]:
    """Give a folder to work in, and an environment in which Prefect is as on a new machine.

    Args:
        folder: Where to make it; None: where temporary files go.
    """
    with tempfile.TemporaryDirectory(dir=folder) as name:
        environment = child_environment() | {"PREFECT_HOME": str(Path(name) / "prefect")}
        environment.pop("PREFECT_API_URL", None)
        yield Path(name).resolve(), environment


def _watch(process: subprocess.Popen[bytes]) -> Callable[[], float]:
    """Follow the largest resident set below a process; the function returned tells it, in MB, when it has ended."""
    largest = 0

    def follow() -> None:
        nonlocal largest
        while process.poll() is None:
            for pid in _family(process.pid):
                largest = max(largest, _peak_kb(pid))
            time.sleep(_SECONDS_BETWEEN)

    thread = threading.Thread(target=follow)
    thread.start()

    def tell() -> float:
        thread.join()
        return largest / 1024

    return tell


def _family(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(") ")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(stat.parent.name))
    family = [pid]
    for member in family:
        family += children.get(member, [])
    return family


def _peak_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        is_server = b"flows.engine.server" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return 0
    return 0 if is_server else next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)
