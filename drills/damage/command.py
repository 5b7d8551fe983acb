"""Every damage to a dataset: `check` has to name it, `repair` to mend it."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from drills.damage.cases import all_cases
from drills.damage.dataset import make_dataset
from drills.damage.verdict import judge
from drills.judging import contents


def damage(
    flips: Annotated[int, typer.Option(min=1, help="Bits to flip in each file, one at a time.")] = 8,
    only: Annotated[str, typer.Option(help="Only kinds that begin so: articles, manifest, two at once, ….")] = "",
) -> None:
    """Damage files, links and manifests of a dataset of 60 articles in every way, and repair each."""
    with tempfile.TemporaryDirectory() as folder:
        tried, misses = damage_all(Path(folder), flips, only)
    for kind, count in tried.items():
        typer.echo(f"{kind:<40} {count:>4}")
    typer.echo(f"{tried.total()} damages, {misses} misses")
    raise typer.Exit(bool(misses) or not tried)


def damage_all(folder: Path, flips: int, only: str) -> tuple[Counter[str], int]:
    """Do every damage whose kind begins in a way, print what was missed, and return how many were done and missed."""
    make_dataset(folder)
    before, tried, misses = contents(folder / "p"), Counter[str](), 0
    for case in all_cases(flips):
        if case.kind.startswith(only):
            tried[case.kind] += 1
            for miss in judge(case, folder, before):
                misses += 1
                print(f"MISS  {case.kind}, {case.name}: {miss}", flush=True)
    return tried, misses
