"""A corpus of any size from the articles of a folder."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.corpus.copies import Span, read_originals, take
from benchmarks.corpus.layouts import Layout, write_corpus
from benchmarks.options import Metadata, Raw

START = datetime.date(2015, 1, 1)
_START = datetime.datetime.combine(START, datetime.time())
MONTHS = 24


def corpus(
    raw: Raw,
    output: Annotated[Path, typer.Option(help="A new folder: raw articles go into its folder raw.")],
    articles: Annotated[int, typer.Option(min=1, help="How many.")],
    metadata: Metadata = None,
    seed: Annotated[int, typer.Option(help="Other articles for each.")] = 0,
    start: Annotated[datetime.datetime, typer.Option(formats=["%Y-%m-%d"], help="In the first month.")] = _START,
    months: Annotated[int, typer.Option(min=1, help="Over which they are spread.")] = MONTHS,
    tiny: Annotated[bool, typer.Option("--tiny", help="Articles of one paragraph.")] = False,
    layout: Annotated[Layout, typer.Option(help="Dated folders, a side file, or one dump.")] = Layout.FOLDERS,
) -> None:
    """Tell a folder's articles again and again about other people, places and numbers, until there are enough."""
    if output.exists():
        raise typer.BadParameter(f"{output} is there already", param_hint="--output")
    originals = read_originals(raw, metadata, seed, tiny)
    copies = take(originals, articles, seed, Span(start.date(), months))
    written = write_corpus(copies, output, layout)
    typer.echo(
        f"{written.articles:,} articles, {written.bytes / 1e6:,.1f} MB, from {len(originals.articles):,} "
        f"{'paragraphs' if tiny else 'articles'} of {originals.count:,} articles"
    )
