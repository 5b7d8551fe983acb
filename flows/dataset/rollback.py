"""A rollback: `current` points to an older version, and runs, which would only redo what was undone, are held."""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict, dataclass, replace

from flows.dataset.durable import write_json
from flows.dataset.manifest import DatasetDamaged
from flows.storage import Place

_FILE = "rollback.json"


class DatasetHeld(RuntimeError):
    """The dataset was rolled back, and runs are held."""


@dataclass(frozen=True)
class Rollback:
    """The last rollback.

    Attributes:
        version: The version that it went back to.
        highest: The highest version there was: those above `version` were committed and are kept like any other.
        since: ISO time, UTC.
        is_held: Whether runs are held.
    """

    version: int
    highest: int
    since: str
    is_held: bool = True


def read_rollback(root: Place) -> Rollback | None:
    """Return the last rollback; None if there was none.

    Raises:
        DatasetDamaged: Its note is there and cannot be read.
    """
    path = root / _FILE
    try:
        return Rollback(**json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, TypeError) as error:
        raise DatasetDamaged(f"{path}, the note of the last rollback, cannot be read: {error}") from error


def note_rollback(root: Place, version: int, highest: int) -> None:
    """Note a rollback; call it before `current` is swapped, so that no version above can pass for uncommitted."""
    since = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    write_json(root / _FILE, asdict(Rollback(version, highest, since)))


def release(root: Place) -> bool:
    """Let runs go on; return whether they were held."""
    rollback = read_rollback(root)
    if rollback is None or not rollback.is_held:
        return False
    write_json(root / _FILE, asdict(replace(rollback, is_held=False)))
    return True


def what_holds(root: Place) -> str | None:
    """Return why runs are held, and how to let them go on; None if they are not."""
    rollback = read_rollback(root)
    if rollback is None or not rollback.is_held:
        return None
    return (
        f"{root} was rolled back to version {rollback.version} on {rollback.since[:16].replace('T', ' ')} UTC, and "
        f"runs are held: `newsframes rollback --resume --processed {root}` lets them go on"
    )


def refuse_held(root: Place) -> None:
    """Let nobody pass while runs are held.

    Raises:
        DatasetHeld: They are; the message says how to let them go on.
    """
    if held := what_holds(root):
        raise DatasetHeld(held)
