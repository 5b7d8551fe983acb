"""What a run's rows make of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from flows.building.fragments import Fragment
from flows.planning.ledger import was_fault
from flows.planning.plan import Plan, Reason
from flows.planning.prepare import Prepared
from flows.raw.limits import was_too_large
from flows.raw.tree import RawFile
from flows.runs import REJECTS_NOTED, Run
from flows.storage import Place
from transforms import RULES_VERSION
from transforms.among import is_among
from transforms.ledger import Resolution, resolve
from transforms.schemas import FILES


def resolve_ledger(prepared: Prepared, run: Run, staged: Mapping[str, Fragment]) -> Resolution:
    """Return the new rows of the ledger and which rows make the next version.

    Only files that the plan is about come into it, and those that hold, or held, the same articles.

    Args:
        prepared: The plan and what it was made from.
        run: The run that read the files.
        staged: The fragment that holds each file that was read, by raw_path.
    """
    plan, ledger = prepared.plan, prepared.ledger
    read = _rows_of(staged)
    known = _concerned(prepared, read).to_pandas()
    is_lost = _is_lost(read, known)
    run.counts["unreadable"] = int(is_lost.sum())
    faults = read.loc[is_lost & read["reason"].map(was_fault).astype(bool)]  # the ledger may have what they held before
    run.rejected = faults[["raw_path", "reason"]].head(REJECTS_NOTED).to_numpy().tolist()
    known = _touched(known[~is_among(known["raw_path"], plan.lapsed)], plan.touched)
    copies = known[known["status"] == "duplicate"]["raw_path"]
    is_lost_copy = is_lost & is_among(read["raw_path"], copies)  # they may be needed to carry an article
    lost_copies = read.loc[is_lost_copy, "raw_path"]
    gone = dict.fromkeys(lost_copies, "a copy that can no longer be read") | _damaged(read[is_lost], plan)
    unread = {path for fragment in staged.values() for path in fragment.unreadable} | plan.unread
    before = known[is_among(known["raw_path"], faults["raw_path"])]
    unread |= ledger.archives_of({*gone, *before[before["status"] != "rejected"]["raw_path"]})
    gone |= dict.fromkeys(plan.unreachable, "a copy that can no longer be read")
    gone |= dict.fromkeys(plan.pruned, "no longer below the raw folder") | plan.lost
    archives = ledger.files(unread.difference(known["raw_path"]), FILES.schema.names).to_pandas()
    rows = [read[~is_lost], _archive_rows(plan, run), _removed_rows(known, gone, run)]
    present = pd.concat([known, archives], ignore_index=True)
    resolution = resolve(present, pd.concat(rows, ignore_index=True), frozenset(prepared.forgotten))
    resolved = _note_corrections(resolution, prepared)
    # An archive whose members could not be read is one that the next run has not seen yet.
    raw_sha256 = resolved["raw_sha256"].mask(is_among(resolved["raw_path"], unread))
    return replace(resolution, ledger=resolved.assign(raw_sha256=raw_sha256))


def _concerned(prepared: Prepared, read: pd.DataFrame) -> pa.Table:
    """Return the present rows of all files that a run is about, and of those that hold the same articles."""
    plan, ledger, columns = prepared.plan, prepared.ledger, FILES.schema.names
    paths = {*read["raw_path"], *plan.known_paths, *plan.lapsed, *plan.unreachable, *plan.lost, *plan.unread}
    paths.update(file.raw_path for file in (*plan.touched, *(archive.file for archive in plan.containers)))
    own = ledger.files(paths, columns)
    articles = {*own["article_id"].to_pylist(), *read["article_id"].dropna(), *prepared.forgotten} - {None}
    copies = ledger.of_articles(articles, columns)
    return pa.concat_tables([own, copies.filter(pc.invert(pc.is_in(copies["raw_path"], own["raw_path"])))])


def corrected_articles(resolution: Resolution, plan: Plan) -> set[str]:
    """Return the articles to which the corrections file is applied: those whose rows are new, or whose lines are."""
    ledger = resolution.ledger
    is_meant = is_among(ledger["raw_path"], resolution.carriers.union(plan.corrected)) & (
        ledger["status"] == "ingested"
    )
    return set(ledger.loc[is_meant, "article_id"])


def _note_corrections(resolution: Resolution, prepared: Prepared) -> pd.DataFrame:
    """Return the ledger with the digest of the lines that are applied to each file's article."""
    ledger, file = resolution.ledger, prepared.corrections
    meant = corrected_articles(resolution, prepared.plan)
    digests = {i: file.digest(i) for i in meant} if file else {}
    applied = ledger["article_id"].map(digests).astype("str")
    before = ledger["corrections_sha256"].astype("str").where(ledger["article_id"].notna())
    return ledger.assign(corrections_sha256=applied.where(is_among(ledger["article_id"], meant), before))


def _is_lost(read: pd.DataFrame, known: pd.DataFrame) -> pd.Series[bool]:
    """Return which files give nothing now that they did not give before: what the ledger has of them stays.

    They could not be read, or the rules failed at them. One that has become too large holds something else by now.
    """
    had_article = known[known["status"].isin(("ingested", "duplicate"))]["raw_path"]
    is_unreadable = read["raw_sha256"].isna() & ~read["reason"].map(was_too_large).astype(bool)
    is_fault = read["reason"].map(was_fault).astype(bool)
    is_told = read["raw_path"].map(known.set_index("raw_path")["reason"]) == read["reason"]
    return ((is_unreadable | is_fault) & is_among(read["raw_path"], had_article)) | (is_fault & is_told)


def _damaged(lost: pd.DataFrame, plan: Plan) -> dict[str, str]:
    """Return why the files cannot be read whose article has no row any more, so that it does not stay as it was."""
    reasons = dict(zip(lost["raw_path"], lost["reason"], strict=True))
    paths = (w.file.raw_path for w in plan.work if w.reason is Reason.DAMAGED)
    return {path: f"its rows were damaged, and it {_told(reasons[path])}" for path in paths if path in reasons}


def _told(reason: str) -> str:
    return reason if reason.startswith("cannot be read") else f"cannot be read: {reason}"


def _rows_of(staged: Mapping[str, Fragment]) -> pd.DataFrame:
    """Return the ledger rows of the files that were read, from the fragment that holds each."""
    tables = [FILES.schema.empty_table()]
    for fragment, paths in by_fragment(staged):
        files = fragment.files()
        tables.append(files.filter(pc.is_in(files["raw_path"], pa.array(paths, pa.string()))))
    rows: pd.DataFrame = pa.concat_tables(tables).to_pandas()
    return rows


def by_fragment(staged: Mapping[str, Fragment]) -> list[tuple[Fragment, list[str]]]:
    """Return each fragment with the paths that are taken from it, in the order of their folders."""
    paths: dict[Place, list[str]] = {}
    fragments = {fragment.folder: fragment for fragment in staged.values()}
    for path, fragment in staged.items():
        paths.setdefault(fragment.folder, []).append(path)
    return [(fragments[folder], paths[folder]) for folder in sorted(fragments)]


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
