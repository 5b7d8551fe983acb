"""What readers do, each in a loop: bare ones through the links and through a version's folder, and the loader."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Mapping
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa

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
_PAUSE = 1.0
"""Seconds after each table, for a reader that is slow: a few commits come in between."""
LINKS = "links"
"""How the name of a reader ends that holds no version."""


class Reader(NamedTuple):
    """A way to read.

    Attributes:
        resolve: Takes the processed root, and returns the number of the version that it holds from now on, and the
            version; a reader that holds none returns None and the root.
        read: Takes that, and returns `keys`, a digest of each table's keys, and what is `dangling`.
    """

    resolve: Callable[[Path], tuple[int | None, Any]]
    read: Callable[[Any], dict[str, Any]]


def read_until(folder: Path, engine: str) -> None:
    """Read in a loop until a file `stop` is there, and note what came.

    Args:
        folder: Where `processed` is.
        engine: One of `READERS`.
    """
    with (folder / f"reads-{engine}").open("w", encoding="utf-8", buffering=1) as file:
        for name, reader in cycle(READERS[engine].items()):
            if is_over(folder):
                return
            file.write(json.dumps({"reader": name, **read_once(reader, folder / "processed")}) + "\n")


def read_once(reader: Reader, processed: Path) -> dict[str, Any]:
    """Return what a reader got, or the error that it met, with the version that it held and the time that it took."""
    note: dict[str, Any] = {"begin": time.monotonic()}
    try:
        version, held = reader.resolve(processed)
        note |= {} if version is None else {"version": version}
        note |= reader.read(held)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # whatever it is (Polars panics), it is what a reader gets
        note["error"] = _told(error)
    return {**note, "end": time.monotonic()}


def _told(error: BaseException) -> str:
    """Return the name of an error and what it says up to the first path."""
    name = type(error).__name__
    return name if name == "VersionGone" else f"{name}: {_PATH.split(str(error))[0].strip()[:60]}"


def _digests(tables: Mapping[str, pd.DataFrame] | Mapping[str, pa.Table]) -> dict[str, str]:
    return {table: keys_digest(zip(*_columns(rows, _KEYS[table]), strict=True)) for table, rows in tables.items()}


def _columns(rows: pd.DataFrame | pa.Table, names: list[str]) -> list[list[Any]]:
    return [rows[n].to_pylist() if isinstance(rows, pa.Table) else rows[n].tolist() for n in names]


def _pandas(path: str) -> pd.DataFrame:
    return pd.read_parquet(path)


def _duckdb(path: str) -> pd.DataFrame:
    frame: pd.DataFrame = duckdb.read_parquet(f"{path}/**/*.parquet").df()
    return frame


def _polars(path: str) -> pa.Table:
    return pl.read_parquet(f"{path}/**/*.parquet").to_arrow()


def _bare(read: Callable[[str], Any]) -> Callable[[Path], dict[str, Any]]:
    """Read tables one after the other, with nothing of newsframes."""
    return lambda base: {"keys": _digests({table: read(f"{base}/{table}") for table in _BARE})}


def _no_version(processed: Path) -> tuple[None, Path]:
    return None, processed


def _folder(processed: Path) -> tuple[int, Path]:
    folder = Path(os.path.realpath(processed / "current"))
    return int(folder.name), folder


def _opened(processed: Path) -> tuple[int, newsframes.Dataset]:
    dataset = newsframes.open(processed)
    return dataset.version, dataset


def _found(tables: dict[str, pd.DataFrame] | dict[str, pa.Table]) -> dict[str, Any]:
    with duckdb.connect() as connection:
        for name, rows in tables.items():
            connection.register(name, rows)
        dangling = connection.execute(_DANGLING).fetchone()
    return {"keys": _digests(tables), "dangling": dangling and dangling[0]}


def _frames(dataset: newsframes.Dataset) -> dict[str, Any]:
    return _found({table: getattr(dataset, table)() for table in _KEYS})


def _slowly(dataset: newsframes.Dataset) -> dict[str, Any]:
    frames = {}
    for table in _KEYS:
        frames[table] = getattr(dataset, table)()
        time.sleep(_PAUSE)
    return _found(frames)


def _arrow(dataset: newsframes.Dataset) -> dict[str, Any]:
    return _found({table: dataset.arrow(table).to_table() for table in _KEYS})


def _lazy_polars(dataset: newsframes.Dataset) -> dict[str, Any]:
    return _found({table: pl.scan_pyarrow_dataset(dataset.arrow(table)).collect().to_arrow() for table in _KEYS})


def _views(dataset: newsframes.Dataset) -> dict[str, Any]:
    with dataset.duckdb() as connection:
        dangling = connection.execute(_DANGLING).fetchone()
        rows = {t: connection.execute(f"SELECT {', '.join(key)} FROM {t}").fetchall() for t, key in _KEYS.items()}
    return {"keys": {t: keys_digest(found) for t, found in rows.items()}, "dangling": dangling and dangling[0]}


def _both_ways(name: str, read: Callable[[str], Any]) -> dict[str, Reader]:
    return {
        f"{name}, {LINKS}": Reader(_no_version, _bare(read)),
        f"{name}, version's folder": Reader(_folder, _bare(read)),
    }


READERS: dict[str, dict[str, Reader]] = {
    "pandas": _both_ways("pandas", _pandas),
    "duckdb": _both_ways("DuckDB", _duckdb),
    "polars": _both_ways("Polars", _polars),
    "loader": {
        "loader, frames": Reader(_opened, _frames),
        "loader, arrow": Reader(_opened, _arrow),
        "loader, Polars": Reader(_opened, _lazy_polars),
        "loader, DuckDB": Reader(_opened, _views),
    },
    "slow loader": {"loader, slowly": Reader(_opened, _slowly)},
}
"""By process, then by name: what is read in turn."""

TOLD_WHEN_GONE = {
    "loader, frames": ("VersionGone",),
    "loader, slowly": ("VersionGone",),
    "loader, arrow": ("VersionGone", "FileNotFoundError"),
    "loader, Polars": ("VersionGone", "FileNotFoundError"),
    "loader, DuckDB": ("VersionGone", "IOException"),
}
"""The errors by which the loader tells that a version was deleted; bare readers may fail in any way then."""
