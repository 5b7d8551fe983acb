"""Which raw file carries an article: what a run's new rows make of the ledger."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from transforms.among import is_among, values_of
from transforms.schemas import FORGOTTEN


@dataclass(frozen=True)
class Resolution:
    """What becomes of the present and the staged rows.

    Attributes:
        ledger: The new rows of `FILES`, sorted by raw_path; those of files that are in neither are as they were.
        carriers: Paths of the staged files whose article rows go into the dataset.
        dropped: Articles whose present rows go out of it, to be replaced or not.
    """

    ledger: pd.DataFrame
    carriers: pd.Series[str]
    dropped: frozenset[str]


def resolve(present: pd.DataFrame, staged: pd.DataFrame, forgotten: frozenset[str] = frozenset()) -> Resolution:
    """Merge a run's ledger rows into the present ledger.

    Of several copies of one article (the same article_id), the one of the smallest raw_path is `ingested` and
    carries the article's rows; the others are `duplicate`. That choice depends on the paths alone, so the order in
    which files arrive does not matter.

    Args:
        present: Rows of `FILES` before the run: of the files that are staged and of all that hold, or held, an article
            that one of them holds, or held, or that is forgotten.
        staged: Rows of `FILES` of what the run read (or knows to be gone); they replace those of the same path.
        forgotten: Articles to keep out, and revisions of theirs: a file that held one holds nothing any more.
    """
    staged = _with_previous(present, staged)
    kept = present[~is_among(present["raw_path"], staged["raw_path"])]
    ledger = pd.concat([kept.assign(_staged=False), staged.assign(_staged=True)], ignore_index=True)
    ledger = _without_forgotten(_in_order(ledger), present, forgotten)

    alive = ledger["status"].isin(("ingested", "duplicate"))
    is_copy = alive & pd.Series(pd.factorize(ledger["article_id"].where(alive))[0]).duplicated()
    is_carrier = alive & ~is_copy

    rows_stay = ledger.loc[is_carrier & ~ledger["_staged"] & (ledger["status"] == "ingested"), "article_id"]
    had_rows = present.loc[present["status"] == "ingested", "article_id"]

    ledger.loc[is_carrier, "status"] = "ingested"
    ledger.loc[is_carrier, "reason"] = None
    ledger.loc[is_copy, "status"] = "duplicate"
    copied = values_of(ledger.loc[is_copy, "article_id"], ledger["article_id"].where(is_carrier), ledger["raw_path"])
    ledger.loc[is_copy, "reason"] = "same article as " + copied
    return Resolution(
        ledger.drop(columns="_staged"),
        carriers=ledger.loc[is_carrier & ledger["_staged"], "raw_path"],
        dropped=frozenset(had_rows) - frozenset(rows_stay),
    )


def are_in_order(raw_paths: pa.Array | pa.ChunkedArray) -> bool:
    """Return whether paths rise, as those of a first run do: rows that are sorted again are copied."""
    return bool(pc.all(pc.less(raw_paths[:-1], raw_paths[1:])).as_py())


def _in_order(ledger: pd.DataFrame) -> pd.DataFrame:
    is_sorted = are_in_order(pa.array(ledger["raw_path"], pa.string()))
    return ledger if is_sorted else ledger.sort_values("raw_path", ignore_index=True)


def _with_previous(present: pd.DataFrame, staged: pd.DataFrame) -> pd.DataFrame:
    """Fill previous_article_id: the article before the last revision, kept while the text stays the same."""
    before, known = (
        values_of(staged["raw_path"], present["raw_path"], present[name])
        for name in ("article_id", "previous_article_id")
    )
    revised = before.notna() & (before != staged["article_id"])
    previous = before.where(revised, known)
    previous = previous.where(previous != staged["article_id"])  # one that comes back is no revision of itself
    return staged.assign(previous_article_id=previous)


def _without_forgotten(ledger: pd.DataFrame, present: pd.DataFrame, forgotten: frozenset[str]) -> pd.DataFrame:
    """Reject files of forgotten articles; previous_article_id then tells which article it was."""
    if not forgotten:
        return ledger
    kept_out = present[(present["reason"] == FORGOTTEN) & is_among(present["previous_article_id"], forgotten)]
    is_article = is_among(ledger["article_id"], forgotten)
    is_revision = ledger["article_id"].notna() & is_among(ledger["raw_path"], kept_out["raw_path"])
    is_forgotten = is_article | is_revision
    return ledger.assign(
        status=ledger["status"].mask(is_forgotten, "rejected"),
        reason=ledger["reason"].mask(is_forgotten, FORGOTTEN),
        previous_article_id=ledger["previous_article_id"].mask(is_article, ledger["article_id"]),
        article_id=ledger["article_id"].mask(is_forgotten, None),
    )
