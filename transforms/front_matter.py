"""Front matter: what stands above an article to describe it, and is no part of it."""

import re
import tomllib
from collections.abc import Mapping
from itertools import takewhile

import yaml

from transforms.bylines import parse_byline
from transforms.fields import Metadata, header_key, parse_fields

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_LEADING_BLANK = re.compile(r"\s*")
# Most articles have none: a short key with a colon, or a rule, must stand first.
_BEGINS = re.compile(r"(?:---|\+\+\+)[ \t]*[\r\n]|[^\W\d_][\w -]{0,30}:")
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
# These stand among the usual ones.
_BESIDE = frozenset({
    "section", "category", "categories", "tags", "keywords", "id", "slug", "edition", "page", "dateline", "location",
    "copyright", "length", "loaddate", "type", "desk", "wordcount", "updated", "modified", "description", "summary",
})  # fmt: skip
# Two of the header lines of a mail show that it is one. Who sent it need not have written it.
_MAIL = frozenset({
    "from", "to", "cc", "bcc", "subject", "date", "sent", "replyto", "sender", "returnpath", "received", "messageid",
    "mimeversion", "contenttype", "contenttransferencoding", "inreplyto", "references", "xmailer", "deliveredto",
    "organization", "newsgroups", "listid",
})  # fmt: skip
# "To:" and "From:" alone also head a memo in jest.
_MAIL_ONLY = _MAIL - {"from", "to", "cc", "subject", "organization", "references"}
_MOST_VALUE_WORDS = 25


def split_front_matter(text: str) -> tuple[Metadata, str]:
    """Return what the front matter says and the text below it.

    Front matter is a `---` YAML block, a `+++` TOML block, or header lines (`Title: …`, `By …`, those of a mail) at the
    very top, ended by a blank line or, if two usual ones stand first, by a line that is none.
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
    fields, used = _block_of(lines)
    return (parse_fields(fields), text[ends[used - 1] :]) if used else (Metadata(), text)


def _block_of(lines: list[str]) -> tuple[Mapping[str, object], int]:
    """Return the fields of the front matter and how many lines it takes; none if there is none."""
    rule = lines[0].rstrip()
    if rule == "---":
        return _yaml_block(lines)
    return _toml_block(lines) if rule == "+++" else _mail_block(lines) or _header_block(lines)


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


def _toml_block(lines: list[str]) -> tuple[dict[str, object], int]:
    closing = next((i for i, line in enumerate(lines[1:], start=1) if line.rstrip() == "+++"), 0)
    block = "\n".join(lines[1:closing])
    if not closing or len(_NESTING.findall(block)) > _MOST_NESTING:
        return {}, 0
    try:
        fields = tomllib.loads(block)
    except (ValueError, RecursionError):
        return {}, 0
    return (fields, closing + 1) if _known(fields) else ({}, 0)


_Pair = tuple[str, str]


def _mail_block(lines: list[str]) -> tuple[dict[str, object], int] | None:
    """Return the header of a mail, its subject as title; None if it is none."""
    if len(lines) < 2 or not all(header_key(line.split(":")[0]) in _MAIL for line in lines[:2]):
        return None
    head = list(takewhile(str.strip, lines))
    pairs = [pair for line in head if line[0] not in " \t" and (pair := _key_value(line))]
    keys = {header_key(key) for key, _ in pairs}
    is_whole = len(head) < len(lines) and all(line[0] in " \t" or _key_value(line) for line in head)
    if not is_whole or not (keys & _MAIL_ONLY or any("@" in value for _, value in pairs)):
        return None
    fields: dict[str, object] = {key: value for key, value in reversed(pairs) if header_key(key) in {"date", "sent"}}
    # An encoded subject is unreadable, and worse than none.
    subject = next((value for key, value in pairs if header_key(key) == "subject" and "=?" not in value), "")
    return {"title": subject, "date": fields.get("Sent", ""), **fields}, len(head) + 1


def _header_block(lines: list[str]) -> tuple[dict[str, object], int]:
    pairs = _pairs(lines)
    if not pairs or header_key(pairs[0][0]) not in _KNOWN:
        return {}, 0
    used = len(pairs)
    if used < len(lines) and lines[used].strip():
        # No blank line below: what is no usual key may be the first line of the copy.
        pairs = list(takewhile(_is_usual, pairs))
        is_header = len(pairs) > 1 and all(header_key(key) in _KNOWN for key, _ in pairs[:2])
        return (_fields(pairs), len(pairs)) if is_header else ({}, 0)
    if used == len(lines) or not _is_header(_fields(pairs)):
        return {}, 0
    while more := _pairs(lines[used + 1 :]):
        # Header lines go on below the blank line.
        end = used + 1 + len(more)
        if not all(map(_is_usual, more)) or end == len(lines):
            break
        pairs, used = pairs + more, end
        if lines[used].strip():
            return _fields(pairs), used
    return _fields(pairs), used + 1


def _pairs(lines: list[str]) -> list[_Pair]:
    """Return the header lines that stand first."""
    pairs: list[_Pair] = []
    for line in lines:
        if not (pair := _key_value(line.strip())):
            break
        pairs.append(pair)
    return pairs


def _fields(pairs: list[_Pair]) -> dict[str, object]:
    """Return the pairs as fields; of two with one key the first counts."""
    return dict(reversed(pairs))


def _is_usual(pair: _Pair) -> bool:
    key, value = pair
    if len(value.split()) > _MOST_VALUE_WORDS:
        return False
    return header_key(key) in _KNOWN | _BESIDE and (key != "By " or parse_byline(f"By {value}") is not None)


def _key_value(line: str) -> _Pair | None:
    if match := _KEY_VALUE.match(line):
        return match["key"], match["value"] or ""
    by = _BY.match(line)
    # The blank tells a line that may begin a sentence from one with a colon.
    return ("By ", by["value"]) if by else None


def _known(fields: Mapping[str, object]) -> frozenset[str]:
    return _KNOWN & {header_key(key) for key in fields}


def _is_header(fields: Mapping[str, object]) -> bool:
    known = _known(fields)
    return len(known) > 1 or bool(known & _SUFFICIENT)
