"""Fingerprints: what tells the same story printed again, the MinHash signature of its body."""

from __future__ import annotations

import pandas as pd

from transforms.signatures import signatures


def fingerprint(body: str) -> bytes | None:
    """Return the MinHash signature of a body: 128 little-endian 32-bit minima; None below 5 words."""
    return signatures([body])[0]


def fingerprint_articles(articles: pd.DataFrame, paragraphs: pd.DataFrame) -> pd.DataFrame:
    """Return one row of `FINGERPRINTS` per article, in the articles' order.

    Args:
        articles: Rows of `ARTICLES`.
        paragraphs: Rows of `PARAGRAPHS`; those of kind body count.
    """
    article_ids = articles["article_id"].tolist()
    bodies: dict[str, list[str]] = {article_id: [] for article_id in article_ids}
    columns = (paragraphs[name].tolist() for name in ("article_id", "kind", "text"))
    for article_id, kind, text in zip(*columns, strict=True):
        if kind == "body":
            bodies[article_id].append(text)
    found = signatures(["\n".join(bodies[article_id]) for article_id in article_ids])
    return pd.DataFrame({
        "article_id": articles["article_id"],
        "published_date": articles["published_date"],
        "signature": pd.Series(found, index=articles.index, dtype=object),
    })  # fmt: skip
