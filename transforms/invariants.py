"""What must hold of every dataset: one SQL query an invariant, which returns the rows that break it.

The queries read the views articles, paragraphs, quotes, fingerprints, uncorrected (with `filename`, `file_row_number`
and the partition columns year, month, day, null where the dataset is not cut so finely) and files. Each returns one
text column that names a row.
"""

from __future__ import annotations

from dataclasses import dataclass

from transforms.schemas import (
    ALL_TABLES,
    ARTICLES,
    DUPLICATE_WINDOW_DAYS,
    FILES,
    PARAGRAPHS,
    PARTITIONED,
    QUOTES,
    TABLES,
    Table,
)


@dataclass(frozen=True)
class Invariant:
    """One invariant.

    Attributes:
        name: Short and stable.
        meaning: What must hold.
        query: SQL that returns one text column: the rows that break it.
        is_local: Whether only rows of one article, or neighbours in a file, are compared: it holds of a dataset if it
            holds of each stretch of a partition.
    """

    name: str
    meaning: str
    query: str
    is_local: bool = True


def _key(table: Table, alias: str = "t") -> str:
    return " || ' ' || ".join(f"{alias}.{column}" for column in table.key)


def _unique(table: Table) -> Invariant:
    columns = ", ".join(table.key)
    return Invariant(
        f"{table.name} key",
        f"{columns} identifies one row of {table.name}",
        f"SELECT {_key(table)} FROM {table.name} t GROUP BY {columns} HAVING count(*) > 1",
        is_local=table not in (ARTICLES, FILES),
    )


def _one_of(table: Table, column: str) -> Invariant:
    values = table.values[column]
    quoted = ", ".join(f"'{v}'" for v in values)
    return Invariant(
        f"{table.name}.{column} vocabulary",
        f"{column} is one of {', '.join(values)}",
        f"SELECT {_key(table)} || ': ' || {column} FROM {table.name} t WHERE {column} NOT IN ({quoted})",
        is_local=table is not FILES,
    )


def _span(column: str, start: str, end: str) -> Invariant:
    """Offsets of a text that a row of quotes repeats; all three are there or none is."""
    return Invariant(
        f"quotes.{column} offsets",
        f"articles.text[{start}:{end}] == {column}",
        f"""SELECT t.quote_id FROM quotes t JOIN articles a USING (article_id)
            WHERE (t.{column} IS NULL) <> ("{start}" IS NULL) OR ("{start}" IS NULL) <> ("{end}" IS NULL)
               OR substring(a.text, "{start}" + 1, "{end}" - "{start}") <> t.{column} OR "{start}" >= "{end}" """,
    )


def _sorted(table: Table) -> Invariant:
    order = ", ".join(f't."{column}"' for column in table.order)
    return Invariant(
        f"{table.name} order",
        f"rows of a file are sorted by published_date, {', '.join(table.order)}",
        f"""SELECT row FROM (
              SELECT {_key(table)} AS row,
                     row(coalesce(a.published_date, DATE '0001-01-01'), {order}) AS place,
                     lag(place) OVER (PARTITION BY t.filename ORDER BY t.file_row_number) AS previous
              FROM {table.name} t JOIN articles a USING (article_id))
            WHERE previous >= place""",
    )


def _partitioned(table: Table) -> Invariant:
    return Invariant(
        f"{table.name} partition",
        "a row lies in the partition of its article's published_date, zeros without one, and in its article's file",
        f"""SELECT {_key(table)} || ' in ' || t.filename FROM {table.name} t JOIN articles a USING (article_id)
            WHERE NOT coalesce(t.year = coalesce(year(a.published_date), 0), true)
               OR NOT coalesce(t.month = coalesce(month(a.published_date), 0), true)
               OR NOT coalesce(t.day = coalesce(day(a.published_date), 0), true)
               OR regexp_extract(t.filename, '[^/]*$') <> regexp_extract(a.filename, '[^/]*$')""",
    )


def _belongs(table: Table) -> Invariant:
    return Invariant(
        f"{table.name} article",
        f"every row of {table.name} has its article",
        f"SELECT {_key(table)} FROM {table.name} t ANTI JOIN articles a USING (article_id)",
    )


def _normalised(table: Table, column: str) -> Invariant:
    return Invariant(
        f"{table.name}.{column} normal form",
        f"{column} is in Unicode normal form C",
        f"SELECT {_key(table)} FROM {table.name} t WHERE nfc_normalize({column}) <> {column}",
    )


INVARIANTS: tuple[Invariant, ...] = (
    *(_unique(table) for table in ALL_TABLES),
    *(_belongs(table) for table in PARTITIONED[1:]),
    *(_partitioned(table) for table in PARTITIONED),
    *(_sorted(table) for table in PARTITIONED),
    *(_normalised(table, "text") for table in (ARTICLES, PARAGRAPHS, QUOTES)),
    *(_normalised(ARTICLES, column) for column in ("title", "byline", "outlet")),
    *(_one_of(table, column) for table in TABLES for column in table.values),
    _span("text", "start", "end"),
    _span("speaker_mention", "speaker_start", "speaker_end"),
    _span("cue", "cue_start", "cue_end"),
    Invariant(
        "article_id form",
        "article_id is 32 hex digits, raw_sha256 is 64",
        """SELECT article_id FROM articles
           WHERE NOT regexp_full_match(article_id, '[0-9a-f]{32}')
              OR NOT regexp_full_match(raw_sha256, '[0-9a-f]{64}')""",
    ),
    Invariant(
        "date and origin",
        "published_date and date_origin are both there or both null",
        "SELECT article_id FROM articles WHERE (published_date IS NULL) <> (date_origin IS NULL)",
    ),
    Invariant(
        "paragraphs tile",
        "the paragraphs, joined by blank lines, are articles.text",
        """SELECT a.article_id FROM articles a LEFT JOIN (
             SELECT article_id, string_agg(text, chr(10) || chr(10) ORDER BY paragraph_index) AS text
             FROM paragraphs GROUP BY article_id) p USING (article_id)
           WHERE a.text IS DISTINCT FROM p.text""",
    ),
    Invariant(
        "paragraph offsets",
        "paragraphs are numbered from 0, and articles.text[start:end] == text",
        """SELECT article_id || ' ' || paragraph_index FROM (
             SELECT *, row_number() OVER article - 1 AS number,
                    coalesce(sum(length(text) + 2) OVER (article ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
                      AS place
             FROM paragraphs WINDOW article AS (PARTITION BY article_id ORDER BY paragraph_index))
           WHERE number <> paragraph_index OR start <> place OR "end" <> place + length(text)""",
    ),
    Invariant(
        "quote_id form",
        "quote_id is article_id:start-end, the start padded to seven digits",
        """SELECT quote_id FROM quotes WHERE quote_id <>
             article_id || ':' || CASE WHEN start < 10000000 THEN lpad(start::VARCHAR, 7, '0') ELSE start::VARCHAR END
             || '-' || "end" """,
    ),
    Invariant(
        "quote paragraph",
        "a quote starts and ends in its paragraph",
        """SELECT q.quote_id FROM quotes q LEFT JOIN paragraphs p USING (article_id, paragraph_index)
           WHERE p.article_id IS NULL OR q.start < p.start OR q."end" > p."end" """,
    ),
    Invariant(
        "statement",
        "a statement encloses its span",
        'SELECT quote_id FROM quotes WHERE statement_start > start OR statement_end < "end"',
    ),
    Invariant(
        "quote type",
        "quote_type is null when, and only when, the span is no quotation; no_comment is indirect",
        """SELECT quote_id FROM quotes
           WHERE (quote_type IS NULL) = (kind IN ('quotation', 'no_comment'))
              OR (kind = 'no_comment' AND quote_type <> 'indirect')""",
    ),
    Invariant(
        "utterance",
        "utterance_id is the first span of the utterance, in the same article",
        """SELECT q.quote_id FROM quotes q LEFT JOIN quotes u ON u.quote_id = q.utterance_id
           WHERE u.quote_id IS NULL OR u.article_id <> q.article_id OR u.utterance_id <> u.quote_id
              OR u.start > q.start""",
    ),
    Invariant(
        "parent",
        "parent_id is an enclosing quote of the same article",
        """SELECT q.quote_id FROM quotes q LEFT JOIN quotes p ON p.quote_id = q.parent_id
           WHERE q.parent_id IS NOT NULL AND (p.quote_id IS NULL OR p.article_id <> q.article_id
              OR p.start > q.start OR p."end" < q."end" OR p.quote_id = q.quote_id)""",
    ),
    Invariant(
        "speaker",
        "a speaker has an id and, unless a human set it, a mention; confidence is a probability, null without either",
        """SELECT quote_id FROM quotes
           WHERE (speaker IS NULL) <> (speaker_id IS NULL)
              OR (speaker_mention IS NULL AND (speaker IS NOT NULL OR confidence IS NOT NULL)
                  AND NOT (speaker IS NOT NULL AND coalesce(evidence LIKE 'corrected by %', false)))
              OR confidence NOT BETWEEN 0 AND 1""",
    ),
    Invariant(
        "article counts",
        "paragraph_count, word_count and quote_count are those of the paragraphs and quotes",
        """SELECT a.article_id FROM articles a LEFT JOIN (
             SELECT article_id, count(*) AS paragraphs, coalesce(sum(word_count) FILTER (kind = 'body'), 0) AS words
             FROM paragraphs GROUP BY article_id) p USING (article_id) LEFT JOIN (
             SELECT article_id, count(*) AS quotes FROM quotes WHERE kind = 'quotation' GROUP BY article_id) q
             USING (article_id)
           WHERE a.paragraph_count <> coalesce(p.paragraphs, 0) OR a.word_count <> coalesce(p.words, 0)
              OR a.quote_count <> coalesce(q.quotes, 0)""",
    ),
    Invariant(
        "paragraph counts",
        "quote_count is the number of quotations that start in the paragraph",
        """SELECT p.article_id || ' ' || p.paragraph_index FROM paragraphs p LEFT JOIN (
             SELECT article_id, paragraph_index, count(*) AS quotes FROM quotes WHERE kind = 'quotation'
             GROUP BY article_id, paragraph_index) q USING (article_id, paragraph_index)
           WHERE p.quote_count <> coalesce(q.quotes, 0)""",
    ),
    Invariant(
        "uncorrected spans",
        "the uncorrected quotes of an article have the spans of its quotes",
        """SELECT coalesce(u.quote_id, q.quote_id)
           FROM (SELECT * FROM quotes SEMI JOIN uncorrected USING (article_id)) q FULL JOIN uncorrected u
             USING (quote_id)
           WHERE u.quote_id IS NULL OR q.quote_id IS NULL""",
    ),
    Invariant(
        "boilerplate",
        "boilerplate is never a quotation",
        """SELECT q.quote_id FROM quotes q JOIN paragraphs p USING (article_id, paragraph_index)
           WHERE p.kind = 'boilerplate' AND q.kind = 'quotation'""",
    ),
    Invariant(
        "duplicate_of",
        "duplicate_of is an article that is earlier by (published_date, article_id), but not "
        f"by more than {DUPLICATE_WINDOW_DAYS} days",
        f"""SELECT a.article_id FROM articles a LEFT JOIN articles o ON o.article_id = a.duplicate_of
            WHERE a.duplicate_of IS NOT NULL AND (o.article_id IS NULL
               OR (o.published_date IS NULL) <> (a.published_date IS NULL)
               OR coalesce(a.published_date - o.published_date NOT BETWEEN 0 AND {DUPLICATE_WINDOW_DAYS}, false)
               OR (o.published_date IS NOT DISTINCT FROM a.published_date AND o.article_id >= a.article_id))""",
        is_local=False,
    ),
    Invariant(
        "fingerprints",
        "every article has its fingerprint, of the same date",
        """SELECT coalesce(a.article_id, f.article_id) FROM articles a FULL JOIN fingerprints f USING (article_id)
           WHERE a.article_id IS NULL OR f.article_id IS NULL OR a.published_date IS DISTINCT FROM f.published_date""",
    ),
    Invariant(
        "article in ledger",
        "an article's raw_path is in the ledger, ingested, with the same article, hash and rules",
        """SELECT a.article_id || ' ' || a.raw_path FROM articles a LEFT JOIN files f USING (raw_path)
           WHERE f.raw_path IS NULL OR f.status <> 'ingested' OR f.article_id IS DISTINCT FROM a.article_id
              OR f.raw_sha256 IS DISTINCT FROM a.raw_sha256 OR f.rules_version <> a.rules_version""",
        is_local=False,
    ),
    Invariant(
        "ledger in articles",
        "an ingested or duplicate file's article is there; no other file has one",
        """SELECT f.raw_path FROM files f LEFT JOIN articles a USING (article_id)
           WHERE (f.status IN ('ingested', 'duplicate')) <> (f.article_id IS NOT NULL)
              OR (f.article_id IS NOT NULL AND a.article_id IS NULL)""",
        is_local=False,
    ),
    Invariant(
        "first copy",
        "of several copies of an article the smallest raw_path is ingested, the others are duplicates",
        """SELECT f.raw_path FROM files f JOIN articles a USING (article_id)
           WHERE (f.status = 'ingested') <> (f.raw_path = a.raw_path) OR f.raw_path < a.raw_path""",
        is_local=False,
    ),
    Invariant(
        "files order",
        "the ledger is sorted by raw_path, and so are its parts",
        """SELECT raw_path FROM (
             SELECT raw_path, lag(raw_path) OVER (ORDER BY first, file_row_number) AS previous
             FROM files JOIN (SELECT filename, min(raw_path) AS first FROM files GROUP BY filename) USING (filename))
           WHERE previous >= raw_path""",
        is_local=False,
    ),
    Invariant(
        "reasons",
        "a file that was rejected, removed or is a duplicate has its reason",
        """SELECT raw_path FROM files
           WHERE (status IN ('rejected', 'removed', 'duplicate')) <> (coalesce(reason, '') <> '')""",
        is_local=False,
    ),
)
