"""The ingest flow: what is new or changed below the raw root goes into the dataset."""

from __future__ import annotations

from typing import Annotated, Any

from prefect import State, flow
from pydantic import Field, NonNegativeFloat, PositiveInt

from flows.engine.flow_runs import DEFAULT_WAIT_SECONDS, run_flow
from flows.engine.hooks import tell_what_to_do
from flows.engine.parameters import Location
from flows.engine.run_names import name_ingest
from flows.engine.runners import Runner, RunnerKind
from flows.planning.options import DEFAULT_BATCH_SIZE, DEFAULT_PROCESSED, Options
from flows.raw.limits import MOST_ARTICLE_MB
from transforms.partitions import PartitionBy


@flow(
    name="ingest",
    flow_run_name=name_ingest,
    persist_result=False,
    on_failure=[tell_what_to_do],
    on_crashed=[tell_what_to_do],
    on_cancellation=[tell_what_to_do],
)
def ingest(
    raw: Location | None = None,
    processed: Location = DEFAULT_PROCESSED,
    metadata: Location | None = None,
    corrections: Location | None = None,
    partition_by: PartitionBy | None = None,
    include: list[str] | None = None,
    path_templates: list[str] | None = None,
    max_article_mb: Annotated[float, Field(gt=0, le=MOST_ARTICLE_MB)] | None = None,
    workers: PositiveInt | None = None,
    batch_size: PositiveInt = DEFAULT_BATCH_SIZE,
    runner: RunnerKind = "local",
    dask_address: str | None = None,
    prune: bool = False,
    force: bool = False,
    rehash: bool = False,
    settle: NonNegativeFloat = 0,
    keep_versions: PositiveInt = 3,
    keep_hours: Annotated[float, Field(ge=1)] = 1,
    wait: NonNegativeFloat = DEFAULT_WAIT_SECONDS,
    fail_above_rejected: Annotated[float, Field(ge=0, le=1)] | None = None,
) -> dict[str, Any] | State[dict[str, Any]]:
    """Bring the dataset up to date with the raw tree.

    Reads what is new or changed, stages its rows in batches, merges them partition by partition and commits a new
    version in one step. A run that finds nothing to do writes nothing but its record.

    Args:
        raw: Raw root, a path or URL. None: as the dataset was made before, else data/raw.
        processed: Processed root, a path or URL: where the dataset is.
        metadata: Side file (CSV, TSV or JSONL) with titles, bylines, outlets and dates. None: as before.
        corrections: Corrections file (CSV). None: as before, else corrections.csv beside the raw root.
        partition_by: Period of a partition: day, month or year. None: as before, else month.
        include: Endings of raw files, such as .txt. None: as before, else texts and archives.
        path_templates: How paths tell outlet and date, such as {outlet}/{date}/{slug}. None: as before.
        max_article_mb: Reject articles that are larger, in millions of bytes, unpacked. None: as before, else 2.
        workers: Worker processes of the local runner. None: one a processor.
        batch_size: Files in a batch, at most.
        runner: Where batches and merges run: local (in processes of this machine) or dask (on a Dask cluster).
        dask_address: Of the cluster's scheduler, such as tcp://10.0.0.5:8786. None: there is no cluster.
        prune: Whether the rows of files that are gone go too.
        force: Prune although the raw root is missing or has lost more than a tenth of its files.
        rehash: Compare known files by their bytes, not by size and time.
        settle: Leave files for later that changed less than so many seconds ago.
        keep_versions: Versions to keep, the current one among them.
        keep_hours: Hours to keep a replaced version at least, whatever their number.
        wait: Seconds to wait for another writer.
        fail_above_rejected: Fail if a larger share of the files that were read is rejected, from 0 to 1. None: never.

    Returns:
        The run: outcome, version, counts, seconds by stage; see `flows.runs.Run`.

    Raises:
        OptionsError: The parameters do not fit each other or the dataset.
        DatasetBusy: Another run holds the dataset for longer than `wait`.
        ClusterLost: The Dask cluster is not there, goes away, or has workers that cannot do the work.
        TooManyRejected: As `fail_above_rejected` asks; what could be read is committed all the same.
    """
    parameters = locals()
    return run_flow("ingest", Options.of(parameters), Runner.of(parameters), wait, fail_above_rejected)
