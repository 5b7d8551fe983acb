"""Parquet files: always the declared schema, always the same bytes for the same rows."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.dataset.durable import new_file
from flows.dataset.manifest import DatasetDamaged, FileEntry
from flows.raw.opening import sha256_of

ROWS_PER_GROUP = 16_384
"""Row groups are cut at fixed row counts, not as batches come."""


def write_parquet(table: pa.Table, path: Path, dates: pa.ChunkedArray | None = None) -> FileEntry:
    """Write a table, saved to disk, and return its manifest entry.

    Args:
        table: Rows in their final order, of a declared schema.
        path: A file that does not exist; its folder is made.
        dates: published_date of the rows' articles.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with new_file(path) as file:
        pq.write_table(table, file, row_group_size=ROWS_PER_GROUP, compression="zstd", write_page_checksum=True)
    first, last = _span(dates)
    return FileEntry(table.num_rows, path.stat().st_size, sha256_of(path), first, last)


def read_parquet(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Return a file's rows; page checksums are verified.

    Raises:
        DatasetDamaged: It is not there, or not as it was written.
    """
    try:
        return pq.ParquetFile(path, page_checksum_verification=True).read(columns=columns)
    except (pa.ArrowException, OSError) as error:
        raise DatasetDamaged(
            f"{path} cannot be read ({error}); `newsframes check` tells more, `newsframes repair` mends it"
        ) from error


def _span(dates: pa.ChunkedArray | None) -> tuple[str | None, str | None]:
    if dates is None or dates.null_count == len(dates):
        return None, None
    span = pc.min_max(dates).as_py()
    return span["min"].isoformat(), span["max"].isoformat()
