"""Commands that move between versions, compare them, or take an article out of all of them."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.app import Json, Processed, Wait, app, plain_errors, print_json
from flows.dataset import dataset_in
from flows.dataset.rollback import what_holds
from flows.planning.options import DEFAULT_PROCESSED
from flows.progress import say_to_terminal


@app.command(epilog="Example: newsframes rollback --to 16; newsframes rollback --resume")
def rollback(
    to: Annotated[int | None, typer.Option(min=1, help="Version. Default: the one that this one came from.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Let held runs go on.")] = False,
    processed: Processed = DEFAULT_PROCESSED,
    wait: Wait = 0,
    as_json: Json = False,
) -> None:
    """Make an older version current, and hold runs.

    Until --resume lets them go on.
    """
    from flows.rollback import resume as let_go_on
    from flows.rollback import roll_back

    with plain_errors():
        if to is not None or not resume:
            roll_back(processed, to, wait)
        if resume:
            let_go_on(processed, wait)
        version, is_held = dataset_in(processed).current(), what_holds(processed) is not None
    number = version.number if version else None
    if as_json:
        print_json({"version": number, "is_held": is_held})
        return
    typer.echo(f"{processed} is at version {number}.")
    if is_held:
        typer.echo("Runs are held, as the next one would redo what was undone. To let them go on:")
        typer.echo(f"  newsframes rollback --resume --processed {shlex.quote(str(processed))}")
    else:
        typer.echo("Runs go on.")


@app.command(epilog="Example: newsframes forget 3f2a9c0d1e5b4a7788c6d1e2f3a4b5c6 --reason 'court order 12/26'")
def forget(
    article_ids: Annotated[list[str], typer.Argument(metavar="ARTICLE...", help="article_id, one or more.")],
    processed: Processed = DEFAULT_PROCESSED,
    reason: Annotated[str | None, typer.Option(help="Why; kept with the note.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take them off the list: the next ingest reads them.")] = False,
    wait: Wait = 0,
    as_json: Json = False,
) -> None:
    """Take articles out for good, of every version.

    And keep them out of later runs.
    """
    from flows.cli.console import print_forgetting
    from flows.forget import forget as forget_articles
    from flows.forget import remember

    with plain_errors():
        if undo:
            remember(processed, article_ids, wait)
            told = "No longer forgotten; the next ingest reads their files, if they are still there."
            print_json({"remembered": article_ids}) if as_json else typer.echo(told)
            return
        found = forget_articles(processed, article_ids, reason, wait, say_to_terminal)
    print_json(asdict(found)) if as_json else print_forgetting(found, processed)


@app.command(epilog="Example: newsframes diff 16 17 --output changes.csv")
def diff(
    before: Annotated[int, typer.Argument(help="Number of a kept version.")],
    after: Annotated[int, typer.Argument(help="Number of another one.")],
    processed: Processed = DEFAULT_PROCESSED,
    output: Annotated[Path | None, typer.Option(help="Write every key that differs to this CSV file.")] = None,
    as_json: Json = False,
) -> None:
    """Show what differs between two versions.

    Partitions and keys that were added, changed and gone.
    """
    from flows.cli.console import print_diff
    from flows.reports.diff import diff_versions, write_changes

    with plain_errors():
        dataset = dataset_in(processed)
        with diff_versions(dataset.version(before), dataset.version(after)) as found:
            if output:
                with output.open("w", encoding="utf-8", newline="") as stream:
                    write_changes(found, stream)
                say_to_terminal(f"wrote the keys to {output}")
            if as_json:
                changes = [change._asdict() for change in found.changes()]
                print_json({**asdict(found.summary), "changes": changes})
            else:
                print_diff(found.summary)
