"""Groups: the batches or merges that one Prefect task sees to, one after the other.

A Prefect task is a row, some states and events of its server, and a future in memory; of batches there may be hundreds
of thousands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from flows.building.publish import Items

TASKS = 50
"""Up to twice so many items have a task each; more of them share about so many tasks."""
MOST = 250
"""Items of a group, at most: what a cluster has to carry for one task."""


@dataclass(frozen=True)
class Group:
    """Some batches or merges.

    Attributes:
        items: In their order.
    """

    items: tuple[Any, ...]

    @property
    def name(self) -> str:
        """What it is called in logs."""
        more = len(self.items) - 1
        return f"{self.items[0].name}, and {more:,} more" if more else str(self.items[0].name)


def cut_groups(items: Items, workers: int) -> Iterator[Group]:
    """Yield groups of items. They get smaller at the end, so that no worker is left with many when others have none.

    Args:
        items: What to group.
        workers: How many groups may be worked at, at the same time.
    """
    total = left = len(items)
    coming = iter(items)
    while left > 0:
        group = Group(tuple(islice(coming, max(1, min(total // TASKS, left // (2 * workers), MOST)))))
        yield group
        left -= len(group.items)
