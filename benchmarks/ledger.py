"""A large ledger: what planning and committing cost among many known files, without transforming all of them.

Every size gets a raw folder of so many tiny files and a dataset that knows them: the first few are ingested, and the
ledger rows of the others are like theirs. A million files take as many inodes, and 5 GB of a tmpfs.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import typer

from benchmarks.clock import Clock, Stages
from benchmarks.figures import Figure
from benchmarks.measurements import Measurement, Notebook, footnotes, read_measurements, results
from benchmarks.options import Page, Runs, Work
from benchmarks.pages import SCALING, put_between, table
from flows.dataset import dataset_in
from flows.planning import prepare as preparing
from flows.planning.ledger import read_ledger
from flows.planning.options import Options
from flows.raw.walk import discover
from flows.runs import Run
from transforms import RULES_VERSION
from transforms.schemas import FILES

_FILE = "ledger.json"
_OUTLETS, _DAYS, _INGESTED, _NEW = 20, 2_000, 50, 100
_LONG_AGO = 1_700_000_000


def ledger(
    files: Annotated[list[int], typer.Option(min=_INGESTED, help="Known files.")] = [10_000, 100_000],  # noqa: B006
    runs: Runs = 5,
    folder: Work = None,
    page: Page = SCALING,
) -> None:
    """Time runs that find nothing, or little, new among many known files: processor time, and memory."""
    place = folder or Path(tempfile.gettempdir())
    notebook = Notebook(results(page, _FILE), place)
    for count in files:
        _measure_size(count, place, runs, notebook.note)
    put_between(page, "ledger", render(read_measurements(results(page, _FILE))))


def render(measurements: Sequence[Measurement]) -> str:
    """Return what the page says."""
    stages = list(dict.fromkeys(stage for m in measurements for stage in m.runs[0]["stages"]))
    header = ("known files", "processor seconds", *stages, "largest resident set, MB", "ledger files written, MB")
    return f"{table(header, (_row(m, stages) for m in measurements))}\n{footnotes(measurements)}"


def _row(measurement: Measurement, stages: Sequence[str]) -> tuple[str, ...]:
    runs = measurement.runs
    return (
        measurement.subject,
        Figure.of(measurement.values("seconds")).told(2),
        *(Figure.of([run["stages"].get(stage, 0) for run in runs]).told(2) for stage in stages),
        f"{max(run['peak'] for run in runs):,.0f}",
        f"{max(run['written'] for run in runs) / 1e6:.1f}",
    )


@dataclass(frozen=True)
class Place:
    """Where the files and the dataset of one size are."""

    folder: Path

    @property
    def raw(self) -> Path:
        """The raw root."""
        return self.folder / "raw"

    @property
    def options(self) -> Options:
        """What to run with."""
        return Options(raw=self.raw, processed=self.folder / "processed", keep_versions=1)


def _measure_size(count: int, parent: Path, runs: int, note: Callable[[str, dict[str, Any]], None]) -> None:
    """Note the runs of each thing that is measured among so many files, with the bytes of the ledger files written."""
    with tempfile.TemporaryDirectory(dir=parent, prefix="newsframes-ledger-") as folder:
        place, known = Place(Path(folder)), count
        _know_all_files(place, count)
        for what in _MEASURED:
            for _ in range(runs):
                if what == _FEW_NEW:
                    _write_files(place.raw, range(known, known + _NEW))
                    known += _NEW
                sample = _in_a_process(place, what)
                note(f"{what} among {count:,}", {**sample, "written": _own_bytes(place) if what == _FEW_NEW else 0})
            typer.echo(f"{count:,} files: {what}", err=True)


def _write_files(raw: Path, numbers: range) -> None:
    """Write tiny articles, spread over outlets and days."""
    for number in numbers:
        day = number % _DAYS
        date = f"{2010 + day // 360}/{day // 30 % 12 + 1:02d}/{day % 28 + 1:02d}"
        folder = raw / f"outlet-{number % _OUTLETS:02d}" / date
        if not folder.is_dir():
            folder.mkdir(parents=True)
        file = f"{folder}/the-story-of-number-{number:08d}.txt"
        with open(file, "w", encoding="utf-8") as handle:  # noqa: PTH123 (a million times)
            handle.write(f"“Number {number} is open,” said Ola Brandt.\n")
        os.utime(file, (_LONG_AGO + number % 1_000_000,) * 2)


def _know_all_files(place: Place, count: int) -> None:
    """Make a dataset that knows so many files and holds the rows of the first few."""
    from flows.building.ledger_parts import write_ledger
    from flows.building.publish import bring_up_to_date, in_this_process

    _write_files(place.raw, range(_INGESTED))
    bring_up_to_date(place.options, Run("ingest"), in_this_process)
    _write_files(place.raw, range(_INGESTED, count))
    dataset = dataset_in(place.options.processed)
    version = dataset.current()
    assert version is not None
    building = dataset.begin("benchmark")
    known = read_ledger(version)
    rows = _rows(place.raw, set(known.known()))
    added, removed = write_ledger(known, rows, (), building)
    dataset.commit(building, added, removed, version.manifest.settings, version)


def _rows(raw: Path, known: set[str]) -> pa.Table:
    """Return a ledger row of every other file, as if all had been ingested."""
    files = [file for path, file in discover(raw).files.items() if path not in known]
    digests = [hashlib.sha256(file.raw_path.encode()).hexdigest() for file in files]
    columns: dict[str, list[Any]] = {
        "raw_path": [file.raw_path for file in files],
        "size": [file.size for file in files],
        "modified": [file.modified for file in files],
        "raw_sha256": digests,
        "article_id": [digest[32:] for digest in digests],
    }
    values = {"status": "ingested", "rules_version": RULES_VERSION, "run_id": "", "finished_at": 0}
    arrays = [pa.array(columns.get(f.name, [values.get(f.name)] * len(files)), f.type) for f in FILES.schema]
    return pa.Table.from_arrays(arrays, schema=FILES.schema)


def _nothing_new(place: Place) -> Clock:
    """Do what the command does that finds nothing to do."""
    clock = Clock({"walk": ((preparing, "discover"),), "plan": ((preparing, "make_plan"),)})
    with clock.running():
        assert preparing.prepare(place.options).is_idle
    return clock


def _few_new(place: Place) -> Clock:
    """Do what the flow does with some new files."""
    from flows.building import publish

    stages: Stages = {
        "walk": ((preparing, "discover"),),
        "plan": ((preparing, "make_plan"),),
        "transform": ((publish, "transform"),),
        "resolve": ((publish, "resolve_ledger"),),
        "merge": ((publish, "merge"),),
        "ledger": ((publish, "write_ledger"),),
    }
    clock, run = Clock(stages), Run("ingest")
    with clock.running():
        publish.bring_up_to_date(place.options, run, publish.in_this_process)
    assert run.counts["read"] == _NEW, run.counts
    return clock


def _status(place: Place) -> Clock:
    """Tell what there is, as the command does after a run."""
    from flows.reports.status import read_status

    assert read_status(place.options, has_plan=False).files
    return Clock({})


_FEW_NEW = f"{_NEW} new"
_MEASURED: dict[str, Callable[[Place], Clock]] = {"nothing new": _nothing_new, _FEW_NEW: _few_new, "status": _status}


def measure(folder: str, what: str) -> None:
    """Do something once, in this process, and print what it took as JSON."""
    begin = time.process_time()
    clock = _MEASURED[what](Place(Path(folder)))
    seconds = time.process_time() - begin
    status = Path("/proc/self/status").read_text(encoding="utf-8")  # getrusage would tell of the parent's memory
    peak_kb = int(status.partition("VmHWM:")[2].split()[0])
    typer.echo(json.dumps({"seconds": seconds, "peak": peak_kb / 1024, "stages": clock.seconds}))


def _in_a_process(place: Place, what: str) -> dict[str, Any]:
    code = "import sys; from benchmarks.ledger import measure; measure(*sys.argv[1:])"
    command = [sys.executable, "-c", code, str(place.folder), what]
    result = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return dict(json.loads(result.stdout))


def _own_bytes(place: Place) -> int:
    """Return the bytes of the ledger's files that the current version shares with no other."""
    version = dataset_in(place.options.processed).current()
    assert version is not None
    stats = [version.place(path).stat() for path in version.manifest.paths(FILES.name)]
    return sum(s.st_size for s in stats if isinstance(s, os.stat_result) and s.st_nlink == 1)
