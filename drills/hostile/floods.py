"""Whether time and memory stay in proportion to the size of an input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from drills.hostile.corpus import outcome_of_text
from drills.hostile.measure import SMALL, Measured, is_slower, measure
from drills.hostile.packed import INGESTED

MB = 1_000_000
LARGEST = int(1.6 * MB)
"""So far inputs grow that take no time: below the default limit on articles, front matter included."""
_SHARES = (4, 2, 1)
_MOST_MB_PER_MB = 600
"""So many megabytes of memory may each further megabyte of an input take."""
_NOISE_MB = 60
"""What the memory of one process differs by from run to run, whatever it reads."""


def measure_floods(names: Sequence[str], largest: int) -> Iterator[str]:
    """Measure inputs at a quarter, a half and the whole of a size, and beyond; print tables; yield what is wrong."""
    sizes = [largest // share for share in _SHARES]
    print(f"{'input':<36} {'bytes':>10} {'seconds':>8} {'s/MB':>7} {'MB peak':>8}  outcome")
    everything: list[list[Measured]] = []
    for name in names:
        found = measure(name, sizes, max(largest, LARGEST))
        _print(found)
        if is_slower(found):  # a busy machine, or the input: the faster of two runs tells
            again = measure(name, sizes, max(largest, LARGEST))
            _print(again)
            found = _fastest(found, again)
        everything.append(found)
        yield from wrong(found)
    columns = [*sizes, *(s for s in (2 * largest, 4 * largest) if s <= LARGEST)]
    rows = [row(found, columns) for found in sorted(everything, key=_worst, reverse=True)]
    print("\n".join(["", head(columns), *rows]))


def _print(found: list[Measured]) -> None:
    for one in found:
        per_mb = one.per_mb if one.size >= SMALL else 0
        told = (one.reason or one.outcome)[:90]
        print(
            f"{one.name:<36} {one.size:>10,} {one.seconds:>8.2f} {per_mb:>7.2f} {one.peak_mb:>8,}  {told}", flush=True
        )


def _fastest(first: list[Measured], second: list[Measured]) -> list[Measured]:
    if any(_has_failed(one) for one in (*first, *second)):
        return first
    return [min(a, b, key=lambda one: one.seconds) for a, b in zip(first, second, strict=False)]


def _worst(found: list[Measured]) -> float:
    return max((one.per_mb for one in found if one.size >= SMALL), default=0)


def _has_failed(one: Measured) -> bool:
    return one.reason is not None and one.reason.startswith("FAILED")


def wrong(found: list[Measured]) -> Iterator[str]:
    """Yield which runs did not end as they should, and what takes more than in proportion to its size."""
    for one in found:
        outcome = outcome_of_text(one.name)
        if one.reason is not None if outcome == INGESTED else not (one.reason or "").startswith(outcome):
            yield f"{one.name}, {one.size:,} bytes: {one.reason or 'read'}; expected {outcome}"
    if not any(_has_failed(one) for one in found):
        yield from _slower(found)
        yield from _larger(found)


def _slower(found: list[Measured]) -> Iterator[str]:
    if is_slower(found):
        half, whole = found[-2:]
        times = f"{half.per_mb:.1f} s/MB, and at {whole.size:,} bytes {whole.per_mb:.1f} s/MB"
        yield f"{whole.name}: at {half.size:,} bytes {times}"


def _larger(found: list[Measured]) -> Iterator[str]:
    for one in found:
        if one.peak_mb - one.base_mb > _NOISE_MB + _MOST_MB_PER_MB * one.size / MB:
            yield f"{one.name}: {one.peak_mb - one.base_mb:,} MB of memory for {one.size:,} bytes"


def head(sizes: Sequence[int]) -> str:
    """Return the head of the table of docs/reliability/hostile_input.md."""
    columns = " | ".join(f"{size / MB:g} MB" for size in sizes)
    return f"| `--only` (s/MB) | {columns} | most memory |\n|{'---|' * (len(sizes) + 2)}"


def row(found: list[Measured], sizes: Sequence[int]) -> str:
    """Return an input's row of that table: seconds a megabyte by size, and the most memory."""
    told = [f"{one.per_mb:.1f}" if one.size >= SMALL else "" for one in found]
    seconds = told + [""] * (len(sizes) - len(told))
    last = found[-1]
    return f"| `{last.name}` | {' | '.join(seconds)} | {last.peak_mb:,} MB at {last.size / MB:.2g} MB |"
