"""Batches and merges as Prefect tasks: a thread each, which waits for a worker process."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture, as_completed
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.utilities.annotations import quote

from flows.building.publish import Each
from flows.building.workers import WorkerPool
from flows.progress import Say, bars, is_terminal, lines


@task(persist_result=False, cache_policy=NO_CACHE)
def run_in_worker(pool: WorkerPool, function: Callable[[Any], Any], item: Any, name: str) -> Any:
    """Turn one batch of raw files into a staged fragment, or write one partition's new files, in a worker process."""
    return pool.run(function, item)


_TASKS: dict[str, Task[..., Any]] = {
    "transform": run_in_worker.with_options(name="transform", task_run_name="transform {name}"),
    "merge": run_in_worker.with_options(name="merge", task_run_name="merge {name}"),
}


def default_workers() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def each_as_tasks(workers: int | None, say: Say) -> Iterator[Each]:
    """Give a way to run functions as Prefect tasks, inside a flow run.

    Args:
        workers: Worker processes; one a processor if None.
        say: Told how far it is, where nobody watches a bar.
    """
    count = workers or default_workers()
    with ExitStack() as stack:
        pool = stack.enter_context(WorkerPool(count))
        runner: ThreadPoolTaskRunner[Any] = stack.enter_context(ThreadPoolTaskRunner(max_workers=count))
        track = stack.enter_context(bars()) if is_terminal() else lines(say)

        def each(stage: str, function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
            futures: list[PrefectFuture[Any]] = [
                runner.submit(
                    _TASKS[stage],
                    {"pool": quote(pool), "function": quote(function), "item": quote(item), "name": item.name},
                )
                for item in items
            ]
            yield from track(stage, len(items), (future.result() for future in as_completed(futures)))

        yield each
