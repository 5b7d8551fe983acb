"""Articles that a repair cannot bring back: refused beforehand if they are many, and told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from flows.planning.ledger import Known
from flows.planning.options import OptionsError
from flows.planning.prepare import HELD, LOST_SHARE
from flows.progress import counted
from flows.repairing.raw_files import RawFiles
from flows.repairing.sources import Sources
from flows.repairing.survey import Survey


def refuse_losses(sources: Sources, known: Mapping[str, Known], raw_files: RawFiles) -> None:
    """Refuse to go on without articles for want of a raw root.

    Raises:
        OptionsError: It is not there, cannot be listed, is empty, or lost more than a tenth of the known files.
    """
    gone = [path for path in sources.lost if not raw_files.is_there(path)]
    why = _doubt(gone, known, raw_files) if gone else None
    if why:
        count = len({known[path].article_id for path in gone})
        raise OptionsError(
            f"{counted(count, 'article')} can only be made from raw files, and {why}: is its disk mounted? --raw names "
            "another folder; --force goes on without"
        )


def _doubt(gone: Collection[str], known: Mapping[str, Known], raw_files: RawFiles) -> str | None:
    """Return why a disk may not be mounted."""
    if raw_files.problem:
        return raw_files.problem
    if not raw_files.tree.files:
        return f"no raw file is below {raw_files.root}"
    if any(map(raw_files.tree.may_hold, gone)):
        return f"folders below {raw_files.root} cannot be listed"
    held = sum(row.status in HELD for row in known.values())
    if len(gone) > LOST_SHARE * held:
        return f"{len(gone):,} of {held:,} known files are no longer below {raw_files.root}"
    return None


def note_outcome(sources: Sources, known: Mapping[str, Known], ledger: Mapping[str, Known]) -> None:
    """Note what was read and is not as it was, and as lost, or carried by a copy, what turned out to hold no article.

    Args:
        sources: Where each article was to come from.
        known: The ledger before.
        ledger: The ledger of the new version.
    """
    living = {k.article_id for k in ledger.values() if k.status == "ingested"}
    for path in sorted(sources.read):
        now = ledger[path]
        if now.status in ("ingested", "duplicate") or now.is_forgotten:
            continue
        if known[path].article_id in living:
            sources.carried.append(path)
        else:
            sources.lost[path] = _why(now)
    sources.changed.update(path for path, now in ledger.items() if _has_changed(known.get(path), now))


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
