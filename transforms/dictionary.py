"""The data dictionary, as Markdown, from the declared schemas."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from transforms.schemas import SCHEMA_VERSION, TABLES, Reference, Table
from transforms.views import VIEWS, View

_INTRODUCTION = f"""# Data dictionary

Generated from `transforms/schemas.py` of newsframes, schema version {SCHEMA_VERSION} (there by `make dictionary`).

Offsets are half-open character (Unicode code point) offsets into `articles.text`: in Python
`article.text[row.start:row.end] == row.text`; in DuckDB `substring(text, start + 1, "end" - start)`. A type with `?`
may be null. `pandas.read_parquet` makes a nullable int32 a float64; `newsframes.open` keeps it an integer.

Articles, paragraphs and quotes lie in folders such as `year=2016/month=3`, by the published date of their article:
readers show `year` and `month` (and `day`, or `year` alone, as the dataset is partitioned) as further columns.
Articles without a date are in `year=0/month=0`.
"""

_VIEWS = """# Views

What `newsframes.open(…)` and `newsframes views` have besides the tables, as pandas frames and as views in DuckDB.
"""


def data_dictionary() -> str:
    """Return what every table and column means."""
    tables = [line for table in TABLES for line in _section(table)]
    return "\n".join([_INTRODUCTION, *tables, _VIEWS, *(line for view in VIEWS for line in _section_of_view(view))])


def _section(table: Table) -> Iterator[str]:
    yield f"## {table.name}\n"
    yield f"{table.meaning} Key: `{', '.join(table.key)}`. {'; '.join(map(_reference, table.references))}.\n"
    yield "| column | type | meaning |"
    yield "|---|---|---|"
    for field in table.schema:
        yield f"| {field.name} | {_type(field)} | {table.description(field.name)} |"
    yield ""


def _section_of_view(view: View) -> Iterator[str]:
    yield f"## {view.name}\n"
    yield f"{view.meaning}\n"
    yield "| column | meaning |"
    yield "|---|---|"
    yield from (f"| {name} | {meaning} |" for name, meaning in view.columns.items())
    yield ""


def _reference(reference: Reference) -> str:
    return f"`{', '.join(reference.columns)}` refers to `{', '.join(reference.key)}` of {reference.table}"


def _type(field: pa.Field) -> str:
    name = {pa.string(): "string", pa.date32(): "date32", pa.float32(): "float32"}.get(field.type, str(field.type))
    return f"{name}?" if field.nullable else name
