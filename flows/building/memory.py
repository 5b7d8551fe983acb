"""Memory that a process has freed and still holds."""

import ctypes
from collections.abc import Callable
from functools import cache
from itertools import count
from typing import Any

import pyarrow as pa

_BATCHES = 16
_batches = count(1)


def give_back() -> None:
    """Let the system have what is free in this process: Arrow's, and the holes that a batch leaves in the heap.

    Those are between what stays, as caches do: kept, they become more from batch to batch.
    """
    pa.default_memory_pool().release_unused()
    _trim()(0)


def give_back_at_times() -> None:
    """Give back after every sixteenth batch of this process.

    After each of them it would take a tenth of the time, as the next one has to be given the same memory again.
    """
    if next(_batches) % _BATCHES == 0:
        give_back()


@cache
def _trim() -> Callable[[int], Any]:
    """Return what trims the heap; of another C library than GNU's, what does nothing."""
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return lambda _: 0
