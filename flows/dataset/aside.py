"""What stood where a link has to be: a repair moves it aside, and it stays, unless an article in it is forgotten."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.dataset.durable import fsync, make_folder
from flows.dataset.parquet import open_parquet
from flows.storage import ObjectPath, Place

_REPLACED = "replaced"
_MAGIC = b"PAR1"


def move_aside(path: Path, run_id: str) -> Path | None:
    """Move what is no link to a folder of its own, and return where it is now; None if there is nothing."""
    if path.is_symlink() or not path.exists():
        return None
    folder = path.parent / _REPLACED / run_id
    make_folder(folder)
    path.rename(folder / path.name)
    fsync(folder)
    fsync(path.parent)
    return folder / path.name


def copies_aside(root: Place, article_ids: Collection[str]) -> list[str]:
    """Return the Parquet files that were moved aside and hold any of some articles, or may: they cannot be read.

    Returns:
        Their paths below the processed root.
    """
    if not article_ids or isinstance(root, ObjectPath):  # no repair moves objects
        return []
    files = sorted(path for path in (root / _REPLACED).rglob("*") if path.is_file() and not path.is_symlink())
    return [
        file.relative_to(root).as_posix() for file in files if _is_parquet(file) and file_may_hold(file, article_ids)
    ]


def delete_copies(root: Place, article_ids: Collection[str]) -> list[str]:
    """Delete what `copies_aside` finds, and return it by its paths below the processed root."""
    copies = copies_aside(root, article_ids)
    for path in copies:
        (root / path).unlink()
        fsync((root / path).parent)
    return copies


def _is_parquet(file: Path) -> bool:
    if file.suffix == ".parquet":
        return True
    with file.open("rb") as handle:
        return handle.read(len(_MAGIC)) == _MAGIC


def file_may_hold(file: Place, article_ids: Collection[str]) -> bool:
    """Return whether a Parquet file holds any of some articles, as far as one can tell."""
    wanted = pa.array(sorted(article_ids), pa.string())
    try:
        return any(pc.any(pc.is_in(ids, wanted)).as_py() for ids in _ids(open_parquet(file)))
    except (pa.ArrowException, OSError):
        return True


def _ids(file: pq.ParquetFile) -> Iterator[pa.ChunkedArray]:
    if "article_id" in file.schema_arrow.names:
        yield from (file.read_row_group(i, ["article_id"])["article_id"] for i in range(file.num_row_groups))
