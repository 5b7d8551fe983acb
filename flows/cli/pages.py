"""Commands that show articles and quotes to a person, in a terminal or as a page for a browser."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.app import Json, Processed, app, plain_errors, print_json
from flows.planning.options import DEFAULT_PROCESSED, OptionsError
from flows.progress import say_to_terminal

Html = Annotated[bool, typer.Option("--html", help="Make a page for a browser: one file that needs no network.")]
Output = Annotated[Path | None, typer.Option(metavar="FILE", help="Write the page there, not to standard output.")]


@app.command(epilog="Example: newsframes show ferry inquiry --html --output ferry.html")
def show(
    article: Annotated[
        list[str],
        typer.Argument(
            metavar="ARTICLE...",
            help="article_id, 6 or more digits of one, its raw_path or file name, or words of its title.",
        ),
    ],
    processed: Processed = DEFAULT_PROCESSED,
    quote: Annotated[
        str | None, typer.Option(metavar="N|QUOTE_ID", help="Show this quote alone, and why it has its speaker.")
    ] = None,
    why: Annotated[bool, typer.Option("--why", help="Tell of every quote why it has its speaker.")] = False,
    html: Html = False,
    output: Output = None,
    as_json: Json = False,
) -> None:
    """Show an article with its quotes, who said them, and why that was decided."""
    from flows.reports.show import add_reasons, choose_quote, read_article

    with plain_errors():
        _refuse_mixture(html, output, as_json)
        shown = read_article(processed, " ".join(article))
        if why or quote is not None:
            shown = add_reasons(shown)
        if quote is not None:
            shown = choose_quote(shown, quote)
        if html:
            from flows.pages.article import article_page

            _write_page(article_page(shown), output)
            return
    if as_json:
        print_json(shown.to_json())
        return
    from flows.cli.article import print_article

    print_article(shown)


def _refuse_mixture(html: bool, output: Path | None, as_json: bool) -> None:
    """Refuse what contradicts itself, before anything is read."""
    if html and as_json:
        raise OptionsError("--html and --json: choose one")
    if output and not html:
        raise OptionsError("--output is where the page goes: add --html")
    if html and output is None and sys.stdout.isatty():
        raise OptionsError("a page is nothing for a terminal: --output page.html, then open that in a browser")


def _write_page(page: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(page.encode())
        return
    output.write_text(page, encoding="utf-8", newline="")
    say_to_terminal(f"wrote {output}: open it in a browser")
