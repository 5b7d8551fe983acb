"""Articles for tests, and what is read of a paragraph by itself."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from flows.reports.show import ShownArticle, ShownQuote
from transforms.quotes.marks import Paragraph, find_spans
from transforms.quotes.model.analysis import Analysis, analyse
from transforms.quotes.model.lines import Article
from transforms.schemas import ARTICLES, PARAGRAPHS, QUOTES


def article_of(*paragraphs: str) -> Article:
    """Return an article of these paragraphs of the body, with its quoted spans."""
    read, start = [], 0
    for position, text in enumerate(paragraphs):
        read.append(Paragraph(position, "body", text, start))
        start += len(text) + 2
    return Article("\n\n".join(paragraphs), read, find_spans(read))


def analysis_of(text: str) -> Analysis:
    """Return what is read of one paragraph when no word is known to report."""
    return analyse([article_of(text)], lambda lines, tokens, phrases: np.zeros(len(phrases.first), dtype=np.int64))


def shown_article(*paragraphs: str, quotes: Iterable[Mapping[str, Any]] = (), **article: Any) -> ShownArticle:
    """Return an article of these paragraphs, as `newsframes show` reads one.

    Args:
        *paragraphs: Of its body.
        quotes: Of each row its start and end, and what else is not null; those that say nothing else are direct.
        **article: What is not null in its row.
    """
    read = article_of(*paragraphs)
    row = dict.fromkeys(ARTICLES.schema.names) | {"article_id": "0" * 32, "text": read.text, "raw_path": "a.txt"}
    rows = [
        dict.fromkeys(PARAGRAPHS.schema.names) | p._asdict() | {"paragraph_index": at, "end": p.start + len(p.text)}
        for at, p in enumerate(read.paragraphs)
    ]
    shown = [ShownQuote(number, _quote(read.text, quote)) for number, quote in enumerate(quotes, 1)]
    counts = {"quote_count": len(shown), "rules_version": 1}
    return ShownArticle(row | counts | article, rows, shown, {q.row["quote_id"]: q.number for q in shown})


def _quote(text: str, quote: Mapping[str, Any]) -> dict[str, Any]:
    start, end = quote["start"], quote["end"]
    quote_id = f"{'0' * 32}:{start:07}-{end}"
    own = {"quote_id": quote_id, "utterance_id": quote_id, "kind": "quotation", "quote_type": "direct"}
    bounds = {"text": text[start:end], "statement_start": start, "statement_end": end}
    place = {"article_id": "0" * 32, "paragraph_index": text.count("\n\n", 0, start)}
    return dict.fromkeys(QUOTES.schema.names) | own | bounds | place | dict(quote)
