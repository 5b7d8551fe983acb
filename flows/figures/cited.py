"""Who is quoted: the most frequent rows of the view `speakers`, those with a name apart from those without.

Within an article a speaker has an id; across articles there is only the name. The same name, in whatever case, is taken
for the same speaker: that joins two people of one name, and parts one who is `Pompeo` here and `Mike Pompeo` there.
Who has no name (`the officer`, `officials`, `her grandfather`) is nobody in particular: those are counted by wording.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from transforms.views import SPEAKERS

NAMED_SHOWN = 200
UNNAMED_SHOWN = 50
_ROLES_SHOWN = 3

_DETERMINERS = (
    "a|an|another|any|both|each|every|his|her|its|many|more|most|my|no|one|our|several|some|such|that|the|their|these|"
    "this|those|two|three|your|whose"
)
_IS_NAMED = rf"""coalesce(speaker_kind IN ('person', 'organisation') AND regexp_matches(speaker, '\p{{Lu}}')
    AND (NOT regexp_matches(speaker, '^({_DETERMINERS})\s', 'i')
         OR (speaker_kind = 'organisation' AND regexp_matches(speaker, '^[Tt]he \p{{Lu}}'))), false)"""
"""An organisation's name may start with an article: The Washington Post, the White House."""


@dataclass(frozen=True)
class Speaker:
    """A row of the view `speakers`, in short.

    Attributes:
        speaker: The name or wording in its most frequent form.
        speaker_kind: What it names.
        roles: Titles and offices, the most frequent first, some.
        quote_count: Quotations.
        word_count: Their words.
        article_count: Articles that have them.
        outlet_count: Outlets that printed them.
        mean_confidence: The mean of how sure the attributions are.
    """

    speaker: str
    speaker_kind: str | None
    roles: tuple[str, ...]
    quote_count: int
    word_count: int
    article_count: int
    outlet_count: int
    mean_confidence: float | None


@dataclass(frozen=True)
class Cited:
    """Who is quoted.

    Attributes:
        named_count: People and organisations with a name.
        named_quotations: Their quotations.
        named: The most quoted of them, `NAMED_SHOWN` at most.
        unnamed_count: Wordings for those without a name.
        unnamed: The most quoted of these, `UNNAMED_SHOWN` at most.
    """

    named_count: int
    named_quotations: int
    named: tuple[Speaker, ...]
    unnamed_count: int
    unnamed: tuple[Speaker, ...]


def count_cited(connection: duckdb.DuckDBPyConnection) -> Cited:
    """Return who is quoted.

    The texts of those quotes alone are read whose speakers are shown.

    Args:
        connection: It has the views articles and quotes; it gets a table.
    """
    connection.execute(
        f"""CREATE TEMP TABLE names AS
            WITH forms AS (
              SELECT lower(speaker) AS name, speaker, speaker_kind, count(*) AS quotations FROM quotes
              WHERE kind = 'quotation' AND speaker IS NOT NULL GROUP BY ALL
            ), joined AS (
              SELECT name, arg_min(speaker, (-quotations, speaker)) AS speaker, speaker_kind,
                     sum(quotations)::BIGINT AS quotations
              FROM forms GROUP BY name, speaker_kind)
            SELECT *, {_IS_NAMED} AS is_named,
                   row_number() OVER (PARTITION BY is_named ORDER BY quotations DESC, name, speaker_kind) AS place
            FROM joined"""
    )
    named_count, named_quotations, unnamed_count = connection.execute(
        """SELECT count(*) FILTER (is_named), coalesce(sum(quotations) FILTER (is_named), 0)::BIGINT,
                  count(*) FILTER (NOT is_named) FROM names"""
    ).fetchall()[0]
    return Cited(
        named_count,
        named_quotations,
        _most_quoted(connection, f"is_named AND place <= {NAMED_SHOWN}"),
        unnamed_count,
        _most_quoted(connection, f"NOT is_named AND place <= {UNNAMED_SHOWN}"),
    )


def _most_quoted(connection: duckdb.DuckDBPyConnection, chosen: str) -> tuple[Speaker, ...]:
    found = connection.execute(
        f"""WITH chosen AS (SELECT name, speaker_kind, place FROM names WHERE {chosen}),
            quotes AS (
              SELECT q.* FROM main.quotes q JOIN chosen c
              ON lower(q.speaker) = c.name AND q.speaker_kind IS NOT DISTINCT FROM c.speaker_kind)
            SELECT speaker, s.speaker_kind, roles, quote_count, word_count, article_count, outlet_count,
                   round(mean_confidence::DOUBLE, 3)
            FROM ({SPEAKERS.query(())}) s JOIN chosen c
            ON lower(speaker) = c.name AND s.speaker_kind IS NOT DISTINCT FROM c.speaker_kind ORDER BY place"""
    ).fetchall()
    return tuple(Speaker(speaker, kind, _some(roles), *counts) for speaker, kind, roles, *counts in found)


def _some(roles: Sequence[str]) -> tuple[str, ...]:
    """Return the first roles, each in its most frequent form."""
    forms = {role.casefold(): role for role in reversed(roles)}
    return tuple(forms[name] for name in dict.fromkeys(role.casefold() for role in roles))[:_ROLES_SHOWN]
