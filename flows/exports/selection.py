"""The rows that are exported: some articles at a time, with all that was found in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from flows.dataset import Version
from flows.dataset.parquet import read_batches, read_groups
from flows.dataset.version import Stretch
from flows.reading.filters import Filters
from flows.storage import Place
from transforms.cuts import parse_path, path_of
from transforms.schemas import ARTICLES, PARAGRAPHS, QUOTES, Table

TABLES = (ARTICLES, PARAGRAPHS, QUOTES)
Rows = Mapping[str, pa.Table]
"""Rows of these tables, by name: of some articles, in the order of the dataset, with all that is exported of them."""

ARTICLES_AT_ONCE = 256
_ROWS_AT_ONCE = 4_096


@dataclass(frozen=True)
class Selection:
    """What is exported of a version.

    Attributes:
        version: The version.
        wanted: Which articles, and which of their quotes.
        article_id: This article alone, whatever is wanted otherwise; None: all that are.
    """

    version: Version
    wanted: Filters
    article_id: str | None = None

    @property
    def partial(self) -> frozenset[str]:
        """Names of the tables of which rows may be missing that others refer to, beside those of other articles."""
        wanted = self.wanted
        lacks_quotes = wanted.speakers is not None or wanted.kinds is not None
        lacks_articles = self.article_id is not None or wanted.has_dates or wanted.outlets is not None
        names = (ARTICLES.name * lacks_articles, QUOTES.name * lacks_quotes)
        return frozenset(name for name in names if name)

    def read(self) -> Iterator[Rows]:
        """Yield the rows, partition by partition, those without a date first, and by date and id within.

        Raises:
            DatasetDamaged: A file is not there, or not as it was written.
        """
        for rows in self._articles() if self.article_id is None else self._article(self.article_id):
            yield {**rows, QUOTES.name: rows[QUOTES.name].filter(self._wanted_quotes)}

    @property
    def _wanted_quotes(self) -> pc.Expression:
        only_quotes = replace(self.wanted, start=None, end=None, outlets=None)
        return only_quotes.expression(self.version, QUOTES)

    def _article(self, article_id: str) -> Iterator[Rows]:
        path = self.version.find_files([article_id])[article_id]
        paths = {table: path_of(table, *parse_path(path)) for table in TABLES}
        known = self.version.manifest.files
        yield {
            table.name: _only(self.version.place(path), table, article_id) if path in known else _none(table)
            for table, path in paths.items()
        }

    def _articles(self) -> Iterator[Rows]:
        paths = {self.version.place(path) for path in self.wanted.paths(self.version, ARTICLES)}
        is_wanted = self.wanted.expression(self.version, ARTICLES)
        for _, stretches in sorted(self.version.stretches().items()):
            for stretch in stretches:
                if stretch.files.get(ARTICLES.name) in paths:
                    yield from _of_stretch(stretch, is_wanted)


def _of_stretch(stretch: Stretch, is_wanted: pc.Expression) -> Iterator[Rows]:
    rows_of = {table: _Following(stretch.files.get(table.name), table) for table in (PARAGRAPHS, QUOTES)}
    for articles in read_batches(stretch.files[ARTICLES.name], ARTICLES_AT_ONCE):
        found = {table: following.take(articles["article_id"]) for table, following in rows_of.items()}
        chosen = articles.filter(is_wanted)
        if len(chosen) < len(articles):
            found = {t: rows.filter(pc.is_in(rows["article_id"], chosen["article_id"])) for t, rows in found.items()}
        if len(chosen):
            yield {ARTICLES.name: chosen, **{table.name: rows for table, rows in found.items()}}


class _Following:
    """Rows of a table, read along with the articles of its stretch, whose order is theirs."""

    def __init__(self, file: Place | None, table: Table) -> None:
        self._left = read_batches(file, _ROWS_AT_ONCE) if file else iter(())
        self._rest = _none(table)

    def take(self, article_ids: pa.ChunkedArray) -> pa.Table:
        """Return the rows of the next articles."""
        parts = []
        while True:
            is_theirs = pc.is_in(self._rest["article_id"], article_ids)
            others = pc.index(is_theirs, False).as_py()
            count = len(self._rest) if others < 0 else others
            parts.append(self._rest.slice(0, count))
            self._rest = self._rest.slice(count)
            following = next(self._left, None) if not len(self._rest) else None
            if following is None:
                return pa.concat_tables(parts)
            self._rest = following


def _only(file: Place, table: Table, article_id: str) -> pa.Table:
    return pa.concat_tables([_none(table), *read_groups(file, article_ids=pa.array([article_id]))])


def _none(table: Table) -> pa.Table:
    return table.schema.empty_table()
