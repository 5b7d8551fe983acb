"""One article's metadata, and how a row or record of any spelling is read as such."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib import resources
from typing import TypeVar

from transforms.date_columns import parse_repeated_date
from transforms.dates import YEARS


@dataclass(frozen=True, slots=True)
class Metadata:
    """What one giver says of one article; None where it says nothing.

    Attributes:
        title: Headline.
        byline: Author or authors, as printed.
        outlet: Publisher.
        published_date: Publication date, as printed.
        language: ISO 639-1 code.
    """

    title: str | None = None
    byline: str | None = None
    outlet: str | None = None
    published_date: dt.date | None = None
    language: str | None = None

    def digest(self) -> str | None:
        """Return the SHA-256, in hex, of what is said; None if nothing is. A field without a value never counts."""
        said = {name: str(value) for name in _NAMES if (value := getattr(self, name)) is not None}
        return hashlib.sha256(_canonical(said).encode("utf-8", "replace")).hexdigest() if said else None


_NAMES = sorted(field.name for field in fields(Metadata))
# A plan asks for the digest of every file that a side file describes; `json.dumps` would make an encoder each time.
_canonical = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


# Spellings of each field, the most specific first; compared as `header_key` gives them.
_SPELLINGS = {
    "title": ("title", "headline", "headlinetext", "articletitle", "articleheadline", "hed"),
    "byline": (
        "byline", "author", "authors", "authorname", "authornames", "writtenby", "writer", "writers", "reporter",
        "reporters", "journalist", "journalists", "creator", "by",
    ),
    "outlet": (
        "outlet", "outletname", "newsoutlet", "mediaoutlet", "publisher", "publishername", "publication",
        "publicationname", "newspaper", "newspapername", "newssource", "source", "sourcename", "sitename", "site",
    ),
    "published_date": (
        "publisheddate", "publicationdate", "datepublished", "dateofpublication", "pubdate", "publishdate",
        "publishedat", "publishedon", "publishedtime", "publishedtimestamp", "publicationtimestamp", "published",
        "issuedate", "articledate", "date", "datetime",
    ),
    "language": ("language", "lang", "languagecode"),
}  # fmt: skip
# Often when a database or a crawler took the article in: they count only where nothing better is asked for at all.
_WEAK_DATES = ("created", "createdat", "datecreated", "timestamp", "epoch", "unixtimestamp", "unixtime")
_FIELDS = {spelling: field for field, spellings in _SPELLINGS.items() for spelling in spellings}
_FIELDS |= dict.fromkeys(_WEAK_DATES, "published_date")
# How exports write that there is nothing.
_NULLS = frozenset({"", "none", "n/a", "na", "null", "nan", "nat", "-", "--", "–", "—", "~", "unknown"})
_LONGEST_NULL = max(map(len, _NULLS))
# `Date (YYYY-MM-DD)`, `Date [UTC]`: how a value is written is not what it is; `Date (accessed)` is another date.
_FORMAT = re.compile(r"[(\[](?:[ymdhs./: -]{2,}|utc|gmt|iso(?:[ -]?8601)?)[)\]]")
_PUNCTUATION = re.compile(r"[\W_]+")
_BY = re.compile(r"\Aby(?: ?:)? (?=\S)", re.IGNORECASE)
# Seconds since 1970 from 1973 on, or milliseconds; nine to ten digits, or twelve to thirteen.
_EPOCH = re.compile(r"(\d{9,10})(?:\d{3})?(?:\.\d{1,9})?")
# A Python or JSON list of texts in one cell: ['Jan Roe', "Ann O'Dell"]; other escapes than of marks are left alone.
_ITEM = r"""(?:'(?:[^'\\]|\\['"\\])*'|"(?:[^"\\]|\\['"\\])*")"""
_ITEMS = re.compile(_ITEM)
_LIST = re.compile(rf"\[ ?{_ITEM}(?: ?, ?{_ITEM})* ?\]")
_ESCAPE = re.compile(r"\\(.)")
_LONGEST_HEADER = 100
# Nobody nests the names of authors deeper.
_DEEPEST = 3


def header_key(header: object) -> str:
    """Return a header in the form in which headers are compared: no case, blanks, punctuation or format remark."""
    return _header_key(str(header)[:_LONGEST_HEADER])


@lru_cache(maxsize=1024)
def _header_key(header: str) -> str:
    return _PUNCTUATION.sub("", _FORMAT.sub("", header.casefold()))


def field_of(header: str) -> str | None:
    """Return the field that a header is a spelling of."""
    return _FIELDS.get(header_key(header))


def date_headers(headers: Iterable[str]) -> list[str]:
    """Return the headers whose values may be the publication date."""
    dates = [header for header in headers if field_of(header) == "published_date"]
    return [header for header in dates if header_key(header) not in _WEAK_DATES] or dates


def parse_fields(fields: Mapping[str, object]) -> Metadata:
    """Return the metadata that a row or record holds, under any of the usual spellings; see `parse_columns`."""
    return parse_columns({header: (value,) for header, value in fields.items()}, 1)[0]


def parse_columns(columns: Mapping[str, Sequence[object]], count: int) -> list[Metadata]:
    """Return the metadata that each of some rows holds, under any of the usual spellings.

    Of several spellings of one field, the most specific one with a value counts, of the same spelling the first. A
    date that is not understood, or a language that is none, is null.

    Args:
        columns: Values by header, one a row; a list of authors is joined by ", ".
        count: Number of rows.
    """
    spelled: dict[str, list[_Texts]] = {}
    for header, values in columns.items():
        if (key := header_key(header)) in _FIELDS:
            spelled.setdefault(key, []).append([*map(printed, values)])
    texts = {key: _first_of(same, count) for key, same in spelled.items()}
    return [
        *map(
            Metadata,
            _field("title", texts, count),
            (text and (_BY.sub("", text) or None) for text in _field("byline", texts, count)),
            _field("outlet", texts, count),
            _dates(texts, {header_key(header) for header in columns}, count),
            (text and parse_language(text) for text in _field("language", texts, count)),
        )
    ]


_Texts = Sequence[str | None]
_T = TypeVar("_T")


def _field(field: str, texts: Mapping[str, _Texts], count: int) -> _Texts:
    return _first_of([texts[spelling] for spelling in _SPELLINGS[field] if spelling in texts], count)


def _dates(texts: Mapping[str, _Texts], keys: Set[str], count: int) -> Sequence[dt.date | None]:
    spellings = _SPELLINGS["published_date"]
    if keys.isdisjoint(spellings):
        spellings = _WEAK_DATES
    known = [spelling for spelling in spellings if spelling in texts]
    dates = [[_date(text, spelling) if text else None for text in texts[spelling]] for spelling in known]
    return _first_of(dates, count)


def _first_of(columns: Sequence[Sequence[_T | None]], count: int) -> Sequence[_T | None]:
    """Return for each row its first value among some columns."""
    if len(columns) == 1:
        return columns[0]
    return [next((value for column in columns if (value := column[row])), None) for row in range(count)]


def _date(text: str, spelling: str) -> dt.date | None:
    is_epoch = spelling.endswith("timestamp") or spelling in {"epoch", "unixtime"}
    if is_epoch and (match := _EPOCH.fullmatch(text)):
        date = (dt.datetime(1970, 1, 1) + dt.timedelta(seconds=int(match[1]))).date()
        return date if date.year in YEARS else None
    return parse_repeated_date(text)


def printed(value: object, depth: int = _DEEPEST) -> str | None:
    """Return what a value says, on one line; a list is joined by ", ". None for every spelling of nothing."""
    if isinstance(value, str) and _is_plain(value):
        return value
    if isinstance(value, list | tuple | dict):
        if not depth:
            return None
        if isinstance(value, dict):
            return printed(value.get("name"), depth - 1)
        return ", ".join(text for item in value if (text := printed(item, depth - 1))) or None
    text = " ".join(_text(value).split())
    if text.startswith("[") and _LIST.fullmatch(text):
        text = ", ".join(_ESCAPE.sub(r"\1", item[1:-1]).strip() for item in _ITEMS.findall(text))
    return None if text.casefold() in _NULLS else text


def _is_plain(text: str) -> bool:
    """Whether a text surely says what it prints: one line, no list, and too long to be a spelling of nothing."""
    return (
        len(text) > _LONGEST_NULL
        and text.isascii()
        and text.isprintable()
        and "  " not in text
        and text[0] not in " ["
        and text[-1] != " "
    )


_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


def _text(value: object) -> str:
    """Return a value as text that can be written: the escapes of JSON and YAML make halves of characters."""
    try:
        return _LONE_SURROGATES.sub("\ufffd", str(value))
    except ValueError:  # Python prints no number of thousands of digits
        return ""


def _read_languages() -> dict[str, str]:
    lines = resources.files("transforms").joinpath("languages.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {name.casefold(): code for code, names in rows for name in (code, *names.split(","))}


_LANGUAGES = _read_languages()


@lru_cache(maxsize=1024)
def parse_language(text: str) -> str | None:
    """Return the ISO 639-1 code of "English", "en", "en-US" or "en_GB"; None if there is none."""
    name = text.strip().casefold()
    return _LANGUAGES.get(name) or _LANGUAGES.get(re.split(r"[-_]", name, maxsplit=1)[0])
