"""Who speaks in an article, in the order in which they first do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flows.reports.show import ShownQuote

_TOLD = {"kind": "speaker_kind", "role": "speaker_role", "organisation": "speaker_organisation"}


@dataclass(frozen=True)
class Speaker:
    """A speaker of an article.

    Attributes:
        number: Their position among the speakers, from 0; what colours go by.
        name: `QUOTES.speaker`.
        told: What is known besides, `kind`, `role` and `organisation`: of each what the first quote says that does.
        quotes: The numbers of their quotes.
    """

    number: int
    name: str
    told: dict[str, str]
    quotes: tuple[int, ...]


def speakers_of(quotes: Iterable[ShownQuote]) -> dict[str, Speaker]:
    """Return the speakers by speaker_id, in their order."""
    rows: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for quote in quotes:
        if quote.row["speaker_id"]:
            rows.setdefault(quote.row["speaker_id"], []).append((quote.number, quote.row))
    return {
        speaker_id: Speaker(
            number,
            own[0][1]["speaker"],
            {label: told for label, column in _TOLD.items() if (told := _first(column, own))},
            tuple(n for n, _ in own),
        )
        for number, (speaker_id, own) in enumerate(rows.items())
    }


def _first(column: str, rows: Iterable[tuple[int, dict[str, Any]]]) -> str | None:
    return next((row[column] for _, row in rows if row[column]), None)
