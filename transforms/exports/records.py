"""An article as one line of JSON: its columns, and nested in it its paragraphs and quotes with theirs."""

from __future__ import annotations

import orjson

from transforms.exports.story import Row, Story


def record(story: Story) -> bytes:
    """Return the line of an article, which ends with a line feed.

    Columns are named, and offsets counted, as in the tables; what is not known is null; dates are ISO 8601.
    """
    nested = {"paragraphs": _nested(story.paragraphs), "quotes": _nested(story.quotes)}
    return orjson.dumps({**story.article, **nested}, option=orjson.OPT_APPEND_NEWLINE)


def _nested(rows: list[Row]) -> list[Row]:
    return [{name: value for name, value in row.items() if name != "article_id"} for row in rows]
