"""A random sample of a dataset's quotes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from flows.dataset import Version
from flows.planning.lookup import current_version
from flows.planning.options import OptionsError
from flows.reading.connections import connected
from flows.reading.filters import EVERYTHING, Filters
from flows.reports.show import ShownArticle, ShownQuote, read_articles
from flows.storage import Place, absolute_name
from transforms.schemas import ARTICLES, QUOTES


@dataclass(frozen=True)
class Draw:
    """What is asked for.

    Attributes:
        count: Quotes, at most.
        seed: Another one draws another sample.
        wanted: Of which articles, and of which kind.
    """

    count: int
    seed: int
    wanted: Filters = EVERYTHING


@dataclass(frozen=True)
class SampledQuote:
    """A quote with its article."""

    article: ShownArticle
    quote: ShownQuote


@dataclass(frozen=True)
class Sample:
    """Quotes drawn at random, in random order: the first of them are a sample, too.

    Attributes:
        dataset: The processed root.
        version: Of the dataset.
        drawn: What was asked for.
        population: How many quotes that is.
        quotes: Those that were drawn.
    """

    dataset: str
    version: int
    drawn: Draw
    population: int
    quotes: list[SampledQuote]

    @property
    def key(self) -> str:
        """What tells this sample from every other one: dataset, version, what was asked for, and its quotes."""
        ids = ",".join(sampled.quote.row["quote_id"] for sampled in self.quotes)
        asked = f"{self.dataset} {self.version} {self.drawn}"
        return f"{self.version}-{self.drawn.seed}-{hashlib.sha256(f'{asked} {ids}'.encode()).hexdigest()[:16]}"

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "dataset": self.dataset,
            "version": self.version,
            "seed": self.drawn.seed,
            "population": self.population,
            "quotes": [
                {**{c: s.article.article[c] for c in ("outlet", "published_date", "raw_path", "title")}, **s.quote.row}
                for s in self.quotes
            ],
        }


def draw_sample(processed: Place, drawn: Draw) -> Sample:
    """Return a sample of the current version: every quote that is asked for is as likely to be in it.

    Drawn are those with the smallest MD5 of seed and quote_id: the same however they are stored, and most of
    them again when the dataset has grown.

    Raises:
        OptionsError: There is no dataset, or no such quote in it.
        DatasetDamaged: A file cannot be read.
    """
    version = current_version(processed)
    found = _drawn_keys(version, drawn)
    if not found:
        asked = f" ({drawn.wanted})" if str(drawn.wanted) else ""
        raise OptionsError(f"no such quote in {processed}{asked}; `newsframes status` tells what is there")
    articles = read_articles(version, {article_id for article_id, _, _ in found})
    quotes = [_sampled(articles[article_id], quote_id) for article_id, quote_id, _ in found]
    return Sample(absolute_name(processed), version.number, drawn, found[0][2], quotes)


def _drawn_keys(version: Version, drawn: Draw) -> list[tuple[str, str, int]]:
    """Return article_id and quote_id of what is drawn, each with the number of quotes that is drawn from."""
    with connected(version, (ARTICLES, QUOTES), drawn.wanted) as connection:
        return connection.execute(
            """SELECT article_id, quote_id, count(*) OVER () FROM quotes
               ORDER BY md5(? || ' ' || quote_id), quote_id LIMIT ?""",
            [str(drawn.seed), drawn.count],
        ).fetchall()


def _sampled(article: ShownArticle, quote_id: str) -> SampledQuote:
    return SampledQuote(article, article.quotes[article.numbers[quote_id] - 1])
