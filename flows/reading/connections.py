"""A connection that a version is queried with: what it cannot hold in memory goes to a disk."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import duckdb

from flows.dataset import DatasetDamaged, Version
from flows.reading.filters import EVERYTHING, Filters
from flows.reading.tables import read_wanted
from transforms.schemas import Table


@contextmanager
def connected(
    version: Version, tables: Sequence[Table], wanted: Filters = EVERYTHING
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection that has some tables of a version as views.

    Args:
        version: The version.
        tables: The tables, articles first.
        wanted: The rows that are wanted.

    Raises:
        DatasetDamaged: A file cannot be read.
    """
    try:
        with (
            tempfile.TemporaryDirectory(prefix="newsframes-query-") as folder,
            duckdb.connect(config={"temp_directory": folder}) as connection,
        ):
            for table in tables:
                read_wanted(connection, version, table, wanted).create_view(table.name)
            yield connection
    except duckdb.Error as error:
        raise DatasetDamaged(
            f"version {version.number} cannot be read ({error}); `newsframes check` tells more"
        ) from error
