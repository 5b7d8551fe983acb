"""Forgetting an article: out of the dataset, out of the versions that are kept, and out of every later run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from flows.building.publish import in_this_process, publish, sweep, until_committed
from flows.dataset import AnyDataset, DatasetDamaged, Version, dataset_in, hold_lock
from flows.dataset.aside import copies_aside
from flows.dataset.forgotten import add_forgotten, read_forgotten, take_back_forgotten
from flows.dataset.parquet import read_parquet
from flows.planning.ledger import Ledger, read_ledger
from flows.planning.lookup import ARTICLE_ID, current_version
from flows.planning.options import Options, OptionsError
from flows.planning.plan import Plan
from flows.planning.prepare import Prepared
from flows.runs import Run
from flows.storage import Place
from transforms.schemas import ARTICLES


@dataclass(frozen=True)
class Forgetting:
    """What became of articles that were to be forgotten.

    Attributes:
        article_ids: These articles.
        version: The version without them; None if the current one had none of them.
        purged: Versions that held one and are deleted.
        copies: Parquet files that held one and are deleted: a repair had moved them aside.
        raw_paths: Raw files that hold one, by the ledger: newsframes never touches them.
        near_duplicates: Articles that are still there and are near-duplicates of one.
    """

    article_ids: list[str]
    version: int | None
    purged: list[int]
    copies: list[str]
    raw_paths: list[str]
    near_duplicates: list[str]


def forget(
    processed: Place,
    article_ids: Collection[str],
    reason: str | None = None,
    wait_seconds: float = 0,
    say: Callable[[str], None] = lambda _: None,
) -> Forgetting:
    """Commit a version without some articles, delete the kept ones that hold them, and keep them out of later runs.

    The note that they are to be forgotten comes first: when this dies, the next run, of whatever kind, finishes it. An
    article that is not there is kept out, too. So are revisions of its files.

    Args:
        processed: The processed root.
        article_ids: The articles.
        reason: Why, to be kept with the note.
        wait_seconds: How long to wait for another writer.
        say: Told what the user should know.

    Raises:
        OptionsError: One of them is no article_id, or there is no dataset.
        DatasetBusy: Another run holds the dataset for longer than `wait_seconds`.
        DatasetDamaged: The dataset is not as a commit leaves it; the next run after its repair finishes this.
    """
    dataset = _checked(processed, article_ids)
    run = Run("forget")
    with hold_lock(processed, run.run_id, wait_seconds, say), run.recorded(dataset.runs):
        add_forgotten(processed, article_ids, reason)
        dataset.refuse_blocked_links()
        dataset.discard_uncommitted()
        raw_paths, near = until_committed(lambda: _commit_without(article_ids, dataset, run), say)
        copies = copies_aside(processed, article_ids)
        purged = sweep(dataset, Options(keep_versions=len(dataset.all_versions())))
    return Forgetting(sorted(article_ids), run.version, purged, copies, raw_paths, near)


def _commit_without(article_ids: Collection[str], dataset: AnyDataset, run: Run) -> tuple[list[str], list[str]]:
    """Commit a version without some articles; return the raw files that hold one, and near-duplicates of one."""
    version = dataset.current()
    ledger = read_ledger(version)
    assert version is not None
    near = _near_duplicates(version, set(article_ids))
    prepared = _prepared(dataset, version, ledger)
    raw_paths = _paths(ledger, article_ids, ("article_id", "previous_article_id"))
    if not prepared.is_idle:
        with in_this_process() as each:
            publish(prepared, run, each)
    return raw_paths, near


def remember(processed: Place, article_ids: Collection[str], wait_seconds: float = 0) -> None:
    """Take articles off the list of forgotten ones: the next run reads their files again, if they are still there.

    Raises:
        OptionsError: One of them is not on it.
        DatasetBusy: Another run holds the dataset for longer than `wait_seconds`.
    """
    _checked(processed, article_ids)
    with hold_lock(processed, "remember", wait_seconds):
        unknown = set(article_ids) - read_forgotten(processed).keys()
        if unknown:
            raise OptionsError(f"not forgotten: {', '.join(sorted(unknown))}")
        take_back_forgotten(processed, article_ids)


def _checked(processed: Place, article_ids: Collection[str]) -> AnyDataset:
    for article_id in article_ids:
        if not ARTICLE_ID.fullmatch(article_id):
            raise OptionsError(f"{article_id} is no article_id: 32 hex digits, as in the table articles")
    with suppress(DatasetDamaged):  # there is one, and the note of what is to be forgotten comes first
        current_version(processed)
    return dataset_in(processed)


def _prepared(dataset: AnyDataset, version: Version, ledger: Ledger) -> Prepared:
    """Return a run that does nothing but forget, whatever else there is to do."""
    forgotten = frozenset(read_forgotten(dataset.root))
    plan = Plan(forgetting=_paths(ledger, forgotten, ("article_id",)))
    return Prepared(
        dataset, version, version.manifest.settings, Options(processed=dataset.root), ledger, None, forgotten, plan
    )


def _paths(ledger: Ledger, article_ids: Collection[str], columns: Sequence[str]) -> list[str]:
    """Return the paths of the files that one of some columns says hold, or held, any of some articles."""
    wanted = pa.array(sorted(article_ids), pa.string())
    found: set[str] = set()
    for rows in ledger.tables(["raw_path", *columns]):
        for column in columns:
            found.update(rows["raw_path"].filter(pc.is_in(rows[column], wanted)).to_pylist())
    return sorted(found)


def _near_duplicates(version: Version, article_ids: set[str]) -> list[str]:
    """Return the other articles that share an original with one of some articles, or are it; file by file."""
    columns = ["article_id", "duplicate_of"]
    wanted = pa.array(sorted(article_ids), pa.string())
    originals: set[str] = set()
    for path in set(version.find_files(article_ids).values()):
        rows = read_parquet(version.place(path), columns)
        originals.update(_originals(rows).filter(pc.is_in(rows["article_id"], wanted)).to_pylist())
    near: set[str] = set()
    for _, file in version.partition_files(ARTICLES.name) if originals else ():
        rows = read_parquet(file, columns)
        is_near = pc.is_in(_originals(rows), pa.array(sorted(originals), pa.string()))
        near.update(rows["article_id"].filter(is_near).to_pylist())
    return sorted(near - article_ids)


def _originals(articles: pa.Table) -> pa.ChunkedArray:
    return pc.coalesce(articles["duplicate_of"], articles["article_id"])
