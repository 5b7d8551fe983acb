"""Where an export goes: a file or folder that is there whole or not at all, or standard output."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from flows.dataset.durable import fsync, fsync_tree, new_file
from flows.planning.options import OptionsError
from flows.storage import Place


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for writing that takes its name, and the place of what had it, once all is written."""
    beside = _beside(path)
    try:
        with new_file(beside) as file:
            yield file
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    fsync(path.parent)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Make a folder that takes its name once all is written."""
    beside = _beside(path)
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        yield beside
        fsync_tree(beside)
        beside.rename(path)
    except BaseException:
        shutil.rmtree(beside)
        raise
    fsync(path.parent)


def refuse_output(path: Path, processed: Place, is_folder: bool) -> None:
    """Refuse a place where an export would do harm, before anything is read.

    Raises:
        OptionsError: It lies in the dataset; or what is there would be lost.
    """
    resolved = path.resolve()
    if isinstance(processed, Path) and resolved.is_relative_to(processed.resolve()):
        raise OptionsError(f"{path} lies in the dataset: name a place outside of {processed}")
    if is_folder and path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise OptionsError(f"{path} is there already, and not an empty folder: name a new one, or delete it first")
    if not is_folder and path.is_dir():
        raise OptionsError(f"{path} is a folder, and this format is one file: name that")


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}")
