"""Check: does everything that the design promises hold of the data itself?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from flows.building.corrections import unapplied_lines
from flows.dataset import Version
from flows.dataset.durable import sha256_of
from flows.planning.options import OptionsError
from flows.planning.plan import Plan, Reason
from flows.planning.side_inputs import read_corrections
from flows.reports.views import read_table
from transforms.invariants import INVARIANTS
from transforms.schemas import ALL_TABLES, TABLES

ROWS_SHOWN = 20
"""Breaking rows that are named, an invariant; the rest is counted."""


@dataclass(frozen=True)
class Violation:
    """One thing that does not hold.

    Attributes:
        invariant: Its name.
        meaning: What must hold.
        rows: The rows or files that break it, `ROWS_SHOWN` at most.
        count: How many there are.
    """

    invariant: str
    meaning: str
    rows: list[str]
    count: int


def check_version(version: Version) -> Iterator[Violation]:
    """Yield what does not hold of a version; nothing if all does.

    The rows are looked at only if every file is as the manifest says: a damaged file cannot be queried.
    """
    is_whole = True
    for found in _check_files(version):
        is_whole = False
        yield found
    if is_whole:
        yield from _check_rows(version)


def check_raw(plan: Plan) -> Iterator[Violation]:
    """Yield what of the raw files is not as the ledger knows it.

    Args:
        plan: One that compared known files by their bytes.
    """
    differs = [f"{w.file.raw_path}: {w.reason}" for w in plan.work if w.reason in (Reason.NEW, Reason.CHANGED)]
    differs += [f"{archive.file.raw_path}: {archive.reason or 'changed'}" for archive in plan.containers]
    differs += [f"{path}: gone" for path in plan.removed]
    yield from violation("raw files", "every raw file is as the ledger knows it", sorted(differs))


def check_corrections(version: Version) -> Iterator[Violation]:
    """Yield the lines of the corrections file that change nothing in a version: their quote may be gone."""
    try:
        corrections = read_corrections(version.manifest.settings)
        lines = list(unapplied_lines(version, corrections)) if corrections else []
    except OptionsError as error:
        lines = [str(error)]
    yield from violation("corrections", "every line of the corrections file fits a quote", lines)


def check_links(root: Path) -> Iterator[Violation]:
    """Yield the tables whose names beside the versions do not lead to the current one."""
    broken = [t.name for t in TABLES if (root / t.name).resolve() != (root / "current" / t.name).resolve()]
    yield from violation("links", "each table's name beside the versions is a link to the current one", broken)


def _check_files(version: Version) -> Iterator[Violation]:
    listed = version.manifest.files
    there = {p.relative_to(version.folder).as_posix() for p in version.folder.rglob("*") if p.is_file()}
    there.discard("manifest.json")
    yield from violation("manifest files", "every file of the manifest is there", sorted(listed.keys() - there))
    yield from violation("foreign files", "no file is there but the manifest's", sorted(there - listed.keys()))
    damaged, strange = [], []
    for path in sorted(listed.keys() & there):
        file = version.folder / path
        if (sha256_of(file), file.stat().st_size) != (listed[path].sha256, listed[path].bytes):
            damaged.append(path)
        elif problem := _schema_problem(file, path, listed[path].rows):
            strange.append(f"{path}: {problem}")
    yield from violation("manifest hashes", "every file has the bytes that were committed", damaged)
    yield from violation("schema", "every file has the declared schema and as many rows as the manifest says", strange)


def _schema_problem(file: Path, path: str, rows: int) -> str | None:
    table = next((t for t in ALL_TABLES if path.startswith(f"{t.name}/")), None)
    if table is None:
        return "not a table of this dataset"
    try:
        schema, count = pq.read_schema(file), pq.read_metadata(file).num_rows
    except pa.ArrowException as error:
        return f"not readable Parquet: {error}"
    if not schema.equals(table.schema):
        return "another schema"
    return None if count == rows else f"{count} rows, not {rows}"


def _check_rows(version: Version) -> Iterator[Violation]:
    with duckdb.connect() as connection:
        for table in ALL_TABLES:
            read_table(connection, version, table).create_view(table.name)
        for invariant in INVARIANTS:
            found = connection.execute(f"SELECT * FROM ({invariant.query}) ORDER BY 1").fetchmany(ROWS_SHOWN + 1)
            if found:
                (count,) = connection.execute(f"SELECT count(*) FROM ({invariant.query})").fetchall()[0]
                yield Violation(invariant.name, invariant.meaning, [str(r[0]) for r in found[:ROWS_SHOWN]], count)


def violation(name: str, meaning: str, rows: list[str]) -> Iterator[Violation]:
    """Yield the violation of an invariant by some rows; nothing if there are none."""
    if rows:
        yield Violation(name, meaning, rows[:ROWS_SHOWN], len(rows))
