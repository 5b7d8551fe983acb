"""The planner: the raw tree against the ledger."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.planning.ledger import Known
from flows.planning.plan import Archive, Needs, Plan, Reason, Work, digest_metadata
from flows.raw.archives import open_members
from flows.raw.limits import was_too_large
from flows.raw.members import find_files, hash_member, known_members, raw_members
from flows.raw.opening import can_be_read, reason_of, sha256_of
from flows.raw.streams import UnreadableArchive
from flows.raw.tree import RawFile, RawTree
from transforms import RULES_VERSION
from transforms.correction_decisions import Corrections
from transforms.metadata import PATH_TEMPLATES, Metadata, SideFile


@dataclass(frozen=True)
class Inputs:
    """What a plan is made from.

    Attributes:
        tree: The raw tree.
        known: The ledger.
        side_file: The side file, or None.
        corrections: The corrections file, or None.
        forgotten: Articles to keep out.
        is_rehashing: Trust neither size nor time of a known file, but its hash.
        settle_seconds: Leave files alone that were modified less than this long ago.
        prune: Whether the rows of removed files go.
        path_templates: How paths tell outlet and date.
    """

    tree: RawTree
    known: Mapping[str, Known]
    side_file: SideFile | None = None
    corrections: Corrections | None = None
    forgotten: frozenset[str] = frozenset()
    is_rehashing: bool = False
    settle_seconds: float = 0
    prune: bool = False
    path_templates: Sequence[str] = PATH_TEMPLATES


def make_plan(inputs: Inputs) -> Plan:
    """Return what a run has to do to bring the dataset up to date with the raw tree."""
    return _Planner(inputs).plan()


def plan_backfill(inputs: Inputs, paths: Mapping[str, Reason]) -> Plan:
    """Return what a run has to do to make the rows of some known files again, and nothing else.

    Args:
        inputs: What the plan is made from; `prune` is not heeded.
        paths: The files, with the reason to read each.
    """
    return _Planner(inputs).plan_backfill(paths)


def plan_repair(inputs: Inputs, needs: Needs) -> Plan:
    """Return what a run has to do to make a damaged version whole again, and nothing else."""
    return _Planner(inputs).plan_repair(needs)


class _Planner:
    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._known = inputs.known
        self._members = known_members(inputs.known)
        self._present: set[str] = set()
        self._sha256s: dict[Path, str] = {}
        self._plan = Plan(other_count=inputs.tree.other_count, is_pruning=inputs.prune)

    def plan(self) -> Plan:
        for file in self._inputs.tree.files.values():
            if self._is_pending(file):
                self._plan.pending.append(file.raw_path)
                self._present.update((file.raw_path, *self._members.get(file.raw_path, ())))
            elif file.is_container:
                self._plan_container(file)
            else:
                self._present.add(file.raw_path)
                self._plan_file(file)
        missing = (p for p, k in self._known.items() if p not in self._present and k.status != "removed")
        gone = sorted(p for p in missing if not self._inputs.tree.may_hold(p))
        self._plan.removed = [p for p in gone if self._known[p].status != "rejected"]
        self._plan.lapsed = [p for p in gone if self._known[p].status == "rejected" and not self._known[p].is_forgotten]
        return self._finish(self._known)

    def plan_backfill(self, paths: Mapping[str, Reason]) -> Plan:
        found = {file.raw_path: file for file in find_files(self._inputs.tree, set(paths))}
        for path, file in found.items():
            if self._is_pending(file):
                self._plan.pending.append(path)
            else:
                self._add(file, paths[path])
        read = {self._known[work.file.raw_path].article_id for work in self._plan.work}
        gone = {path for path in paths.keys() - found.keys() if not self._inputs.tree.may_hold(path)}
        self._plan.unreachable = [p for p in gone if self._known[p].article_id in read]  # a copy can carry its article
        self._plan.removed = sorted(gone.difference(self._plan.unreachable))
        self._plan.is_pruning = False
        self._plan.unchanged = sum(k.status != "removed" for p, k in self._known.items() if p not in paths)
        return self._finish(paths)

    def plan_repair(self, needs: Needs) -> Plan:
        plan = self._plan
        for file in needs.read:
            self._add(file, Reason.DAMAGED)
        plan.damaged, plan.lost, plan.unreachable = needs.damaged, dict(needs.lost), list(needs.carried)
        self._finish((), needs.unsure)
        made = {*(w.file.raw_path for w in plan.work), *plan.lost, *plan.unreachable}
        plan.corrected = sorted(set(needs.corrected) - made)
        return plan

    def _finish(self, paths: Iterable[str], unsure: Iterable[str] = ()) -> Plan:
        """Return the plan with what follows from the files that it reads.

        Args:
            paths: Known files whose corrections count.
            unsure: Known files that the next run has to look at.
        """
        self._plan_survivors()
        self._plan.unreachable = sorted(set(self._plan.unreachable))
        if not_seen := {*self._plan.unreachable, *self._plan.lost, *unsure}:
            self._plan.unread = {a for a, members in self._members.items() if not not_seen.isdisjoint(members)}
        self._plan.forgetting = [p for p, k in self._known.items() if k.article_id in self._inputs.forgotten]
        self._plan.work.sort(key=lambda w: w.file.raw_path)
        self._plan.corrected = sorted(self._corrected(paths))
        read = {w.file.raw_path for w in self._plan.work}
        stale = (p for p, k in self._known.items() if k.article_id and k.rules_version < RULES_VERSION)
        self._plan.stale = sum(path not in read for path in stale)
        return self._plan

    def _is_pending(self, file: RawFile) -> bool:
        """Return whether a file may still be being written: it is young, and not as the ledger knows it."""
        known, now = self._known_living(file.raw_path), time.time()
        if file.member is None and known and (known.size, known.modified) == (file.size, file.modified):
            return False
        return now - self._inputs.settle_seconds < file.modified / 1e6 <= now  # one in the future would never settle

    def _plan_file(self, file: RawFile) -> None:
        known = self._known_living(file.raw_path)
        if known is None:
            self._add(file, Reason.NEW)
        else:
            self._add(file, Reason.CHANGED if self._is_changed(file, known) else self._reason(known))

    def _plan_container(self, file: RawFile) -> None:
        known, members = self._known_living(file.raw_path), self._members.get(file.raw_path, [])
        self._present.add(file.raw_path)
        is_changed = known is None or self._is_changed(file, known)
        if not is_changed and not any(self._reason(self._known[path]) for path in (file.raw_path, *members)):
            self._present.update(members)
            self._plan.unchanged += 1 + len(members)
            return
        sha256 = None
        try:
            sha256 = None if file.problem else self._sha256_of(file)
            planned = list(self._plan_members(file, is_changed))
        except (UnreadableArchive, OSError) as error:
            self._present.update(members)  # what a damaged archive held before is not gone
            before = known and (known.status, known.reason, known.raw_sha256)
            problem = reason_of(error) if isinstance(error, OSError) else str(error)
            if is_changed or before != ("rejected", problem, sha256):
                self._plan.containers.append(Archive(file, sha256, problem))
            else:
                self._plan.unchanged += 1 + len(members)
            return
        for member, reason in planned:
            self._present.add(member.raw_path)
            self._add(member, reason)
        if known is None or is_changed or known.status == "rejected":
            self._plan.containers.append(Archive(file, sha256))
        else:
            self._plan.unchanged += 1

    def _plan_members(self, file: RawFile, is_changed: bool) -> Iterator[tuple[RawFile, Reason | None]]:
        """Yield members with the reason to read them; of an archive that changed, known ones compare by hash."""
        found = list(raw_members(file, self._inputs.tree))
        with open_members(file.path, self._inputs.tree.limit) as read:
            for member in found:
                known = self._known_living(member.raw_path)
                if known is None:
                    yield member, Reason.NEW
                elif is_changed and (member.size != known.size or hash_member(read, member) != known.raw_sha256):
                    yield member, Reason.CHANGED
                else:
                    yield member, self._reason(known)

    def _plan_survivors(self) -> None:
        """Add the copies of articles whose carrier is read again or goes."""
        going = {w.file.raw_path for w in self._plan.work}.union(self._plan.pruned)
        carried = {k.article_id for p in going if (k := self._known.get(p)) and k.status == "ingested"}
        if not carried:
            return
        copies = {p for p, k in self._known.items() if k.status == "duplicate" and k.article_id in carried} - going
        found = {file.raw_path: file for file in find_files(self._inputs.tree, copies)}
        for file in found.values():
            self._add(file, Reason.SURVIVOR)
        self._plan.unchanged -= len(found.keys() - set(self._plan.pending))
        self._plan.unreachable += copies - found.keys()

    def _corrected(self, paths: Iterable[str]) -> Iterator[str]:
        """Yield the files that are not read whose article's lines of the corrections file are not those applied."""
        read = {w.file.raw_path for w in self._plan.work}.union(self._plan.pruned)
        digest = self._inputs.corrections.digest if self._inputs.corrections else lambda _: None
        for path in paths:
            known = self._known[path]
            carried = known.article_id if known.status == "ingested" and path not in read else None
            if carried and digest(carried) != known.corrections_sha256:
                yield path

    def _known_living(self, raw_path: str) -> Known | None:
        known = self._known.get(raw_path)
        return None if known is None or known.status == "removed" else known

    def _add(self, file: RawFile, reason: Reason | None) -> None:
        if reason:
            self._plan.work.append(Work(file, reason, *self._metadata(file.raw_path)))
        else:
            self._plan.unchanged += 1

    def _metadata(self, raw_path: str) -> tuple[Metadata | None, str | None]:
        """Return what the side file says of a raw file, and the digest of what is applied to it."""
        side_file = self._inputs.side_file
        metadata = side_file.lookup(raw_path) if side_file else None
        return metadata, digest_metadata(metadata, self._inputs.path_templates)

    def _sha256_of(self, file: RawFile) -> str:
        """Return the hash of a file on disk, which is read once a plan."""
        if file.path not in self._sha256s:
            self._sha256s[file.path] = sha256_of(file.path)
        return self._sha256s[file.path]

    def _is_changed(self, file: RawFile, known: Known) -> bool:
        """Return whether a known file's bytes differ: its hash decides where size or time do not settle it."""
        if file.problem:
            return known.reason != file.problem
        is_same = (known.size, known.modified) == (file.size, file.modified)
        if known.raw_sha256 is None:  # it could not be read the last time
            return not is_same or (file.is_container and can_be_read(file.path))
        if is_same and not self._inputs.is_rehashing:
            return False
        try:
            is_changed = self._sha256_of(file) != known.raw_sha256
        except OSError:
            return True  # reading it again will say what is wrong
        if not is_changed and not is_same:
            self._plan.touched.append(file)
        return is_changed

    def _reason(self, known: Known) -> Reason | None:
        """Return why a known file is read again although its bytes are as before."""
        file = self._inputs.tree.files.get(known.raw_path)
        if known.status == "rejected" and self._is_worth_another_try(known, file):
            return Reason.REJECTED
        if known.status in ("container", "removed") or (file and file.is_container):
            return None
        _, digest = self._metadata(known.raw_path)
        return None if digest == known.metadata_sha256 else Reason.METADATA

    def _is_worth_another_try(self, known: Known, file: RawFile | None) -> bool:
        """Return whether a rejected file, whose bytes are as before, may be accepted now."""
        if known.rules_version < RULES_VERSION:
            return True
        if known.is_forgotten:
            return known.previous_article_id not in self._inputs.forgotten
        if known.is_fault:
            return True
        if was_too_large(known.reason):
            return known.reason != self._inputs.tree.limit.reason
        if file is None or file.problem or known.raw_sha256:
            return False
        return can_be_read(file.path)  # it could not be read the last time
