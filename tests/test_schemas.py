"""Frames become exactly the declared Arrow tables."""

import datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.dataset.parquet import write_parquet
from transforms.schemas import ARTICLES, FILES, FINGERPRINTS, PARTITIONED, TABLES, Table

EVERY = {table.name: table for table in (*TABLES, *PARTITIONED)}
WHOLE = {
    "article_id": ["a"],
    "published_date": [datetime.date(2016, 3, 1)],
    "text": ["It rained."],
    "paragraph_count": [1],
    "word_count": [2],
    "quote_count": [0],
    "raw_path": ["a.txt"],
    "raw_sha256": ["0"],
    "raw_encoding": ["utf-8"],
    "rules_version": [1],
}


@pytest.mark.parametrize("table", EVERY.values(), ids=EVERY)
def test_declaration_is_complete(table: Table) -> None:
    names = table.schema.names
    assert len(set(names)) == len(names)
    assert set(table.key) <= set(names) >= set(table.order)
    assert all(not table.schema.field(column).nullable for column in table.key)
    for column in names:
        assert table.description(column).endswith("."), column
    assert table.meaning.endswith(".")


@pytest.mark.parametrize("table", EVERY.values(), ids=EVERY)
def test_no_rows_have_the_schema_too(table: Table) -> None:
    assert table.conform(pd.DataFrame()).schema.equals(table.schema, check_metadata=True)


def test_missing_nullable_column_is_null_of_its_type() -> None:
    table = ARTICLES.conform(pd.DataFrame(WHOLE))
    assert table.schema.equals(ARTICLES.schema, check_metadata=True)
    assert table["duplicate_of"].to_pylist() == [None]
    assert table["published_date"].to_pylist() == [datetime.date(2016, 3, 1)]


def test_undeclared_column_is_left_out() -> None:
    assert ARTICLES.conform(pd.DataFrame(WHOLE).assign(mood="grim")).column_names == ARTICLES.schema.names


@pytest.mark.parametrize("dtype", ["int64", "Int64", "float64", "object"])
def test_whole_numbers_of_any_kind_fit(dtype: str) -> None:
    table = ARTICLES.conform(pd.DataFrame(WHOLE).astype({"word_count": dtype}))
    assert table["word_count"].to_pylist() == [2]


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
def test_every_kind_of_null_is_null(missing: object) -> None:
    frame = pd.DataFrame(WHOLE).assign(title=pd.Series([missing], dtype=object))
    assert ARTICLES.conform(frame)["title"].to_pylist() == [None]


@pytest.mark.parametrize(
    ("frame", "error", "message"),
    [
        pytest.param(pd.DataFrame({**WHOLE, "text": [None]}), ValueError, "column text holds 1 null", id="null"),
        pytest.param(pd.DataFrame(WHOLE).drop(columns="text"), ValueError, "column text holds 1 null", id="no-column"),
        pytest.param(
            pd.DataFrame({**WHOLE, "word_count": [1 << 31]}),
            pa.ArrowInvalid,
            "2147483648|range|bounds|large",
            id="too-large",
        ),
        pytest.param(pd.DataFrame({**WHOLE, "word_count": [1.5]}), pa.ArrowInvalid, "1.5|trunc", id="fraction"),
        pytest.param(pd.DataFrame({**WHOLE, "word_count": ["two"]}), pa.ArrowInvalid, "two", id="word-for-number"),
    ],
)
def test_what_does_not_fit_is_refused(frame: pd.DataFrame, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ARTICLES.conform(frame)


def test_signature_of_another_length_is_refused() -> None:
    with pytest.raises(pa.ArrowInvalid):
        FINGERPRINTS.conform(pd.DataFrame({"article_id": ["a"], "signature": [b"short"]}))


def test_ledger_times_are_utc_microseconds() -> None:
    moment = datetime.datetime(2016, 3, 1, 12, 0, 0, 123456, tzinfo=datetime.UTC)
    rows = {"raw_path": "a", "size": 1, "modified": moment, "status": "ingested", "rules_version": 1, "run_id": "r"}
    table = FILES.conform(pd.DataFrame([{**rows, "finished_at": moment}]))
    assert table["modified"].to_pylist() == [moment]


def test_parquet_has_descriptions_and_nothing_of_pandas(tmp_path: Path) -> None:
    write_parquet(ARTICLES.conform(pd.DataFrame(WHOLE)), tmp_path / "part-0.parquet")
    schema = pq.read_schema(tmp_path / "part-0.parquet")
    assert schema.equals(ARTICLES.schema, check_metadata=True)
    assert schema.metadata is None
