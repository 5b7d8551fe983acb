"""Every damage to a dataset: `check` has to name it, `repair` to mend it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import pyarrow.parquet as pq
import typer

from drills.damage.cases import COPIED, COPY, Case, all_cases
from drills.datasets import bring, write_article, write_file
from drills.judging import broken_invariants, contents, differences, leftovers, torn_files
from flows.dataset import Dataset
from flows.dataset.links import broken_links
from flows.planning.options import Options, OptionsError
from flows.repair import Repaired, repair


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
    raise typer.Exit(bool(misses))


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


def make_dataset(folder: Path) -> None:
    """Make `raw`, `corrections.csv` and `p` in a folder: three versions of some 60 articles in three months.

    There are copies, reprints in the next month, archives, articles without a date, files that are rejected, and
    corrections in each month.
    """
    raw, processed = folder / "raw", folder / "p"
    for number in range(30):
        write_article(raw, number)
    first = raw / "herald/2025/01/28/story-27.txt"
    write_file(raw / "gazette/2025/02/03/reprint.txt", first.read_text("utf-8").replace("x39.", "x39, again."))
    write_file(raw / "syndication/story-3.txt", (raw / "herald/2025/01/04/story-3.txt").read_text("utf-8"))
    write_file(raw / "inbox/undated.txt", "“Nobody knows when,” said Ola Brandt.\n\nThe letter bears no date at all.\n")
    write_file(raw / "inbox/empty.txt", "")
    write_file(
        raw / "feed.jsonl", '{"id": "a", "date": "2025-02-09", "text": "“It rained,” said Ada Moss of the pier."}\n'
    )
    bring(raw, processed)
    files = (processed / "quotes").resolve().rglob("*.parquet")
    rows = (row for file in files for row in pq.ParquetFile(file).read().to_pylist())
    chosen = [r for r in rows if any(f"number {n} " in r["text"] for n in (0, 1, 2, 5))]
    lines = [f"{r['article_id']},{r['start']},{r['end']},O. Brandt,mk" for r in chosen]
    write_file(folder / "corrections.csv", "\n".join(["article_id,start,end,speaker,decided_by", *lines, ""]))
    for number in range(30, 45):
        write_article(raw, number, number % 2 + 2)
    bring(raw, processed)
    for number in range(45, 60):
        write_article(raw, number, 3)
    write_file(raw / COPY, (raw / COPIED).read_text("utf-8"))
    bring(raw, processed)


def judge(case: Case, made: Path, before: dict[str, str]) -> Iterator[str]:
    """Damage a copy of a dataset and repair it; yield what is not as it has to be.

    Args:
        case: The damage.
        made: Where `make_dataset` made it.
        before: Its contents.
    """
    raw, root = made / "raw", made / "damaged"
    shutil.rmtree(root, ignore_errors=True)
    subprocess.run(["cp", "-a", made / "p", root], check=True)  # with its links, hard ones too
    case.damage(root)
    named = broken_invariants(root)
    if not any(case.named in line for line in named):
        yield f"check says {named}"
    inodes = {path: (root / "versions/000003" / path) for path in before}
    present = {path: file.stat().st_ino for path, file in inodes.items() if file.is_file()}
    try:
        with case.raw(raw):
            found = mend(case, raw, root)
    except OptionsError as error:
        if case.becomes != "refused":
            yield f"refused: {error}"
        return
    if case.becomes == "refused":
        yield f"not refused: {found}"
    yield from _judge_repaired(case, made, before, found)
    yield from _judge_links(root, found, present)


def mend(case: Case, raw: Path, root: Path) -> Repaired:
    """Repair a dataset as a case asks."""
    return repair(Options(raw=raw if "raw" in case.options else None, processed=root), "force" in case.options)


def _judge_repaired(case: Case, made: Path, before: dict[str, str], found: Repaired) -> Iterator[str]:
    root = made / "damaged"
    if len(found.lost) != case.lost:
        yield f"lost {found.lost}"
    broken = broken_invariants(root) if case.becomes != "same bytes" else []
    if case.becomes == "same after ingest":
        broken = [line for line in broken if not line.startswith("corrections")]  # their articles may be still to come
        bring(made / "raw", root)
    if broken:
        yield f"after the repair, check says {broken}"
    if case.becomes != "whole":
        yield from (f"other bytes: {path}" for path in differences(contents(root), before))
    current = Dataset(root).current()
    assert current is not None
    if broken := [*broken_links(root), *torn_files(current)]:
        yield f"still broken: {broken}"
    if left := leftovers(root):
        yield f"left behind: {left}"


def _judge_links(root: Path, found: Repaired, present: dict[str, int]) -> Iterator[str]:
    """Files of partitions that were not damaged are those of before, under another name."""
    made_anew = {path for path in present if any(folder in path for folder in found.rebuilt)}
    for path in present.keys() - made_anew - found.damaged.keys() - {"files/part-0.parquet"}:
        file = root / "current" / path
        if not file.is_file() or file.stat().st_ino != present[path]:
            yield f"{path} was written again"
