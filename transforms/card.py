"""What describes a dataset to people: its card, as Markdown, made from what its manifest tells."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from transforms.data_package import SUMMARY, TITLE, Contents
from transforms.partitions import period_columns
from transforms.schemas import TABLES

_OPENING = """\
## Open it

In this folder, or with its path before the names. Each reader shows the partition's columns, too.

```python
import pandas
quotes = pandas.read_parquet("quotes")
```

```python
import polars
quotes = polars.read_parquet("quotes/**/*.parquet", hive_partitioning=True)
```

```sql
-- DuckDB
SELECT speaker, count(*) FROM read_parquet('quotes/**/*.parquet', hive_partitioning = true) GROUP BY ALL
```

```r
quotes <- dplyr::collect(arrow::open_dataset("quotes"))
```

```scala
val quotes = spark.read.parquet("quotes")
```

The words of a quote lie in the text of its article: in Python `article.text[quote.start:quote.end] == quote.text`.
pandas makes a nullable integer, such as `speaker_start`, a float.

`frictionless validate datapackage.json` (`pip install 'frictionless[parquet]'`) compares every row with the declared
types, words, primary and foreign keys; it loads a table at a time. Who has newsframes verifies more by `newsframes
check`.
"""

_LIMITS = """\
## What to know before using it

- **Quotes are found by rules and learned models**, and some are wrong or missing. docs/quality.md of newsframes has
  the figures, measured on PolNeAR, and what is known not to be found. `quotes.confidence` is the calibrated
  probability that the speaker is right; `quotes.evidence` says what found the speaker; what is not known is null.
- **Speakers and indirect speech are for English.** Articles in other languages (`articles.language`) have their quoted
  spans, without speakers.
- **Not every quoted span is a quotation**: take `kind = 'quotation'` for what somebody said or wrote; `quote_type`
  says whether it is told in their own words.
- **The same story from several outlets** is several articles: `articles.duplicate_of` names the earliest one like it.
- **Rows may be of different rules**: `articles.rules_version` tells.
- **Rows are sorted** within each file by published_date and article_id, then as they stand in the article.
- The folders `fingerprints` and `uncorrected`, if there, are newsframes' own, and not described.

## Rights

newsframes adds no licence to the texts: they, and so the tables, are whoever's they were. Whoever passes this dataset
on states here under which terms. It names people and what they said: what is forgotten in the original stays in copies
until they are replaced.

## Cite

State where the texts come from, then, for the tables:
"""


def card(contents: Contents) -> str:
    """Return the card of a dataset's version, as Markdown."""
    parts = (_facts(contents), _tables(contents), (_OPENING, _LIMITS), _citation(contents))
    return "\n".join([f"# {TITLE}\n\n{SUMMARY}\n", *chain.from_iterable(parts)])


def _facts(contents: Contents) -> Iterator[str]:
    span = f"{contents.first_date} to {contents.last_date}" if contents.first_date else "no article has a date"
    columns = " and ".join(f"`{name}`" for name in period_columns(contents.partition_by))
    undated = "/".join(f"{name}=0" for name in period_columns(contents.partition_by))
    yield "| | |"
    yield "|---|---|"
    yield f"| version | {contents.version} |"
    yield f"| made by | newsframes, rules {contents.rules_version}, columns {contents.schema_version} |"
    yield f"| published | {span} |"
    yield f"| partitioned by | {columns} of `published_date`; articles without a date are in `{undated}` |"
    yield ""


def _tables(contents: Contents) -> Iterator[str]:
    yield "## Tables\n"
    yield "| table | rows | files | a row | key |"
    yield "|---|---|---|---|---|"
    for table in TABLES:
        counts = f"{contents.rows[table.name]:,} | {contents.files[table.name]:,}"
        yield f"| `{table.name}` | {counts} | {table.meaning} | `{', '.join(table.key)}` |"
    yield ""
    for table in TABLES:
        yield f"- **{table.name}**: {', '.join(f'`{name}`' for name in table.schema.names)}"
    yield ""
    yield "[data_dictionary.md](data_dictionary.md) says what each column means; so do the Parquet files, in"
    yield "the metadata of their columns, and [datapackage.json](datapackage.json), a Data Package, with keys.\n"


def _citation(contents: Contents) -> Iterator[str]:
    span = f", articles of {contents.first_date} to {contents.last_date}" if contents.first_date else ""
    yield f"> [who made it]. *{TITLE}*{span}."
    yield f"> Version {contents.version}, made with newsframes (rules {contents.rules_version}). [year, place]."
    yield ""
