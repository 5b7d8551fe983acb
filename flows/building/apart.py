"""Merges on machines of which one may be taken for dead, and go on."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import replace
from pathlib import Path

from flows.building.merges import Merge, Merged
from flows.building.publish import merge


def merge_apart(staging: Path, partition: Merge) -> Merged:
    """Write a partition's new files elsewhere, and move them into their place.

    So two workers may be at one partition: both move the same bytes there, and nobody ever sees a file half-written.
    One that comes after the commit finds the place gone.

    Args:
        staging: Where runs stage what they make.
        partition: What to merge.
    """
    elsewhere = staging / partition.building.name.lstrip(".") / secrets.token_hex(8)
    assert isinstance(elsewhere, Path)
    assert isinstance(partition.building, Path)
    try:
        merged = merge(replace(partition, building=elsewhere))
        partition.building.stat()  # once it is gone it must not be made again
        for path in merged.added:
            (partition.building / path).parent.mkdir(parents=True, exist_ok=True)
            (elsewhere / path).replace(partition.building / path)
    finally:
        shutil.rmtree(elsewhere, ignore_errors=True)
    return merged
