"""One article's metadata, and how a row or record of any spelling is read as such."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib import resources

from transforms.dates import parse_date


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
        said = {name: str(value) for name, value in asdict(self).items() if value is not None}
        if not said:
            return None
        canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode("utf-8", "replace")).hexdigest()


# Spellings of each field, strongest first; compared without case, blanks, hyphens and underscores.
_SPELLINGS = {
    "title": ("title", "headline", "articletitle", "hed"),
    "byline": ("byline", "author", "authors", "authorname", "creator", "writer", "by"),
    "outlet": ("outlet", "publisher", "publication", "newspaper", "source", "sourcename", "sitename", "site"),
    "published_date": (
        "publisheddate", "publicationdate", "datepublished", "pubdate", "publishdate", "publishedat",
        "published", "articledate", "date", "datetime", "created", "createdat", "timestamp",
    ),
    "language": ("language", "lang", "languagecode"),
}  # fmt: skip
# How exports write that there is nothing.
_NULLS = frozenset({"", "none", "n/a", "na", "null", "nan", "nat", "-", "--", "–", "—", "~", "unknown"})
_SEPARATORS = re.compile(r"[\s_-]+")
_BLANKS = re.compile(r"\s+")


def header_key(header: object) -> str:
    """Return a header in the form in which headers are compared."""
    return _SEPARATORS.sub("", str(header).casefold())


def parse_fields(fields: Mapping[str, object]) -> Metadata:
    """Return the metadata that a row or record holds, under any of the usual spellings.

    A date that is not understood, or a language that is none, is null.

    Args:
        fields: Values by header; a list of authors is joined by ", ".
    """
    values = {header_key(header): text for header, value in fields.items() if (text := printed(value))}
    found = {field: _first(values, spellings) for field, spellings in _SPELLINGS.items()}
    dates = (parse_date(values[s]) for s in _SPELLINGS["published_date"] if s in values)
    return Metadata(
        title=found["title"],
        byline=found["byline"],
        outlet=found["outlet"],
        published_date=next((date for date in dates if date), None),
        language=parse_language(found["language"] or ""),
    )


def _first(values: Mapping[str, str], spellings: Iterable[str]) -> str | None:
    return next((values[spelling] for spelling in spellings if spelling in values), None)


def printed(value: object) -> str | None:
    """Return what a value says, on one line; a list is joined by ", ". None for every spelling of nothing."""
    if isinstance(value, list | tuple):
        return ", ".join(text for item in value if (text := printed(item))) or None
    if isinstance(value, Mapping):
        return printed(value.get("name"))
    text = _BLANKS.sub(" ", str(value)).strip()
    return None if text.casefold() in _NULLS else text


def _read_languages() -> dict[str, str]:
    lines = resources.files("transforms").joinpath("languages.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {name.casefold(): code for code, names in rows for name in (code, *names.split(","))}


_LANGUAGES = _read_languages()


def parse_language(text: str) -> str | None:
    """Return the ISO 639-1 code of "English", "en", "en-US" or "en_GB"; None if there is none."""
    name = text.strip().casefold()
    return _LANGUAGES.get(name) or _LANGUAGES.get(re.split(r"[-_]", name, maxsplit=1)[0])
