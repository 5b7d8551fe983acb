"""Articles that a repair cannot bring back: refused beforehand if they are many, and told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

import pyarrow.compute as pc

from flows.planning.ledger import Known, Ledger, known_rows
from flows.planning.options import OptionsError
from flows.planning.prepare import are_many, known_files
from flows.progress import counted
from flows.repairing.raw_files import RawFiles
from flows.repairing.sources import Sources
from flows.repairing.survey import Survey
from transforms.schemas import FILES


def refuse_losses(sources: Sources, ledger: Ledger, raw_files: RawFiles) -> None:
    """Refuse to go on without articles for want of a raw root.

    Raises:
        OptionsError: It is not there, cannot be listed, is empty, or lost more than a tenth of the known files.
    """
    gone = [path for path in sources.lost if not raw_files.is_there(path)]
    why = _doubt(gone, ledger, raw_files) if gone else None
    if why:
        count = len({row.article_id for row in ledger.rows(gone).values()})
        raise OptionsError(
            f"{counted(count, 'article')} can only be made from raw files, and {why}: is its disk mounted? --raw names "
            "another folder; --force goes on without"
        )


def _doubt(gone: Collection[str], ledger: Ledger, raw_files: RawFiles) -> str | None:
    """Return why a disk may not be mounted."""
    if raw_files.problem:
        return raw_files.problem
    if not raw_files.tree.files:
        return f"no raw file is below {raw_files.root}"
    if any(map(raw_files.tree.may_hold, gone)):
        return f"folders below {raw_files.root} cannot be listed"
    if are_many(len(gone), ledger):
        return f"{len(gone):,} of {known_files(ledger):,} known files are no longer below {raw_files.root}"
    return None


def note_outcome(sources: Sources, before: Ledger, after: Ledger, run_id: str) -> None:
    """Note what was read and is not as it was, and as lost, or carried by a copy, what turned out to hold no article.

    Args:
        sources: Where each article was to come from.
        before: The ledger before.
        after: The ledger of the new version.
        run_id: Of the repair.
    """
    own, now = before.rows(sources.read.keys()), after.rows(sources.read.keys())
    copies = known_rows(after.of_articles({row.article_id for row in own.values() if row.article_id}))
    living = {row.article_id for row in copies.values() if row.status == "ingested"}
    for path in sorted(sources.read):
        if now[path].status in ("ingested", "duplicate") or now[path].is_forgotten:
            continue
        if own[path].article_id in living:
            sources.carried.append(path)
        else:
            sources.lost[path] = _why(now[path])
    read = _rows_of(after, run_id)
    known = before.rows(read.keys())
    sources.changed.update(path for path, row in read.items() if _has_changed(known.get(path), row))


def _rows_of(ledger: Ledger, run_id: str) -> dict[str, Known]:
    """Return what is known of the files that a run read."""
    parts = ((rows, pc.equal(rows["run_id"], run_id)) for rows in ledger.tables(FILES.schema.names))
    return {path: row for rows, is_own in parts for path, row in known_rows(rows.filter(is_own)).items()}


def _has_changed(before: Known | None, now: Known) -> bool:
    """Return whether a file was read, as a copy of one that had to be, and is not as it was."""
    if before is None or now.status not in ("ingested", "duplicate"):
        return False
    return now.raw_sha256 != before.raw_sha256


def _why(now: Known) -> str:
    if now.status == "rejected":
        return f"its rows were damaged, and its raw file is not as it was, and rejected now: {now.reason}"
    return str(now.reason)


def describe_undone(sources: Sources, survey: Survey) -> Iterator[str]:
    """Yield what is only left in versions that a rollback undid."""
    numbers = Counter(sources.older.values())
    for version in survey.others.undone:
        if count := numbers[version.number]:
            told = counted(count, "article")
            yield f"{told} came from version {version.number}, which was undone: nothing else had the text"
