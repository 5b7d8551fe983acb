"""One batch of raw articles → the rows of every table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from transforms.articles import RawArticle, read_articles
from transforms.duplicates import fingerprint_articles
from transforms.metadata import PATH_TEMPLATES
from transforms.paragraphs import split_paragraphs
from transforms.quotes import extract_quotes


@dataclass(frozen=True)
class Tables:
    """The rows of one batch.

    Attributes:
        articles: Rows of `ARTICLES`, one per article_id; duplicate_of is left to the merge.
        paragraphs: Rows of `PARAGRAPHS`.
        quotes: Rows of `QUOTES`.
        fingerprints: Rows of `FINGERPRINTS`.
        read: raw_path, article_id of every raw article that could be read, copies included.
        rejects: raw_path, raw_sha256, reason of those that could not.
    """

    articles: pd.DataFrame
    paragraphs: pd.DataFrame
    quotes: pd.DataFrame
    fingerprints: pd.DataFrame
    read: pd.DataFrame
    rejects: pd.DataFrame


def build_tables(raws: Iterable[RawArticle], templates: Sequence[str] = PATH_TEMPLATES) -> Tables:
    """Return the rows that a batch of raw articles makes.

    Of two copies of one article in a batch, the one of the smaller raw_path makes the rows.

    Args:
        raws: What was read, with what the side file says of it.
        templates: How paths tell outlet and date; see `transforms.metadata.parse_path`.
    """
    copies, rejects = read_articles(raws, templates)
    articles = copies.sort_values("raw_path").drop_duplicates("article_id", ignore_index=True)
    paragraphs = split_paragraphs(articles)
    quotes = extract_quotes(articles, paragraphs)
    paragraphs = _count_quotes(paragraphs, quotes)
    return Tables(
        articles=_count(articles, paragraphs),
        paragraphs=paragraphs,
        quotes=quotes,
        fingerprints=fingerprint_articles(articles, paragraphs),
        read=copies[["raw_path", "article_id"]],
        rejects=rejects,
    )


def _count_quotes(paragraphs: pd.DataFrame, quotes: pd.DataFrame) -> pd.DataFrame:
    """Fill quote_count: the quotations that start in a paragraph."""
    key = ["article_id", "paragraph_index"]
    counts = quotes[quotes["kind"] == "quotation"].groupby(key, sort=False).size()
    counted = counts.reindex(pd.MultiIndex.from_frame(paragraphs[key]), fill_value=0)
    return paragraphs.assign(quote_count=counted.to_numpy())


def _count(articles: pd.DataFrame, paragraphs: pd.DataFrame) -> pd.DataFrame:
    """Fill the counts of articles from their paragraphs."""
    by_article = paragraphs.groupby("article_id", sort=False)
    body = paragraphs[paragraphs["kind"] == "body"].groupby("article_id", sort=False)
    counts = {
        "paragraph_count": by_article.size(),
        "word_count": body["word_count"].sum(),
        "quote_count": by_article["quote_count"].sum(),
    }
    return articles.assign(
        **{name: articles["article_id"].map(count).fillna(0).astype(int) for name, count in counts.items()}
    )
