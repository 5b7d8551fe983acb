"""A version's tables in DuckDB."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from flows.dataset import Version
from flows.storage import scheme_of
from flows.storage.stores import file_system
from transforms.partitions import PERIODS
from transforms.schemas import Table


def reach(connection: duckdb.DuckDBPyConnection, version: Version) -> None:
    """Let a connection open a version's files, wherever they are."""
    scheme = scheme_of(version.home)
    if scheme and scheme not in connection.list_filesystems():
        connection.register_filesystem(file_system(scheme))


def read_table(
    connection: duckdb.DuckDBPyConnection, version: Version, table: Table, paths: Sequence[str] | None = None
) -> duckdb.DuckDBPyRelation:
    """Return a table's rows, with `filename`, `file_row_number`, and the periods of their partition.

    The periods are integers, read from the folders below the table alone: DuckDB's own reading of Hive folders would
    also take a `year=1999` above the dataset. A table that has no rows, and a period that the dataset is not cut by,
    give empty columns.

    Args:
        connection: Where to read them.
        version: The version.
        table: The table.
        paths: Those of its files that are wanted, by their paths below the version; all if None.
    """
    reach(connection, version)
    files = [str(version.place(path)) for path in (version.manifest.paths(table.name) if paths is None else paths)]
    if files:
        rows = connection.read_parquet(files, filename=True, file_row_number=True, hive_partitioning=False)
    else:
        empty = connection.from_arrow(table.schema.empty_table())
        rows = empty.project("*, NULL::VARCHAR AS filename, NULL::BIGINT AS file_row_number")
    if scheme_of(version.home):  # objects of one part of different tables have different hashes in their names
        rows = rows.project(r"* REPLACE (regexp_replace(filename, '-[0-9a-f]{32}(\.parquet)$', '\1') AS filename)")
    if not table.is_partitioned:
        return rows
    folders = r"regexp_extract(filename, '((?:/(?:year|month|day)=\d+)+)/[^/]*$', 1)"
    periods = (f"nullif(regexp_extract({folders}, '{p}=(\\d+)', 1), '')::INT AS {p}" for p in PERIODS)
    return rows.project(f"*, {', '.join(periods)}")
