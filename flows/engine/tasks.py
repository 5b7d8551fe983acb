"""Batches and merges as Prefect tasks: each task sees to a group of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from queue import SimpleQueue
from typing import Any, Protocol, TypeAlias

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.building.publish import Each, Items
from flows.building.workers import WorkerPool
from flows.engine.groups import Group, cut_groups
from flows.progress import Say, bars, is_terminal, lines

Done: TypeAlias = "SimpleQueue[PrefectFuture[list[Any]]]"

_SUBMITTED = 2
"""Groups for each worker: one that it is at, and one for when that is done."""


class Workplace(Protocol):
    """Where the batches or merges of a group run."""

    def run_all(self, function: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        """Run a function on items, one after the other, and return what it returns."""
        ...


@task(persist_result=False, cache_policy=NO_CACHE)
def run_group(call: Callable[[], list[Any]], name: str) -> list[Any]:
    """Turn batches of raw files into staged fragments, or write the new files of partitions."""
    return call()


_TASKS: dict[str, Task[..., Any]] = {
    "transform": run_group.with_options(name="transform", task_run_name="transform {name}"),
    "merge": run_group.with_options(name="merge", task_run_name="merge {name}"),
}


def _wait(done: Done) -> list[Any]:
    return done.get().result()


@dataclass(frozen=True)
class Tasks:
    """Runs stages as Prefect tasks, inside a flow run.

    Attributes:
        runner: Prefect's, which has been started.
        place: Where it runs them.
        workers: How many groups it runs at the same time.
        pack: Makes what is sent of a group's items.
        wait: Waits for the next task that is done, and returns its result.
    """

    runner: TaskRunner[Any]
    place: Workplace
    workers: int
    pack: Callable[[tuple[Any, ...]], Iterable[Any]] = tuple
    wait: Callable[[Done], list[Any]] = _wait

    def run(self, stage: str, function: Callable[[Any], Any], items: Items) -> Iterator[Any]:
        """Yield what a function returns for items, as it comes: they are cut, grouped and submitted a few at a time."""
        groups = cut_groups(items, self.workers)
        done: Done = SimpleQueue()
        under_way = 0
        while True:
            for group in islice(groups, _SUBMITTED * self.workers - under_way):
                self._submit(stage, function, group).add_done_callback(done.put)
                under_way += 1
            if not under_way:
                return
            yield from self.wait(done)
            under_way -= 1

    def _submit(self, stage: str, function: Callable[[Any], Any], group: Group) -> PrefectFuture[list[Any]]:
        call = partial(self.place.run_all, function, self.pack(group.items))  # neither Prefect nor Dask looks into it
        future: PrefectFuture[list[Any]] = self.runner.submit(_TASKS[stage], {"call": call, "name": group.name})
        return future


@contextmanager
def each_in_pool(workers: int, say: Say) -> Iterator[Each]:
    """Give a way to run stages in worker processes: a task is a thread, which waits for one of them.

    Args:
        workers: Worker processes.
        say: Told how far it is, where nobody watches a bar.
    """
    with ExitStack() as stack:
        pool = stack.enter_context(WorkerPool(workers))
        runner: ThreadPoolTaskRunner[Any] = stack.enter_context(ThreadPoolTaskRunner(max_workers=workers))
        stack.callback(pool.stop)
        tasks = Tasks(runner, pool, workers)

        def each(stage: str, function: Callable[[Any], Any], items: Items) -> Iterator[Any]:
            yield from tasks.run(stage, function, items)
            pool.renew()

        yield stack.enter_context(with_progress(each, say))


@contextmanager
def with_progress(each: Each, say: Say) -> Iterator[Each]:
    """Give a way to run stages that shows how far they are: in a bar, or in lines where nobody watches.

    Args:
        each: Runs them.
        say: Told the lines.
    """
    with ExitStack() as stack:
        track = stack.enter_context(bars()) if is_terminal() else lines(say)

        def tracked(stage: str, function: Callable[[Any], Any], items: Items) -> Iterator[Any]:
            yield from track(stage, len(items), iter(each(stage, function, items)))

        yield tracked
