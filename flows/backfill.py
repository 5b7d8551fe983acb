"""The backfill flow: articles of a date range, or those that older rules made, are made again by today's rules."""

from __future__ import annotations

import datetime
from typing import Annotated, Any

from prefect import State, flow
from pydantic import Field, NonNegativeFloat, PositiveInt

from flows.engine.flow_runs import DEFAULT_WAIT_SECONDS, run_flow
from flows.engine.hooks import tell_what_to_do
from flows.engine.parameters import Location
from flows.engine.run_names import name_backfill
from flows.engine.runners import Runner, RunnerKind
from flows.planning.options import DEFAULT_BATCH_SIZE, DEFAULT_PROCESSED, Options
from flows.planning.selection import Selection
from flows.raw.limits import MOST_ARTICLE_MB


@flow(
    name="backfill",
    flow_run_name=name_backfill,
    persist_result=False,
    on_failure=[tell_what_to_do],
    on_crashed=[tell_what_to_do],
    on_cancellation=[tell_what_to_do],
)
def backfill(
    start: datetime.date | None = None,
    end: datetime.date | None = None,
    only_stale: bool = False,
    undated: bool = False,
    raw: Location | None = None,
    processed: Location = DEFAULT_PROCESSED,
    metadata: Location | None = None,
    corrections: Location | None = None,
    max_article_mb: Annotated[float, Field(gt=0, le=MOST_ARTICLE_MB)] | None = None,
    workers: PositiveInt | None = None,
    batch_size: PositiveInt = DEFAULT_BATCH_SIZE,
    runner: RunnerKind = "local",
    dask_address: str | None = None,
    settle: NonNegativeFloat = 0,
    keep_versions: PositiveInt = 3,
    keep_hours: Annotated[float, Field(ge=1)] = 1,
    wait: NonNegativeFloat = DEFAULT_WAIT_SECONDS,
    fail_above_rejected: Annotated[float, Field(ge=0, le=1)] | None = None,
) -> dict[str, Any] | State[dict[str, Any]]:
    """Make the rows of known articles again, by today's rules, and leave all others as they are.

    Reads exactly the files that hold the selected articles; new and changed files elsewhere are left to ingest.
    Partitions without a selected article keep their files.

    Args:
        start: First publication date, such as 2016-03-01. None: from the first one on.
        end: Last publication date. None: to the last one.
        only_stale: Only what older rules made; without dates, anywhere.
        undated: Articles without a date, instead of a range.
        raw: Raw root, a path or URL. None: the one before, which it has to be.
        processed: Processed root, a path or URL: where the dataset is.
        metadata: Side file (CSV, TSV or JSONL) with titles, bylines, outlets and dates. None: as before.
        corrections: Corrections file (CSV). None: as before, else corrections.csv beside the raw root.
        max_article_mb: Reject articles that are larger, in millions of bytes, unpacked. None: as before, else 2.
        workers: Worker processes of the local runner. None: one a processor.
        batch_size: Files in a batch, at most.
        runner: Where batches and merges run: local (in processes of this machine) or dask (on a Dask cluster).
        dask_address: Of the cluster's scheduler, such as tcp://10.0.0.5:8786. None: there is no cluster.
        settle: Leave files for later that changed less than so many seconds ago.
        keep_versions: Versions to keep, the current one among them.
        keep_hours: Hours to keep a replaced version at least, whatever their number.
        wait: Seconds to wait for another writer.
        fail_above_rejected: Fail if a larger share of the files that were read is rejected, from 0 to 1. None: never.

    Returns:
        The run: outcome, version, counts, seconds by stage; see `flows.runs.Run`.

    Raises:
        SelectionError: Nothing is selected, or the selection contradicts itself.
        OptionsError: The parameters do not fit each other or the dataset.
        DatasetBusy: Another run holds the dataset for longer than `wait`.
        ClusterLost: The Dask cluster is not there, goes away, or has workers that cannot do the work.
        TooManyRejected: As `fail_above_rejected` asks; what could be read is committed all the same.
    """
    parameters = locals()
    selection = Selection(start, end, only_stale, undated)
    options = Options.of({**parameters, "selection": selection})
    return run_flow("backfill", options, Runner.of(parameters), wait, fail_above_rejected)
