"""Copies: the same articles in other worlds, in each of which other names stand for those of the originals.

A world renames everything at once, so what belongs together still does: an article's people, the outlets that print
the same story, the days between them. From one world to the next every name changes.
"""

from __future__ import annotations

import datetime
import random
import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from benchmarks.corpus.templates import Piece, Template, make_template
from benchmarks.corpus.words import NUMBER, Words, collect_words
from flows.planning.side_inputs import read_side_file
from transforms.articles import RawArticle, read_articles

MOST_ORIGINALS = 5_000
"""More articles are not read: of a larger folder some by chance."""
_LEAST_TINY, _MOST_TINY = 120, 600
"""Characters of a paragraph that makes a tiny article."""
_MOST_MOVED = 16
"""Sentences of a paragraph whose order is random; later ones follow the same order."""
_DATED = re.compile(r"\A.*\d{4}-\d\d-\d\d[_-](?=.)")
"""How a file's name begins that tells outlet and date, which are others in a copy."""


class Copy(NamedTuple):
    """One article."""

    slug: str
    outlet: str
    date: datetime.date
    title: str | None
    byline: str | None
    text: str


@dataclass(frozen=True)
class Span:
    """The dates of a corpus."""

    start: datetime.date
    months: int

    @property
    def days(self) -> int:
        """How many there are."""
        month = self.start.year * 12 + self.start.month - 1 + self.months
        return (datetime.date(month // 12, month % 12 + 1, 1) - self.start.replace(day=1)).days

    def day(self, number: int) -> datetime.date:
        """Return one of them, from the first on and over again."""
        return self.start.replace(day=1) + datetime.timedelta(days=number % self.days)


@dataclass(frozen=True)
class _Original:
    template: Template
    name: str
    outlet: str
    day: int
    title: Piece | None
    byline: Piece | None


@dataclass(frozen=True)
class Originals:
    """The articles that are told again.

    Attributes:
        words: Those of their words that change.
        articles: The articles, or their paragraphs, as templates.
        count: How many were read.
        is_tiny: Whether each is a paragraph.
    """

    words: Words
    articles: list[_Original]
    count: int
    is_tiny: bool = False

    def copies(self, seed: int, span: Span) -> Iterator[Copy]:
        """Yield copies, of which no two are the same article, as long as there are any.

        Args:
            seed: Other copies for each; the first ones are the same however many are taken.
            span: Their dates.
        """
        serial = count()
        for world in count():
            left = [original for original in self.articles if original.template.turns > world]
            if not left:
                return
            chance = random.Random(f"{seed} {world}")
            values = _rename(self.words, seed, world, chance)
            shift = chance.randrange(span.days)
            keys = [chance.random() for _ in range(_MOST_MOVED)]
            for original, number in zip(left, serial, strict=False):
                day = number if self.is_tiny else original.day + shift
                yield _copy(original, number, values, keys, span.day(day))


def _copy(original: _Original, number: int, values: Sequence[str], keys: Sequence[float], date: datetime.date) -> Copy:
    return Copy(
        f"{original.name}-{number:07d}",
        original.outlet,
        date,
        original.title.fill(values) if original.title else None,
        original.byline.fill(values) if original.byline else None,
        original.template.fill(values, keys),
    )


def _rename(words: Words, seed: int, world: int, chance: random.Random) -> list[str]:
    """Return the word for each slot: those of one kind move round, by another number in each world, never by 0."""
    values = words.words.copy()
    starts = random.Random(seed)
    for name, kind in words.kinds.items():
        if name != NUMBER:
            by = 1 + (starts.randrange(1 << 30) + world) % (len(kind) - 1)
            for slot, other in zip(kind, kind[by:] + kind[:by], strict=True):
                values[slot] = words.words[other]
    digits = str.maketrans("123456789", "".join(chance.sample("123456789", 9)))
    for slot in words.kinds[NUMBER]:
        values[slot] = values[slot].translate(digits)
    return values


def read_originals(folder: Path, metadata: Path | None = None, seed: int = 0, is_tiny: bool = False) -> Originals:
    """Return the articles of a folder of texts, mixed.

    Args:
        folder: Where they are.
        metadata: A side file that describes them.
        seed: How they are mixed.
        is_tiny: Whether each of their paragraphs becomes an article.
    """
    frame = _read(folder, metadata, seed)
    words = collect_words(frame["text"])
    made = [original for row in _rows(frame) for original in _originals(row, words, is_tiny)]
    found = list({original.template.skeleton: original for original in made}.values())
    if not found:
        raise SystemExit(f"{folder} holds no .txt files in which enough names stand to make others of them")
    random.Random(seed).shuffle(found)
    return Originals(words, found, len(frame), is_tiny)


def _read(folder: Path, metadata: Path | None, seed: int) -> pd.DataFrame:
    paths = sorted(path for path in folder.rglob("*.txt") if path.is_file())
    paths = sorted(random.Random(seed).sample(paths, min(len(paths), MOST_ORIGINALS)))
    side_file = read_side_file(str(metadata) if metadata else None)
    raws = ((path.relative_to(folder).as_posix(), path.read_bytes()) for path in paths)
    articles, _ = read_articles(
        RawArticle(name, content, metadata=side_file.lookup(name) if side_file else None) for name, content in raws
    )
    return articles.drop_duplicates("article_id", ignore_index=True)


def _rows(frame: pd.DataFrame) -> Iterator[dict[Hashable, object]]:
    first = min((date for date in frame["published_date"] if date), default=None)
    for at, row in enumerate(frame.to_dict("records")):
        date = row["published_date"]
        yield row | {"day": (date - first).days if date and first else at}


def _originals(row: Mapping[Hashable, object], words: Words, is_tiny: bool) -> Iterator[_Original]:
    text = str(row["text"])
    name = _slug(_DATED.sub("", Path(str(row["raw_path"])).stem))
    outlet = _slug(str(row["outlet"] or "the-courier"))
    title, byline = (Piece.of(str(row[key]), words) if row[key] else None for key in ("title", "byline"))
    if not is_tiny:
        if template := make_template(text, words):
            yield _Original(template, name, outlet, int(str(row["day"])), title, byline)
        return
    for paragraph in text.split("\n\n"):
        if _LEAST_TINY <= len(paragraph) <= _MOST_TINY and (template := make_template(paragraph, words)):
            yield _Original(template, name, outlet, 0, None, None)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:60] or "story"


def take(originals: Originals, number: int, seed: int, span: Span) -> Iterator[Copy]:
    """Yield some copies.

    Raises:
        SystemExit: Fewer can be made of these originals.
    """
    taken = 0
    for taken, copy in enumerate(islice(originals.copies(seed, span), number), start=1):  # noqa: B007
        yield copy
    if taken < number:
        raise SystemExit(f"no more than {taken:,} articles that differ can be made of these")
