"""The plan: which raw files a run reads, and why."""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

from flows.archives import Member, UnreadableArchive, is_container, list_members, open_members
from flows.dataset.durable import sha256_of
from flows.ledger import Known
from flows.raw import RawFile, RawTree
from transforms import RULES_VERSION
from transforms.metadata import Metadata, SideFile
from transforms.partitions import Partition, PartitionBy, partition_of


class Reason(StrEnum):
    """Why a raw file is read."""

    NEW = "new"
    CHANGED = "changed"
    METADATA = "metadata changed"
    REJECTED = "rejected before"
    SURVIVOR = "survivor"
    """A copy whose first copy is read again, changed or gone: it may be the one to carry the article now."""


@dataclass(frozen=True, slots=True)
class Work:
    """One raw file to read.

    Attributes:
        file: The file or archive member.
        reason: Why.
        metadata: What the side file says of it.
    """

    file: RawFile
    reason: Reason
    metadata: Metadata | None


@dataclass
class Plan:
    """What a run would do.

    Attributes:
        work: Files to read, in the order of their paths.
        containers: Archives to note in the ledger, with why they cannot be opened, if they cannot.
        pending: Files modified too recently: left for the next run.
        removed: Paths that the ledger knows and the raw tree no longer has.
        touched: Files with another time and the same bytes; the next commit notes it.
        unchanged: Number of files that need nothing, touched ones included.
        stale: Number of known files whose rows older rules made.
        other_count: Files below the root that do not count as raw.
        is_pruning: Whether the rows of removed files go.
    """

    work: list[Work] = field(default_factory=list)
    containers: list[tuple[RawFile, str | None]] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    touched: list[RawFile] = field(default_factory=list)
    unchanged: int = 0
    stale: int = 0
    other_count: int = 0
    is_pruning: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether a run would write nothing."""
        return not (self.work or self.containers or (self.removed and self.is_pruning))

    def reasons(self) -> dict[str, int]:
        """Return the number of files to read, by reason."""
        return dict(Counter(str(w.reason) for w in self.work))


@dataclass(frozen=True)
class Inputs:
    """What a plan is made from.

    Attributes:
        tree: The raw tree.
        known: The ledger.
        side_file: The side file, or None.
        is_rehashing: Trust neither size nor time of a known file, but its hash.
        settle_seconds: Leave files alone that were modified less than this long ago.
        prune: Whether the rows of removed files go.
        has_new_templates: The paths are to be understood in another way than before.
    """

    tree: RawTree
    known: Mapping[str, Known]
    side_file: SideFile | None = None
    is_rehashing: bool = False
    settle_seconds: float = 0
    prune: bool = False
    has_new_templates: bool = False


def make_plan(inputs: Inputs) -> Plan:
    """Return what a run has to do to bring the dataset up to date with the raw tree."""
    plan = Plan(other_count=inputs.tree.other_count, is_pruning=inputs.prune)
    present: set[str] = set()
    members = _known_members(inputs.known)
    newest = (time.time() - inputs.settle_seconds) * 1e6 if inputs.settle_seconds else float("inf")
    for file in inputs.tree.files.values():
        if file.modified > newest:
            plan.pending.append(file.raw_path)
            present.update((file.raw_path, *members.get(file.raw_path, ())))
        elif file.is_container:
            _plan_container(plan, inputs, file, members.get(file.raw_path, []), present)
        else:
            present.add(file.raw_path)
            _plan_file(plan, inputs, file)
    plan.removed = sorted(p for p, k in inputs.known.items() if p not in present and k.status != "removed")
    _add_survivors(plan, inputs)
    plan.work.sort(key=lambda w: w.file.raw_path)
    plan.stale = sum(1 for k in inputs.known.values() if k.article_id and k.rules_version < RULES_VERSION)
    return plan


def expected_partitions(
    plan: Plan, partitions: Mapping[str, Partition], known: Mapping[str, Known], by: PartitionBy
) -> Counter[Partition | None]:
    """Return how many of the files to read touch which partition; None where only reading them will tell.

    Args:
        plan: The plan.
        partitions: Where the present articles lie, by article_id.
        known: The ledger.
        by: The period of a partition.
    """
    counts: Counter[Partition | None] = Counter()
    for work in plan.work:
        before = known.get(work.file.raw_path)
        touched = {partitions.get(before.article_id)} if before and before.article_id else set()
        if work.metadata and work.metadata.published_date:
            touched.add(partition_of(work.metadata.published_date, by))
        counts.update(touched or {None})
    return counts


def _known_members(known: Mapping[str, Known]) -> dict[str, list[str]]:
    """Return the paths of the members of each archive in the ledger."""
    members: dict[str, list[str]] = {p: [] for p in known if is_container(p)}
    for path in known if members else ():
        for end in _slashes(path):
            if path[:end] in members:
                members[path[:end]].append(path)
                break
    return members


def _slashes(path: str) -> Iterator[int]:
    end = path.find("/")
    while end >= 0:
        yield end
        end = path.find("/", end + 1)


def _plan_container(plan: Plan, inputs: Inputs, file: RawFile, members: list[str], present: set[str]) -> None:
    present.add(file.raw_path)
    known = inputs.known.get(file.raw_path)
    is_changed = known is None or known.status == "removed" or _is_changed(plan, inputs, file, known)
    if not is_changed and not any(_reason(inputs, inputs.known[path]) for path in (file.raw_path, *members)):
        present.update(members)
        plan.unchanged += 1 + len(members)
        return
    try:
        found = [file.with_member(m) for m in list_members(file.path)]
    except UnreadableArchive as error:
        present.update(members)  # what a damaged archive held before is not gone
        plan.containers.append((file, str(error)))
        return
    present.update(f.raw_path for f in found)
    if is_changed:
        plan.containers.append((file, None))
    else:
        plan.unchanged += 1
    with open_members(file.path) as read:
        for member in found:
            _plan_member(plan, inputs, member, read if is_changed else None)


def _plan_member(plan: Plan, inputs: Inputs, file: RawFile, read: Callable[[Member], bytes] | None) -> None:
    """Plan one member; of an archive that changed, one that the ledger knows is compared by its hash."""
    known = inputs.known.get(file.raw_path)
    if known is None or known.status == "removed":
        _add(plan, inputs, file, Reason.NEW)
        return
    is_changed = read is not None and file.member is not None and _hash_member(read, file.member) != known.raw_sha256
    _add(plan, inputs, file, Reason.CHANGED if is_changed else _reason(inputs, known))


def _plan_file(plan: Plan, inputs: Inputs, file: RawFile) -> None:
    known = inputs.known.get(file.raw_path)
    if known is None or known.status == "removed":
        _add(plan, inputs, file, Reason.NEW)
    else:
        is_changed = _is_changed(plan, inputs, file, known)
        _add(plan, inputs, file, Reason.CHANGED if is_changed else _reason(inputs, known))


def _add(plan: Plan, inputs: Inputs, file: RawFile, reason: Reason | None) -> None:
    if reason:
        plan.work.append(Work(file, reason, _metadata(inputs, file.raw_path)))
    else:
        plan.unchanged += 1


def _metadata(inputs: Inputs, raw_path: str) -> Metadata | None:
    return inputs.side_file.lookup(raw_path) if inputs.side_file else None


def _is_changed(plan: Plan, inputs: Inputs, file: RawFile, known: Known) -> bool:
    """Return whether a known file's bytes differ: its hash decides where size or time do not settle it."""
    is_same = (known.size, known.modified) == (file.size, file.modified)
    if is_same and not inputs.is_rehashing:
        return False
    try:
        is_changed = sha256_of(file.path) != known.raw_sha256
    except OSError:
        return True  # reading it again will say what is wrong
    if not is_changed and not is_same:
        plan.touched.append(file)
    return is_changed


def _hash_member(read: Callable[[Member], bytes], member: Member) -> str | None:
    try:
        return hashlib.sha256(read(member)).hexdigest()
    except UnreadableArchive:
        return None


def _reason(inputs: Inputs, known: Known) -> Reason | None:
    """Return why a known file is read again although its bytes are as before."""
    if known.status == "rejected":
        file = inputs.tree.files.get(known.raw_path)
        was_unreadable = known.raw_sha256 is None and file is not None and os.access(file.path, os.R_OK)
        if was_unreadable or known.rules_version < RULES_VERSION:
            return Reason.REJECTED
    if known.status in ("container", "removed"):
        return None
    metadata = _metadata(inputs, known.raw_path)
    is_same = (metadata.digest() if metadata else None) == known.metadata_sha256
    return None if is_same and not inputs.has_new_templates else Reason.METADATA


def _add_survivors(plan: Plan, inputs: Inputs) -> None:
    """Add the copies of articles whose carrier is read again or goes."""
    gone = set(plan.removed)
    going = {w.file.raw_path for w in plan.work} | (gone if plan.is_pruning else set())
    carried = {k.article_id for p in going if (k := inputs.known.get(p)) and k.status == "ingested"}
    if not carried:
        return
    copies = {p for p, k in inputs.known.items() if k.status == "duplicate" and k.article_id in carried}
    for file in _find(inputs, copies - going - gone):
        _add(plan, inputs, file, Reason.SURVIVOR)
        plan.unchanged -= 1


def _find(inputs: Inputs, paths: set[str]) -> Iterator[RawFile]:
    """Yield the files, or archive members, of some paths."""
    for path in sorted(paths & inputs.tree.files.keys()):
        yield inputs.tree.files[path]
    inside = paths - inputs.tree.files.keys()
    archives = {path[:end] for path in inside for end in _slashes(path) if path[:end] in inputs.tree.files}
    for archive in sorted(archives):
        file = inputs.tree.files[archive]
        with suppress(UnreadableArchive):
            yield from (f for m in list_members(file.path) if (f := file.with_member(m)).raw_path in inside)
