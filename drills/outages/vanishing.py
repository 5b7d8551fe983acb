"""Raw files that vanish or change after a run found them and before it reads them."""

from __future__ import annotations

import json
import random
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import pyarrow.parquet as pq
import typer

from drills.datasets import bring, write_article
from drills.judging import broken_invariants, contents, differences, leftovers
from drills.outages.options import Seed
from flows.building.publish import in_this_process, publish
from flows.dataset import Dataset, hold_lock
from flows.planning.ledger import LEDGER_FILE, Known, read_ledger
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


_GONE = "cannot be read: it is no longer there"
DAMAGES: dict[str, tuple[Callable[[Path], None], str | None]] = {
    "vanishes": (_vanish, _GONE),
    "changes": (_change, None),
    "is cut": (_cut, None),
    "is emptied": (_empty, "empty file"),
    "becomes a folder": (_become_folder, "a folder, not a file"),
    "becomes a dangling link": (_dangle, _GONE),
}
"""What is done to a file, and the reason that the ledger gives; None: it is read as it is then."""


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
    _write_raw(raw, processed, is_known=chance.random() < 0.5)
    known = read_ledger(Dataset(processed).current()).known()
    struck, planned = _run_disturbed(raw, processed, chance)
    damaged.update(struck.values())
    problems = _unsound(processed, "disturbed")
    ledger = {row["raw_path"]: row for row in pq.ParquetFile(processed / LEDGER_FILE).read().to_pylist()}
    for path, how in struck.items():
        row = ledger[path]
        statuses[f"{row['status']} ({row['reason']})"] += 1
        if path not in planned and path.endswith(".txt"):
            problems += [] if row["raw_sha256"] == known[path].raw_sha256 else [f"{path} {how}: it was not to be read"]
        elif path.endswith(".txt"):
            problems += [f"{path} {how}: {p}" for p in _untold(raw / path, row, DAMAGES[how][1], known.get(path))]
    bring(raw, processed, prune=True, force=True)
    problems += [*_unsound(processed, "next"), *(f"left over: {path}" for path in leftovers(processed))]
    return problems + _wrong_once_mended(raw, processed, folder / "undisturbed")


def _write_raw(raw: Path, processed: Path, is_known: bool) -> None:
    """Write articles and archives; if they are to be known, some have changed since the dataset has them."""
    for n in range(_ARTICLES):
        write_article(raw, n)
    _write_archives(raw)
    if is_known:
        bring(raw, processed)
        for n in range(0, _ARTICLES, 2):
            write_article(raw, n, words=50)
        _write_archives(raw, words=9)


def _run_disturbed(raw: Path, processed: Path, chance: random.Random) -> tuple[dict[str, str], set[str]]:
    """Damage a third of the files after a run's plan; return what was done to which, and which were to be read."""
    files = sorted(path for path in raw.rglob("*") if path.is_file())
    options, run = Options(raw=raw, processed=processed, prune=True, force=True), Run("x")
    with hold_lock(processed, run.run_id):
        prepared = prepare(options)
        struck = {file: chance.choice(sorted(DAMAGES)) for file in chance.sample(files, len(files) // 3)}
        for file, how in struck.items():
            DAMAGES[how][0](file)
        with in_this_process() as each:
            publish(prepared, run, each)
    planned = {work.file.raw_path for work in prepared.plan.work}
    return {file.relative_to(raw).as_posix(): how for file, how in struck.items()}, planned


def _wrong_once_mended(raw: Path, processed: Path, undisturbed: Path) -> list[str]:
    """Mend the raw tree, run again, and return what is not as in a dataset that nobody disturbed."""
    _mend(raw)
    bring(raw, processed, prune=True, force=True)
    rehashed = prepare(Options(raw=raw, processed=processed, rehash=True)).plan
    wrong = [f"the ledger is wrong: {row}" for violation in check_raw(rehashed) for row in violation.rows]
    bring(raw, undisturbed)
    other = differences(contents(processed), contents(undisturbed))
    return wrong + [f"other bytes: {path}" for path in other if path != LEDGER_FILE]  # it knows what was there once


def _untold(file: Path, row: dict[str, Any], reason: str | None, known: Known | None) -> Iterator[str]:
    """Yield what the ledger of the disturbed run does not tell of a plain file as it has to.

    An article that was there before stays if its file cannot be read; an empty file can be.
    """
    if reason is None:
        now = file.stat()
        if (row["status"], row["size"]) != ("ingested", now.st_size):
            yield f"not taken as it was read: {row}"
    elif known and known.status == "ingested" and reason != "empty file":
        if (row["status"], row["raw_sha256"]) != ("ingested", known.raw_sha256):
            yield f"what it held did not stay: {row}"
    elif (row["status"], row["reason"]) != ("rejected", reason):
        yield f"{row['status']} ({row['reason']}), not rejected ({reason})"


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
