"""Formats of one file that grows line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flows.exports.selection import Rows
from transforms.exports.records import record
from transforms.exports.story import stories
from transforms.exports.web_annotations import annotate, closing, lines, opening


def jsonl(parts: Iterable[Rows]) -> Iterator[bytes]:
    """Yield a line an article."""
    for rows in parts:
        yield from map(record, stories(rows))


def web_annotations(parts: Iterable[Rows], version: int) -> Iterator[bytes]:
    """Yield a JSON-LD document: what opens the collection, a line an annotation, and what closes it."""
    count = 0

    def counted() -> Iterator[dict[str, object]]:
        nonlocal count
        for rows in parts:
            for story in stories(rows):
                for annotation in annotate(story):
                    count += 1
                    yield annotation

    yield opening(version)
    yield from lines(counted())
    yield closing(count)
