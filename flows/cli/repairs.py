"""The command that mends a damaged dataset, and what it prints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.app import (
    Corrections,
    Include,
    Json,
    MaxArticle,
    Metadata,
    Processed,
    Raw,
    Template,
    Wait,
    app,
    plain_errors,
    print_json,
)
from flows.cli.console import echo
from flows.planning.options import DEFAULT_PROCESSED, Options
from flows.progress import counted, say_to_terminal
from flows.storage import Place

if TYPE_CHECKING:
    from flows.repair import Repaired


@app.command(epilog="Example: newsframes repair --processed data/wire")
def repair(
    raw: Raw = None,
    processed: Processed = DEFAULT_PROCESSED,
    metadata: Metadata = None,
    corrections: Corrections = None,
    include: Include = None,
    path_templates: Template = None,
    max_article_mb: MaxArticle = None,
    force: Annotated[
        bool, typer.Option("--force", help="Go on although articles are lost, and the raw root may not be mounted.")
    ] = False,
    wait: Wait = 0,
    as_json: Json = False,
) -> None:
    """Mend broken links and damaged files.

    Of the current version; exit with 1 if an article is lost.
    """
    from flows.repair import repair as mend

    options = Options(
        raw=raw,
        processed=processed,
        metadata=metadata,
        corrections=corrections,
        include=include,
        path_templates=path_templates,
        max_article_mb=max_article_mb,
    )
    with plain_errors():
        found = mend(options, force, wait, say_to_terminal)
    if as_json:
        print_json(asdict(found))
    else:
        for line in _told(found, processed):
            echo(line)
    if found.lost:
        raise typer.Exit(1)


def _told(found: Repaired, processed: Place) -> Iterator[str]:
    yield from (f"Mended: {line}." for line in found.links)
    if found.version is None:
        yield f"{processed}: every file of the current version is as it was committed."
        return
    for path, how in found.damaged.items():
        place = f": taken from version {found.restored[path]}" if path in found.restored else ""
        yield f"  {how}  {path}{place}"
    yield from (f"  foreign  {path}: left out" for path in found.foreign)
    yield from (f"Made anew: {folder}, {counted(count, 'article')}." for folder, count in found.rebuilt.items())
    if found.texts:
        yield f"From their text in the table articles: {counted(found.texts, 'article')}."
    if found.read:
        yield f"Read again: {counted(found.read, 'raw file')}."
    yield from (f"  {path}: it has changed, and is in the tables as it is now" for path in found.changed)
    yield from (f"  {path}: its article is from version {number}" for path, number in found.older.items())
    yield from (f"  {path}: a copy carries its article" for path in found.carried)
    yield from (f"Note: {note}." for note in found.notes)
    yield from (f"LOST  {path}: {reason}" for path, reason in found.lost.items())
    yield f"Committed version {found.version}, of which every file is whole."
