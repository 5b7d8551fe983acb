"""Worker processes: a pool that survives the death of a worker and dies with its parent."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess
from types import ModuleType
from typing import Any, Self, TypeVar

T = TypeVar("T")

ATTEMPTS = 3
"""A piece of work whose worker dies this often (killed, out of memory) fails the run."""
_SECONDS_TO_DIE = 0.1  # a process that was killed closes its connections before anybody can see that it is gone


class _Worker(ForkServerProcess):
    """A process that does not import the caller's main script, which then needs no guard to call the flow."""

    def start(self) -> None:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            self._start()
        finally:
            sys.modules["__main__"] = main

    def _start(self) -> None:
        """Start; where the fork server died meanwhile, from a new one."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                super().start()
            except (EOFError, ConnectionError):
                if attempt == ATTEMPTS:
                    raise
                time.sleep(_SECONDS_TO_DIE)
            else:
                return


class _Context(ForkServerContext):
    Process = _Worker


_CONTEXT = _Context()
_PRELOAD = ("flows.building.transformation", "flows.building.merging")


class WorkerLost(RuntimeError):
    """A worker died again and again on the same piece of work."""


def default_workers() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def start_fork_server() -> None:
    """Start the process that workers are forked from; it imports in its own time what they need."""
    _CONTEXT.set_forkserver_preload(list(_PRELOAD))
    forkserver.ensure_running()


class WorkerPool:
    """Processes that run functions, called from any number of threads.

    They are forked from a server process that has imported what they need, so a new worker starts in milliseconds,
    and never from this process, whose threads and open connections a fork would break.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        start_fork_server()
        self._lock = threading.Lock()
        self._executor: ProcessPoolExecutor | None = None
        self._is_stopping = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._executor:
            self._executor.shutdown(wait=True, cancel_futures=True)  # nobody writes any more once the lock is free

    def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run a function in a worker and return what it returns.

        When a worker dies, all that ran in the pool is run again in a new one.

        Raises:
            WorkerLost: It died each time.
        """
        for _ in range(ATTEMPTS):
            executor = self._running()
            try:
                return executor.submit(function, *arguments).result()
            except BrokenProcessPool:
                self._replace(executor)
        raise WorkerLost(f"a worker process died {ATTEMPTS} times in {function.__name__}: out of memory?")

    def run_all(self, function: Callable[[Any], T], items: Iterable[Any]) -> list[T]:
        """Run a function on items, one after the other, and return what it returns; of fewer if the pool is to stop."""
        results: list[T] = []
        for item in items:
            if self._is_stopping:
                break
            results.append(self.run(function, item))
        return results

    def renew(self) -> None:
        """Let the processes end that nobody runs anything in any more; what comes next has new ones.

        What they keep in memory for more work of the same kind is of no use to work of another.
        """
        with self._lock:
            executor, self._executor = self._executor, None
        if executor:
            executor.shutdown(wait=True)

    def stop(self) -> None:
        """Let no `run_all` go on with its next item."""
        self._is_stopping = True

    def _running(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._executor is None:
                self._executor = ProcessPoolExecutor(self._workers, _CONTEXT, initializer=_prepare)
            return self._executor

    def _replace(self, broken: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._executor is broken:
                broken.shutdown(wait=True)  # its other workers have ended too before their work starts again
                self._executor = None


def _prepare() -> None:
    collect_seldom()
    _end_with_parent()


def collect_seldom() -> None:
    """Let this process look for cyclic garbage seldom, and never among what it has imported.

    A batch makes millions of small objects and hardly a cycle: looking for some takes a tenth of the time.
    """
    gc.freeze()
    gc.set_threshold(200_000, 20, 50)


def _end_with_parent() -> None:
    """Make this worker end as soon as the process that wants its work is gone, however it went."""
    threading.Thread(target=_watch_parent, daemon=True).start()


def _watch_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
