"""Which known files a backfill reads again."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import pyarrow.compute as pc

from flows.dataset import Version
from flows.planning.ledger import Ledger, known_rows
from flows.planning.plan import Reason
from flows.raw.archives import is_container
from flows.raw.columns import number, text, text_column
from transforms import RULES_VERSION


class SelectionError(ValueError):
    """The selection is empty or contradicts itself; the message says what to do."""


@dataclass(frozen=True)
class Selection:
    """The articles of a backfill.

    Attributes:
        start: First published_date; None: from the first one on.
        end: Last published_date; None: to the last one.
        only_stale: Only what older rules made.
        undated: Articles without a date, instead of a range.
    """

    start: datetime.date | None = None
    end: datetime.date | None = None
    only_stale: bool = False
    undated: bool = False

    def __post_init__(self) -> None:
        """Refuse what selects nothing, or everything by oversight.

        Raises:
            SelectionError: See the class.
        """
        if not (self.has_range or self.only_stale or self.undated):
            raise SelectionError("say what to restate: --start, --end, --only-stale or --undated")
        if self.has_range and self.undated:
            raise SelectionError("articles without a date lie in no range: restate them in a run of their own")
        if self.start and self.end and self.start > self.end:
            raise SelectionError(f"the range ends before it starts: {self.start} to {self.end}")

    @property
    def has_range(self) -> bool:
        """Whether it has a start or an end."""
        return self.start is not None or self.end is not None

    @property
    def name(self) -> str:
        """What is selected, in words."""
        stale = "stale" if self.only_stale else ""
        if self.undated:
            return f"undated {stale}".strip()
        first, last = (f"from {self.start}" if self.start else ""), (f"to {self.end}" if self.end else "")
        if self.start and self.end:
            first = str(self.start)
        return " ".join(part for part in (first, last, stale) if part)

    def select(self, version: Version, ledger: Ledger) -> dict[str, Reason]:
        """Return the files to read again, by raw_path, with the reason.

        Every copy of a selected article is among them. What older rules rejected counts as stale.

        Args:
            version: The current version.
            ledger: Its ledger.
        """
        is_dated = self.has_range or self.undated
        dated = version.articles_dated(self.start, self.end, self.undated) if is_dated else frozenset()
        wanted = text_column(dated)
        found: dict[str, Reason] = {}
        for rows in ledger.tables():
            articles, is_rejected = rows["article_id"], pc.equal(rows["status"], text("rejected"))
            is_meant = pc.is_in(articles, wanted) if is_dated else pc.or_(pc.is_valid(articles), is_rejected)
            if self.only_stale:
                is_meant = pc.and_(is_meant, pc.less(rows["rules_version"], number(RULES_VERSION)))
            for path, row in known_rows(rows.filter(is_meant)).items():
                if row.article_id:
                    found[path] = Reason.STALE if row.is_stale else Reason.RESTATED
                elif not (row.is_forgotten or is_container(path)):
                    found[path] = Reason.REJECTED
        return found
