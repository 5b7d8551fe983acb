"""Batches: the units of work that raw files are cut into."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from flows.dataset import Recipe
from flows.planning.plan import Work
from flows.progress import counted, visible
from flows.raw.streams import is_packed
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
    unpacked: Mapping[Place, Place] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it is called in logs."""
        first = visible(self.work[0].file.raw_path)
        return f"batch {int(self.folder.name) + 1}: {counted(len(self.work), 'file')} from {first}"


@dataclass(frozen=True)
class Batches:
    """All batches of a run, of which each is cut when it is its turn: they may be hundreds of thousands.

    Attributes:
        work: The files, in the order of their paths.
        size: Files in a batch, at most.
        folder: Where their fragments go.
        recipe: What the rows are made with.
        run_id: Of the run.
        unpacked: Unpacked streams of packed archives, by the archive's path.
    """

    work: Sequence[Work]
    size: int
    folder: Place
    recipe: Recipe
    run_id: str
    unpacked: Mapping[Place, Place] = field(default_factory=dict)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Batch]:
        for number, cut in enumerate(cut_batches(self.work, self.size)):
            unpacked = {p: self.unpacked[p] for p in {w.file.path for w in cut} if p in self.unpacked}
            yield Batch(cut, self.folder / f"{number:06d}", self.recipe, self.run_id, unpacked)

    @cached_property
    def _length(self) -> int:
        return sum(1 for _ in cut_batches(self.work, self.size))

    def shared_archives(self) -> list[Place]:
        """Return the packed archives that several batches read."""
        users: Counter[Place] = Counter()
        for cut in cut_batches(self.work, self.size):
            users.update({w.file.path for w in cut if w.file.member and is_packed(w.file.path.name)})
        return sorted((path for path, count in users.items() if count > 1), key=str)


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
