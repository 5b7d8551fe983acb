"""A ledger made anew: from that of another version, and from what the table articles says."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.dataset import Version
from flows.dataset.damage import is_whole, read_whole
from flows.dataset.parquet import read_parquet
from flows.planning.ledger import LEDGER_FILE, Ledger, read_ledger
from flows.repairing.raw_files import RawFiles
from flows.repairing.sources import Sources, Taken, text_files
from flows.repairing.survey import Survey
from transforms.schemas import ARTICLES, FILES, with_column

Row = dict[str, Any]
_ARTICLE = ["raw_path", "raw_sha256", "article_id", "rules_version"]
_LONG_AGO = datetime.datetime.fromtimestamp(0, datetime.UTC)
_UNKNOWN = "0" * 64
"""Digest of what the side file said when nobody knows what it said: none is like it, so that the file is read."""


def other_ledger(survey: Survey) -> tuple[pa.Table, Version | None]:
    """Return the ledger of the newest version before that has it whole, and that version; else an empty one."""
    for version in survey.others.before:
        if ledger := _ledger_of(version):
            return pa.concat_tables(ledger.tables(FILES.schema.names)), version
    return FILES.schema.empty_table(), None


def _ledger_of(version: Version) -> Ledger | None:
    """Return the ledger of another version, if it can be relied on."""
    if not version.has_manifest:
        file = version.folder / LEDGER_FILE
        return Ledger({LEDGER_FILE: file}) if read_whole(file, FILES) is not None else None
    entries = version.manifest.files
    parts = version.manifest.paths(FILES.name)
    return read_ledger(version) if all(is_whole(version.folder / path, entries[path]) for path in parts) else None


def restore_ledger(
    survey: Survey, other: pa.Table, donor: Version | None, raw_files: RawFiles, run_id: str
) -> pa.Table:
    """Return a ledger that fits the articles which are there, and those that have to be.

    What is whole of it stays. Of archives it holds no other row, so that the next ingest looks into each. A file that
    it does not know is new to the next ingest, which then reads it.

    Args:
        survey: What is whole of the version.
        other: The ledger of another version.
        donor: That version.
        raw_files: Where sizes and times come from.
        run_id: Of this run.
    """
    whole = Ledger(survey.ledger)
    kept = pa.concat_tables([FILES.schema.empty_table(), *whole.tables(FILES.schema.names)])
    before = {row["raw_path"]: row for row in _between(other, whole).to_pylist()}
    ids = {row["article_id"] for row in before.values()}
    articles = {row["raw_path"]: row for row in _articles(survey, kept["raw_path"], ids)}
    lacking = articles.keys() - whole.rows(articles.keys()).keys()
    unknown = {path: articles[path]["raw_sha256"] for path in lacking if not _is_of(before.get(path), articles[path])}
    found = raw_files.find(unknown.keys())
    rows = list(_others(before, articles, _may_be_lost(survey, donor, before)))
    for path in lacking:
        known = before[path] if path not in unknown else _new_row(articles[path], run_id)
        if path in found and found[path].raw_sha256 == unknown[path]:
            known |= {"size": found[path].file.size, "modified": found[path].file.modified}
        rows.append({**known, "status": "ingested", "reason": None})
    return _sorted([kept, pa.Table.from_pylist(rows, FILES.schema)])


def _between(rows: pa.Table, ledger: Ledger) -> pa.Table:
    """Return the rows that lie in no part of a ledger: its parts tell of all files that lie in them."""
    for span in ledger.spans().values():
        paths = rows["raw_path"]
        rows = rows.filter(pc.or_(pc.less(paths, span.first), pc.greater(paths, span.last)))
    return rows


def _sorted(parts: Sequence[pa.Table]) -> pa.Table:
    rows = pa.concat_tables(parts)
    return rows.take(pc.sort_indices(rows, [("raw_path", "ascending")]))


def amend_ledger(ledger: pa.Table, sources: Sources, has_moved: bool) -> tuple[pa.Table, frozenset[str]]:
    """Return the ledger with what is known of texts that are not its own, and the paths that it no longer knows well.

    The next ingest reads the files of these, if they are there.

    Args:
        ledger: The ledger.
        sources: Where each article comes from.
        has_moved: Whether the raw root is another one: size and time say nothing of a file in another folder.
    """
    changed = sources.changed & sources.from_texts
    if not (has_moved or changed or sources.older):
        return ledger, frozenset()
    is_meant = pc.is_in(ledger["raw_path"], pa.array(sorted({*changed, *sources.older}), pa.string()))
    rows = {row["raw_path"]: row for row in ledger.filter(is_meant).to_pylist()}
    taken = {path: row for taken in sources.texts if taken.version for path, row in _amended(rows, taken)}
    amended = {path: {**row, "modified": _LONG_AGO} for path, row in {**rows, **taken}.items() if path in changed}
    own = pa.Table.from_pylist(list({**rows, **taken, **amended}.values()), FILES.schema)
    table = _sorted([ledger.filter(pc.invert(is_meant)), own])
    if has_moved:
        long_ago = pa.scalar(_LONG_AGO, FILES.schema.field("modified").type)
        table = with_column(table, "modified", pa.repeat(long_ago, len(table)))
    return table, frozenset(changed.union(taken))


def _amended(rows: Mapping[str, Row], taken: Taken) -> Iterator[tuple[str, Row]]:
    """Yield the rows of files whose text is taken from another version, unless it is the very same text."""
    assert taken.version is not None
    ledger = _ledger_of(taken.version)
    columns = [*_ARTICLE, "metadata_sha256"]
    before = ledger.files(taken.paths.values(), columns).to_pylist() if ledger else []
    said = {row["raw_path"]: row for row in before}
    for article in taken.read(_ARTICLE).to_pylist():
        row = rows[path := article["raw_path"]]
        is_same = path in said and all(row[name] == value for name, value in {**said[path], **article}.items())
        if not is_same:
            yield path, {**row, **article, "size": 0, "modified": _LONG_AGO, "metadata_sha256": _UNKNOWN}


def _articles(survey: Survey, kept: pa.ChunkedArray, ids: Collection[str | None]) -> Iterator[Row]:
    """Yield path, hash, id and rules of the articles in every file of theirs that is whole.

    Args:
        survey: Where these files are.
        kept: Paths of files whose rows of the ledger are there: articles of no other are left out,
        ids: unless they are these.
    """
    wanted = pa.array(sorted(filter(None, ids)), pa.string())
    for file in (*survey.whole_files(ARTICLES), *survey.texts.values()):
        rows = read_parquet(file, _ARTICLE)
        is_left_out = pc.and_not(pc.is_in(rows["raw_path"], kept), pc.is_in(rows["article_id"], wanted))
        yield from rows.filter(pc.invert(is_left_out)).to_pylist()


def _is_of(known: Row | None, article: Row) -> bool:
    if known is None or known["status"] not in ("ingested", "duplicate"):
        return False
    return all(known[name] == article[name] for name in _ARTICLE)


def _may_be_lost(survey: Survey, donor: Version | None, before: Mapping[str, Row]) -> Collection[str]:
    """Return the articles of another version's ledger that may have been in a file that nobody can read any more.

    All others that are not there were taken out, or moved, on purpose.
    """
    if donor is None:
        return ()
    wanted = {row["article_id"] for row in before.values() if row["article_id"]}
    missing, elsewhere = set[str](), set[str]()
    is_unsure = False
    for partition, file in text_files(donor, survey):
        if file is None:
            is_unsure |= survey.may_lack(partition)
            continue
        ids = read_parquet(file, ["article_id"])["article_id"].to_pylist()
        (missing if survey.may_lack(partition) else elsewhere).update(wanted.intersection(ids))
    return wanted - elsewhere if is_unsure else missing


def _others(before: Mapping[str, Row], articles: Mapping[str, Row], lost: Collection[str]) -> Iterator[Row]:
    """Yield the rows of files that carry no article which is there.

    Args:
        before: The ledger of another version.
        articles: The articles that are there, by the path of the file that carries each.
        lost: Articles that are not there and may have been.
    """
    carriers = {article["article_id"]: path for path, article in articles.items()}
    for path, row in before.items():
        if path in articles or row["status"] == "container":
            continue
        carrier = carriers.get(row["article_id"])
        if row["article_id"] is None or (carrier is None and row["article_id"] in lost):
            yield row
        elif carrier is not None and carrier < path:
            yield {**row, "status": "duplicate", "reason": f"same article as {carrier}"}


def _new_row(article: Row, run_id: str) -> Row:
    return {
        **article,
        "size": 0,
        "modified": _LONG_AGO,
        "run_id": run_id,
        "finished_at": datetime.datetime.now(datetime.UTC),
    }
