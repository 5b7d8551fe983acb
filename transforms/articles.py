"""Raw articles to the rows of articles."""

import datetime as dt
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from transforms import RULES_VERSION
from transforms.bylines import parse_byline
from transforms.encodings import Unreadable, decode
from transforms.entities import decode_entities
from transforms.fields import Metadata, header_key, parse_fields
from transforms.front_matter import split_front_matter
from transforms.languages import detect_language
from transforms.metadata import PATH_TEMPLATES, parse_path
from transforms.openings import alphanumerics, opening, printed_byline, printed_date, title_range
from transforms.paragraphs import SEPARATOR
from transforms.text import normalise, stream_safe
from transforms.unusual import has_common_marks_only


@dataclass(frozen=True, slots=True)
class RawArticle:
    """One article as it was found.

    Attributes:
        raw_path: Path below the raw root, separated by /.
        content: All bytes of the file, member or record, unpacked.
        is_record: Whether it is one JSON object of a JSONL file.
        metadata: What the side file says of it.
        raw_sha256: SHA-256 of the raw bytes in hex, from which `content` may have been unpacked; None: of `content`.
    """

    raw_path: str
    content: bytes
    is_record: bool = False
    metadata: Metadata | None = None
    raw_sha256: str | None = None


_ARTICLE_COLUMNS = (
    "article_id", "title", "byline", "outlet", "published_date", "date_origin", "language", "text", "raw_path",
    "raw_sha256", "raw_encoding", "rules_version",
)  # fmt: skip
_REJECT_COLUMNS = ("raw_path", "raw_sha256", "reason")


_NO_LETTERS = "no letters or digits"


def read_articles(
    raws: Iterable[RawArticle], templates: Sequence[str] = PATH_TEMPLATES
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one row per raw article that can be read, and one per raw article that cannot; each is in one of them.

    Args:
        raws: What was found; copies of one article make a row each, told apart by raw_path.
        templates: How paths tell outlet and date; see `transforms.metadata.parse_path`.

    Returns:
        Rows of `ARTICLES`, without counts and duplicate_of; and rejects: raw_path, raw_sha256, reason.
    """
    rows: list[dict[str, object]] = []
    rejects: list[dict[str, object]] = []
    for raw in raws:
        sha256 = raw.raw_sha256 or hashlib.sha256(raw.content).hexdigest()
        try:
            rows.append({**_read(raw, templates), "raw_path": raw.raw_path, "raw_sha256": sha256})
        except Unreadable as reason:
            rejects.append({"raw_path": raw.raw_path, "raw_sha256": sha256, "reason": str(reason)})
    for row in rows:  # the model fills the processor's cache: all at once takes half the time
        row["language"] = row["language"] or detect_language(str(row["text"]).split(SEPARATOR))
    return _frame(rows, _ARTICLE_COLUMNS), _frame(rejects, _REJECT_COLUMNS)


def _frame(rows: list[dict[str, object]], columns: Sequence[str]) -> pd.DataFrame:
    # Object columns keep None and dates as they are; the schema gives them their types.
    return pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=object) for name in columns})


def _read(raw: RawArticle, templates: Sequence[str]) -> dict[str, object]:
    decoded, encoding = decode(raw.content)
    stated, body = _record(decoded) if raw.is_record else split_front_matter(decoded)
    printed = stream_safe(_with_title(stated.title, body))
    article_id = identify(printed)
    paragraphs = _paragraphs(printed)
    title = title_range(paragraphs)
    front = opening(paragraphs, title)
    side, path = raw.metadata or Metadata(), parse_path(raw.raw_path, templates)
    outlet = _clean(side.outlet) or _clean(stated.outlet) or _clean(path.outlet)
    date, origin = _date(side, stated, path, front, paragraphs)
    return {
        "article_id": article_id,
        "title": _clean(side.title) or _clean(stated.title) or _printed_title(paragraphs, title, outlet),
        "byline": _authors(side.byline) or _authors(stated.byline) or printed_byline(front),
        "outlet": outlet,
        "published_date": date,
        "date_origin": origin,
        "language": side.language or stated.language,
        "text": SEPARATOR.join(paragraphs),
        "raw_encoding": encoding,
        "rules_version": RULES_VERSION,
    }


_ALPHANUMERIC = re.compile(r"[^\W_]")


def _paragraphs(printed: str) -> list[str]:
    """Return the paragraphs of what was printed; what looked like letters may have been references to blanks."""
    text = normalise(printed)
    if not _ALPHANUMERIC.search(text):
        raise Unreadable(_NO_LETTERS)
    return text.split(SEPARATOR)


_ASCII_MARKS = bytes(byte for byte in range(128) if not chr(byte).isalnum())
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")


def identify(printed: str) -> str:
    """Return the id of an article: the first 32 hex digits of SHA-256 over its alphanumerics.

    Frozen: `str.isalnum` over `casefold(NFKC(text))`, before any repair, so that no better cleaning renames an article.

    Args:
        printed: Decoded text without front matter, a title that was stated put first.

    Raises:
        Unreadable: There is no letter or digit.
    """
    if has_common_marks_only(printed):  # none of which becomes a letter or digit
        alnum = printed.encode("ascii", "ignore").lower().translate(None, _ASCII_MARKS)
    else:
        folded = unicodedata.normalize("NFKC", printed).casefold()
        # What `\w` matches beside the underscore is what str.isalnum is true for.
        alnum = _NOT_ALPHANUMERIC.sub("", folded.encode().translate(None, _ASCII_MARKS).decode()).encode()
    if not alnum:
        raise Unreadable(_NO_LETTERS)
    return hashlib.sha256(alnum).hexdigest()[:32]


_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
_TEXT_FIELDS = ("text", "body", "content", "articletext", "articlebody", "fulltext")


def _record(decoded: str) -> tuple[Metadata, str]:
    """Return what the fields of a JSON object say and its text; a list of texts is one of paragraphs."""
    try:
        record = json.loads(decoded)
    except (ValueError, RecursionError):
        raise Unreadable("damaged JSON") from None
    if not isinstance(record, Mapping):
        raise Unreadable("not a JSON object")
    values = {header_key(name): value for name, value in reversed(list(record.items()))}
    body = next((text for name in _TEXT_FIELDS if (text := _body(values.get(name)))), None)
    if body is None:
        raise Unreadable(f"no text in this JSON object; understood are {', '.join(_TEXT_FIELDS[:3])}")
    return parse_fields(record), _LONE_SURROGATES.sub("\ufffd", body)


def _body(value: object) -> str | None:
    if isinstance(value, list):
        value = SEPARATOR.join(item for item in value if isinstance(item, str))
    return value if isinstance(value, str) and value.strip() else None


_FIRST_BLOCK = re.compile(r"\s*(?P<line>[^\r\n]*)(?P<rest>(?:(?:\r\n|\r|\n)[ \t]*[^\s][^\r\n]*){0,4})")


def _with_title(title: str | None, body: str) -> str:
    """Put a stated title first, unless the first line or paragraph of the body repeats it."""
    if not title or not alphanumerics(title):
        return body
    first = _FIRST_BLOCK.match(body)
    printed = {alphanumerics(first["line"]), alphanumerics(first[0])} if first else set()
    return body if alphanumerics(title) in printed else f"{title}{SEPARATOR}{body}"


def _clean(value: str | None) -> str | None:
    """Return a stated value cleaned as text is, on one line."""
    if not value:
        return None
    # A headline holds few references, but no headline is about them.
    return normalise(decode_entities(value, fewest=1)).replace(SEPARATOR, " ") or None


def _authors(value: str | None) -> str | None:
    """Return a stated byline cleaned, without the "By" and the date that some copy into the field."""
    cleaned = _clean(value)
    return (parse_byline(cleaned) or parse_byline(f"By {cleaned}") or cleaned) if cleaned else None


def _date(
    side: Metadata, stated: Metadata, path: Metadata, front: list[str], paragraphs: list[str]
) -> tuple[dt.date | None, str | None]:
    """Return the published date and which of its givers gave it."""
    givers = (("metadata", side), ("front_matter", stated), ("path", path))
    for origin, giver in givers:
        if giver.published_date:
            return giver.published_date, origin
    date = printed_date(front, paragraphs)
    return date, "dateline" if date else None


def _printed_title(paragraphs: list[str], title: range, outlet: str | None) -> str | None:
    # Some pages begin with their own name.
    if outlet and alphanumerics(paragraphs[0]).removeprefix("the") == alphanumerics(outlet).removeprefix("the"):
        paragraphs = paragraphs[1:]
        title = title_range(paragraphs)
    return " ".join(paragraphs[index] for index in title) or None
