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
from pydantic import Field, NonNegativeFloat, PositiveInt

from flows.prepare import DEFAULT_BATCH_SIZE, DEFAULT_PROCESSED, Options
from flows.progress import bars, is_terminal, lines, say_to_terminal
from flows.publish import Each, bring_up_to_date
from flows.runs import Run, TooManyRejected
from flows.workers import WorkerPool
from transforms.partitions import PartitionBy

DEFAULT_WAIT_SECONDS = 600


def default_workers() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@task(persist_result=False, cache_policy=NO_CACHE)
def run_in_worker(pool: WorkerPool, function: Callable[[Any], Any], item: Any, number: int) -> Any:
    """Turn one batch of raw files into a staged fragment, or write one partition's new files, in a worker process."""
    return pool.run(function, item)


_TASKS: dict[str, Task[..., Any]] = {
    "transform": run_in_worker.with_options(name="transform", task_run_name="transform batch {number}"),
    "merge": run_in_worker.with_options(name="merge", task_run_name="merge partition {number}"),
}


@flow(name="ingest", persist_result=False)
def ingest(
    raw: Path | None = None,
    processed: Path = DEFAULT_PROCESSED,
    metadata: Path | None = None,
    partition_by: PartitionBy | None = None,
    include: list[str] | None = None,
    path_templates: list[str] | None = None,
    workers: PositiveInt | None = None,
    batch_size: PositiveInt = DEFAULT_BATCH_SIZE,
    prune: bool = False,
    rehash: bool = False,
    settle: NonNegativeFloat = 0,
    keep_versions: PositiveInt = 3,
    wait: NonNegativeFloat = DEFAULT_WAIT_SECONDS,
    fail_above_rejected: Annotated[float, Field(ge=0, le=1)] | None = None,
) -> dict[str, Any]:
    """Bring the dataset up to date with the raw tree.

    Reads what is new or changed, stages its rows in batches, merges them partition by partition and commits a new
    version in one step. A run that finds nothing to do writes nothing but its record.

    Args:
        raw: Raw root. None: as the dataset was made before, else data/raw.
        processed: Processed root: where the dataset is.
        metadata: Side file (CSV, TSV or JSONL) with titles, bylines, outlets and dates. None: as before.
        partition_by: Period of a partition: day, month or year. None: as before, else month.
        include: Endings of raw files, such as .txt. None: as before, else texts and archives.
        path_templates: How paths tell outlet and date, such as {outlet}/{date}/{slug}. None: as before.
        workers: Worker processes. None: one a processor.
        batch_size: Files in a batch, at most.
        prune: Whether the rows of files that are gone go too.
        rehash: Compare known files by their bytes, not by size and time.
        settle: Leave files for later that changed less than so many seconds ago.
        keep_versions: Versions to keep; replaced ones stay at least an hour.
        wait: Seconds to wait for another writer.
        fail_above_rejected: Fail if a larger share of the files that were read is rejected, from 0 to 1.

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
        pool = stack.enter_context(WorkerPool(workers))
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
