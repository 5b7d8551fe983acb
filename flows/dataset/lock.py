"""One writer at a time."""

from __future__ import annotations

import datetime
import fcntl
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from flows.dataset.durable import make_folder
from flows.storage import ObjectPath, Place

_POLL_SECONDS = 0.2


class DatasetBusy(RuntimeError):
    """Another run holds the dataset."""


class Holder(NamedTuple):
    """Who holds a lock, as the lock file tells it."""

    run_id: str
    pid: int
    host: str
    since: str


@contextmanager
def hold_lock(
    root: Place, run_id: str, wait_seconds: float = 0, notify: Callable[[str], None] = lambda _: None
) -> Iterator[None]:
    """Hold a dataset's writer lock inside the block.

    The lock belongs to the open file, not to its content: the system frees it when the holder dies, however it dies.
    An object store has none: there, of two writers the one that commits first wins, and the other plans anew.

    Args:
        root: The processed root; it is made if it is not there.
        run_id: Told to whoever else wants the lock.
        wait_seconds: How long to wait for a holder to finish.
        notify: Called once with who holds it, before waiting.

    Raises:
        DatasetBusy: It is still held when the time is up; the message says by whom.
    """
    if isinstance(root, ObjectPath):
        yield
        return
    make_folder(root)
    path = root / "lock"
    deadline = time.monotonic() + wait_seconds
    with path.open("a+", encoding="utf-8") as file:
        told = False
        while not _try_lock(file.fileno()):
            holder = _holder(root)
            if time.monotonic() >= deadline:
                raise DatasetBusy(f"{root} is being written by {holder}; --wait SECONDS waits for it")
            if not told:
                notify(f"waiting up to {wait_seconds:.0f} s for {holder}")
                told = True
            time.sleep(_POLL_SECONDS)
        file.truncate(0)
        since = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        json.dump(Holder(run_id, os.getpid(), socket.gethostname(), since)._asdict(), file)
        file.flush()
        yield


def _try_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def read_holder(root: Place) -> Holder | None:
    """Return who holds a lock, or held it last; None if it has just been taken, and not yet signed."""
    try:
        return Holder(**json.loads((root / "lock").read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        return None


def _holder(root: Place) -> str:
    who = read_holder(root)
    return f"run {who.run_id} (process {who.pid} on {who.host}, since {who.since})" if who else "another run"
