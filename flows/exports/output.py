"""Where an export goes: a file or folder that is there whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.dataset.durable import beside, fsync, fsync_tree
from flows.planning.options import OptionsError
from flows.storage import Place


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Make a folder that takes its name once all is written."""
    made = beside(path)
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    try:
        yield made
        fsync_tree(made)
        made.rename(path)
    except BaseException:
        shutil.rmtree(made)
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
