"""A case: one damage, and what `check` and `repair` have to make of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Damage = Callable[[Path], object]
"""Damages the dataset in a folder."""
RawDamage = Callable[[Path], AbstractContextManager[object]]
"""Does something to the raw root in a folder, and undoes it."""
Outcome = Literal["same bytes", "same after ingest", "whole", "refused"]


@dataclass(frozen=True)
class Case:
    """One damage.

    Attributes:
        kind: What it counts as.
        name: What exactly is done.
        damage: Does it.
        named: What `check` has to name: a path, a table or a word of its message.
        becomes: What a repair makes: the same bytes; the same after the next ingest; what an ingest of the raw files
            that are left makes; or nothing, as it is refused.
        rebuilds: The partitions that a repair makes anew, such as year=2025/month=3. Every other file is one of those
            that were there before.
        lost: The raw files whose articles are named as lost.
        touched: Raw files of which the ledger says something else after a repair that loses articles, besides those.
        is_raw_named: Whether the repair is told the raw root.
        is_forced: Whether it is forced.
        raw: What happens to the raw root before.
        left: Which raw files are left to make articles of, if that is not what `raw` leaves.
    """

    kind: str
    name: str
    damage: Damage
    named: str
    becomes: Outcome = "same bytes"
    rebuilds: frozenset[str] = frozenset()
    lost: tuple[str, ...] = ()
    touched: tuple[str, ...] = ()
    is_raw_named: bool = False
    is_forced: bool = False
    raw: RawDamage = nullcontext
    left: RawDamage | None = None


def in_current(path: str, damage: Damage) -> Damage:
    """Return a damage to one file of the current version."""
    return lambda root: damage((root / "current").resolve() / path)


def at(name: str, damage: Damage) -> Damage:
    """Return a damage to what has a name in the processed root."""
    return lambda root: damage(root / name)


def every(*damages: Damage) -> Damage:
    """Return several damages as one."""
    return lambda root: [damage(root) for damage in damages]
