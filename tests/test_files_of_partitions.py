"""A partition of several files: the same ones whatever came first, and only those are written anew that change."""

import datetime as dt
import itertools
import random
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import RawFolder, current, digests, rows, story

import newsframes
from flows.building import publish
from flows.building.routing import plan_merges
from flows.dataset import DatasetDamaged, Version
from flows.dataset.durable import write_json
from flows.dataset.parquet import write_parquet
from flows.forget import forget
from flows.planning.options import Options
from flows.repair import repair
from flows.reports import check, diff
from flows.reports.check import check_cuts
from flows.reports.show import read_article
from flows.runs import Run
from transforms.schemas import PARTITIONED

RunLocally = Callable[..., Run]
ALL = tuple(table.name for table in PARTITIONED)
MARCH = "year=2016/month=3"


@pytest.fixture(autouse=True)
def _small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    set_most(monkeypatch, 3)


def set_most(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(publish, "plan_merges", partial(plan_merges, most=most))
    monkeypatch.setattr(check, "check_cuts", partial(check_cuts, most=most))


def dated(date: dt.date | None, number: int, changed: int = 0) -> str:
    front = f"---\ndate: {date}\n---\n\n" if date else ""
    return front + story(number, changed=changed)


def files(processed: Path) -> dict[str, tuple[str, int]]:
    """Return the digest and the inode of every file."""
    folder = (processed / "current").resolve()
    return {path: (digest, (folder / path).stat().st_ino) for path, digest in digests(processed, ALL).items()}


def changed(before: dict[str, tuple[str, int]], after: dict[str, tuple[str, int]]) -> set[str]:
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def names(version: Version, table: str = "articles", folder: str = MARCH) -> list[str]:
    return [path.rpartition("/")[2] for path in version.manifest.paths(f"{table}/{folder}")]


def corpus(chance: random.Random, count: int) -> dict[str, str]:
    """Return articles around the turn of a month, some reprinted, some without a date."""
    first = dt.date(2016, 3, 25)
    days = [first + dt.timedelta(chance.randrange(14)) if chance.random() < 0.85 else None for _ in range(count)]
    originals = [chance.randrange(n) if n and chance.random() < 0.3 else n for n in range(count)]
    return {
        f"{n:02}.txt": dated(day, original, changed=n % 3 if n != original else 0)
        for n, (day, original) in enumerate(zip(days, originals, strict=True))
    }


@pytest.mark.parametrize("by", ["day", "month", "year"])
@pytest.mark.parametrize("seed", range(4))
def test_files_are_the_same_in_whatever_order_articles_come(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, by: str, seed: int
) -> None:
    chance = random.Random(f"{by}{seed}")
    articles = corpus(chance, 26)
    arrivals = chance.sample(list(articles), len(articles))
    while arrivals:
        some, arrivals = arrivals[: (size := chance.randrange(1, 9))], arrivals[size:]
        for path in some:
            raw.write(path, articles[path])
        for path in chance.sample(some, len(some) // 3):  # was another one, and on another day, until the next run
            raw.write(path, dated(dt.date(2016, 3, 20 + chance.randrange(9)), 100 + int(path[:2])))
            arrivals.append(path)
        run_locally(raw.root, tmp_path / "p", partition_by=by, batch_size=chance.randrange(1, 9))
    run_locally(raw.root, tmp_path / "reference", partition_by=by)
    assert digests(tmp_path / "p", ALL) == digests(tmp_path / "reference", ALL)
    assert any(row["duplicate_of"] for row in rows(tmp_path / "p", "articles"))
    assert by == "day" or sum("part-2016" in path for path in digests(tmp_path / "p")) > 3


@pytest.fixture
def march(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> Path:
    """Twelve articles of March and two of April in several files each."""
    for day in range(1, 13):
        raw.write(f"{day:02}.txt", dated(dt.date(2016, 3, 2 * day), day + 5))
    for day in (1, 2):
        raw.write(f"april-{day}.txt", dated(dt.date(2016, 4, day), 50 + day))
    run_locally(raw.root, tmp_path / "p")
    assert [len(days) for days in sizes(tmp_path / "p").values()] == [3, 3, 2, 2, 2]
    return tmp_path / "p"


def sizes(processed: Path) -> dict[str, list[dt.date]]:
    """Return the dates of the articles in each file of March."""
    version = current(processed)
    found = {}
    for name in names(version):
        articles = pq.ParquetFile(version.folder / "articles" / MARCH / name).read(["published_date"])
        found[name] = articles["published_date"].to_pylist()
    return found


def test_late_article_changes_its_file_alone(march: Path, raw: RawFolder, run_locally: RunLocally) -> None:
    before, dates = files(march), sizes(march)
    home = next(name for name, days in dates.items() if name != "part-0.parquet" and len(days) == 2)
    raw.write("late.txt", dated(dates[home][-1], 101))
    run_locally(raw.root, march)
    assert {name: len(days) for name, days in sizes(march).items()} == {
        name: len(days) + (name == home) for name, days in dates.items()
    }
    assert changed(before, files(march)) == {path for path in before if path.endswith(home)}
    assert {path.partition("/")[0] for path in before if path.endswith(home)} == set(ALL) - {"uncorrected"}


def test_late_articles_change_their_files_alone_and_tables_without_their_rows_stay(
    march: Path, raw: RawFolder, run_locally: RunLocally
) -> None:
    before, dates = files(march), sizes(march)
    homes = [name for name, days in dates.items() if len(days) < 3][:2]
    assert len(homes) == 2
    for number, home in enumerate(homes):
        raw.write(f"late-{number}.txt", f"---\ndate: {dates[home][-1]}\n---\n\nNobody spoke, {number}.\n")
    run_locally(raw.root, march)
    tables = ("articles", "paragraphs", "fingerprints")
    assert sizes(march).keys() == dates.keys()
    assert changed(before, files(march)) == {
        path for path in before if path.endswith(tuple(homes)) and path.startswith(tables)
    }


def test_corrected_article_changes_its_file_alone(march: Path, raw: RawFolder, run_locally: RunLocally) -> None:
    before, quotes = files(march), rows(march, "quotes")
    lines = [
        "article_id,start,end,speaker,decided_by",
        *(f"{q['article_id']},{q['start']},{q['end']},Ida,mk" for q in quotes[:1]),
    ]
    (march.parent / "corrections.csv").write_text("\n".join(lines))
    run_locally(raw.root, march, corrections=march.parent / "corrections.csv")
    folder = f"{MARCH}/part-0.parquet"
    assert changed(before, files(march)) == {f"quotes/{folder}", f"uncorrected/{folder}"}
    (march.parent / "corrections.csv").write_text(lines[0])
    run_locally(raw.root, march)
    assert digests(march, ALL) == {path: digest for path, (digest, _) in before.items()}


def test_partition_that_grows_and_shrinks(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    """It has one file up to a size, and again when it falls back to that."""
    for day in range(1, 4):
        raw.write(f"{day}.txt", dated(dt.date(2016, 3, day), day))
    run_locally(raw.root, tmp_path / "p")
    small = digests(tmp_path / "p", ALL)
    assert names(current(tmp_path / "p")) == ["part-0.parquet"]
    raw.write("4.txt", dated(dt.date(2016, 3, 4), 4))
    run_locally(raw.root, tmp_path / "p")
    assert len(names(current(tmp_path / "p"))) == len(names(current(tmp_path / "p"), "fingerprints")) == 2
    (raw.root / "4.txt").unlink()
    run_locally(raw.root, tmp_path / "p", prune=True, force=True)
    assert digests(tmp_path / "p", ALL) == small


def test_forgotten_article_that_a_file_started_at(march: Path, raw: RawFolder, run_locally: RunLocally) -> None:
    start = names(current(march))[2].removesuffix(".parquet")[-32:]
    forget(march, [start])
    assert not any(start in path for path in files(march))
    (path,) = (row["raw_path"] for row in rows(march, "files") if row["reason"] == "forgotten")
    (raw.root / path).unlink()
    run_locally(raw.root, march.parent / "reference")
    assert digests(march, ALL) == digests(march.parent / "reference", ALL)


def test_everything_can_go(march: Path, raw: RawFolder, run_locally: RunLocally) -> None:
    for file in raw.root.glob("[01]*.txt"):
        file.unlink()
    run_locally(raw.root, march, prune=True, force=True)
    assert {path for path in files(march) if MARCH in path} == set()


def test_dataset_with_one_large_file_is_cut_when_it_is_touched(
    monkeypatch: pytest.MonkeyPatch, raw: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    articles = corpus(random.Random(7), 16)
    for path, content in articles.items():
        raw.write(path, content)
    set_most(monkeypatch, 99)
    run_locally(raw.root, tmp_path / "p")
    assert {path.rpartition("/")[2] for path in files(tmp_path / "p")} == {"part-0.parquet"}
    set_most(monkeypatch, 3)
    before = files(tmp_path / "p")
    raw.write("late.txt", dated(dt.date(2016, 3, 9), 99))
    run_locally(raw.root, tmp_path / "p")
    april = "year=2016/month=4"
    assert [path for path in changed(before, files(tmp_path / "p")) if april in path] == []
    raw.write("later.txt", dated(dt.date(2016, 4, 29), 98))
    raw.write("undated.txt", dated(None, 97))
    run_locally(raw.root, tmp_path / "p")
    run_locally(raw.root, tmp_path / "reference")
    assert digests(tmp_path / "p", ALL) == digests(tmp_path / "reference", ALL)


def test_repair_of_one_file_among_several(march: Path, raw: RawFolder) -> None:
    before, version = digests(march, ALL), current(march)
    for table, name in (("quotes", names(version)[1]), ("articles", names(version)[2])):
        (version.folder / table / MARCH / name).unlink()
    found = repair(Options(raw=raw.root, processed=march))
    assert (found.lost, list(found.rebuilt)) == ({}, [MARCH])
    assert digests(march, ALL) == before
    assert list(check.check_version(current(march))) == []


def test_readers_find_all_rows_in_order(march: Path) -> None:
    version = newsframes.open(march)
    for table in ("articles", "paragraphs", "quotes"):
        path = str(march / table)
        expected = [row["article_id"] for row in rows(march, table)]
        assert len(expected) == current(march).manifest.rows(table)
        assert getattr(version, table)()["article_id"].tolist() == expected
        assert pd.read_parquet(path)["article_id"].tolist() == expected
        assert pl.read_parquet(f"{path}/**/*.parquet")["article_id"].to_list() == expected
        found = duckdb.sql(f"SELECT article_id FROM read_parquet('{path}/**/*.parquet')").fetchall()
        assert sorted(row[0] for row in found) == sorted(expected)
    dates = [row["published_date"] for row in rows(march, "articles")]
    assert dates == sorted(dates)
    shown = read_article(march, rows(march, "articles")[5]["article_id"])
    assert len(shown.paragraphs) == shown.article["paragraph_count"]


def test_check_looks_at_stretch_after_stretch(
    monkeypatch: pytest.MonkeyPatch, march: Path, raw: RawFolder, run_locally: RunLocally
) -> None:
    monkeypatch.setattr(check, "_CHECKED_BYTES", 1)
    version = current(march)
    assert list(check.check_version(version)) == []
    for name in names(version)[:2]:
        rewrite(version, f"quotes/{MARCH}/{name}", lambda rows: rows[::-1])
    found = {v.invariant: v.count for v in check.check_version(Version(version.number, version.folder))}
    assert found.keys() == {"quotes order"}
    assert found["quotes order"] > 1


def rewrite(version: Version, path: str, change: Callable[[pa.Table], pa.Table]) -> None:
    """Change the rows of a file, as if it had been committed so."""
    file = version.folder / path
    changed_rows = change(pq.ParquetFile(file).read())
    file.unlink()
    manifest = Version(version.number, version.folder).manifest.to_json()
    manifest["files"][path] |= asdict(write_parquet(changed_rows, file)) | {
        name: manifest["files"][path][name] for name in ("first_date", "last_date")
    }
    write_json(version.folder / "manifest.json", manifest)


def swap(version: Version, tables: tuple[str, ...]) -> None:
    """Let two files of tables change places."""
    first, other = names(version)[1:3]
    manifest = version.manifest.to_json()
    for table in tables:
        one, two = (f"{table}/{MARCH}/{name}" for name in (first, other))
        (version.folder / one).rename(version.folder / "aside")
        (version.folder / two).rename(version.folder / one)
        (version.folder / "aside").rename(version.folder / two)
        manifest["files"][one], manifest["files"][two] = manifest["files"][two], manifest["files"][one]
    write_json(version.folder / "manifest.json", manifest)


@pytest.mark.parametrize(
    ("tables", "broken"),
    [
        pytest.param(("quotes",), {"quotes partition"}, id="one-table"),
        pytest.param(("articles", "paragraphs", "quotes", "fingerprints"), {"cuts"}, id="all-tables"),
    ],
)
def test_file_in_the_place_of_another_is_named(march: Path, tables: tuple[str, ...], broken: set[str]) -> None:
    swap(current(march), tables)
    assert {v.invariant for v in check.check_version(current(march))} == broken


@pytest.mark.parametrize("most", [2, 4, 99])
def test_files_cut_otherwise_are_named(march: Path, most: int) -> None:
    (found,) = check_cuts(current(march), most)
    assert found.invariant == "cuts"
    assert all(path.startswith(f"articles/{MARCH}/part-2016-03-") for path in found.rows)


def test_diff_compares_rows_and_not_files(
    monkeypatch: pytest.MonkeyPatch, march: Path, raw: RawFolder, run_locally: RunLocally
) -> None:
    """Rows that are in another file of the same partition now are no change, however few are compared at once."""
    monkeypatch.setattr(diff, "_COMPARED_BYTES", 1)
    before, articles = current(march), rows(march, "articles")
    for number, article in enumerate(articles[2:7]):
        raw.write(f"late-{number}.txt", dated(article["published_date"], 200 + number))
    raw.write("01.txt", dated(dt.date(2016, 3, 21), 6))  # the same article, dated otherwise
    run_locally(raw.root, march)
    after = current(march)
    assert not set(names(after)) <= set(names(before))
    with diff.diff_versions(before, after) as found:
        summary, changes = found.summary, [c for c in found.changes() if c.table == "articles"]
    new = {row["article_id"] for row in rows(march, "articles")} - {row["article_id"] for row in articles}
    assert {c.article_id for c in changes if c.change == "added"} == new
    (moved,) = (c for c in changes if c.change != "added")
    (first,) = (row for row in articles if row["raw_path"] == "01.txt")
    assert (moved.article_id, moved.change) == (first["article_id"], "changed")
    assert [p for p in summary.partitions if p.table == "articles"] == [
        diff.PartitionDiff("articles", MARCH, "changed", added=5, changed=1)
    ]


def test_article_is_looked_for_in_the_newest_files_first(march: Path) -> None:
    version = current(march)
    last = rows(march, "articles")[-1]["article_id"]
    for name in names(version):
        (version.folder / "articles" / MARCH / name).unlink()
    assert version.find_files({last}) == {last: "articles/year=2016/month=4/part-0.parquet"}
    with pytest.raises(DatasetDamaged):
        version.find_files({last, "unknown"})


@pytest.mark.parametrize("is_late", [True, False], ids=["one-late-row", "any-order"])
def test_bytes_of_a_file_do_not_depend_on_how_rows_came(tmp_path: Path, is_late: bool) -> None:
    chance = random.Random(1)
    words = [f"{number} " * chance.randrange(60) for number in range(40_000)]
    rows_in_order = pa.table({"text": words, "number": pa.array(range(40_000), pa.int32())})
    places = [*range(20_000), *range(20_001, 40_000), 20_000] if is_late else chance.sample(range(40_000), 40_000)
    came = rows_in_order.take(pa.array(places))
    cuts = [0, 7, 9_000, 9_001, 30_000, 39_999, 40_000]
    came = pa.concat_tables([came.slice(i, j - i) for i, j in itertools.pairwise(cuts)])
    order = pa.array(np.argsort(places))
    entries = [write_parquet(rows_in_order, tmp_path / "1"), write_parquet(came, tmp_path / "2", order=order)]
    assert entries[0] == entries[1]
    assert pq.ParquetFile(tmp_path / "2").read().equals(rows_in_order)
