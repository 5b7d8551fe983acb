"""The plan: which raw files a run reads, and why."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from flows.planning.ledger import Known
from flows.raw.tree import RawFile
from transforms.metadata import PATH_TEMPLATES, Metadata, parse_path
from transforms.partitions import Partition, PartitionBy, partition_of


class Reason(StrEnum):
    """Why a raw file is read."""

    NEW = "new"
    CHANGED = "changed"
    METADATA = "metadata changed"
    REJECTED = "rejected before"
    STALE = "stale"
    """A backfill's: older rules made its rows."""
    RESTATED = "restated"
    """A backfill's: today's rules made its rows already, and make them again."""
    SURVIVOR = "survivor"
    """A copy whose first copy is read again, changed or gone: it may be the one to carry the article now."""
    DAMAGED = "damaged"
    """A repair's: its article's rows are in no file that is whole."""


@dataclass(frozen=True, slots=True)
class Work:
    """One raw file to read.

    Attributes:
        file: The file or archive member.
        reason: Why.
        metadata: What the side file says of it.
        metadata_sha256: Of what is applied to it beside its bytes; see `digest_metadata`.
    """

    file: RawFile
    reason: Reason
    metadata: Metadata | None
    metadata_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Archive:
    """One archive to note in the ledger.

    Attributes:
        file: The archive.
        raw_sha256: Of its bytes before its members were listed: what comes later is a change.
        reason: Why it cannot be opened; None if it can.
    """

    file: RawFile
    raw_sha256: str | None
    reason: str | None = None


@dataclass(frozen=True)
class Needs:
    """What it takes to make a damaged version whole again.

    Attributes:
        read: Files to read, as their articles' rows are in no file that is whole.
        damaged: Partitions that have a damaged file.
        lost: Paths whose article cannot be made anew, with the reason.
        carried: Paths that cannot be read, and whose article a copy carries.
        corrected: Paths of articles whose rows are as the rules found them, unless their file is read.
        unsure: Paths of which the ledger does not say enough: the next run has to look at them.
    """

    read: Collection[RawFile] = ()
    damaged: frozenset[Partition] = frozenset()
    lost: Mapping[str, str] = field(default_factory=dict)
    carried: Collection[str] = ()
    corrected: Collection[str] = ()
    unsure: Collection[str] = ()


@dataclass
class Plan:
    """What a run would do.

    Attributes:
        work: Files to read, in the order of their paths.
        containers: Archives to note in the ledger.
        pending: Files modified too recently: left for the next run.
        removed: Paths that the ledger knows and the raw tree no longer has; of a backfill, those that it should read.
        lapsed: Such of them as held nothing: the next commit drops them from the ledger.
        unreachable: Copies, gone or in a damaged archive, of an article whose first copy is read again: their rows
            cannot be made, so they are not there to carry it.
        unread: Archives that such copies are in, or what is lost: the next run has to open them, whatever it knows.
        corrected: Paths of articles whose lines of the corrections file changed and that are not read: their rows are
            corrected where they are.
        forgetting: Paths of articles that are to be forgotten and are still there.
        damaged: Partitions that have a damaged file: they are made anew. Of a repair alone, as is `lost`.
        lost: Paths whose article is in no file that is whole, and cannot be made anew, with the reason.
        touched: Files with another time and the same bytes; the next commit notes it.
        unchanged: Number of files that need nothing, touched ones included.
        stale: Number of known files whose rows older rules made, and that are not read.
        other_count: Files below the root that do not count as raw.
        is_pruning: Whether the rows of removed files go.
    """

    work: list[Work] = field(default_factory=list)
    containers: list[Archive] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    lapsed: list[str] = field(default_factory=list)
    unreachable: list[str] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    corrected: list[str] = field(default_factory=list)
    forgetting: list[str] = field(default_factory=list)
    damaged: frozenset[Partition] = frozenset()
    lost: dict[str, str] = field(default_factory=dict)
    touched: list[RawFile] = field(default_factory=list)
    unchanged: int = 0
    stale: int = 0
    other_count: int = 0
    is_pruning: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether a run would write nothing."""
        changes = (self.work, self.containers, self.corrected, self.forgetting, self.pruned, self.damaged, self.lost)
        return not any(changes)

    @property
    def pruned(self) -> list[str]:
        """Paths whose rows go because their files are gone."""
        return self.removed if self.is_pruning else []

    @property
    def left(self) -> dict[str, int]:
        """The numbers of files that are left as they are and that a run counts."""
        return {"gone": len(self.removed), "pending": len(self.pending)}

    @property
    def known_paths(self) -> Iterator[str]:
        """Yield the paths whose present rows may change."""
        yield from (work.file.raw_path for work in self.work)
        yield from (*self.pruned, *self.corrected, *self.forgetting)

    def reasons(self) -> dict[str, int]:
        """Return the number of files to read, by reason."""
        return dict(Counter(str(w.reason) for w in self.work))


def digest_metadata(metadata: Metadata | None, path_templates: Sequence[str]) -> str | None:
    """Return a digest of what is applied to a file beside its bytes; None if that is nothing out of the ordinary."""
    said = metadata.digest() if metadata else None
    if tuple(path_templates) == PATH_TEMPLATES:
        return said
    return hashlib.sha256(json.dumps([said, *path_templates]).encode()).hexdigest()


def expected_partitions(
    plan: Plan,
    home: Mapping[str, Partition],
    known: Mapping[str, Known],
    partition_by: PartitionBy,
    path_templates: Sequence[str],
) -> Counter[Partition | None]:
    """Return how many of the files to read touch which partition; None where only reading them will tell.

    Args:
        plan: The plan.
        home: Where the present articles lie, by article_id.
        known: The ledger.
        partition_by: The period of a partition.
        path_templates: How paths tell the date.
    """
    counts: Counter[Partition | None] = Counter()
    for work in plan.work:
        before = known.get(work.file.raw_path)
        touched: set[Partition | None] = {home.get(before.article_id)} if before and before.article_id else set()
        date = (work.metadata and work.metadata.published_date) or parse_path(
            work.file.raw_path, path_templates
        ).published_date
        if date:
            touched.add(partition_of(date, partition_by))
        counts.update(touched or {None})
    for path in (*plan.pruned, *plan.corrected, *plan.forgetting):
        is_carrier = known[path].status == "ingested"
        counts.update({home[i]} if is_carrier and (i := known[path].article_id) and i in home else ())
    return counts
