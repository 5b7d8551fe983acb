"""The ledger of the next version: of its parts, those are written whose rows change."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from flows.dataset import FileEntry
from flows.dataset.parquet import write_parquet
from flows.planning.ledger import LEDGER_FILE, Ledger
from flows.storage import Place
from transforms.ledger_parts import MOST_ROWS, begins_part, cut, part_name
from transforms.schemas import FILES


@dataclass
class _Group:
    """Parts that are cut together.

    Attributes:
        start: The path that the first of them begins with; empty for the first group, which takes what comes before it.
        parts: Their paths below a version.
        changed: Paths of the rows that come, change or go.
    """

    start: str
    parts: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)


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
    paths = sorted({*changed["raw_path"].to_pylist(), *dropped})
    gone = len(ledger.files(paths, ["raw_path"]))
    count = sum(span.rows for span in ledger.spans().values()) - gone + len(changed)
    is_whole = count <= MOST_ROWS
    added: dict[str, FileEntry] = {}
    removed: set[str] = set()
    for group in _groups(ledger, paths, frozenset(dropped), is_whole):
        present = {path: ledger.part(path, FILES.schema.names) for path in group.parts}
        rows = _merged(list(present.values()), changed, group.changed)
        parts = {LEDGER_FILE: rows} if is_whole else dict(_cut(rows))
        new = {path: part for path, part in parts.items() if path not in present or not part.equals(present[path])}
        added |= {path: write_parquet(part, folder / path) for path, part in new.items()}
        removed |= present.keys() - parts.keys()
    return added, removed


def _groups(ledger: Ledger, paths: Sequence[str], dropped: Collection[str], is_whole: bool) -> list[_Group]:
    """Return the groups of parts to write, each with the paths that change in it."""
    groups = [_Group("")]
    for part, span in ledger.spans().items():
        if not is_whole and groups[-1].parts and begins_part(span.first) and span.first not in dropped:
            groups.append(_Group(span.first))
        groups[-1].parts.append(part)
    starts = [group.start for group in groups]
    for path in paths:
        groups[bisect_right(starts, path) - 1].changed.append(path)
    if is_whole and groups[0].parts != [LEDGER_FILE]:
        return groups
    return [group for group in groups if group.changed]


def _merged(present: Sequence[pa.Table], changed: pa.Table, paths: Sequence[str]) -> pa.Table:
    """Return present rows with those of some paths in place of theirs; sorted."""
    wanted = pa.array(paths, pa.string())
    kept = [rows.filter(pc.invert(pc.is_in(rows["raw_path"], wanted))) for rows in present]
    rows = pa.concat_tables([*kept, changed.filter(pc.is_in(changed["raw_path"], wanted))])
    return rows.take(pc.sort_indices(rows, [("raw_path", "ascending")])).cast(FILES.schema)


def _cut(rows: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Yield the parts of some rows, by their path below a version."""
    position = 0
    for paths in cut(rows["raw_path"].to_pylist()):
        yield f"{FILES.name}/{part_name(paths[0])}", rows.slice(position, len(paths))
        position += len(paths)
