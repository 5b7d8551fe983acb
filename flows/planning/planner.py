"""The planner: the raw tree against the ledger."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping

from flows.planning.comparison import Comparison, Inputs
from flows.planning.ledger import Known
from flows.planning.plan import Archive, Needs, Plan, Reason, Work
from flows.raw.archives import open_members
from flows.raw.members import archives_of, find_files, hash_member, known_members, raw_members
from flows.raw.opening import reason_of
from flows.raw.streams import UnreadableArchive
from flows.raw.tree import RawFile
from transforms import RULES_VERSION


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
        self._files = Comparison(inputs)
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
        self._plan.touched = self._files.touched
        self._plan.unreachable = sorted(set(self._plan.unreachable))
        self._plan.unread = archives_of({*self._plan.unreachable, *self._plan.lost, *unsure}, self._members)
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
            self._add(file, Reason.CHANGED if self._files.is_changed(file, known) else self._files.why_again(known))

    def _plan_container(self, file: RawFile) -> None:
        known, members = self._known_living(file.raw_path), self._members.get(file.raw_path, [])
        self._present.add(file.raw_path)
        is_changed = known is None or self._files.is_changed(file, known)
        if not is_changed and not any(self._files.why_again(self._known[path]) for path in (file.raw_path, *members)):
            self._present.update(members)
            self._plan.unchanged += 1 + len(members)
            return
        sha256 = None
        try:
            sha256 = None if file.problem else self._files.sha256_of(file)
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
                    yield member, self._files.why_again(known)

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
            self._plan.work.append(Work(file, reason, *self._files.metadata(file.raw_path)))
        else:
            self._plan.unchanged += 1
