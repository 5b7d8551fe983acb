"""`newsframes serve`, for real: its server, its schedule, its end."""

import datetime
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from conftest import RawFolder, rows, story
from processes import wait_until
from services import Service, free_port, quick_environment, running

from flows.engine.server import PrefectUnreachable, prefect_api
from flows.runs import read_runs

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
def serving(raw: RawFolder, tmp_path: Path) -> Callable[[float], Service]:
    """Return what makes a `serve` of the raw folder, at an interval; the paths are relative to its folder."""
    (tmp_path / "flows").mkdir()  # a folder of the user's that is named as our code is
    environment = quick_environment(tmp_path) | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}

    def make(seconds: float) -> Service:
        command = [sys.executable, "-P", "-c", SERVE, "raw", "out", str(seconds), str(free_port())]
        return Service(command, environment, tmp_path)

    return make


def outcomes(processed: Path) -> list[str]:
    return [run["outcome"] for run in reversed(read_runs(processed / "runs", 99))]


def states(serve: Service) -> list[str]:
    """Return the states of all runs that are not to come."""
    from prefect.client.orchestration import SyncPrefectClient

    now = datetime.datetime.now(datetime.UTC)
    with SyncPrefectClient(f"{pages(serve)}/api") as client:
        runs = client.read_flow_runs()
    return sorted(
        run.state.name for run in runs if run.state and run.expected_start_time and run.expected_start_time < now
    )


def pages(serve: Service) -> str:
    """Return the address that it says its pages are at."""
    return serve.tell().partition("Prefect's pages: ")[2].split(". ")[0]


def test_runs_at_once_and_on_schedule_until_ctrl_c(
    serving: Callable[[float], Service], raw: RawFolder, tmp_path: Path
) -> None:
    raw.write("first.txt", story(1))
    serve = serving(15)
    with running(serve, signal.SIGINT):
        wait_until(lambda: outcomes(tmp_path / "out"), 180)
        raw.write("second.txt", story(2))
        wait_until(lambda: outcomes(tmp_path / "out").count("committed") == 2, 180)
        assert "<html" in httpx.get(pages(serve), trust_env=False, follow_redirects=True).text
        assert "Traceback" not in serve.tell()  # Ctrl-C may meet a run, whose log then has one
    assert f"Serving {tmp_path / 'out'}: ingest runs now, then every 0:00:15" in serve.tell()
    assert sorted(row["raw_path"] for row in rows(tmp_path / "out", "articles")) == ["first.txt", "second.txt"]


def test_serve_that_ends_in_the_middle_takes_all_along_and_the_next_one_catches_up_once(
    serving: Callable[[float], Service], raw: RawFolder, tmp_path: Path
) -> None:
    for number in range(150):
        raw.write(f"story-{number}.txt", story(number))
    out, before = tmp_path / "out", set[Path]()
    for end in (signal.SIGKILL, signal.SIGINT):
        serve = serving(2)
        serve.start()
        wait_until(lambda before=before: set(out.glob("staging/*/*")) - before, 180)
        before = set(out.glob("staging/*/*"))
        serve.stop(end)  # it waits until none of its processes is left
        assert outcomes(out).count("committed") == 0
    ended = time.monotonic()
    wait_until(lambda: time.monotonic() > ended + 5)  # periods that nobody serves

    serve = serving(3600)
    with running(serve):
        wait_until(lambda: "committed" in outcomes(out), 180)
        wait_until(lambda: states(serve)[-1] == "Crashed" and "Completed" in states(serve), 60, 0.5)
        assert states(serve).count("Completed") == 1
        assert not {"Scheduled", "Late", "Pending", "Running"} & set(states(serve))
    assert outcomes(out).count("committed") == 1
    assert len(rows(out, "articles")) == 150


def test_port_that_is_taken_is_told_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PrefectUnreachable, match=f"port {port} cannot be used"), prefect_api(lambda _: None, port):
            pass
