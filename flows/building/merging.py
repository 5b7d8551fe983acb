"""One file of the next version: its present rows and the staged ones → its new rows.

Only Arrow tables are read, never raw text. What comes out depends on the rows alone, not on how they arrived. No more
is in memory than the rows of one table of one file, and a copy of some of them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows.building.corrections import CorrectedRows, correct_rows
from flows.building.merges import Merge, Merged
from flows.building.repeats import find_repeats
from flows.dataset import FileEntry
from flows.dataset.parquet import in_groups, write_parquet
from transforms.cuts import path_of
from transforms.schemas import ARTICLES, PARTITIONED, Table, with_column


def merge_file(merge: Merge) -> Merged:
    """Write the tables of a file that differ from the current version's."""
    rows = merge.rows
    repeats = find_repeats(merge)
    if not rows.is_changed:
        return Merged() if _are_known(merge, repeats) else _write(merge, repeats, CorrectedRows(), (ARTICLES,))
    return _write(merge, repeats, correct_rows(rows), PARTITIONED)


def _write(
    merge: Merge, repeats: Mapping[str, str | None], corrected: CorrectedRows, tables: tuple[Table, ...]
) -> Merged:
    rows = merge.rows
    added: dict[str, FileEntry] = {}
    gone = set(rows.replaced if rows.is_changed else ())
    ids, dates = None, None
    for table in tables:  # articles first: their order is that of the others
        path, present = path_of(table, rows.partition, rows.start), rows.present_rows(table)
        next_rows = corrected.put_into(rows.next_rows(table, present), table)
        if table is ARTICLES:
            next_rows = _with_repeats(next_rows, repeats)
            order = pc.sort_indices(next_rows, [("published_date", "ascending"), ("article_id", "ascending")])
            ids, dates = (next_rows[name].take(order).combine_chunks() for name in ("article_id", "published_date"))
        else:
            order = _order(next_rows, table, ids)
        if len(order):
            gone.discard(path)
            if not (rows.keeps(table) and _are_same(next_rows, order, present)):
                sorting = table.sorting(_is_by_id(next_rows, ids))
                added[path] = write_parquet(next_rows, merge.building / path, dates, order, sorting)
    return Merged(added, frozenset(gone), corrected.unapplied)


def _order(rows: pa.Table, table: Table, article_ids: pa.Array) -> pa.Array:
    """Return the positions of rows in the order of their articles, then in the table's own."""
    rank = pc.index_in(rows["article_id"], article_ids)
    columns = [rank, *(rows[name] for name in table.order if name != "article_id")]
    return pa.array(np.lexsort([column.to_numpy() for column in reversed(columns)]))


def _is_by_id(rows: pa.Table, article_ids: pa.Array) -> bool:
    """Return whether the articles of rows, in the order of their file, are in that of their ids, too.

    That depends on the rows alone: where they stay what they were, so does the file, whatever dates the others have.
    """
    ids = article_ids.filter(pc.is_in(article_ids, rows["article_id"].unique()))
    return bool(pc.all(pc.less(ids[:-1], ids[1:]), min_count=0).as_py())


def _are_same(rows: pa.Table, order: pa.Array, present: pa.Table) -> bool:
    if len(order) != len(present):
        return False
    start = 0
    for group in in_groups(rows, order):
        if not group.equals(present.slice(start, len(group))):
            return False
        start += len(group)
    return True


def _are_known(merge: Merge, repeats: Mapping[str, str | None]) -> bool:
    """Return whether the present rows already say what they are near-duplicates of."""
    if not repeats:
        return True
    present = merge.rows.present_rows(ARTICLES, ["article_id", "duplicate_of"])
    return bool(present.equals(_with_repeats(present, repeats)))


def _with_repeats(articles: pa.Table, repeats: Mapping[str, str | None]) -> pa.Table:
    """Return articles with what those that were asked are near-duplicates of; the others keep what they have."""
    known = zip(articles["article_id"].to_pylist(), articles["duplicate_of"].to_pylist(), strict=True)
    duplicate_of = pa.array([repeats.get(i, original) for i, original in known], pa.string())
    return with_column(articles, "duplicate_of", duplicate_of)
