"""One article with what was found in it: what every format but the tables is made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from transforms.schemas import ARTICLES, PARAGRAPHS, QUOTES

Row = dict[str, Any]


@dataclass(frozen=True)
class Story:
    """One article.

    Attributes:
        article: Its row of `ARTICLES`.
        paragraphs: Its rows of `PARAGRAPHS`, in order.
        quotes: Its rows of `QUOTES`, in order; confidence as the rules rounded it.
    """

    article: Row
    paragraphs: list[Row]
    quotes: list[Row]

    @property
    def text(self) -> str:
        """What all offsets are of."""
        return str(self.article["text"])


def stories(tables: Mapping[str, pa.Table]) -> Iterator[Story]:
    """Yield the articles of some rows, in the order of the table articles.

    Args:
        tables: Rows of articles, paragraphs and quotes, by the name of their table.
    """
    paragraphs, quotes = (_by_article(tables[table.name]) for table in (PARAGRAPHS, QUOTES))
    for article in tables[ARTICLES.name].to_pylist():
        article_id = article["article_id"]
        yield Story(article, paragraphs.get(article_id, []), [_rounded(q) for q in quotes.get(article_id, [])])


def _by_article(rows: pa.Table) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows.to_pylist():
        found.setdefault(row["article_id"], []).append(row)
    return found


def _rounded(quote: Row) -> Row:
    """Return a quote with its confidence to the digits that the rules gave it, which single precision does not keep."""
    confidence = quote["confidence"]
    return quote if confidence is None else {**quote, "confidence": round(confidence, 3)}
