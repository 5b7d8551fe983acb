"""Bylines: who wrote it, and the date that some outlets print on the same line."""

import datetime as dt
import re

from transforms.dates import is_update, parse_date

_BY = re.compile(r"(?:(?:(?:reported|written|story) )?by[: ]|byline:) ?(?=\S)", re.IGNORECASE)
# Longer lists of authors and their posts are a paragraph on the authors.
_MOST_CREDIT_WORDS = 25
_LONGEST = 160
# Names and roles begin with a capital; these small words stand between and inside them.
_SMALL_WORDS = frozenset({
    "and", "of", "the", "for", "in", "with", "to", "at", "de", "del", "della", "da", "di", "du", "van", "von", "der",
    "den", "la", "le", "bin", "al", "el", "ten", "y", "|", "/", "&", "•", "–", "—", "-",
})  # fmt: skip
_AGENCY = re.compile(
    r"(?:the )?(?:associated press|press association|reuters|afp|ap|upi|bloomberg|staff(?: writers?| reporters?)?)\b",
    re.IGNORECASE,
)
# What follows "By" at the head of a column or a section and is no name.
_NOT_A_NAME = re.compile(
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|june|july|august|september"
    r"|october|november|december|(?:the )?numbers|then|now|contrast|comparison|popular|far|all|any|law|tomorrow"
    r"|tonight|today|week|day|night|default|chance|land|sea|air|the|an?)\b",
    re.IGNORECASE,
)
_ABBREVIATED_END = ("jr.", "sr.", "m.d.", "inc.")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)|(?<!\d)\d{8}(?!\d)")
_WORD = re.compile(r"\S+")
# Between the names and the date.
_JOINT = " ,|•·–—-;/("


def parse_byline(paragraph: str) -> str | None:
    """Return the authors, as printed after "By", of a paragraph that is a byline and nothing else; else None.

    A date on the line ("By Jane Roe, March 11, 2016 at 10:02 AM") is no part of them.
    """
    names, _ = _split(paragraph)
    return names


def byline_date(paragraph: str) -> dt.date | None:
    """Return the date of publication that stands on the line of a byline, if it is one."""
    names, date = _split(paragraph)
    return parse_date(date) if names and date and not is_update(date) else None


def _split(paragraph: str) -> tuple[str | None, str]:
    """Return the authors of a byline and the date behind them, both as printed."""
    match = _BY.match(paragraph) if len(paragraph) <= _LONGEST else None
    rest = paragraph[match.end() :] if match else ""
    if not rest or is_credit(rest):
        return rest or None, ""
    if not _YEAR.search(rest):
        return None, ""
    for word in list(_WORD.finditer(rest))[1 : _MOST_CREDIT_WORDS + 1]:
        # The longest date that fits: its weekday, time and "Published:" belong to it.
        date = rest[word.start() :].strip("()")
        if parse_date(date):
            names = rest[: word.start()].rstrip(_JOINT)
            return (names, date) if names and is_credit(names) else (None, "")
    return None, ""


def is_credit(names: str) -> bool:
    """Whether these words are names and posts of authors, or an agency."""
    words = names.split()
    if names[-1] in ".?!:;" and not names.casefold().endswith(_ABBREVIATED_END):
        return False
    if _AGENCY.match(names):
        return len(words) <= 6
    if len(words) < 2 or len(words) > _MOST_CREDIT_WORDS or _NOT_A_NAME.match(names) or not _is_name_word(words[0]):
        return False
    return all(_is_name_word(word) or word.rstrip(",") in _SMALL_WORDS or "@" in word for word in words[1:])


def _is_name_word(word: str) -> bool:
    first = next((c for c in word if c.isalnum()), "")
    return bool(first) and not first.islower() and not first.isdigit()
