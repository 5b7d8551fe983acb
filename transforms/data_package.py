"""What describes a dataset to programs: a Data Package (datapackage.org, version 2), from the declared schemas.

A table's resource is its folder, for a list of files would have as many entries as the dataset has partitions, and
frictionless reads a folder of Parquet files whole, but of a list the first one alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from transforms.partitions import PartitionBy, period_columns
from transforms.schemas import TABLES, Reference, Table
from transforms.views import period_meaning

Descriptor = dict[str, Any]

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
NAME = "newsframes"
TITLE = "News articles with their paragraphs and quotes"
SUMMARY = (
    "News articles, their paragraphs, and who is quoted in them with which words, made from raw text by newsframes. "
    "Offsets are half-open, in Unicode code points, into the text of the article."
)
_GUARDED = (
    "A text that a spreadsheet would run as a formula has an apostrophe before what would make it one; offsets count "
    "without those apostrophes."
)

_TYPES = {
    pa.string(): "string",
    pa.int32(): "integer",
    pa.int64(): "integer",
    pa.float32(): "number",
    pa.date32(): "date",
    pa.timestamp("us", tz="UTC"): "datetime",
}


@dataclass(frozen=True)
class Contents:
    """What a version holds, as its manifest tells it.

    Attributes:
        version: Its number.
        schema_version: Of the columns.
        rules_version: Of the rules of the code that wrote it; rows may be of older ones.
        partition_by: The period of a partition.
        rows: Rows of each table, by name.
        files: Parquet files of each table, by name.
        first_date: Earliest published date, ISO; None without any.
        last_date: Latest one.
    """

    version: int
    schema_version: int
    rules_version: int
    partition_by: PartitionBy
    rows: Mapping[str, int]
    files: Mapping[str, int]
    first_date: str | None
    last_date: str | None


def data_package(contents: Contents) -> Descriptor:
    """Return the descriptor of a dataset's version, whose folder it lies in."""
    return {
        **_opening(SUMMARY),
        "version": str(contents.version),
        "schemaVersion": contents.schema_version,
        "rulesVersion": contents.rules_version,
        "temporal": {"start": contents.first_date, "end": contents.last_date},
        "resources": [_resource(table, contents) for table in TABLES],
    }


def csv_package(resources: Sequence[Descriptor], is_raw: bool) -> Descriptor:
    """Return the descriptor of tables as CSV.

    Args:
        resources: Of its tables; see `csv_resource`.
        is_raw: Whether texts are as they are in the tables, and none has apostrophes that keep it from being a formula.
    """
    return {**_opening(SUMMARY if is_raw else f"{SUMMARY} {_GUARDED}"), "resources": list(resources)}


def csv_resource(table: Table, tables: Collection[Table], partial: Collection[str]) -> Descriptor:
    """Return the descriptor of a table as CSV.

    Args:
        table: The table.
        tables: All that are there.
        partial: Names of those of which rows may be missing that others refer to.
    """
    schema = {**table_schema(table, tables, partial=partial), "missingValues": [""]}
    return {
        "name": table.name,
        "type": "table",
        "path": f"{table.name}.csv",
        "description": table.meaning,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _opening(description: str) -> Descriptor:
    return {"$schema": PROFILE, "name": NAME, "title": TITLE, "description": description}


def _resource(table: Table, contents: Contents) -> Descriptor:
    periods = period_columns(contents.partition_by) if table.is_partitioned else ()
    return {
        "name": table.name,
        "type": "table",
        "path": table.name,
        "description": table.meaning,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "rowCount": contents.rows[table.name],
        "fileCount": contents.files[table.name],
        # Pandas, through which frictionless reads Parquet, makes nan of a number that is not there.
        "schema": table_schema(table, TABLES, periods, missing_number="nan"),
    }


def table_schema(
    table: Table,
    tables: Collection[Table],
    periods: Sequence[str] = (),
    missing_number: str | None = None,
    partial: Collection[str] = (),
) -> Descriptor:
    """Return the Table Schema of a table.

    Args:
        table: The table.
        tables: Those of its package: foreign keys to others are left out.
        periods: Columns of its partitions, which its folders tell.
        missing_number: How a number is read that is not there.
        partial: Names of tables of which rows may be missing: what refers to other rows of the same one is left out.
    """
    names = {t.name for t in tables} - ({table.name} & {*partial})
    fields = [_field(table, column, missing_number) for column in table.schema]
    fields += [_period(name) for name in periods]
    return {
        "fields": fields,
        "missingValues": [],
        "primaryKey": list(table.key),
        "foreignKeys": [_foreign_key(table, reference) for reference in table.references if reference.table in names],
    }


def _field(table: Table, column: pa.Field, missing_number: str | None) -> Descriptor:
    constraints: Descriptor = {} if column.nullable else {"required": True}
    if column.name in table.values:
        constraints["enum"] = list(table.values[column.name])
    kind = _TYPES[column.type]
    field = {"name": column.name, "type": kind, "description": table.description(column.name)}
    if constraints:
        field["constraints"] = constraints
    if missing_number is not None and column.nullable and kind in ("integer", "number"):
        field["missingValues"] = [missing_number]
    return field


def _period(name: str) -> Descriptor:
    return {
        "name": name,
        "type": "integer",
        "description": period_meaning(name),
        "constraints": {"required": True},
    }


def _foreign_key(table: Table, reference: Reference) -> Descriptor:
    resource = "" if reference.table == table.name else reference.table
    return {
        "fields": list(reference.columns),
        "reference": {"resource": resource, "fields": list(reference.key)},
    }
