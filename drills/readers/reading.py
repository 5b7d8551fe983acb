"""What readers do, each in a loop: bare ones through the links and through a version's folder, and the loader."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl

import newsframes
from drills.readers.committing import is_over, keys_digest
from transforms.schemas import TABLES

_KEYS = {table.name: list(table.key) for table in TABLES}
_BARE = ("quotes", "articles")
"""What a bare reader reads, one after the other, to join them."""

# What does not fit its articles, table by table; nothing may come.
_DANGLING = """
    SELECT 'paragraph without article' FROM paragraphs ANTI JOIN articles USING (article_id)
    UNION ALL SELECT 'quote without paragraph' FROM quotes ANTI JOIN paragraphs USING (article_id, paragraph_index)
    UNION ALL SELECT 'file without article' FROM files f ANTI JOIN articles USING (article_id)
        WHERE status IN ('ingested', 'duplicate')
    UNION ALL SELECT 'article without file' FROM articles ANTI JOIN files USING (raw_path)
    UNION ALL SELECT 'other count of quotes' FROM articles a WHERE quote_count !=
        (SELECT count(*) FROM quotes q WHERE q.article_id = a.article_id AND kind = 'quotation')
"""

_PATH = re.compile(r"[\"'/\n]")


def read_until(folder: Path, engine: str) -> None:
    """Read in a loop until a file `stop` is there, and note what came.

    Args:
        folder: Where `processed` is.
        engine: One of `READERS`.
    """
    with (folder / f"reads-{engine}").open("w", encoding="utf-8", buffering=1) as file:
        for name, read in cycle(READERS[engine].items()):
            if is_over(folder):
                return
            for found in _try(read, folder / "processed"):
                file.write(json.dumps({"reader": name, **found}) + "\n")


def _try(read: Callable[[Path], dict[str, Any]], processed: Path) -> Iterator[dict[str, Any]]:
    try:
        yield read(processed)
    except newsframes.VersionGone as error:
        yield {"error": type(error).__name__}
    except BaseException as error:  # whatever it is (Polars panics), it is what a reader gets; up to the first path
        yield {"error": f"{type(error).__name__}: {_PATH.split(str(error))[0].strip()[:60]}"}


def _bare(read: Callable[[str, str], pd.DataFrame], base: Path) -> dict[str, Any]:
    """Read tables one after the other, with nothing of newsframes."""
    return {"keys": {table: _digest(read(f"{base}/{table}", table), table) for table in _BARE}}


def _digest(frame: pd.DataFrame, table: str) -> str:
    return keys_digest(zip(*(frame[name].tolist() for name in _KEYS[table]), strict=True))


def _pandas(path: str, table: str) -> pd.DataFrame:
    return pd.read_parquet(path)


def _duckdb(path: str, table: str) -> pd.DataFrame:
    frame: pd.DataFrame = duckdb.read_parquet(f"{path}/**/*.parquet").df()
    return frame


def _polars(path: str, table: str) -> pd.DataFrame:
    frame = pl.read_parquet(f"{path}/**/*.parquet")
    return pd.DataFrame({name: frame[name].to_list() for name in _KEYS[table]})


def _links(read: Callable[[str, str], pd.DataFrame]) -> Callable[[Path], dict[str, Any]]:
    return lambda processed: _bare(read, processed)


def _resolved(read: Callable[[str, str], pd.DataFrame]) -> Callable[[Path], dict[str, Any]]:
    return lambda processed: _bare(read, Path(os.path.realpath(processed / "current")))


def _loader(read: Callable[[newsframes.Dataset], dict[str, Any]]) -> Callable[[Path], dict[str, Any]]:
    """Read a dataset that was opened; an error once its version is deleted is the loader's own."""

    def reader(processed: Path) -> dict[str, Any]:
        dataset = newsframes.open(processed)
        try:
            return read(dataset)
        except Exception as error:
            if dataset.folder.is_dir():
                raise
            raise newsframes.VersionGone from error

    return reader


def _frames(dataset: newsframes.Dataset) -> dict[str, Any]:
    frames = {table: getattr(dataset, table)() for table in _KEYS}
    with duckdb.connect() as connection:
        for table, frame in frames.items():
            connection.register(table, frame)
        dangling = connection.execute(_DANGLING).fetchone()
    keys = {table: _digest(frame, table) for table, frame in frames.items()}
    return {"keys": keys, "dangling": dangling and dangling[0]}


def _arrow(dataset: newsframes.Dataset) -> dict[str, Any]:
    tables = {table: dataset.arrow(table).to_table(columns=key) for table, key in _KEYS.items()}
    keys = {t: zip(*(tables[t][name].to_pylist() for name in key), strict=True) for t, key in _KEYS.items()}
    return {"keys": {table: keys_digest(rows) for table, rows in keys.items()}}


def _views(dataset: newsframes.Dataset) -> dict[str, Any]:
    with dataset.duckdb() as connection:
        dangling = connection.execute(_DANGLING).fetchone()
        found = {t: connection.execute(f"SELECT {', '.join(key)} FROM {t}").fetchall() for t, key in _KEYS.items()}
    return {"keys": {t: keys_digest(rows) for t, rows in found.items()}, "dangling": dangling and dangling[0]}


READERS: dict[str, dict[str, Callable[[Path], dict[str, Any]]]] = {
    "pandas": {"pandas, links": _links(_pandas), "pandas, version's folder": _resolved(_pandas)},
    "duckdb": {"DuckDB, links": _links(_duckdb), "DuckDB, version's folder": _resolved(_duckdb)},
    "polars": {"Polars, links": _links(_polars), "Polars, version's folder": _resolved(_polars)},
    "loader": {
        "loader, frames": _loader(_frames),
        "loader, arrow": _loader(_arrow),
        "loader, DuckDB": _loader(_views),
    },
}
"""By process, then by name: what is read in turn."""
