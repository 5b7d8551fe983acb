"""The versions beside a damaged one: those that it came from, and those that a rollback undid."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from flows.dataset import Dataset, Version
from flows.dataset.rollback import read_rollback


class Others(NamedTuple):
    """The other versions of a dataset, the newest first.

    Attributes:
        before: Those that the damaged one came from, as far as one can tell.
        undone: All others: what they say is not what the dataset is to say, though it may be all that is left.
    """

    before: tuple[Version, ...]
    undone: tuple[Version, ...]


def other_versions(dataset: Dataset, version: Version) -> Others:
    """Return the other versions of a dataset.

    Raises:
        DatasetDamaged: A newer newsframes made one, or the note of the last rollback cannot be read.
    """
    versions = {v.number: v for v in dataset.all_versions()}
    chain = _chain(version, versions)
    undone = _undone(dataset, version)
    others = [v for number, v in sorted(versions.items(), reverse=True) if number != version.number]
    before = [v for v in others if v.number in chain or (v.number < chain[-1] and v.number not in undone)]
    return Others(tuple(before), tuple(v for v in others if v not in before))


def _chain(version: Version, versions: dict[int, Version]) -> list[int]:
    """Return the numbers of a version, of its parent and so on, as far as manifests tell."""
    chain = [version.number]
    while (v := versions.get(chain[-1])) and v.has_manifest and v.manifest.parent in versions:
        chain.append(v.manifest.parent)
    return chain


def _undone(dataset: Dataset, version: Version) -> Collection[int]:
    """Return the numbers that the last rollback undid."""
    rollback = read_rollback(dataset.root)
    if rollback is None or rollback.version < version.number <= rollback.highest:
        return ()
    return range(rollback.version + 1, rollback.highest + 1)
