"""`newsframes serve`, for real: its server, its schedule, its end."""

import datetime
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from conftest import RawFolder, outcomes, rows, story
from services import Service, free_port, quick_environment, running

from drills.outages.processes import children, wait_until
from flows.dataset import hold_lock
from flows.engine.server import PrefectUnreachable, prefect_api
from flows.planning.options import OptionsError
from flows.raw.tree import RawRootError
from flows.serve import DAILY, Timetable, deployment_name, serve

ROOT = Path(__file__).parent.parent
SERVE = """
import datetime, sys
from pathlib import Path
from flows.serve import Timetable, serve
raw, processed, seconds, port = sys.argv[1:]
parameters = {"raw": Path(raw), "processed": Path(processed), "batch_size": 3}
serve(parameters, Timetable(every=datetime.timedelta(seconds=float(seconds))), int(port))
"""


@pytest.fixture
def serving(raw: RawFolder, tmp_path: Path) -> Callable[..., Service]:
    """Return what makes a `serve` of the raw folder, at an interval; the paths are relative to its folder."""
    (tmp_path / "flows").mkdir()  # a folder of the user's that is named as our code is
    environment = quick_environment(tmp_path) | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}

    def make(seconds: float, processed: str = "out") -> Service:
        command = [sys.executable, "-P", "-c", SERVE, "raw", processed, str(seconds), str(free_port())]
        return Service(command, environment, tmp_path)

    return make


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty Prefect home, which this process is told to use."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def states(service: Service) -> list[str]:
    """Return the states of all runs that are not to come."""
    from prefect.client.orchestration import SyncPrefectClient

    now = datetime.datetime.now(datetime.UTC)
    with SyncPrefectClient(f"{pages(service)}/api") as client:
        runs = client.read_flow_runs()
    return sorted(
        run.state.name for run in runs if run.state and run.expected_start_time and run.expected_start_time < now
    )


def pages(service: Service) -> str:
    """Return the address that it says its pages are at."""
    return service.tell().partition("Prefect's pages: ")[2].split(". ")[0]


def test_runs_at_once_and_on_schedule_until_ctrl_c(
    serving: Callable[..., Service], raw: RawFolder, tmp_path: Path
) -> None:
    raw.write("first.txt", story(1))
    service = serving(15)
    with running(service, signal.SIGINT):
        wait_until(lambda: outcomes(tmp_path / "out"), 180)
        raw.write("second.txt", story(2))
        wait_until(lambda: outcomes(tmp_path / "out").count("committed") == 2, 180)
        assert "<html" in httpx.get(pages(service), trust_env=False, follow_redirects=True).text
        assert "Traceback" not in service.tell()  # Ctrl-C may meet a run, whose log then has one
    assert f"Serving {tmp_path / 'out'}: ingest runs now, then every 0:00:15" in service.tell()
    assert sorted(row["raw_path"] for row in rows(tmp_path / "out", "articles")) == ["first.txt", "second.txt"]


def test_serve_that_ends_in_the_middle_takes_all_along_and_the_next_one_catches_up_once(
    serving: Callable[..., Service], raw: RawFolder, tmp_path: Path
) -> None:
    for number in range(150):
        raw.write(f"story-{number}.txt", story(number))
    out, before = tmp_path / "out", set[Path]()
    for end in (signal.SIGKILL, signal.SIGINT):
        service = serving(2)
        service.start()
        wait_until(lambda before=before: set(out.glob("staging/*/*")) - before, 180)
        before = set(out.glob("staging/*/*"))
        service.stop(end)  # it waits until none of its processes is left
        assert outcomes(out).count("committed") == 0
    ended = time.monotonic()
    wait_until(lambda: time.monotonic() > ended + 5)  # periods that nobody serves

    service = serving(3600)
    with running(service):
        wait_until(lambda: "committed" in outcomes(out), 180)
        wait_until(lambda: states(service)[-1] == "Crashed" and "Completed" in states(service), 60, 0.5)
        assert states(service).count("Completed") == 1
        assert not {"Scheduled", "Late", "Pending", "Running"} & set(states(service))
    assert outcomes(out).count("committed") == 1
    assert len(rows(out, "articles")) == 150


def test_serve_of_another_dataset_is_refused_and_once_the_first_is_killed_takes_its_schedule_but_not_its_runs(
    serving: Callable[..., Service], raw: RawFolder, tmp_path: Path
) -> None:
    from prefect.client.orchestration import SyncPrefectClient

    raw.write("first.txt", story(1))
    first, second = serving(3600), serving(3600, "other")
    first.start()
    wait_until(lambda: outcomes(tmp_path / "out"), 180)
    wait_until(lambda: states(first) == ["Completed"], 60, 0.5)
    second.start()
    assert second.process is not None
    assert second.process.wait(60) != 0
    second.process = None
    assert f"process {first.pid} on " in second.tell()
    assert "Starting" not in second.tell()
    first.stop(signal.SIGKILL)

    third = serving(3600, "other")
    with running(third):
        wait_until(lambda: outcomes(tmp_path / "other"), 180)
        wait_until(lambda: states(third) == ["Completed", "Completed"], 60, 0.5)
        with SyncPrefectClient(f"{pages(third)}/api") as client:
            paused = {deployment.name: deployment.paused for deployment in client.read_deployments()}
    assert paused == {deployment_name(tmp_path / "out"): True, deployment_name(tmp_path / "other"): False}


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("foo", id="word"),
        pytest.param("", id="empty"),
        pytest.param("30 5 * *", id="four-fields"),
        pytest.param("0 30 5 * * *", id="six-fields"),
        pytest.param("60 5 * * *", id="minute-60"),
        pytest.param("0 24 * * *", id="hour-24"),
        pytest.param("0 5 31 2 *", id="february-31"),
        pytest.param("@daily", id="alias"),
        pytest.param("0 5 * * 5L", id="last-friday-unknown-to-prefect"),
        pytest.param("0 5 LW * *", id="last-working-day-unknown-to-prefect"),
        pytest.param("٣ 5 * * *", id="digit-of-another-script"),
    ],
)
def test_bad_cron_line_is_refused(line: str) -> None:
    with pytest.raises(OptionsError) as refused:
        Timetable(line)
    assert str(refused.value) == (f"{line!r} is no cron line: minute, hour, day, month, weekday, such as '30 5 * * *'")


CRON_LINES = [
    DAILY,
    "*/15 * * * *",
    "0 6-22/2 * * mon-fri",
    "0 5 1,15 jan,JUL *",
    "0 5 L * *",
    "0 5 * * 7",
    "0 5 * * 1#2",
]


@pytest.mark.parametrize("line", CRON_LINES)
def test_cron_line_is_one_for_prefect_too(line: str) -> None:
    from prefect.client.schemas.schedules import CronSchedule

    assert CronSchedule(cron=Timetable(line, "Europe/Berlin").cron, timezone="Europe/Berlin")


@pytest.mark.parametrize("zone", ["Europe/Berln", "Europe", "", "../etc/passwd", "+02:00"])
def test_unknown_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(OptionsError) as refused:
        Timetable(timezone=zone)
    assert str(refused.value) == f"no time zone {zone!r}; such as Europe/Berlin"


def test_no_time_between_runs_is_refused() -> None:
    with pytest.raises(OptionsError, match="every 0:00:00"):
        Timetable(every=datetime.timedelta())


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        pytest.param({"raw": "gone"}, RawRootError, "gone", id="no-raw-root"),
        pytest.param({"processed": "raw/a.txt"}, OptionsError, "is a file", id="processed-folder-is-a-file"),
        pytest.param({"metadata": "gone.tsv"}, ValueError, "gone.tsv", id="no-side-file"),
        pytest.param({"corrections": "gone.csv"}, ValueError, "gone.csv", id="no-corrections-file"),
    ],
)
def test_what_ingest_would_refuse_is_refused_before_anything_starts(
    parameters: dict[str, str], error: type[Exception], message: str, raw: RawFolder, home: Path
) -> None:
    raw.write("a.txt", story(1))
    said: list[str] = []
    before = children(os.getpid())
    given = {name: Path(path) for name, path in ({"raw": "raw", "processed": "out"} | parameters).items()}
    with pytest.raises(error, match=message):
        serve(given, Timetable(), free_port(), said.append)
    assert not said
    assert children(os.getpid()) == before
    assert "PREFECT_API_URL" not in os.environ
    with hold_lock(home / "newsframes-serve", "-"):  # it is free again
        pass


def test_second_serve_in_a_prefect_home_is_refused_before_anything_starts(raw: RawFolder, home: Path) -> None:
    said: list[str] = []
    before = children(os.getpid())
    refused = rf"^process {os.getpid()} on .* \(/first, since .*{home}: stop it, or set PREFECT_HOME to another"
    with hold_lock(home / "newsframes-serve", "/first"), pytest.raises(PrefectUnreachable, match=refused):
        serve({"raw": raw.root, "processed": Path("out")}, Timetable(), free_port(), said.append)
    assert not said
    assert children(os.getpid()) == before


def test_configured_server_may_have_many(raw: RawFolder, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{free_port()}/api")
    with hold_lock(home / "newsframes-serve", "-"), pytest.raises(PrefectUnreachable, match="does not answer"):
        serve({"raw": raw.root, "processed": Path("out")}, Timetable())


def test_deployments_are_named_after_the_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = deployment_name(tmp_path / "wire" / "processed")
    assert name.startswith("serve-wire-processed-")
    assert name != deployment_name(tmp_path / "elsewhere" / "wire" / "processed")
    monkeypatch.chdir(tmp_path)
    assert name == deployment_name(Path("wire/processed"))


@pytest.mark.usefixtures("home")
def test_port_that_is_taken_is_told_in_a_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PrefectUnreachable, match=f"port {port} cannot be used"), prefect_api(lambda _: None, port):
            pass
