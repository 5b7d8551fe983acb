"""The command that writes a report for a browser."""

from __future__ import annotations

import datetime
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.app import Json, Processed, app, plain_errors, to_json
from flows.cli.output import Output, refuse_terminal, write_page
from flows.planning.options import DEFAULT_PROCESSED
from flows.progress import is_terminal, say_to_terminal

if TYPE_CHECKING:
    from flows.storage import Place


@app.command(epilog="Example: newsframes report --output report.html; newsframes report --run last --output run.html")
def report(
    run: Annotated[
        str | None, typer.Option(metavar="RUN_ID|last", help="Report on this run, and not on the dataset.")
    ] = None,
    output: Output = None,
    processed: Processed = DEFAULT_PROCESSED,
    check: Annotated[
        bool, typer.Option("--check/--no-check", help="Verify every invariant, which reads the whole dataset.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Write a page on the dataset, or on a run.

    What it holds and how good it is: one file for a browser, which needs no network.
    """
    with plain_errors():
        if not as_json:
            refuse_terminal(output)
        text = _on_dataset(processed, check, as_json) if run is None else _on_run(processed, run, as_json)
        write_page(text + "\n", output)


def _on_dataset(processed: Place, has_check: bool, as_json: bool) -> str:
    from flows.figures.overview import read_overview

    if has_check and is_terminal():
        say_to_terminal("Verifying every invariant, too; --no-check leaves that out")
    overview = read_overview(processed, datetime.date.today(), has_check)
    if as_json:
        return to_json(asdict(overview))
    from flows.pages.dataset_report import render_dataset_report

    return render_dataset_report(overview)


def _on_run(processed: Place, named: str, as_json: bool) -> str:
    from flows.figures.history import read_run

    found = read_run(processed, named)
    if as_json:
        return to_json(asdict(found))
    from flows.pages.run_report import render_run_report

    return render_run_report(found)
