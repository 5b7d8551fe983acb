"""Raw files that vanish or change after a run found them and before it reads them."""

from __future__ import annotations

import json
import random
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import pyarrow.parquet as pq
import typer

from drills.datasets import bring, write_article
from drills.judging import broken_invariants, contents, differences, leftovers
from drills.outages.kills import Seed
from flows.building.publish import in_this_process, publish
from flows.dataset import hold_lock
from flows.planning.ledger import LEDGER_FILE
from flows.planning.options import Options
from flows.planning.prepare import prepare
from flows.reports.check import check_raw
from flows.runs import Run

_ARTICLES = 30


def _vanish(file: Path) -> None:
    file.unlink()


def _change(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"raining", b"snowing, they said"))


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:70])


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _become_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _dangle(file: Path) -> None:
    file.unlink()
    file.symlink_to("nowhere")


DAMAGES: dict[str, Callable[[Path], None]] = {
    "vanishes": _vanish,
    "changes": _change,
    "is cut": _cut,
    "is emptied": _empty,
    "becomes a folder": _become_folder,
    "becomes a dangling link": _dangle,
}


def vanishing(
    rounds: Annotated[int, typer.Option(help="Runs, each of which has a third of its files damaged.")] = 40,
    seed: Seed = 0,
) -> None:
    """Damage files, archives among them, between the plan of a run and its reading; the next run makes it good."""
    problems: list[str] = []
    damaged: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as name:
            found = damage_while_running(Path(name), random.Random(f"{seed}-{number}"), damaged, statuses)
        problems += [f"round {number}: {problem}" for problem in found]
    typer.echo(f"{rounds} runs: " + ", ".join(f"{count} files {how}" for how, count in sorted(damaged.items())))
    typer.echo("in the ledger: " + ", ".join(f"{count} {status}" for status, count in statuses.most_common()))
    typer.echo(f"{len(problems)} problems" + "".join(f"\n  PROBLEM {problem}" for problem in problems))
    raise typer.Exit(bool(problems))


def damage_while_running(
    folder: Path, chance: random.Random, damaged: Counter[str], statuses: Counter[str]
) -> list[str]:
    """Plan, damage, publish; then run again, and return what is wrong.

    Args:
        folder: An empty folder.
        chance: Draws files and damages.
        damaged: Takes the damages.
        statuses: Takes what the ledger said of damaged files after the disturbed run.
    """
    raw, processed = folder / "raw", folder / "processed"
    for n in range(_ARTICLES):
        write_article(raw, n)
    _write_archives(raw)
    if chance.random() < 0.5:  # some are known, and changed since
        bring(raw, processed)
        for n in range(0, _ARTICLES, 2):
            write_article(raw, n, words=50)
        _write_archives(raw, words=9)
    files = sorted(path for path in raw.rglob("*") if path.is_file())
    options, run = Options(raw=raw, processed=processed, prune=True, force=True), Run("x")
    with hold_lock(processed, run.run_id):
        prepared = prepare(options)
        struck = chance.sample(files, len(files) // 3)
        for file in struck:
            how = chance.choice(sorted(DAMAGES))
            damaged[how] += 1
            DAMAGES[how](file)
        with in_this_process() as each:
            publish(prepared, run, each)
    problems = _unsound(processed, "disturbed")
    paths = {file.relative_to(raw).as_posix() for file in struck}
    ledger = pq.ParquetFile(processed / LEDGER_FILE).read().to_pylist()
    statuses.update(f"{r['status']} ({r['reason']})" for r in ledger if r["raw_path"] in paths)
    bring(raw, processed, prune=True, force=True)
    problems += _unsound(processed, "next")
    problems += [f"left over: {path}" for path in leftovers(processed)]
    _mend(raw)
    bring(raw, processed, prune=True, force=True)
    rehashed = prepare(Options(raw=raw, processed=processed, rehash=True)).plan
    problems += [f"the ledger is wrong: {row}" for violation in check_raw(rehashed) for row in violation.rows]
    bring(raw, folder / "undisturbed")
    other = differences(contents(processed), contents(folder / "undisturbed"))
    return problems + [f"other bytes: {path}" for path in other if path != LEDGER_FILE]  # it knows what was there once


def _mend(raw: Path) -> None:
    """Mend archives and take dangling links away: until then the rows of what cannot be opened stay."""
    for link in (path for path in raw.rglob("*") if path.is_symlink()):
        link.unlink()
    for archive in (raw / "dump.zip", raw / "dump.jsonl"):
        archive.rmdir() if archive.is_dir() else archive.unlink(missing_ok=True)
    _write_archives(raw)


def _unsound(processed: Path, run: str) -> list[str]:
    return [f"after the {run} run: {line}" for line in broken_invariants(processed)]


def _write_archives(raw: Path, words: int = 8) -> None:
    """Write a ZIP archive of three articles and a file of three records."""
    for n in range(1000, 1003):
        article = write_article(raw, n, words=words)
        with zipfile.ZipFile(raw / "dump.zip", "w" if n == 1000 else "a") as archive:
            archive.write(article, f"2025-01-0{n - 999}-story.txt")
        article.unlink()
    records = [
        {"id": n, "text": f"“It is number {n} of {words},” said Ola Brandt. It was raining.", "date": "2025-01-09"}
        for n in range(3)
    ]
    (raw / "dump.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
