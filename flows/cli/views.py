"""The command that writes views for people who use only SQL."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.app import Json, Processed, app, plain_errors, print_json
from flows.dataset import dataset_in
from flows.planning.lookup import current_version
from flows.planning.options import DEFAULT_PROCESSED
from flows.progress import say_to_terminal
from flows.storage import scheme_of


@app.command(epilog="Example: newsframes views --processed data/wire --output wire.duckdb; duckdb wire.duckdb")
def views(
    processed: Processed = DEFAULT_PROCESSED,
    output: Annotated[Path, typer.Option(help="The DuckDB file; one of views is replaced.")] = Path(
        "newsframes.duckdb"
    ),
    version: Annotated[
        int | None, typer.Option(min=1, help="Show this version for good. Default: whichever is current.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write a DuckDB file of views, for those who use only SQL.

    The tables and views over them, with comments on every column; it holds no rows.
    """
    from flows.reading.views_file import write_views

    with plain_errors():
        shown = current_version(processed) if version is None else dataset_in(processed).version(version)
        names = write_views(shown, output, is_pinned=version is not None)
        if version is None and scheme_of(processed):
            say_to_terminal(f"in an object store the views show version {shown.number}, and that one for good")
    if as_json:
        print_json({"output": str(output), "version": version, "views": names})
        return
    typer.echo(f"Wrote {output}, with the views {', '.join(names)}.")
    typer.echo("Open it with DuckDB, or anything that speaks it:")
    typer.echo(f"  duckdb -readonly {shlex.quote(str(output))} 'FROM speakers ORDER BY quote_count DESC LIMIT 10'")
