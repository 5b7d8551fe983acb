"""Processes other than our own: which there are, and how to start and kill them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECONDS_TO_HANG = 300
"""A command that still runs so long after it was disturbed hangs."""
SECONDS_TO_BE_GONE = 20
"""How long what a command started may live on after it."""
_LOOK_EVERY = 0.1


def children(pid: int) -> list[int]:
    """Return the living descendants of a process."""
    parents = {child: int(fields[1]) for child, fields in _living().items()}
    found = [pid]
    for parent in found:
        found += [child for child, of in parents.items() if of == parent]
    return found[1:]


def is_alive(pid: int) -> bool:
    """Return whether a process is there and has not ended."""
    return _status(pid) is not None


def command_line(pid: int) -> str:
    """Return the command line of a process; nothing if it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def wait_until(
    condition: Callable[[], object], seconds: float = 60, every: float = 0.01, tell: Callable[[], object] = lambda: ""
) -> None:
    """Wait until a condition is true; if it is not in time, fail with what is told then."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen in time {tell()}"
        time.sleep(every)


class Command:
    """A command of newsframes in a process group of its own, as in a terminal of its own."""

    def __init__(
        self, arguments: list[str | Path], environment: Mapping[str, str], log: Path, before: list[str] | None = None
    ) -> None:
        self.log = log
        self._seen: set[int] = set()
        command = [*(before or []), sys.executable, "-m", "flows.cli", *map(str, arguments)]
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                command,
                env={**environment, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    @property
    def has_ended(self) -> bool:
        """Whether the command itself has ended; what it started may not have."""
        return self.process.poll() is not None

    def wait(self, seconds: float) -> int | None:
        """Return its exit code, or None if it still runs after so many seconds."""
        deadline = time.monotonic() + seconds
        while not self.has_ended and (left := deadline - time.monotonic()) > 0:
            self.look()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(min(left, _LOOK_EVERY))
        return self.process.poll()

    def look(self) -> None:
        """Note which processes it has started, before some of them lose their parent."""
        self._seen.update(self.descendants(), self.members())

    def end(self) -> list[str]:
        """Kill its group, if it still runs; return what of all that it started lives on, and kill that, too."""
        self.look()
        if not self.has_ended:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        with suppress(AssertionError):
            wait_until(lambda: not any(map(is_alive, self._seen)), SECONDS_TO_BE_GONE)
        left = [pid for pid in sorted(self._seen) if is_alive(pid)]
        told = [f"process {pid} is left: {command_line(pid)}" for pid in left]
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        return told

    def members(self) -> list[int]:
        """Return the living processes of the group."""
        return [pid for pid, fields in _living().items() if int(fields[2]) == self.process.pid]

    def descendants(self) -> list[int]:
        """Return all that it started and that still lives, itself included."""
        return [pid for pid in (self.process.pid, *children(self.process.pid)) if is_alive(pid)]

    def find(self, words: str) -> list[int]:
        """Return its descendants whose command line has some words in it."""
        return [pid for pid in children(self.process.pid) if words in command_line(pid)]

    def workers(self) -> list[int]:
        """Return the worker processes: children of the fork server."""
        servers = {str(pid) for pid in self.find("multiprocessing.forkserver")}
        return [pid for pid in self.members() if (fields := _status(pid)) and fields[1] in servers]

    def fork_servers(self) -> list[int]:
        """Return the fork server, which the workers come from and whose command line they have."""
        return sorted(set(self.find("multiprocessing.forkserver")) - set(self.workers()))

    def tell(self) -> str:
        """Return what it printed."""
        return self.log.read_text("utf-8", errors="replace")


def _living() -> dict[int, list[str]]:
    found = ((int(path.name), _status(int(path.name))) for path in Path("/proc").glob("[0-9]*"))
    return {pid: fields for pid, fields in found if fields}


def _status(pid: int) -> list[str] | None:
    """Return what the system says of a living process: state, parent, group, session, …."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields
