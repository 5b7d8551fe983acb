"""Small datasets to damage."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flows.building.publish import bring_up_to_date, in_this_process
from flows.planning.options import Options
from flows.runs import Run

LONG_AGO = 1_700_000_000
"""About when files were last modified that were not just written, in seconds since 1970."""
_NOBODY = 65_534


def write_article(raw: Path, number: int, month: int | None = None, words: int = 40) -> Path:
    """Write one article, unlike those of other numbers, with a speaker and a date in its path."""
    month = month or number % 3 + 1
    file = raw / f"herald/2025/{month:02d}/{number % 28 + 1:02d}/story-{number}.txt"
    body = " ".join(f"w{number}x{i}" for i in range(words))
    write_file(file, f"“The pier number {number} will open,” said Ola Brandt. It was raining.\n\n{body}.\n")
    os.utime(file, (LONG_AGO + number,) * 2)
    return file


def write_file(file: Path, content: str | bytes) -> Path:
    """Write a file, and the folders that lead to it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def bring(raw: Path, processed: Path, say: Callable[[str], None] = lambda _: None, /, **options: Any) -> Run:
    """Bring a dataset up to date in this process, without Prefect."""
    run = Run("ingest")
    bring_up_to_date(Options(raw=raw, processed=processed, **options), run, in_this_process, say=say)
    return run


def bring_sparingly(raw: Path, processed: Path) -> Run:
    """Bring a dataset up to date, however many files are gone; keep no version but for the hour that all stay."""
    return bring(raw, processed, prune=True, force=True, keep_versions=1)


@contextmanager
def everybodys_folder() -> Iterator[Path]:
    """Give a temporary folder that everybody may use, whoever owns those above it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be somebody inside the block who has no special rights: the superuser may read everything."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(me)
