"""A version's tables and the views over them in DuckDB."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from flows.dataset import Version
from flows.reading.filters import Filters
from flows.storage import scheme_of
from flows.storage.stores import file_system
from transforms.partitions import PERIODS
from transforms.schemas import TABLES, Table
from transforms.views import VIEWS

FOLDERS = r"regexp_extract(filename, '((?:/(?:year|month|day)=\d+)+)/[^/]*$', 1)"
"""The folders of a file below its table, from its name."""


def period_column(period: str) -> str:
    """Return the column of a period, as DuckDB reads it from a file's name.

    It is an integer, and read from the folders below the table alone: DuckDB's own reading of Hive folders would also
    take a `year=1999` above the dataset. Files of other periods are not opened, either way.
    """
    return f"nullif(regexp_extract({FOLDERS}, '{period}=(\\d+)', 1), '')::INT AS {period}"


def reach(connection: duckdb.DuckDBPyConnection, version: Version) -> None:
    """Let a connection open a version's files, wherever they are."""
    scheme = scheme_of(version.home)
    if scheme and scheme not in connection.list_filesystems():
        connection.register_filesystem(file_system(scheme))


def read_table(
    connection: duckdb.DuckDBPyConnection, version: Version, table: Table, paths: Sequence[str] | None = None
) -> duckdb.DuckDBPyRelation:
    """Return a table's rows, with `filename`, `file_row_number`, and the periods of their partition.

    A table that has no rows, and a period that the dataset is not cut by, give empty columns.

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
    return rows.project(f"*, {', '.join(map(period_column, PERIODS))}")


def read_wanted(
    connection: duckdb.DuckDBPyConnection, version: Version, table: Table, wanted: Filters
) -> duckdb.DuckDBPyRelation:
    """Return the wanted rows of a table; of others than articles, where the connection has those as a view."""
    rows = read_table(connection, version, table, wanted.paths(version, table))
    return rows.filter(wanted.condition(version, table))


def columns_of(table: Table, periods: Sequence[str]) -> list[str]:
    """Return the columns that readers see of a table."""
    return [*table.schema.names, *(periods if table.is_partitioned else ())]


def create_views(
    connection: duckdb.DuckDBPyConnection, version: Version, periods: Sequence[str], wanted: Filters
) -> None:
    """Make the tables of a version views of a connection, and the views of `transforms.views` over them.

    Args:
        connection: Where to make them.
        version: The version.
        periods: Its partition columns.
        wanted: The rows that are wanted.
    """
    for table in TABLES:
        columns = ", ".join(f'"{name}"' for name in columns_of(table, periods))
        read_wanted(connection, version, table, wanted).project(columns).create_view(table.name)
    for view in VIEWS:
        connection.execute(f"CREATE VIEW {view.name} AS {view.query(periods)}")
