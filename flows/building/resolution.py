"""What a run's rows make of the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from flows.building.fragments import FragmentFiles
from flows.planning.ledger import was_fault
from flows.planning.plan import Plan, Reason
from flows.planning.prepare import Prepared
from flows.raw.limits import was_too_large
from flows.raw.tree import RawFile
from flows.runs import REJECTS_NOTED, Run
from transforms import RULES_VERSION
from transforms.among import is_among, values_of
from transforms.ledger import resolve
from transforms.schemas import FILES, with_column


@dataclass(frozen=True)
class Resolved:
    """What becomes of the ledger and of what is staged.

    Attributes:
        ledger: The new rows of `FILES`, sorted by raw_path; those of other files are as they were.
        carriers: Paths of the files that were read and whose article rows go into the dataset.
        dropped: Articles whose present rows go out of it, to be replaced or not.
    """

    ledger: pa.Table
    carriers: pa.ChunkedArray
    dropped: frozenset[str]


def resolve_ledger(prepared: Prepared, run: Run, staged: Sequence[FragmentFiles]) -> Resolved:
    """Return the new rows of the ledger and which rows make the next version.

    Only files that the plan is about come into it, and those that hold, or held, the same articles.

    Args:
        prepared: The plan and what it was made from.
        run: The run that read the files.
        staged: Where the files are that were read.
    """
    plan, ledger = prepared.plan, prepared.ledger
    files = pa.concat_tables([FILES.schema.empty_table(), *(taken.rows() for taken in staged)])
    known = _concerned(prepared, files).to_pandas()
    read = files.to_pandas()
    is_lost = _is_lost(read, known)
    run.counts["unreadable"] = int(is_lost.sum())
    faults = read.loc[is_lost & read["reason"].map(was_fault).astype(bool)]  # the ledger may have what they held before
    run.rejected = faults[["raw_path", "reason"]].head(REJECTS_NOTED).to_numpy().tolist()
    known = _touched(known[~is_among(known["raw_path"], plan.lapsed)], plan.touched)
    copies = known[known["status"] == "duplicate"]["raw_path"]
    is_lost_copy = is_lost & is_among(read["raw_path"], copies)  # they may be needed to carry an article
    lost_copies = read.loc[is_lost_copy, "raw_path"]
    gone = dict.fromkeys(lost_copies, "a copy that can no longer be read") | _damaged(read[is_lost], plan)
    unread = {path for taken in staged for path in taken.fragment.unreadable} | plan.unread
    before = known[is_among(known["raw_path"], faults["raw_path"])]
    unread |= ledger.archives_of({*gone, *before[before["status"] != "rejected"]["raw_path"]})
    gone |= dict.fromkeys(plan.unreachable, "a copy that can no longer be read")
    gone |= dict.fromkeys(plan.pruned, "no longer below the raw folder") | plan.lost
    archives = ledger.files(unread.difference(known["raw_path"]), FILES.schema.names).to_pandas()
    rows = [read[~is_lost] if is_lost.any() else read, _archive_rows(plan, run), _removed_rows(known, gone, run)]
    present = pd.concat([known, archives], ignore_index=True)
    resolution = resolve(present, pd.concat(rows, ignore_index=True), frozenset(prepared.forgotten))
    ledger = FILES.conform(resolution.ledger)
    carriers = pa.table({"raw_path": resolution.carriers})["raw_path"].cast(pa.string())
    resolved = _note_corrections(Resolved(ledger, carriers, resolution.dropped), prepared)
    # An archive whose members could not be read is one that the next run has not seen yet.
    is_unread = pc.is_in(ledger["raw_path"], pa.array(sorted(unread), pa.string()))
    raw_sha256 = pc.if_else(is_unread, None, ledger["raw_sha256"])
    return replace(resolved, ledger=with_column(resolved.ledger, "raw_sha256", raw_sha256))


def _concerned(prepared: Prepared, read: pa.Table) -> pa.Table:
    """Return the present rows of all files that a run is about, and of those that hold the same articles."""
    plan, ledger, columns = prepared.plan, prepared.ledger, FILES.schema.names
    if not ledger.spans():
        return FILES.schema.empty_table()
    paths = {*read["raw_path"].to_pylist(), *plan.known_paths, *plan.lapsed, *plan.unreachable, *plan.lost}
    paths.update(file.raw_path for file in (*plan.touched, *(archive.file for archive in plan.containers)))
    own = ledger.files(paths | plan.unread, columns)
    articles = {*own["article_id"].to_pylist(), *read["article_id"].to_pylist(), *prepared.forgotten} - {None}
    copies = ledger.of_articles(articles, columns)
    return pa.concat_tables([own, copies.filter(pc.invert(pc.is_in(copies["raw_path"], own["raw_path"])))])


def corrected_articles(resolved: Resolved, plan: Plan) -> pa.ChunkedArray:
    """Return the articles to which the corrections file is applied: those whose rows are new, or whose lines are."""
    ledger = resolved.ledger
    is_new, is_corrected = (
        pc.is_in(ledger["raw_path"], paths) for paths in (resolved.carriers, pa.array(plan.corrected, pa.string()))
    )
    is_carrier = pc.equal(ledger["status"], "ingested")
    return ledger["article_id"].filter(pc.and_(is_carrier, pc.or_(is_new, is_corrected)))


def _note_corrections(resolved: Resolved, prepared: Prepared) -> Resolved:
    """Return the ledger with the digest of the lines that are applied to each file's article."""
    file, articles = prepared.corrections, resolved.ledger["article_id"]
    lines = list(file.lines) if file else []
    if not lines and resolved.ledger["corrections_sha256"].null_count == len(articles):
        return resolved
    digests = pa.array([file.digest(i) for i in lines] if file else [], pa.string())
    applied = digests.take(pc.index_in(articles, pa.array(lines, pa.string())))
    before = pc.if_else(pc.is_valid(articles), resolved.ledger["corrections_sha256"], None)
    is_meant = pc.is_in(articles, corrected_articles(resolved, prepared.plan))
    digest = pc.if_else(is_meant, applied, before)
    return replace(resolved, ledger=with_column(resolved.ledger, "corrections_sha256", digest))


def _is_lost(read: pd.DataFrame, known: pd.DataFrame) -> pd.Series[bool]:
    """Return which files give nothing now that they did not give before: what the ledger has of them stays.

    They could not be read, or the rules failed at them. One that has become too large holds something else by now.
    """
    had_article = known[known["status"].isin(("ingested", "duplicate"))]["raw_path"]
    is_unreadable = read["raw_sha256"].isna() & ~read["reason"].map(was_too_large).astype(bool)
    is_fault = read["reason"].map(was_fault).astype(bool)
    is_told = values_of(read["raw_path"], known["raw_path"], known["reason"]) == read["reason"]
    return ((is_unreadable | is_fault) & is_among(read["raw_path"], had_article)) | (is_fault & is_told)


def _damaged(lost: pd.DataFrame, plan: Plan) -> dict[str, str]:
    """Return why the files cannot be read whose article has no row any more, so that it does not stay as it was."""
    reasons = dict(zip(lost["raw_path"], lost["reason"], strict=True))
    paths = (w.file.raw_path for w in plan.work if w.reason is Reason.DAMAGED)
    return {path: f"its rows were damaged, and it {_told(reasons[path])}" for path in paths if path in reasons}


def _told(reason: str) -> str:
    return reason if reason.startswith("cannot be read") else f"cannot be read: {reason}"


def _archive_rows(plan: Plan, run: Run) -> pd.DataFrame:
    rows = [
        {
            "raw_path": archive.file.raw_path,
            "size": archive.file.size,
            "modified": pd.Timestamp(archive.file.modified, unit="us", tz="UTC"),
            "raw_sha256": archive.raw_sha256,
            "status": "rejected" if archive.reason else "container",
            "reason": archive.reason,
            "rules_version": RULES_VERSION,
            "run_id": run.run_id,
            "finished_at": pd.Timestamp.now("UTC"),
        }
        for archive in plan.containers
    ]
    frame: pd.DataFrame = FILES.conform(pd.DataFrame(rows)).to_pandas()
    return frame


def _removed_rows(known: pd.DataFrame, reasons: Mapping[str, str], run: Run) -> pd.DataFrame:
    rows = known[is_among(known["raw_path"], reasons.keys())]
    return rows.assign(
        status="removed",
        reason=rows["raw_path"].map(reasons),
        article_id=None,
        run_id=run.run_id,
        finished_at=pd.Timestamp.now("UTC"),
    )


def _touched(known: pd.DataFrame, touched: list[RawFile]) -> pd.DataFrame:
    """Note the new times and the sizes of files whose content is as before."""
    if not touched:
        return known
    times = {f.raw_path: pd.Timestamp(f.modified, unit="us", tz="UTC") for f in touched}
    sizes = {f.raw_path: f.size for f in touched}  # a repair without the raw root does not know them
    return known.assign(
        modified=known["raw_path"].map(times).fillna(known["modified"]),
        size=known["raw_path"].map(sizes).fillna(known["size"]).astype("int64"),
    )
