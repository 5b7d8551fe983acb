"""What the commands print for a person."""

from __future__ import annotations

import datetime
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from flows.progress import counted, visible
from flows.storage import Place, place_of, scheme_of
from transforms.schemas import TABLES

if TYPE_CHECKING:  # it brings DuckDB
    from flows.forget import Forgetting
    from flows.reports.check import Violation
    from flows.reports.diff import PartitionDiff, Summary
    from flows.reports.freshness import QuietOutlet
    from flows.reports.status import KeptVersion, Status

_REJECTS_SHOWN = 20
_COUNTS = ("ingested", "duplicate", "rejected", "unreadable", "removed", "corrected", "forgotten", "resumed")


def echo(line: str = "") -> None:
    """Print a line of output."""
    typer.echo(visible(line))


def print_idle_run(run: dict[str, Any]) -> None:
    """Print that there was nothing to do."""
    is_backfill = run["flow"] == "backfill"
    echo(f"Nothing to do: {'no article to restate' if is_backfill else 'the dataset is up to date'}.")


def print_run(run: dict[str, Any], status: Status) -> None:
    """Print what a run did, where the tables are and how to open them."""
    counts, seconds = run["counts"], sum(run["seconds"].values())
    kinds = [k for k in _COUNTS if counts.get(k)]
    parts = ", ".join(f"{counts[kind]:,} {kind}" for kind in kinds)
    echo(f"Read {counted(counts['read'], 'file')} in {seconds:.1f} s" + (f": {parts}." if parts else "."))
    echo()
    _print_tables(status)
    echo()
    echo("Open them in Python:")
    echo(f"  import newsframes; print(newsframes.open({status.processed!r}).quotes())")
    if not _is_in_store(status):  # what is below a prefix is of all versions that are kept
        echo("or with anything that reads Parquet:")
        echo(f"  import pandas; print(pandas.read_parquet({status.processed + '/quotes'!r}))")
    _print_rejected(status.rejected)


def print_plan(plan: dict[str, Any]) -> None:
    """Print what a run would do."""
    total = sum(plan["read"].values())
    if plan["selection"]:
        echo(f"Backfill, {plan['selection']}:")
    echo(
        f"Would read {counted(total, 'file')}"
        + (f" and note {plan['archives']} archives" if plan["archives"] else "")
        + "."
    )
    for reason, count in sorted(plan["read"].items()):
        echo(f"  {reason:<18} {count:>9,}")
    _print_others(plan)
    if plan["partitions"]:
        echo("Partitions touched (files):")
        for folder, count in plan["partitions"].items():
            echo(f"  {folder:<24} {count:>6,}")


def print_status(status: Status) -> None:
    """Print the status of a dataset."""
    if status.version is None:
        echo(f"{status.processed}: no dataset yet; `newsframes ingest` makes one.")
    else:
        _print_dataset(status)
    if status.held:
        echo(f"HELD: {status.held}.")
    if status.forgotten:
        echo(f"Forgotten articles, kept out for good: {status.forgotten:,}")
    if status.pending is None:
        echo(f"Pending: not known, {status.problem}.")
    else:
        count = sum(status.pending["read"].values())
        told = (
            f"{counted(count, 'file')} to read; `newsframes plan` counts them by reason" if count else "nothing to read"
        )
        echo(f"Pending below {status.pending['raw']}: {told}.")
        _print_others(status.pending)
    for note in status.notes:
        echo(f"Note: {note}")
    if status.runs:
        echo("Last runs:")
    for run in status.runs:
        version = f" version {run['version']}" if run["version"] else ""
        why = f": {run['reason']}" if run["reason"] else ""
        read = f", {counted(run['counts']['read'], 'file')}" if "read" in run["counts"] else ""
        echo(f"  {run['started_at'][:19]}  {run['flow']}  {run['outcome']}{version}{read}, "
             f"{sum(run['seconds'].values()):.1f} s{why}")  # fmt: skip
    _print_rejected(status.rejected)


def print_versions(versions: Sequence[KeptVersion], processed: Place) -> None:
    """Print the versions that are kept."""
    if not versions:
        echo(f"{processed}: no dataset yet; `newsframes ingest` makes one.")
    for v in versions:
        mark = "→" if v.is_current else " "
        if v.problem:
            echo(f"{mark} {v.number:>6}  {v.problem}")
            continue
        rows = ", ".join(f"{count:,} {name}" for name, count in v.rows.items())
        echo(f"{mark} {v.number:>6}  {v.committed_at[:16].replace('T', ' ')} UTC  from {v.parent or '-'}, rules "
             f"{v.rules_version}; {rows}; {v.own_bytes / 1e6:,.1f} MB are freed if it goes")  # fmt: skip


def print_forgetting(found: Forgetting, processed: Place) -> None:
    """Print what became of forgotten articles, and which copies are out of reach."""
    if found.version:
        echo(f"Committed version {found.version} without {', '.join(found.article_ids)}.")
    else:
        echo(f"Not in the current version of {processed}: {', '.join(found.article_ids)}; kept out of later runs.")
        if not found.raw_paths:
            echo("No known file has it either: is the article_id right?")
    if found.purged:
        echo(f"Deleted the kept versions that held it: {', '.join(map(str, found.purged))}.")
    for path in found.copies:
        echo(f"Deleted a copy that a repair had moved aside: {path}.")
    echo("Out of reach of newsframes, and still to be dealt with:")
    for path in found.raw_paths:
        echo(f"  raw file {path}")
    for article_id in found.near_duplicates:
        echo(f"  near-duplicate article {article_id}: newsframes forget {article_id}")
    echo("  rows of the side file and lines of the corrections file about it")
    echo("  exports, backups, snapshots and copies of the dataset; readers that have it open; logs of runs")


def print_diff(summary: Summary) -> None:
    """Print what differs, a line each table and partition."""
    if not summary.has_other_rows:
        echo(f"Versions {summary.before} and {summary.after} hold the same rows.")
        return
    echo(f"Version {summary.before} to {summary.after} (+ added, ~ changed, - gone):")
    for part in summary.partitions:
        counts = f"{f'+{part.added:,}':>9} {f'~{part.changed:,}':>9} {f'-{part.gone:,}':>9}"
        echo(f"  {part.table:<11} {part.partition:<24} {counts}{_remark(part)}")


def _remark(part: PartitionDiff) -> str:
    remarks = {"added": ["new partition"], "gone": ["partition gone"], "changed": []}[part.file]
    if part.moved_away:
        remarks.append(f"{part.moved_away:,} moved away")
    if not part.has_other_rows:
        remarks.append("same rows")
    return f"   {', '.join(remarks)}" if remarks and part.partition else ""


def print_quiet_outlets(quiet: Sequence[QuietOutlet]) -> None:
    """Print a line each outlet; nothing if there is none."""
    if quiet:
        echo(f"Quiet ({counted(len(quiet), 'outlet')} stopped arriving):")
    for q in quiet:
        newest = q.last_date + datetime.timedelta(days=q.days_silent)
        echo(f"  {q.outlet}: nothing since {q.last_date} ({q.days_silent} days, up to {newest}; before, it paused "
             f"{q.usual_gap_days} at most)")  # fmt: skip


def print_violations(violations: Sequence[Violation], processed: Place) -> int:
    """Print what does not hold, and what mends it; return how many invariants are broken."""
    for violation in violations:
        echo(f"BROKEN  {violation.invariant}: {violation.meaning}")
        for row in violation.rows:
            echo(f"          {row}")
        if violation.count > len(violation.rows):
            echo(f"          … and {violation.count - len(violation.rows):,} more")
    if any(v.is_mendable for v in violations):
        echo("Links and files are mended, from raw files or other versions, by")
        echo(f"  newsframes repair --processed {shlex.quote(str(processed))}")
    return len(violations)


def _print_dataset(status: Status) -> None:
    _print_tables(status)
    dates = f"{status.first_date} to {status.last_date}{_age(status.last_date)}" if status.last_date else "none"
    echo(f"Dates: {dates}" + (f"; {counted(status.undated, 'article')} without one" if status.undated else ""))
    print_quiet_outlets(status.quiet)
    echo("Languages: " + (", ".join(f"{name} {count:,}" for name, count in status.languages.items()) or "none"))
    foreign = sum(count for name, count in status.languages.items() if name != "en")
    if foreign:
        others = f"{counted(foreign, 'article')} not in English, or in no language that was recognised"
        echo(f"  {others}: quotes without speakers")
    echo(f"Near-duplicates: {counted(status.near_duplicates, 'article')} like an earlier one (duplicate_of)")
    echo("Files: " + ", ".join(f"{count:,} {name}" for name, count in sorted(status.files.items())))


def _age(last_date: str) -> str:
    days = (datetime.date.today() - datetime.date.fromisoformat(last_date)).days
    return f" ({days:,} days ago)" if days > 1 else ""


def _print_tables(status: Status) -> None:
    echo(f"{status.processed}, version {status.version}, made from {status.settings['raw']}:")
    for table in TABLES:
        where = "" if _is_in_store(status) else f"   {status.processed}/{table.name}"
        echo(f"  {table.name:<11} {status.rows[table.name]:>10,} rows{where}")


def _is_in_store(status: Status) -> bool:
    return scheme_of(place_of(status.processed)) is not None


def _print_others(plan: dict[str, Any]) -> None:
    if plan["corrected"]:
        echo(f"  corrected          {len(plan['corrected']):>9,}   their lines of the corrections file changed")
    if plan["forgetting"]:
        echo(f"  to be forgotten    {len(plan['forgetting']):>9,}   their rows go")
    if plan["unchanged"]:
        echo(f"  unchanged          {plan['unchanged']:>9,}")
    if plan["pending"]:
        echo(f"  still written      {len(plan['pending']):>9,}   left for the next run (--settle)")
    if plan["removed"]:
        stay = (
            "cannot be restated, rows stay as they are" if plan["selection"] else "rows stay until a run with --prune"
        )
        what = "rows go" if plan["is_pruning"] else stay
        echo(f"  gone               {len(plan['removed']):>9,}   {what}")
    if plan["stale"]:
        echo(f"  older rules        {plan['stale']:>9,}   rows stay until `newsframes backfill --only-stale`")
    if plan["other"]:
        echo(f"  other files        {plan['other']:>9,}   not counted as raw by their endings")


def _print_rejected(rejected: Sequence[Sequence[str]]) -> None:
    if rejected:
        echo()
        echo(f"Rejected ({len(rejected):,}):")
    for path, reason in rejected[:_REJECTS_SHOWN]:
        echo(f"  {path}: {reason}")
    if len(rejected) > _REJECTS_SHOWN:
        echo(f"  … and {len(rejected) - _REJECTS_SHOWN:,} more; the table files has them all")
