"""One article of a dataset with its quotes, and why each has its speaker."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flows.dataset import Version
from flows.planning.lookup import current_version, find_article
from flows.planning.options import OptionsError
from flows.reports.article_rows import Row, read_rows
from flows.storage import Place
from transforms import RULES_VERSION
from transforms.quotes import ENGLISH
from transforms.quotes.attribution import UNSURE
from transforms.quotes.explanation import Explanation, explain
from transforms.quotes.headlines import HEADLINE
from transforms.quotes.marks import Paragraph, find_spans
from transforms.quotes.model.lines import Article
from transforms.quotes.relations import PASSIVE
from transforms.schemas import ARTICLES, PARAGRAPHS, QUOTES


@dataclass(frozen=True)
class ShownQuote:
    """A quote of an article.

    Attributes:
        number: Its position in the article, from 1.
        row: Its row of `QUOTES`.
        explanation: What today's weights make of it; None if that was not asked for, or there is none.
        note: Why the explanation may not fit the row.
    """

    number: int
    row: Row
    explanation: Explanation | None = None
    note: str | None = None


@dataclass(frozen=True)
class ShownArticle:
    """An article.

    Attributes:
        article: Its row of `ARTICLES`.
        paragraphs: Its rows of `PARAGRAPHS`, in order.
        quotes: Its quotes, in order.
        numbers: The number of each quote that it has, by quote_id.
        has_reasons: Whether it was asked why.
        note: Why explanations may not fit, or why there are none.
    """

    article: Row
    paragraphs: list[Row]
    quotes: list[ShownQuote]
    numbers: dict[str, int]
    has_reasons: bool = False
    note: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values, the quotes with what is told of them."""
        return {
            "article": self.article,
            "paragraphs": self.paragraphs,
            "quotes": [{"number": q.number, **q.row} | (_why(q) if self.has_reasons else {}) for q in self.quotes],
            "note": self.note,
        }


def read_article(processed: Place, named: str) -> ShownArticle:
    """Return an article of the current version of a dataset.

    Args:
        processed: The processed root.
        named: The article, as `find_article` takes it.

    Raises:
        OptionsError: There is no dataset, or no such article.
    """
    version = current_version(processed)
    article_id = find_article(version, named)
    return read_articles(version, [article_id])[article_id]


def read_articles(version: Version, article_ids: Collection[str]) -> dict[str, ShownArticle]:
    """Return some articles of a version, by article_id."""
    rows = read_rows(version, article_ids, (ARTICLES, PARAGRAPHS, QUOTES))
    articles, paragraphs, quotes = (rows[table.name] for table in (ARTICLES, PARAGRAPHS, QUOTES))
    return {i: _shown(article, paragraphs.get(i, []), quotes.get(i, [])) for i, (article,) in articles.items()}


def _shown(article: Row, paragraphs: list[Row], quotes: list[Row]) -> ShownArticle:
    shown = [ShownQuote(number, row) for number, row in enumerate(quotes, 1)]
    return ShownArticle(article, paragraphs, shown, {q.row["quote_id"]: q.number for q in shown})


def choose_quote(shown: ShownArticle, named: str) -> ShownArticle:
    """Return an article with one of its quotes alone, and the paragraph of that.

    Args:
        shown: The article.
        named: Number of the quote, or its quote_id.

    Raises:
        OptionsError: It has no such quote.
    """
    chosen = [q for q in shown.quotes if named in (str(q.number), q.row["quote_id"])]
    if not chosen:
        count = len(shown.quotes)
        has = f"its quotes are 1 to {count}" if count else "it has none"
        raise OptionsError(f"no quote {named} in article {shown.article['article_id']}: {has}")
    around = [p for p in shown.paragraphs if p["paragraph_index"] == chosen[0].row["paragraph_index"]]
    return replace(shown, paragraphs=around, quotes=chosen)


def add_reasons(shown: ShownArticle) -> ShownArticle:
    """Return a whole article with the explanations of its quotes: of its text, by today's weights."""
    article = shown.article
    if article["language"] != ENGLISH:
        reason = f"its language is {article['language'] or 'not known'}: speakers are found in English only"
        return replace(shown, has_reasons=True, note=f"No reasons: {reason}.")
    made_by = article["rules_version"]
    note = None
    if made_by != RULES_VERSION:
        note = f"The rows were made by rules {made_by}; the reasons are those of today's rules, {RULES_VERSION}."
    found = _explanations(shown)
    quotes = [_with_reasons(q, found.get((q.row["start"], q.row["end"]))) for q in shown.quotes]
    return replace(shown, quotes=quotes, has_reasons=True, note=note)


def _explanations(shown: ShownArticle) -> Mapping[tuple[int, int], Explanation]:
    """Return the explanations of an article by the bounds of its spans."""
    columns = ("paragraph_index", "kind", "text", "start")
    paragraphs = [Paragraph(*(row[column] for column in columns)) for row in shown.paragraphs]
    article, found = explain(Article(shown.article["text"], paragraphs, find_spans(paragraphs)))
    return {(span.start, span.end): explanation for span, explanation in zip(article.spans, found, strict=True)}


def _with_reasons(quote: ShownQuote, explanation: Explanation | None) -> ShownQuote:
    return replace(quote, explanation=explanation, note=_note(quote.row, explanation))


def _note(row: Row, explanation: Explanation | None) -> str | None:
    """Return why an explanation may not fit a row: it tells what the models made of the span by itself."""
    evidence = row["evidence"] or ""
    if evidence == HEADLINE:
        return "The form of the headline says who speaks: no candidates were weighed."
    if evidence.startswith("confirmed by"):
        return "A human confirmed this row."
    if explanation is None:
        return "Today's rules find no such quote."
    if evidence.startswith("corrected by"):
        return "A human corrected this row: the reasons are what was found without that."
    if evidence == UNSURE:
        return "The best candidate was too unsure to be named."
    best = explanation.candidates[:1]
    if evidence == PASSIVE:
        return "The sentence names whom it was said to, not who said it."
    if not best or row["speaker_start"] in (None, best[0].start):
        return None
    return f"The row has another speaker than the best candidate ({evidence}): the reasons are of this span by itself."


def _why(quote: ShownQuote) -> Row:
    """Return the explanation of a quote as plain values."""
    found = quote.explanation
    if found is None:
        return {"why": None, "note": quote.note}
    why = found._asdict() | {
        "candidates": [candidate._asdict() for candidate in found.candidates],
        "speaker_reasons": [reason._asdict() for reason in found.speaker_reasons],
        "quotation_reasons": [reason._asdict() for reason in found.quotation_reasons],
    }
    return {"why": why, "note": quote.note}
