"""Measure what claims about performance are made of.

    python -m benchmarks NAME [options]

docs/performance.md has the figures and the commands that made them.
"""

from __future__ import annotations

import typer

from benchmarks.against_spacy import spacy
from benchmarks.corpus.command import corpus
from benchmarks.ingest import ingest
from benchmarks.known import known
from benchmarks.ledger import ledger
from benchmarks.limit import limit
from benchmarks.quotes import time_quotes
from benchmarks.scale import scale

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.callback()
def common() -> None:
    """Measure what claims about performance are made of."""


for benchmark in (corpus, scale, spacy, limit, known, ledger, ingest):
    app.command()(benchmark)
app.command("quotes")(time_quotes)


if __name__ == "__main__":
    app(prog_name="python -m benchmarks")
