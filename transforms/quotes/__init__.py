"""Quotations, who said them and how that was found: marks → statements → attribution → headlines → identity → rows."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pyarrow as pa

from transforms.quotes.attribution import Attributed, Attribution, attribute
from transforms.quotes.headlines import with_headlines
from transforms.quotes.marks import Paragraph, find_spans
from transforms.quotes.model.lines import Article
from transforms.quotes.rows import Row, read_rows
from transforms.schemas import QUOTES

ENGLISH = "en"

__all__ = ["columns", "extract_quotes", "paragraphs_of", "typed"]

_DTYPES = {"string": "str", "int32": "Int32", "float": "Float32"}
"""Dtypes that hold nulls, by Arrow type."""


def extract_quotes(articles: pd.DataFrame, paragraphs: pd.DataFrame) -> pd.DataFrame:
    """Return one row per quoted or reported span, by article in the order given, then start, then end.

    `articles.text[start:end] == text` holds for every row, and likewise for speaker and cue. No two rows have the same
    span, and every span lies within one paragraph. Boilerplate has no rows. Articles whose language is not English, or
    not known, have their quoted spans without speakers, and no others.

    Args:
        articles: Rows of `ARTICLES`; article_id, text and language are read.
        paragraphs: Rows of `PARAGRAPHS` of these articles; they tile the texts.

    Returns:
        Rows of `QUOTES`; an article without quotes has none.
    """
    by_article = paragraphs_of(paragraphs)
    read: dict[str, Article] = {}
    languages: dict[str, str | None] = {}
    for article_id, text, language in columns(articles, "article_id", "text", "language"):
        mine = by_article.get(article_id, [])
        read[article_id] = Article(text, mine, find_spans(mine))
        languages[article_id] = language if isinstance(language, str) else None
    english = [name for name, language in languages.items() if language == ENGLISH]
    attributed = attribute([read[name] for name in english])
    found = dict(zip(english, map(with_headlines, attributed), strict=True))
    return _frame(
        [
            row
            for name, article in read.items()
            for row in read_rows(name, *(found.get(name) or _unattributed(article, languages[name])))
        ]
    )


def _unattributed(article: Article, language: str | None) -> Attributed:
    """Return an article whose spans have no speakers: those are for English."""
    reason = "language not supported" if language else "language not known"
    return Attributed(article, [Attribution(reason)] * len(article.spans))


def _frame(rows: list[Row]) -> pd.DataFrame:
    """Return rows as a frame of all columns of `QUOTES`, in their order; those not filled are null."""
    return typed(pd.DataFrame(rows, columns=list(Row._fields), dtype=object))


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows of `QUOTES` with all its columns, in their order, in dtypes that hold their nulls."""
    types = {field.name: _dtype(field.type, field.nullable) for field in QUOTES.schema}
    return frame.reindex(columns=list(types)).astype(types)


def _dtype(kind: pa.DataType, is_nullable: bool) -> str:
    return "int32" if kind == pa.int32() and not is_nullable else _DTYPES[str(kind)]


def paragraphs_of(paragraphs: pd.DataFrame) -> dict[str, list[Paragraph]]:
    """Return the paragraphs of each article, by article_id, in the order given."""
    grouped: dict[str, list[Paragraph]] = {}
    for article_id, *rest in columns(paragraphs, "article_id", "paragraph_index", "kind", "text", "start"):
        grouped.setdefault(article_id, []).append(Paragraph(*rest))
    return grouped


def columns(frame: pd.DataFrame, *names: str) -> Iterator[tuple[Any, ...]]:
    """Yield the values of some columns of each row."""
    return zip(*(frame[name].tolist() for name in names), strict=True)
