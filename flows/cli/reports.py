"""Commands that show or check what is there."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.app import Corrections, Json, Metadata, Processed, Raw, RawToCompare, app, plain_errors, print_json
from flows.dataset import Version, dataset_in
from flows.planning.options import DEFAULT_PROCESSED, NoDataset, Options


@app.command(epilog="Example: newsframes status --processed data/wire")
def status(
    raw: Raw = None,
    processed: Processed = DEFAULT_PROCESSED,
    metadata: Metadata = None,
    corrections: Corrections = None,
    versions: Annotated[bool, typer.Option("--versions", help="Show the versions that are kept, instead.")] = False,
    as_json: Json = False,
) -> None:
    """Show what is there, pending and rejected, and the last runs.

    Also outlets that stopped arriving, and which versions are kept (--versions).
    """
    from flows.cli.console import print_status, print_versions
    from flows.reports.status import describe_versions, read_status

    with plain_errors():
        if versions:
            kept = describe_versions(dataset_in(processed))
            print_json([asdict(v) for v in kept]) if as_json else print_versions(kept, processed)
            return
        found = read_status(Options(raw=raw, processed=processed, metadata=metadata, corrections=corrections))
    print_json(asdict(found)) if as_json else print_status(found)


@app.command(epilog="Example: newsframes check --processed data/wire --expect expected.csv")
def check(
    raw: RawToCompare = None,
    processed: Processed = DEFAULT_PROCESSED,
    expect: Annotated[
        Path | None, typer.Option(help="Compare row counts by table and partition with this reviewed CSV, too.")
    ] = None,
    write_expected: Annotated[
        Path | None, typer.Option(help="Write that CSV from what is there; - for standard output.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Verify every invariant on the data itself.

    Exit with 1 if one is broken, and say which rows break it.
    """
    from flows.cli.console import print_violations
    from flows.reports.check import check_dataset
    from flows.reports.expectations import compare_expected, read_expected

    with plain_errors():
        version = dataset_in(processed).current()
        if version is None:
            raise NoDataset(processed)
        violations = list(check_dataset(processed, version, raw))
        if expect:
            violations += compare_expected(version, read_expected(expect))
        if write_expected:
            _write_expected(version, write_expected)
    if as_json:
        print_json([asdict(v) for v in violations])
    elif print_violations(violations, processed) == 0 and str(write_expected) != "-":
        typer.echo(f"{processed}, version {version.number}: every invariant holds.")
    if violations:
        raise typer.Exit(1)


def _write_expected(version: Version, path: Path) -> None:
    from flows.reports.expectations import write_expected

    if str(path) == "-":
        write_expected(version, sys.stdout)
        return
    with path.open("w", encoding="utf-8", newline="") as stream:
        write_expected(version, stream)
