"""One partition of the next version: its present rows and the staged ones → its new files.

Only Arrow tables are read, never raw text. What comes out depends on the rows alone, not on how they arrived.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from flows.building.corrections import correct_rows
from flows.building.merges import Merge, Merged
from flows.building.partition_rows import PartitionRows
from flows.dataset.parquet import write_parquet
from transforms.originals import find_originals
from transforms.partitions import period_of
from transforms.schemas import ARTICLES, DUPLICATE_WINDOW_DAYS, FINGERPRINTS, PARTITIONED, Table


def merge_partition(merge: Merge) -> Merged:
    """Write the files of a partition that differ from the current version's."""
    originals = find_originals(pa.concat_tables(_fingerprints(merge)))
    if not merge.rows.is_changed and _has_originals(merge.rows, originals):
        return Merged()
    added, removed = {}, set()
    corrected = correct_rows(merge.rows)
    articles = ARTICLES.schema.empty_table()
    for table in PARTITIONED:  # articles first: their order is that of the others
        path, present = merge.rows.path(table), merge.rows.present_rows(table)
        rows = corrected.put_into(merge.rows.next_rows(table, present), table)
        if table is ARTICLES:
            rows = articles = _by_date(_with_originals(rows, originals))
        else:
            rows = _sorted(rows, table, articles.column("article_id"))
        if not rows.num_rows:
            removed.update([path] if table.name in merge.rows.present else [])
        elif not rows.equals(present):
            added[path] = write_parquet(rows, merge.building / path, articles.column("published_date"))
    return Merged(added, frozenset(removed), corrected.unapplied)


def _by_date(articles: pa.Table) -> pa.Table:
    return articles.take(pc.sort_indices(articles, [("published_date", "ascending"), ("article_id", "ascending")]))


def _sorted(rows: pa.Table, table: Table, ordered_ids: pa.ChunkedArray) -> pa.Table:
    """Return rows in the order of their articles, then in the table's own."""
    rank = pc.index_in(rows.column("article_id"), ordered_ids.combine_chunks())
    keys = [("rank", "ascending"), *((name, "ascending") for name in table.order)]
    return rows.take(pc.sort_indices(rows.append_column("rank", rank), keys))


def _fingerprints(merge: Merge) -> Iterator[pa.Table]:
    """Yield those of the partition and those of its neighbours that are dated near enough."""
    yield _next_fingerprints(merge.rows)
    period = period_of(merge.rows.partition)
    if period is None:
        return
    window = datetime.timedelta(days=DUPLICATE_WINDOW_DAYS)
    for neighbour in merge.neighbours:
        rows = _next_fingerprints(neighbour)
        dates = rows.column("published_date")
        near = pc.and_(pc.greater_equal(dates, period[0] - window), pc.less_equal(dates, period[1] + window))
        yield rows.filter(near)


def _next_fingerprints(rows: PartitionRows) -> pa.Table:
    return rows.next_rows(FINGERPRINTS, rows.present_rows(FINGERPRINTS))


def _has_originals(rows: PartitionRows, originals: Mapping[str, str]) -> bool:
    """Return whether the present rows already say what they are duplicates of."""
    present = rows.present_rows(ARTICLES, ["article_id", "duplicate_of"])
    return bool(present.equals(_with_originals(present, originals)))


def _with_originals(articles: pa.Table, originals: Mapping[str, str]) -> pa.Table:
    duplicate_of = pa.array([originals.get(i) for i in articles.column("article_id").to_pylist()], pa.string())
    position = articles.schema.get_field_index("duplicate_of")
    return articles.set_column(position, articles.schema.field(position), duplicate_of)
