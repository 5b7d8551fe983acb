"""What analysts import, and what plain readers see."""

import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest
from conftest import RawFolder, story

import newsframes
from flows.forget import forget
from flows.runs import Run
from transforms.schemas import TABLES


@pytest.mark.parametrize("table", [t.name for t in TABLES])
def test_every_reader_sees_the_same_rows(samples: Path, table: str) -> None:
    path = samples / table
    in_pandas = pd.read_parquet(path)
    in_duckdb = duckdb.sql(f"SELECT * FROM '{path}/**/*.parquet'").df()
    in_polars = pl.read_parquet(f"{path}/**/*.parquet", hive_partitioning=table != "files")
    in_loader = getattr(newsframes.open(samples), table)()
    key = next(t.key for t in TABLES if t.name == table)
    keys = [sorted(map(tuple, frame[list(key)].to_numpy().tolist())) for frame in (in_pandas, in_duckdb, in_loader)]
    assert keys[0] == keys[1] == keys[2] == sorted(in_polars.select(key).rows())
    assert len(keys[0]) > 20
    assert set(in_loader.columns) == set(in_polars.columns) == set(in_duckdb.columns)


def test_types_are_nullable_and_partitions_are_integers(samples: Path) -> None:
    dataset = newsframes.open(samples)
    quotes, articles = dataset.quotes(), dataset.articles()
    assert quotes["speaker_start"].dtype == pd.Int32Dtype()
    assert quotes["speaker_start"].isna().any()
    assert quotes["confidence"].dtype == pd.Float32Dtype()
    assert quotes["speaker"].dtype == pd.StringDtype(na_value=pd.NA)
    assert articles[["year", "month"]].dtypes.tolist() == [pd.Int32Dtype()] * 2
    dated = articles[articles["published_date"].notna()]
    assert (dated["year"] == dated["published_date"].dt.year).all()
    assert set(articles[articles["published_date"].isna()]["year"]) == {0}


def test_columns_are_chosen(samples: Path) -> None:
    assert list(newsframes.open(samples).quotes(["speaker", "year"]).columns) == ["speaker", "year"]


def test_duckdb_views_join(samples: Path) -> None:
    dataset = newsframes.open(samples)
    query = """SELECT count(*) FROM quotes q JOIN articles a USING (article_id)
               WHERE substring(a.text, q.start + 1, q."end" - q.start) = q.text"""
    assert dataset.duckdb().sql(query).fetchall() == [(len(dataset.quotes()),)]


@pytest.mark.parametrize("period", ["day", "month", "year"])
def test_a_table_without_rows_is_an_empty_frame(
    raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run], period: str
) -> None:
    raw.write("herald/2025/03/11/plain.txt", "No one was cited in this short report on the weather.\n")
    run_locally(raw.root, tmp_path / "out", partition_by=period)
    dataset = newsframes.open(tmp_path / "out")
    assert dataset.quotes().empty
    assert "speaker" in dataset.quotes().columns
    assert dataset.duckdb().sql("SELECT * FROM quotes").fetchall() == []
    assert dataset.articles()[period].tolist() == [{"day": 11, "month": 3, "year": 2025}[period]]


def test_an_open_dataset_stays_at_its_version(raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]) -> None:
    raw.write("one.txt", story(1))
    run_locally(raw.root, tmp_path / "out")
    before = newsframes.open(tmp_path / "out")
    raw.write("two.txt", story(2))
    run_locally(raw.root, tmp_path / "out")
    assert (before.version, len(before.articles())) == (1, 1)
    assert len(newsframes.open(tmp_path / "out").articles()) == 2
    assert len(newsframes.open(tmp_path / "out", version=1).articles()) == 1


def test_what_is_not_there_is_told(tmp_path: Path, samples: Path) -> None:
    with pytest.raises(newsframes.NoSuchDataset, match="newsframes ingest"):
        newsframes.open(tmp_path)
    with pytest.raises(newsframes.NoSuchDataset, match="no version 7"):
        newsframes.open(samples, version=7)
    assert "24 articles" in repr(newsframes.open(samples))


def test_version_that_is_deleted_while_it_is_opened_is_passed_over(
    raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit, and the deletion of what was there before, come between any two steps of opening."""
    for number in range(3):
        raw.write(f"{number}.txt", story(number))
        run_locally(raw.root, tmp_path / "out")
    link, versions = tmp_path / "out" / "current", tmp_path / "out" / "versions"
    link.unlink()
    link.symlink_to("versions/000001")

    def commit_after(function: Callable[..., object], number: int) -> Callable[..., object]:
        def replaced(*arguments: object, **options: object) -> object:
            result = function(*arguments, **options)
            if f"{number - 1:06d}" in os.listdir(versions):  # noqa: PTH208 (Path is what is watched)
                link.unlink()
                link.symlink_to(f"versions/{number:06d}")
                (versions / f"{number - 1:06d}").rename(versions / f".expired-{number}")
            return result

        return replaced

    monkeypatch.setattr(Path, "readlink", commit_after(Path.readlink, 2))
    monkeypatch.setattr(Path, "is_dir", commit_after(Path.is_dir, 3))
    assert newsframes.open(tmp_path / "out").version == 3


def test_version_that_is_deleted_while_it_is_open_is_told(
    raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]
) -> None:
    raw.write("one.txt", story(1))
    run_locally(raw.root, tmp_path / "out")
    dataset = newsframes.open(tmp_path / "out")
    rows, views = dataset.arrow("files"), dataset.duckdb()
    forget(tmp_path / "out", dataset.articles(["article_id"])["article_id"].tolist())
    for read in (dataset.quotes, dataset.duckdb):
        with pytest.raises(newsframes.VersionGone):
            read()
    with pytest.raises(FileNotFoundError) as error:  # what is read later: as docstrings say
        rows.to_table()
    with pytest.raises(duckdb.IOException):
        views.sql("SELECT * FROM files").fetchall()
    with pytest.raises(FileNotFoundError):
        pl.scan_pyarrow_dataset(rows).collect()
    assert error.type is FileNotFoundError
    with pytest.raises(newsframes.VersionGone, match=r"version 1 is deleted.*newsframes\.open"):
        dataset.articles()
    assert newsframes.open(tmp_path / "out").articles().empty
