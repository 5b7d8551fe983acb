"""What stood where a link has to be: a repair moves it aside, and it stays, unless an article in it is forgotten."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.dataset.durable import fsync, make_folder

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


def copies_aside(root: Path, article_ids: Collection[str]) -> list[Path]:
    """Return the Parquet files that were moved aside and hold any of some articles, or may: they cannot be read."""
    if not article_ids:
        return []
    files = sorted(path for path in (root / _REPLACED).rglob("*") if path.is_file() and not path.is_symlink())
    return [file for file in files if _is_parquet(file) and _may_hold(file, article_ids)]


def delete_copies(root: Path, article_ids: Collection[str]) -> list[str]:
    """Delete what `copies_aside` finds, and return it by its paths below the processed root."""
    copies = copies_aside(root, article_ids)
    for file in copies:
        file.unlink()
        fsync(file.parent)
    return [file.relative_to(root).as_posix() for file in copies]


def _is_parquet(file: Path) -> bool:
    if file.suffix == ".parquet":
        return True
    with file.open("rb") as handle:
        return handle.read(len(_MAGIC)) == _MAGIC


def _may_hold(file: Path, article_ids: Collection[str]) -> bool:
    wanted = pa.array(sorted(article_ids), pa.string())
    try:
        return any(pc.any(pc.is_in(ids, wanted)).as_py() for ids in _ids(pq.ParquetFile(file)))
    except (pa.ArrowException, OSError):
        return True


def _ids(file: pq.ParquetFile) -> Iterator[pa.ChunkedArray]:
    if "article_id" in file.schema_arrow.names:
        yield from (file.read_row_group(i, ["article_id"])["article_id"] for i in range(file.num_row_groups))
