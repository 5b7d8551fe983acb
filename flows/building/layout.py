"""The files that a partition comes to have: which stay, and which are made of what."""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from flows.building.file_rows import KEY, FileRows, Staged, only, without
from flows.building.merges import PresentPrints, Span, StagedPrints, span_of
from flows.dataset.parquet import read_parquet
from flows.dataset.version import Stretch
from transforms.correction_decisions import Correction
from transforms.cuts import FIRST, date_of, find_cuts, id_of, keys_of, path_of
from transforms.partitions import Partition
from transforms.schemas import ARTICLES, FINGERPRINTS, PARTITIONED


@dataclass(frozen=True)
class Changes:
    """What is to become of one partition.

    Attributes:
        partition: Which.
        present: What the current version has of it, in order.
        dropped: Articles whose present rows go, by the key at which their stretch starts.
        corrections: Lines of the corrections file to apply, by article; none: to be taken back.
        corrected: Keys at which the stretches start that have an article whose corrections change.
        staged: Fragments with rows of it.
        is_damaged: Whether files of the current version are damaged, and what is whole of them is present.
    """

    partition: Partition
    present: Sequence[Stretch] = ()
    dropped: Mapping[str, frozenset[str]] = field(default_factory=dict)
    corrections: Mapping[str, tuple[Correction, ...]] = field(default_factory=dict)
    corrected: frozenset[str] = frozenset()
    staged: tuple[Staged, ...] = ()
    is_damaged: bool = False

    @property
    def touched(self) -> frozenset[str]:
        """Keys at which the stretches start that something changes in, other than by what is new."""
        return self.corrected.union(self.dropped)

    @property
    def is_none(self) -> bool:
        """Whether its rows stay as they are."""
        return not (self.staged or self.touched or self.is_damaged)


@dataclass(frozen=True)
class Layout:
    """The files that a partition comes to have.

    Attributes:
        changes: What is to become of it.
        files: In order; those that stay as they are among them.
        dates: Of the articles that come or go; None: of those without a date.
        staged: Where the fingerprints of new articles are.
    """

    changes: Changes
    files: list[FileRows]
    dates: frozenset[datetime.date | None] = frozenset()
    staged: tuple[StagedPrints, ...] = ()

    @property
    def present(self) -> Iterator[PresentPrints]:
        """Where the fingerprints are that the current version has."""
        stretches = (s for s in self.changes.present if FINGERPRINTS.name in s.files)
        dropped = self.changes.dropped
        return (PresentPrints(s.files[FINGERPRINTS.name], s.span, dropped.get(s.start, frozenset())) for s in stretches)


class _Articles(NamedTuple):
    """Articles in their order, and stretches that stay as they are among them.

    Attributes:
        keys: Of each; of a stretch, the key at which it starts.
        counts: How many articles each is.
        origins: Where it is: the number of a stretch, or of a fragment, counted on from those.
    """

    keys: pa.Array
    counts: npt.NDArray[np.int64]
    origins: npt.NDArray[np.int64]


def lay_out(changes: Changes, most: int) -> Layout:
    """Return the files that a partition comes to have.

    Only dates and ids are read, of new articles and of the stretches that something comes to or goes from.

    Args:
        changes: What is to become of it.
        most: How many articles a file has at most.
    """
    if changes.is_none:
        return Layout(changes, [_unchanged(changes.partition, stretch) for stretch in changes.present])
    new = [staged.read(ARTICLES, KEY) for staged in changes.staged]
    present = {i: _read(changes.present[i]) for i in _to_open(changes, keys_of(_concat(new)), most)}
    dropped = frozenset[str]().union(*changes.dropped.values())
    gone = [only(rows, dropped) for rows in present.values()]
    kept = {i: without(rows, dropped) for i, rows in present.items()}
    spans = list(map(span_of, new))
    all_spans = [*(stretch.span for stretch in changes.present), *spans]
    files = list(_cut(changes, _in_order(changes, kept, new), all_spans, most))
    if changes.corrections:
        files = list(_with_corrections(files, changes.corrections, _concat([*kept.values(), *new])))
    dates = frozenset(pc.unique(_concat([*gone, *new])["published_date"]).to_pylist())
    return Layout(changes, files, dates, tuple(map(StagedPrints, changes.staged, spans)))


def _unchanged(partition: Partition, stretch: Stretch) -> FileRows:
    return FileRows(partition, (stretch.files,), stretch.start, None, *stretch.span)


def _read(stretch: Stretch) -> pa.Table:
    path = stretch.files.get(ARTICLES.name)
    return read_parquet(path, KEY) if path else _concat([])


def _concat(parts: Sequence[pa.Table]) -> pa.Table:
    return pa.concat_tables([ARTICLES.schema.empty_table().select(KEY), *parts])


def _to_open(changes: Changes, new: pa.Array, most: int) -> Iterator[int]:
    """Yield the numbers of the stretches whose articles have to be known one by one."""
    keys = new.take(pc.sort_indices(new))
    starts = [stretch.start for stretch in changes.present]
    at = [0, *(bisect_left(range(len(keys)), s, key=lambda i: keys[i].as_py()) for s in starts[1:]), len(keys)]
    for i, stretch in enumerate(changes.present):
        is_hit = at[i] < at[i + 1] or stretch.start in changes.touched or stretch.count > most
        loses_end = i + 1 < len(starts) and id_of(starts[i + 1]) in changes.dropped.get(starts[i + 1], ())
        if changes.is_damaged or is_hit or loses_end:
            yield i


def _in_order(changes: Changes, opened: Mapping[int, pa.Table], new: Sequence[pa.Table]) -> _Articles:
    parts = [
        (keys_of(opened[i]), 1, i) if i in opened else (pa.array([stretch.start]), stretch.count, i)
        for i, stretch in enumerate(changes.present)
    ]
    parts += [(keys_of(rows), 1, i) for i, rows in enumerate(new, len(changes.present))]
    keys = pa.concat_arrays([pa.array([], pa.string()), *(keys for keys, _, _ in parts)])
    sizes = [len(keys) for keys, _, _ in parts]
    order = pc.sort_indices(keys)
    of_parts = (np.array([part[i] for part in parts], np.int64) for i in (1, 2))
    counts, origins = (np.repeat(values, sizes)[order] for values in of_parts)
    return _Articles(keys.take(order), counts, origins)


def _cut(changes: Changes, articles: _Articles, spans: Sequence[Span], most: int) -> Iterator[FileRows]:
    """Yield the files that some articles make.

    Args:
        changes: What is to become of their partition.
        articles: The articles.
        spans: Of each stretch and, after those, each fragment.
        most: How many articles a file has at most.
    """
    cuts = find_cuts(articles.keys, articles.counts, most)
    starts = [FIRST, *(articles.keys[cut].as_py() for cut in cuts[1:])]
    totals = np.bincount(articles.origins, minlength=len(spans))
    for start, end, i, j in zip(starts, [*starts[1:], None], cuts, [*cuts[1:], len(articles.keys)], strict=True):
        origins, counts = np.unique(articles.origins[i:j], return_counts=True)
        span = _within(start, end, [spans[origin] for origin in origins])
        is_part = dict(zip(origins.tolist(), (counts < totals[origins]).tolist(), strict=True))
        # Where all articles come again, the file may become what it was.
        same = {n: bool(totals[n]) for n, s in enumerate(changes.present) if s.start == start and n not in is_part}
        yield _file(changes, (start, end), span, same | is_part)


def _within(start: str, end: str | None, spans: Sequence[Span]) -> Span:
    """Return the first and last date that articles dated in some spans may have between two keys."""
    first = date_of(start) or min((first for first, _ in spans if first), default=None)
    last = max((last for _, last in spans if last), default=None)
    return first, min(last, date_of(end) or last) if last and end else last


def _file(changes: Changes, keys: tuple[str, str | None], span: Span, origins: Mapping[int, bool]) -> FileRows:
    """Return a file between two keys that has articles of some stretches and fragments, and whether not all of them."""
    start, end = keys
    count = len(changes.present)
    stretches = {i: changes.present[i] for i in origins if i < count}
    replaced = [i for i, s in enumerate(changes.present) if start <= s.start and (end is None or s.start < end)]
    is_cut = any(origins[i] for i in stretches)
    is_touched = changes.is_damaged or any(s.start in changes.touched for s in stretches.values())
    return FileRows(
        changes.partition,
        tuple(stretch.files for stretch in stretches.values()),
        start,
        end,
        *span,
        is_cut=is_cut,
        is_spread=any(is_part for i, is_part in origins.items() if i >= count),
        dropped=frozenset[str]().union(*(changes.dropped.get(s.start, ()) for s in stretches.values())),
        staged=tuple(changes.staged[i - count] for i in origins if i >= count),
        is_changed=is_touched or is_cut or len(origins) != 1 or [*origins] != replaced,
        replaced=frozenset(_paths(changes, replaced)),
    )


def _paths(changes: Changes, numbers: Sequence[int]) -> Iterator[str]:
    for stretch in map(changes.present.__getitem__, numbers):
        tables = (table for table in PARTITIONED if table.name in stretch.files)
        yield from (path_of(table, changes.partition, stretch.start) for table in tables)


def _with_corrections(
    files: Sequence[FileRows], corrections: Mapping[str, tuple[Correction, ...]], articles: pa.Table
) -> Iterator[FileRows]:
    """Yield files, each with the lines about its articles."""
    corrected = only(articles, corrections)
    places = [bisect_right([f.start for f in files], key) - 1 for key in keys_of(corrected).to_pylist()]
    for number, file in enumerate(files):
        own = (i for i, place in zip(corrected["article_id"].to_pylist(), places, strict=True) if place == number)
        yield replace(file, corrections={i: corrections[i] for i in own})
