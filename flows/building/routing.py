"""Which rows go where: into which partition, and which partitions have to be written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flows.building.fragments import Fragment
from flows.building.merges import Merge
from flows.building.partition_rows import PartitionRows
from flows.building.resolution import by_fragment, corrected_articles
from flows.planning.prepare import Prepared
from flows.storage import Place
from transforms.correction_decisions import Correction
from transforms.ledger import Resolution
from transforms.partitions import Partition, neighbours
from transforms.schemas import ARTICLES, DUPLICATE_WINDOW_DAYS


def partition_rows(
    prepared: Prepared, resolution: Resolution, staged: Mapping[str, Fragment]
) -> dict[Partition, PartitionRows]:
    """Return where the rows of every partition, present or to come, come from."""
    version = prepared.version
    present = version.partitions() if version else {}
    damaged = prepared.plan.damaged
    dropped: dict[Partition, set[str]] = {}
    for article_id, partition in version.find_articles(resolution.dropped).items() if version else ():
        dropped.setdefault(partition, set()).add(article_id)
    incoming: dict[Partition, list[tuple[Fragment, frozenset[str]]]] = {}
    for fragment, paths in by_fragment(staged):
        carried = resolution.carriers & set(paths)
        left_out = frozenset(i for path, i in fragment.carriers().items() if path not in carried)
        for partition in fragment.partitions:
            incoming.setdefault(partition, []).append((fragment, left_out))
    corrections = _corrections(prepared, corrected_articles(resolution, prepared.plan), incoming)
    return {
        partition: PartitionRows(
            partition,
            present.get(partition, {}),
            frozenset(dropped.get(partition, ())),
            tuple(incoming.get(partition, ())),
            corrections.get(partition, {}),
            partition in damaged,
        )
        for partition in sorted(present.keys() | incoming.keys() | damaged)
    }


def _corrections(
    prepared: Prepared, article_ids: set[str], incoming: Mapping[Partition, list[tuple[Fragment, frozenset[str]]]]
) -> dict[Partition, dict[str, tuple[Correction, ...]]]:
    """Return the lines to apply in each partition; an article whose lines are gone has none, to be taken back."""
    lines = prepared.corrections.lines if prepared.corrections else {}
    homes = [
        (i, partition)
        for partition, staged in (incoming.items() if lines else ())
        for fragment, left_out in staged
        for i in fragment.read(ARTICLES, partition)["article_id"].to_pylist()
        if i not in left_out and i in lines
    ]
    staged_ids = {i for i, _ in homes}
    corrected = {prepared.known[path].article_id for path in prepared.plan.corrected}
    present = {i for i in corrected if i in article_ids} - staged_ids
    homes += prepared.version.find_articles(present).items() if prepared.version else ()
    found: dict[Partition, dict[str, tuple[Correction, ...]]] = {}
    for article_id, partition in homes:
        found.setdefault(partition, {})[article_id] = tuple(lines.get(article_id, ()))
    return found


def plan_merges(rows: Mapping[Partition, PartitionRows], building: Place) -> list[Merge]:
    """Return the partitions whose rows change, and those near them, whose duplicate_of may."""
    near = neighbours(rows, DUPLICATE_WINDOW_DAYS)
    changed = {p for p, r in rows.items() if r.is_changed}
    touched = changed.union(*(near[p] for p in changed))
    return [Merge(rows[p], tuple(replace(rows[q], corrections={}) for q in near[p]), building) for p in sorted(touched)]
