"""The dataset that is damaged: which of its raw files and partitions are of which version."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyarrow.parquet as pq

from drills.datasets import bring, write_article, write_file
from drills.judging import broken_invariants

UNDATED = "year=0/month=0"
JANUARY, FEBRUARY, MARCH, QUOTELESS = (f"year=2025/month={month}" for month in (1, 2, 3, 4))
"""The last version wrote all tables of March but `uncorrected`, and took the rest over from the one before.

The article of April quotes nobody.
"""
PARTITIONS = frozenset((UNDATED, JANUARY, FEBRUARY, MARCH, QUOTELESS))

OLD, PLAIN = "herald/2025/03/06/story-5.txt", "herald/2025/03/09/story-8.txt"
"""Raw files of March that the first version read."""
COPIED, COPY = "herald/2025/03/25/story-52.txt", "syndication/2025/03/25/story-52.txt"
NEW_FILES = (*(f"herald/2025/03/{number % 28 + 1:02d}/story-{number}.txt" for number in range(45, 60)), COPY)
"""Raw files of March that the last version read first."""
NEW = "herald/2025/03/28/story-55.txt"


def make_dataset(folder: Path) -> None:
    """Make `raw`, `corrections.csv` and `p` in a folder: three versions of some 60 articles in four months.

    There are copies, reprints in the next month, archives, articles without a date, files that are rejected, a month
    without quotes, and corrections in the other ones.
    """
    raw, processed = folder / "raw", folder / "p"
    for number in range(30):
        write_article(raw, number)
    _write_odd_ones(raw)
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
    assert not broken_invariants(processed)


def _write_odd_ones(raw: Path) -> None:
    first = raw / "herald/2025/01/28/story-27.txt"
    write_file(raw / "gazette/2025/02/03/reprint.txt", first.read_text("utf-8").replace("x39.", "x39, again."))
    write_file(raw / "syndication/story-3.txt", (raw / "herald/2025/01/04/story-3.txt").read_text("utf-8"))
    write_file(raw / "inbox/undated.txt", "“Nobody knows when,” said Ola Brandt.\n\nThe letter bears no date at all.\n")
    write_file(raw / "inbox/empty.txt", "")
    record = '{"id": "a", "date": "2025-02-09", "text": "“It rained,” said Ada Moss of the pier."}\n'
    write_file(raw / "feed.jsonl", record)
    write_file(raw / "herald/2025/04/02/rain.txt", "No one was cited in this short report on the weather.\n")


@contextmanager
def away(raw: Path, paths: Sequence[str] = ()) -> Iterator[None]:
    """Move raw files out of the way; without any, the whole raw root."""
    with ExitStack() as stack:
        for place in [raw / path for path in paths] or [raw]:
            hidden = place.with_name(f".{place.name}.away")
            place.rename(hidden)
            stack.callback(hidden.rename, place)
        yield


@contextmanager
def changed(raw: Path, path: str) -> Iterator[None]:
    """Change a raw file."""
    file = raw / path
    before, times = file.read_bytes(), file.stat()
    file.write_bytes(before.replace(b"It was raining", b"It was snowing"))
    yield
    file.write_bytes(before)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
