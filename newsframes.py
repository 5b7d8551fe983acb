"""What analysts import: a dataset at one version, as frames or in DuckDB.

    import newsframes

    dataset = newsframes.open("data/processed")
    quotes = dataset.quotes()
    dataset.duckdb().sql("SELECT speaker, count(*) FROM quotes GROUP BY ALL ORDER BY 2 DESC").show()

A dataset that is open keeps showing the version that was current when it was opened, whatever runs commit
meanwhile, so its tables always fit each other. It is there for an hour at least after it was replaced, unless an
article in it is to be forgotten: then frames raise `VersionGone`, and `open` gives the next version. What is read
later, from `arrow` or `duckdb`, raises the error that the library has for a missing file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as pads
from pyarrow.fs import FSSpecHandler, PyFileSystem

from flows.dataset import DatasetDamaged, Manifest, UnknownVersion, dataset_in
from flows.dataset import Version as _Version
from flows.storage import ObjectPath, Place, place_of, scheme_of
from flows.storage.stores import file_system
from transforms.partitions import PERIODS
from transforms.schemas import ARTICLES, FILES, PARAGRAPHS, QUOTES, TABLES, Table

if TYPE_CHECKING:
    import duckdb

__all__ = ["Dataset", "DatasetDamaged", "NoSuchDataset", "VersionGone", "open"]


class NoSuchDataset(FileNotFoundError):
    """There is no dataset there, or not that version of it."""


class VersionGone(FileNotFoundError):
    """The version was deleted while it was open: long after it was replaced, or to forget an article in it."""


class Dataset:
    """A dataset at one version; its methods raise `VersionGone` if that is deleted meanwhile.

    That goes for the calls themselves: pyarrow datasets and DuckDB views that were there before read the files later,
    and raise FileNotFoundError and `duckdb.IOException` then.

    Attributes:
        version: Number of the version.
        folder: Its folder; in an object store, where the objects of all versions lie.
    """

    def __init__(self, version: _Version) -> None:
        self._version = version
        self.version = version.number
        self.folder = version.home

    def __repr__(self) -> str:
        rows = ", ".join(f"{self.manifest.rows(t.name):,} {t.name}" for t in TABLES[:3])
        return f"<newsframes dataset, version {self.version}: {rows}>"

    @property
    def manifest(self) -> Manifest:
        """What the version holds and what it was made from."""
        return self._version.manifest

    def articles(self, columns: list[str] | None = None) -> pd.DataFrame:
        """Return one row per article, with the integer columns year and month of its partition.

        Args:
            columns: Those wanted; all if None.
        """
        return self._frame(ARTICLES, columns)

    def paragraphs(self, columns: list[str] | None = None) -> pd.DataFrame:
        """Return one row per paragraph; see `articles`."""
        return self._frame(PARAGRAPHS, columns)

    def quotes(self, columns: list[str] | None = None) -> pd.DataFrame:
        """Return one row per quoted or reported span; see `articles`."""
        return self._frame(QUOTES, columns)

    def files(self, columns: list[str] | None = None) -> pd.DataFrame:
        """Return the ledger: one row per raw file, with what became of it."""
        return self._frame(FILES, columns)

    def arrow(self, table: str) -> pads.Dataset:
        """Return a table (articles, paragraphs, quotes or files) as a pyarrow dataset, partition columns included.

        It reads when it is asked for rows: if the version is deleted by then, that raises FileNotFoundError.
        """
        by_name = {t.name: t for t in TABLES}
        if table not in by_name:
            raise KeyError(f"no table {table}; there are {', '.join(by_name)}")
        with self._gone_is_told():
            return self._arrow(by_name[table])

    def duckdb(self) -> duckdb.DuckDBPyConnection:
        """Return a new in-memory DuckDB connection with the views articles, paragraphs, quotes and files.

        Queries read the files: if the version is deleted by then, they raise `duckdb.IOException`.
        """
        import duckdb

        from flows.reports.views import read_table

        connection = duckdb.connect()
        with self._gone_is_told():
            for table in TABLES:
                columns = ", ".join(f'"{name}"' for name in self._arrow(table).schema.names)
                read_table(connection, self._version, table).project(columns).create_view(table.name)
        return connection

    def _files(self, table: Table) -> list[str]:
        return [_name_in_store(self._version.place(path)) for path in self.manifest.paths(table.name)]

    def _arrow(self, table: Table) -> pads.Dataset:
        scheme = scheme_of(self.folder)
        files = PyFileSystem(FSSpecHandler(file_system(scheme))) if scheme else None
        if not table.is_partitioned:
            return pads.dataset(self._files(table), table.schema, format="parquet", filesystem=files)
        depth = PERIODS.index(self.manifest.settings.partition_by) + 1
        periods = pa.schema([(name, pa.int32()) for name in PERIODS[:depth]])
        schema = pa.unify_schemas([table.schema, periods])
        hive = pads.partitioning(periods, flavor="hive")
        base = _name_in_store(self.folder / table.name)
        return pads.dataset(
            self._files(table),
            schema,
            format="parquet",
            filesystem=files,
            partitioning=hive,
            partition_base_dir=base,
        )

    def _frame(self, table: Table, columns: list[str] | None) -> pd.DataFrame:
        with self._gone_is_told():
            rows = self._arrow(table).to_table(columns=columns)
        frame: pd.DataFrame = rows.to_pandas(types_mapper=_NULLABLE.get)
        return frame

    @contextmanager
    def _gone_is_told(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            if self._version.is_there:
                raise
            raise VersionGone(
                f"version {self.version} is deleted by now: newsframes.open() gives the next one"
            ) from error


def _name_in_store(place: Place) -> str:
    """Return a place as the file system of its store has it: bucket and key."""
    return f"{place.bucket.partition('://')[2]}/{place.key}" if isinstance(place, ObjectPath) else str(place)


_NULLABLE = {
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.float32(): pd.Float32Dtype(),
    pa.date32(): pd.ArrowDtype(pa.date32()),
    pa.string(): pd.StringDtype(na_value=pd.NA),
}


def open(processed: str | os.PathLike[str] = "data/processed", version: int | None = None) -> Dataset:
    """Open a dataset.

    Args:
        processed: The processed root: a path, or a URL such as s3://bucket/processed.
        version: Number of a kept version; the current one if None.

    Raises:
        NoSuchDataset: There is none there.
        DatasetDamaged: It is not as a commit leaves it.
    """
    dataset = dataset_in(place_of(processed).resolve())
    try:
        found = dataset.current() if version is None else dataset.version(version)
    except UnknownVersion:
        raise NoSuchDataset(f"no version {version} in {processed}; `newsframes ingest` makes one") from None
    if found is None:
        raise NoSuchDataset(f"no dataset in {processed}; `newsframes ingest` makes one")
    try:
        _ = found.manifest  # from now on, what it holds is known
    except DatasetDamaged:
        if found.is_there:
            raise
        return open(processed, version)  # it was deleted meanwhile
    return Dataset(found)
