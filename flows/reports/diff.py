"""Diff: which rows one version has that another has not, for those who load the tables onwards.

A partition file that both versions have with the same SHA-256 is never opened. The rows of the others are compared by
their keys over the whole table, so an article whose date was corrected, and which moved to another partition, is one
changed key. All comparing is DuckDB's, on disk below the temporary folder where memory does not do.
"""

from __future__ import annotations

import csv
import itertools
import tempfile
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, NamedTuple, TextIO

import duckdb
import pyarrow as pa

from flows.dataset import DatasetDamaged, FileEntry, Version
from flows.dataset.parquet import open_parquet
from flows.planning.options import OptionsError
from flows.reading.tables import reach
from flows.storage import Place
from transforms.partitions import parse_folder
from transforms.schemas import TABLES, Table

Kind = Literal["added", "changed", "gone"]

BOOKKEEPING = frozenset({"run_id", "finished_at"})
"""Columns of the ledger that tell a run, not a file: a row that differs in nothing else is unchanged."""

_COMPARED_BYTES = 64 << 20
"""Parquet that is joined at once, about; what stands between two places where both versions are cut may be larger."""
_FETCHED_ROWS = 10_000
_KEY_COLUMNS = ("article_id", "paragraph_index", "quote_id", "raw_path")
# Hive folders between a table and a file; the ledger has none. Greedy, but a table's name ends it on the left.
_FOLDER = r"ltrim(regexp_extract(filename, '((?:/(?:year|month|day)=\d+)*)/[^/]*$', 1), '/')"
_CHANGE = "CASE WHEN previous_partition IS NULL THEN 'added' WHEN partition IS NULL THEN 'gone' ELSE 'changed' END"


class Change(NamedTuple):
    """One key that was added, changed or lost.

    Attributes:
        table: Name of the table.
        change: Any column that differs, or the partition, makes a row changed.
        partition: Folder of its partition in the later version; empty for the ledger, None if the row is gone.
        previous_partition: The same of the earlier version; None if the row was added.
        article_id: Of articles, paragraphs and quotes.
        paragraph_index: Of paragraphs.
        quote_id: Of quotes.
        raw_path: Of the ledger.
    """

    table: str
    change: Kind
    partition: str | None
    previous_partition: str | None
    article_id: str | None
    paragraph_index: int | None
    quote_id: str | None
    raw_path: str | None

    @property
    def key(self) -> str:
        """The row's key, for a person."""
        table = next(t for t in TABLES if t.name == self.table)
        return " ".join(str(getattr(self, column)) for column in table.key)


@dataclass(frozen=True)
class PartitionDiff:
    """What became of one partition of one table, of which some file is not the same in both versions.

    Attributes:
        table: Name of the table.
        partition: Its folder; empty for the ledger.
        file: What became of its files, all together.
        added: Rows whose key is new to the whole table.
        changed: Rows here now whose key the table had before, here or in another partition, with other values.
        gone: Rows that were here and whose key the table has no more.
        moved_away: Rows that were here and are in another partition now, where they count as changed.
    """

    table: str
    partition: str
    file: Kind
    added: int = 0
    changed: int = 0
    gone: int = 0
    moved_away: int = 0

    @property
    def has_other_rows(self) -> bool:
        """Whether any row differs: a file may be written anew with the same rows."""
        return bool(self.added or self.changed or self.gone or self.moved_away)


@dataclass(frozen=True)
class Summary:
    """What differs between two versions, counted.

    Attributes:
        before: Number of the version that is compared with.
        after: Number of the version that is described.
        partitions: Those whose file differs, by table and time.
    """

    before: int
    after: int
    partitions: list[PartitionDiff]

    @property
    def has_other_rows(self) -> bool:
        """Whether any row of any table differs."""
        return any(p.has_other_rows for p in self.partitions)


class Diff:
    """The difference of two versions; it can be read as long as the block of `diff_versions` lasts.

    Attributes:
        summary: Counts by table and partition.
    """

    def __init__(self, summary: Summary, connection: duckdb.DuckDBPyConnection) -> None:
        self.summary = summary
        self._connection = connection

    def changes(self) -> Iterator[Change]:
        """Yield every key that differs, by table, partition and key; memory does not grow with their number."""
        rows = self._connection.cursor().execute(
            f"""SELECT place, {_CHANGE}, partition, previous_partition, {", ".join(_KEY_COLUMNS)} FROM changes
                ORDER BY place, regexp_extract_all(coalesce(partition, previous_partition), '\\d+')::INT[],
                         {", ".join(_KEY_COLUMNS)}"""
        )
        while found := rows.fetchmany(_FETCHED_ROWS):
            yield from (Change(TABLES[place].name, *row) for place, *row in found)


@dataclass(frozen=True)
class _Part:
    """One partition file that is not the same in both versions.

    Attributes:
        folder: Of its partition.
        path: Below a version.
        stretch: The last file, up to this one, that starts at the same key in both: a row of it is in no other stretch.
        kind: What became of the partition.
        before: In one version.
        after: In the other.
    """

    folder: str
    path: str
    stretch: str
    kind: Kind
    before: FileEntry | None
    after: FileEntry | None

    @property
    def bytes(self) -> int:
        return sum(entry.bytes for entry in (self.before, self.after) if entry)


@contextmanager
def diff_versions(before: Version, after: Version) -> Iterator[Diff]:
    """Give the difference of two versions inside the block.

    Nulls equal nulls. A row of the ledger that differs only in `BOOKKEEPING` is unchanged: a file that was read again
    with the same result is no news. Versions that are partitioned by other periods share no partition, so every key
    that both have is changed. `diff_versions(after, before)` is the inverse.

    Args:
        before: The version to compare with, older or newer.
        after: The version to describe.

    Raises:
        OptionsError: A table's columns are not the same in both.
        DatasetDamaged: A file cannot be read.
    """
    parts = {table.name: _differing_parts(table, before, after) for table in TABLES}
    with (
        tempfile.TemporaryDirectory(prefix="newsframes-diff-") as folder,
        duckdb.connect(f"{folder}/changes.duckdb") as connection,
    ):
        try:
            reach(connection, before)
            _find_changes(connection, before, after, parts)
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            numbers = f"versions {before.number} and {after.number}"
            raise DatasetDamaged(f"{numbers} cannot be compared ({error}); `newsframes check` tells more") from error
        yield Diff(Summary(before.number, after.number, _count_changes(connection, parts)), connection)


def write_changes(diff: Diff, stream: TextIO) -> None:
    """Write every change as a line of CSV, under the names of `Change`; what a table has not is empty.

    Args:
        diff: What to write.
        stream: Opened with `newline=""`.
    """
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(Change._fields)
    writer.writerows(diff.changes())


def _differing_parts(table: Table, before: Version, after: Version) -> list[_Part]:
    """Return the files that are not the same in both, by time; one without rows only holds an empty table's place."""
    old, new = (
        {path: entry for path in v.manifest.paths(table.name) if (entry := v.manifest.files[path]).rows}
        for v in (before, after)
    )
    folders, shared = (set(map(_folder, old)), set(map(_folder, new))), sorted(old.keys() & new.keys())
    parts = [
        _Part(_folder(path), path, _stretch(path, shared), _kind(_folder(path), *folders), old.get(path), new.get(path))
        for path in old.keys() | new.keys()
        if path not in old or path not in new or old[path].sha256 != new[path].sha256
    ]
    return sorted(parts, key=lambda p: (parse_folder(p.folder) if p.folder else (), p.path))


def _folder(path: str) -> str:
    return path.partition("/")[2].rpartition("/")[0]


def _stretch(path: str, shared: Sequence[str]) -> str:
    """Return the last of some paths that is not after one and in its folder; paths are in the order of their keys."""
    at = bisect_right(shared, path) - 1
    return shared[at] if at >= 0 and _folder(shared[at]) == _folder(path) else _folder(path)


def _kind(folder: str, before: Collection[str], after: Collection[str]) -> Kind:
    if folder not in before:
        return "added"
    return "changed" if folder in after else "gone"


def _find_changes(
    connection: duckdb.DuckDBPyConnection, before: Version, after: Version, parts: dict[str, list[_Part]]
) -> None:
    """Fill the table `changes`.

    Rows are compared some stretches at a time; a key that left one lot and came in another makes two rows there.
    """
    connection.execute(
        """CREATE TABLE found (place INTEGER, partition VARCHAR, previous_partition VARCHAR,
                               article_id VARCHAR, paragraph_index INTEGER, quote_id VARCHAR, raw_path VARCHAR)"""
    )
    for place, table in enumerate(TABLES):
        columns = _shared_columns(table, before, after, parts[table.name])
        for lot in _lots(parts[table.name]):
            old, new = ([str(p) for p in paths] for paths in _paths(lot, before, after))
            _create_views(connection, old, new)
            connection.execute(_comparison(place, table, columns))
    keys = ", ".join(_KEY_COLUMNS)
    connection.execute(
        f"""CREATE TABLE changes AS
            SELECT place, max(partition) AS partition, max(previous_partition) AS previous_partition, {keys}
            FROM found GROUP BY place, {keys}"""
    )


def _paths(parts: Sequence[_Part], before: Version, after: Version) -> tuple[list[Place], list[Place]]:
    return [before.place(p.path) for p in parts if p.before], [after.place(p.path) for p in parts if p.after]


def _shared_columns(table: Table, before: Version, after: Version, parts: Sequence[_Part]) -> list[str]:
    """Return the columns of all files concerned, which may be older than those of this newsframes."""
    old, new = _paths(parts, before, after)
    schemas = {frozenset((f.name, str(f.type)) for f in open_parquet(path).schema_arrow) for path in (*old, *new)}
    shared = frozenset.intersection(*schemas) if schemas else frozenset()
    if odd := sorted({name for columns in schemas for name, _ in columns - shared}):
        raise OptionsError(
            f"{table.name} has not the same columns in versions {before.number} and {after.number} "
            f"({', '.join(odd)}): what they hold cannot be compared; load {table.name} anew"
        )
    return sorted(name for name, _ in shared)


def _lots(parts: Sequence[_Part]) -> Iterator[list[_Part]]:
    """Yield parts that are compared at once; those of a stretch are never apart."""
    lot: list[_Part] = []
    size = 0
    for _, group in itertools.groupby(parts, key=lambda part: part.stretch):
        stretch = list(group)
        if lot and size + sum(part.bytes for part in stretch) > _COMPARED_BYTES:
            yield lot
            lot, size = [], 0
        lot += stretch
        size += sum(part.bytes for part in stretch)
    if lot:
        yield lot


def _create_views(connection: duckdb.DuckDBPyConnection, old: list[str], new: list[str]) -> None:
    """Make the views old and new, at least one of which has files."""
    for name, files, other in (("old", old, new), ("new", new, old)):
        rows = connection.read_parquet(files or other, filename=True, hive_partitioning=False)
        rows = rows.project(f"* EXCLUDE filename, {_FOLDER} AS partition")
        (rows if files else rows.limit(0)).create_view(name, replace=True)


def _comparison(place: int, table: Table, columns: Sequence[str]) -> str:
    told = [c for c in _KEY_COLUMNS if c in table.key or (c == "article_id" and table.is_partitioned)]
    same_key = " AND ".join(f"new.{c} = old.{c}" for c in table.key)
    compared = [c for c in columns if c not in table.key and (table.is_partitioned or c not in BOOKKEEPING)]
    differs = " OR ".join(f'new."{c}" IS DISTINCT FROM old."{c}"' for c in ["partition", *compared])
    return f"""INSERT INTO found BY NAME
               SELECT {place} AS place, new.partition AS partition, old.partition AS previous_partition,
                      {", ".join(f"coalesce(new.{c}, old.{c}) AS {c}" for c in told)}
               FROM old FULL JOIN new ON {same_key}
               WHERE {differs}"""


def _count_changes(connection: duckdb.DuckDBPyConnection, parts: dict[str, list[_Part]]) -> list[PartitionDiff]:
    rows = connection.execute(
        f"""SELECT place, coalesce(partition, previous_partition), {_CHANGE}, count(*) FROM changes GROUP BY ALL
            UNION ALL
            SELECT place, previous_partition, 'moved_away', count(*) FROM changes
            WHERE partition <> previous_partition GROUP BY ALL"""
    ).fetchall()
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for place, folder, change, count in rows:
        counts.setdefault((TABLES[place].name, folder), {})[change] = count
    return [
        PartitionDiff(name, part.folder, part.kind, **counts.get((name, part.folder), {}))
        for name, found in parts.items()
        for part in {part.folder: part for part in found}.values()
    ]
