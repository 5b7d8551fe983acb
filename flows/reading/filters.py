"""Which rows of a version are wanted: the articles of some days and outlets, the quotes of some speakers and kinds."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from flows.dataset import FileEntry, Version
from flows.dataset.parquet import read_parquet
from transforms.schemas import ARTICLES, QUOTES, Table

Day = str | datetime.date
Names = str | Iterable[str]


class FilterError(ValueError):
    """A filter makes no sense."""


@dataclass(frozen=True)
class Filters:
    """What is wanted; None is everything.

    Attributes:
        start: First published_date, ISO; articles without a date are not wanted then.
        end: Last one.
        outlets: Outlets of articles.
        speakers: Speakers of quotes.
        kinds: Kinds of quotes.
    """

    start: str | None = None
    end: str | None = None
    outlets: tuple[str, ...] | None = None
    speakers: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None

    @classmethod
    def of(
        cls,
        start: Day | None = None,
        end: Day | None = None,
        outlet: Names | None = None,
        speaker: Names | None = None,
        kind: Names | None = None,
    ) -> Filters:
        """Return the filters that a caller means.

        Args:
            start: First published_date: a date or its ISO form.
            end: Last one.
            outlet: One outlet, or some.
            speaker: One speaker, or some.
            kind: One kind of quotes, or some.

        Raises:
            FilterError: A date is none, or the last is before the first.
        """
        first, last = _day(start), _day(end)
        if first and last and first > last:
            raise FilterError(f"the range ends before it starts: {first} to {last}")
        return cls(first, last, _names(outlet), _names(speaker), _names(kind))

    def narrowed(self, **given: Any) -> Filters:
        """Return these filters with others in place of some; see `of`."""
        asked: dict[str, Any] = {"start": self.start, "end": self.end}
        asked |= {"outlet": self.outlets, "speaker": self.speakers, "kind": self.kinds}
        return Filters.of(**asked | {name: value for name, value in given.items() if value is not None})

    def __str__(self) -> str:
        dates = " ".join(f"{word} {day}" for word, day in (("from", self.start), ("to", self.end)) if day)
        names = (", ".join(names) for names in (self.outlets, self.speakers, self.kinds) if names is not None)
        return "; ".join(filter(None, (dates, *names)))

    @property
    def has_dates(self) -> bool:
        """Whether only some days are wanted."""
        return self.start is not None or self.end is not None

    def paths(self, version: Version, table: Table) -> list[str]:
        """Return the files of a table that may hold wanted rows, as the manifest tells; the ledger's, always."""
        files = version.manifest.files
        paths = version.manifest.paths(table.name)
        if not self.has_dates or not table.is_partitioned:
            return paths
        return [path for path in paths if files[path].overlaps(self.start, self.end)]

    def expression(self, version: Version, table: Table) -> pc.Expression:
        """Return what wanted rows of a table fulfil, for pyarrow.

        For tables other than articles, the dates and outlets of articles are read, unless the manifest tells enough.
        """
        found = pc.scalar(True)
        for term in self._terms(table):
            found &= term.expression
        if self._needs_articles(version, table):
            found &= pc.field("article_id").isin(self._article_ids(version))
        return found

    def condition(self, version: Version, table: Table) -> str:
        """Return the same for DuckDB, where a view articles has the wanted ones."""
        terms = [term.sql for term in self._terms(table)]
        if self._needs_articles(version, table):
            terms.append("article_id IN (SELECT article_id FROM articles)")
        return " AND ".join(terms) or "true"

    def _terms(self, table: Table) -> list[_Term]:
        """Return what the columns of a table tell."""
        terms: list[tuple[str, str, str | tuple[str, ...] | None]] = []
        if table == ARTICLES:
            terms = [
                ("published_date", ">=", self.start),
                ("published_date", "<=", self.end),
                ("outlet", "in", self.outlets),
            ]
        if table == QUOTES:
            terms = [("speaker", "in", self.speakers), ("kind", "in", self.kinds)]
        return [_Term(column, operator, value) for column, operator, value in terms if value is not None]

    def _needs_articles(self, version: Version, table: Table) -> bool:
        """Return whether some rows that are read belong to articles that are not wanted."""
        if table == ARTICLES or not table.is_partitioned:
            return False
        if self.outlets is not None:
            return True
        entries = (version.manifest.files[path] for path in self.paths(version, table))
        return self.has_dates and not all(self._holds(entry) for entry in entries)

    def _holds(self, entry: FileEntry) -> bool:
        """Return whether all articles of a file are of wanted days."""
        if entry.first_date is None or entry.last_date is None:
            return False
        return (self.start or entry.first_date) <= entry.first_date and entry.last_date <= (self.end or entry.last_date)

    def _article_ids(self, version: Version) -> pa.Array:
        columns = ["article_id", "outlet", "published_date"]
        wanted = self.expression(version, ARTICLES)
        tables = (read_parquet(version.place(path), columns) for path in self.paths(version, ARTICLES))
        chunks = [chunk for rows in tables for chunk in rows.filter(wanted)["article_id"].chunks]
        return pa.chunked_array(chunks, pa.string()).combine_chunks()


EVERYTHING = Filters()


class _Term(NamedTuple):
    """A column, how it is compared, and with what."""

    column: str
    operator: str
    value: str | tuple[str, ...]

    @property
    def expression(self) -> pc.Expression:
        column = pc.field(self.column)
        if isinstance(self.value, tuple):
            return column.isin(pa.array(self.value, pa.string()))
        day = pa.scalar(datetime.date.fromisoformat(self.value), pa.date32())
        return column >= day if self.operator == ">=" else column <= day

    @property
    def sql(self) -> str:
        if isinstance(self.value, tuple):
            return f"{self.column} IN ({', '.join(map(_literal, self.value))})" if self.value else "false"
        return f"{self.column} {self.operator} DATE {_literal(self.value)}"


def _literal(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def _names(names: Names | None) -> tuple[str, ...] | None:
    if names is None:
        return None
    return (str(names),) if isinstance(names, str) else tuple(dict.fromkeys(map(str, names)))


def _day(day: Day | None) -> str | None:
    if day is None:
        return None
    if isinstance(day, datetime.datetime):
        day = day.date()
    try:
        return (day if isinstance(day, datetime.date) else datetime.date.fromisoformat(day)).isoformat()
    except ValueError:
        raise FilterError(f"{day!r} is no date such as 2016-03-01") from None
