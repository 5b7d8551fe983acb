"""The quotes step on one core, whole and by stage."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from benchmarks.alone import on_one_thread
from benchmarks.clock import Clock, Stages
from benchmarks.figures import Figure
from benchmarks.options import Raw, Runs
from flows.building.workers import collect_seldom
from transforms import quotes
from transforms.articles import RawArticle, read_articles
from transforms.paragraphs import split_paragraphs
from transforms.quotes import attribution, rows, statements
from transforms.quotes.model import analysis
from transforms.quotes.model.weights import Weights
from transforms.quotes.relations import Relations
from transforms.quotes.statements import find
from transforms.quotes.statements.facts import Reader

STAGES: Stages = {
    "spans": ((quotes, "find_spans"),),
    "lines": ((analysis, "read_lines"),),
    "tokens": ((analysis, "read_tokens"),),
    "closing up": ((analysis, "close_up"),),
    "phrases": ((analysis, "read_phrases"),),
    "context": ((analysis, "read_context"), (Weights, "levels")),
    "silences": ((statements, "find_silences"),),
    "cues of statements": ((find, "cue_odds"), (Reader, "of_cues")),
    "facts of statements": ((Reader, "of_rows"),),
    "scores of statements": ((find, "label_scores"),),
    "decoding": ((find, "decode"),),
    "statements": ((statements, "find_statements"), (statements, "with_statements")),
    "shapes": ((analysis, "read_shapes"),),
    "candidates and facts": ((analysis, "find_candidates"), (analysis, "pair_facts")),
    "ranking": ((attribution, "rank"),),
    "relations": ((Relations, "read"),),
    "attribution": ((quotes, "attribute"),),
    "identity": ((rows, "resolve"),),
    "rows and frame": ((quotes, "read_rows"), (quotes, "_frame")),
}


@dataclass(frozen=True)
class Bench:
    """The articles, and how often they are read."""

    articles: pd.DataFrame
    paragraphs: pd.DataFrame
    runs: int

    @property
    def megabytes(self) -> float:
        """Size of their texts as UTF-8."""
        return sum(len(text.encode()) for text in self.articles["text"]) / 1e6

    def once(self) -> float:
        """Run the step and return its processor seconds."""
        begin = time.process_time()
        quotes.extract_quotes(self.articles, self.paragraphs)
        return time.process_time() - begin

    def by_stage(self) -> dict[str, float]:
        """Run the step and return the processor seconds of its stages."""
        clock = Clock(STAGES)
        with clock.running():
            self.once()
        return clock.seconds

    def measure(self) -> dict[str, Any]:
        """Return the medians."""
        first = self.once()
        collect_seldom()  # as workers do
        wholes, runs = [], []
        for _ in range(self.runs):
            wholes.append(self.once())
            runs.append(self.by_stage())
        whole = Figure.of(wholes).median
        stages = {stage: Figure.of(run[stage] for run in runs).median for stage in STAGES}
        return {
            "articles": len(self.articles),
            "megabytes": self.megabytes,
            "runs": self.runs,
            "first_seconds": first,
            "seconds": whole,
            "stages": {**stages, "other": whole - sum(stages.values())},
        }


def read(raw: Path, runs: int) -> Bench:
    """Read a folder of raw texts."""
    paths = sorted(path for path in raw.rglob("*.txt") if path.is_file())
    if not paths:
        raise SystemExit(f"{raw} holds no .txt files")
    articles, _ = read_articles(RawArticle(path.relative_to(raw).as_posix(), path.read_bytes()) for path in paths)
    articles = articles.drop_duplicates("article_id", ignore_index=True)
    return Bench(articles, split_paragraphs(articles), runs)


def _print(found: dict[str, Any]) -> None:
    whole, megabytes = found["seconds"], found["megabytes"]
    typer.echo(
        f"{found['articles']} articles, {megabytes:.2f} MB of text, medians of {found['runs']} runs on one core\n"
    )
    typer.echo(f"{'stage':<26} {'seconds':>8} {'share':>6} {'MB/s':>8}")
    for stage, seconds in found["stages"].items():
        rate = f"{megabytes / seconds:8.1f}" if seconds > 0 else f"{'':8}"
        typer.echo(f"{stage:<26} {seconds:8.3f} {seconds / whole:6.1%} {rate}")
    typer.echo(f"{'whole':<26} {whole:8.3f} {1:6.0%} {megabytes / whole:8.2f}")
    typer.echo(f"{'first run':<26} {found['first_seconds']:8.3f} {'':6} {megabytes / found['first_seconds']:8.2f}")


def time_quotes(
    raw: Raw, runs: Runs = 5, is_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """Time the quotes step on one core, whole and by stage.

    Every figure is a median of processor seconds over runs in one process, after a first one that loads the weights and
    fills caches. The whole is timed by itself, with nothing in between; stages are timed in runs of their own.
    """
    on_one_thread()
    found = read(raw, runs).measure()
    if is_json:
        typer.echo(json.dumps(found, indent=2))
    else:
        _print(found)
