"""The planner: the raw tree against the ledger."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from flows.planning.census import Census, take_census
from flows.planning.comparison import Comparison, Inputs
from flows.planning.ledger import Known, known_rows
from flows.planning.plan import Archive, Needs, Plan, Reason, Work
from flows.planning.sieve import Sieve
from flows.raw.archives import open_members
from flows.raw.members import find_files, hash_member, raw_members
from flows.raw.opening import reason_of
from flows.raw.streams import UnreadableArchive
from flows.raw.tree import RawFile


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
        self._files = Comparison(inputs)
        self._read: list[Known] = []
        self._plan = Plan(other_count=inputs.tree.other_count, is_pruning=inputs.prune)

    def plan(self) -> Plan:
        sieve = Sieve(self._inputs, self._files)
        for file, row in sieve.files():
            self._plan_file(file, row)
        self._plan.unchanged += sieve.unchanged
        missing = list(sieve.missing)
        members = self._inputs.ledger.members(sieve.archives)
        for path, row in sieve.archives.items():
            missing += self._plan_archive(self._inputs.tree.files[path], row, members[path])
        gone = sorted(k for k in missing if not self._inputs.tree.may_hold(k.raw_path))
        removed = [k for k in gone if k.status != "rejected"]
        self._plan.removed = [k.raw_path for k in removed]
        self._plan.lapsed = [k.raw_path for k in gone if k.status == "rejected" and not k.is_forgotten]
        return self._finish(sieve.census, sieve.census.corrected, removed if self._plan.is_pruning else ())

    def plan_backfill(self, paths: Mapping[str, Reason]) -> Plan:
        known, statuses = self._inputs.ledger.rows(paths.keys()), self._inputs.ledger.statuses()
        found = {file.raw_path: file for file in find_files(self._inputs.tree, set(paths))}
        for path, file in found.items():
            if self._is_pending(file, _living(known[path])):
                self._plan.pending.append(path)
            else:
                self._add(file, paths[path], known[path])
        read = {row.article_id for row in self._read}
        gone = {path for path in paths.keys() - found.keys() if not self._inputs.tree.may_hold(path)}
        self._plan.unreachable = [p for p in gone if known[p].article_id in read]  # a copy can carry its article
        self._plan.removed = sorted(gone.difference(self._plan.unreachable))
        self._plan.is_pruning = False
        others = statuses - Counter(row.status for row in known.values())
        self._plan.unchanged = others.total() - others["removed"]
        return self._finish(take_census(self._inputs), known.values())

    def plan_repair(self, needs: Needs) -> Plan:
        plan = self._plan
        known = self._inputs.ledger.rows({file.raw_path for file in needs.read})
        for file in needs.read:
            self._add(file, Reason.DAMAGED, known.get(file.raw_path))
        plan.damaged, plan.lost, plan.unreachable = needs.damaged, dict(needs.lost), list(needs.carried)
        self._finish(take_census(self._inputs), (), unsure=needs.unsure)
        made = {*(w.file.raw_path for w in plan.work), *plan.lost, *plan.unreachable}
        plan.corrected = sorted(set(needs.corrected) - made)
        return plan

    def _finish(
        self, census: Census, known: Iterable[Known], pruned: Iterable[Known] = (), unsure: Iterable[str] = ()
    ) -> Plan:
        """Return the plan with what follows from the files that it reads.

        Args:
            census: Of the ledger.
            known: Known files whose corrections count.
            pruned: Known files whose rows go.
            unsure: Known files that the next run has to look at.
        """
        plan = self._plan
        self._plan_survivors({row.article_id for row in (*self._read, *pruned) if row.status == "ingested"})
        plan.work.sort(key=lambda w: w.file.raw_path)
        plan.containers.sort(key=lambda a: a.file.raw_path)
        plan.touched = sorted(self._files.touched, key=lambda f: f.raw_path)
        plan.pending.sort()
        plan.unreachable = sorted(set(plan.unreachable))
        plan.unread = self._inputs.ledger.archives_of({*plan.unreachable, *plan.lost, *unsure})
        plan.forgetting = sorted(census.forgetting)
        plan.corrected = sorted(self._corrected(known))
        plan.stale = census.stale - sum(row.is_stale for row in self._read)
        return plan

    def _is_pending(self, file: RawFile, known: Known | None) -> bool:
        """Return whether a file may still be being written: it is young, and not as the ledger knows it."""
        now = time.time()
        if file.member is None and known and (known.size, known.modified) == (file.size, file.modified):
            return False
        return now - self._inputs.settle_seconds < file.modified / 1e6 <= now  # one in the future would never settle

    def _plan_file(self, file: RawFile, row: Known | None) -> None:
        known = _living(row)
        if self._is_pending(file, known):
            self._plan.pending.append(file.raw_path)
        elif known is None:
            self._add(file, Reason.NEW, row)
        else:
            is_changed = self._files.is_changed(file, known)
            self._add(file, Reason.CHANGED if is_changed else self._files.why_again(known, file), known)

    def _plan_archive(self, file: RawFile, row: Known | None, members: Mapping[str, Known]) -> list[Known]:
        """Plan an archive, and return what is known of members that are gone.

        Args:
            file: The archive.
            row: Its row of the ledger.
            members: Those of its members.
        """
        inside = members if row else {}
        if self._is_pending(file, _living(row)):
            self._plan.pending.append(file.raw_path)
            present: Collection[str] = inside
        else:
            present = self._plan_container(file, _living(row), inside, members)
        return [known for path, known in members.items() if path not in present and known.status != "removed"]

    def _plan_container(
        self, file: RawFile, known: Known | None, inside: Mapping[str, Known], members: Mapping[str, Known]
    ) -> Collection[str]:
        """Plan an archive that is not pending, and return the paths of its members that are there, or may be."""
        is_changed = known is None or self._files.is_changed(file, known)
        if not is_changed and not self._is_wanted(file, known, inside):
            self._plan.unchanged += 1 + len(inside)
            return inside
        sha256 = None
        try:
            sha256 = None if file.problem else self._files.sha256_of(file)
            planned = list(self._plan_members(file, is_changed, members))
        except (UnreadableArchive, OSError) as error:  # what a damaged archive held before is not gone
            before = known and (known.status, known.reason, known.raw_sha256)
            problem = reason_of(error) if isinstance(error, OSError) else str(error)
            if is_changed or before != ("rejected", problem, sha256):
                self._plan.containers.append(Archive(file, sha256, problem))
            else:
                self._plan.unchanged += 1 + len(inside)
            return inside
        for member, reason in planned:
            self._add(member, reason, members.get(member.raw_path))
        if known is None or is_changed or known.status == "rejected":
            self._plan.containers.append(Archive(file, sha256))
        else:
            self._plan.unchanged += 1
        return {member.raw_path for member, _ in planned}

    def _is_wanted(self, file: RawFile, known: Known | None, members: Mapping[str, Known]) -> bool:
        """Return whether an archive whose bytes are as before has to be opened all the same."""
        if known and self._files.why_again(known, file):
            return True
        return any(self._files.why_again(member, None) for member in members.values())

    def _plan_members(
        self, file: RawFile, is_changed: bool, members: Mapping[str, Known]
    ) -> Iterator[tuple[RawFile, Reason | None]]:
        """Yield members with the reason to read them; of an archive that changed, known ones compare by hash."""
        found = list(raw_members(file, self._inputs.tree))
        with open_members(file.path, self._inputs.tree.limit) as read:
            for member in found:
                known = _living(members.get(member.raw_path))
                if known is None:
                    yield member, Reason.NEW
                elif is_changed and (member.size != known.size or hash_member(read, member) != known.raw_sha256):
                    yield member, Reason.CHANGED
                else:
                    yield member, self._files.why_again(known, None)

    def _plan_survivors(self, carried: Collection[str | None]) -> None:
        """Add the copies of articles whose carrier is read again or goes."""
        rows = known_rows(self._inputs.ledger.of_articles({i for i in carried if i}))
        going = {w.file.raw_path for w in self._plan.work}.union(self._plan.pruned)
        copies = {p: k for p, k in rows.items() if k.status == "duplicate" and p not in going}
        found = {file.raw_path: file for file in find_files(self._inputs.tree, set(copies))}
        for path, file in found.items():
            self._add(file, Reason.SURVIVOR, copies[path])
        self._plan.unchanged -= len(found.keys() - set(self._plan.pending))
        self._plan.unreachable += copies.keys() - found.keys()

    def _corrected(self, known: Iterable[Known]) -> Iterator[str]:
        """Yield the files that are not read whose article's lines of the corrections file are not those applied."""
        read = {w.file.raw_path for w in self._plan.work}.union(self._plan.pruned)
        digest = self._inputs.corrections.digest if self._inputs.corrections else lambda _: None
        for row in known:
            carried = row.article_id if row.status == "ingested" and row.raw_path not in read else None
            if carried and digest(carried) != row.corrections_sha256:
                yield row.raw_path

    def _add(self, file: RawFile, reason: Reason | None, row: Known | None) -> None:
        if reason is None:
            self._plan.unchanged += 1
            return
        self._plan.work.append(Work(file, reason, *self._files.metadata(file.raw_path)))
        if row:
            self._read.append(row)


def _living(row: Known | None) -> Known | None:
    return None if row is None or row.status == "removed" else row
