"""What a version holds: articles by outlet, day, language and rules; files by what became of them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import duckdb

from flows.figures.timeline import Day, Timeline, make_timeline

OUTLETS_SHOWN = 200
REASONS_SHOWN = 30
REJECTS_SHOWN = 500


@dataclass(frozen=True)
class Outlet:
    """What there is of one outlet.

    Attributes:
        outlet: Its name; None: the articles without one.
        articles: Its articles.
        words: Words of their bodies.
        quotations: Quotations in them.
        attributed: Those with a speaker.
        first_date: The earliest publication date.
        last_date: The latest one.
        undated: Articles without a date.
        near_duplicates: Articles that repeat an earlier one, of whichever outlet.
    """

    outlet: str | None
    articles: int
    words: int
    quotations: int
    attributed: int
    first_date: datetime.date | None
    last_date: datetime.date | None
    undated: int
    near_duplicates: int


@dataclass(frozen=True)
class Holdings:
    """What a version holds of articles.

    Attributes:
        words: Words of bodies.
        quotations: Quotations in all articles.
        outlet_count: Outlets with a name.
        outlets: Those with most articles, `OUTLETS_SHOWN` at most; the articles without outlet are one of them.
        timeline: Articles and quotations over time.
        first_date: The earliest publication date.
        last_date: The latest one.
        undated: Articles without a date.
        near_duplicates: Articles that repeat an earlier one.
        languages: Articles by language, most first; None: not known.
        date_origins: Articles by what gave their date, most first; None: they have none.
        rules: Articles by the rules that made their rows, the latest first.
    """

    words: int
    quotations: int
    outlet_count: int
    outlets: tuple[Outlet, ...]
    timeline: Timeline
    first_date: datetime.date | None
    last_date: datetime.date | None
    undated: int
    near_duplicates: int
    languages: dict[str | None, int]
    date_origins: dict[str | None, int]
    rules: dict[int, int]


@dataclass(frozen=True)
class Files:
    """What became of the raw files.

    Attributes:
        statuses: Files by status, most first.
        reasons: Rejected files by reason, most first, `REASONS_SHOWN` at most.
        reason_count: How many reasons there are.
        rejected: (raw_path, reason) of rejected files, by path, `REJECTS_SHOWN` at most.
    """

    statuses: dict[str, int]
    reasons: dict[str, int]
    reason_count: int
    rejected: tuple[tuple[str, str], ...]


def count_holdings(connection: duckdb.DuckDBPyConnection) -> Holdings:
    """Return what there is of articles.

    Args:
        connection: It has the views articles and quotes; no texts are read from them.
    """
    words, quotations, outlets, undated, near_duplicates, first, last = connection.execute(
        """SELECT coalesce(sum(word_count), 0)::BIGINT, coalesce(sum(quote_count), 0)::BIGINT, count(DISTINCT outlet),
                  count(*) - count(published_date), count(duplicate_of), min(published_date), max(published_date)
           FROM articles"""
    ).fetchall()[0]
    days = connection.execute(
        """SELECT published_date, count(*), sum(quote_count)::BIGINT FROM articles
           WHERE published_date IS NOT NULL GROUP BY 1 ORDER BY 1"""
    ).fetchall()
    return Holdings(
        words=words,
        quotations=quotations,
        outlet_count=outlets,
        outlets=tuple(_outlets(connection)),
        timeline=make_timeline([Day(*day) for day in days]),
        first_date=first,
        last_date=last,
        undated=undated,
        near_duplicates=near_duplicates,
        languages=_articles_by(connection, "language"),
        date_origins=_articles_by(connection, "date_origin"),
        rules=dict(sorted(_articles_by(connection, "rules_version").items(), reverse=True)),
    )


def count_files(connection: duckdb.DuckDBPyConnection) -> Files:
    """Return what became of the raw files.

    Args:
        connection: It has the view files.
    """
    statuses = connection.execute("SELECT status, count(*) FROM files GROUP BY 1 ORDER BY 2 DESC, 1").fetchall()
    reasons = connection.execute(
        "SELECT coalesce(reason, ''), count(*), count(*) OVER () FROM files WHERE status = 'rejected' "
        f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {REASONS_SHOWN}"
    ).fetchall()
    rejected = connection.execute(
        "SELECT raw_path, coalesce(reason, '') FROM files WHERE status = 'rejected' "
        f"ORDER BY raw_path LIMIT {REJECTS_SHOWN}"
    ).fetchall()
    return Files(
        statuses=dict(statuses),
        reasons={reason: count for reason, count, _ in reasons},
        reason_count=reasons[0][2] if reasons else 0,
        rejected=tuple(rejected),
    )


def _outlets(connection: duckdb.DuckDBPyConnection) -> list[Outlet]:
    found = connection.execute(
        f"""WITH attributed AS (
              SELECT article_id, count(*) AS attributed FROM quotes
              WHERE kind = 'quotation' AND speaker IS NOT NULL GROUP BY 1)
            SELECT outlet, count(*), sum(word_count)::BIGINT, sum(quote_count)::BIGINT,
                   coalesce(sum(attributed), 0)::BIGINT, min(published_date), max(published_date),
                   count(*) - count(published_date), count(duplicate_of)
            FROM articles LEFT JOIN attributed USING (article_id)
            GROUP BY outlet ORDER BY count(*) DESC, outlet LIMIT {OUTLETS_SHOWN}"""
    ).fetchall()
    return [Outlet(*row) for row in found]


def _articles_by(connection: duckdb.DuckDBPyConnection, column: str) -> dict[Any, int]:
    found = connection.execute(f"SELECT {column}, count(*) FROM articles GROUP BY 1 ORDER BY 2 DESC, 1").fetchall()
    return dict(found)
