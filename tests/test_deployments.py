"""The deployments of prefect.yaml, run: by a worker, on a Prefect server, on PostgreSQL."""

import datetime
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from conftest import RawFolder, digests, outcomes, rows, run_here, story
from services import Service, postgres, prefect, prefect_server, running, wait_until_healthy, worker

from drills.outages.processes import children, is_alive, wait_until
from flows.dataset import Dataset
from flows.reports.check import check_version

ROOT = Path(__file__).parent.parent
CLONED = ("flows", "transforms", "newsframes.py", "prefect.yaml", "pyproject.toml")
STORIES = 150
"""At three a batch enough for a run to be met in the middle."""
FINAL = {"Completed", "Failed", "Crashed", "Cancelled"}


class Prefect:
    """A server with the deployments of a clone, a worker, and what is asked of them."""

    def __init__(self, server: Service, worker: Service) -> None:
        from prefect.client.orchestration import SyncPrefectClient

        self.server, self.worker = server, worker
        self.client = SyncPrefectClient(server.environment["PREFECT_API_URL"])

    def deployment(self, flow: str) -> Any:
        return self.client.read_deployment_by_name(f"{flow}/{flow}")

    def submit(self, raw: Path, processed: Path, **parameters: Any) -> UUID:
        given = {"raw": str(raw), "processed": str(processed), "batch_size": 3, **parameters}
        deployment = self.deployment("ingest").id
        return self.client.create_flow_run_from_deployment(deployment, parameters=given).id

    def cancel(self, run: UUID) -> None:
        from prefect.states import Cancelling

        self.client.set_flow_run_state(run, Cancelling())

    def state(self, run: UUID) -> str:
        state = self.client.read_flow_run(run).state
        assert state is not None
        return state.name

    def runs(self, parameters: dict[str, Any]) -> list[UUID]:
        """Return the runs that have these parameters."""
        return [run.id for run in self.client.read_flow_runs(limit=200) if run.parameters == parameters]

    def wait_for(self, run: UUID, state: str) -> None:
        wait_until(lambda: self.state(run) == state, 60, 0.5)

    def wait(self, *runs: UUID) -> list[str]:
        """Wait until runs have ended, and return how."""
        wait_until(lambda: all(self.state(run) in FINAL for run in runs), 180, 0.5)
        return [self.state(run) for run in runs]


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prefect]:
    """`prefect deploy --all`, called in a clone; the worker is started elsewhere."""
    folder = tmp_path_factory.mktemp("services")
    clone = folder / "clone"
    for name in CLONED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        clone.mkdir(exist_ok=True)
        copy(ROOT / name, clone / name)
    with postgres() as database:
        server = prefect_server(folder / "server", database)
        with running(server):
            wait_until_healthy(server)
            works = worker(server, folder / "worker")
            for arguments in (("work-pool", "create", "newsframes", "--type", "process"), ("deploy", "--all")):
                subprocess.run(
                    prefect(*arguments), cwd=clone, env=works.environment, check=True, stdout=subprocess.DEVNULL
                )
            found = Prefect(server, works)
            with running(works), found.client:
                yield found


@pytest.fixture
def deployed(services: Prefect) -> Prefect:
    """The services, all running, whatever the test before has left of them."""
    for service in (services.server, services.worker):
        if service.process is None:
            service.start()
            wait_until_healthy(services.server)
    return services


@pytest.fixture
def many(raw: RawFolder) -> RawFolder:
    for number in range(STORIES):
        raw.write(f"herald/2025/{number % 3 + 1:02d}/{number % 28 + 1:02d}/story-{number}.txt", story(number))
    return raw


def is_whole(processed: Path) -> bool:
    version = Dataset(processed).current()
    return version is None or not list(check_version(version))


def staged(processed: Path) -> set[Path]:
    return set(processed.glob("staging/*/*"))


def wait_until_at_work(processed: Path, before: Set[Path] = frozenset()) -> None:
    """Wait until a run stages what was not staged before."""
    wait_until(lambda: staged(processed) - before, 180)


def test_schedule_is_daily_and_backfill_waits_to_be_asked(deployed: Prefect) -> None:
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterDeploymentId

    ingest, backfill = deployed.deployment("ingest"), deployed.deployment("backfill")
    assert [d.global_concurrency_limit.limit for d in (ingest, backfill)] == [1, 1]
    assert [d.concurrency_options.collision_strategy for d in (ingest, backfill)] == ["ENQUEUE"] * 2

    def planned() -> list[Any]:
        wanted = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=[ingest.id]))
        return deployed.client.read_flow_runs(flow_run_filter=wanted)

    wait_until(planned)
    times = [run.expected_start_time for run in planned()]
    assert {(time.hour, time.minute, time.second) for time in times} == {(5, 30, 0)}
    assert len({time.date() for time in times}) == len(times)
    assert backfill.schedules == []


def test_periods_missed_while_the_server_was_down_are_made_up_for_once(
    deployed: Prefect, raw: RawFolder, tmp_path: Path
) -> None:
    """Each missed period has its run, and all start together: one does the work, the others find nothing to do."""
    from prefect.client.schemas.schedules import RRuleSchedule

    out = tmp_path / "out"
    raw.write("before.txt", story(1))
    assert deployed.wait(deployed.submit(raw.root, out)) == ["Completed"]
    assert outcomes(out) == ["committed"]

    ingest = deployed.deployment("ingest")
    deployed.client.delete_deployment_schedule(ingest.id, ingest.schedules[0].id)
    deployed.worker.stop()
    first = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=10)  # the scheduler has to see it before
    rule = RRuleSchedule(rrule=f"DTSTART:{first:%Y%m%dT%H%M%SZ}\nRRULE:FREQ=SECONDLY;INTERVAL=5;COUNT=3")
    last = first + datetime.timedelta(seconds=10)
    own = {"raw": str(raw.root), "processed": str(out)}
    deployed.client.create_deployment_schedules(ingest.id, [(rule, True)], parameters=own)
    scheduled = {**ingest.parameters, **own}
    wait_until(lambda: len(deployed.runs(scheduled)) == 3)
    deployed.server.stop()
    assert datetime.datetime.now(datetime.UTC) < last
    raw.write("meanwhile-1.txt", story(2))
    raw.write("meanwhile-2.txt", story(3))
    wait_until(lambda: datetime.datetime.now(datetime.UTC) > last)
    deployed.server.start()
    wait_until_healthy(deployed.server)
    deployed.worker.start()

    missed = deployed.runs(scheduled)
    assert len(missed) == 3
    assert deployed.wait(*missed) == ["Completed"] * 3
    assert outcomes(out) == ["committed", "committed", "nothing to do", "nothing to do"]
    assert sorted(row["raw_path"] for row in rows(out, "articles")) == [
        "before.txt",
        "meanwhile-1.txt",
        "meanwhile-2.txt",
    ]
    assert is_whole(out)


def test_cancelled_run_ends_and_the_next_one_completes_its_work(
    deployed: Prefect, many: RawFolder, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run = deployed.submit(many.root, out)
    wait_until_at_work(out)
    left = children(deployed.worker.pid)
    assert left
    deployed.cancel(run)
    assert deployed.wait(run) == ["Cancelled"]
    wait_until(lambda: not any(is_alive(pid) for pid in left))
    assert is_whole(out)
    assert deployed.wait(deployed.submit(many.root, out)) == ["Completed"]
    run_here(many.root, tmp_path / "undisturbed")
    assert digests(out) == digests(tmp_path / "undisturbed")


def test_stopped_worker_kills_its_run_and_the_next_one_completes_its_work(
    deployed: Prefect, many: RawFolder, tmp_path: Path
) -> None:
    """The run stays noted as running, and holds the deployment's only place: for five minutes, or until told dead."""
    from prefect.states import Crashed

    out, before = tmp_path / "out", set[Path]()
    run = deployed.submit(many.root, out)
    for stop in (signal.SIGTERM, signal.SIGINT):
        wait_until_at_work(out, before)
        deployed.worker.stop(stop)  # it waits until none of its processes is left
        assert deployed.state(run) == "Running"
        assert is_whole(out)
        before = staged(out)
        deployed.worker.start()
        killed, run = run, deployed.submit(many.root, out)
        deployed.wait_for(run, "AwaitingConcurrencySlot")
        deployed.client.set_flow_run_state(killed, Crashed(), force=True)
    assert deployed.wait(run) == ["Completed"]
    assert is_whole(out)
    assert len(rows(out, "articles")) == STORIES


def test_run_of_a_killed_worker_ends_as_crashed_and_the_next_one_completes_its_work(
    deployed: Prefect, many: RawFolder, tmp_path: Path
) -> None:
    """It is a process of its own, and ends when its next line of log finds no reader."""
    out = tmp_path / "out"
    run = deployed.submit(many.root, out)
    wait_until_at_work(out)
    left = deployed.worker.end(signal.SIGKILL)
    assert deployed.wait(run) == ["Crashed"]
    wait_until(lambda: not any(is_alive(pid) for pid in left))
    assert is_whole(out)
    deployed.worker.start()
    assert deployed.wait(deployed.submit(many.root, out)) == ["Completed"]
    assert is_whole(out)
    assert len(rows(out, "articles")) == STORIES


def test_run_by_hand_beside_a_scheduled_one(deployed: Prefect, many: RawFolder, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "flows.cli", "ingest", "--raw", str(many.root), "--processed", str(out)]
    environment = {**deployed.worker.environment, "PYTHONPATH": str(ROOT)}

    def by_hand(*options: str) -> "subprocess.Popen[str]":
        return subprocess.Popen([*command, *options], env=environment, stderr=subprocess.PIPE, text=True)

    run = deployed.submit(many.root, out)
    wait_until_at_work(out)
    with by_hand() as refused, by_hand("--wait", "90") as waits:  # at once: one after the other, the run may be over
        said = [process.communicate()[1] for process in (refused, waits)]
    assert "is being written by run" in said[0]
    assert "waiting up to 90 s for run" in said[1]
    assert (refused.returncode, waits.returncode) == (1, 0)
    assert deployed.wait(run) == ["Completed"]
    assert outcomes(out) == ["committed", "nothing to do"]
    assert is_whole(out)
