"""The Prefect API that flow runs talk to: the configured one, else a server of our own on a leash.

Prefect starts a temporary server by itself, but leaves it running when the process that started it is killed. This
one reads a pipe whose other end only its parent holds, and ends when the pipe does.
"""

from __future__ import annotations

import os
import re
import site
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

_MAY_NAME_API = re.compile(r"PREFECT_API_URL|^\[(?:tool\.prefect\.)?api\]", re.MULTILINE)
DRAIN_SECONDS, DRAIN_SECONDS_ELSEWHERE = 10, 60
# Of a request to a temporary server: one that died stays dead, and Prefect's own number of 5 takes a minute a request.
_RETRIES = "3"
CUT_OFF = threading.Event()
"""Set once Prefect holds back what nobody takes any more: a process that ends the usual way would try for minutes."""
START_SECONDS = 120
"""How long the server may take: its first start on a machine sets up Prefect's database."""


class PrefectUnreachable(RuntimeError):
    """There is no Prefect API: the configured one does not answer, or a server of our own did not start."""


@contextmanager
def prefect_api(
    notify: Callable[[str], None], port: int | None = None, meanwhile: Callable[[], object] = lambda: None
) -> Iterator[None]:
    """Give the flow runs inside the block a Prefect API.

    The address goes into the environment, so that no child process starts a server of its own. Enter the block
    before Prefect is imported: server and import then start side by side.

    Args:
        notify: Told when this takes longer than a user would expect.
        port: Where a server of our own listens, then with its scheduler and its pages. None: on a free port, with
            neither, which is enough to run a flow.
        meanwhile: Called while a server of our own starts: both take seconds to import what they need.

    Raises:
        PrefectUnreachable: There is no API, or none any more.
    """
    if address := configured_api():
        _refuse_unreachable(address)
        with _told_in_a_line(notify, DRAIN_SECONDS_ELSEWHERE):
            yield
        return
    is_first = not (prefect_home() / "prefect.db").exists()
    why = " It sets up its database, on this first run only, which takes some 10 seconds more." if is_first else ""
    notify(f"Starting a {'' if port else 'temporary '}Prefect server.{why}")
    with _listening(port) as listener, TemporaryFile() as log:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
        server = _start(listener, log, address, is_full=port is not None)
        listener.close()  # the server has its own handle: when it dies, connections are refused
        os.environ["PREFECT_API_URL"] = address
        has_retries = "PREFECT_CLIENT_MAX_RETRIES" in os.environ or port
        if not has_retries:
            os.environ["PREFECT_CLIENT_MAX_RETRIES"] = _RETRIES
        no_proxy = os.environ.get("NO_PROXY", os.environ.get("no_proxy", ""))
        os.environ["NO_PROXY"] = f"{no_proxy},127.0.0.1".lstrip(",")  # a company's proxy does not know this machine
        try:
            meanwhile()
            _wait_until_healthy(address, server, log)
            with _told_in_a_line(notify, DRAIN_SECONDS):
                yield
        finally:
            del os.environ["PREFECT_API_URL"]
            if not has_retries:
                del os.environ["PREFECT_CLIENT_MAX_RETRIES"]
            _stop(server)


@contextmanager
def _told_in_a_line(notify: Callable[[str], None], drain_seconds: float) -> Iterator[None]:
    """Let Prefect send what it holds back at the end of the block, and tell of an API that went away meanwhile."""
    try:
        yield
    except Exception as error:
        import httpx

        if not isinstance(error, httpx.TransportError):
            raise
        drain_seconds = 0
        raise PrefectUnreachable(
            f"the Prefect API went away during the run ({error}): the dataset is whole, `newsframes status` tells what "
            "the run committed, and the next run does what is left"
        ) from error
    finally:
        if not _drain(drain_seconds):
            CUT_OFF.set()
            notify("Prefect's server did not take all that this run told it: its pages do not show all of the run.")


def configured_api() -> str | None:
    """Return the API address that the user has set, in the environment or one of Prefect's files."""
    if address := os.environ.get("PREFECT_API_URL"):
        return address
    files = (prefect_home() / "profiles.toml", Path("prefect.toml"), Path("pyproject.toml"), Path(".env"))
    if not any(f.is_file() and _MAY_NAME_API.search(f.read_text(errors="replace")) for f in files):
        return None
    from prefect.settings import get_current_settings  # it takes seconds to import, so only to be asked this

    return get_current_settings().api.url


def _refuse_unreachable(address: str) -> None:
    """Refuse an API that nobody serves; what else it answers is between it and Prefect."""
    import httpx

    try:
        httpx.get(f"{address}/health", timeout=START_SECONDS)
    except httpx.TransportError as error:
        raise PrefectUnreachable(
            f"the Prefect API {address} does not answer ({error}): start it, or unset PREFECT_API_URL to have a "
            "temporary server"
        ) from error


def prefect_home() -> Path:
    """Return the folder where Prefect keeps its profiles and database."""
    return Path(os.environ.get("PREFECT_HOME", "~/.prefect")).expanduser()


def _listening(port: int | None) -> socket.socket:
    """Return a listening socket, by default on a free port: whoever connects waits until the server takes it over."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # the one before may have ended a second ago
    try:
        listener.bind(("127.0.0.1", port or 0))
    except OSError as error:
        listener.close()
        raise PrefectUnreachable(f"port {port} cannot be used ({error.strerror}): choose another one") from error
    listener.listen(128)
    return listener


def child_environment() -> dict[str, str]:
    """Return the environment in which a Python started anywhere finds this code, and not a folder named as it is."""
    root = str(Path(__file__).parents[2])
    known = os.environ.get("PYTHONPATH", "")
    first = [] if root in site.getsitepackages() else [root]
    return {**os.environ, "PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join([*first, *filter(None, [known])])}


def _start(listener: socket.socket, log: IO[bytes], address: str, is_full: bool) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "flows.engine.server", str(listener.fileno()), *(["--full"] if is_full else [])],
        env=child_environment() | {"PREFECT_UI_API_URL": address},
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,  # its shutdown is noisy; what it says matters only if it does not start
        pass_fds=[listener.fileno()],
        start_new_session=True,  # a Ctrl-C is for the run, which stops the server when it has ended
    )


def _drain(seconds: float) -> bool:
    """Let Prefect send what it still holds back; return whether it could: a server that is gone takes nothing."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    deadline = time.monotonic() + seconds
    left: set[object] = set()
    for worker in (APILogWorker, EventsWorker):
        sent = worker.drain_all(timeout=max(0.0, deadline - time.monotonic()))
        left.update(sent[1] if isinstance(sent, tuple) else ())
    return not left


def _stop(server: subprocess.Popen[bytes]) -> None:
    assert server.stdin is not None
    server.stdin.close()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _wait_until_healthy(address: str, server: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    import httpx

    try:
        httpx.get(f"{address}/health", timeout=START_SECONDS, trust_env=False).raise_for_status()
    except httpx.HTTPError as error:
        server.kill()
        log.seek(0)
        said = log.read().decode(errors="replace").strip().splitlines()[-1:]
        raise PrefectUnreachable(f"Prefect's server did not start: {error} {' '.join(said)}") from error


def _serve(handle: int, is_full: bool) -> None:
    """Run the server in this process until standard input ends."""
    import uvicorn
    from prefect.server.api.server import create_app

    config = uvicorn.Config(
        create_app(ephemeral=not is_full, final=True), log_level="error", lifespan="on", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)

    def end_with_parent() -> None:
        sys.stdin.buffer.read()
        server.should_exit = True
        threading.Timer(5, os._exit, (1,)).start()

    threading.Thread(target=end_with_parent, daemon=True).start()
    server.run(sockets=[socket.socket(fileno=handle)])
    os._exit(0)  # a service that is asleep must not keep the process


if __name__ == "__main__":
    _serve(int(sys.argv[1]), is_full="--full" in sys.argv)
