"""A dataset narrowed to some of its rows, against the same done by hand in pandas."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from conftest import RawFolder, rows, story
from hypothesis import given, settings
from hypothesis import strategies as st

import newsframes
from flows.runs import Run

FRAMES = ("articles", "paragraphs", "quotes")
DAYS = st.one_of(st.none(), st.dates(datetime.date(2025, 2, 1), datetime.date(2025, 7, 1)))
OUTLETS = st.one_of(st.none(), st.lists(st.sampled_from(["harbour-gazette", "the-dispatch", "meridian-wire", "x"])))
SPEAKERS = st.one_of(st.none(), st.sampled_from(["Maren Tolliver", "Josiah Threlfall", "nobody", "O'Brien"]))
KINDS = st.one_of(st.none(), st.lists(st.sampled_from(["quotation", "scare", "title"])))


def by_hand(dataset: newsframes.Dataset, table: str, asked: dict[str, Any]) -> list[Any]:
    """Return the wanted rows' keys, one condition after the other."""
    articles = dataset.articles()
    dates = articles["published_date"]
    if asked["start"]:
        articles = articles[(dates >= asked["start"]).fillna(False)]
    if asked["end"]:
        articles = articles[(articles["published_date"] <= asked["end"]).fillna(False)]
    if asked["outlet"] is not None:
        articles = articles[articles["outlet"].isin(asked["outlet"])]
    frame = articles if table == "articles" else getattr(dataset, table)()
    frame = frame[frame["article_id"].isin(articles["article_id"])]
    if table == "quotes":
        frame = frame if asked["speaker"] is None else frame[frame["speaker"] == asked["speaker"]]
        frame = frame if asked["kind"] is None else frame[frame["kind"].isin(asked["kind"])]
    return keys_of(frame, table)


def keys_of(frame: pd.DataFrame, table: str) -> list[Any]:
    columns = {"articles": ["article_id"], "paragraphs": ["article_id", "start"], "quotes": ["quote_id"]}[table]
    found: list[Any] = frame[columns].to_numpy().tolist()
    return found


@given(DAYS, DAYS, OUTLETS, SPEAKERS, KINDS)
@settings(max_examples=40, deadline=None)
def test_frames_and_views_have_the_rows_that_are_asked_for(
    samples: Path, start: Any, end: Any, outlet: Any, speaker: Any, kind: Any
) -> None:
    asked = {"start": start, "end": end, "outlet": outlet, "speaker": speaker, "kind": kind}
    whole = newsframes.open(samples)
    if start and end and start > end:
        with pytest.raises(newsframes.FilterError, match="ends before it starts"):
            whole.where(**asked)
        return
    some = whole.where(**asked)
    connection = some.duckdb()
    for table in FRAMES:
        expected = by_hand(whole, table, asked)
        assert keys_of(getattr(some, table)(), table) == expected
        assert sorted(keys_of(connection.sql(f"SELECT * FROM {table}").df(), table)) == sorted(expected)
        assert sorted(keys_of(pl.scan_pyarrow_dataset(some.arrow(table)).collect().to_pandas(), table)) == sorted(
            expected
        )
    assert len(some.quotes_in_context()) == len(some.quotes_with_articles()) == len(some.quotes())
    assert len(some.files()) == len(whole.files())


def test_filters_add_up(samples: Path) -> None:
    whole = newsframes.open(samples)
    some = whole.where(start="2025-03-01", end="2025-04-30").where(outlet="the-dispatch").where(start="2025-04-01")
    assert some.articles()["raw_path"].tolist() == ["the-dispatch_2025-04-02_rail-timetable.txt"]
    assert len(whole.articles()) == 24


@pytest.mark.parametrize("wrong", ["2025-13-01", "yesterday", ""])
def test_what_is_no_date_is_told(samples: Path, wrong: str) -> None:
    with pytest.raises(newsframes.FilterError, match="no date such as"):
        newsframes.open(samples).where(start=wrong)


def test_files_of_other_days_are_not_opened(raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]) -> None:
    for month in range(1, 7):
        raw.write(f"herald/2025/{month:02d}/11/a.txt", story(month))
    run_locally(raw.root, tmp_path / "out")
    dataset = newsframes.open(tmp_path / "out")
    for month in (2, 4, 5, 6):  # of the first one DuckDB reads the columns
        for table in FRAMES:
            (dataset.folder / table / f"year=2025/month={month}/part-0.parquet").write_bytes(b"opened")
    march = dataset.where(start="2025-03-01", end="2025-03-31")
    assert len(march.articles()) == len(march.quotes()) == len(march.utterances()) == 1
    by_folder = dataset.duckdb().sql("SELECT count(*) FROM quotes WHERE year = 2025 AND month = 3").fetchall()
    assert by_folder == [(1,)]


def test_columns_of_a_narrowed_table_are_chosen(samples: Path) -> None:
    some = newsframes.open(samples).where(outlet="the-dispatch")
    assert list(some.quotes(["text"]).columns) == ["text"]
    assert list(some.speakers(["speaker", "roles"]).columns) == ["speaker", "roles"]
    assert len(some.quotes(["text"])) == sum(
        row["article_id"] in set(some.articles()["article_id"]) for row in rows(samples, "quotes")
    )
