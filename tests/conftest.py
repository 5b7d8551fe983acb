"""What most tests of the flow need: a raw folder to write into, a run in this process, and what came out of it."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, settings

from drills.datasets import LONG_AGO, write_file
from drills.datasets import bring as run_here
from flows.dataset import Dataset, Version
from flows.runs import Run, read_runs

# Machines are noisy: no test is timed.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

SAMPLES = Path(__file__).parent.parent / "data" / "raw"


class RawFolder:
    """A raw root; every write is a second later than the one before, unless told otherwise."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        self._clock = LONG_AGO

    def write(self, path: str, content: str | bytes, mtime: float | None = None) -> Path:
        file = write_file(self.root / path, content)
        self._clock += 1
        os.utime(file, (mtime or self._clock,) * 2)
        return file


@pytest.fixture
def raw(tmp_path: Path) -> RawFolder:
    return RawFolder(tmp_path / "raw")


@pytest.fixture
def run_locally() -> Callable[..., Run]:
    return run_here


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The processed root of data/raw; nobody may change it."""
    processed = tmp_path_factory.mktemp("samples") / "processed"
    run_here(SAMPLES, processed)
    return processed


def story(number: int, words: int = 40, changed: int = 0) -> str:
    """Return an article unlike those of other numbers; its last words may be changed."""
    body = [f"w{number}x{i}" for i in range(words - changed)] + [f"c{number}x{i}" for i in range(changed)]
    return f"“The pier number {number} will open,” said Ola Brandt. It was raining.\n\n{' '.join(body)}.\n"


def current(processed: Path) -> Version:
    """Return the current version, which has to be there."""
    version = Dataset(processed).current()
    assert version is not None
    return version


def outcomes(processed: Path) -> list[str]:
    """Return how the runs ended, the oldest first, as the dataset tells it."""
    return [run["outcome"] for run in reversed(read_runs(processed / "runs", 99))]


def digests(processed: Path, tables: tuple[str, ...] = ("articles", "paragraphs", "quotes")) -> dict[str, str]:
    """Return the SHA-256 of every Parquet file of some tables."""
    current = (processed / "current").resolve()
    return {
        file.relative_to(current).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for table in tables
        for file in sorted((current / table).rglob("*.parquet"))
    }


def rows(processed: Path, table: str) -> list[dict[str, Any]]:
    """Return all rows of a table, partition by partition."""
    files = sorted((processed / table).resolve().rglob("*.parquet"))
    return [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]
