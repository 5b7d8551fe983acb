"""Status: what is in the dataset, what is pending, what was rejected and why, what the last runs did."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pyarrow.compute as pc

from flows.dataset import AnyDataset, DatasetDamaged, FileEntry, Version, dataset_in
from flows.dataset.forgotten import read_forgotten
from flows.dataset.parquet import read_parquet
from flows.dataset.rollback import what_holds
from flows.planning.ledger import Ledger, read_ledger
from flows.planning.options import Options, OptionsError
from flows.planning.plan import expected_partitions
from flows.planning.prepare import Prepared, prepare
from flows.raw.tree import RawRootError
from flows.reports.freshness import QuietOutlet, quiet_outlets
from flows.runs import read_runs
from transforms.partitions import folder_of
from transforms.schemas import ARTICLES, TABLES

RUNS_SHOWN = 5


@dataclass(frozen=True)
class Status:
    """What there is to know of a dataset.

    Attributes:
        processed: The processed root.
        version: Number of the current version; None before the first commit.
        committed_at: When it was committed, ISO, UTC.
        settings: What it was made from.
        rows: Of each table.
        first_date: Earliest published_date, ISO.
        last_date: Latest one.
        undated: Articles without a date.
        languages: Articles by language; quotes of others than English have no speaker.
        near_duplicates: Articles that repeat an earlier one.
        files: Ledger rows by status.
        rejected: [raw_path, reason] of what could not be used.
        pending: The plan, in short; None where the raw root cannot be read, for the reason in `problem`.
        problem: Why there is no plan.
        notes: What the user should know of side file and corrections file.
        runs: The last runs, newest first.
        held: What holds runs: a rollback, until it is released.
        forgotten: Articles that are kept out for good.
        quiet: Outlets that used to publish regularly and stopped.
    """

    processed: str
    version: int | None = None
    committed_at: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    first_date: str | None = None
    last_date: str | None = None
    undated: int = 0
    languages: dict[str, int] = field(default_factory=dict)
    near_duplicates: int = 0
    files: dict[str, int] = field(default_factory=dict)
    rejected: list[list[str]] = field(default_factory=list)
    pending: dict[str, Any] | None = None
    problem: str | None = None
    notes: list[str] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)
    held: str | None = None
    forgotten: int = 0
    quiet: list[QuietOutlet] = field(default_factory=list)


def read_status(options: Options, has_plan: bool = True) -> Status:
    """Return the status of a dataset; writes nothing.

    Args:
        options: Which dataset, and what it is made from.
        has_plan: Look at the raw tree for what is pending, and into the articles, too.
    """
    dataset = dataset_in(options.processed)
    version = dataset.current()
    prepared, problem = _prepare(options) if has_plan else (None, None)
    ledger = prepared.ledger if prepared else read_ledger(version)
    facts = _article_facts(version) if version and has_plan else {}
    entries = version.manifest.files.values() if version else ()
    return Status(
        processed=str(options.processed),
        version=version.number if version else None,
        committed_at=_time(version) if version else None,
        settings=version.manifest.to_json()["settings"] if version else {},
        rows={t.name: version.manifest.rows(t.name) for t in TABLES} if version else {},
        first_date=min((e.first_date for e in entries if e.first_date), default=None),
        last_date=max((e.last_date for e in entries if e.last_date), default=None),
        files=dict(ledger.statuses()),
        rejected=_rejected(ledger),
        pending=describe_plan(prepared) if prepared else None,
        problem=problem,
        notes=prepared.notes if prepared else [],
        runs=read_runs(dataset.runs, RUNS_SHOWN),
        held=what_holds(dataset.root),
        forgotten=len(read_forgotten(dataset.root)),
        **facts,
    )


def describe_plan(prepared: Prepared) -> dict[str, Any]:
    """Return what a run would do: files by reason, partitions touched."""
    plan = prepared.plan
    known = prepared.ledger.rows(set(plan.known_paths))
    articles = {row.article_id for row in known.values() if row.article_id}
    home = prepared.version.find_articles(articles) if prepared.version else {}
    settings = prepared.settings
    touched = expected_partitions(plan, home, known, settings.partition_by, settings.path_templates)
    return {
        "read": plan.reasons(),
        "archives": len(plan.containers),
        "unchanged": plan.unchanged,
        "pending": plan.pending,
        "removed": plan.removed,
        "corrected": plan.corrected,
        "forgetting": plan.forgetting,
        "is_pruning": plan.is_pruning,
        "stale": plan.stale,
        "other": plan.other_count,
        "partitions": {folder_of(p) if p else "known once read": n for p, n in sorted(touched.items(), key=str)},
        "selection": prepared.options.selection.name if prepared.options.selection else None,
        "raw": prepared.settings.raw,
        "is_empty": plan.is_empty,
    }


@dataclass(frozen=True)
class KeptVersion:
    """One kept version.

    Attributes:
        number: Its number.
        is_current: Whether readers see it.
        committed_at: ISO time, UTC.
        parent: The version that it was made from.
        rules_version: Of the rules of the code that wrote it.
        rows: Of each table; none if it cannot be read.
        own_bytes: Of the files that no other kept version shares: what deleting it would free.
        problem: Why it cannot be read.
    """

    number: int
    is_current: bool
    committed_at: str
    parent: int | None = None
    rules_version: int | None = None
    rows: dict[str, int] = field(default_factory=dict)
    own_bytes: int = 0
    problem: str | None = None


def describe_versions(dataset: AnyDataset) -> list[KeptVersion]:
    """Return the kept versions, newest first."""
    current, versions = dataset.current(), dataset.all_versions()
    users = Counter(file for v in versions if v.has_manifest for file in v.manifest.files.items())
    return [_describe_version(v, v == current, users) for v in reversed(versions)]


def _describe_version(version: Version, is_current: bool, users: Counter[tuple[str, FileEntry]]) -> KeptVersion:
    try:
        manifest = version.manifest
        version.refuse_short(manifest.files)
    except DatasetDamaged as error:
        return KeptVersion(version.number, is_current, "", problem=str(error))
    return KeptVersion(
        version.number,
        is_current,
        _time(version),
        manifest.parent,
        manifest.rules_version,
        {t.name: manifest.rows(t.name) for t in TABLES},
        sum(entry.bytes for path, entry in manifest.files.items() if users[path, entry] == 1),
    )


def _prepare(options: Options) -> tuple[Prepared | None, str | None]:
    try:
        return prepare(options), None
    except (RawRootError, OptionsError) as error:
        return None, str(error)


def _rejected(ledger: Ledger) -> list[list[str]]:
    rows = (
        rows.filter(pc.equal(rows["status"], "rejected")) for rows in ledger.tables(["raw_path", "status", "reason"])
    )
    return sorted([row["raw_path"], row["reason"] or ""] for part in rows for row in part.to_pylist())


def _time(version: Version) -> str:
    return datetime.datetime.fromtimestamp(version.committed_at, datetime.UTC).isoformat(timespec="seconds")


def _article_facts(version: Version) -> dict[str, Any]:
    languages: Counter[str] = Counter()
    undated = near_duplicates = 0
    for _, path in version.partition_files(ARTICLES.name):
        rows = read_parquet(path, ["language", "published_date", "duplicate_of"])
        languages.update(language or "not known" for language in rows["language"].to_pylist())
        undated += rows["published_date"].null_count
        near_duplicates += len(rows) - rows["duplicate_of"].null_count
    quiet = quiet_outlets(version, datetime.date.today())
    return {
        "languages": dict(languages.most_common()),
        "undated": undated,
        "near_duplicates": near_duplicates,
        "quiet": quiet,
    }
