"""The tables as CSV, with a Data Package that tells their types and keys."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from flows.dataset.durable import json_bytes, new_file
from flows.exports.selection import TABLES, Rows
from transforms.data_package import csv_package, csv_resource
from transforms.exports import cells
from transforms.schemas import Table


@dataclass
class _Written:
    """A file that is being written, and what its descriptor says of it."""

    file: IO[bytes]
    rows: int = 0
    size: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def write(self, content: bytes, rows: int = 0) -> None:
        self.file.write(content)
        self.rows += rows
        self.size += len(content)
        self.digest.update(content)


def write_csv(parts: Iterable[Rows], folder: Path, partial: Collection[str], is_raw: bool) -> None:
    """Write articles.csv, paragraphs.csv, quotes.csv and datapackage.json.

    Args:
        parts: The rows.
        folder: Where to write them.
        partial: Names of tables of which rows may be missing that others refer to.
        is_raw: Leave cells as they are, formulas or not.
    """
    with ExitStack() as stack:
        written = {table: _Written(stack.enter_context(new_file(folder / f"{table.name}.csv"))) for table in TABLES}
        for table, file in written.items():
            file.write(cells.header(table.schema.names))
        for rows in parts:
            for table, file in written.items():
                _append(file, rows[table.name], is_raw)
    resources = [_described(table, file, partial) for table, file in written.items()]
    with new_file(folder / "datapackage.json") as descriptor:
        descriptor.write(json_bytes(csv_package(resources, is_raw)))


def _append(file: _Written, rows: pa.Table, is_raw: bool) -> None:
    file.write(cells.lines(rows, is_raw), rows.num_rows)


def _described(table: Table, file: _Written, partial: Collection[str]) -> dict[str, Any]:
    described = csv_resource(table, TABLES, partial)
    return {**described, "rowCount": file.rows, "bytes": file.size, "hash": f"sha256:{file.digest.hexdigest()}"}
