"""The ingest flow: what is new or changed below the raw root goes into the dataset."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

from prefect import Task, flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture, as_completed
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.utilities.annotations import quote
from pydantic import Field

from flows.prepare import DEFAULT_BATCH_SIZE, DEFAULT_PROCESSED, Each, Options
from flows.progress import bars, is_terminal, lines, say_to_terminal
from flows.publish import bring_up_to_date
from flows.runs import Run
from flows.workers import WorkerPool
from transforms.partitions import PartitionBy

DEFAULT_WAIT_SECONDS = 600
_PRELOAD = ("flows.batches", "flows.merges")


class TooManyRejected(RuntimeError):
    """More files were rejected than the caller allows."""


def default_workers() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@task(name="transform", task_run_name="transform batch {number}", persist_result=False, cache_policy=NO_CACHE)
def transform_task(pool: WorkerPool, function: Callable[[Any], Any], item: Any, number: int) -> Any:
    """Turn one batch of raw files into a staged fragment, in a worker process."""
    return pool.run(function, item)


@task(name="merge", task_run_name="merge partition {number}", persist_result=False, cache_policy=NO_CACHE)
def merge_task(pool: WorkerPool, function: Callable[[Any], Any], item: Any, number: int) -> Any:
    """Write one partition's new files, in a worker process."""
    return pool.run(function, item)


_TASKS: dict[str, Task[..., Any]] = {"transform": transform_task, "merge": merge_task}


@flow(name="ingest", persist_result=False, validate_parameters=True)
def ingest(
    raw: Annotated[Path | None, Field(description="Raw root; default: as before, else data/raw.")] = None,
    processed: Annotated[Path, Field(description="Processed root.")] = DEFAULT_PROCESSED,
    metadata: Annotated[Path | None, Field(description="Side file (CSV, TSV, JSONL); default: as before.")] = None,
    partition_by: Annotated[PartitionBy | None, Field(description="Period of a partition; default: month.")] = None,
    include: Annotated[list[str] | None, Field(description="Endings of raw files.")] = None,
    path_templates: Annotated[list[str] | None, Field(description="How paths tell outlet and date.")] = None,
    workers: Annotated[int | None, Field(description="Worker processes; default: one a processor.", ge=1)] = None,
    batch_size: Annotated[int, Field(description="Files in a batch, at most.", ge=1)] = DEFAULT_BATCH_SIZE,
    prune: Annotated[bool, Field(description="Remove the rows of files that are gone.")] = False,
    rehash: Annotated[bool, Field(description="Trust neither size nor time of known files.")] = False,
    settle: Annotated[float, Field(description="Leave files for later that changed so many seconds ago.", ge=0)] = 0,
    keep_versions: Annotated[int, Field(description="Versions to keep.", ge=1)] = 3,
    wait: Annotated[float, Field(description="Seconds to wait for another writer.", ge=0)] = DEFAULT_WAIT_SECONDS,
    fail_above_rejected: Annotated[
        float | None, Field(description="Fail if a larger share of the files is rejected.", ge=0, le=1)
    ] = None,
) -> dict[str, Any]:
    """Bring the dataset up to date with the raw tree.

    Reads what is new or changed, stages its rows in batches, merges them partition by partition and commits a new
    version in one step. A run that finds nothing to do writes nothing but its record.

    Returns:
        The run: outcome, version, counts, seconds by stage; see `flows.runs.Run`.

    Raises:
        OptionsError: The parameters do not fit each other or the dataset.
        DatasetBusy: Another run holds the dataset for longer than `wait`.
        TooManyRejected: As `fail_above_rejected` asks; what could be read is committed all the same.
    """
    options = Options.of(locals())
    say = say_to_terminal if is_terminal() else get_run_logger().info
    run = Run("ingest")
    bring_up_to_date(options, run, lambda: _each_as_tasks(workers or default_workers(), say), wait, say)
    _check_rejected(run, fail_above_rejected)
    return run.to_json()


@contextmanager
def _each_as_tasks(workers: int, say: Callable[[str], None]) -> Iterator[Each]:
    """Give a way to run functions as Prefect tasks: a thread each, which waits for a worker process."""
    with ExitStack() as stack:
        pool = stack.enter_context(WorkerPool(workers, _PRELOAD))
        runner: ThreadPoolTaskRunner[Any] = stack.enter_context(ThreadPoolTaskRunner(max_workers=workers))
        track = stack.enter_context(bars()) if is_terminal() else lines(say)

        def each(stage: str, function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
            futures: list[PrefectFuture[Any]] = [
                runner.submit(
                    _TASKS[stage], {"pool": quote(pool), "function": quote(function), "item": quote(item), "number": i}
                )
                for i, item in enumerate(items, 1)
            ]
            yield from track(stage, len(items), (future.result() for future in as_completed(futures)))

        yield each


def _check_rejected(run: Run, limit: float | None) -> None:
    rejected, read = run.counts.get("rejected", 0), run.counts.get("read", 0)
    if limit is not None and rejected > limit * read:
        raise TooManyRejected(f"{rejected} of {read} files were rejected; `newsframes status` tells why")
