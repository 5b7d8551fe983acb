"""Batches: the units of work that raw files are cut into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from flows.dataset import Recipe
from flows.planning.plan import Work
from flows.progress import counted, visible
from flows.storage import Place

BATCH_BYTES = 4 << 20
"""A batch ends at this many raw bytes, however few its files: memory is bounded by the batch."""
_PACKED = 10
"""So much larger a packed text may be when it is unpacked; whether it is, only unpacking tells."""


@dataclass(frozen=True)
class Batch:
    """What one worker reads.

    Attributes:
        work: The files, in the order of their paths.
        folder: Where its fragment goes.
        recipe: What the rows are made with.
        run_id: Of the run.
        unpacked: Unpacked streams of packed archives, by the archive's path.
    """

    work: tuple[Work, ...]
    folder: Place
    recipe: Recipe
    run_id: str
    unpacked: dict[Place, Place] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it is called in logs."""
        first = visible(self.work[0].file.raw_path)
        return f"batch {int(self.folder.name) + 1}: {counted(len(self.work), 'file')} from {first}"


def cut_batches(work: Sequence[Work], batch_size: int) -> Iterator[tuple[Work, ...]]:
    """Yield the work in batches of at most `batch_size` files and about `BATCH_BYTES`."""
    batch: list[Work] = []
    size = 0
    for item in work:
        weight = item.file.size * (_PACKED if item.file.raw_path.casefold().endswith(".gz") else 1)
        if batch and (len(batch) >= batch_size or size + weight > BATCH_BYTES):
            yield tuple(batch)
            batch, size = [], 0
        batch.append(item)
        size += weight
    if batch:
        yield tuple(batch)
