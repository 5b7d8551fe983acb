"""Real services for tests: PostgreSQL, a Prefect server, a worker; each ends with all that it started."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from drills.outages.processes import children, is_alive, wait_until
from flows.engine.server import prefect_api

_POSTGRES = Path("/usr/lib/postgresql")
_QUICK = {  # the same services, asked more often than a user would want
    "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "1",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_LOOP_SECONDS": "1",
    "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "1",
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    "PREFECT_WORKER_HEARTBEAT_SECONDS": "2",
    "PREFECT_RUNNER_POLL_FREQUENCY": "1",
}
_OFFLINE = {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "NO_PROXY": "127.0.0.1,localhost"}


class Service:
    """A program that runs until it is stopped, and may then be started again."""

    def __init__(self, command: list[str | Path], environment: Mapping[str, str], folder: Path) -> None:
        self.command = [str(part) for part in command]
        self.environment = dict(environment)
        self.folder = folder
        self.log = folder / f"service-{id(self)}.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        assert self.process is None
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # as in a terminal of its own, where Ctrl-C reaches all of it
            )

    def stop(self, by: signal.Signals = signal.SIGTERM, seconds: float = 60) -> None:
        """Send a signal, to the whole terminal if it is Ctrl-C, and wait until no process of it is left."""
        left = self.end(by, seconds)
        wait_until(lambda: not any(is_alive(pid) for pid in left), seconds)

    def end(self, by: signal.Signals, seconds: float = 60) -> list[int]:
        """Send a signal, wait for the program itself, and return what it had started."""
        assert self.process is not None, "it does not run"
        left = children(self.process.pid)
        (os.killpg if by == signal.SIGINT else os.kill)(self.process.pid, by)
        self.process.wait(seconds)
        self.process = None
        return left

    def tell(self) -> str:
        return self.log.read_text(errors="replace")


@contextmanager
def running(service: Service, by: signal.Signals = signal.SIGTERM) -> Iterator[Service]:
    """Run a service inside the block; a test may have stopped or killed it by then."""
    service.start()
    try:
        yield service
    finally:
        if service.process is not None:
            service.stop(by)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres() -> Iterator[str]:
    """Give the URL of an empty PostgreSQL database, from the programs that Debian's package brings."""
    versions = sorted(_POSTGRES.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if not versions:
        pytest.skip(f"no PostgreSQL in {_POSTGRES}: apt-get install postgresql")
    programs = versions[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="newsframes-postgres-"))  # below pytest's folders its user may not go
    other_user: list[str] = []
    if os.geteuid() == 0:  # as which PostgreSQL refuses to run
        shutil.chown(folder, "postgres")
        other_user = ["runuser", "-u", "postgres", "--"]
    data, port = folder / "data", free_port()
    service = Service(
        [*other_user, programs / "postgres", "-D", data, "-k", folder, "-h", "127.0.0.1", "-p", str(port), "-F"],
        {"PATH": os.environ["PATH"], "LC_ALL": "C"},
        folder,
    )
    try:
        subprocess.run(
            [*other_user, programs / "initdb", "-D", data, "-U", "prefect", "-A", "trust", "-E", "UTF8", "--no-sync"],
            env=service.environment,
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        with running(service, signal.SIGINT):  # its quick way to stop
            ready = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
            wait_until(lambda: subprocess.run(ready, check=False).returncode == 0)
            yield f"postgresql+asyncpg://prefect@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(folder)


@contextmanager
def temporary_prefect(home: Path) -> Iterator[str]:
    """Give the address of a temporary server of the block's own; it is in the environment too, until the block ends.

    `prefect_api` takes the server that it finds there: other tests' runs and events would be on it.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", str(home))
        patch.delenv("PREFECT_API_URL", raising=False)
        with prefect_api(lambda _: None):
            yield os.environ["PREFECT_API_URL"]


def prefect_server(folder: Path, database_url: str | None = None) -> Service:
    """Return a full Prefect server, with its scheduler: `start()`, then `wait_until_healthy`.

    Args:
        folder: Where its home and log are.
        database_url: None: a SQLite file in its home.
    """
    port = free_port()
    environment = quick_environment(folder) | {
        "PREFECT_SERVER_UI_ENABLED": "false",
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    }
    if database_url:
        environment["PREFECT_API_DATABASE_CONNECTION_URL"] = database_url
    server = Service([*prefect("server", "start"), "--host", "127.0.0.1", "--port", str(port)], environment, folder)
    server.environment["PREFECT_API_URL"] = f"http://127.0.0.1:{port}/api"
    return server


def wait_until_healthy(server: Service, seconds: float = 180) -> None:
    address = f"{server.environment['PREFECT_API_URL']}/health"

    def answers() -> bool:
        assert server.process is not None
        assert server.process.poll() is None, server.tell()
        try:
            return httpx.get(address, trust_env=False).is_success
        except httpx.TransportError:
            return False

    wait_until(answers, seconds)


def worker(server: Service, folder: Path, *options: str) -> Service:
    """Return a worker of the pool `newsframes`, started in a folder without code."""
    command = [*prefect("worker", "start"), "--pool", "newsframes", "--type", "process", *options]
    return Service(
        command, quick_environment(folder) | {"PREFECT_API_URL": server.environment["PREFECT_API_URL"]}, folder
    )


def prefect(*arguments: str) -> list[str | Path]:
    """Return the command line of Prefect's own command."""
    return [Path(sys.executable).parent / "prefect", *arguments]


def quick_environment(folder: Path) -> dict[str, str]:
    """Return an environment without settings of the user's, for services that do not let a test wait."""
    folder.mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return kept | _OFFLINE | _QUICK | {"PREFECT_HOME": str(folder / "prefect"), "PYTHONPATH": ""}
