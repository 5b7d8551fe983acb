"""A run rewrites the partitions whose rows change, and no other."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import RawFolder, digests, rows, story

from flows.dataset import Dataset
from flows.runs import Run

RunLocally = Callable[..., Run]
Ingest = Callable[..., set[str]]

MARCH, APRIL = "year=2016/month=3", "year=2016/month=4"


def originals(processed: Path) -> dict[str, str | None]:
    """Return {raw_path: raw_path of the article that it repeats}, of those that repeat one."""
    articles = rows(processed, "articles")
    paths = {row["article_id"]: row["raw_path"] for row in articles}
    return {row["raw_path"]: paths[row["duplicate_of"]] for row in articles if row["duplicate_of"]}


def inodes(processed: Path) -> dict[str, int]:
    current = (processed / "current").resolve()
    return {path: (current / path).stat().st_ino for path in digests(processed, ("articles", "paragraphs", "quotes"))}


def changed(before: dict[str, int], after: dict[str, int]) -> set[str]:
    """Return the partitions with a file that is new, another one, or gone."""
    paths = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    return {path.partition("/")[2].removesuffix("/part-0.parquet") for path in paths}


@pytest.fixture
def ingest(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> Ingest:
    """Write files, ingest: Ingest, and return the partitions that were rewritten."""

    def write_and_run(files: dict[str, str], **options: Any) -> set[str]:
        before = inodes(tmp_path / "p") if Dataset(tmp_path / "p").current() else {}
        for path, content in files.items():
            raw.write(path, content)
        run_locally(raw.root, tmp_path / "p", **options)
        return changed(before, inodes(tmp_path / "p"))

    return write_and_run


def dated(date: str, number: int) -> str:
    return f"---\ndate: {date}\n---\n\n{story(number)}"


def texts(processed: Path) -> dict[str, str]:
    return {
        row["raw_path"]: f"{row['published_date']} {row['text'].split(' will')[0]}"
        for row in rows(processed, "articles")
    }


def test_only_the_partition_of_a_new_file_is_rewritten(tmp_path: Path, ingest: Ingest) -> None:
    ingest({"a.txt": dated("2016-03-01", 1), "b.txt": dated("2016-04-01", 2)})
    assert ingest({"c.txt": dated("2016-04-09", 3)}) == {APRIL}


def test_changed_file_replaces_its_rows(tmp_path: Path, ingest: Ingest) -> None:
    ingest({"a.txt": dated("2016-03-01", 1), "b.txt": dated("2016-03-01", 2), "c.txt": dated("2016-04-01", 3)})
    assert ingest({"a.txt": dated("2016-03-01", 9)}) == {MARCH}
    assert texts(tmp_path / "p") == {
        "a.txt": "2016-03-01 “The pier number 9",
        "b.txt": "2016-03-01 “The pier number 2",
        "c.txt": "2016-04-01 “The pier number 3",
    }
    held = {row["article_id"] for row in rows(tmp_path / "p", "articles")}
    for table in ("paragraphs", "quotes"):
        assert {row["article_id"] for row in rows(tmp_path / "p", table)} == held


@pytest.mark.parametrize("neighbour", [False, True], ids=["alone-in-its-month", "with-others-in-its-month"])
def test_changed_date_moves_the_rows(tmp_path: Path, ingest: Ingest, neighbour: bool) -> None:
    others = {"b.txt": dated("2016-03-02", 2)} if neighbour else {}
    ingest({"a.txt": dated("2016-03-01", 1), "d.txt": dated("2016-06-01", 4), **others})
    assert ingest({"a.txt": dated("2016-04-01", 1)}) == {MARCH, APRIL}
    assert texts(tmp_path / "p")["a.txt"] == "2016-04-01 “The pier number 1"
    assert any(MARCH in path for path in digests(tmp_path / "p")) is neighbour


@pytest.mark.parametrize("first", ["a/copy.txt", "b/copy.txt"])
def test_article_in_two_places_is_one_row(tmp_path: Path, ingest: Ingest, first: str) -> None:
    dates = {"a/copy.txt": "2016-03-01", "b/copy.txt": "2016-04-01"}
    ingest({first: dated(dates[first], 1)})
    ingest({path: dated(date, 1) for path, date in dates.items() if path != first})
    assert texts(tmp_path / "p") == {"a/copy.txt": "2016-03-01 “The pier number 1"}
    assert {path.split("/", 1)[1] for path in digests(tmp_path / "p")} == {f"{MARCH}/part-0.parquet"}


REPRINT = f"---\ndate: 2016-04-02\n---\n\n{story(1, changed=2)}"


@pytest.mark.parametrize(
    "arrivals",
    [
        pytest.param([["a.txt", "b.txt"]], id="at-once"),
        pytest.param([["a.txt"], ["b.txt"]], id="original-first"),
        pytest.param([["b.txt"], ["a.txt"]], id="reprint-first"),
    ],
)
def test_near_duplicates_across_a_month_boundary(tmp_path: Path, ingest: Ingest, arrivals: list[list[str]]) -> None:
    files = {"a.txt": dated("2016-03-30", 1), "b.txt": REPRINT}
    for paths in arrivals:
        rewritten = ingest({path: files[path] for path in paths})
    assert rewritten == ({MARCH, APRIL} if arrivals[-1] != ["b.txt"] else {APRIL})
    assert originals(tmp_path / "p") == {"b.txt": "a.txt"}


def test_original_that_goes_is_forgotten_in_the_other_month(raw: RawFolder, tmp_path: Path, ingest: Ingest) -> None:
    ingest({"a.txt": dated("2016-03-30", 1), "b.txt": REPRINT})
    (raw.root / "a.txt").unlink()
    assert ingest({}, prune=True, force=True) == {MARCH, APRIL}
    assert originals(tmp_path / "p") == {}


def test_original_that_moves_out_of_the_window_is_forgotten(tmp_path: Path, ingest: Ingest) -> None:
    ingest({"a.txt": dated("2016-03-26", 1), "b.txt": REPRINT})
    assert originals(tmp_path / "p") == {"b.txt": "a.txt"}
    ingest({"a.txt": dated("2016-03-25", 1)})
    assert originals(tmp_path / "p") == {}


def test_neighbour_without_duplicates_is_not_rewritten(tmp_path: Path, ingest: Ingest) -> None:
    ingest({"a.txt": dated("2016-03-30", 1), "b.txt": dated("2016-04-02", 2)})
    assert ingest({"c.txt": dated("2016-04-03", 3)}) == {APRIL}


@pytest.mark.parametrize(
    ("by", "folders"),
    [
        pytest.param("day", {"year=2016/month=3/day=30", "year=2016/month=4/day=2", "year=0/month=0/day=0"}, id="day"),
        pytest.param("year", {"year=2016", "year=0"}, id="year"),
    ],
)
def test_partitioning_changes_where_rows_lie_and_not_what_they_are(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, by: str, folders: set[str]
) -> None:
    for path, content in {"a.txt": dated("2016-03-30", 1), "b.txt": REPRINT, "c.txt": story(3)}.items():
        raw.write(path, content)
    run_locally(raw.root, tmp_path / by, partition_by=by)
    run_locally(raw.root, tmp_path / "reference", partition_by="month")
    assert {path.partition("/")[2].removesuffix("/part-0.parquet") for path in digests(tmp_path / by)} == folders
    assert originals(tmp_path / by) == {"b.txt": "a.txt"}
    for table in ("articles", "paragraphs", "quotes"):
        found, expected = (sorted(rows(tmp_path / name, table), key=str) for name in (by, "reference"))
        assert found == expected


def test_rows_are_sorted_by_date_then_article(tmp_path: Path, ingest: Ingest) -> None:
    days = [9, 1, 5, 5, 3]
    ingest({f"{i}.txt": dated(f"2016-03-{day:02}", i) for i, day in enumerate(days)}, batch_size=2)
    articles = rows(tmp_path / "p", "articles")
    order = [(row["published_date"], row["article_id"]) for row in articles]
    assert order == sorted(order)
    assert [date.day for date, _ in order] == sorted(days)
    ranks = {article_id: i for i, (_, article_id) in enumerate(order)}
    paragraphs = [(ranks[row["article_id"]], row["paragraph_index"]) for row in rows(tmp_path / "p", "paragraphs")]
    assert paragraphs == sorted(paragraphs)
    quotes = [(ranks[row["article_id"]], row["start"], row["end"]) for row in rows(tmp_path / "p", "quotes")]
    assert quotes == sorted(quotes)


def test_manifest_gives_the_dates_of_each_file(tmp_path: Path, ingest: Ingest) -> None:
    ingest({"a.txt": dated("2016-03-30", 1), "b.txt": dated("2016-03-02", 2), "c.txt": story(3)})
    version = Dataset(tmp_path / "p").current()
    assert version is not None
    dates = {path: (e.first_date, e.last_date) for path, e in version.manifest.files.items()}
    assert dates[f"quotes/{MARCH}/part-0.parquet"] == ("2016-03-02", "2016-03-30")
    assert dates["quotes/year=0/month=0/part-0.parquet"] == (None, None)
    assert dates["files/part-0.parquet"] == (None, None)
