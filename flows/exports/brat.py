"""Articles as a collection of brat: a text and its annotations each, in a folder a month, and how brat shows them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from flows.dataset.durable import new_file
from flows.exports.selection import Rows
from transforms.exports.brat import ANNOTATION_CONF, VISUAL_CONF, standoff
from transforms.exports.story import Row, stories

UNDATED = "undated"


def write_collection(parts: Iterable[Rows], folder: Path) -> None:
    """Write a `.txt` and an `.ann` file an article, named by its id, annotation.conf and visual.conf."""
    _write(folder / "annotation.conf", ANNOTATION_CONF)
    _write(folder / "visual.conf", VISUAL_CONF)
    for rows in parts:
        for story in stories(rows):
            place = folder / _month(story.article)
            place.mkdir(exist_ok=True)
            _write(place / f"{story.article['article_id']}.txt", story.text)
            _write(place / f"{story.article['article_id']}.ann", standoff(story))


def _month(article: Row) -> str:
    date = article["published_date"]
    return f"{date:%Y-%m}" if date else UNDATED


def _write(path: Path, content: str) -> None:
    with new_file(path) as file:
        file.write(content.encode())
