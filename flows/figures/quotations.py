"""What a version holds of quotes: kinds and types, how many have a speaker, and how sure that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import duckdb

T = TypeVar("T")

CONFIDENCE_BANDS = 10
"""Of a tenth each; the last holds 1, too."""
THRESHOLDS = (0.5, 0.7, 0.8, 0.9, 0.95)
"""Confidences that a reader may ask for."""
UNRESOLVED = "who it, they or I is was not found"
"""A mention is there, but no name for it."""
_STEPS = 20
"""Into which confidence is counted: every threshold is the edge of one."""


class Share(NamedTuple):
    """Some quotations, and those of them that have a speaker.

    Attributes:
        quotations: How many.
        attributed: With a speaker.
    """

    quotations: int
    attributed: int


@dataclass(frozen=True)
class Quotations:
    """What a version holds of quotes.

    Attributes:
        kinds: Rows of quotes by kind, most first.
        types: Quotations by quote_type, most first.
        attributed: Quotations with a speaker.
        speaker_kinds: Quotations with a speaker by what that is, most first; None: not known.
        confidence: Quotations with a speaker by band of confidence, from 0 on.
        above: Quotations with a speaker of at least a confidence, by `THRESHOLDS`.
        expected_right: How many speakers are right, as the confidences add up.
        unattributed: Quotations without a speaker by the reason, most first.
    """

    kinds: dict[str, int]
    types: dict[str, Share]
    attributed: int
    speaker_kinds: dict[str | None, int]
    confidence: tuple[int, ...]
    above: dict[float, int]
    expected_right: float
    unattributed: dict[str, int]


class _Counted(NamedTuple):
    kind: str
    quote_type: str | None
    speaker_kind: str | None
    is_attributed: bool
    reason: str | None
    step: int | None
    confidence: float
    rows: int


def count_quotations(connection: duckdb.DuckDBPyConnection) -> Quotations:
    """Return what there is of quotes.

    Args:
        connection: It has the view quotes; no texts are read from it.
    """
    found = connection.execute(
        f"""SELECT kind, quote_type, speaker_kind, speaker IS NOT NULL,
                   CASE WHEN speaker IS NULL THEN
                     CASE WHEN speaker_mention IS NULL THEN coalesce(evidence, '') ELSE '{UNRESOLVED}' END END,
                   least(floor(round(confidence::DOUBLE, 3) * {_STEPS} + 1e-9), {_STEPS - 1})::INT,
                   coalesce(sum(round(confidence::DOUBLE, 3)), 0), count(*)
            FROM quotes GROUP BY ALL"""
    ).fetchall()
    rows = [_Counted(*row) for row in found]
    said = [row for row in rows if row.kind == "quotation"]
    attributed = [row for row in said if row.is_attributed]
    types = _most_first((row.quote_type or "not known", row.rows) for row in said)
    by_type = _most_first((row.quote_type or "not known", row.rows) for row in attributed)
    steps = _most_first((row.step, row.rows) for row in attributed)
    return Quotations(
        kinds=_most_first((row.kind, row.rows) for row in rows),
        types={name: Share(count, by_type.get(name, 0)) for name, count in types.items()},
        attributed=sum(row.rows for row in attributed),
        speaker_kinds=_most_first((row.speaker_kind, row.rows) for row in attributed),
        confidence=tuple(steps.get(2 * band, 0) + steps.get(2 * band + 1, 0) for band in range(CONFIDENCE_BANDS)),
        above={t: sum(n for step, n in steps.items() if (step or 0) >= round(t * _STEPS)) for t in THRESHOLDS},
        expected_right=round(sum(row.confidence for row in attributed), 1),
        unattributed=_most_first((row.reason or "", row.rows) for row in said if not row.is_attributed),
    )


def _most_first(counts: Iterable[tuple[T, int]]) -> dict[T, int]:
    total: Counter[T] = Counter()
    for name, count in counts:
        total[name] += count
    return dict(sorted(total.items(), key=lambda item: (-item[1], str(item[0]))))
