"""Articles that a dataset has to forget: kept out of every version to come, and purged from those that are kept.

The list lies beside the versions, not in them: a rollback does not bring a forgotten article back.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace

from flows.dataset.durable import write_json
from flows.dataset.manifest import DatasetDamaged
from flows.storage import Place

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
        value = json.loads(path.read_text(encoding="utf-8"))
        return {article_id: Forgotten(**entry) for article_id, entry in value.items()}
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise DatasetDamaged(f"{path}, the list of forgotten articles, cannot be read: {error}") from error


def add_forgotten(root: Place, article_ids: Collection[str], reason: str | None) -> None:
    """Note articles as to be forgotten; those that are already keep their date, and are purged again."""
    present = read_forgotten(root)
    since = datetime.datetime.now(datetime.UTC).date().isoformat()
    known = {i: present.get(i, Forgotten(since)) for i in article_ids}
    added = {i: replace(f, reason=reason or f.reason, is_purged=False) for i, f in known.items()}
    _write(root, {**present, **added})


def take_back_forgotten(root: Place, article_ids: Collection[str]) -> None:
    """Strike articles off the list: the next run takes their files up again, if they are still there."""
    _write(root, {i: entry for i, entry in read_forgotten(root).items() if i not in article_ids})


def note_purged(root: Place, article_ids: Collection[str]) -> None:
    """Note that no version holds some articles any more."""
    present = read_forgotten(root)
    _write(root, {i: replace(entry, is_purged=entry.is_purged or i in article_ids) for i, entry in present.items()})


def _write(root: Place, entries: dict[str, Forgotten]) -> None:
    write_json(root / _FILE, {article_id: asdict(entry) for article_id, entry in entries.items()})
