"""Before a run writes anything: options, settings, and the plan."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import pyarrow.compute as pc

from flows.dataset import AnyDataset, Settings, Version, dataset_in
from flows.dataset.forgotten import read_forgotten
from flows.planning.comparison import Inputs
from flows.planning.ledger import Ledger, read_ledger
from flows.planning.options import Options, OptionsError, choose_settings
from flows.planning.plan import Plan
from flows.planning.planner import make_plan, plan_backfill
from flows.planning.selection import Selection
from flows.planning.side_inputs import (
    LINES_SHOWN,
    describe_corrections,
    describe_side_file,
    read_corrections,
    read_side_file,
)
from flows.progress import counted
from flows.raw.archives import is_container
from flows.raw.columns import text
from flows.raw.limits import Limit
from flows.raw.tree import RawTree
from flows.raw.walk import discover
from flows.storage import Place, place_of, real_name
from transforms.correction_decisions import Corrections

LOST_SHARE = 0.1
"""A raw root that lost a larger share of its files is not pruned, unless by force."""


@dataclass(frozen=True)
class Prepared:
    """A run before it writes anything.

    Attributes:
        dataset: The dataset.
        version: Its current version.
        settings: What the next version is made from.
        options: What was asked.
        ledger: The ledger.
        corrections: The corrections file, or None.
        forgotten: Articles to keep out.
        plan: What there is to do.
        notes: What the user should know before.
    """

    dataset: AnyDataset
    version: Version | None
    settings: Settings
    options: Options
    ledger: Ledger
    corrections: Corrections | None
    forgotten: frozenset[str]
    plan: Plan
    notes: list[str] = field(default_factory=list)

    @property
    def is_idle(self) -> bool:
        """Whether a run would write nothing: other settings are to be remembered, too."""
        return self.plan.is_empty and (self.version is None or self.version.manifest.settings == self.settings)


def prepare(options: Options) -> Prepared:
    """Look at the raw tree and the ledger and plan; writes nothing.

    Raises:
        OptionsError: The options do not fit each other or the dataset.
        RawRootError: The raw root cannot be read.
        DatasetDamaged: The dataset is not as a commit leaves it.
    """
    if options.processed.is_file():
        raise OptionsError(f"processed folder {options.processed} is a file")
    dataset = dataset_in(options.processed)
    version = dataset.current()
    dataset.refuse_blocked_links()
    remembered = version.manifest.settings if version else None
    settings, notes = choose_settings(options, remembered)
    side_file, corrections = read_side_file(settings.metadata), read_corrections(settings)
    forgotten = frozenset(read_forgotten(dataset.root))
    ledger = read_ledger(version)
    inputs = Inputs(
        _discover(settings, options, version),
        ledger,
        side_file,
        corrections,
        forgotten,
        # Size and time say nothing of a file in another folder.
        is_rehashing=options.rehash or (remembered is not None and remembered.raw != settings.raw),
        settle_seconds=options.settle,
        prune=options.prune,
        path_templates=settings.path_templates,
    )
    plan = _backfill(inputs, settings, version, options.selection) if options.selection else make_plan(inputs)
    if plan.is_pruning and not options.force:
        _refuse_lost_files(plan, ledger, settings.raw)
    if side_file is not None:
        notes += describe_side_file(side_file, _article_paths(inputs.tree, ledger, plan))
    notes += describe_corrections(corrections, None if plan.work else ledger)
    notes += _describe_plan(plan, ledger, settings.raw, options)
    notes += _describe_unlisted(inputs.tree)
    return Prepared(dataset, version, settings, options, ledger, corrections, forgotten, plan, notes)


def _describe_plan(plan: Plan, ledger: Ledger, raw: str, options: Options) -> list[str]:
    """Return what the user should know of files that are left as they are."""
    notes = []
    if plan.removed and not plan.is_pruning:
        stay = "rows stay as they are" if options.selection else "rows stay until a run with --prune"
        doubt = "; is its disk mounted?" if are_many(len(plan.removed), ledger) else ""
        notes.append(f"{_files(len(plan.removed))} no longer below {raw}, {stay}{doubt}")
    if plan.pending:
        notes.append(f"{_files(len(plan.pending))} still being written (--settle), left for the next run")
    return notes


def _describe_unlisted(tree: RawTree) -> list[str]:
    """Return which folders nobody can look into: what is known of them stays."""
    rest = "what is known of its files stays as it is"
    lines = [f"folder {folder} {reason}; {rest}" for folder, reason in tree.unlisted.items()]
    more = len(lines) - LINES_SHOWN
    return lines[:LINES_SHOWN] + [f"… and {more:,} more such folders"] * (more > 0)


def _files(count: int) -> str:
    return f"{counted(count, 'file')} {'is' if count == 1 else 'are'}"


def are_many(lost: int, ledger: Ledger) -> bool:
    """Return whether so many known files are gone that the disk of the raw root may not be mounted."""
    return lost > LOST_SHARE * known_files(ledger)


def known_files(ledger: Ledger) -> int:
    """Return the number of files that held something."""
    statuses = ledger.statuses()
    return sum(statuses[status] for status in ("ingested", "duplicate", "container"))


def _discover(settings: Settings, options: Options, version: Version | None) -> RawTree:
    """Return the raw tree; one that is not there is empty, but only if rows are to go by force."""
    root = place_of(settings.raw)
    if version and options.prune and options.force and not root.exists():
        return RawTree({}, 0, settings.include)
    refuse_own_folders(root, options.processed)
    return discover(root, settings.include, not_raw(settings, options.processed), Limit(settings.max_article_mb))


def not_raw(settings: Settings, processed: Place) -> list[Place]:
    """Return what is not part of the raw root, should it lie below."""
    return [processed, *(place_of(p) for p in (settings.metadata, settings.corrections) if p)]


# What newsframes makes, and deletes again, below the processed root.
_OWN_FOLDERS = frozenset({"versions", "staging", "runs", "data"})


def refuse_own_folders(raw: Place, processed: Place) -> None:
    """Refuse a raw root among what newsframes makes and deletes.

    Raises:
        OptionsError: It is the processed root itself, or lies in a folder of the dataset.
    """
    raw_name, root = PurePosixPath(real_name(raw)), PurePosixPath(real_name(processed))
    if raw_name.is_relative_to(root) and (raw_name == root or raw_name.relative_to(root).parts[0] in _OWN_FOLDERS):
        raise OptionsError(f"raw folder {raw} is part of the dataset in {processed}: keep raw files elsewhere")


def _backfill(inputs: Inputs, settings: Settings, version: Version | None, selection: Selection) -> Plan:
    if version is None:
        raise OptionsError("there is no dataset to restate in this processed folder; `newsframes ingest` makes one")
    if version.manifest.settings.raw != settings.raw:
        raise OptionsError(
            f"this dataset was made from {version.manifest.settings.raw}; a backfill reads the same raw folder "
            "(`newsframes ingest --raw` moves to another one)"
        )
    return plan_backfill(inputs, selection.select(version, inputs.ledger))


def _refuse_lost_files(plan: Plan, ledger: Ledger, raw: str) -> None:
    """Refuse to prune after a raw root that lost many files: its disk may not be mounted.

    Raises:
        OptionsError: It lost more than a tenth of them.
    """
    if are_many(len(plan.removed), ledger):
        raise OptionsError(
            f"{len(plan.removed):,} of {known_files(ledger):,} known files are no longer below {raw}: not pruned, as "
            "its disk may not be mounted. If they are meant to go, say --force."
        )


def _article_paths(tree: RawTree, ledger: Ledger, plan: Plan) -> Iterator[str]:
    """Yield the paths of all files and members that are there, also in archives that nobody has to open, sorted."""
    inside: set[str] = set()
    for rows in ledger.tables(["raw_path", "status"]):
        living = rows["raw_path"].filter(pc.not_equal(rows["status"], text("removed")))
        inside.update(path for path in living.to_pylist() if path not in tree.files)
    inside.update(path for work in plan.work if (path := work.file.raw_path) not in tree.files)
    members = sorted(inside.difference(plan.removed, plan.lapsed))
    yield from heapq.merge((path for path in tree.files if not is_container(path)), members)
