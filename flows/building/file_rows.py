"""The rows of one file of the next version: where they come from."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from flows.building.fragments import Fragment
from flows.dataset.parquet import plain_name, read_groups, read_parquet
from flows.storage import Place
from transforms.correction_decisions import Correction
from transforms.cuts import FIRST, file_of, keys_of
from transforms.partitions import Partition
from transforms.schemas import ARTICLES, STAGED, Table

KEY = ["article_id", "published_date"]


class Staged(NamedTuple):
    """What a fragment holds of one partition.

    Attributes:
        fragment: The fragment.
        partition: Which.
        left_out: Articles of the fragment that are left out.
    """

    fragment: Fragment
    partition: Partition
    left_out: frozenset[str]

    def read(self, table: Table, columns: list[str] | None = None) -> pa.Table:
        """Return a table's rows."""
        rows = self.fragment.read(table, self.partition)
        return without(rows.select(columns) if columns else rows, self.left_out)


@dataclass(frozen=True)
class FileRows:
    """Where the rows of one file come from; the files of all tables hold the same articles.

    Attributes:
        partition: The partition that it is a file of.
        present: Files of the current version, by table name: the tables of each stretch of the partition that has
            articles of this file. There may be articles and no quotes.
        start: Key at which the file starts.
        end: Key before which it ends; None: nothing follows.
        first: Earliest date of its articles; None if they have none.
        last: Latest one.
        is_cut: Whether some of what is present has its place in another file.
        is_spread: Whether some of what is staged has its place in another file.
        dropped: Articles whose present rows go.
        staged: Fragments with rows of it.
        corrections: Lines of the corrections file to apply, by article; none: to be taken back.
        is_changed: Whether rows come, go, are corrected, are made anew, or come from other files.
        replaced: Files of the current version, by path, in whose place it is.
    """

    partition: Partition
    present: tuple[Mapping[str, Place], ...] = ()
    start: str = FIRST
    end: str | None = None
    first: datetime.date | None = None
    last: datetime.date | None = None
    is_cut: bool = False
    is_spread: bool = False
    dropped: frozenset[str] = frozenset()
    staged: tuple[Staged, ...] = ()
    corrections: Mapping[str, tuple[Correction, ...]] = field(default_factory=dict)
    is_changed: bool = False
    replaced: frozenset[str] = frozenset()

    def keeps(self, table: Table) -> bool:
        """Return whether its place is that of just one file of the current version, which may stay as it is."""
        here = [plain_name(files[table.name]) for files in self.present if table.name in files]
        return not self.is_cut and here == [file_of(self.start)]

    def present_rows(self, table: Table, columns: list[str] | None = None) -> pa.Table:
        """Return the rows that the current version has, those of dropped articles among them.

        Raises:
            DatasetDamaged: A file is not there, or not as it was written.
        """
        paths = [files[table.name] for files in self.present if table.name in files]
        empty = table.schema.empty_table().select(columns or table.schema.names)
        parts = (rows for path in paths for rows in self._read(path, columns))
        return pa.concat_tables([empty, *parts]).cast(empty.schema)

    def next_rows(self, table: Table, present: pa.Table | None = None) -> pa.Table:
        """Return the rows that the next version has, in no order.

        Args:
            table: Which table.
            present: Those that the current version has, if they are read already.
        """
        present = self.present_rows(table) if present is None else present
        return pa.concat_tables([without(present, self.dropped), self.staged_rows(table)])

    def staged_rows(self, table: Table) -> pa.Table:
        """Return the rows that are new."""
        parts = (staged.read(table) for staged in self.staged if table in STAGED)
        rows = pa.concat_tables([table.schema.empty_table(), *parts]).cast(table.schema)
        return rows.filter(pc.is_in(rows["article_id"], self._staged_ids)) if self.is_spread else rows

    def _read(self, path: Place, columns: list[str] | None) -> Iterator[pa.Table]:
        if self.is_cut:
            yield from read_groups(path, columns, self._present_ids)
        else:
            yield read_parquet(path, columns)

    @cached_property
    def _present_ids(self) -> pa.Array:
        """The articles that have their place in this file, by the dates of their present rows."""
        return self._in_range(read_parquet(f[ARTICLES.name], KEY) for f in self.present if ARTICLES.name in f)

    @cached_property
    def _staged_ids(self) -> pa.Array:
        """The articles that have their place in this file, by the dates of their new rows."""
        return self._in_range(staged.read(ARTICLES, KEY) for staged in self.staged)

    def _in_range(self, parts: Iterable[pa.Table]) -> pa.Array:
        articles = pa.concat_tables([ARTICLES.schema.empty_table().select(KEY), *parts])
        keys = keys_of(articles)
        is_own = pc.greater_equal(keys, self.start)
        if self.end is not None:
            is_own = pc.and_(is_own, pc.less(keys, self.end))
        return articles["article_id"].combine_chunks().filter(is_own)


def only(rows: pa.Table, article_ids: Collection[str]) -> pa.Table:
    """Return the rows of some articles."""
    return rows.filter(_is_of(rows, article_ids))


def without(rows: pa.Table, article_ids: Collection[str]) -> pa.Table:
    """Return the rows of all other articles."""
    return rows.filter(pc.invert(_is_of(rows, article_ids))) if article_ids else rows


def _is_of(rows: pa.Table, article_ids: Collection[str]) -> pa.ChunkedArray:
    return pc.is_in(rows.column("article_id"), pa.array(sorted(article_ids), pa.string()))
