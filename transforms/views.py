"""Views over the tables, for DuckDB: what most questions start from, declared once with what every column means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transforms.schemas import ARTICLES, QUOTES, Table

CONTEXT = 200
"""Characters of the text before and after a quote that `quotes_in_context` shows."""

_PERIODS = {
    "year": "Year of published_date; 0 without one.",
    "month": "Month of published_date; 0 without one.",
    "day": "Day of the month of published_date; 0 without one.",
}
_WORDS = r"length(regexp_extract_all(text, '[\p{L}\p{N}][^\s/—–…]*'))"
"""Words of a quote, by the rule of `transforms.text.count_words`."""


def _by_frequency(column: str) -> str:
    """Return the values of a list of (key, value) entries, the most frequent first, equal ones by their letters."""
    ranked = f"list_sort(list_transform({column}, lambda e: struct_pack(count := -e.value::INT, name := e.key)))"
    return f"coalesce(list_transform({ranked}, lambda e: e.name), [])"


@dataclass(frozen=True)
class View:
    """A view.

    Attributes:
        name: What it is called.
        meaning: What one row is.
        columns: What each column means, in their order.
        sql: The query, for DuckDB; `{periods}` stands for the columns of the partition.
        has_periods: Whether those follow on its own columns.
    """

    name: str
    meaning: str
    columns: Mapping[str, str]
    sql: str
    has_periods: bool = True

    def query(self, periods: Sequence[str]) -> str:
        """Return the query for tables with some partition columns."""
        return self.sql.replace("{periods}", "".join(f", {period}" for period in periods))


def period_meaning(period: str) -> str:
    """Return what a partition column means."""
    return _PERIODS[period]


def _meanings(table: Table, columns: Sequence[str] = ()) -> dict[str, str]:
    return {name: table.description(name) for name in columns or table.schema.names}


_OF_ARTICLE = ("title", "byline", "outlet", "published_date", "language", "raw_path", "duplicate_of")
_ITS_ARTICLE = ", ".join(f"articles.{name}" for name in _OF_ARTICLE)
_ITS_QUOTE = ", ".join(f'quotes."{name}"' for name in QUOTES.schema.names)

QUOTES_WITH_ARTICLES = View(
    "quotes_with_articles",
    "One quote, with what is known of its article.",
    _meanings(QUOTES) | _meanings(ARTICLES, _OF_ARTICLE),
    f"SELECT {_ITS_QUOTE}, {_ITS_ARTICLE}{{periods}} FROM quotes JOIN articles USING (article_id{{periods}})",
)

QUOTES_IN_CONTEXT = View(
    "quotes_in_context",
    "One quote, with the text around it.",
    {
        "quote_id": QUOTES.description("quote_id"),
        "before": f"Up to {CONTEXT} characters of the article's text that stand before the quote.",
        "text": QUOTES.description("text"),
        "after": f"Up to {CONTEXT} characters of the article's text that stand after the quote.",
        **_meanings(QUOTES, ("kind", "quote_type", "speaker", "speaker_kind", "speaker_role", "cue", "confidence")),
        **_meanings(ARTICLES, ("article_id", "title", "outlet", "published_date")),
    },
    f"""SELECT quote_id,
       substring(articles.text, greatest("start" - {CONTEXT}, 0) + 1, least("start", {CONTEXT})) AS before,
       quotes.text, substring(articles.text, "end" + 1, {CONTEXT}) AS after,
       kind, quote_type, speaker, speaker_kind, speaker_role, cue, confidence,
       article_id, title, outlet, published_date{{periods}}
FROM quotes JOIN articles USING (article_id{{periods}})""",
)

UTTERANCES = View(
    "utterances",
    "What one speaker says in one go: the quotations that share an utterance_id, which a cue or a paragraph may split.",
    {
        "utterance_id": QUOTES.description("utterance_id"),
        "article_id": QUOTES.description("article_id"),
        "paragraph_index": "Where it starts.",
        "span_count": "Its quotations.",
        "text": "Their words, with … between them.",
        "start": "Offset of its first character.",
        "end": "Offset after its last character.",
        "word_count": "Words of its quotations.",
        "quote_type": "The quote_type of its quotations; mixed if they differ.",
        **_meanings(QUOTES, ("speaker", "speaker_id", "speaker_kind", "speaker_role", "speaker_organisation")),
        "cue": "The first of its reporting words.",
        "cue_lemma": "The dictionary form of those.",
        "polarity": "What its first cue says of it.",
        "confidence": "The lowest of its quotations.",
    },
    f"""SELECT utterance_id, article_id, min(paragraph_index) AS paragraph_index, count(*)::INT AS span_count,
       string_agg(text, ' … ' ORDER BY "start") AS text, min("start") AS "start", max("end") AS "end",
       sum({_WORDS})::INT AS word_count,
       CASE WHEN count(DISTINCT quote_type) > 1 THEN 'mixed' ELSE min(quote_type) END AS quote_type,
       arg_min(speaker, "start") AS speaker, arg_min(speaker_id, "start") AS speaker_id,
       arg_min(speaker_kind, "start") AS speaker_kind, arg_min(speaker_role, "start") AS speaker_role,
       arg_min(speaker_organisation, "start") AS speaker_organisation, arg_min(cue, "start") AS cue,
       arg_min(cue_lemma, "start") AS cue_lemma, arg_min(polarity, "start") AS polarity,
       min(confidence) AS confidence{{periods}}
FROM quotes WHERE kind = 'quotation'
GROUP BY utterance_id, article_id{{periods}}""",
)

SPEAKERS = View(
    "speakers",
    "One speaker of quotations: a name, whatever its case, and what it names. Two people of one name are one row, and "
    "one person whom articles name differently is several; of anonymous and collective ones each wording is one.",
    {
        "speaker": "The name, as most quotations have it.",
        "speaker_kind": QUOTES.description("speaker_kind"),
        "quote_count": "Rows of quotes with kind quotation.",
        "utterance_count": "Their utterances.",
        "article_count": "Their articles, near-duplicates (duplicate_of) among them.",
        "word_count": "Their words.",
        "outlet_count": "Outlets that printed them.",
        "outlets": "Their names, those with the most quotations first.",
        "roles": "Titles and offices that articles give, the most frequent first.",
        "organisations": "Affiliations that articles give, the most frequent first.",
        "first_date": "Earliest published_date of their articles.",
        "last_date": "Latest one.",
        "mean_confidence": "Mean probability that the speaker is right.",
    },
    f"""WITH quotations AS (
  SELECT lower(speaker) AS name, {_WORDS} AS words, quotes.*, outlet, published_date
  FROM quotes JOIN (SELECT article_id, outlet, published_date{{periods}} FROM articles) USING (article_id{{periods}})
  WHERE kind = 'quotation' AND speaker IS NOT NULL
), counted AS (
  SELECT name, speaker_kind, count(*)::INT AS quote_count, count(DISTINCT utterance_id)::INT AS utterance_count,
         count(DISTINCT article_id)::INT AS article_count, sum(words)::INT AS word_count,
         count(DISTINCT outlet)::INT AS outlet_count,
         min(published_date) AS first_date, max(published_date) AS last_date, avg(confidence)::FLOAT AS mean_confidence,
         map_entries(histogram(speaker)) AS speaker, map_entries(histogram(outlet)) AS outlets,
         map_entries(histogram(speaker_role)) AS roles, map_entries(histogram(speaker_organisation)) AS organisations
  FROM quotations GROUP BY name, speaker_kind
)
SELECT ({_by_frequency("speaker")})[1] AS speaker, speaker_kind,
       quote_count, utterance_count, article_count, word_count, outlet_count,
       {_by_frequency("outlets")} AS outlets,
       {_by_frequency("roles")} AS roles,
       {_by_frequency("organisations")} AS organisations,
       first_date, last_date, mean_confidence
FROM counted""",
    has_periods=False,
)

VIEWS = (QUOTES_IN_CONTEXT, QUOTES_WITH_ARTICLES, UTTERANCES, SPEAKERS)
