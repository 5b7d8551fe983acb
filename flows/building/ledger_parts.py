"""The ledger of the next version: of its parts, those are written whose rows change."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from flows.dataset import FileEntry
from flows.dataset.parquet import write_parquet
from flows.planning.ledger import LEDGER_FILE, Ledger
from flows.storage import Place
from transforms.ledger import are_in_order
from transforms.ledger_parts import MOST_ROWS, begins_part, cut, part_name
from transforms.schemas import FILES


@dataclass
class _Group:
    """Parts that are cut together.

    Attributes:
        start: The path that the first of them begins with; empty for the first group, which takes what comes before it.
        parts: Their paths below a version.
        changed: Rows that come, or take the place of those of the same path.
        dropped: Paths whose rows go.
    """

    start: str
    parts: list[str] = field(default_factory=list)
    changed: pa.Table = field(default_factory=FILES.schema.empty_table)
    dropped: Sequence[str] = ()


def write_ledger(
    ledger: Ledger, changed: pa.Table, dropped: Collection[str], folder: Place
) -> tuple[dict[str, FileEntry], set[str]]:
    """Write the parts of a ledger whose rows change, and return their manifest entries and the parts that go.

    How it is cut depends on its rows alone; see `transforms.ledger_parts`.

    Args:
        ledger: The present ledger.
        changed: Rows of `FILES` that come, or take the place of those of the same path.
        dropped: Paths whose rows go.
        folder: The folder of the next version.
    """
    changed, dropped = _in_order(changed), sorted(dropped)
    is_whole = _count(ledger, changed, dropped) <= MOST_ROWS
    added: dict[str, FileEntry] = {}
    removed: set[str] = set()
    for group in _groups(ledger, changed, dropped, is_whole):
        present = {path: ledger.part(path, FILES.schema.names) for path in group.parts}
        rows = _merged(list(present.values()), group)
        parts = {LEDGER_FILE: rows} if is_whole else dict(_cut(rows))
        new = {path: part for path, part in parts.items() if path not in present or not part.equals(present[path])}
        for path, part in new.items():
            added[path] = write_parquet(part.combine_chunks(), folder / path, sorted_by=FILES.order)
        removed |= present.keys() - parts.keys()
    return added, removed


def _count(ledger: Ledger, changed: pa.Table, dropped: Sequence[str]) -> int:
    """Return how many rows the next ledger has."""
    present = sum(span.rows for span in ledger.spans().values())
    gone = len(ledger.files({*changed["raw_path"].to_pylist(), *dropped}, ["raw_path"])) if present else 0
    return present - gone + len(changed)


def _in_order(rows: pa.Table) -> pa.Table:
    is_sorted = are_in_order(rows["raw_path"])
    return rows if is_sorted else rows.take(pc.sort_indices(rows, [("raw_path", "ascending")]))


def _groups(ledger: Ledger, changed: pa.Table, dropped: Sequence[str], is_whole: bool) -> list[_Group]:
    """Return the groups of parts to write, each with what changes in it."""
    gone = frozenset(dropped)
    groups = [_Group("")]
    for part, span in ledger.spans().items():
        if not is_whole and groups[-1].parts and begins_part(span.first) and span.first not in gone:
            groups.append(_Group(span.first))
        groups[-1].parts.append(part)
    paths = changed["raw_path"]
    starts = [group.start for group in groups]
    rows = [*(bisect_left(range(len(paths)), start, key=lambda i: paths[i].as_py()) for start in starts), len(paths)]
    goes = [*(bisect_left(dropped, start) for start in starts), len(dropped)]
    for number, group in enumerate(groups):
        group.changed = changed.slice(rows[number], rows[number + 1] - rows[number])
        group.dropped = dropped[goes[number] : goes[number + 1]]
    if is_whole and groups[0].parts != [LEDGER_FILE]:
        return groups
    return [group for group in groups if group.changed.num_rows or group.dropped]


def _merged(present: Sequence[pa.Table], group: _Group) -> pa.Table:
    """Return present rows, and those that come in their place or between them."""
    going = pa.chunked_array([*group.changed["raw_path"].chunks, pa.array(group.dropped, pa.string())])
    kept = [rows.filter(pc.invert(pc.is_in(rows["raw_path"], going))) for rows in present]
    return _in_order(pa.concat_tables([*kept, group.changed])).cast(FILES.schema)


def _cut(rows: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Yield the parts of some rows, by their path below a version."""
    position = 0
    for paths in cut(rows["raw_path"].to_pylist()):
        yield f"{FILES.name}/{part_name(paths[0])}", rows.slice(position, len(paths))
        position += len(paths)
