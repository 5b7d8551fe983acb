"""The command that writes a report for a browser."""

from __future__ import annotations

import datetime
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.app import Json, Processed, app, plain_errors, to_json
from flows.planning.options import DEFAULT_PROCESSED, OptionsError
from flows.progress import is_terminal, say_to_terminal

if TYPE_CHECKING:
    from flows.storage import Place


@app.command(epilog="Example: newsframes report --output report.html; newsframes report --run last --output run.html")
def report(
    run: Annotated[
        str | None, typer.Option(metavar="RUN_ID|last", help="Report on this run, and not on the dataset.")
    ] = None,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Default: standard output.")] = None,
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
        if output is None and not as_json and sys.stdout.isatty():
            raise OptionsError("a page is not for a terminal: --output FILE writes it, --json prints its figures")
        text = _on_dataset(processed, check, as_json) if run is None else _on_run(processed, run, as_json)
        if output is None:
            typer.echo(text)
            return
        output.write_text(text + "\n", encoding="utf-8")
    say_to_terminal(f"Wrote {output}")


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
