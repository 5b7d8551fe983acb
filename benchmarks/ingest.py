"""Time `newsframes ingest` as a user runs it: cold, idle, and with what Prefect's start costs.

    python benchmarks/ingest.py --raw ../shared/polnear/train/text --metadata ../shared/polnear/metadata.tsv --runs 3

Every figure is a median of whole processes, each into a new dataset; rates leave the start-up out and state it.
Compare figures of one run only: machines are noisy.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.engine.server import prefect_api


@dataclass
class Sample:
    """One command.

    Attributes:
        seconds: From start to end, by the clock.
        peak_mb: Largest resident set of any of its processes.
        record: The run's own record.
    """

    seconds: float
    peak_mb: float
    record: dict[str, Any]

    @property
    def work_seconds(self) -> float:
        """Seconds of the run's own stages."""
        return float(sum(self.record["seconds"].values()))


@dataclass
class Bench:
    """What is ingested, and in which environment."""

    raw: Path
    metadata: Path | None
    runs: int
    environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))

    def ingest(self, processed: Path, *options: str) -> Sample:
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

    def cold(self, *options: str) -> list[Sample]:
        """Run it into a new dataset, again and again."""
        samples = []
        for _ in range(self.runs):
            with tempfile.TemporaryDirectory() as folder:
                samples.append(self.ingest(Path(folder) / "processed", *options))
        return samples


def _watch(process: subprocess.Popen[bytes]) -> Callable[[], float]:
    """Follow the largest resident set below a process; the function returned tells it, in MB, when it has ended."""
    largest = 0

    def follow() -> None:
        nonlocal largest
        while process.poll() is None:
            for pid in _family(process.pid):
                largest = max(largest, _peak_kb(pid))
            time.sleep(0.05)

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


def _median(values: list[float]) -> float:
    return statistics.median(values)


def _print_rate(label: str, samples: list[Sample], megabytes: float) -> float:
    articles = samples[0].record["counts"]["read"]
    work = _median([s.work_seconds for s in samples])
    start = _median([s.seconds - s.work_seconds for s in samples])
    peak = max(s.peak_mb for s in samples)
    print(f"{label:<28} {articles / work:7.0f} articles/s {megabytes / work:6.2f} MB/s   start-up {start:5.1f} s   "
          f"largest process {peak:4.0f} MB")  # fmt: skip
    return articles / work


def _print_start(label: str, seconds: list[float]) -> None:
    print(f"{label:<48} {_median(seconds):6.2f} s")


def measure_rates(bench: Bench) -> None:
    """Print articles a second with one worker and with two."""
    megabytes = sum(p.stat().st_size for p in bench.raw.rglob("*") if p.is_file()) / 1e6
    one = _print_rate("one worker", bench.cold("--workers", "1"), megabytes)
    samples = bench.cold("--workers", "2")
    two = _print_rate("two workers", samples, megabytes)
    print(f"two workers / one worker     {two / one:7.2f}")
    stages = samples[0].record["seconds"]
    for stage in stages:
        print(f"  {stage:<12} {_median([s.record['seconds'][stage] for s in samples]):6.2f} s")


def measure_starts(bench: Bench, folder: Path) -> None:
    """Print what a run costs beside its work."""
    processed = folder / "processed"
    bench.ingest(processed)
    _print_start("idle run", [bench.ingest(processed).seconds for _ in range(bench.runs)])
    small = Bench(folder / "small", None, bench.runs, dict(bench.environment))
    small.raw.mkdir()
    (small.raw / "one.txt").write_text("One short article.\n\n“It is short,” said its author.\n", encoding="utf-8")
    firsts = []
    for number in range(bench.runs):
        small.environment["PREFECT_HOME"] = str(folder / f"fresh-{number}")
        firsts += [s.seconds for s in Bench(small.raw, None, 1, small.environment).cold()]
    _print_start("one article, first run on a machine", firsts)
    _print_start("one article, temporary server", [s.seconds for s in small.cold()])
    os.environ["PREFECT_HOME"] = small.environment["PREFECT_HOME"]
    with prefect_api(lambda _: None):
        small.environment["PREFECT_API_URL"] = os.environ["PREFECT_API_URL"]
        _print_start("one article, against a running server", [s.seconds for s in small.cold()])
        nothing = [_seconds_of([sys.executable, "-c", _NOTHING], small.environment) for _ in range(bench.runs)]
        _print_start("for comparison, a Prefect flow that does nothing", nothing)


_NOTHING = "import prefect; prefect.flow(lambda: None, name='nothing')()"


def _seconds_of(command: list[str], environment: dict[str, str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begin


def main() -> None:
    """Run both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--raw", type=Path, required=True)
    parser.add_argument("--metadata", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--starts", action="store_true", help="only what a run costs beside its work")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PREFECT_HOME": str(Path(folder) / "prefect")}
        environment.pop("PREFECT_API_URL", None)
        bench = Bench(arguments.raw, arguments.metadata, arguments.runs, environment)
        if not arguments.starts:
            measure_rates(bench)
        measure_starts(bench, Path(folder))


if __name__ == "__main__":
    main()
