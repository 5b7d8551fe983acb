"""What every plan asks of the whole ledger."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from flows.planning.comparison import Inputs
from flows.planning.ledger import Known, known_rows
from flows.raw.columns import number, text, text_column
from transforms import RULES_VERSION


class Census:
    """Numbers and paths of a ledger.

    Attributes:
        stale: Number of the files whose rows older rules made.
        forgetting: Paths of articles that are to be forgotten and are still there.
        corrected: The files that carry an article of which corrections are, or were, applied.
    """

    def __init__(self, inputs: Inputs) -> None:
        self.stale = 0
        self.forgetting: list[str] = []
        self.corrected: list[Known] = []
        self._forgotten = text_column(inputs.forgotten)
        self._lines = text_column(inputs.corrections.lines if inputs.corrections else ())

    def add(self, rows: pa.Table) -> None:
        """Take rows of the ledger into account."""
        articles = rows["article_id"]
        is_stale = pc.and_(pc.is_valid(articles), pc.less(rows["rules_version"], number(RULES_VERSION)))
        self.stale += pc.sum(is_stale).as_py() or 0
        self.forgetting += rows["raw_path"].filter(pc.is_in(articles, self._forgotten)).to_pylist()
        is_corrected = pc.or_(pc.is_valid(rows["corrections_sha256"]), pc.is_in(articles, self._lines))
        carriers = rows.filter(pc.and_(is_corrected, pc.equal(rows["status"], text("ingested"))))
        self.corrected += known_rows(carriers).values()


def take_census(inputs: Inputs) -> Census:
    """Return the census of a ledger."""
    census = Census(inputs)
    for rows in inputs.ledger.tables():
        census.add(rows)
    return census
