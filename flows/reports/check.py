"""Check: does everything that the design promises hold of the data itself?"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from flows.building.corrections import unapplied_lines
from flows.dataset import Version
from flows.dataset.damage import find_damage
from flows.dataset.links import broken_links
from flows.dataset.parquet import open_parquet, read_parquet
from flows.dataset.version import Stretch
from flows.planning.options import Options, OptionsError
from flows.planning.plan import Plan, Reason
from flows.planning.prepare import prepare
from flows.planning.side_inputs import read_corrections
from flows.reading.tables import read_table
from flows.storage import Place
from transforms.cuts import FIRST, MOST_ARTICLES, find_cuts, keys_of, path_of
from transforms.invariants import INVARIANTS, Invariant
from transforms.partitions import Partition
from transforms.schemas import ALL_TABLES, ARTICLES, PARTITIONED

ROWS_SHOWN = 20
"""Breaking rows that are named, an invariant; the rest is counted."""
_CHECKED_BYTES = 256 << 20
"""Parquet whose rows are looked at together, about: so much, unpacked, is in memory."""
UNREADABLE = frozenset({"manifest files", "manifest hashes"})
"""Invariants of files whose rows cannot be looked at when they are broken."""
BESIDE_ROWS = (
    "links",
    "manifest files",
    "foreign files",
    "manifest hashes",
    "schema",
    "cuts",
    "corrections",
)
"""Invariants that `check_dataset` looks at beside `INVARIANTS`, which are those of rows."""


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

    @property
    def is_mendable(self) -> bool:
        """Whether `newsframes repair` mends it."""
        return self.invariant in UNREADABLE | {"links", "foreign files"}


def check_dataset(processed: Place, version: Version, raw: Place | None = None) -> Iterator[Violation]:
    """Yield what does not hold of a dataset; where a file is damaged, only what can be said without its rows.

    Args:
        processed: The processed root.
        version: Its current version.
        raw: The raw root, to be compared with the ledger, too.
    """
    found = [*(check_links(processed) if isinstance(processed, Path) else ()), *check_version(version)]
    yield from found
    if UNREADABLE.isdisjoint(v.invariant for v in found):
        yield from check_corrections(version)
        if raw:
            yield from check_raw(prepare(Options(raw=raw, processed=processed, rehash=True)).plan)


def check_version(version: Version) -> Iterator[Violation]:
    """Yield what does not hold of a version; nothing if all does.

    The rows are looked at only if every file is as the manifest says: a damaged file cannot be queried.
    """
    is_whole = True
    for found in _check_files(version):
        is_whole = False
        yield found
    if is_whole:
        yield from check_cuts(version)
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
    meaning = "each table's name beside the versions is a link to the current one"
    yield from violation("links", meaning, broken_links(root))


def _check_files(version: Version) -> Iterator[Violation]:
    listed, damage = version.manifest.files, find_damage(version)
    yield from violation("manifest files", "every file of the manifest is there", list(damage.missing))
    yield from violation("foreign files", "no file is there but the manifest's", list(damage.foreign))
    yield from violation("manifest hashes", "every file has the bytes that were committed", list(damage.damaged))
    whole = sorted(listed.keys() - {*damage.missing, *damage.damaged})
    problems = ((path, _schema_problem(version.place(path), path, listed[path].rows)) for path in whole)
    strange = [f"{path}: {problem}" for path, problem in problems if problem]
    yield from violation("schema", "every file has the declared schema and as many rows as the manifest says", strange)


def _schema_problem(file: Place, path: str, rows: int) -> str | None:
    table = next((t for t in ALL_TABLES if path.startswith(f"{t.name}/")), None)
    if table is None:
        return "not a table of this dataset"
    try:
        opened = open_parquet(file)
        schema, count = opened.schema_arrow, opened.metadata.num_rows
    except pa.ArrowException as error:
        return f"not readable Parquet: {error}"
    if not schema.equals(table.schema):
        return "another schema"
    return None if count == rows else f"{count} rows, not {rows}"


def check_cuts(version: Version, most: int = MOST_ARTICLES) -> Iterator[Violation]:
    """Yield the files that are not cut as the ids of their articles say.

    A partition of a single file may be from before partitions were cut: it is when something in it changes.

    Args:
        version: The version.
        most: How many articles a file has at most.
    """
    wrong = []
    for partition, stretches in version.stretches().items():
        starts = [stretch.start for stretch in stretches]
        if starts != [FIRST]:
            parts = [_keys(stretch) for stretch in stretches]
            keys = pa.concat_arrays(parts)
            cuts = [keys[cut].as_py() if cut else FIRST for cut in find_cuts(keys, most=most)] if len(keys) else []
            names = {path_of(ARTICLES, partition, start) for start in set(cuts).symmetric_difference(starts)}
            wrong += sorted(names.union(_out_of_place(partition, starts, parts)))
    meaning = f"a file has the articles from its key to the next one's, {most:,} at most, cut where their ids say"
    yield from violation("cuts", meaning, wrong)


def _keys(stretch: Stretch) -> pa.Array:
    path = stretch.files.get(ARTICLES.name)
    return keys_of(read_parquet(path, ["article_id", "published_date"])) if path else pa.array([], pa.string())


def _out_of_place(partition: Partition, starts: Sequence[str], parts: Sequence[pa.Array]) -> Iterator[str]:
    for start, end, keys in zip(starts, [*starts[1:], None], parts, strict=True):
        span = pc.min_max(keys).as_py()
        if not len(keys) or span["min"] < start or (end is not None and span["max"] >= end):
            yield path_of(ARTICLES, partition, start)


def _check_rows(version: Version) -> Iterator[Violation]:
    with (
        tempfile.TemporaryDirectory(prefix="newsframes-check-") as folder,
        duckdb.connect(config={"temp_directory": folder}) as connection,
    ):
        found = {invariant: _Broken() for invariant in INVARIANTS}
        for lot in _lots(version):
            for table in PARTITIONED:
                paths = [path for path in lot if path.startswith(f"{table.name}/")]
                read_table(connection, version, table, paths).create_view(table.name, replace=True)
            for invariant in (i for i in INVARIANTS if i.is_local):
                found[invariant].look_for(connection, invariant)
        for table in ALL_TABLES:
            read_table(connection, version, table).create_view(table.name, replace=True)
        for invariant in (i for i in INVARIANTS if not i.is_local):
            found[invariant].look_for(connection, invariant)
    for invariant, broken in found.items():
        if broken.count:
            yield Violation(invariant.name, invariant.meaning, broken.rows[:ROWS_SHOWN], broken.count)


@dataclass
class _Broken:
    """Rows that break an invariant, some of them, and how many there are."""

    rows: list[str] = field(default_factory=list)
    count: int = 0

    def look_for(self, connection: duckdb.DuckDBPyConnection, invariant: Invariant) -> None:
        found = connection.execute(f"SELECT * FROM ({invariant.query}) ORDER BY 1").fetchmany(ROWS_SHOWN)
        self.rows = sorted([*self.rows, *(str(row[0]) for row in found)])[:ROWS_SHOWN]
        if found:
            (count,) = connection.execute(f"SELECT count(*) FROM ({invariant.query})").fetchall()[0]
            self.count += count


def _lots(version: Version) -> Iterator[list[str]]:
    """Yield the files of partitioned tables whose rows are looked at together: those of a stretch are never apart."""
    lot: list[str] = []
    size = 0
    files = version.manifest.files
    for partition, stretches in sorted(version.stretches().items()):
        for stretch in stretches:
            names = (table for table in PARTITIONED if table.name in stretch.files)
            paths = [path_of(table, partition, stretch.start) for table in names]
            if lot and size + sum(files[path].bytes for path in paths) > _CHECKED_BYTES:
                yield lot
                lot, size = [], 0
            lot += paths
            size += sum(files[path].bytes for path in paths)
    if lot:
        yield lot


def violation(name: str, meaning: str, rows: list[str]) -> Iterator[Violation]:
    """Yield the violation of an invariant by some rows; nothing if there are none."""
    if rows:
        yield Violation(name, meaning, rows[:ROWS_SHOWN], len(rows))
