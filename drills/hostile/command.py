"""`python -m drills hostile`: the corpus in one run, then each flood in a process of its own, at three sizes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from drills.datasets import as_nobody, bring, everybodys_folder
from drills.hostile.corpus import changes_again, outcome_of, surprises, write_corpus
from drills.hostile.measure import Measured, measure
from drills.hostile.side import CORRECTIONS_FILES, SIDE_FILES, Side
from drills.hostile.texts import BYTES, FLOODS
from drills.hostile.tree import FORBIDDEN, UNLISTED, write_forbidden
from flows.dataset import Dataset
from flows.planning.ledger import read_ledger
from flows.planning.options import Options, OptionsError
from flows.planning.prepare import prepare
from flows.progress import visible

_MB = 1_000_000
_SHARES = (4, 2, 1)
_SUPERLINEAR = 1.5
"""A megabyte of an input may take so many times as long at the largest size as at half of it."""
_SMALL = 90_000
"""What a run costs whatever its input would be most of the seconds of fewer bytes."""
_CLEARLY = 1.0
"""Runs of fewer seconds than this say nothing of how time grows."""


def hostile(
    largest_mb: Annotated[float, typer.Option(help="Largest size of each flood; a half and a quarter, too.")] = 0.4,
    only: Annotated[list[str] | None, typer.Option(help="Only measure these floods; may be repeated.")] = None,
    corpus_mb: Annotated[float, typer.Option(help="Size of each flood in the run over all of them.")] = 0.01,
    limit_mb: Annotated[float, typer.Option(help="--max-article-mb of that run.")] = 2.0,
) -> None:
    """Ingest what nobody would write; exit with 1 if a run fails, a file has no row, or one has the wrong outcome."""
    wrong = [] if only else [*_all_at_once(int(corpus_mb * _MB), limit_mb), *_beside(int(corpus_mb * _MB))]
    wrong += _one_by_one(only or [*FLOODS, *BYTES], [int(largest_mb * _MB) // share for share in _SHARES])
    for line in wrong:
        print(f"WRONG  {visible(line)}")
    if wrong:
        raise typer.Exit(1)


def _all_at_once(size: int, limit_mb: float) -> Iterator[str]:
    """Ingest the corpus in one run; yield what is wrong."""
    with everybodys_folder() as folder:
        raw, processed = folder / "raw", folder / "processed"
        raw.mkdir()
        expected = write_corpus(raw, size, int(limit_mb * _MB))
        print(f"{'input':<60} {'bytes':>11}  outcome")
        yield from _ingest(raw, processed, expected, max_article_mb=limit_mb)
        yield from active_output(processed)
        (folder / "forbidden").mkdir()
        write_forbidden(folder / "forbidden")
        with as_nobody():
            yield from _forbidden(folder / "forbidden", folder / "forbidden-processed")


def _ingest(raw: Path, processed: Path, expected: dict[str, str], **options: float) -> Iterator[str]:
    run = bring(raw, processed, **options)
    known = read_ledger(Dataset(processed).current())
    for path, row in known.items():
        if path in expected or outcome_of(path, expected):
            print(f"{visible(path)[:60]:<60} {row.size:>11,}  {visible(f'{row.status} {row.reason or str()}')[:100]}")
    print(f"{len(expected):,} inputs, {len(known):,} rows of the ledger: {run.summary}")
    yield from surprises(processed, expected)
    yield from changes_again(raw, processed)


def _forbidden(raw: Path, processed: Path) -> Iterator[str]:
    """Ingest files that may not be read."""
    notes = prepare(Options(raw=raw, processed=processed)).notes
    if not any(note.startswith(f"folder {UNLISTED}/ cannot be read") for note in notes):
        yield f"no note of the folder that cannot be listed: {notes}"
    yield from _ingest(raw, processed, FORBIDDEN)


def active_output(processed: Path) -> Iterator[str]:
    """Yield the commands that print anything that a terminal would obey."""
    articles = [k.article_id for k in read_ledger(Dataset(processed).current()).values() if k.status == "ingested"]
    shown = [("show", str(article)) for article in articles[:: max(1, len(articles) // 20)]]
    for command in [("status",), ("status", "--json"), ("plan", "--json"), ("check",), *shown]:
        done = subprocess.run(
            [sys.executable, "-m", "flows.cli", *command, "--processed", str(processed)],
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONUTF8": "1"},
        )
        printed = (done.stdout + done.stderr).decode("utf-8", "replace")
        if bad := {c for c in printed if not c.isprintable() and c != "\n"}:
            yield f"{' '.join(command)} prints {bad!r}"
        if done.returncode or "Traceback" in printed:
            yield f"{' '.join(command)} ends with {done.returncode}"


def _beside(size: int) -> Iterator[str]:
    """Plan with each side file and corrections file; yield those that are not told of as they should be."""
    for option, files in (("metadata", SIDE_FILES), ("corrections", CORRECTIONS_FILES)):
        for name, side in files.items():
            told, is_right = tell_of(option, side, size)
            print(f"{option:<12} {name:<20} {visible(told)[:140]}")
            if not is_right:
                yield f"{option} {name}: {told}"


def tell_of(option: str, side: Side, size: int) -> tuple[str, bool]:
    """Return what a run says of a file beside the raw files, and whether it is what was expected."""
    with tempfile.TemporaryDirectory() as folder:
        raw, file = Path(folder) / "raw", Path(folder) / side.name
        (raw / "a.txt").parent.mkdir()
        (raw / "a.txt").write_text("It rained, said Ola Brandt.")
        file.write_bytes(side.make(size))
        options = Options(raw=raw, processed=Path(folder) / "processed")
        try:
            notes = prepare(Options(**{**vars(options), option: file})).notes
        except OptionsError as refused:
            return f"refused: {refused}", side.refused is not None and side.refused in str(refused)
        is_right = side.refused is None and (not side.noted or any(side.noted in note for note in notes))
        return "; ".join(notes) or "read", is_right


def _one_by_one(names: list[str], sizes: list[int]) -> Iterator[str]:
    print(f"{'input':<36} {'bytes':>10} {'seconds':>8} {'s/MB':>7} {'MB peak':>8}  outcome")
    everything: list[Measured] = []
    for name in names:
        found = measure(name, sizes)
        for one in found:
            per_mb = one.seconds / (one.size / _MB) if one.size >= _SMALL else 0
            print(
                f"{name:<36} {one.size:>10,} {one.seconds:>8.2f} {per_mb:>7.2f} {one.peak_mb:>8,}  {one.outcome[:90]}",
                flush=True,
            )
        everything += found
        yield from _wrong(found)
    worst = max((m for m in everything if m.size >= _SMALL), key=lambda m: m.seconds / m.size, default=everything[-1])
    highest = max(everything, key=lambda m: m.peak_mb)
    print(
        f"{len(names):,} inputs at {len(sizes)} sizes; worst {worst.seconds / max(worst.size, 1) * _MB:.1f} s/MB "
        f"({worst.name}, {worst.size:,} bytes), most memory {highest.peak_mb:,} MB "
        f"({highest.name}, {highest.size:,} bytes)"
    )


def _wrong(found: list[Measured]) -> Iterator[str]:
    """Yield what failed, and what takes more than in proportion to its size."""
    yield from (f"{one.name}: {one.outcome}" for one in found if one.outcome.startswith("FAILED"))
    if len(found) < len(_SHARES) or found[-1].seconds < _CLEARLY or not found[-2].size:
        return
    half, whole = (one.seconds / one.size for one in found[-2:])
    if whole > _SUPERLINEAR * half:
        yield f"{found[-1].name}: {half * _MB:.1f} s/MB, and at twice the size {whole * _MB:.1f} s/MB"
