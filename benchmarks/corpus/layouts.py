"""Layouts: how a corpus lies on disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from benchmarks.corpus.copies import Copy


class Layout(StrEnum):
    """Where the date of an article is told."""

    FOLDERS = "folders"
    """In its path: raw/outlet/2016/03/11/slug.txt."""
    SIDE_FILE = "side-file"
    """In a side file, metadata.tsv, beside raw/outlet/slug.txt."""
    JSONL = "jsonl"
    """In its line of one file, raw/dump.jsonl."""


class Written(NamedTuple):
    """What was written."""

    articles: int
    bytes: int


SIDE_FILE = "metadata.tsv"
_COLUMNS = ("path", "publisher", "publication_date", "author", "title")


def write_corpus(copies: Iterable[Copy], folder: Path, layout: Layout) -> Written:
    """Write a corpus, one article after the other.

    Args:
        copies: Its articles.
        folder: Where its folder `raw` goes, and its side file.
        layout: How it lies there.
    """
    raw = folder / "raw"
    raw.mkdir(parents=True)
    if layout is Layout.JSONL:
        return _write_dump(copies, raw / "dump.jsonl")
    if layout is Layout.SIDE_FILE:
        with (folder / SIDE_FILE).open("w", encoding="utf-8", newline="") as side_file:
            side_file.write("\t".join(_COLUMNS) + "\n")
            return _write(((_described(copy, side_file.write), copy.text) for copy in copies), raw)
    return write_files(copies, raw)


def write_files(copies: Iterable[Copy], raw: Path) -> Written:
    """Write articles below a folder, which may hold others, with their dates in their paths."""
    return _write(((f"{copy.outlet}/{copy.date:%Y/%m/%d}/{copy.slug}.txt", copy.text) for copy in copies), raw)


def _described(copy: Copy, write: Callable[[str], object]) -> str:
    path = f"{copy.outlet}/{copy.slug}.txt"
    fields = (path, copy.outlet, copy.date.isoformat(), copy.byline or "", copy.title or "")
    write("\t".join(" ".join(field.split()) for field in fields) + "\n")
    return path


def _write(files: Iterable[tuple[str, str]], raw: Path) -> Written:
    made: set[str] = set()
    count = size = 0
    for path, text in files:
        parent = path.rpartition("/")[0]
        if parent not in made:
            (raw / parent).mkdir(parents=True, exist_ok=True)
            made.add(parent)
        size += (raw / path).write_bytes(f"{text}\n".encode())
        count += 1
    return Written(count, size)


def _write_dump(copies: Iterable[Copy], dump: Path) -> Written:
    count = 0
    with dump.open("x", encoding="utf-8") as file:
        for copy in copies:
            record = {
                "id": copy.slug,
                "publisher": copy.outlet,
                "published_date": copy.date.isoformat(),
                "author": copy.byline,
                "title": copy.title,
                "text": copy.text,
            }
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            count += 1
    return Written(count, dump.stat().st_size)
