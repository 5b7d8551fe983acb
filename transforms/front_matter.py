"""Front matter: what stands above an article to describe it, and is no part of it."""

import re

import yaml

from transforms.fields import Metadata, header_key, parse_fields

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_LEADING_BLANK = re.compile(r"\s*")
# Most articles have none: a short key with a colon, or a rule, must stand first.
_BEGINS = re.compile(r"---[ \t]*[\r\n]|[^\W\d_][\w -]{0,30}:")
# Nobody writes more about one article; what is longer is the article.
_MOST_LINES, _MOST_CHARACTERS = 60, 16_384
_KEY_VALUE = re.compile(r"(?P<key>[^\W\d_][\w -]{0,30}?) ?:(?:\s+(?P<value>.*))?\Z")
_BY = re.compile(r"by\s+(?P<value>\S.*)\Z", re.IGNORECASE)
# Only these begin a header block: "Mayor: no new taxes" is a headline.
_KNOWN = frozenset({
    "title", "headline", "date", "published", "publisheddate", "publicationdate", "pubdate", "by", "byline", "author",
    "authors", "source", "outlet", "publisher", "publication", "newspaper", "language", "lang", "url", "link",
})  # fmt: skip
# One of them alone above a blank line is enough; "Source: Reuters" or "Published: March 11, 2016" alone is copy.
_SUFFICIENT = frozenset({"title", "headline"})


def split_front_matter(text: str) -> tuple[Metadata, str]:
    """Return what the front matter says and the text below it.

    Front matter is a `---` YAML block, or header lines (`Title: …`, `By …`) at the very top, ended by a blank line.
    Every YAML value is read as printed: `no` is Norwegian, and a date stays in its own time zone. A block that is no
    plain mapping, refers to itself, or has no usual key is text.

    Args:
        text: Decoded text, not yet normalised.
    """
    top = _LEADING_BLANK.match(text)
    text_start = top.end() if top else 0
    if not _BEGINS.match(text, text_start):
        return Metadata(), text
    lines, ends = _first_lines(text, text_start)
    if lines[0].rstrip() == "---":
        fields, used = _yaml_block(lines)
    else:
        fields, used = _header_block(lines)
    return (parse_fields(fields), text[ends[used - 1] :]) if used else (Metadata(), text)


def _first_lines(text: str, start: int) -> tuple[list[str], list[int]]:
    """Return the first lines and the offset after each of them."""
    lines: list[str] = []
    ends: list[int] = []
    while start < len(text) and len(lines) < _MOST_LINES:
        match = _LINE.match(text, start, start + _MOST_CHARACTERS)
        if not match or match.end() == start:
            break
        lines.append(match[1])
        ends.append(match.end())
        start = match.end()
    return lines, ends


def _yaml_block(lines: list[str]) -> tuple[dict[str, object], int]:
    closing = next((i for i, line in enumerate(lines[1:], start=1) if line.rstrip() in {"---", "..."}), 0)
    block = "\n".join(lines[1:closing])
    if not closing or len(block) > _MOST_CHARACTERS:
        return {}, 0
    fields = _load(block)
    if fields is None:
        # An unquoted colon in a title is no YAML, but everybody writes it.
        rows = [_KEY_VALUE.match(line.strip()) for line in lines[1:closing] if line.strip()]
        fields = {row["key"]: _unquoted(row["value"]) for row in rows if row} if rows and all(rows) else None
    return (fields, closing + 1) if fields and _known(fields) else ({}, 0)


# Pure Python YAML takes quadratic time over nesting, and front matter has hardly any.
_NESTING = re.compile(r"[\[{?]|- ")
_MOST_NESTING = 100


def _load(block: str) -> dict[str, object] | None:
    """Return the mapping of a block, all its scalars as text; None if it is no YAML, nothing if it is refused."""
    if len(_NESTING.findall(block)) > _MOST_NESTING:
        return {}
    try:
        # Aliases let a short text grow without bound.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(block, Loader=yaml.BaseLoader)):
            return {}
        fields = yaml.load(block, Loader=yaml.BaseLoader)  # scalars to text only, even safer than SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) else {}


def _unquoted(value: str | None) -> str:
    value = (value or "").strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def _header_block(lines: list[str]) -> tuple[dict[str, object], int]:
    fields: dict[str, object] = {}
    for i, line in enumerate(lines):
        if not line.strip():
            return (fields, i + 1) if _is_header(fields) else ({}, 0)
        pair = _key_value(line.strip())
        if not pair or (not fields and header_key(pair[0]) not in _KNOWN):
            return {}, 0
        fields.setdefault(*pair)
    return {}, 0


def _key_value(line: str) -> tuple[str, str] | None:
    if match := _KEY_VALUE.match(line):
        return match["key"], match["value"] or ""
    by = _BY.match(line)
    return ("By", by["value"]) if by else None


def _known(fields: dict[str, object]) -> frozenset[str]:
    return _KNOWN & {header_key(key) for key in fields}


def _is_header(fields: dict[str, object]) -> bool:
    known = _known(fields)
    return len(known) > 1 or bool(known & _SUFFICIENT)
