"""Runs on a real Dask cluster: a scheduler and two workers, each a process of its own."""

import dataclasses
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from buckets import new_bucket, s3_server
from conftest import RawFolder, digests, run_here, story
from services import Service, free_port, quick_environment, temporary_prefect

from drills.outages.processes import children, wait_until
from flows.building.apart import merge_apart
from flows.building.file_rows import FileRows
from flows.building.merges import Merge, Merged, Nearby
from flows.dataset import Dataset, FileEntry, dataset_in
from flows.engine.runners import ClusterLost
from flows.raw.opening import sha256_of
from flows.reports.check import check_version
from flows.runs import read_runs
from flows.storage import ObjectPath, Place, all_files

if find_spec("prefect_dask") is None:
    pytest.skip("Dask is not installed: pip install 'newsframes[dask]'", allow_module_level=True)

ROOT = Path(__file__).parent.parent
STORIES = 40


class Cluster:
    """A scheduler and two workers; what a test has killed is started again for the next one."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.address = f"tcp://127.0.0.1:{port}"
        environment = {**quick_environment(folder), "PYTHONPATH": str(ROOT)}
        here = ["--host", "127.0.0.1", "--no-dashboard"]
        self.scheduler = Service([*_dask("scheduler"), "--port", str(port), *here], environment, folder)
        worker = [*_dask("worker"), self.address, "--nthreads", "1", "--no-nanny", "--death-timeout", "60", *here]
        self.workers = [Service(worker, environment, folder) for _ in range(2)]

    @property
    def services(self) -> list[Service]:
        return [self.scheduler, *self.workers]

    def start(self) -> None:
        """Start what does not run, and wait until the workers are known."""
        from distributed import Client

        for service in self.services:
            if service.process is not None and service.process.poll() is not None:
                service.process = None  # it ended by itself: a worker without its scheduler does
            if service.process is None:
                service.start()
        with Client(self.address, set_as_default=False, timeout=60) as client:
            client.wait_for_workers(len(self.workers), timeout=60)

    def end(self) -> None:
        for service in self.services:
            self.kill(service)

    def kill(self, service: Service) -> None:
        """End it, unless it has ended by itself."""
        if service.process is not None and service.process.poll() is None:
            service.end(signal.SIGKILL)
        service.process = None


def _dask(command: str) -> list[str | Path]:
    return [sys.executable, "-m", "dask", command]


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster, an object store, and a Prefect server whose address the cluster's processes do not have."""
    with s3_server(), ExitStack() as stack:
        started = Cluster(tmp_path_factory.mktemp("dask"))
        stack.callback(started.end)
        stack.enter_context(temporary_prefect(tmp_path_factory.mktemp("prefect")))
        yield started


@pytest.fixture
def cluster(services: Cluster) -> Cluster:
    services.start()
    return services


@pytest.fixture
def many(raw: RawFolder) -> RawFolder:
    for number in range(STORIES):
        raw.write(f"herald/2025/{number % 3 + 1:02d}/{number % 28 + 1:02d}/story-{number}.txt", story(number, 200))
    return raw


@dataclasses.dataclass
class Objects:
    """Raw files in an object store."""

    root: ObjectPath


def ingest(raw: RawFolder | Objects, processed: Place, address: str, **parameters: Any) -> dict[str, Any]:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    from flows.ingest import ingest as flow

    with temporary_settings({PREFECT_API_URL: os.environ["PREFECT_API_URL"]}):  # Prefect read it when it was imported
        return dict(flow(raw=raw.root, processed=processed, runner="dask", dask_address=address, **parameters))


@pytest.fixture
def objects(many: RawFolder) -> Objects:
    bucket = new_bucket()
    for file in many.root.rglob("*.txt"):
        (bucket / "raw" / file.relative_to(many.root).as_posix()).write_bytes(file.read_bytes())
    return Objects(bucket / "raw")


@pytest.fixture
def undisturbed(many: RawFolder, tmp_path: Path) -> dict[str, str]:
    """The digests of what a run in one process makes of the same files."""
    run_here(many.root, tmp_path / "undisturbed")
    return digests(tmp_path / "undisturbed")


def staged(processed: Place) -> list[Place]:
    return [path for path in all_files(processed / "staging") if path.name == "fragment.json"]


def when_at_work(processed: Place, disturb: Callable[[], object]) -> threading.Thread:
    """Disturb a run as soon as it has staged something."""

    def watch() -> None:
        wait_until(lambda: staged(processed), 120)
        disturb()

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


def assert_whole_and_clean(processed: Path) -> None:
    version = Dataset(processed).current()
    assert version is not None
    assert not list(check_version(version))
    assert not (processed / "staging").exists()
    assert not list((processed / "versions").glob(".*"))


def test_bytes_are_those_of_a_local_run(
    cluster: Cluster, many: RawFolder, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run = ingest(many, out, cluster.address, batch_size=9)
    assert run["counts"]["ingested"] == STORIES
    assert digests(out) == undisturbed
    assert_whole_and_clean(out)
    assert [children(worker.pid) for worker in cluster.workers] == [[], []]  # no Prefect server of their own
    assert all("Traceback" not in worker.tell() for worker in cluster.workers)


@contextmanager
def other_server() -> Iterator[tuple[str, list[str | bytes]]]:
    """Give the address of something that takes events as a Prefect server does, and what it was told."""
    from websockets.sync.server import ServerConnection, serve

    told: list[str | bytes] = []

    def take(connection: ServerConnection) -> None:
        told.extend(connection)

    with serve(take, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.socket.getsockname()[1]}/api", told


def test_tasks_are_known_to_the_runs_own_server(cluster: Cluster, raw: RawFolder, tmp_path: Path) -> None:
    """The workers have done work for another server before, which is gone."""
    from distributed import Client
    from prefect.client.orchestration import SyncPrefectClient

    def emit_to(address: str) -> None:
        from prefect.events import emit_event
        from prefect.events.worker import EventsWorker
        from prefect.settings import PREFECT_API_URL, temporary_settings

        EventsWorker.drain_all(timeout=10)
        with temporary_settings({PREFECT_API_URL: address}):
            emit_event("newsframes.test", {"prefect.resource.id": "newsframes.test"})

    with other_server() as (address, told), Client(cluster.address, set_as_default=False) as client:
        for worker in client.nthreads():
            client.submit(emit_to, address, workers=[worker], pure=False).result()
        wait_until(lambda: len(told) == len(cluster.workers))

    raw.write("herald/2025/03/04/alone.txt", story(1))
    ingest(raw, tmp_path / "out", cluster.address)
    name = "transform batch 1: 1 file from herald/2025/03/04/alone.txt"
    with SyncPrefectClient(os.environ["PREFECT_API_URL"]) as server:
        wait_until(lambda: (name, "Completed") in {(t.name, t.state_name) for t in server.read_task_runs()}, 60, 0.5)


def test_lost_worker(cluster: Cluster, many: RawFolder, undisturbed: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    watch = when_at_work(out, lambda: cluster.kill(cluster.workers[0]))
    run = ingest(many, out, cluster.address, batch_size=2)
    watch.join()
    assert cluster.workers[0].process is None
    assert run["outcome"] == "committed"
    assert digests(out) == undisturbed
    assert_whole_and_clean(out)


def test_lost_scheduler(cluster: Cluster, many: RawFolder, undisturbed: dict[str, str], tmp_path: Path) -> None:
    """The run fails, and the next one, of whatever kind, takes up what was staged."""
    out = tmp_path / "out"
    watch = when_at_work(out, lambda: cluster.kill(cluster.scheduler))
    with pytest.raises(ClusterLost, match="went away during the run"):
        ingest(many, out, cluster.address, batch_size=2)
    watch.join()
    assert cluster.address in read_runs(out / "runs", 1)[0]["reason"]
    assert Dataset(out).current() is None
    for worker in cluster.workers:  # they stop working, but Prefect keeps one that told a server which is gone by now
        cluster.kill(worker)
    assert staged(out)
    assert run_here(many.root, out).counts["resumed"] > 0
    assert digests(out) == undisturbed
    assert_whole_and_clean(out)


def test_other_rules_are_refused(
    cluster: Cluster, raw: RawFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw.write("a.txt", story(1))
    monkeypatch.setattr("transforms.RULES_VERSION", 99)
    with pytest.raises(ClusterLost, match=r"tcp://127\.0\.0\.1:\d+ has newsframes' rules 1, not 99"):
        ingest(raw, tmp_path / "out", cluster.address)
    assert not (tmp_path / "out" / "staging").exists()


def test_abandoned_group_ends_after_its_batch(cluster: Cluster, tmp_path: Path) -> None:
    """A run that was killed leaves workers at work: they notice before the next batch."""
    from distributed import Client

    from flows.engine.cluster import OnWorker
    from flows.engine.footing import Footing

    def wait_for_its_turn(turn: Path) -> None:  # sent as code: a worker knows no module of tests
        turn.with_suffix(".begun").touch()
        wait_until(turn.exists)

    def is_at_work(dask_worker: Any) -> bool:
        return bool(dask_worker.active_threads)

    (tmp_path / "token").touch()
    place = OnWorker(Footing({}, tmp_path, "token", os.environ["PREFECT_API_URL"]))
    turns = [tmp_path / f"turn-{number}" for number in range(3)]
    with Client(cluster.address, set_as_default=False) as client:
        future = client.submit(place.run_all, wait_for_its_turn, turns)
        turns[0].touch()
        wait_until(turns[1].with_suffix(".begun").exists)
        del future
        wait_until(lambda: not any(client.processing().values()))
        turns[1].touch()
        turns[2].touch()
        wait_until(lambda: not any(client.run(is_at_work).values()))
    assert not turns[2].with_suffix(".begun").exists()


def test_of_two_workers_at_one_partition_both_leave_it_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second, which was taken for dead, comes before the commit, or after it."""
    building, path = tmp_path / "versions" / ".building-1", "articles/year=2025/month=3/part-0.parquet"

    def write(merge: Merge) -> Merged:
        assert merge.building != building
        (merge.building / path).parent.mkdir(parents=True)
        (merge.building / path).write_text("rows")
        return Merged({path: FileEntry(1, 4, "", None, None)})

    monkeypatch.setattr("flows.building.apart.merge", write)
    partition = Merge(FileRows((2025, 3)), Nearby(), building)
    building.mkdir(parents=True)
    assert merge_apart(tmp_path / "staging", partition) == merge_apart(tmp_path / "staging", partition)
    assert [p.relative_to(building).as_posix() for p in building.rglob("*") if p.is_file()] == [path]
    building.rename(tmp_path / "versions" / "000001")
    with pytest.raises(FileNotFoundError):
        merge_apart(tmp_path / "staging", partition)
    assert [p.name for p in (tmp_path / "versions").iterdir()] == ["000001"]
    assert not list(tmp_path.glob("staging/*/*"))


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        pytest.param({}, None, id="as-it-must-be"),
        pytest.param({"versions": {"pyarrow": "1.0"}}, r"has pyarrow [\d.]+, not 1\.0", id="other-version"),
        pytest.param({"versions": {"cobol": "1.0"}}, r"has cobol none, not 1\.0", id="not-installed"),
        pytest.param({"token": "another"}, "needs the same files", id="other-disk-at-the-same-path"),
        pytest.param({"raw": Path("/nowhere/a.txt")}, "does not see /nowhere/a.txt", id="raw-folder-not-mounted"),
        pytest.param({"api": "http://127.0.0.1:9/api"}, "cannot reach the Prefect API", id="no-prefect-server"),
    ],
)
def test_footing(services: Cluster, tmp_path: Path, changed: dict[str, Any], fault: str | None) -> None:
    from flows.engine.footing import Footing, version_finder

    (tmp_path / "token").touch()
    footing = Footing(version_finder()(None), tmp_path, "token", os.environ["PREFECT_API_URL"], tmp_path)
    faults = dataclasses.replace(footing, **changed).faults()
    assert len(faults) == (fault is not None)
    assert not fault or re.search(fault, faults[0])
    assert [p.name for p in tmp_path.iterdir()] == ["token"]


def test_raw_files_and_dataset_in_an_object_store(
    objects: Objects, cluster: Cluster, undisturbed: dict[str, str]
) -> None:
    processed = objects.root.parent / "processed"
    killer = when_at_work(processed, lambda: cluster.kill(cluster.workers[0]))
    run = ingest(objects, processed, cluster.address, batch_size=2)
    killer.join()
    assert (run["outcome"], run["counts"]["ingested"]) == ("committed", STORIES)
    version = dataset_in(processed).current()
    assert version is not None
    tables = [path for path in version.manifest.files if path.split("/")[0] in ("articles", "paragraphs", "quotes")]
    assert {path: sha256_of(version.place(path)) for path in tables} == undisturbed
    assert list(check_version(version)) == []
    assert list(all_files(processed / "staging")) == []
