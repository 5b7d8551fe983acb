"""Articles that a dataset has to forget: kept out of every version to come, and purged from those that are kept.

The list lies beside the versions, not in them: a rollback does not bring a forgotten article back.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, replace
from typing import Any

from flows.dataset.durable import json_bytes, write_json
from flows.dataset.manifest import DatasetDamaged
from flows.storage import ObjectPath, Place

_FILE = "forgotten.json"


@dataclass(frozen=True)
class Forgotten:
    """One article to forget.

    Attributes:
        since: ISO date.
        reason: Why, in the words of who asked for it.
        is_purged: Whether no version holds it any more.
    """

    since: str
    reason: str | None = None
    is_purged: bool = False


def read_forgotten(root: Place) -> dict[str, Forgotten]:
    """Return the articles to forget, by article_id.

    Raises:
        DatasetDamaged: The list is there and cannot be read; no run may go on without it.
    """
    path = root / _FILE
    try:
        return _parse(path, path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise _unreadable(path, error) from error


def add_forgotten(root: Place, article_ids: Collection[str], reason: str | None) -> None:
    """Note articles as to be forgotten; those that are already keep their date, and are purged again."""
    since = datetime.datetime.now(datetime.UTC).date().isoformat()

    def add(present: dict[str, Forgotten]) -> dict[str, Forgotten]:
        known = {i: present.get(i, Forgotten(since)) for i in article_ids}
        added = {i: replace(f, reason=reason or f.reason, is_purged=False) for i, f in known.items()}
        return {**present, **added}

    _change(root, add)


def take_back_forgotten(root: Place, article_ids: Collection[str]) -> None:
    """Strike articles off the list: the next run takes their files up again, if they are still there."""
    _change(root, lambda present: {i: entry for i, entry in present.items() if i not in article_ids})


def note_purged(root: Place, article_ids: Collection[str]) -> None:
    """Note that no version holds some articles any more."""
    _change(
        root,
        lambda present: {i: replace(f, is_purged=f.is_purged or i in article_ids) for i, f in present.items()},
    )


def _change(root: Place, change: Callable[[dict[str, Forgotten]], dict[str, Forgotten]]) -> None:
    """Change the list; in an object store, where nobody holds a lock, without losing what others add meanwhile."""
    path = root / _FILE
    if isinstance(path, ObjectPath):
        path.exchange(lambda content: json_bytes(_plain(change(_parse(path, content) if content else {}))))
    else:
        write_json(path, _plain(change(read_forgotten(root))))


def _parse(path: Place, content: bytes) -> dict[str, Forgotten]:
    try:
        return {article_id: Forgotten(**entry) for article_id, entry in json.loads(content).items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise _unreadable(path, error) from error


def _plain(entries: dict[str, Forgotten]) -> dict[str, Any]:
    return {article_id: asdict(entry) for article_id, entry in entries.items()}


def _unreadable(path: Place, error: Exception) -> DatasetDamaged:
    return DatasetDamaged(f"{path}, the list of forgotten articles, cannot be read: {error}")
