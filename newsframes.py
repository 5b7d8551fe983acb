"""What analysts import: a dataset at one version, as frames or in DuckDB.

    import newsframes

    dataset = newsframes.open("data/processed")
    quotes = dataset.quotes()  # pandas, nullable types
    march = dataset.where(start="2016-03-01", end="2016-03-31", outlet="The Herald")
    march.speakers()  # who was quoted there, how often, in how many words
    march.duckdb().sql("SELECT speaker, count(*) FROM quotes GROUP BY ALL ORDER BY 2 DESC").show()

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
import pyarrow.dataset as pads

from flows.dataset import DatasetDamaged, Manifest, UnknownVersion, dataset_in
from flows.dataset import Version as _Version
from flows.reading.arrow import arrow_dataset, frame_of, periods_of
from flows.reading.filters import Day, FilterError, Filters, Names
from flows.storage import place_of
from transforms.schemas import ARTICLES, FILES, PARAGRAPHS, QUOTES, TABLES, Table
from transforms.views import QUOTES_IN_CONTEXT, QUOTES_WITH_ARTICLES, SPEAKERS, UTTERANCES, View

if TYPE_CHECKING:
    import duckdb

__all__ = ["Dataset", "DatasetDamaged", "FilterError", "NoSuchDataset", "VersionGone", "open"]


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

    def __init__(self, version: _Version, wanted: Filters | None = None) -> None:
        self._version = version
        self._wanted = wanted or Filters()
        self.version = version.number
        self.folder = version.home

    def __repr__(self) -> str:
        rows = ", ".join(f"{self.manifest.rows(t.name):,} {t.name}" for t in TABLES[:3])
        return f"<newsframes dataset, version {self.version}: {rows}>"

    @property
    def manifest(self) -> Manifest:
        """What the version holds and what it was made from."""
        return self._version.manifest

    def where(
        self,
        start: Day | None = None,
        end: Day | None = None,
        outlet: Names | None = None,
        speaker: Names | None = None,
        kind: Names | None = None,
    ) -> Dataset:
        """Return the same version with some of its rows; files that cannot hold them are not opened.

        Dates and outlets choose articles, and with them their paragraphs and quotes; speakers and kinds choose quotes,
        and with them utterances and speakers. The ledger stays whole. What is not given stays as it was.

        Args:
            start: First published_date, as a date or in ISO form; articles without a date are left out.
            end: Last one.
            outlet: One outlet, or some, as they are in the table.
            speaker: One speaker, or some.
            kind: One kind of quotes, or some, such as quotation.

        Raises:
            FilterError: A date is none, or the last is before the first.
        """
        given = {"start": start, "end": end, "outlet": outlet, "speaker": speaker, "kind": kind}
        return Dataset(self._version, self._wanted.narrowed(**given))

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

    def quotes_in_context(self, columns: list[str] | None = None) -> pd.DataFrame:
        """Return one row per quote, with the 200 characters before and after it, in the order of the text."""
        return self._frame_of_view(QUOTES_IN_CONTEXT, columns, "published_date, article_id, quote_id")

    def quotes_with_articles(self, columns: list[str] | None = None) -> pd.DataFrame:
        """Return one row per quote, with title, outlet, date and more of its article, in the order of the text."""
        return self._frame_of_view(QUOTES_WITH_ARTICLES, columns, "published_date, article_id, quote_id")

    def utterances(self, columns: list[str] | None = None) -> pd.DataFrame:
        """Return one row per utterance: quotations that a cue or a paragraph split are one."""
        return self._frame_of_view(UTTERANCES, columns, "year, article_id, utterance_id")

    def speakers(self, columns: list[str] | None = None) -> pd.DataFrame:
        """Return one row per speaker, with outlets, counts, words and roles; who has the most quotations comes first.

        A speaker is a name, whatever its case: two people of one name are one row.
        """
        return self._frame_of_view(SPEAKERS, columns, "quote_count DESC, speaker, speaker_kind")

    def arrow(self, table: str) -> pads.Dataset:
        """Return a table (articles, paragraphs, quotes or files) as a pyarrow dataset, partition columns included.

        It reads when it is asked for rows: if the version is deleted by then, that raises FileNotFoundError.
        """
        by_name = {t.name: t for t in TABLES}
        if table not in by_name:
            raise KeyError(f"no table {table}; there are {', '.join(by_name)}")
        with self._gone_is_told():
            return arrow_dataset(self._version, by_name[table], self._wanted)

    def duckdb(self) -> duckdb.DuckDBPyConnection:
        """Return a new in-memory DuckDB connection with the tables as views, and further views over them.

        These are articles, paragraphs, quotes and files; quotes_in_context, quotes_with_articles, utterances and
        speakers, of which docs/data_dictionary.md tells every column. Queries read the files: if the version is
        deleted by then, they raise `duckdb.IOException`.
        """
        import duckdb

        from flows.reading.tables import create_views

        connection = duckdb.connect()
        with self._gone_is_told():
            create_views(connection, self._version, periods_of(self._version), self._wanted)
        return connection

    def _frame(self, table: Table, columns: list[str] | None) -> pd.DataFrame:
        with self._gone_is_told():
            return frame_of(arrow_dataset(self._version, table, self._wanted).to_table(columns=columns))

    def _frame_of_view(self, view: View, columns: list[str] | None, order: str) -> pd.DataFrame:
        chosen = "*" if columns is None else ", ".join(f'"{name}"' for name in columns)
        with self._gone_is_told(), self.duckdb() as connection:
            return frame_of(connection.sql(f"SELECT {chosen} FROM {view.name} ORDER BY {order}").to_arrow_table())

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
