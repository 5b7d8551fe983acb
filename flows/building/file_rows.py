"""The rows of one partition: where those of the next version come from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from flows.building.fragments import Fragment
from flows.dataset.parquet import read_parquet
from flows.storage import Place
from transforms.correction_decisions import Correction
from transforms.partitions import Partition, folder_of
from transforms.schemas import STAGED, Table


@dataclass(frozen=True)
class PartitionRows:
    """Where the rows of one partition come from.

    Attributes:
        partition: Which.
        present: Files of the current version, by table name; a partition may have articles and no quotes.
        dropped: Articles whose present rows go.
        staged: Fragments with rows of it, each with the articles of it that are left out.
        corrections: Lines of the corrections file to apply, by article; none: to be taken back.
        is_damaged: Whether the current version's files are damaged, and what is whole of them is present.
    """

    partition: Partition
    present: Mapping[str, Place]
    dropped: frozenset[str] = frozenset()
    staged: tuple[tuple[Fragment, frozenset[str]], ...] = ()
    corrections: Mapping[str, tuple[Correction, ...]] = field(default_factory=dict)
    is_damaged: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether rows come, go, are corrected or are made anew."""
        return bool(self.dropped or self.staged or self.corrections or self.is_damaged)

    def path(self, table: Table) -> str:
        """Return a table's file below a version."""
        return f"{table.name}/{folder_of(self.partition)}/part-0.parquet"

    def present_rows(self, table: Table, columns: list[str] | None = None) -> pa.Table:
        """Return the rows that the current version has.

        Raises:
            DatasetDamaged: Its file is not there, or not as it was written.
        """
        if table.name not in self.present:
            return table.schema.empty_table().select(columns or table.schema.names)
        return read_parquet(self.present[table.name], columns)

    def next_rows(self, table: Table, present: pa.Table) -> pa.Table:
        """Return the rows that the next version has, in no order.

        Args:
            table: Which table.
            present: Those that the current version has.
        """
        parts = [without(present, self.dropped)]
        for fragment, left_out in self.staged if table in STAGED else ():
            parts.append(without(fragment.read(table, self.partition), left_out))
        return pa.concat_tables([p.cast(table.schema) for p in parts])


def only(rows: pa.Table, article_ids: Collection[str]) -> pa.Table:
    """Return the rows of some articles."""
    return rows.filter(_is_of(rows, article_ids))


def without(rows: pa.Table, article_ids: Collection[str]) -> pa.Table:
    """Return the rows of all other articles."""
    return rows.filter(pc.invert(_is_of(rows, article_ids))) if article_ids else rows


def _is_of(rows: pa.Table, article_ids: Collection[str]) -> pa.ChunkedArray:
    return pc.is_in(rows.column("article_id"), pa.array(sorted(article_ids), pa.string()))
