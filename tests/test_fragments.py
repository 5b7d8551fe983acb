"""Staged rows come back as they were, partition by partition."""

import datetime
import os
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from flows.building.batches import BATCH_BYTES, cut_batches
from flows.building.fragments import Fragment, find_fragments, write_fragment
from flows.dataset import Recipe
from flows.planning.plan import Reason, Work
from flows.raw.tree import RawFile
from transforms.partitions import Partition, PartitionBy
from transforms.schemas import ARTICLES, FILES, FINGERPRINTS, PARAGRAPHS, QUOTES, STAGED


def recipe(partition_by: PartitionBy) -> Recipe:
    return Recipe("/raw", partition_by, ("{outlet}/{slug}",))


DATES = {"a": datetime.date(2016, 3, 31), "b": datetime.date(2016, 4, 1), "c": None, "d": datetime.date(2016, 3, 1)}


def tables(dates: dict[str, datetime.date | None]) -> dict[str, pa.Table]:
    ids = list(dates)
    moment = pd.Timestamp(0, unit="s", tz="UTC")
    every = {f.name: 0 if pa.types.is_integer(f.type) else "x" for t in STAGED for f in t.schema if not f.nullable}
    articles = pd.DataFrame(
        {**every, "article_id": ids, "published_date": pd.Series(dates.values(), dtype=object), "raw_path": ids}
    )
    paragraphs = pd.DataFrame({**every, "article_id": [i for i in ids for _ in "12"]})
    ledger = {"size": 1, "modified": moment, "status": "ingested", "rules_version": 1, "run_id": "r"}
    files = pd.DataFrame({**ledger, "raw_path": ids, "article_id": ids, "finished_at": moment})
    return {
        "articles": ARTICLES.conform(articles),
        "paragraphs": PARAGRAPHS.conform(paragraphs),
        "quotes": QUOTES.conform(pd.DataFrame({**every, "article_id": ["b"] if "b" in ids else []})),
        "fingerprints": FINGERPRINTS.conform(articles[["article_id", "published_date"]]),
        "files": FILES.conform(files),
    }


def ids_of(fragment: Fragment, partition: Partition) -> dict[str, list[Any]]:
    return {t.name: fragment.read(t, partition)["article_id"].to_pylist() for t in STAGED}


def test_rows_lie_in_the_partition_of_their_article(tmp_path: Path) -> None:
    fragment = write_fragment(tmp_path / "run" / "000000", tables(DATES), recipe("month"))
    assert fragment.partitions == ((0, 0), (2016, 3), (2016, 4))
    twice = ["a", "a", "d", "d"]
    assert ids_of(fragment, (2016, 3)) == {
        "articles": ["a", "d"], "paragraphs": twice, "quotes": [], "fingerprints": ["a", "d"]
    }  # fmt: skip
    assert ids_of(fragment, (2016, 4)) == {
        "articles": ["b"], "paragraphs": ["b", "b"], "quotes": ["b"], "fingerprints": ["b"]
    }  # fmt: skip
    assert ids_of(fragment, (0, 0))["articles"] == ["c"]


def test_rows_are_what_was_staged(tmp_path: Path) -> None:
    staged = tables({"b": DATES["b"]})
    fragment = write_fragment(tmp_path / "000000", staged, recipe("day"))
    for table in STAGED:
        assert fragment.read(table, (2016, 4, 1)).equals(staged[table.name], check_metadata=True)
    assert fragment.files().equals(staged["files"], check_metadata=True)
    assert fragment.carriers() == {"b": "b"}
    assert fragment.known()["b"].article_id == "b"


def test_batch_without_articles_has_ledger_rows_alone(tmp_path: Path) -> None:
    staged = {**tables({}), "files": tables({"a": None})["files"]}
    fragment = write_fragment(tmp_path / "000000", staged, recipe("month"))
    assert fragment.partitions == ()
    assert fragment.carriers() == {}
    assert list(fragment.known()) == ["a"]


def test_only_complete_fragments_are_found(tmp_path: Path) -> None:
    written = [write_fragment(tmp_path / run / "000000", tables(DATES), recipe("year")) for run in ("run-2", "run-1")]
    complete = tmp_path / "run-2" / "000000"
    for name in ("000001.working", "000002"):
        (tmp_path / "run-2" / name).mkdir()
    (tmp_path / "run-2" / "000001.working" / "fragment.json").write_bytes((complete / "fragment.json").read_bytes())
    assert list(find_fragments(tmp_path)) == written[::-1]
    assert list(find_fragments(tmp_path / "nowhere")) == []


@pytest.mark.parametrize("name", ["articles.arrow", "files.arrow", "fragment.json"])
@pytest.mark.parametrize("size", [None, 0, 100])
def test_fragment_that_is_not_whole_is_no_fragment(tmp_path: Path, name: str, size: int | None) -> None:
    """The run that was to delete it was killed, or power was lost."""
    fragment = write_fragment(tmp_path / "run" / "000000", tables(DATES), recipe("day"))
    if size is None:
        (fragment.folder / name).unlink()
    else:
        os.truncate(fragment.folder / name, size)
    assert list(find_fragments(tmp_path)) == []


def test_of_two_workers_at_one_batch_the_first_counts(tmp_path: Path) -> None:
    """A merge may be reading what the first one wrote when the second, which was taken for dead, has done the same."""
    folder = tmp_path / "run" / "000000"
    first = write_fragment(folder, tables(DATES), recipe("month"))
    with first.open(ARTICLES) as reader:
        second = write_fragment(folder, tables({"b": DATES["b"]}), recipe("month"))
        assert reader.read_all().num_rows == len(DATES)
    assert second == first
    assert list(find_fragments(tmp_path)) == [first]
    assert [p.name for p in (tmp_path / "run").iterdir()] == ["000000"]


def test_what_stands_in_the_place_of_a_fragment_is_told(tmp_path: Path) -> None:
    (tmp_path / "run" / "000000" / "something").mkdir(parents=True)
    with pytest.raises(OSError, match="not empty"):
        write_fragment(tmp_path / "run" / "000000", tables(DATES), recipe("month"))
    assert [p.name for p in (tmp_path / "run").iterdir()] == ["000000"]


@pytest.mark.parametrize(
    ("sizes", "batch_size", "expected"),
    [
        pytest.param([1, 1, 1], 2, [[1, 1], [1]], id="number"),
        pytest.param([1, 1], 2, [[1, 1]], id="just-full"),
        pytest.param([BATCH_BYTES, 1], 9, [[BATCH_BYTES], [1]], id="bytes"),
        pytest.param([1, BATCH_BYTES - 1, 1], 9, [[1, BATCH_BYTES - 1], [1]], id="bytes-just-full"),
        pytest.param([3 * BATCH_BYTES, 1], 9, [[3 * BATCH_BYTES], [1]], id="one-file-larger-than-a-batch"),
        pytest.param([], 9, [], id="nothing"),
    ],
)
def test_batches_end_at_number_or_bytes(sizes: list[int], batch_size: int, expected: list[list[int]]) -> None:
    work = [Work(RawFile(f"{i}.txt", Path(), size, 0), Reason.NEW, None) for i, size in enumerate(sizes)]
    batches = list(cut_batches(work, batch_size))
    assert [[w.file.size for w in batch] for batch in batches] == expected
    assert [w for batch in batches for w in batch] == work
