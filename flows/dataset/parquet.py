"""Parquet files: always the declared schema, always the same bytes for the same rows."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.dataset.durable import new_file
from flows.dataset.manifest import DatasetDamaged, FileEntry
from flows.raw.opening import sha256_of
from flows.storage import ObjectPath, Place

ROWS_PER_GROUP = 16_384
"""Row groups are cut at fixed row counts, not as batches come."""
_ROWS_PER_RUN = 1000  # where this many follow on each other, slices are faster than rows that are taken one by one


def write_parquet(
    table: pa.Table,
    path: Place,
    dates: pa.ChunkedArray | None = None,
    order: pa.Array | None = None,
    sorted_by: Sequence[str] = (),
) -> FileEntry:
    """Write a table, saved to disk, and return its manifest entry.

    Args:
        table: Rows of a declared schema.
        path: A file that does not exist; its folder is made. In an object store, where nothing is ever overwritten,
            the object has the hash of its bytes in its name; see `content_name`.
        dates: published_date of the rows' articles.
        order: Positions of the rows to write; as they are, if None.
        sorted_by: Columns that the rows, once in that order, are sorted by, nulls last: the file declares it.
    """
    if isinstance(path, ObjectPath):
        content = io.BytesIO()
        _write(table, order, sorted_by, content)
        sha256, size = hashlib.sha256(content.getbuffer()).hexdigest(), content.getbuffer().nbytes
        path.with_name(content_name(path.name, sha256)).write_bytes(content.getvalue())
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        with new_file(path) as file:
            _write(table, order, sorted_by, file)
        sha256, size = sha256_of(path), path.stat().st_size
    return FileEntry(table.num_rows if order is None else len(order), size, sha256, *_span(dates))


def _write(table: pa.Table, order: pa.Array | None, sorted_by: Sequence[str], file: Any) -> None:
    sorting = pq.SortingColumn.from_ordering(table.schema, [(name, "ascending") for name in sorted_by])
    with pq.ParquetWriter(
        file, table.schema, compression="zstd", write_page_checksum=True, sorting_columns=sorting or None
    ) as writer:
        for rows in in_groups(table, order):
            writer.write_table(rows, ROWS_PER_GROUP)


def in_groups(table: pa.Table, order: pa.Array | None = None) -> Iterator[pa.Table]:
    """Yield the rows of a table, in an order, as many at once as a row group has.

    Each is of one chunk, for the bytes of a file depend on its chunks.
    """
    if order is None:
        yield table
        return
    places = order.to_numpy()
    is_sorted = np.count_nonzero(np.diff(places) != 1) < len(places) / _ROWS_PER_RUN
    if not is_sorted:  # rows are taken from one chunk ten times as fast as from hundreds
        table = table.combine_chunks()
    for start in range(0, max(len(places), 1), ROWS_PER_GROUP):
        some = places[start : start + ROWS_PER_GROUP]
        yield (_runs(table, some) if is_sorted else table.take(pa.array(some))).combine_chunks()


def _runs(table: pa.Table, places: npt.NDArray[np.int64]) -> pa.Table:
    """Return rows most of which follow on each other in the table, too."""
    runs = np.split(places, np.flatnonzero(np.diff(places) != 1) + 1)
    return pa.concat_tables([table.slice(int(run[0]), len(run)) if len(run) else table.slice(0, 0) for run in runs])


def content_name(name: str, sha256: str) -> str:
    """Return what an object is called: a file's name with the hash of its bytes.

    Args:
        name: Of the file, such as part-0.parquet.
        sha256: Of its bytes, in hex.
    """
    stem, dot, ending = name.rpartition(".")
    return f"{stem}-{sha256[:32]}{dot}{ending}"


def plain_name(place: Place) -> str:
    """Return what a file is called, wherever it is: the name of an object without the hash of its bytes."""
    return f"{place.stem.rpartition('-')[0]}{place.suffix}" if isinstance(place, ObjectPath) else place.name


def read_parquet(path: Place, columns: list[str] | None = None) -> pa.Table:
    """Return a file's rows; page checksums are verified.

    Raises:
        DatasetDamaged: It is not there, or not as it was written.
    """
    with _damage_is_told(path):
        return open_parquet(path).read(columns=columns)


def read_groups(
    path: Place, columns: list[str] | None = None, article_ids: pa.Array | None = None
) -> Iterator[pa.Table]:
    """Yield a file's rows, a row group at a time; page checksums are verified.

    Args:
        path: The file.
        columns: Those wanted; all if None.
        article_ids: Articles whose rows are wanted; all if None.

    Raises:
        DatasetDamaged: It is not there, or not as it was written.
    """
    with _damage_is_told(path):
        file = open_parquet(path)
        for number in range(file.num_row_groups):
            if article_ids is None:
                yield file.read_row_group(number, columns)
                continue
            is_wanted = pc.is_in(file.read_row_group(number, ["article_id"])["article_id"], article_ids)
            if pc.any(is_wanted).as_py():
                yield file.read_row_group(number, columns).filter(is_wanted)


def read_batches(path: Place, most: int, columns: list[str] | None = None) -> Iterator[pa.Table]:
    """Yield a file's rows in their order, so many at once at most; page checksums are verified.

    Raises:
        DatasetDamaged: It is not there, or not as it was written.
    """
    with _damage_is_told(path):
        for batch in open_parquet(path).iter_batches(most, columns=columns):
            yield pa.Table.from_batches([batch])


@contextmanager
def _damage_is_told(path: Place) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise DatasetDamaged(
            f"{path} cannot be read ({error}); `newsframes check` tells more, `newsframes repair` mends it"
        ) from error


def open_parquet(path: Place) -> pq.ParquetFile:
    """Open a Parquet file whose page checksums are verified.

    Raises:
        OSError: It is not there.
        pa.ArrowException: It is no Parquet file.
    """
    return pq.ParquetFile(path.open() if isinstance(path, ObjectPath) else path, page_checksum_verification=True)


def _span(dates: pa.ChunkedArray | None) -> tuple[str | None, str | None]:
    if dates is None or dates.null_count == len(dates):
        return None, None
    span = pc.min_max(dates).as_py()
    return span["min"].isoformat(), span["max"].isoformat()
