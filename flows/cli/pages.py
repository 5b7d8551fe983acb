"""Commands that show articles and quotes to a person, or a page for a browser, and tell what came of judging them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.app import End, Json, Kinds, Outlets, Processed, Start, app, plain_errors, print_json, read_place
from flows.cli.output import Output, refuse_terminal, write_page
from flows.planning.options import DEFAULT_PROCESSED, OptionsError

if TYPE_CHECKING:
    from flows.storage import Place
else:
    Place = Path  # typer knows no unions; the parser makes it what it is

_MOST_ON_A_PAGE = 1000
Html = Annotated[bool, typer.Option("--html", help="Make a page for a browser: one file that needs no network.")]


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
    """Show an article with its quotes and who said them.

    Why that was decided, with --why; as a page for a browser, with --html.
    """
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

            write_page(article_page(shown), output)
            return
    if as_json:
        print_json(shown.to_json())
        return
    from flows.cli.article import print_article

    print_article(shown)


@app.command(epilog="Example: newsframes sample --n 50 --html --output audit.html")
def sample(
    processed: Processed = DEFAULT_PROCESSED,
    n: Annotated[int, typer.Option("--n", min=1, max=10_000, help="How many quotes.")] = 50,
    seed: Annotated[int, typer.Option(help="Another one draws another sample; the same one the same.")] = 1,
    start: Start = None,
    end: End = None,
    outlet: Outlets = None,
    kind: Kinds = None,
    html: Html = False,
    output: Output = None,
    as_json: Json = False,
) -> None:
    """Draw quotes at random, to be judged.

    With --html as a page on which a person judges them, and that gives a corrections file.
    """
    from flows.reading.filters import Filters
    from flows.reports.sample import Draw, draw_sample

    with plain_errors():
        _refuse_mixture(html, output, as_json)
        if html and n > _MOST_ON_A_PAGE:
            raise OptionsError(f"a page of more than {_MOST_ON_A_PAGE:,} quotes is more than browsers bear: draw fewer")
        drawn = draw_sample(processed, Draw(n, seed, Filters.of(start, end, outlet, kind=kind)))
        if html:
            from flows.pages.audit import audit_page

            write_page(audit_page(drawn), output)
            return
    if as_json:
        print_json(drawn.to_json())
        return
    from flows.cli.samples import print_sample

    print_sample(drawn)


@app.command(epilog="Example: newsframes score audit.csv")
def score(
    file: Annotated[
        Place, typer.Argument(parser=read_place, metavar="FILE", help="Corrections file of an audit page.")
    ],
    processed: Processed = DEFAULT_PROCESSED,
    as_json: Json = False,
) -> None:
    """Tell from a judged sample how right each column is.

    As the rules found it, with 95 % intervals.
    """
    from flows.reports.scores import score_file

    with plain_errors():
        found = score_file(processed, file)
    if as_json:
        print_json({"lines": found.lines, "scores": [s._asdict() for s in found.scores], "unfit": found.unfit})
        return
    from flows.cli.samples import print_scores

    print_scores(found)


def _refuse_mixture(html: bool, output: Path | None, as_json: bool) -> None:
    """Refuse what contradicts itself, before anything is read."""
    if html and as_json:
        raise OptionsError("--html and --json: choose one")
    if output and not html:
        raise OptionsError("--output is where the page goes: add --html")
    if html:
        refuse_terminal(output)
