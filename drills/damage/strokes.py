"""What is done to one file, link or folder of a dataset."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from drills.damage.case import Damage


class Stroke(NamedTuple):
    """What any one file may suffer.

    Attributes:
        name: What is done.
        damage: Does it.
        is_shared: Whether whoever links the file has it damaged, too.
    """

    name: str
    damage: Damage
    is_shared: bool


def cut(file: Path, size: int) -> None:
    """Shorten a file in place: whoever links it has it short."""
    with file.open("r+b") as handle:
        handle.truncate(size if size >= 0 else file.stat().st_size + size)


def flip(file: Path, seed: int) -> None:
    """Flip one bit of a file in place."""
    chooser = random.Random(seed)
    with file.open("r+b") as handle:
        place = chooser.randrange(file.stat().st_size)
        handle.seek(place)
        byte = handle.read(1)[0] ^ 1 << chooser.randrange(8)
        handle.seek(place)
        handle.write(bytes([byte]))


def replace(file: Path, content: Path | None = None) -> None:
    """Put another file in a file's place; without one, Parquet that has nothing to do with news."""
    bytes_ = content.read_bytes() if content else None
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    if bytes_ is None:
        pq.write_table(pa.table({"mood": ["grim", "fair"]}), file)
    else:
        file.write_bytes(bytes_)


def put_over(root: Path, path: str, other: str) -> None:
    """Put a copy of one file of the processed root in another's place."""
    replace(root / path, root / other)


def to_folder(file: Path) -> None:
    """Put a folder in a file's place."""
    file.unlink()
    file.mkdir()


def file_damages(flips: int) -> Iterator[Stroke]:
    """Yield the damages that any one file may suffer."""
    yield Stroke("deleted", Path.unlink, is_shared=False)
    yield Stroke("emptied", partial(cut, size=0), is_shared=True)
    for size in (4, 100, -2, -8):  # the last byte of a manifest is a line end
        yield Stroke(f"truncated at {size}", partial(cut, size=size), is_shared=True)
    for seed in range(flips):
        yield Stroke(f"bit flip {seed}", partial(flip, seed=seed), is_shared=True)
    yield Stroke("foreign Parquet", replace, is_shared=False)
    yield Stroke("folder", to_folder, is_shared=False)


def delete_all(folder: Path, pattern: str) -> None:
    """Delete all files below a folder whose names are of a pattern."""
    for file in list(folder.rglob(pattern)):
        file.unlink()


def separate(root: Path) -> None:
    """Give every version files of its own, as a copy without hard links does."""
    for file in (root / "versions").rglob("*.parquet"):
        content = file.read_bytes()
        file.unlink()
        file.write_bytes(content)


def copied(link: Path) -> None:
    """Put a copy in the place of a link, as `cp -rL` does."""
    content = link.resolve()
    link.unlink()
    shutil.copytree(content, link)


def relink(link: Path, target: str) -> None:
    """Let a link lead elsewhere."""
    link.unlink()
    link.symlink_to(target)


def only_current(link: Path) -> None:
    """Put a copy in the place of the link to the current version, and delete all versions."""
    copied(link)
    shutil.rmtree(link.parent / "versions")
