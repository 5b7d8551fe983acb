"""What is killed, full or changed in the middle of an ingest; `python -m drills` does far more of it."""

import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from multiprocessing import forkserver
from pathlib import Path

import pytest

from drills.outages.clocks import make_library, set_back, with_clock
from drills.outages.disks import NoMount, fill_up, small_disk, write_nowhere
from drills.outages.ingests import Ingest, make_ingests, own_server, shared_server
from drills.outages.losses import lose
from drills.outages.vanishing import damage_while_running
from flows.building.workers import WorkerPool


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(2) as workers:
        yield workers


@pytest.fixture(scope="module")
def ingests(pool: WorkerPool, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ingest]:
    made = make_ingests(tmp_path_factory.mktemp("ingests"), pool, articles=45, batch_size=3)
    return {ingest.name: ingest for ingest in made}


@pytest.fixture(scope="module")
def shared(home: Path) -> Iterator[dict[str, str]]:
    """The environment of commands that share a Prefect server."""
    with shared_server(home / "prefect") as environment:
        yield environment


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where Prefect's database is, once it is made."""
    return tmp_path_factory.mktemp("home")


LOST_SERVER = "newsframes: the Prefect API went away"


@pytest.mark.parametrize(
    ("part", "name", "moment", "end"),
    [
        pytest.param("the whole group", "first", 7, "killed", id="group-while-batches-are-staged"),
        pytest.param("the whole group", "next", -2, "killed", id="group-at-the-merge"),
        pytest.param("the command alone", "next", 2, "killed", id="command"),
        pytest.param("all workers", "first", 2, "ended well", id="workers"),
        pytest.param("the command's own Prefect server", "first", 2, LOST_SERVER, id="server"),
    ],
)
def test_whatever_is_killed_nothing_is_lost(
    ingests: dict[str, Ingest],
    pool: WorkerPool,
    home: Path,
    shared: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    name: str,
    moment: int,
    end: str,
) -> None:
    monkeypatch.setenv("PREFECT_CLIENT_MAX_RETRIES", "0")  # or it takes the better part of a minute to give up
    loss = lose(part, ingests[name], home, pool, moment % (ingests[name].batches + 3), shared)
    assert loss.problems == []
    assert loss.end.startswith(end if loss.killed else "ended well")  # on a busy machine it may be over before
    assert loss.killed or moment < 0


def test_fork_server_that_dies_while_workers_start() -> None:
    for _ in range(3):
        with WorkerPool(1) as workers:
            server: int = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
            os.kill(server, signal.SIGKILL)
            assert workers.run(os.getppid) != server


def test_renewed_pool_has_new_processes() -> None:
    with WorkerPool(1) as workers:
        first = workers.run(os.getpid)
        assert workers.run(os.getpid) == first
        workers.renew()
        assert workers.run(os.getpid) != first
        with pytest.raises(ProcessLookupError):
            os.kill(first, 0)


def test_disk_that_fills_up(ingests: dict[str, Ingest], pool: WorkerPool, tmp_path: Path) -> None:
    """At every stage; with room, the next run ends in the same bytes."""
    try:
        stages, problems = fill_up(ingests["next"], tmp_path, pool, 6)
    except NoMount as error:
        pytest.skip(f"no disk can be mounted here: {error}")
    assert problems == []
    assert {"transform", "merge", "commit", "never"} <= stages.keys()


def test_where_nothing_can_be_written_a_line_says_so(
    ingests: dict[str, Ingest], pool: WorkerPool, tmp_path: Path, home: Path
) -> None:
    try:
        with small_disk(tmp_path / "disk"):
            pass
    except NoMount as error:
        pytest.skip(f"no disk can be mounted here: {error}")
    with own_server(home / "prefect") as environment:
        assert write_nowhere(ingests["next"], tmp_path, pool, environment) == []


@pytest.mark.parametrize("seed", range(3))
def test_files_that_vanish_or_change_under_a_run(tmp_path: Path, seed: int) -> None:
    damaged: Counter[str] = Counter()
    assert damage_while_running(tmp_path, random.Random(seed), damaged, Counter()) == []
    assert damaged.total() == 10


def test_clock_that_is_set_back_in_mid_run(
    ingests: dict[str, Ingest], pool: WorkerPool, tmp_path: Path, home: Path
) -> None:
    library = make_library(tmp_path)
    if library is None:
        pytest.skip("no C compiler here")
    with own_server(home / "prefect") as environment:
        clock = with_clock(library, tmp_path / "clock")
        assert set_back(ingests["next"], tmp_path, pool, environment | clock, 3) == (True, [])
