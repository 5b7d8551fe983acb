"""Which rows go where: into which partition, and which files have to be written."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import pyarrow.compute as pc

from flows.building.file_rows import Staged
from flows.building.fragments import FragmentFiles
from flows.building.layout import Changes, Layout, lay_out
from flows.building.merges import Merge, Nearby, Span, is_near
from flows.building.resolution import Resolved, corrected_articles
from flows.planning.prepare import Prepared
from flows.storage import Place
from transforms.cuts import MOST_ARTICLES, parse_path
from transforms.partitions import Partition, neighbours, period_of
from transforms.schemas import ARTICLES, DUPLICATE_WINDOW_DAYS


def find_changes(prepared: Prepared, resolved: Resolved, staged: Iterable[FragmentFiles]) -> dict[Partition, Changes]:
    """Return what becomes of every partition, present or to come."""
    version = prepared.version
    present = version.stretches() if version else {}
    dropped = _by_place(prepared, resolved.dropped)
    incoming = _incoming(resolved, staged)
    new = _corrected_when_staged(incoming, prepared)
    old = _by_place(prepared, _corrected(prepared, resolved) - set().union(*new.values()))
    lines = prepared.corrections.lines if prepared.corrections else {}
    damaged = prepared.plan.damaged
    return {
        partition: Changes(
            partition,
            present.get(partition, ()),
            dropped.get(partition, {}),
            {
                i: tuple(lines.get(i, ()))
                for i in frozenset().union(new.get(partition, ()), *old.get(partition, {}).values())
            },
            frozenset(old.get(partition, ())),
            tuple(incoming.get(partition, ())),
            partition in damaged,
        )
        for partition in sorted(present.keys() | incoming.keys() | damaged)
    }


def _by_place(prepared: Prepared, article_ids: Collection[str]) -> dict[Partition, dict[str, frozenset[str]]]:
    """Return some articles of the current version by partition, and the key at which their stretch starts."""
    found: dict[Partition, dict[str, frozenset[str]]] = {}
    places = prepared.version.find_files(article_ids) if prepared.version and article_ids else {}
    by_file: dict[str, set[str]] = {}
    for article_id, path in places.items():
        by_file.setdefault(path, set()).add(article_id)
    for path, ids in by_file.items():
        partition, start = parse_path(path)
        found.setdefault(partition, {})[start] = frozenset(ids)
    return found


def _corrected(prepared: Prepared, resolved: Resolved) -> set[str]:
    """Return the articles whose lines of the corrections file changed, and that they are applied to."""
    rows = prepared.ledger.rows(prepared.plan.corrected).values()
    articles = {row.article_id for row in rows if row.article_id}
    return articles.intersection(corrected_articles(resolved, prepared.plan).to_pylist()) if articles else articles


def _incoming(resolved: Resolved, staged: Iterable[FragmentFiles]) -> dict[Partition, list[Staged]]:
    incoming: dict[Partition, list[Staged]] = {}
    files = resolved.ledger
    spare = frozenset(files["raw_path"].filter(pc.not_equal(files["status"], "ingested")).to_pylist())
    for taken in staged:
        left_out = taken.left_out(spare)
        for partition in taken.fragment.partitions:
            incoming.setdefault(partition, []).append(Staged(taken.fragment, partition, left_out))
    return incoming


def _corrected_when_staged(
    incoming: Mapping[Partition, Sequence[Staged]], prepared: Prepared
) -> dict[Partition, frozenset[str]]:
    """Return the new articles that there are corrections of."""
    if not (prepared.corrections and prepared.corrections.lines):
        return {}
    lines = frozenset(prepared.corrections.lines)
    return {
        partition: lines.intersection(
            i for s in staged for i in s.read(ARTICLES, ["article_id"])["article_id"].to_pylist()
        )
        for partition, staged in incoming.items()
    }


def plan_merges(changes: Mapping[Partition, Changes], building: Place, most: int = MOST_ARTICLES) -> Iterator[Merge]:
    """Yield the files whose rows change, and those dated near them, in which duplicate_of may.

    An article repeats an earlier one, so nothing changes before what changes.

    Args:
        changes: What becomes of every partition.
        building: The folder of the next version.
        most: How many articles a file has at most.
    """
    near = neighbours(changes, DUPLICATE_WINDOW_DAYS)
    layouts = {partition: lay_out(changes[partition], most) for partition in sorted(changes)}
    for partition, layout in layouts.items():
        around = [layouts[p] for p in (*near[partition], partition) if p <= partition]
        if not all(other.changes.is_none for other in around):
            yield from _merges(layout, around, building)


def _merges(layout: Layout, around: Sequence[Layout], building: Place) -> Iterator[Merge]:
    dates = sorted(date for other in around for date in other.dates if date)
    has_undated = any(None in other.dates for other in around)
    damaged = [period_of(other.changes.partition) or (None, None) for other in around if other.changes.is_damaged]
    for file in layout.files:
        span = file.first, file.last
        is_anew = any(is_near(span, period) for period in damaged)
        if file.is_changed or is_anew or (_has_near(span, dates) if file.first else has_undated):
            yield Merge(file, _nearby(span, around), building, is_anew)


def _has_near(span: Span, dates: Sequence[datetime.date]) -> bool:
    """Return whether one of some dates, which rise, is near a span; the last one before its end is the nearest."""
    at = bisect_right(dates, span[1] or datetime.date.min) - 1
    return at >= 0 and is_near(span, (dates[at], dates[at]))


def _nearby(span: Span, around: Sequence[Layout]) -> Nearby:
    return Nearby(
        tuple(prints for layout in around for prints in layout.present if is_near(span, prints.span)),
        tuple(prints for layout in around for prints in layout.staged if is_near(span, prints.span)),
    )
