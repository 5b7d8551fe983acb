"""Expectations: row counts by table and partition, kept in a CSV file that is reviewed as a diff in git.

The idea is PUDL's: a partition that grows or shrinks unasked shows up as a changed line before readers find out.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, TextIO

from flows.dataset import Version
from flows.planning.options import OptionsError
from flows.progress import counted
from flows.reports.check import Violation, violation
from transforms.partitions import folder_of, parse_folder
from transforms.schemas import TABLES

_PARTITIONED = {table.name: table.is_partitioned for table in TABLES}
_PLACES = {table.name: place for place, table in enumerate(TABLES)}


class RowCount(NamedTuple):
    """The rows of one partition of one table.

    Attributes:
        table: Name of a table that readers see.
        partition: Its folder; empty for the ledger, which is not partitioned.
        rows: How many.
    """

    table: str
    partition: str
    rows: int


Expected = Mapping[tuple[str, str], int]
"""Rows by table and partition."""


def count_rows(version: Version) -> list[RowCount]:
    """Return the rows of every partition that has any, by table and time; only the manifest is read.

    A file without rows only holds the place of an empty table; it goes when rows come, so it is not counted.
    """
    counts: dict[tuple[str, str], int] = {}
    for table in TABLES:
        for path in version.manifest.paths(table.name):
            place = table.name, path.removeprefix(f"{table.name}/").rpartition("/")[0]
            counts[place] = counts.get(place, 0) + version.manifest.files[path].rows
    return [RowCount(*place, counts[place]) for place in sorted(counts, key=_order) if counts[place]]


def write_expected(version: Version, stream: TextIO) -> None:
    """Write a version's row counts as CSV, for `read_expected`.

    Args:
        version: The version that is as it should be.
        stream: Opened with `newline=""`.
    """
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(RowCount._fields)
    writer.writerows(count_rows(version))


def read_expected(path: Path) -> Expected:
    """Return the row counts in a file; the order of its lines is free.

    Raises:
        OptionsError: It cannot be read, or a line is not as `write_expected` writes it; the message says which.
    """
    expected: dict[tuple[str, str], int] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, strict=True)
            if next(lines, None) != list(RowCount._fields):
                raise ValueError(f"line 1: not the header {','.join(RowCount._fields)}")
            for line in filter(None, lines):
                count = _parse(line, lines.line_num)
                if count[:2] in expected:
                    raise ValueError(f"line {lines.line_num}: {_name(*count[:2])} for the second time")
                expected[count[:2]] = count.rows
    except (OSError, ValueError, csv.Error) as error:
        raise OptionsError(f"expected rows {path}: {error}") from error
    return expected


def compare_expected(version: Version, expected: Expected) -> Iterator[Violation]:
    """Yield, for each kind of drift, the partitions that have not the expected number of rows.

    Args:
        version: What there is.
        expected: What there should be; a partition that it does not name should have no rows.
    """
    found = {(table, partition): rows for table, partition, rows in count_rows(version)}
    places = sorted({p for p in found.keys() | expected.keys() if found.get(p, 0) != expected.get(p, 0)}, key=_order)
    yield from violation(
        "expected rows",
        "every partition has as many rows as expected",
        [
            f"{_name(*p)}: {counted(found[p], 'row')}, {expected[p]:,} expected ({found[p] - expected[p]:+,})"
            for p in places
            if p in found and p in expected
        ],
    )
    yield from violation(
        "unexpected partitions",
        "every partition is expected",
        [f"{_name(*p)}: {counted(found[p], 'row')}, not expected" for p in places if p not in expected],
    )
    yield from violation(
        "expected partitions",
        "every expected partition is there",
        [f"{_name(*p)}: gone, {counted(expected[p], 'row')} expected" for p in places if p not in found],
    )


def _order(place: tuple[str, str]) -> tuple[int, tuple[int, ...]]:
    table, partition = place
    return _PLACES[table], parse_folder(partition) if partition else ()


def _parse(line: list[str], number: int) -> RowCount:
    if len(line) != len(RowCount._fields):
        raise ValueError(f"line {number}: {len(line)} fields, not {len(RowCount._fields)}")
    table, partition, rows = line
    if table not in _PARTITIONED:
        raise ValueError(f"line {number}: no table {table!r}; there are {', '.join(_PARTITIONED)}")
    if not (_is_folder(partition) if _PARTITIONED[table] else partition == ""):
        raise ValueError(f"line {number}: {table} has no partition {partition!r}")
    if not (rows.isascii() and rows.isdigit()):
        raise ValueError(f"line {number}: {rows!r} is no number of rows")
    return RowCount(table, partition, int(rows))


def _is_folder(partition: str) -> bool:
    try:
        return folder_of(parse_folder(partition)) == partition
    except ValueError:
        return False


def _name(table: str, partition: str) -> str:
    return f"{table} {partition}".rstrip()
