"""`python -m drills hostile`: the corpus in one run, then each flood in a process of its own, at growing sizes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from drills.datasets import as_nobody, bring, everybodys_folder
from drills.hostile.beside import beside
from drills.hostile.corpus import MAKERS, Expected, changes_again, surprises, write_corpus
from drills.hostile.floods import MB, measure_floods
from drills.hostile.terminal import active_ingest, active_output
from drills.hostile.tree import FORBIDDEN, UNLISTED, write_forbidden
from flows.dataset import Dataset
from flows.planning.ledger import read_ledger
from flows.planning.options import Options
from flows.planning.prepare import prepare
from flows.progress import visible


def hostile(
    largest_mb: Annotated[
        float, typer.Option(help="Size of each flood; a quarter and a half, too, and more of what takes no time.")
    ] = 0.4,
    only: Annotated[list[str] | None, typer.Option(help="Only measure these floods; may be repeated.")] = None,
    corpus_mb: Annotated[float, typer.Option(help="Size of each flood in the run over all of them.")] = 0.01,
    limit_mb: Annotated[float, typer.Option(help="--max-article-mb of that run.")] = 2.0,
) -> None:
    """Ingest what nobody would write; exit with 1 if a run fails, a file has no row, or one has the wrong outcome."""
    wrong = [] if only else [*_all_at_once(int(corpus_mb * MB), limit_mb), *beside()]
    wrong += measure_floods(only or list(MAKERS), int(largest_mb * MB))
    for line in wrong:
        print(f"WRONG  {visible(line)}")
    if wrong:
        raise typer.Exit(1)


def _all_at_once(size: int, limit_mb: float) -> Iterator[str]:
    """Ingest the corpus in one run, and once more by the command itself; yield what is wrong."""
    with everybodys_folder() as folder:
        raw, processed = folder / "raw", folder / "processed"
        raw.mkdir()
        expected = write_corpus(raw, size, int(limit_mb * MB))
        print(f"{'input':<60} {'bytes':>11}  outcome")
        yield from _ingest(raw, processed, expected, max_article_mb=limit_mb)
        yield from active_output(processed)
        yield from active_ingest(raw, folder / "by-command", limit_mb)
        yield from surprises(folder / "by-command", expected)
        (folder / "forbidden").mkdir()
        write_forbidden(folder / "forbidden")
        with as_nobody():
            yield from _forbidden(folder / "forbidden", folder / "forbidden-processed")


def _ingest(raw: Path, processed: Path, expected: Expected, **options: float) -> Iterator[str]:
    run = bring(raw, processed, **options)
    known = read_ledger(Dataset(processed).current()).known()
    for path, row in known.items():
        if path in expected.outcomes:
            print(f"{visible(path)[:60]:<60} {row.size:>11,}  {visible(f'{row.status} {row.reason or str()}')[:100]}")
    print(f"{len(expected.outcomes):,} inputs, {len(known):,} rows of the ledger: {run.summary}")
    yield from surprises(processed, expected)
    yield from changes_again(raw, processed)


def _forbidden(raw: Path, processed: Path) -> Iterator[str]:
    """Ingest files that may not be read."""
    notes = prepare(Options(raw=raw, processed=processed)).notes
    if not any(note.startswith(f"folder {UNLISTED}/ cannot be read") for note in notes):
        yield f"no note of the folder that cannot be listed: {notes}"
    yield from _ingest(raw, processed, Expected(FORBIDDEN))
