"""A ledger made anew: from that of another version, and from what the table articles says."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.dataset import Dataset, Version
from flows.dataset.damage import is_whole, read_whole
from flows.dataset.parquet import read_parquet
from flows.planning.ledger import LEDGER_FILE
from flows.repairing.raw_files import RawFiles
from flows.repairing.sources import Sources
from flows.repairing.survey import Survey
from transforms.schemas import ARTICLES, FILES

Row = dict[str, Any]
_ARTICLE = ["raw_path", "raw_sha256", "article_id", "rules_version"]
_LONG_AGO = datetime.datetime.fromtimestamp(0, datetime.UTC)


def other_ledger(dataset: Dataset, version: Version) -> tuple[pa.Table, int | None]:
    """Return the ledger of the newest other version that has it whole, and that version's number; else none."""
    for other in reversed(dataset.all_versions()):
        file = other.folder / LEDGER_FILE
        entry = other.manifest.files.get(LEDGER_FILE) if other.has_manifest else None
        if other.number != version.number and (is_whole(file, entry) if entry else read_whole(file, FILES)):
            return read_parquet(file), other.number
    return FILES.schema.empty_table(), None


def restore_ledger(survey: Survey, other: pa.Table, raw_files: RawFiles, run_id: str) -> pa.Table:
    """Return a ledger that fits the articles which are there.

    Of archives it holds no row, so that the next ingest looks into each. A file that it does not know is new to the
    next ingest, which then reads it.

    Args:
        survey: What is whole of the version.
        other: The ledger of another version.
        raw_files: Where sizes and times come from.
        run_id: Of this run.
    """
    before = {row["raw_path"]: row for row in other.to_pylist()}
    articles = {row["raw_path"]: row for row in _articles(survey)}
    unknown = {path: row["raw_sha256"] for path, row in articles.items() if not _is_of(before.get(path), row)}
    found = raw_files.find(unknown.keys())
    rows = list(_others(before, articles, has_gaps=bool(survey.broken)))
    for path, article in articles.items():
        known = before[path] if path not in unknown else _new_row(article, run_id)
        if path in found and found[path].raw_sha256 == unknown[path]:
            known |= {"size": found[path].file.size, "modified": found[path].file.modified}
        rows.append({**known, "status": "ingested", "reason": None})
    table = pa.Table.from_pylist(rows, FILES.schema)
    return table.take(pc.sort_indices(table, [("raw_path", "ascending")]))


def amend_ledger(ledger: pa.Table, sources: Sources) -> pa.Table:
    """Return the ledger with the hash and the rules of the text that was taken from another version."""
    taken = {row["raw_path"]: row for table in sources.texts for row in table.select(_ARTICLE).to_pylist()}
    rows = ledger.to_pylist()
    changed = [{**row, **taken[path]} if (path := row["raw_path"]) in sources.older else row for row in rows]
    return pa.Table.from_pylist(changed, FILES.schema) if sources.older else ledger


def _articles(survey: Survey) -> Iterator[Row]:
    """Yield path, hash, id and rules of the articles in every file of theirs that is whole."""
    whole = (place for path, (place, _) in survey.whole.items() if path.startswith(f"{ARTICLES.name}/"))
    for file in (*whole, *survey.texts.values()):
        yield from read_parquet(file, _ARTICLE).to_pylist()


def _is_of(known: Row | None, article: Row) -> bool:
    if known is None or known["status"] not in ("ingested", "duplicate"):
        return False
    return all(known[name] == article[name] for name in _ARTICLE)


def _others(before: Mapping[str, Row], articles: Mapping[str, Row], has_gaps: bool) -> Iterator[Row]:
    """Yield the rows of files that carry no article which is there.

    Args:
        before: The ledger of another version.
        articles: The articles that are there, by the path of the file that carries each.
        has_gaps: Whether there may have been others.
    """
    carriers = {article["article_id"]: path for path, article in articles.items()}
    for path, row in before.items():
        if path in articles or row["status"] == "container":
            continue
        carrier = carriers.get(row["article_id"])
        if row["article_id"] is None or (carrier is None and has_gaps):
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
