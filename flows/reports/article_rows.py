"""Rows of some articles of a version, as plain values."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import pyarrow as pa

from flows.dataset import Version
from flows.dataset.parquet import read_groups
from transforms.cuts import parse_path, path_of
from transforms.schemas import Table

Row = dict[str, Any]


def read_rows(
    version: Version, article_ids: Collection[str], tables: Iterable[Table]
) -> dict[str, dict[str, list[Row]]]:
    """Return the rows of some articles in their order, by the name of the table and article_id.

    Args:
        version: Where to read.
        article_ids: The articles; one that is not in the version has no rows.
        tables: Partitioned ones.
    """
    homes: dict[str, list[str]] = {}
    for article_id, path in version.find_files(article_ids).items():
        homes.setdefault(path, []).append(article_id)
    found: dict[str, dict[str, list[Row]]] = {}
    for table in tables:
        rows = found.setdefault(table.name, {})
        for home, wanted in sorted(homes.items()):
            path = path_of(table, *parse_path(home))
            if path in version.manifest.files:
                for group in read_groups(version.place(path), article_ids=pa.array(wanted)):
                    for row in group.to_pylist():
                        rows.setdefault(row["article_id"], []).append(_rounded(row))
    return found


def _rounded(row: Row) -> Row:
    """Return a row with its confidence as the rules rounded it, which single precision does not keep."""
    confidence = row.get("confidence")
    return row if confidence is None else {**row, "confidence": round(confidence, 3)}
