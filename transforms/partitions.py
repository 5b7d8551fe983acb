"""Hive partitions: which period of publication an article lies in."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable
from typing import Literal

PartitionBy = Literal["day", "month", "year"]
Partition = tuple[int, ...]
"""(year,), (year, month) or (year, month, day); all zeros for articles without a date.

Hive's own name for a missing value makes pandas 3.1 on pyarrow 26 fail.
"""

PERIODS = ("year", "month", "day")
_DEPTH: dict[PartitionBy, int] = {"year": 1, "month": 2, "day": 3}


def partition_of(date: datetime.date | None, by: PartitionBy) -> Partition:
    """Return the partition of an article published on a date."""
    parts = (date.year, date.month, date.day) if date else (0, 0, 0)
    return parts[: _DEPTH[by]]


def period_columns(by: PartitionBy) -> tuple[str, ...]:
    """Return the names of the columns that the folders of a partition tell."""
    return PERIODS[: _DEPTH[by]]


def folder_of(partition: Partition) -> str:
    """Return its folder below a table: `year=2016/month=3`."""
    return "/".join(f"{name}={value}" for name, value in zip(PERIODS, partition, strict=False))


def parse_folder(folder: str) -> Partition:
    """Return the partition of a folder that `folder_of` named."""
    return tuple(int(part.partition("=")[2]) for part in folder.split("/"))


def period_of(partition: Partition) -> tuple[datetime.date, datetime.date] | None:
    """Return the first and last day of a partition; None for articles without a date."""
    if not partition[0]:
        return None
    year, month, day = (*partition, *(0,) * (3 - len(partition)))
    last_month = month or 12
    last_day = day or calendar.monthrange(year, last_month)[1]
    return datetime.date(year, month or 1, day or 1), datetime.date(year, last_month, last_day)


def neighbours(partitions: Iterable[Partition], days: int) -> dict[Partition, list[Partition]]:
    """Return, for each partition, the others that have a day within a number of days of one of its own."""
    near: dict[Partition, list[Partition]] = {p: [] for p in sorted(partitions)}
    dated = [(p, *period) for p in near if (period := period_of(p))]
    for i, (one, _, last) in enumerate(dated):
        for other, first, _ in dated[i + 1 :]:
            if (first - last).days > days:
                break
            near[one].append(other)
            near[other].append(one)
    return near
