"""One batch of raw articles → the rows of every table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from transforms.articles import RawArticle, read_articles
from transforms.counts import recount
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
    return Tables(**derive_tables(articles), read=copies[["raw_path", "article_id"]], rejects=rejects)


def derive_tables(articles: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the rows of every table, by its name, that follow from the texts of some articles.

    Args:
        articles: Rows of `ARTICLES`; their counts are filled anew, and duplicate_of is left to the merge.
    """
    paragraphs = split_paragraphs(articles)
    quotes = extract_quotes(articles, paragraphs)
    articles, paragraphs = recount(articles, paragraphs, quotes)
    fingerprints = fingerprint_articles(articles, paragraphs)
    return {"articles": articles, "paragraphs": paragraphs, "quotes": quotes, "fingerprints": fingerprints}
