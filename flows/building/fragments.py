"""Staged fragments: the rows of one batch on disk, until the commit takes them up.

A fragment is a folder with one Arrow file a table. Each file holds one record batch a partition, in the order that
`fragment.json` gives, so that a merge maps its file into memory and touches only the rows of its own partition.
A fragment that a killed run completed is as good as one of this run.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from flows.dataset import Recipe
from flows.dataset.durable import json_bytes, new_file, write_json
from flows.dataset.sweeping import KEPT_DAYS
from flows.planning.ledger import Known, Ledger, known_rows
from flows.storage import ObjectPath, Place, all_files, delete_objects, delete_tree
from transforms.partitions import Partition, partition_of
from transforms.schemas import ARTICLES, FILES, STAGED, Table

_DESCRIPTION = "fragment.json"


@dataclass(frozen=True)
class Fragment:
    """One complete fragment.

    Attributes:
        folder: Where it lies.
        recipe: What its rows were made with.
        partitions: In the order of the record batches.
        unreadable: Archives, by raw_path, that could not be opened to read their members.
        rows: In an object store, the name of what holds its tables: two workers may be at one batch, and nothing is
            ever overwritten. On a disk, they are in the folder.
    """

    folder: Place
    recipe: Recipe
    partitions: tuple[Partition, ...]
    unreadable: tuple[str, ...] = ()
    rows: str = ""

    def read(self, table: Table, partition: Partition) -> pa.Table:
        """Return a table's rows of one partition, without copying them."""
        with self.open(table) as reader:
            return pa.Table.from_batches([reader.get_batch(self.partitions.index(partition))])

    def files(self) -> pa.Table:
        """Return its ledger rows."""
        with self.open(FILES) as reader:
            return reader.read_all()

    def carriers(self) -> dict[str, str]:
        """Return {raw_path: article_id} of the articles that it holds rows of."""
        with self.open(ARTICLES) as reader:
            articles = reader.read_all()
        return dict(zip(articles["raw_path"].to_pylist(), articles["article_id"].to_pylist(), strict=True))

    def known(self) -> dict[str, Known]:
        """Return its ledger rows by raw_path."""
        return known_rows(self.files())

    @contextmanager
    def open(self, table: Table) -> Iterator[pa.RecordBatchFileReader]:
        """Open a table's file, mapped into memory; of an object, only what is asked for is fetched.

        Raises:
            OSError: It is not there.
            pa.ArrowInvalid: It is not whole.
        """
        path = self.folder / self.rows / f"{table.name}.arrow"
        opened = pa.PythonFile(path.open()) if isinstance(path, ObjectPath) else pa.memory_map(os.fspath(path))
        with opened as file:
            yield pa.ipc.open_file(file)


@dataclass(frozen=True)
class FragmentFiles:
    """Files whose rows are taken from a fragment.

    Attributes:
        fragment: The fragment.
        paths: The files whose rows are taken; None: all.
    """

    fragment: Fragment
    paths: frozenset[str] | None = None

    def rows(self) -> pa.Table:
        """Return their ledger rows."""
        files = self.fragment.files()
        if self.paths is None:
            return files
        return files.filter(pc.is_in(files["raw_path"], pa.array(sorted(self.paths), pa.string())))

    def left_out(self, spare: Collection[str]) -> frozenset[str]:
        """Return the articles of the fragment that are not taken.

        Args:
            spare: Files that do not carry the article that they hold.
        """
        paths, articles = self.paths, self.fragment.carriers()
        return frozenset(
            i for path, i in articles.items() if path in spare or (paths is not None and path not in paths)
        )


def write_fragment(
    folder: Place, tables: dict[str, pa.Table], recipe: Recipe, unreadable: tuple[str, ...] = ()
) -> Fragment:
    """Write a batch's rows; the fragment is there whole or not at all.

    Two workers may be at one batch, on two machines, when one of them was taken for dead: the first that has done it
    counts, and the other one's rows go. A fragment that is there is never touched: a merge may be reading it.

    Args:
        folder: Where it goes.
        tables: By table name: the partitioned ones and the ledger rows. Rows belong to the partition of their
            article.
        recipe: What the rows were made with.
        unreadable: Archives that could not be opened.
    """
    rows = secrets.token_hex(8)
    working = folder / rows if isinstance(folder, ObjectPath) else folder.with_name(f"{folder.name}.{rows}.working")
    if isinstance(working, Path):
        working.mkdir(parents=True)
    articles = tables[ARTICLES.name]
    homes = [partition_of(date, recipe.partition_by) for date in articles.column("published_date").to_pylist()]
    partitions = tuple(sorted(set(homes)))
    place = {partition: at for at, partition in enumerate(partitions)}
    places = np.array([place[home] for home in homes], np.int64)
    for table in STAGED:
        at = pc.index_in(tables[table.name].column("article_id"), value_set=articles.column("article_id"))
        _write(working, table, _cut(tables[table.name], places[at.to_numpy()], len(partitions)))
    _write(working, FILES, [tables[FILES.name]])
    fragment = Fragment(folder, recipe, partitions, unreadable)
    if isinstance(working, ObjectPath) or isinstance(folder, ObjectPath):
        return _complete(replace(fragment, rows=rows), working)
    write_json(working / _DESCRIPTION, _description(fragment))
    try:
        working.rename(folder)
    except OSError:
        shutil.rmtree(working)
        if found := read_fragment(folder):
            return found
        raise
    return fragment


def _complete(fragment: Fragment, working: Place) -> Fragment:
    """Put the description that makes objects a fragment, unless another worker was first."""
    description = fragment.folder / _DESCRIPTION
    if isinstance(description, ObjectPath) and description.create(json_bytes(_description(fragment))):
        return fragment
    delete_tree(working)
    if found := read_fragment(fragment.folder):
        return found
    raise FileNotFoundError(f"{description} cannot be read")


def _description(fragment: Fragment) -> dict[str, Any]:
    return {
        "recipe": asdict(fragment.recipe),
        "partitions": fragment.partitions,
        "unreadable": fragment.unreadable,
        "rows": fragment.rows,
    }


def read_fragment(folder: Place) -> Fragment | None:
    """Return the complete fragment in a folder; None if there is none."""
    # Another version of newsframes wrote it, or the run that was to delete it was killed at that.
    with suppress(KeyError, TypeError, ValueError, OSError):
        return _parse(folder, json.loads((folder / _DESCRIPTION).read_text(encoding="utf-8")))
    return None


def find_fragments(staging: Place) -> Iterator[Fragment]:
    """Yield the complete fragments below a staging folder, whichever run made them."""
    for description in sorted(path for path in all_files(staging) if path.name == _DESCRIPTION):
        folder = description.parent
        if folder.suffix != ".working" and (found := read_fragment(folder)):
            yield found


def _parse(folder: Place, value: dict[str, Any]) -> Fragment:
    recipe = value["recipe"]
    recipe["path_templates"] = tuple(recipe["path_templates"])
    partitions = tuple(tuple(p) for p in value["partitions"])
    fragment = Fragment(folder, Recipe(**recipe), partitions, tuple(value["unreadable"]), value["rows"])
    for table in (*STAGED, FILES):
        with fragment.open(table):
            pass
    return fragment


def _cut(table: pa.Table, places: npt.NDArray[np.int64], count: int) -> Iterator[pa.Table]:
    """Yield a table's rows of each partition, in their order, by the place of each row's partition."""
    order = np.argsort(places, kind="stable")
    rows = table.take(order)
    bounds = np.searchsorted(places[order], np.arange(count + 1)).tolist()
    yield from (rows.slice(start, end - start) for start, end in pairwise(bounds))


def _write(folder: Place, table: Table, batches: Iterator[pa.Table] | list[pa.Table]) -> None:
    with new_file(folder / f"{table.name}.arrow") as file, pa.ipc.new_file(file, table.schema) as writer:
        for rows in batches:
            combined = rows.combine_chunks().to_batches()
            writer.write_batch(combined[0] if combined else pa.RecordBatch.from_pylist([], table.schema))


def sweep_staging(staging: Place, ledger: Ledger, forgotten: Collection[str]) -> None:
    """Delete what is staged and no later run can take up; only the holder of the dataset's lock may call it.

    What a killed run staged stays until a version has it, `KEPT_DAYS` at most: the run after it may be of another kind.
    In an object store it stays so long in any case, unless it holds a forgotten article: its run may be at work.

    Args:
        staging: The staging folder.
        ledger: The ledger.
        forgotten: Articles that nothing may hold.
    """
    if isinstance(staging, ObjectPath):
        _sweep_objects(staging, forgotten)
        return
    useful = {f.folder for f in find_fragments(staging) if _is_useful(f, ledger, forgotten)}
    for path in staging.glob("*/*"):
        if path not in useful:
            _delete(path)
    for folder in (*staging.glob("*"), staging):
        with suppress(OSError):  # it is not empty, or not there
            folder.rmdir()


def _sweep_objects(staging: ObjectPath, forgotten: Collection[str]) -> None:
    oldest = time.time() - KEPT_DAYS * 86_400
    delete_objects([path for path, status in staging.list_below() if status.st_mtime < oldest])
    for fragment in find_fragments(staging) if forgotten else ():
        if not set(fragment.carriers().values()).isdisjoint(forgotten):
            delete_tree(fragment.folder)


def _delete(path: Path) -> None:
    """Delete a file or folder, or what can be deleted of it: a worker that was taken for dead may be writing there."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _is_useful(fragment: Fragment, ledger: Ledger, forgotten: Collection[str]) -> bool:
    if time.time() - fragment.folder.stat().st_mtime > KEPT_DAYS * 86_400:
        return False
    try:
        staged = fragment.known()
        known = ledger.rows(staged.keys())
        is_new = any(_differs(row, known.get(path)) for path, row in staged.items())
        return is_new and set(fragment.carriers().values()).isdisjoint(forgotten)
    except (OSError, pa.ArrowException):
        return False


def _differs(staged: Known, known: Known | None) -> bool:
    if staged.raw_sha256 is None:  # it could not be read, and may be the next time
        return False
    names = ("raw_sha256", "rules_version", "metadata_sha256")
    return known is None or any(getattr(staged, name) != getattr(known, name) for name in names)
