"""Merges: the files of the next version that have to be written, or looked at."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from flows.building.file_rows import FileRows, Staged, without
from flows.dataset import FileEntry
from flows.dataset.parquet import read_groups
from flows.storage import Place
from transforms.cuts import MOST_ARTICLES
from transforms.partitions import folder_of
from transforms.schemas import DUPLICATE_WINDOW_DAYS, FINGERPRINTS

Span = tuple[datetime.date | None, datetime.date | None]
"""First and last date of some articles; None: they have none."""


class PresentPrints(NamedTuple):
    """A file of fingerprints of the current version, the dates of its articles, and those of them that go."""

    path: Place
    span: Span
    dropped: frozenset[str] = frozenset()


class StagedPrints(NamedTuple):
    """Fingerprints of a fragment, and the dates of their articles."""

    staged: Staged
    span: Span


@dataclass(frozen=True)
class Nearby:
    """The articles of the next version of which those of a file may be near-duplicates.

    Attributes:
        present: Those that the current version has.
        staged: Those that are new.
    """

    present: tuple[PresentPrints, ...] = ()
    staged: tuple[StagedPrints, ...] = ()

    @property
    def dropped(self) -> frozenset[str]:
        """Articles whose present rows go."""
        return frozenset[str]().union(*(present.dropped for present in self.present))

    def new_prints(self, span: Span) -> Iterator[pa.Table]:
        """Yield the fingerprints of new articles that those dated in a span may repeat, a file's worth at once."""
        parts = (staged.read(FINGERPRINTS) for staged, other in self.staged if is_near(span, other))
        return _in_lots(_dated(part, span) for part in parts)

    def prints(self, span: Span) -> Iterator[pa.Table]:
        """Yield the fingerprints of all articles that those dated in a span may repeat, a file's worth at once."""
        near = (present for present in self.present if is_near(span, present.span))
        groups = (without(group, present.dropped) for present in near for group in read_groups(present.path))
        yield from _in_lots(_dated(group, span) for group in groups)
        yield from self.new_prints(span)


@dataclass(frozen=True)
class Merge:
    """One file to merge.

    Attributes:
        rows: Its rows.
        nearby: The articles of which its own may be near-duplicates.
        building: The folder of the next version.
        is_anew: Whether nothing is known of which article repeats which.
    """

    rows: FileRows
    nearby: Nearby
    building: Place
    is_anew: bool = False

    @property
    def name(self) -> str:
        """What it is called in logs."""
        return "/".join(filter(None, (folder_of(self.rows.partition), self.rows.start)))


@dataclass(frozen=True)
class Merged:
    """What a merge changed.

    Attributes:
        added: Manifest entries of the new files, by path below the version.
        removed: Files that the next version does not have.
        unapplied: Lines of the corrections file that fit no quote, with the reason.
    """

    added: dict[str, FileEntry] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()
    unapplied: tuple[str, ...] = ()

    @property
    def written(self) -> frozenset[str]:
        """Files that changed, came or went."""
        return self.removed.union(self.added)


def span_of(articles: pa.Table) -> Span:
    """Return the first and last date of some articles."""
    span = pc.min_max(articles["published_date"]).as_py()
    return span["min"], span["max"]


def is_near(span: Span, other: Span) -> bool:
    """Return whether an article dated in a span may be a near-duplicate of an earlier one dated in another."""
    (first, last), (other_first, other_last) = span, other
    if first is None or last is None or other_first is None or other_last is None:
        return first is other_first
    return other_first <= last and (first - other_last).days <= DUPLICATE_WINDOW_DAYS


def _dated(prints: pa.Table, span: Span) -> pa.Table:
    first, last = span
    if first is None or last is None:
        return prints
    dates = prints["published_date"]
    earliest = first.toordinal() - DUPLICATE_WINDOW_DAYS
    since = datetime.date.fromordinal(max(earliest, 1))
    return prints.filter(pc.and_(pc.greater_equal(dates, since), pc.less_equal(dates, last)))


def _in_lots(parts: Iterator[pa.Table]) -> Iterator[pa.Table]:
    lot: list[pa.Table] = []
    for part in parts:
        lot.append(part)
        if sum(map(len, lot)) >= MOST_ARTICLES:
            yield pa.concat_tables(lot).cast(FINGERPRINTS.schema)
            lot = []
    if lot:
        yield pa.concat_tables(lot).cast(FINGERPRINTS.schema)
