"""How batches are grouped into Prefect tasks."""

from typing import Any

import pytest

from flows.engine.groups import MOST, TASKS, cut_groups


class Numbers:
    """So many items, none of which is kept."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Any:
        return iter(range(self._count))


@pytest.mark.parametrize("workers", [1, 2, 16, 100])
@pytest.mark.parametrize("count", [0, 1, 2 * TASKS - 1, 2 * TASKS, 10_000, 50_000])
def test_every_item_is_in_a_group(count: int, workers: int) -> None:
    assert [i for group in cut_groups(Numbers(count), workers) for i in group.items] == list(range(count))


@pytest.mark.parametrize(
    ("count", "workers", "most"),
    [
        pytest.param(2 * TASKS - 1, 2, 2 * TASKS - 1, id="each-its-own"),
        pytest.param(10_000, 2, TASKS + 20, id="tens-of-thousands"),
        pytest.param(50_000, 16, 50_000 // MOST + 200, id="a-cluster"),
        pytest.param(800_000, 16, 800_000 // MOST + 200, id="two-hundred-million-articles"),
    ],
)
def test_tasks_are_few(count: int, workers: int, most: int) -> None:
    sizes = [len(group.items) for group in cut_groups(Numbers(count), workers)]
    assert len(sizes) <= most
    assert max(sizes) <= MOST
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-workers:] == [1] * workers  # nobody waits long for the last
