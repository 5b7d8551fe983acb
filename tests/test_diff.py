"""What differs between two versions, key by key, and what is never opened to find out."""

import csv
import io
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import RawFolder, rows, run_here, story

from flows.cli.console import print_diff
from flows.dataset import Dataset, DatasetDamaged, Settings, Version
from flows.dataset.parquet import write_parquet
from flows.planning.prepare import OptionsError
from flows.reports import diff
from flows.reports.diff import Change, diff_versions, write_changes
from flows.runs import Run
from transforms.schemas import ARTICLES, FILES, QUOTES, Table

MARCH, APRIL, MAY, OCTOBER = (f"year=2016/month={month}" for month in (3, 4, 5, 10))
TIME = pd.Timestamp("2016-03-01", tz="UTC")


def changes(before: Version, after: Version) -> list[Change]:
    with diff_versions(before, after) as found:
        return list(found.changes())


def told(found: list[Change], table: str) -> set[tuple[str, str | None, str | None, str]]:
    return {(c.change, c.partition, c.previous_partition, c.key) for c in found if c.table == table}


def with_header(number: int, date: str, outlet: str) -> str:
    return f"---\ndate: {date}\noutlet: {outlet}\n---\n\n{story(number)}"


@dataclass(frozen=True)
class History:
    """A dataset of two versions; `old` and `new` give the article_id of a raw_path."""

    processed: Path
    before: Version
    after: Version
    old: dict[str, str]
    new: dict[str, str]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """One story revised, one moved, one with another outlet, one gone, one new; May stays as it is."""
    folder = tmp_path_factory.mktemp("history")
    raw, processed = RawFolder(folder / "raw"), folder / "processed"
    for number in range(10):
        raw.write(f"2016-03-{number + 10}/same-{number}.txt", story(number))
    raw.write("2016-03-03/revised.txt", story(20))
    raw.write("moved.txt", with_header(21, "2016-03-05", "Herald"))
    raw.write("renamed.txt", with_header(22, "2016-04-05", "Herald"))
    raw.write("2016-04-20/gone.txt", story(23))
    raw.write("2016-05-20/same.txt", story(24))
    run_here(raw.root, processed)
    old = article_ids(processed)
    raw.write("2016-03-03/revised.txt", story(30))
    raw.write("moved.txt", with_header(21, "2016-04-06", "Herald"))
    raw.write("renamed.txt", with_header(22, "2016-04-05", "Gazette"))
    raw.write("2016-10-20/new.txt", story(31))
    (raw.root / "2016-04-20/gone.txt").unlink()
    run_here(raw.root, processed, prune=True)
    before, after = Dataset(processed).all_versions()
    return History(processed, before, after, old, article_ids(processed))


def article_ids(processed: Path) -> dict[str, str]:
    return {row["raw_path"]: row["article_id"] for row in rows(processed, "articles")}


def test_articles_by_key_over_the_whole_table(history: History) -> None:
    old, new = history.old, history.new
    assert told(changes(history.before, history.after), "articles") == {
        ("gone", None, MARCH, old["2016-03-03/revised.txt"]),
        ("added", MARCH, None, new["2016-03-03/revised.txt"]),
        ("changed", APRIL, MARCH, old["moved.txt"]),
        ("changed", APRIL, APRIL, old["renamed.txt"]),
        ("gone", None, APRIL, old["2016-04-20/gone.txt"]),
        ("added", OCTOBER, None, new["2016-10-20/new.txt"]),
    }


@pytest.mark.parametrize("table", ["paragraphs", "quotes"])
def test_rows_of_an_article_move_with_it_and_do_not_change_with_its_outlet(history: History, table: str) -> None:
    old = history.old
    found = [c for c in changes(history.before, history.after) if c.table == table]
    moved = [c for c in found if c.article_id == old["moved.txt"]]
    assert moved
    assert {(c.change, c.partition, c.previous_partition) for c in moved} == {("changed", APRIL, MARCH)}
    assert not [c for c in found if c.article_id == old["renamed.txt"]]
    assert {c.change for c in found if c.article_id == old["2016-03-03/revised.txt"]} == {"gone"}


def test_ledger_tells_files_without_partition(history: History) -> None:
    assert told(changes(history.before, history.after), "files") == {
        ("changed", "", "", "2016-03-03/revised.txt"),
        ("changed", "", "", "moved.txt"),
        ("changed", "", "", "renamed.txt"),
        ("changed", "", "", "2016-04-20/gone.txt"),
        ("added", "", None, "2016-10-20/new.txt"),
    }


def test_changes_are_what_the_rows_say(history: History) -> None:
    """Compare with a plain comparison of all rows, in Python."""
    for table in (ARTICLES, QUOTES):
        before, after = (keyed(version, table) for version in (history.before, history.after))
        found = {c.key: c.change for c in changes(history.before, history.after) if c.table == table.name}
        assert found == {
            key: "added" if key not in before else "gone" if key not in after else "changed"
            for key in before.keys() | after.keys()
            if before.get(key) != after.get(key)
        }


def keyed(version: Version, table: Table) -> dict[str, Any]:
    return {
        " ".join(str(row[c]) for c in table.key): (folder, row)
        for folder, path in version.partition_files(table.name)
        for row in pq.ParquetFile(path).read().to_pylist()
    }


def test_summary_counts_the_changes(history: History) -> None:
    with diff_versions(history.before, history.after) as found:
        summary, listed = found.summary, list(found.changes())
    parts = {(p.table, p.partition): p for p in summary.partitions}
    assert (summary.before, summary.after, summary.has_other_rows) == (1, 2, True)
    assert parts["articles", MARCH] == diff.PartitionDiff("articles", MARCH, "changed", 1, 0, 1, 1)
    assert parts["articles", APRIL] == diff.PartitionDiff("articles", APRIL, "changed", 0, 2, 1, 0)
    assert parts["articles", OCTOBER] == diff.PartitionDiff("articles", OCTOBER, "added", 1, 0, 0, 0)
    assert not [place for place in parts if place[1] == MAY]
    for table in ("articles", "paragraphs", "quotes", "files"):
        for kind in ("added", "changed", "gone"):
            counted = sum(getattr(p, kind) for p in summary.partitions if p.table == table)
            assert counted == sum(1 for c in listed if (c.table, c.change) == (table, kind))
    assert asdict(summary)["partitions"][0]["partition"] == MARCH


def test_the_other_way_round_is_the_inverse(history: History) -> None:
    opposite = {"added": "gone", "gone": "added", "changed": "changed"}
    forth, back = changes(history.before, history.after), changes(history.after, history.before)
    assert {
        c._replace(
            change=opposite[c.change],  # type: ignore[arg-type]
            partition=c.previous_partition,
            previous_partition=c.partition,
        )
        for c in forth
    } == set(back)
    assert len(forth) == len(back)


def test_a_few_partitions_at_a_time_find_the_same(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = changes(history.before, history.after)
    monkeypatch.setattr(diff, "_COMPARED_BYTES", 0)
    monkeypatch.setattr(diff, "_FETCHED_ROWS", 2)
    assert changes(history.before, history.after) == at_once


def test_files_with_equal_hashes_are_never_opened(history: History, tmp_path: Path) -> None:
    expected = changes(history.before, history.after)
    copy = tmp_path / "copy"
    shutil.copytree(history.processed, copy, symlinks=True)
    before, after = Dataset(copy).all_versions()
    same = [path for path in after.manifest.files if MAY in path and not path.startswith("fingerprints/")]
    assert len(same) == 3
    for path in same:
        (before.folder / path).write_bytes(b"no Parquet")
        (after.folder / path).unlink()
    assert changes(before, after) == expected
    damaged = after.folder / "articles" / OCTOBER / "part-0.parquet"
    damaged.write_bytes(b"no Parquet")
    with pytest.raises(DatasetDamaged, match="newsframes check"):
        changes(before, after)


def test_a_version_is_not_different_from_itself(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    with diff_versions(history.after, history.after) as found:
        assert list(found.changes()) == []
        assert found.summary.partitions == []
        print_diff(found.summary)
    assert capsys.readouterr().out == "Versions 2 and 2 hold the same rows.\n"


def test_csv_has_a_column_a_key_column(history: History) -> None:
    stream = io.StringIO()
    with diff_versions(history.before, history.after) as found:
        write_changes(found, stream)
        listed = list(found.changes())
    lines = list(csv.DictReader(io.StringIO(stream.getvalue())))
    assert (
        (stream.getvalue().partition("\n")[0])
        == "table,change,partition,previous_partition,article_id,paragraph_index,quote_id,raw_path"
    )
    assert [tuple(line.values()) for line in lines] == [
        tuple("" if value is None else str(value) for value in change) for change in listed
    ]
    filled = {
        line["table"]: {c for c in ("article_id", "paragraph_index", "quote_id", "raw_path") if line[c]}
        for line in lines
    }
    assert filled == {
        "articles": {"article_id"},
        "paragraphs": {"article_id", "paragraph_index"},
        "quotes": {"article_id", "quote_id"},
        "files": {"raw_path"},
    }


def test_changes_come_by_table_time_and_key(history: History) -> None:
    """October stands after March, not before it."""
    found = changes(history.before, history.after)
    order = [(c.table, [int(p.partition("=")[2]) for p in (c.partition or c.previous_partition or "").split("/")[1:]])
             for c in found]  # fmt: skip
    tables = ["articles", "paragraphs", "quotes", "files"]
    assert order == sorted(order, key=lambda place: (tables.index(place[0]), place[1]))


def test_a_person_reads_a_line_each_partition(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    with diff_versions(history.before, history.after) as found:
        print_diff(found.summary)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Version 1 to 2 (+ added, ~ changed, - gone):"
    assert [" ".join(line.split()) for line in lines[1:4]] == [
        f"articles {MARCH} +1 ~0 -1 1 moved away",
        f"articles {APRIL} +0 ~2 -1",
        f"articles {OCTOBER} +1 ~0 -0 new partition",
    ]
    assert lines[-1].split() == ["files", "+1", "~4", "-0"]


def test_versions_partitioned_otherwise_are_compared_by_key(
    raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]
) -> None:
    raw.write("2016-03-03/a.txt", story(1))
    run_locally(raw.root, tmp_path / "month")
    raw.write("2016-04-03/b.txt", story(2))
    run_locally(raw.root, tmp_path / "year", partition_by="year")
    by_month, by_year = (Dataset(tmp_path / name).current() for name in ("month", "year"))
    assert by_month
    assert by_year
    ids = article_ids(tmp_path / "year")
    assert told(changes(by_month, by_year), "articles") == {
        ("changed", "year=2016", MARCH, ids["2016-03-03/a.txt"]),
        ("added", "year=2016", None, ids["2016-04-03/b.txt"]),
    }


def test_a_file_that_only_holds_a_place_is_no_partition(
    raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]
) -> None:
    raw.write("2016-03-03/a.txt", "It rained in the harbour all day.\n")
    run_locally(raw.root, tmp_path / "out")
    raw.write("2016-03-04/b.txt", story(2))
    run_locally(raw.root, tmp_path / "out")
    before, after = Dataset(tmp_path / "out").all_versions()
    assert before.manifest.paths("quotes") == ["quotes/year=0/month=0/part-0.parquet"]
    with diff_versions(before, after) as found:
        assert [(p.partition, p.file) for p in found.summary.partitions if p.table == "quotes"] == [(MARCH, "added")]


def commit(dataset: Dataset, table: Table, frame: pd.DataFrame) -> Version:
    """Commit a version with one file."""
    building = dataset.begin("run")
    path = f"{table.name}/{MARCH}/part-0.parquet" if table.is_partitioned else f"{table.name}/part-0.parquet"
    entry = write_parquet(table.conform(frame), building / path)
    return dataset.commit(building, {path: entry}, set(), Settings("/raw", None, "month", (".txt",), ()))


def article(**values: Any) -> pd.DataFrame:
    counts = dict.fromkeys(("paragraph_count", "word_count", "quote_count", "rules_version"), 1)
    texts = dict.fromkeys(("article_id", "text", "raw_path", "raw_sha256", "raw_encoding"), "x")
    return pd.DataFrame([{**counts, **texts, **values}])


def raw_file(**values: Any) -> pd.DataFrame:
    row = {"raw_path": "a.txt", "size": 1, "modified": TIME, "status": "ingested", "rules_version": 1, "run_id": "r"}
    return pd.DataFrame([{**row, "finished_at": TIME, **values}])


@pytest.mark.parametrize(
    ("table", "before", "after", "is_changed"),
    [
        pytest.param(ARTICLES, {"title": None}, {"title": None, "word_count": 1}, False, id="null-equals-null"),
        pytest.param(ARTICLES, {"title": None}, {"title": ""}, True, id="null-is-not-empty"),
        pytest.param(ARTICLES, {"title": "A"}, {"title": None}, True, id="value-to-null"),
        pytest.param(ARTICLES, {"title": "A", "byline": None}, {"title": None, "byline": "A"}, True, id="swapped"),
        pytest.param(ARTICLES, {"title": "A"}, {"title": "a"}, True, id="case"),
        pytest.param(ARTICLES, {"rules_version": 1}, {"rules_version": 2}, True, id="restated-by-newer-rules"),
        pytest.param(FILES, {"run_id": "r"}, {"run_id": "s", "finished_at": TIME.ceil("D")}, False, id="same-run"),
        pytest.param(FILES, {"run_id": "r"}, {"run_id": "s"}, False, id="ledger-read-again"),
        pytest.param(
            FILES, {}, {"finished_at": TIME + pd.Timedelta("1D"), "run_id": "s"}, False, id="ledger-read-later"
        ),
        pytest.param(FILES, {}, {"modified": TIME + pd.Timedelta("1s")}, True, id="ledger-touched"),
        pytest.param(FILES, {"reason": None}, {"reason": "empty", "run_id": "s"}, True, id="ledger-other-reason"),
    ],
)
def test_what_makes_a_row_changed(
    tmp_path: Path, table: Table, before: dict[str, Any], after: dict[str, Any], is_changed: bool
) -> None:
    make = article if table is ARTICLES else raw_file
    dataset = Dataset(tmp_path / "out")
    old, new = (commit(dataset, table, make(**values)) for values in (before, after))
    assert [c.change for c in changes(old, new)] == ["changed"] * is_changed


def test_a_file_written_anew_with_the_same_rows_is_told_as_such(tmp_path: Path) -> None:
    dataset = Dataset(tmp_path / "out")
    old = commit(dataset, ARTICLES, article())
    rewrite(new := commit(dataset, ARTICLES, article(title="A")), pq.read_table(old.folder / f"articles/{MARCH}"))
    new = Version(new.number, new.folder)
    with diff_versions(old, new) as found:
        assert list(found.changes()) == []
        assert [(p.file, p.has_other_rows) for p in found.summary.partitions] == [("changed", False)]
        assert not found.summary.has_other_rows


def rewrite(version: Version, rows_of_march: pa.Table) -> None:
    """Give a version's only file other content, whatever its columns; its manifest still has another hash."""
    path = version.folder / "articles" / MARCH / "part-0.parquet"
    path.unlink()  # it may be linked into the version before
    pq.write_table(rows_of_march.select([c for c in rows_of_march.column_names if c not in ("year", "month")]), path)


@pytest.mark.parametrize("change", ["column", "type"])
def test_other_columns_are_refused_by_name(tmp_path: Path, change: str) -> None:
    dataset = Dataset(tmp_path / "out")
    old = commit(dataset, ARTICLES, article())
    new = commit(dataset, ARTICLES, article(title="A"))
    found = pq.ParquetFile(new.folder / "articles" / MARCH / "part-0.parquet").read()
    place = found.column_names.index("byline")
    odd = found.append_column("section", pa.array(["news"])) if change == "column" else found.set_column(
        place, "byline", pa.array([1])
    )  # fmt: skip
    rewrite(new, odd)
    with pytest.raises(
        OptionsError, match=r"articles has not the same columns in versions 1 and 2 \((section|byline)\)"
    ):
        changes(old, new)


def test_older_columns_are_compared_as_long_as_both_have_them(tmp_path: Path) -> None:
    """A version may be older than this newsframes: what both files lack is not missed."""
    dataset = Dataset(tmp_path / "out")
    old, new = (commit(dataset, ARTICLES, article(title=title)) for title in ("A", "B"))
    for version in (old, new):
        rewrite(
            version, pq.ParquetFile(version.folder / "articles" / MARCH / "part-0.parquet").read().drop(["language"])
        )
    assert [c.change for c in changes(old, new)] == ["changed"]


def test_no_file_is_left_behind(history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with diff_versions(history.before, history.after):
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())
