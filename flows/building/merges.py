"""Merges: the partitions of the next version that have to be written."""

from __future__ import annotations

from dataclasses import dataclass, field

from flows.building.partition_rows import PartitionRows
from flows.dataset import FileEntry
from flows.storage import Place
from transforms.partitions import folder_of


@dataclass(frozen=True)
class Merge:
    """One partition to merge.

    Attributes:
        rows: Its rows.
        neighbours: Those of the partitions dated near it, whose articles may be near-duplicates of its own.
        building: The folder of the next version.
    """

    rows: PartitionRows
    neighbours: tuple[PartitionRows, ...]
    building: Place

    @property
    def name(self) -> str:
        """What it is called in logs."""
        return folder_of(self.rows.partition)


@dataclass(frozen=True)
class Merged:
    """What a merge changed.

    Attributes:
        added: Manifest entries of the new files, by path below the version.
        removed: Files that the next version does not have.
        unapplied: Lines of the corrections file that fit no quote, with the reason.
    """

    added: dict[str, FileEntry] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()
    unapplied: tuple[str, ...] = ()

    @property
    def written(self) -> frozenset[str]:
        """Files that changed, came or went."""
        return self.removed.union(self.added)
