"""A Dask cluster: it is there before the run and after it, and sees the same files.

Between run, scheduler and workers travel plans, paths and counts; rows go through the shared file system.
"""

from __future__ import annotations

import os
import pickle
import secrets
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from queue import Empty
from typing import TYPE_CHECKING, Any

from flows.building.apart import merge_apart
from flows.building.batches import Batch
from flows.building.publish import Each, Items
from flows.building.workers import WorkerLost
from flows.dataset.durable import make_folder
from flows.engine.footing import Footing, describe_other_versions, examine, version_finder
from flows.engine.runners import CONNECT_SECONDS, ClusterLost
from flows.progress import Say
from flows.storage import ObjectPath, Place, delete_if_empty, delete_tree

if TYPE_CHECKING:
    from distributed import Client
    from prefect_dask import DaskTaskRunner

    from flows.engine.tasks import Done

_LOOK_SECONDS = 5
"""A run that has nothing else to do looks this often whether the cluster is still there."""
_ANSWER_SECONDS = 60
WORKER_SECONDS = 120
"""How long a run waits for a worker where there is none: one may be starting."""
_TOLD = 3


@dataclass(frozen=True)
class OnWorker:
    """Runs a group's batches or merges in the process where it finds itself: a Dask worker."""

    footing: Footing

    def run_all(self, function: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        """Run a function on items, one after the other, and return what it returns.

        Raises:
            ClusterLost: Nobody waits for it any more, or the worker is not as the run needs it.
        """
        self.footing.refuse_others()
        results = []
        for item in items:
            if not _is_wanted():
                raise ClusterLost("nobody waits for this any more: its run or its scheduler is gone")
            results.append(function(item))
        return results


def _is_wanted() -> bool:
    """Return whether the scheduler still wants the task that this thread is at; Dask cannot stop it."""
    from distributed.core import Status
    from distributed.worker import get_worker, thread_state

    worker = get_worker()
    state = worker.state.tasks.get(thread_state.key)
    return state is not None and state.state != "cancelled" and worker.status in (Status.running, Status.paused)


class Packed:
    """Items as they travel: paths are much alike, and take an eighth."""

    def __init__(self, items: tuple[Any, ...]) -> None:
        self._packed = zlib.compress(pickle.dumps(items), 1)

    def __iter__(self) -> Iterator[Any]:
        yield from pickle.loads(zlib.decompress(self._packed))


@contextmanager
def each_on_cluster(address: str, staging: Place, say: Say) -> Iterator[Each]:
    """Give a way to run stages as Prefect tasks on a Dask cluster, inside a flow run.

    Args:
        address: Of its scheduler.
        staging: Where runs of the dataset stage what they make.
        say: Told how far it is, where nobody watches a bar.

    Raises:
        ClusterLost: There is none, or its workers are not as the run needs them.
    """
    from prefect_dask import DaskTaskRunner

    from flows.engine.tasks import with_progress

    with ExitStack() as stack:
        options = {"timeout": CONNECT_SECONDS, "name": "newsframes"}
        runner = stack.enter_context(DaskTaskRunner(address=address, client_kwargs=options))
        folder = stack.enter_context(_own_folder(staging))
        cluster = _Cluster(runner, address, folder)
        cluster.wait_for_worker(say)
        cluster.refuse_other_versions()
        yield stack.enter_context(with_progress(cluster.run, say))


@contextmanager
def _own_folder(staging: Place) -> Iterator[Place]:
    folder = staging / f"cluster-{secrets.token_hex(8)}"
    make_folder(folder)
    try:
        yield folder
    finally:
        delete_tree(folder)
        delete_if_empty(staging)


class _Cluster:
    def __init__(self, runner: DaskTaskRunner, address: str, folder: Place) -> None:
        from prefect.settings import get_current_settings

        self._runner, self._address, self._staging = runner, address, folder.parent
        try:
            self._client: Client = runner.client
        except (OSError, ImportError, ValueError) as error:
            raise ClusterLost(f"no Dask scheduler answers at {address}: {error}") from error
        token = secrets.token_hex(16)
        (folder / token).write_bytes(b"")
        self._footing = Footing(version_finder()(None), folder, token, get_current_settings().api.url)
        self._last_seen = time.monotonic()

    def run(self, stage: str, function: Callable[[Any], Any], items: Items) -> Iterator[Any]:
        """Yield what a function returns for items, as it comes."""
        from flows.engine.tasks import Tasks

        footing = replace(self._footing, raw=_raw_file(items))
        with self._telling_of_loss():
            self._refuse(self._client.run(examine, footing, on_error="return"))
            if stage == "merge" and not isinstance(self._staging, ObjectPath):  # objects are there whole or not at all
                function = partial(merge_apart, self._staging)
            threads = sum(self._threads().values())
            tasks = Tasks(self._runner, OnWorker(footing), threads, Packed, self._wait)
            yield from tasks.run(stage, function, items)

    def wait_for_worker(self, say: Say) -> None:
        """Wait for a first worker: a cluster that grows when it has something to do has none yet."""
        from distributed import TimeoutError

        if self._threads():
            return
        say(f"The Dask cluster {self._address} has no worker; waiting up to {WORKER_SECONDS} s for one.")
        with suppress(TimeoutError):
            self._client.submit(os.getpid, pure=False).result(timeout=WORKER_SECONDS)
        if not self._threads():
            raise ClusterLost(f"the Dask cluster {self._address} has no worker: start one (`dask worker`)")

    def refuse_other_versions(self) -> None:
        """Refuse workers that would make other bytes, or cannot do the work at all; the scheduler unpacks it, too."""
        wanted = self._footing.versions
        found = {
            "its scheduler": self._client.run_on_scheduler(version_finder(), list(wanted)),
            **self._client.run(version_finder(), list(wanted), on_error="return"),
        }
        self._refuse(
            {
                worker: answer if isinstance(answer, Exception) else describe_other_versions(wanted, answer)
                for worker, answer in found.items()
            }
        )

    def _refuse(self, answers: Mapping[str, list[str] | Exception]) -> None:
        """Refuse a cluster with a worker that is not as it must be; one that has just died is none of it any more."""
        faults = []
        for worker, answer in answers.items():
            if isinstance(answer, Exception) and not isinstance(answer, OSError):
                raise answer
            faults += [f"{worker} {fault}" for fault in answer] if isinstance(answer, list) else []
        if faults:
            more = f"; and {len(faults) - _TOLD} more" if len(faults) > _TOLD else ""
            raise ClusterLost(f"the Dask cluster {self._address} cannot do this: {'; '.join(faults[:_TOLD])}{more}")

    def _wait(self, done: Done) -> list[Any]:
        """Wait for the next task that is done, and return its result, as long as there is a cluster."""
        from distributed.scheduler import KilledWorker

        while True:
            try:
                return done.get(timeout=_LOOK_SECONDS).result()
            except Empty:
                self._look()
            except KilledWorker as error:
                raise WorkerLost(f"Dask workers died {error.allowed_failures + 1} times: out of memory?") from error

    @contextmanager
    def _telling_of_loss(self) -> Iterator[None]:
        """Tell of a scheduler that goes away inside the block, whichever way Dask comes to know it."""
        from distributed.client import ClosedClientError, FutureCancelledError, FuturesCancelledError
        from distributed.comm import CommClosedError

        try:
            yield
        except (ClosedClientError, CommClosedError, FutureCancelledError, FuturesCancelledError) as error:
            raise self._lost(getattr(error, "reason", type(error).__name__)) from error

    def _look(self) -> None:
        """Look whether the cluster is still there, and has workers."""
        if self._threads():
            self._last_seen = time.monotonic()
        elif time.monotonic() - self._last_seen > WORKER_SECONDS:
            raise ClusterLost(f"the Dask cluster {self._address} has had no worker for {WORKER_SECONDS} s")

    def _threads(self) -> Mapping[str, int]:
        """Return the number of threads of each worker."""
        if self._client.status != "running":
            raise self._lost(self._client.status)
        try:
            found: Mapping[str, int] = self._client.nthreads(callback_timeout=_ANSWER_SECONDS)
        except OSError as error:  # a time-out, or the connection was lost
            raise self._lost(error) from error
        return found

    def _lost(self, why: object) -> ClusterLost:
        return ClusterLost(
            f"the Dask scheduler {self._address} went away during the run ({why}): the dataset is as it was, and the "
            "next run takes up what was staged"
        )


def _raw_file(items: Items) -> Place | None:
    """Return a file that the first batch reads and that is there."""
    first = next(iter(items), None)
    paths = (work.file.path for work in first.work) if isinstance(first, Batch) else ()
    return next((path for path in paths if path.exists()), None)
