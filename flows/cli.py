"""The command line: parse, call, print."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.dataset import Dataset, DatasetBusy, DatasetDamaged, hold_lock
from flows.prepare import DEFAULT_BATCH_SIZE, DEFAULT_PROCESSED, Options, OptionsError, Prepared, prepare
from flows.progress import is_terminal, say_to_terminal
from flows.raw import RawRootError
from flows.runs import Run, TooManyRejected
from flows.server import PrefectUnreachable, prefect_api
from flows.workers import WorkerLost
from transforms.partitions import PartitionBy

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Raw = Annotated[Path | None, typer.Option(help="Raw root. Default: the one before, else data/raw.")]
Processed = Annotated[Path, typer.Option(help="Processed root.")]
Metadata = Annotated[Path | None, typer.Option(help="Side file: CSV, TSV or JSONL. Default: the one before.")]
Period = Annotated[PartitionBy | None, typer.Option("--partition-by", help="Period of a partition. Default: month.")]
Include = Annotated[list[str] | None, typer.Option(help="Ending of raw files, such as .txt; may be repeated.")]
Template = Annotated[
    list[str] | None,
    typer.Option("--path-template", help="How paths tell outlet and date, such as {outlet}/{date}/{slug}; repeatable."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Prune = Annotated[bool, typer.Option("--prune", help="Remove the rows of files that are gone.")]
Rehash = Annotated[bool, typer.Option("--rehash", help="Compare known files by their bytes, not by size and time.")]
Settle = Annotated[float, typer.Option(min=0, help="Leave files for later that changed so many seconds ago.")]


# What a user can mend: errors of usage, and runs that fail.
_USAGE = (OptionsError, RawRootError)
_FAILED = (DatasetBusy, DatasetDamaged, PrefectUnreachable, TooManyRejected, WorkerLost, OSError)


def main() -> None:
    """Run the command line."""
    app()


def _print_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"newsframes {metadata.version('newsframes')}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Raw news text in; article, paragraph and quote tables out, as partitioned Parquet."""


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn what a user can mend into one line: exit code 2 for wrong usage, 1 for a run that failed."""
    try:
        yield
    except _USAGE as error:
        say_to_terminal(f"newsframes: {error}")
        raise typer.Exit(2) from None
    except _FAILED as error:
        say_to_terminal(f"newsframes: {error}")
        raise typer.Exit(1) from None


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=1, ensure_ascii=False, default=str))


@app.command(epilog="Example: newsframes ingest --raw wire/ --metadata wire/meta.tsv --processed data/wire")
def ingest(
    raw: Raw = None,
    processed: Processed = DEFAULT_PROCESSED,
    metadata: Metadata = None,
    partition_by: Period = None,
    include: Include = None,
    path_templates: Template = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Worker processes. Default: one a processor.")] = None,
    batch_size: Annotated[int, typer.Option(min=1, help="Files in a batch, at most.")] = DEFAULT_BATCH_SIZE,
    prune: Prune = False,
    rehash: Rehash = False,
    settle: Settle = 0,
    keep_versions: Annotated[int, typer.Option(min=1, help="Versions to keep.")] = 3,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for another writer.")] = 0,
    fail_above_rejected: Annotated[
        float | None, typer.Option(min=0, max=1, help="Exit with 1 if a larger share of the files is rejected.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Bring the dataset up to date with the raw folder."""
    parameters = {name: value for name, value in locals().items() if name != "as_json"}
    options = Options.of(parameters)
    with _plain_errors():
        run = Run("ingest")
        with run.stage("plan"):
            prepared = prepare(options)
        record = _note_idle_run(run, prepared) if prepared.is_idle else _run_flow(parameters)
        _report(record, options, as_json)


def _note_idle_run(run: Run, prepared: Prepared) -> dict[str, Any]:
    """Write the record of a run with nothing to do, and clean up after runs that were killed."""
    for note in prepared.notes:
        say_to_terminal(note)
    if prepared.version is None:
        others = f" ({prepared.plan.other_count:,} with other endings)" if prepared.plan.other_count else ""
        say_to_terminal(
            f"No file below {prepared.settings.raw} ends in {', '.join(prepared.settings.include)}{others}."
        )
    dataset = prepared.dataset
    with run.recorded(dataset.runs):
        if dataset.has_leftovers():
            with suppress(DatasetBusy), hold_lock(dataset.root, run.run_id):  # a run that goes on cleans up itself
                dataset.sweep(prepared.options.keep_versions)
    return run.to_json()


def _run_flow(parameters: dict[str, Any]) -> dict[str, Any]:
    """Run the flow; only now is Prefect imported."""
    with hold_lock(parameters["processed"], "-", parameters["wait"], say_to_terminal):
        pass  # who holds it is better told, and waited for, before Prefect starts
    if is_terminal():  # the bar is what a person sees; Prefect's lines would tear it
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    with prefect_api(say_to_terminal):
        from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

        from flows.ingest import ingest as ingest_flow

        for handler in (*logging.root.handlers, *logging.getLogger("prefect").handlers):
            handler.addFilter(_is_unexpected)
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):  # joining its thread takes a second
            record: dict[str, Any] = ingest_flow(**parameters)
    return record


def _is_unexpected(log: logging.LogRecord) -> bool:
    """Return whether a log record is to be shown: Prefect's traceback of an error that is told in a line is not."""
    return not (log.exc_info and isinstance(log.exc_info[1], (*_USAGE, *_FAILED)))


def _report(record: dict[str, Any], options: Options, as_json: bool) -> None:
    if as_json:
        _print_json(record)
    else:
        from flows.console import print_run
        from flows.status import read_status

        print_run(record, read_status(options, has_plan=False))


@app.command(epilog="Example: newsframes plan --raw wire/ --json")
def plan(
    raw: Raw = None,
    processed: Processed = DEFAULT_PROCESSED,
    metadata: Metadata = None,
    partition_by: Period = None,
    include: Include = None,
    path_templates: Template = None,
    prune: Prune = False,
    rehash: Rehash = False,
    settle: Settle = 0,
    as_json: Json = False,
) -> None:
    """Show what ingest would do: files by reason, partitions touched. Writes nothing."""
    options = Options.of(locals())
    from flows.console import print_plan
    from flows.status import describe_plan

    with _plain_errors():
        prepared = prepare(options)
    for note in prepared.notes:
        say_to_terminal(note)
    described = describe_plan(prepared)
    files = {w.file.raw_path: w.reason for w in prepared.plan.work}
    _print_json({**described, "files": files}) if as_json else print_plan(described)


@app.command(epilog="Example: newsframes status --processed data/wire")
def status(
    raw: Raw = None,
    processed: Processed = DEFAULT_PROCESSED,
    metadata: Metadata = None,
    as_json: Json = False,
) -> None:
    """Show what is in the dataset, what is pending, the last runs, and what was rejected and why."""
    from flows.console import print_status
    from flows.status import read_status

    with _plain_errors():
        found = read_status(Options(raw=raw, processed=processed, metadata=metadata))
    _print_json(asdict(found)) if as_json else print_status(found)


@app.command(epilog="Example: newsframes check --processed data/wire")
def check(
    raw: Annotated[
        Path | None, typer.Option(help="Compare the raw files below this root with the ledger, too.")
    ] = None,
    processed: Processed = DEFAULT_PROCESSED,
    as_json: Json = False,
) -> None:
    """Verify every invariant on the data itself; exit with 1 if one is broken, and say which rows break it."""
    from flows.check import check_links, check_raw, check_version
    from flows.console import print_violations

    with _plain_errors():
        version = Dataset(processed).current()
        if version is None:
            raise OptionsError(f"no dataset in {processed}")
        violations = [*check_links(processed), *check_version(version)]
        if raw:
            violations += check_raw(prepare(Options(raw=raw, processed=processed, rehash=True)).plan)
    if as_json:
        _print_json([asdict(v) for v in violations])
    elif print_violations(violations) == 0:
        typer.echo(f"{processed}, version {version.number}: every invariant holds.")
    if violations:
        raise typer.Exit(1)


if __name__ == "__main__":
    main()
