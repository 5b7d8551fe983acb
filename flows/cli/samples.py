"""A sample of quotes and the scores of judged ones, laid out for a person in a terminal."""

from __future__ import annotations

from dataclasses import replace

from flows.cli.article import open_console, print_paragraphs, print_quote, style_of
from flows.cli.console import echo
from flows.progress import counted
from flows.reports.sample import Sample
from flows.reports.scores import Scores
from flows.reports.speakers import speakers_of
from transforms.scoring import Score

_UNFIT_SHOWN = 5


def print_sample(sample: Sample) -> None:
    """Print each quote in its paragraph, with what is known of it."""
    console = open_console()
    asked = f" ({sample.drawn.wanted})" if str(sample.drawn.wanted) else ""
    echo(f"{len(sample.quotes)} of {counted(sample.population, 'quote')}{asked} of {sample.dataset}, "
         f"version {sample.version}, drawn at random with seed {sample.drawn.seed}")  # fmt: skip
    for number, sampled in enumerate(sample.quotes, 1):
        quote = replace(sampled.quote, number=number)
        at = quote.row["paragraph_index"]
        around = [p for p in sampled.article.paragraphs if p["paragraph_index"] == at]
        shown = replace(sampled.article, paragraphs=around, quotes=[quote])
        speakers = speakers_of(shown.quotes)
        echo()
        echo(f"{shown.article['title'] or '(no title)'} · {shown.article['raw_path']}")
        print_paragraphs(console, shown, speakers)
        print_quote(console, shown, quote, style_of(quote, speakers))


def print_scores(found: Scores) -> None:
    """Print how right each column was, and what the figures hold for."""
    echo(f"{counted(found.lines, 'row')} judged, against what the rules found:")
    echo()
    echo(f"  {'column':<22}{'judged':>8}{'right':>8}{'share':>8}   95 % interval")
    for score in found.scores:
        echo(_line(score))
    echo()
    echo("The intervals (Wilson) hold for a random sample that was judged whole, as `newsframes sample`")
    echo("draws one; of lines picked by hand they say nothing.")
    echo("Quotes that the rules did not find are in no sample.")
    for message in found.unfit[:_UNFIT_SHOWN]:
        echo(f"Not counted: {message}")
    if more := max(0, len(found.unfit) - _UNFIT_SHOWN):
        echo(f"Not counted: {counted(more, 'more line')}")


def _line(score: Score) -> str:
    column = "words (bounds)" if score.column == "text" else score.column
    share = "-" if score.share is None else f"{score.share:.3f}"
    interval = f"{score.low:.3f}–{score.high:.3f}" if score.judged else "-"
    return f"  {column:<22}{score.judged:>8,}{score.right:>8,}{share:>8}   {interval}"
