"""From the plan to the commit: batches, ledger, merges, version."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from flows.building.batches import Batch, Batches
from flows.building.fragments import Fragment, FragmentFiles, read_fragment, sweep_staging
from flows.building.ledger_parts import write_ledger
from flows.building.memory import give_back, give_back_at_times
from flows.building.merges import Merge, Merged
from flows.building.resolution import Resolved, resolve_ledger
from flows.building.resuming import resume
from flows.building.routing import find_changes, plan_merges
from flows.dataset import AnyDataset, FileEntry, Version, VersionTaken, dataset_in, hold_lock
from flows.dataset.forgotten import read_forgotten
from flows.dataset.parquet import write_parquet
from flows.dataset.rollback import refuse_held
from flows.planning.ledger import read_ledger
from flows.planning.options import Options
from flows.planning.plan import Work
from flows.planning.prepare import Prepared, prepare
from flows.planning.side_inputs import articles_with_lines, lines_without_article, note_lines
from flows.raw.streams import UnreadableArchive, unpack
from flows.runs import REJECTS_NOTED, Run, TooManyRejected
from flows.storage import ObjectPath, Place, delete_if_empty, delete_tree
from transforms.among import is_among
from transforms.cuts import path_of
from transforms.partitions import partition_of
from transforms.schemas import FORGOTTEN, STAGED, TABLES

T = TypeVar("T")

ATTEMPTS = 20
"""So often another writer may commit first before a run gives up."""


class Items(Protocol):
    """Batches or merges: so many, one after the other."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Any]: ...


class Each(Protocol):
    """Runs a function on every item, somewhere, and gives the results as they come."""

    def __call__(self, stage: str, function: Callable[[Any], Any], items: Items) -> Iterable[Any]:
        """Run one stage."""
        ...


def bring_up_to_date(
    options: Options,
    run: Run,
    open_each: Callable[[], AbstractContextManager[Each]],
    wait_seconds: float = 0,
    say: Callable[[str], None] = lambda _: None,
    fail_above_rejected: float | None = None,
) -> None:
    """Bring the dataset up to date with the raw tree, and write down how it went.

    Args:
        options: What is asked.
        run: Takes counts, seconds and outcome.
        open_each: Gives the way to run batches and merges; only called if there is something to do.
        wait_seconds: How long to wait for another writer.
        say: Told what the user should know.
        fail_above_rejected: Fail, after the commit, if a larger share of the files that were read is rejected.

    Raises:
        TooManyRejected: As `fail_above_rejected` asks.
        OptionsError: The options do not fit each other or the dataset.
        DatasetBusy: Another run holds the dataset for longer than `wait_seconds`.
        DatasetHeld: The dataset was rolled back, and runs are held.
    """
    dataset = dataset_in(options.processed)
    with hold_lock(dataset.root, run.run_id, wait_seconds, say), run.recorded(dataset.runs):
        until_committed(lambda: _bring_up_to_date(options, run, open_each, say), say)
        sweep(dataset, options)
        _refuse_rejected(run, fail_above_rejected)


def _bring_up_to_date(
    options: Options, run: Run, open_each: Callable[[], AbstractContextManager[Each]], say: Callable[[str], None]
) -> None:
    refuse_held(options.processed)
    with run.stage("plan"):
        prepared = prepare(options)
    run.counts |= prepared.plan.left
    for note in prepared.notes:
        say(note)
    prepared.dataset.discard_uncommitted()
    if not prepared.is_idle:
        with open_each() as each:
            publish(prepared, run, each, say)


def until_committed(attempt: Callable[[], T], say: Callable[[str], None]) -> T:
    """Plan and commit; in an object store, where writers do not wait for each other, as often as another was first.

    What was staged is taken up again: only plan, merges and commit are done anew.

    Raises:
        VersionTaken: Others were first each time.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return attempt()
        except VersionTaken as taken:
            say(f"{taken}: planning anew")
    return attempt()


def _refuse_rejected(run: Run, limit: float | None) -> None:
    rejected, read = run.counts["rejected"], run.counts["read"]
    if limit is not None and rejected > limit * read:
        raise TooManyRejected(f"{rejected} of {read} files were rejected; `newsframes status` tells why")


def sweep(dataset: AnyDataset, options: Options) -> list[int]:
    """Delete what no reader and no later run needs; return the versions that held a forgotten article.

    Only the holder of the lock may call it.
    """
    purged = dataset.sweep(options.keep_versions, options.keep_hours)
    if dataset.staging.is_dir():
        sweep_staging(dataset.staging, read_ledger(dataset.current()), read_forgotten(dataset.root))
    return purged


def transform(batch: Batch) -> Fragment:
    """Turn a batch into a staged fragment, unless a worker that died had done so; what it needs is imported here."""
    from flows.building.transformation import transform_batch

    fragment = read_fragment(batch.folder) or transform_batch(batch)
    give_back_at_times()
    return fragment


def merge(file: Merge) -> Merged:
    """Write a file's new tables; what that needs is imported where it runs."""
    from flows.building.merging import merge_file

    merged = merge_file(file)
    give_back()
    return merged


@contextmanager
def in_this_process() -> Iterator[Each]:
    """Give the plainest way to run batches and merges: one after the other, here, without Prefect."""
    yield lambda _, function, items: map(function, items)


def publish(prepared: Prepared, run: Run, each: Each, say: Callable[[str], None] = lambda _: None) -> None:
    """Do what a plan says and commit a version. The caller holds the lock."""
    with run.stage("transform"):
        staged = _transform(prepared, run, each)
    with run.stage("resolve"):
        resolved = resolve_ledger(prepared, run, staged)
        changes = find_changes(prepared, resolved, staged)
    give_back()
    if _is_all_lost(prepared, run):
        return
    building = prepared.dataset.begin(run.run_id)
    with run.stage("merge"):
        try:
            merged = list(each("merge", merge, list(plan_merges(changes, building))))
        except FileNotFoundError:  # who forgets an article deletes what is staged of it, too
            _refuse_others_to_forget(prepared)
            raise
    with run.stage("commit"):
        version = _commit(prepared, building, merged, resolved)
        _unstage(prepared.dataset.staging, run)
    _count(run, prepared, resolved, version)
    run.partitions = sorted({path.rpartition("/")[0].partition("/")[2] for m in merged for path in m.written} - {""})
    unapplied = [line for m in merged for line in m.unapplied]
    if prepared.plan.work and prepared.corrections:
        unapplied += lines_without_article(
            prepared.corrections, articles_with_lines(prepared.corrections, read_ledger(version))
        )
    for note in note_lines("corrections file", unapplied):
        say(note)


def _unstage(staging: Place, run: Run) -> None:
    """Delete what a run staged, once a version has it; with nothing else there, the sweep reads no ledger."""
    delete_tree(staging / run.run_id)
    delete_if_empty(staging)  # it may hold what a killed run staged


def _is_all_lost(prepared: Prepared, run: Run) -> bool:
    """Return whether there was nothing to do but to read files, and none of them could be read."""
    plan = replace(prepared.plan, work=[])
    return run.counts["unreadable"] == len(prepared.plan.work) > 0 and replace(prepared, plan=plan).is_idle


def _transform(prepared: Prepared, run: Run, each: Each) -> list[FragmentFiles]:
    """Return where the files are that were read, in the order of their fragments' folders."""
    resumed, left = resume(prepared)
    run.counts["resumed"] = len(prepared.plan.work) - len(left)
    staged = [FragmentFiles(fragment) for fragment in each("transform", transform, _batches(prepared, run, left))]
    return sorted([*resumed, *staged], key=lambda taken: taken.fragment.folder)


def _batches(prepared: Prepared, run: Run, work: list[Work]) -> Batches:
    """Return the batches; a packed archive that several of them read is unpacked once."""
    staging = prepared.dataset.staging / run.run_id
    if isinstance(staging, ObjectPath):  # when another writer was first, this run plans anew, and has other batches
        staging /= secrets.token_hex(4)
    batches = Batches(work, prepared.options.batch_size, staging, prepared.settings.recipe, run.run_id)
    unpacked = {path: staging / "unpacked" / str(i) for i, path in enumerate(batches.shared_archives())}
    listed = {w.file.path: w.file.modified for w in work if w.file.path in unpacked}
    for path, stream in unpacked.items():
        with suppress(UnreadableArchive):  # whoever reads the members will find it and say so
            unpack(path, stream, listed[path])
    return replace(batches, unpacked=unpacked)


def _commit(prepared: Prepared, building: Place, merged: list[Merged], resolved: Resolved) -> Version:
    added: dict[str, FileEntry] = {}
    removed: set[str] = set()
    for part in merged:
        added.update(part.added)
        removed.update(part.removed)
    parts = write_ledger(prepared.ledger, resolved.ledger, prepared.plan.lapsed, building)
    added.update(parts[0])
    removed.update(parts[1])
    present = prepared.version.manifest.files if prepared.version else {}
    kept = {path: entry for path, entry in present.items() if path not in removed}
    undated = partition_of(None, prepared.settings.partition_by)
    for table in STAGED:
        path = path_of(table, undated)
        files = {p: e for p, e in {**kept, **added}.items() if p.startswith(f"{table.name}/")}
        if not files:  # DuckDB and Polars refuse a table without a file
            added[path] = write_parquet(table.schema.empty_table(), building / path)
        elif len(files) > 1 and path in files and not files[path].rows:
            removed.add(path)
    _refuse_others_to_forget(prepared)
    return prepared.dataset.commit(building, added, removed, prepared.settings, prepared.version)


def _refuse_others_to_forget(prepared: Prepared) -> None:
    """Refuse to go on if other articles are to be forgotten by now: nobody holds a lock in an object store.

    Raises:
        VersionTaken: They are.
    """
    if frozenset(read_forgotten(prepared.dataset.root)) != prepared.forgotten:
        raise VersionTaken("the list of articles to forget has changed meanwhile")


def _count(run: Run, prepared: Prepared, resolved: Resolved, version: Version) -> None:
    """Count files by what became of them, archives that could not be opened among the rejected."""
    plan = prepared.plan
    read = {w.file.raw_path for w in plan.work} | {a.file.raw_path for a in plan.containers if a.reason}
    ledger = resolved.ledger.select(["raw_path", "status", "reason"]).to_pandas()
    ledger = ledger[is_among(ledger["raw_path"], read)]
    is_kept_out = ledger["reason"] == FORGOTTEN
    run.counts["read"] = len(read)
    run.counts.update(Counter(ledger[~is_kept_out]["status"]))
    run.counts["kept out"] = int(is_kept_out.sum())
    run.counts["removed"] = len(plan.pruned) + len(plan.lost)
    run.counts["corrected"] = len(plan.corrected)
    run.counts["forgotten"] = len(plan.forgetting)
    rejected = ledger[(ledger["status"] == "rejected") & ~is_kept_out]
    noted = rejected[["raw_path", "reason"]].head(REJECTS_NOTED).to_numpy().tolist()
    run.rejected = [*run.rejected, *(row for row in noted if row not in run.rejected)][:REJECTS_NOTED]
    run.counts.update({f"rows of {table.name}": version.manifest.rows(table.name) for table in TABLES})
    run.version = version.number
