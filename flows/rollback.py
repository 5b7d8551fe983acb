"""Rollback: `current` points to an older version again, and runs are held until they are let go on."""

from __future__ import annotations

from flows.dataset import Version, dataset_in, hold_lock
from flows.dataset.rollback import release
from flows.planning.options import NoDataset, OptionsError
from flows.runs import Run
from flows.storage import Place


def roll_back(processed: Place, to: int | None = None, wait_seconds: float = 0) -> Version:
    """Make an older version the current one, and hold runs, which would only redo what was undone.

    No version is lost by it: the way forward again is a rollback to a higher one. To the highest one, it also lets
    runs go on.

    Args:
        processed: The processed root.
        to: The version; None: the one that the current one was made from.
        wait_seconds: How long to wait for another writer.

    Raises:
        OptionsError: There is no dataset, or no version before.
        UnknownVersion: The version is not kept.
        DatasetDamaged: It cannot be read, or holds an article that is to be forgotten.
        DatasetBusy: Another run holds the dataset for longer than `wait_seconds`.
    """
    dataset = dataset_in(processed)
    if dataset.current() is None:
        raise NoDataset(processed)
    run = Run("rollback")
    with hold_lock(processed, run.run_id, wait_seconds), run.recorded(dataset.runs):
        current = dataset.current()
        assert current is not None
        number = current.manifest.parent if to is None else to
        if number is None:
            raise OptionsError(f"version {current.number} is the first one: there is nothing to go back to")
        if number == current.number:
            raise OptionsError(f"{processed} is at version {number} already")
        version = dataset.point_to(number)
        run.version = version.number
    return version


def resume(processed: Place, wait_seconds: float = 0) -> bool:
    """Let held runs go on; return whether they were held.

    Raises:
        OptionsError: There is no dataset.
        DatasetBusy: Another run holds the dataset for longer than `wait_seconds`.
    """
    if dataset_in(processed).current() is None:
        raise NoDataset(processed)
    with hold_lock(processed, "resume", wait_seconds):
        return release(processed)
