"""A version's tables as pyarrow datasets, and frames made from them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as pads
from pyarrow.fs import FSSpecHandler, PyFileSystem

from flows.dataset import Version
from flows.reading.filters import Filters
from flows.storage import ObjectPath, Place, scheme_of
from flows.storage.stores import file_system
from transforms.partitions import period_columns
from transforms.schemas import Table

NULLABLE = {
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.float32(): pd.Float32Dtype(),
    pa.date32(): pd.ArrowDtype(pa.date32()),
    pa.string(): pd.StringDtype(na_value=pd.NA),
}
"""What a column of a frame is, by what it is in Arrow."""


def periods_of(version: Version) -> Sequence[str]:
    """Return the partition columns of a version's tables."""
    return period_columns(version.manifest.settings.partition_by)


def arrow_dataset(version: Version, table: Table, wanted: Filters) -> pads.Dataset:
    """Return the wanted rows of a table, partition columns included; they are read when they are asked for."""
    scheme = scheme_of(version.home)
    files = PyFileSystem(FSSpecHandler(file_system(scheme))) if scheme else None
    paths = [_name_in_store(version.place(path)) for path in wanted.paths(version, table)]
    if not table.is_partitioned:
        return pads.dataset(paths, table.schema, format="parquet", filesystem=files)
    periods = pa.schema([(name, pa.int32()) for name in periods_of(version)])
    rows = pads.dataset(
        paths,
        pa.unify_schemas([table.schema, periods]),
        format="parquet",
        filesystem=files,
        partitioning=pads.partitioning(periods, flavor="hive"),
        partition_base_dir=_name_in_store(version.home / table.name),
    )
    return rows.filter(wanted.expression(version, table))


def frame_of(rows: pa.Table) -> pd.DataFrame:
    """Return rows as a frame with nullable types."""
    frame: pd.DataFrame = rows.to_pandas(types_mapper=NULLABLE.get)
    return frame


def _name_in_store(place: Place) -> str:
    """Return a place as the file system of its store has it: bucket and key."""
    return f"{place.bucket.partition('://')[2]}/{place.key}" if isinstance(place, ObjectPath) else str(place)
