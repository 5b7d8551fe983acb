"""The command that exports."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from flows.cli.app import End, Json, Kinds, Outlets, Processed, Start, app, inert_json, plain_errors, print_json
from flows.planning.options import DEFAULT_PROCESSED, OptionsError
from flows.progress import counted, say_to_terminal

Format = Literal["jsonl", "csv", "webannotation", "brat", "spacy"]


@app.command(epilog="Example: newsframes export --format csv --start 2025-03-01 --end 2025-03-31 --output march")
def export(
    article: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ARTICLE]...",
            help="This one alone: article_id, 6 digits of one or more, its raw_path or file name, words of its title.",
        ),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="What to make; csv and brat make a folder.")] = "jsonl",
    processed: Processed = DEFAULT_PROCESSED,
    start: Start = None,
    end: End = None,
    outlet: Outlets = None,
    speaker: Annotated[list[str] | None, typer.Option(help="Only quotes of this speaker; may be repeated.")] = None,
    kind: Kinds = None,
    output: Annotated[
        Path | None, typer.Option(help="The file, or a new folder. Default: standard output, if it is one file.")
    ] = None,
    raw_cells: Annotated[
        bool, typer.Option("--raw-cells", help="Of csv: leave cells as they are that a spreadsheet would run.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Export articles for other programs.

    With their paragraphs and quotes: as JSON Lines, CSV, Web Annotations, for brat or for spaCy.
    """
    from flows.exports import Request
    from flows.exports import export as export_articles
    from flows.reading.filters import Filters

    with plain_errors():
        if as_json and output is None:
            raise OptionsError("--json tells what was written: name the file or folder with --output")
        wanted = Filters.of(start, end, outlet, speaker, kind)
        request = Request(processed, format_, " ".join(article or ()) or None, wanted, output, raw_cells)
        exported = export_articles(request, _to_standard_output)
    if as_json:
        print_json(asdict(exported))
    elif output is not None:
        articles, quotes = counted(exported.articles, "article"), counted(exported.quotes, "quote")
        say_to_terminal(f"Wrote {output}: {articles} with {quotes}, of version {exported.version}.")


def _to_standard_output(contents: Iterable[bytes], is_binary: bool) -> None:
    """Write to standard output; in a terminal, nothing that is written becomes active."""
    if not sys.stdout.isatty():
        sys.stdout.buffer.writelines(contents)
        sys.stdout.buffer.flush()
        return
    if is_binary:
        raise OptionsError("this format is binary: name a file with --output, or send it to one")
    for content in contents:
        sys.stdout.write(inert_json(content.decode()))
