"""The counts of paragraphs and articles that follow from other rows."""

import pandas as pd


def recount(
    articles: pd.DataFrame, paragraphs: pd.DataFrame, quotes: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return articles and paragraphs with their counts filled.

    Args:
        articles: Rows of `ARTICLES`.
        paragraphs: Rows of `PARAGRAPHS` of these articles, all of them.
        quotes: Rows of `QUOTES` of these articles, all of them.

    Returns:
        The articles with paragraph_count, word_count and quote_count, the paragraphs with quote_count.
    """
    paragraphs = _count_quotes(paragraphs, quotes)
    return _count(articles, paragraphs), paragraphs


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
