"""The views that are ready, and the file of views for people who use only SQL."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from conftest import SAMPLES, RawFolder, rows, story
from typer.testing import CliRunner, Result

import newsframes
from flows.cli import app
from flows.runs import Run
from transforms.schemas import TABLES
from transforms.text import count_words
from transforms.views import CONTEXT, VIEWS, View

NAMES = [table.name for table in TABLES] + [view.name for view in VIEWS]


@pytest.fixture
def quotations(samples: Path) -> list[dict[str, Any]]:
    return [row for row in rows(samples, "quotes") if row["kind"] == "quotation"]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_view_has_the_columns_that_are_declared(samples: Path, view: View) -> None:
    found = getattr(newsframes.open(samples), view.name)()
    assert list(found.columns) == [*view.columns, *(["year", "month"] if view.has_periods else [])]
    assert all(meaning.endswith(".") for meaning in (view.meaning, *view.columns.values()))
    assert len(found) > 20


def test_context_is_the_text_around(samples: Path) -> None:
    dataset = newsframes.open(samples)
    texts = dataset.articles().set_index("article_id")["text"]
    bounds = dataset.quotes().set_index("quote_id")[["start", "end"]]
    shown = dataset.quotes_in_context()
    assert sorted(shown["quote_id"]) == sorted(dataset.quotes()["quote_id"])
    assert shown["published_date"].dropna().is_monotonic_increasing
    for row in shown.itertuples():
        text, (start, end) = texts[row.article_id], bounds.loc[row.quote_id]
        assert row.before == text[max(start - CONTEXT, 0) : start]
        assert row.after == text[end : end + CONTEXT]
        assert f"{row.before}{row.text}{row.after}" in text


def test_utterances_join_what_a_cue_splits(samples: Path, quotations: list[dict[str, Any]]) -> None:
    together = defaultdict(list)
    for row in sorted(quotations, key=lambda row: row["start"]):
        together[row["utterance_id"]].append(row)
    found = newsframes.open(samples).utterances().set_index("utterance_id")
    assert set(found.index) == set(together)
    assert any(len(spans) > 1 for spans in together.values())
    for utterance_id, spans in together.items():
        row = found.loc[utterance_id]
        assert row["text"] == " … ".join(span["text"] for span in spans)
        assert (row["start"], row["end"], row["span_count"]) == (spans[0]["start"], spans[-1]["end"], len(spans))
        assert row["word_count"] == sum(count_words(span["text"].replace("\n", " ")) for span in spans)
        types = {span["quote_type"] for span in spans}
        assert row["quote_type"] == (types.pop() if len(types) == 1 else "mixed")


def test_speakers_are_counted(samples: Path, quotations: list[dict[str, Any]]) -> None:
    articles = {row["article_id"]: row for row in rows(samples, "articles")}
    by_name = defaultdict(list)
    for row in quotations:
        if row["speaker"]:
            by_name[row["speaker"].lower(), row["speaker_kind"]].append(row)
    found = newsframes.open(samples).speakers()
    assert len(found) == len(by_name)
    assert found["quote_count"].is_monotonic_decreasing
    for row in found.itertuples():
        said = by_name[row.speaker.lower(), None if pd.isna(row.speaker_kind) else row.speaker_kind]
        of_articles = [articles[quote["article_id"]] for quote in said]
        assert row.quote_count == len(said)
        assert row.utterance_count == len({quote["utterance_id"] for quote in said})
        assert row.article_count == len({article["article_id"] for article in of_articles})
        assert row.word_count == sum(count_words(quote["text"].replace("\n", " ")) for quote in said)
        assert list(row.outlets) == most_frequent(article["outlet"] for article in of_articles)
        assert list(row.roles) == most_frequent(quote["speaker_role"] for quote in said)
        assert row.outlet_count == len(row.outlets)
        dates = [article["published_date"] for article in of_articles if article["published_date"]]
        assert [row.first_date, row.last_date] == [min(dates), max(dates)] if dates else pd.isna(row.first_date)


def most_frequent(values: Iterator[str | None]) -> list[str]:
    counts = Counter(value for value in values if value is not None)
    return sorted(counts, key=lambda value: (-counts[value], value))


def test_speakers_of_some_days_are_counted_there(samples: Path) -> None:
    whole = newsframes.open(samples)
    march = whole.where(start="2025-03-01", end="2025-03-31").speakers()
    assert 0 < march["quote_count"].sum() < whole.speakers()["quote_count"].sum()


@pytest.mark.parametrize("period", ["day", "month", "year"])
def test_views_of_other_partitions(
    raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run], period: str
) -> None:
    raw.write("herald/2025/03/11/a.txt", story(1))
    raw.write("b.txt", story(2))
    run_locally(raw.root, tmp_path / "year=1999", partition_by=period)
    connection = newsframes.open(tmp_path / "year=1999").duckdb()
    for name in ("quotes_in_context", "quotes_with_articles", "utterances"):
        assert sorted(connection.sql(f"SELECT {period} FROM {name}").fetchall()) == [
            (0,),
            ({"day": 11, "month": 3, "year": 2025}[period],),
        ]
    assert views("--processed", tmp_path / "year=1999", "--output", tmp_path / "v").exit_code == 0
    with duckdb.connect(tmp_path / "v", read_only=True) as file:
        assert file.sql("SELECT max(year) FROM quotes").fetchall() == [(2025,)]


def views(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["views", *map(str, arguments)])


def test_file_of_views_explains_every_column(samples: Path, tmp_path: Path) -> None:
    file = tmp_path / "some news' [1].duckdb"
    done = views("--processed", samples, "--output", file)
    assert (done.exit_code, "quotes_in_context" in done.stdout) == (0, True)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    loader = newsframes.open(samples).duckdb()
    with duckdb.connect(file, read_only=True) as connection:
        for name in NAMES:
            query = f"SELECT * FROM {name} ORDER BY ALL"
            assert connection.sql(query).fetchall() == loader.sql(query).fetchall()
        for catalogue in ("duckdb_columns()", "duckdb_views()"):
            explained = f"SELECT count(comment), count(*) FROM {catalogue} WHERE NOT internal"
            (counts,) = connection.sql(explained).fetchall()
            assert counts[0] == counts[1] > 8
        assert connection.sql("FROM duckdb_tables()").fetchall() == []


def test_file_follows_the_dataset_unless_it_is_pinned(
    raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]
) -> None:
    raw.write("one.txt", story(1))
    run_locally(raw.root, tmp_path / "out [a]*")
    for name, pin in (("follows", []), ("stays", ["--version", "1"])):
        assert views("--processed", tmp_path / "out [a]*", "--output", tmp_path / name, *pin).exit_code == 0
    raw.write("two.txt", story(2))
    run_locally(raw.root, tmp_path / "out [a]*")
    for name, expected in (("follows", 2), ("stays", 1)):
        with duckdb.connect(tmp_path / name, read_only=True) as connection:
            assert connection.sql("SELECT count(*) FROM articles").fetchall() == [(expected,)]
            (about,) = connection.sql("SELECT shown FROM about_newsframes").fetchall()
            assert about == ("version 1" if name == "stays" else "whichever version is current",)


def test_file_is_replaced_but_nothing_else_is(samples: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.duckdb"
    told = views("--processed", samples, "--output", file, "--json")
    assert json.loads(told.stdout) == {"output": str(file), "version": None, "views": NAMES}
    assert views("--processed", samples, "--output", file).exit_code == 0
    with duckdb.connect(file) as connection:
        connection.execute("CREATE TABLE mine AS SELECT 1 AS one")
    for foreign in (file, SAMPLES / "inbox" / "village-choir.txt"):
        before = foreign.read_bytes()
        refused = views("--processed", samples, "--output", foreign)
        assert (refused.exit_code, "--output" in refused.stderr) == (2, True)
        assert foreign.read_bytes() == before


def test_missing_datasets_and_versions_are_told(samples: Path, tmp_path: Path) -> None:
    assert "no dataset in" in views("--processed", tmp_path, "--output", tmp_path / "a").stderr
    assert views("--processed", samples, "--version", "7", "--output", tmp_path / "a").exit_code == 2
    assert list(tmp_path.iterdir()) == []
