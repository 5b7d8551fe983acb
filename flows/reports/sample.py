"""A random sample of a dataset's quotes."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from flows.dataset import Version
from flows.planning.lookup import current_version
from flows.planning.options import OptionsError
from flows.reading.tables import read_table
from flows.reports.show import ShownArticle, ShownQuote, read_articles
from flows.storage import Place, absolute_name
from transforms.schemas import ARTICLES, QUOTES


@dataclass(frozen=True)
class Draw:
    """What is asked for.

    Attributes:
        count: Quotes, at most.
        seed: Another one draws another sample.
        start: First published_date; None: from the first one on.
        end: Last published_date; None: to the last one.
        outlets: Their outlets; all if empty.
        kinds: Their kinds; all if empty.
    """

    count: int
    seed: int
    start: datetime.date | None = None
    end: datetime.date | None = None
    outlets: Sequence[str] = ()
    kinds: Sequence[str] = ()

    @property
    def filters(self) -> str:
        """What is asked for besides number and seed, in words; empty for all quotes."""
        since, until = (f"from {self.start}" if self.start else ""), (f"to {self.end}" if self.end else "")
        told = (" ".join(filter(None, (since, until))), ", ".join(self.outlets), ", ".join(self.kinds))
        return "; ".join(filter(None, told))


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
    """
    if drawn.start and drawn.end and drawn.start > drawn.end:
        raise OptionsError(f"the range ends before it starts: {drawn.start} to {drawn.end}")
    version = current_version(processed)
    with duckdb.connect() as connection:
        found = list(_drawn_keys(connection, version, drawn))
    if not found:
        asked = f" ({drawn.filters})" if drawn.filters else ""
        raise OptionsError(f"no such quote in {processed}{asked}; `newsframes status` tells what is there")
    articles = read_articles(version, {article_id for article_id, _, _ in found})
    quotes = [_sampled(articles[article_id], quote_id) for article_id, quote_id, _ in found]
    return Sample(absolute_name(processed), version.number, drawn, found[0][2], quotes)


def _drawn_keys(connection: duckdb.DuckDBPyConnection, version: Version, drawn: Draw) -> Iterator[tuple[str, str, int]]:
    """Yield article_id and quote_id of what is drawn, each with the number of quotes that is drawn from."""
    read_table(connection, version, QUOTES).create_view("quotes")
    read_table(connection, version, ARTICLES).create_view("articles")
    conditions = {
        "published_date >= ?": drawn.start,
        "published_date <= ?": drawn.end,
        "list_contains(?, outlet)": list(drawn.outlets),
        "list_contains(?, kind)": list(drawn.kinds),
    }
    stated = {condition: value for condition, value in conditions.items() if value}
    rows = connection.execute(
        f"""SELECT article_id, quote_id, count(*) OVER () FROM quotes JOIN articles USING (article_id)
            WHERE {" AND ".join(stated) or "true"} ORDER BY md5(? || ' ' || quote_id), quote_id LIMIT ?""",
        [*stated.values(), str(drawn.seed), drawn.count],
    )
    yield from rows.fetchall()


def _sampled(article: ShownArticle, quote_id: str) -> SampledQuote:
    return SampledQuote(article, article.quotes[article.numbers[quote_id] - 1])
