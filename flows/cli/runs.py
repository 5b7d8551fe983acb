"""Commands that run a flow, or show what it would do."""

from __future__ import annotations

import datetime
import importlib
import logging
import os
from contextlib import suppress
from typing import Annotated, Any

import typer

from flows.building.workers import start_fork_server
from flows.cli.app import (
    FAILED,
    USAGE,
    Corrections,
    End,
    Include,
    Json,
    MaxArticle,
    Metadata,
    Period,
    Processed,
    Raw,
    Start,
    Template,
    Wait,
    app,
    plain_errors,
    print_json,
)
from flows.dataset import DatasetBusy, DatasetHeld, dataset_in, hold_lock
from flows.dataset.rollback import refuse_held, what_holds
from flows.engine.runners import Runner, RunnerKind
from flows.engine.server import prefect_api
from flows.planning.options import DEFAULT_BATCH_SIZE, DEFAULT_PROCESSED, Options, OptionsError
from flows.planning.prepare import Prepared, prepare
from flows.planning.selection import Selection
from flows.progress import is_terminal, say_to_terminal
from flows.runs import Run
from flows.serve import DAILY, DEFAULT_PORT, Timetable
from flows.serve import serve as serve_flows

Prune = Annotated[bool, typer.Option("--prune", help="Remove the rows of files that are gone.")]
Force = Annotated[
    bool, typer.Option("--force", help="Prune although the raw root is missing or lost over a tenth of its files.")
]
Rehash = Annotated[bool, typer.Option("--rehash", help="Compare known files by their bytes, not by size and time.")]
Settle = Annotated[float, typer.Option(min=0, help="Leave files for later that changed so many seconds ago.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Worker processes. Default: one a processor.")]
RunnerName = Annotated[
    RunnerKind, typer.Option("--runner", help="Where batches and merges run: here, or on a Dask cluster.")
]
DaskAddress = Annotated[
    str | None, typer.Option(help="Of the cluster's scheduler, such as tcp://10.0.0.5:8786; for --runner dask.")
]
BatchSize = Annotated[int, typer.Option(min=1, help="Files in a batch, at most.")]
KeepVersions = Annotated[int, typer.Option(min=1, help="Versions to keep.")]
KeepHours = Annotated[float, typer.Option(min=1, help="Hours to keep a replaced version at least.")]
FailAbove = Annotated[
    float | None, typer.Option(min=0, max=1, help="Exit with 1 if a larger share of the files is rejected.")
]
OnlyStale = Annotated[bool, typer.Option("--only-stale", help="Only what older rules made; without dates, anywhere.")]
Undated = Annotated[bool, typer.Option("--undated", help="Articles without a date.")]


@app.command(epilog="Example: newsframes ingest --raw wire/ --metadata wire/meta.tsv --processed data/wire")
def ingest(
    raw: Raw = None,
    processed: Processed = DEFAULT_PROCESSED,
    metadata: Metadata = None,
    corrections: Corrections = None,
    partition_by: Period = None,
    include: Include = None,
    path_templates: Template = None,
    max_article_mb: MaxArticle = None,
    workers: Workers = None,
    batch_size: BatchSize = DEFAULT_BATCH_SIZE,
    runner: RunnerName = "local",
    dask_address: DaskAddress = None,
    prune: Prune = False,
    force: Force = False,
    rehash: Rehash = False,
    settle: Settle = 0,
    keep_versions: KeepVersions = 3,
    keep_hours: KeepHours = 1,
    wait: Wait = 0,
    fail_above_rejected: FailAbove = None,
    as_json: Json = False,
) -> None:
    """Bring the dataset up to date with the raw folder."""
    parameters = {name: value for name, value in locals().items() if name != "as_json"}
    _run("ingest", parameters, Options.of(parameters), as_json)


@app.command(epilog="Example: newsframes backfill --start 2016-03-01 --end 2016-03-31")
def backfill(
    start: Start = None,
    end: End = None,
    only_stale: OnlyStale = False,
    undated: Undated = False,
    raw: Raw = None,
    processed: Processed = DEFAULT_PROCESSED,
    metadata: Metadata = None,
    corrections: Corrections = None,
    max_article_mb: MaxArticle = None,
    workers: Workers = None,
    batch_size: BatchSize = DEFAULT_BATCH_SIZE,
    runner: RunnerName = "local",
    dask_address: DaskAddress = None,
    settle: Settle = 0,
    keep_versions: KeepVersions = 3,
    keep_hours: KeepHours = 1,
    wait: Wait = 0,
    fail_above_rejected: FailAbove = None,
    as_json: Json = False,
) -> None:
    """Make the rows of known articles again by today's rules.

    Of a date range, of those that older rules made, or of those without a date.
    """
    parameters = {name: value for name, value in locals().items() if name != "as_json"}
    parameters |= {"start": _date(start), "end": _date(end)}
    with plain_errors():
        selection = Selection(parameters["start"], parameters["end"], only_stale, undated)
    _run("backfill", parameters, Options.of({**parameters, "selection": selection}), as_json)


@app.command(epilog="Example: newsframes plan --raw wire/ --json")
def plan(
    start: Start = None,
    end: End = None,
    only_stale: OnlyStale = False,
    undated: Undated = False,
    raw: Raw = None,
    processed: Processed = DEFAULT_PROCESSED,
    metadata: Metadata = None,
    corrections: Corrections = None,
    partition_by: Period = None,
    include: Include = None,
    path_templates: Template = None,
    max_article_mb: MaxArticle = None,
    prune: Prune = False,
    force: Force = False,
    rehash: Rehash = False,
    settle: Settle = 0,
    as_json: Json = False,
) -> None:
    """Show what ingest, or a backfill, would do.

    Files by reason, and the partitions touched; of a backfill, if something is selected. Writes nothing.
    """
    parameters = locals()
    from flows.cli.console import print_plan
    from flows.reports.status import describe_plan

    with plain_errors():
        is_backfill = bool(start or end or only_stale or undated)
        if is_backfill and (prune or force or rehash or include or path_templates or partition_by):
            raise OptionsError("a backfill reads known files only: it has none of ingest's other options")
        selection = Selection(_date(start), _date(end), only_stale, undated) if is_backfill else None
        prepared = prepare(Options.of({**parameters, "selection": selection}))
        for note in prepared.notes:
            say_to_terminal(note)
        described = describe_plan(prepared)
        if held := what_holds(processed):
            say_to_terminal(held)
    files = {w.file.raw_path: w.reason for w in prepared.plan.work}
    print_json({**described, "files": files}) if as_json else print_plan(described)


@app.command(epilog="Example: newsframes serve --raw wire/ --processed data/wire --cron '30 5 * * *'")
def serve(
    raw: Raw = None,
    processed: Processed = DEFAULT_PROCESSED,
    metadata: Metadata = None,
    corrections: Corrections = None,
    max_article_mb: MaxArticle = None,
    workers: Workers = None,
    runner: RunnerName = "local",
    dask_address: DaskAddress = None,
    prune: Prune = False,
    settle: Settle = 0,
    keep_versions: KeepVersions = 3,
    keep_hours: KeepHours = 1,
    fail_above_rejected: FailAbove = None,
    cron: Annotated[str, typer.Option(help="When ingest runs: minute, hour, day, month, weekday.")] = DAILY,
    timezone: Annotated[str, typer.Option(help="Time zone of --cron, such as Europe/Berlin.")] = "UTC",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Of Prefect's server and pages.")] = DEFAULT_PORT,
) -> None:
    """Offer ingest and backfill on a schedule, until Ctrl-C.

    On a Prefect server of its own, unless one is configured.
    """
    parameters = {n: v for n, v in locals().items() if n not in ("cron", "timezone", "port")}
    with plain_errors():
        Runner.of(parameters)
        serve_flows(parameters, Timetable(cron, timezone), port, say_to_terminal)


def _date(day: datetime.datetime | None) -> datetime.date | None:
    return day.date() if day else None


def _run(flow: str, parameters: dict[str, Any], options: Options, as_json: bool) -> None:
    """Plan, and run a flow if there is something to do; then tell how it went."""
    with plain_errors():
        runner = Runner.of(parameters)
        run = Run(flow)
        prepared = _prepare(run, options)
        record = _note_idle_run(run, prepared) if prepared.is_idle else _run_flow(flow, parameters, runner)
        _report(record, options, as_json)


def _prepare(run: Run, options: Options) -> Prepared:
    """Plan; a run that is refused is noted like one that fails, if there is a dataset to note it in."""
    try:
        refuse_held(options.processed)
        with run.stage("plan"):
            return prepare(options)
    except (*USAGE, DatasetHeld) as error:
        if dataset_in(options.processed).runs.is_dir():
            run.fail(dataset_in(options.processed).runs, error)
        raise


def _note_idle_run(run: Run, prepared: Prepared) -> dict[str, Any]:
    """Write the record of a run with nothing to do, and clean up after runs that were killed."""
    for note in prepared.notes:
        say_to_terminal(note)
    if prepared.version is None:
        others = f" ({prepared.plan.other_count:,} with other endings)" if prepared.plan.other_count else ""
        say_to_terminal(
            f"No file below {prepared.settings.raw} ends in {', '.join(prepared.settings.include)}{others}."
        )
    dataset, options = prepared.dataset, prepared.options
    run.counts |= prepared.plan.left
    with run.recorded(dataset.runs):
        if dataset.has_leftovers(options.keep_versions, options.keep_hours):
            from flows.building.publish import sweep

            with suppress(DatasetBusy), hold_lock(dataset.root, run.run_id):  # a run that goes on cleans up itself
                sweep(dataset, options)
    return run.to_json()


def _run_flow(flow: str, parameters: dict[str, Any], runner: Runner) -> dict[str, Any]:
    """Run a flow; only now is Prefect imported."""
    runner.refuse_unreachable()
    with hold_lock(parameters["processed"], "-", parameters["wait"], say_to_terminal):
        pass  # who holds it is better told, and waited for, before Prefect starts
    if is_terminal():  # the bar is what a person sees; Prefect's lines would tear it
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    if runner.kind == "local":
        start_fork_server()  # what the workers need is imported there, while Prefect is here
    module = f"flows.{flow}"  # that of the other flow would take a quarter of a second more
    with prefect_api(say_to_terminal, meanwhile=lambda: importlib.import_module(module)):
        from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

        run_flow = getattr(importlib.import_module(module), flow)

        for handler in (*logging.root.handlers, *logging.getLogger("prefect").handlers):
            handler.addFilter(_is_unexpected)
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):  # joining its thread takes a second
            return dict(run_flow(**parameters))


def _is_unexpected(log: logging.LogRecord) -> bool:
    """Return whether a log record is to be shown: Prefect's traceback of an error that is told in a line is not."""
    error = log.exc_info[1] if log.exc_info else None
    return not (isinstance(error, (*USAGE, *FAILED)) or type(error).__module__ == "httpx")


def _report(record: dict[str, Any], options: Options, as_json: bool) -> None:
    from flows.cli.console import print_idle_run, print_run

    if as_json:
        print_json(record)
    elif record["version"] is not None:
        from flows.reports.status import read_status

        print_run(record, read_status(options, has_plan=False))
    elif dataset_in(options.processed).current() is not None:
        print_idle_run(record)
