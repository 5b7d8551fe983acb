"""What must hold of the rows of any batch: the invariants of one dataset that need no database to look at."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any

from transforms.schemas import (
    ARTICLES,
    DATE_ORIGINS,
    FINGERPRINTS,
    PARAGRAPH_KINDS,
    PARAGRAPHS,
    POLARITIES,
    QUOTE_KINDS,
    QUOTE_TYPES,
    QUOTES,
    SPEAKER_KINDS,
)
from transforms.tables import Tables

Row = dict[str, Any]

_VOCABULARIES = (
    (ARTICLES, "date_origin", DATE_ORIGINS),
    (PARAGRAPHS, "kind", PARAGRAPH_KINDS),
    (QUOTES, "kind", QUOTE_KINDS),
    (QUOTES, "quote_type", QUOTE_TYPES),
    (QUOTES, "speaker_kind", SPEAKER_KINDS),
    (QUOTES, "polarity", POLARITIES),
)
_SPANS = (
    ("text", "start", "end"),
    ("speaker_mention", "speaker_start", "speaker_end"),
    ("cue", "cue_start", "cue_end"),
)
_CUT = ("text", "speaker_mention", "cue", "addressee", "reported_by", "speaker")
_ID = re.compile("[0-9a-f]{32}")


def check(tables: Tables) -> None:
    """Raise an AssertionError that names the first row that breaks an invariant."""
    for broken in breaches(tables):
        raise AssertionError(broken)


def breaches(tables: Tables) -> Iterator[str]:
    """Yield what is broken, and in which row."""
    rows = {table: table.conform(getattr(tables, table.name)).to_pylist() for table in (ARTICLES, PARAGRAPHS, QUOTES)}
    FINGERPRINTS.conform(tables.fingerprints)
    yield from _words_of_lists(rows)
    by_article: dict[str, tuple[list[Row], list[Row]]] = {row["article_id"]: ([], []) for row in rows[ARTICLES]}
    for at, table in enumerate((PARAGRAPHS, QUOTES)):
        for row in rows[table]:
            by_article[row["article_id"]][at].append(row)
    for article in rows[ARTICLES]:
        paragraphs, quotes = by_article[article["article_id"]]
        yield from _article(article, paragraphs, quotes)
        yield from _paragraphs(article, paragraphs)
        yield from breaches_of_quotes(article["text"], paragraphs, quotes)
    if sorted(tables.fingerprints["article_id"]) != sorted(by_article):
        yield "an article has no fingerprint"


def _words_of_lists(rows: dict[Any, list[Row]]) -> Iterator[str]:
    for table, column, values in _VOCABULARIES:
        for row in rows[table]:
            if row[column] is not None and row[column] not in values:
                yield f"{table.name}.{column} is {row[column]!r}"


def _article(article: Row, paragraphs: list[Row], quotes: list[Row]) -> Iterator[str]:
    if not _ID.fullmatch(article["article_id"]):
        yield f"article_id {article['article_id']}"
    if (article["published_date"] is None) != (article["date_origin"] is None):
        yield "a date without an origin"
    for column in ("title", "byline", "outlet", "text"):
        if article[column] is not None and not is_clean(article[column]):
            yield f"articles.{column} is not in normal form: {article[column]!r}"
    body = [row["word_count"] for row in paragraphs if row["kind"] == "body"]
    quotations = Counter(row["paragraph_index"] for row in quotes if row["kind"] == "quotation")
    counted = (len(paragraphs), sum(body), quotations.total())
    if counted != (article["paragraph_count"], article["word_count"], article["quote_count"]):
        yield f"an article's counts are not {counted}"
    if any(row["quote_count"] != quotations[row["paragraph_index"]] for row in paragraphs):
        yield "a paragraph's quote_count"


def is_clean(text: str) -> bool:
    """Whether a text is NFC, can be written as UTF-8, and holds no control and no mark of byte order."""
    return unicodedata.is_normalized("NFC", text) and not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\ufeff\ud800-\udfff]", text
    )


def _paragraphs(article: Row, paragraphs: list[Row]) -> Iterator[str]:
    if not paragraphs or "\n\n".join(row["text"] for row in paragraphs) != article["text"]:
        yield "the paragraphs are not the text"
    place = 0
    for number, row in enumerate(paragraphs):
        if (row["paragraph_index"], row["start"], row["end"]) != (number, place, place + len(row["text"])):
            yield f"paragraph {number} is not where it should be"
        if not row["text"] or row["text"] != row["text"].strip() or "\n" in row["text"]:
            yield f"paragraph {number} is no trimmed line: {row['text']!r}"
        place = row["end"] + 2


def breaches_of_quotes(text: str, paragraphs: list[Row], quotes: list[Row]) -> Iterator[str]:
    """Yield what is broken in the quotes of one article, and in which row.

    Args:
        text: Of the article.
        paragraphs: Its rows of `PARAGRAPHS`; kind, start and end are read.
        quotes: Its rows of `QUOTES`, in their order.
    """
    by_id = {row["quote_id"]: row for row in quotes}
    spans = [(row["start"], row["end"]) for row in quotes]
    if len(by_id) != len(quotes) or spans != sorted(set(spans)):
        yield "two quotes have one span, or they are out of order"
    for row in quotes:
        yield from (f"{broken}: {row}" for broken in _quote(row, text, paragraphs))
        yield from (f"{broken}: {row}" for broken in _relations(row, by_id))


def _quote(row: Row, text: str, paragraphs: list[Row]) -> Iterator[str]:
    for span in _SPANS:
        column, start, end = (row[name] for name in span)
        is_there = {column is not None, start is not None, end is not None}
        if is_there != {False} and (is_there != {True} or not start < end or text[start:end] != column):
            yield f"quotes.{span[0]} offsets"
    if not all(row[column] is None or (row[column] and is_clean(row[column])) for column in _CUT):
        yield "a text is empty or not in normal form"
    paragraph = paragraphs[row["paragraph_index"]]
    if not paragraph["start"] <= row["start"] <= row["end"] <= paragraph["end"]:
        yield "a quote is not in its paragraph"
    if not 0 <= row["statement_start"] <= row["start"] < row["end"] <= row["statement_end"] <= len(text):
        yield "a statement does not enclose its span"
    if row["quote_id"] != f"{row['article_id']}:{row['start']:07d}-{row['end']}":
        yield "quote_id form"
    yield from _kind(row, paragraph)


def _kind(row: Row, paragraph: Row) -> Iterator[str]:
    if paragraph["kind"] == "boilerplate" and row["kind"] == "quotation":
        yield "boilerplate is quoted"
    is_spoken = row["kind"] in ("quotation", "no_comment")
    if (row["quote_type"] is None) == is_spoken or (row["kind"] == "no_comment" and row["quote_type"] != "indirect"):
        yield "quote type"


def _relations(row: Row, by_id: dict[str, Row]) -> Iterator[str]:
    first = by_id.get(row["utterance_id"])
    if first is None or first["utterance_id"] != first["quote_id"] or first["start"] > row["start"]:
        yield "utterance_id is not the first span of the utterance"
    parent = by_id.get(row["parent_id"]) if row["parent_id"] else None
    if row["parent_id"] and (
        parent is None or parent is row or parent["start"] > row["start"] or parent["end"] < row["end"]
    ):
        yield "parent_id does not enclose it"
    if (row["speaker"] is None) != (row["speaker_id"] is None):
        yield "a speaker without an id"
    if row["speaker_mention"] is None and (row["speaker"] is not None or row["confidence"] is not None):
        yield "a speaker without a mention"
    if row["confidence"] is not None and not 0 <= row["confidence"] <= 1:
        yield "confidence is no probability"
