"""Every table and every column, declared once.

The Parquet files, the checks and docs/data_dictionary.md all come from here. Offsets are half-open character
(Unicode code point) offsets into `articles.text`. Text columns are UTF-8 in normal form C.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:  # pandas takes a second to import, and a run with nothing to do has no frames
    import pandas as pd

SCHEMA_VERSION = 1
"""Goes up whenever a column is added, removed or changes its type."""


@dataclass(frozen=True)
class Reference:
    """A foreign key: where these columns are not null, a row of another table has their values.

    Attributes:
        columns: The columns.
        table: Name of that table; it may be their own.
        key: The columns that they refer to.
    """

    columns: tuple[str, ...]
    table: str
    key: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """One table of the dataset.

    Attributes:
        name: Its folder below a version.
        meaning: What one row is.
        key: The columns that identify a row.
        order: How rows are sorted within a partition file, after the published date of their article.
        schema: Arrow schema; each field's metadata carries its description.
        is_partitioned: Whether it lies in one folder a period, or all in one.
        references: Its foreign keys.
        values: The words that a column may hold, of those that hold no others.
    """

    name: str
    meaning: str
    key: tuple[str, ...]
    order: tuple[str, ...]
    schema: pa.Schema
    is_partitioned: bool = True
    references: tuple[Reference, ...] = ()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    def description(self, column: str) -> str:
        """Return what a column means."""
        return str(self.schema.field(column).metadata[b"description"].decode())

    def sorting(self, is_by_id: bool) -> tuple[str, ...]:
        """Return the columns of its own by which the rows of a file are sorted, nulls last.

        Args:
            is_by_id: Whether the articles of the rows follow each other by their ids, as those of one date do: else
                paragraphs and quotes, which have no date of their own, are sorted by no column of theirs.
        """
        if self.is_partitioned and "published_date" in self.schema.names:
            return ("published_date", *self.order)
        return self.order if is_by_id or not self.is_partitioned else ()

    def conform(self, frame: pd.DataFrame) -> pa.Table:
        """Return a frame's rows as an Arrow table of exactly the declared schema.

        Args:
            frame: The rows; a column that is missing becomes null, one that is not declared is left out.

        Raises:
            pyarrow.ArrowInvalid: A value does not fit its declared type.
            ValueError: A null stands in a column that does not allow it.
        """
        columns = {f.name: _column(frame, f) for f in self.schema}
        return pa.Table.from_pydict(columns, schema=self.schema)


def with_column(rows: pa.Table, name: str, column: pa.Array | pa.ChunkedArray) -> pa.Table:
    """Return rows with another column in place of theirs of that name; its type and description stay."""
    position = rows.schema.get_field_index(name)
    return rows.set_column(position, rows.schema.field(position), column)


def _column(frame: pd.DataFrame, field: pa.Field) -> pa.Array:
    if field.name in frame:
        array = pa.Array.from_pandas(frame[field.name], type=field.type)
        array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    else:
        array = pa.nulls(len(frame), field.type)
    if array.null_count and not field.nullable:
        raise ValueError(f"column {field.name} holds {array.null_count} nulls and allows none")
    return array


def _field(name: str, kind: pa.DataType, description: str) -> pa.Field:
    return pa.field(name, kind, nullable=False, metadata={"description": description})


def _nullable(name: str, kind: pa.DataType, description: str) -> pa.Field:
    return pa.field(name, kind, nullable=True, metadata={"description": description})


_TEXT, _INT, _DATE, _FLOAT = pa.string(), pa.int32(), pa.date32(), pa.float32()
_TIME = pa.timestamp("us", tz="UTC")

PARAGRAPH_KINDS = ("title", "byline", "dateline", "body", "heading", "caption", "boilerplate")
DUPLICATE_WINDOW_DAYS = 7
"""Near-duplicates are dated at most so far apart."""
QUOTE_KINDS = ("quotation", "no_comment", "scare", "title", "nickname", "term", "other")
QUOTE_TYPES = ("direct", "mixed", "indirect")
SPEAKER_KINDS = ("person", "organisation", "document", "anonymous", "collective")
POLARITIES = ("affirmed", "denied", "hypothetical")
DATE_ORIGINS = ("metadata", "front_matter", "path", "dateline")
FILE_STATUSES = ("ingested", "duplicate", "rejected", "removed", "container")
_OF_ARTICLE = Reference(("article_id",), "articles", ("article_id",))
FORGOTTEN = "forgotten"
"""Reason of a file that is kept out: its article, or the one that it held before a revision, was to be forgotten."""

ARTICLES = Table(
    "articles",
    "One article, as printed.",
    key=("article_id",),
    order=("article_id",),
    references=(
        Reference(("duplicate_of",), "articles", ("article_id",)),
        Reference(("raw_path",), "files", ("raw_path",)),
    ),
    values={"date_origin": DATE_ORIGINS},
    schema=pa.schema([
        _field("article_id", _TEXT, "First 32 hex digits of SHA-256 over the alphanumerics of the case-folded, "
               "NFKC-normalised text, before any repair or cleaning: better cleaning never changes an id."),
        _nullable("title", _TEXT, "Headline."),
        _nullable("byline", _TEXT, "Author or authors, as printed."),
        _nullable("outlet", _TEXT, "Publisher."),
        _nullable("published_date", _DATE, "Publication date: the one printed, whatever its time zone."),
        _nullable("date_origin", _TEXT, f"Which one gave the date: {', '.join(DATE_ORIGINS)}."),
        _nullable("language", _TEXT, "ISO 639-1 code."),
        _field("text", _TEXT, "The whole article as printed, normalised; paragraphs joined by one blank line."),
        _field("paragraph_count", _INT, "Rows of paragraphs."),
        _field("word_count", _INT, "Words of body paragraphs."),
        _field("quote_count", _INT, "Rows of quotes with kind quotation."),
        _field("raw_path", _TEXT, "Path below the raw root, separated by /; of several copies the smallest."),
        _field("raw_sha256", _TEXT, "SHA-256 of the raw bytes, in hex."),
        _field("raw_encoding", _TEXT, "Encoding that the raw bytes were decoded with."),
        _nullable("duplicate_of", _TEXT, "article_id of the earliest near-duplicate dated within 7 days (MinHash over "
                  "5-word shingles of the body, Jaccard similarity at least 0.8), if earlier than this article."),
        _field("rules_version", _INT, "Version of the rules that made this article's rows."),
    ]),
)  # fmt: skip

PARAGRAPHS = Table(
    "paragraphs",
    "One paragraph. Paragraphs tile the text: only the blank lines between them are in none.",
    key=("article_id", "paragraph_index"),
    order=("article_id", "paragraph_index"),
    references=(_OF_ARTICLE,),
    values={"kind": PARAGRAPH_KINDS},
    schema=pa.schema([
        _field("article_id", _TEXT, "The article that holds it."),
        _field("paragraph_index", _INT, "Position in the article, from 0."),
        _field("kind", _TEXT, f"What it is: {', '.join(PARAGRAPH_KINDS)}."),
        _field("text", _TEXT, "articles.text[start:end]."),
        _field("start", _INT, "Offset of its first character."),
        _field("end", _INT, "Offset after its last character."),
        _field("sentence_count", _INT, "Sentences."),
        _field("word_count", _INT, "Words."),
        _field("quote_count", _INT, "Rows of quotes with kind quotation that start here."),
    ]),
)  # fmt: skip

QUOTES = Table(
    "quotes",
    "One quoted or reported span.",
    key=("quote_id",),
    order=("article_id", "start", "end"),
    references=(
        _OF_ARTICLE,
        Reference(PARAGRAPHS.key, "paragraphs", PARAGRAPHS.key),
        Reference(("utterance_id",), "quotes", ("quote_id",)),
        Reference(("parent_id",), "quotes", ("quote_id",)),
    ),
    values={
        "kind": QUOTE_KINDS,
        "quote_type": QUOTE_TYPES,
        "speaker_kind": SPEAKER_KINDS,
        "polarity": POLARITIES,
    },
    schema=pa.schema([
        _field("quote_id", _TEXT, "article_id:start-end, the start zero-padded."),
        _field("article_id", _TEXT, "The article that holds it."),
        _field("paragraph_index", _INT, "The paragraph in which it starts."),
        _field("kind", _TEXT, f"quotation, no_comment, or why it is no quotation: {', '.join(QUOTE_KINDS[2:])}."),
        _nullable("quote_type", _TEXT, "direct (only quoted words carry it), mixed (quoted fragment inside reported "
                  "speech), indirect (no marks); null where kind says that it is no quotation."),
        _field("text", _TEXT, "The words without the outer marks: articles.text[start:end]."),
        _field("start", _INT, "Offset of its first character."),
        _field("end", _INT, "Offset after its last character."),
        _field("statement_start", _INT, "Start of the reported clause around a mixed fragment; else start."),
        _field("statement_end", _INT, "End of the reported clause around a mixed fragment; else end."),
        _field("utterance_id", _TEXT, "quote_id of the first span of the same utterance, which a cue may split."),
        _nullable("parent_id", _TEXT, "quote_id of the enclosing quote or statement."),
        _nullable("quotation_key", _TEXT, "Hash of letters and digits, from five words up: one quote across outlets."),
        _nullable("speaker_mention", _TEXT, "The speaker as printed nearest to the quote; innermost of a chain."),
        _nullable("speaker_start", _INT, "Offset of the first character of speaker_mention."),
        _nullable("speaker_end", _INT, "Offset after the last character of speaker_mention."),
        _nullable("reported_by", _TEXT, "The outer speaker of a chain."),
        _nullable("speaker", _TEXT, "The fullest form of that speaker in the article."),
        _nullable("speaker_id", _TEXT, "One id per speaker within the article: article_id and the offset of its first "
                  "mention; of a speaker from a correction who is named nowhere in it, article_id and the name."),
        _nullable("speaker_role", _TEXT, "Title or office, as printed."),
        _nullable("speaker_organisation", _TEXT, "Affiliation, as printed."),
        _nullable("speaker_kind", _TEXT, f"What the speaker is: {', '.join(SPEAKER_KINDS)}."),
        _nullable("cue", _TEXT, "The reporting words."),
        _nullable("cue_start", _INT, "Offset of the first character of cue."),
        _nullable("cue_end", _INT, "Offset after the last character of cue."),
        _nullable("cue_lemma", _TEXT, "Dictionary form of the cue."),
        _nullable("polarity", _TEXT, f"What the cue says of it: {', '.join(POLARITIES)} (would say, if she says); null "
                  "without a cue."),
        _nullable("addressee", _TEXT, "Whom they told."),
        _nullable("evidence", _TEXT, "Which rule or relation found the speaker, or why there is none; of a row that "
                  "people corrected, who decided and which columns."),
        _nullable("confidence", _FLOAT, "Probability that the speaker is right, calibrated; null without a speaker, 1 "
                  "where people corrected it."),
    ]),
)  # fmt: skip

FILES = Table(
    "files",
    "One raw file, archive member or JSONL record: the ledger of what was read and what became of it.",
    key=("raw_path",),
    order=("raw_path",),
    is_partitioned=False,
    references=(_OF_ARTICLE,),
    values={"status": FILE_STATUSES},
    schema=pa.schema([
        _field("raw_path", _TEXT, "Path below the raw root, separated by /; a member's follows its archive's."),
        _field("size", pa.int64(), "Bytes."),
        _field("modified", _TIME, "Modification time; a member has its archive's."),
        _nullable("raw_sha256", _TEXT, "SHA-256 of the raw bytes, in hex; null if they could not be read."),
        _field("status", _TEXT, f"What became of it: {', '.join(FILE_STATUSES)}."),
        _nullable("reason", _TEXT, "Why it is a duplicate, rejected or removed."),
        _nullable("article_id", _TEXT, "The article that it holds."),
        _nullable("previous_article_id", _TEXT, "The article that it held before its last revision."),
        _field("rules_version", _INT, "Version of the rules that it was read with."),
        _nullable("metadata_sha256", _TEXT, "SHA-256 of what the side file said of it."),
        _nullable("corrections_sha256", _TEXT, "SHA-256 of the corrections that were applied to it."),
        _field("run_id", _TEXT, "The run that read it."),
        _field("finished_at", _TIME, "When that run had read it."),
    ]),
)  # fmt: skip

FINGERPRINTS = Table(
    "fingerprints",
    "MinHash signature of one article's body; internal, to find near-duplicates.",
    key=("article_id",),
    order=("article_id",),
    schema=pa.schema([
        _field("article_id", _TEXT, "The article."),
        _nullable("published_date", _DATE, "Its date."),
        _nullable("signature", pa.binary(512), "128 little-endian 32-bit minima; null for a body that is too short."),
    ]),
)  # fmt: skip

UNCORRECTED = Table(
    "uncorrected",
    "One quote as the rules found it, of an article with corrections; internal, to take a correction back.",
    key=("quote_id",),
    order=QUOTES.order,
    schema=QUOTES.schema,
)

STAGED = (ARTICLES, PARAGRAPHS, QUOTES, FINGERPRINTS)
"""What the transformation of a batch makes."""
PARTITIONED = (*STAGED, UNCORRECTED)
TABLES = (ARTICLES, PARAGRAPHS, QUOTES, FILES)
"""What readers see; fingerprints and uncorrected quotes are the dataset's own."""
ALL_TABLES = (*TABLES, FINGERPRINTS, UNCORRECTED)
