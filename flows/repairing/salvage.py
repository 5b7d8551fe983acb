"""What is whole of a damaged version, and what follows from it, as a version to build the next one on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from flows.building.ledger_parts import write_ledger
from flows.dataset import Dataset, Manifest, Settings, Version
from flows.dataset.durable import link_files, write_json
from flows.dataset.parquet import read_parquet, write_parquet
from flows.planning.ledger import Ledger
from flows.planning.options import DEFAULT_BATCH_SIZE
from flows.repairing.sources import Taken
from flows.repairing.survey import Survey
from transforms import RULES_VERSION
from transforms.cuts import path_of
from transforms.partitions import Partition
from transforms.schemas import ARTICLES, SCHEMA_VERSION, STAGED, Table
from transforms.tables import derive_tables


def write_salvage(
    dataset: Dataset,
    survey: Survey,
    ledger: pa.Table,
    homes: Mapping[Partition, Sequence[Taken]],
    settings: Settings,
    run_id: str,
) -> Version:
    """Write a version of the whole files of a damaged one, and the rows that follow from texts; no link leads to it.

    Args:
        dataset: The dataset.
        survey: What is whole of the damaged version.
        ledger: Its ledger.
        homes: Articles whose text is there, by their partition.
        settings: What the version was made from.
        run_id: Of this run.
    """
    folder = dataset.begin(f"{run_id}-salvage")
    entries = {path: entry for path, (_, entry) in survey.whole.items()}
    link_files({path: place for path, (place, _) in survey.whole.items()}, folder)
    for partition, texts in homes.items():
        derived = derive_rows(pa.concat_tables([taken.read() for taken in texts]))
        paths = {table.name: path_of(table, partition) for table in STAGED}
        rows = {name: _with_present(derived[name], folder / path) for name, path in paths.items()}
        dates = rows[ARTICLES.name]["published_date"]
        for table in STAGED:
            path, made = paths[table.name], rows[table.name]
            if made.num_rows:
                entries[path] = write_parquet(made, folder / path, dates, sorted_by=_sorting(made, table))
    entries |= write_ledger(Ledger({}), ledger, (), folder)[0]
    number = survey.version.number
    manifest = Manifest(number, None, SCHEMA_VERSION, RULES_VERSION, settings, entries)
    write_json(folder / "manifest.json", manifest.sealed())
    return Version(number, folder)


def _sorting(rows: pa.Table, table: Table) -> Sequence[str]:
    """Return what a file of rows that happen to be in order says: the next version has the same, and takes it over."""
    columns = table.sorting(is_by_id=True)
    order = pc.sort_indices(rows, [(name, "ascending") for name in columns])
    return columns if order.equals(pa.array(range(len(rows)), pa.uint64())) else ()


def _with_present(rows: pa.Table, file: Path) -> pa.Table:
    """Return rows with those of a file, whose name they take: in another version an article may have another date."""
    if not file.exists():
        return rows
    present = read_parquet(file)
    file.unlink()  # the damaged version has it under another name
    return pa.concat_tables([present, rows])


def derive_rows(articles: pa.Table) -> dict[str, pa.Table]:
    """Return the rows of every table that follow from the texts of some articles, in no order."""
    parts: dict[str, list[pa.Table]] = {table.name: [table.schema.empty_table()] for table in STAGED}
    for start in range(0, len(articles), DEFAULT_BATCH_SIZE):
        rows = articles.slice(start, DEFAULT_BATCH_SIZE).to_pylist()
        frame = pd.DataFrame({n: pd.Series([row[n] for row in rows], dtype=object) for n in ARTICLES.schema.names})
        derived = derive_tables(frame)
        for table in STAGED:
            parts[table.name].append(table.conform(derived[table.name]))
    return {name: pa.concat_tables(tables) for name, tables in parts.items()}
