"""What a Parquet file says that it is sorted by is true of it, and depends on its rows alone."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from conftest import RawFolder, digests, story

from flows.runs import Run
from transforms.schemas import ALL_TABLES, PARTITIONED, TABLES

ALL = tuple(table.name for table in ALL_TABLES)


def declared(file: Path) -> list[tuple[str, str]]:
    """Return what every row group of a file says, as a sort key of pyarrow."""
    metadata = pq.ParquetFile(file).metadata
    said = {metadata.row_group(i).sorting_columns for i in range(metadata.num_row_groups)}
    assert len(said) == 1
    columns = said.pop()
    assert not any(c.nulls_first or c.descending for c in columns)
    return [(metadata.schema.names[c.column_index], "ascending") for c in columns]


@pytest.mark.parametrize("partition_by", ["day", "month", "year"])
def test_rows_are_sorted_as_declared(tmp_path: Path, run_locally: Callable[..., Run], partition_by: str) -> None:
    run_locally(Path(__file__).parent.parent / "data/raw", tmp_path / "p", partition_by=partition_by)
    files = sorted((tmp_path / "p/current").resolve().rglob("*.parquet"))
    sortings = {file: declared(file) for file in files}
    for file, keys in sortings.items():
        rows = pq.ParquetFile(file).read()
        if keys:
            order = pc.sort_indices(rows, keys).to_numpy()
            assert (order == np.arange(len(rows))).all(), file
    undeclared = {file for file, keys in sortings.items() if not keys}
    assert {file.relative_to(tmp_path).parts[3] for file in undeclared} <= {"paragraphs", "quotes", "uncorrected"}
    assert bool(undeclared) == (partition_by != "day")


def test_what_is_declared_is_the_key_of_each_table() -> None:
    by_name = {table.name: table for table in (*TABLES, *PARTITIONED)}
    assert by_name["articles"].sorting(is_by_id=False) == ("published_date", "article_id")
    assert by_name["files"].sorting(is_by_id=False) == ("raw_path",)
    assert by_name["quotes"].sorting(is_by_id=True) == ("article_id", "start", "end")
    assert by_name["quotes"].sorting(is_by_id=False) == ()


def day(number: int, date: int) -> str:
    return f"herald/2025/03/{date:02d}/story-{number}.txt"


@pytest.mark.parametrize(
    ("first", "then"),
    [
        pytest.param([(1, 3)], [(2, 9)], id="another-date-comes"),
        pytest.param([(n, 3) for n in range(6)], [(n, 9) for n in range(6, 9)], id="some-of-another-date-come"),
        pytest.param([(n, 3) for n in range(4)], [(9, 5)], id="one-without-quotes-comes"),
    ],
)
def test_files_that_stay_are_those_of_a_dataset_made_at_once(
    raw: RawFolder,
    tmp_path: Path,
    run_locally: Callable[..., Run],
    first: list[tuple[int, int]],
    then: list[tuple[int, int]],
) -> None:
    for number, date in first:
        raw.write(day(number, date), story(number))
    run_locally(raw.root, tmp_path / "grown")
    for number, date in then:
        raw.write(day(number, date), "It rained.\n" if number == 9 else story(number))
    run_locally(raw.root, tmp_path / "grown")
    run_locally(raw.root, tmp_path / "at-once")
    tables = tuple(name for name in ALL if name != "files")  # which tells when each was read
    assert digests(tmp_path / "grown", tables) == digests(tmp_path / "at-once", tables)


def test_a_date_that_moves_without_a_row_that_changes(
    raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]
) -> None:
    """Paragraphs have no date: their file stays, and is still that of a dataset made at once."""
    for number in range(8):
        raw.write(day(number, 3), story(number))
    run_locally(raw.root, tmp_path / "grown")
    ids = pq.read_table(tmp_path / "grown/articles")["article_id"].to_pylist()
    last = max(ids)
    side = tmp_path / "side.csv"
    path = {r["article_id"]: r["raw_path"] for r in pq.read_table(tmp_path / "grown/articles").to_pylist()}[last]
    side.write_text(f"path,published_date\n{path},2025-03-20\n", encoding="utf-8")
    run_locally(raw.root, tmp_path / "grown", metadata=side)
    run_locally(raw.root, tmp_path / "at-once", metadata=side)
    tables = tuple(name for name in ALL if name != "files")
    assert digests(tmp_path / "grown", tables) == digests(tmp_path / "at-once", tables)
    (quotes,) = (tmp_path / "grown/current/quotes").resolve().rglob("*.parquet")
    assert declared(quotes) == [(name, "ascending") for name in ("article_id", "start", "end")]
