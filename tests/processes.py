"""What tests ask about processes other than their own."""

import time
from collections.abc import Callable
from pathlib import Path


def children(pid: int) -> list[int]:
    """Return the living descendants of a process."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        if fields[0] != "Z":
            parents[int(stat.parent.name)] = int(fields[1])
    found = [pid]
    for parent in found:
        found += [child for child, of in parents.items() if of == parent]
    return found[1:]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


def wait_until(
    condition: Callable[[], object], seconds: float = 60, every: float = 0.01, tell: Callable[[], object] = lambda: ""
) -> None:
    """Wait until a condition is true; if it is not in time, fail with what is told then."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen in time {tell()}"
        time.sleep(every)
