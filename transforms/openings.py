"""What stands before the body: title, byline, dateline."""

import datetime as dt
import re

from transforms.dates import DATE_WORDS, date_of, parse_date

FRONT_COUNT = 6
"""Title, deck, byline and date stand among the first paragraphs; further down the same words are body."""

_UNPRINTED = re.compile(r"[\W_]+")


def alphanumerics(text: str) -> str:
    """Return the letters and digits of a text, case-folded: two printings of one title are alike in them."""
    return _UNPRINTED.sub("", text).casefold()


_BY = re.compile(r"(?:(?:reported|written|story) )?by[: ] ?(?=\S)", re.IGNORECASE)
# Longer lists of authors and their posts are a paragraph on the authors.
_MOST_CREDIT_WORDS = 25
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
    r"|tonight|today|week|day|night|default|chance|the|an?)\b",
    re.IGNORECASE,
)
_ABBREVIATED_END = ("jr.", "sr.", "m.d.", "inc.")


def parse_byline(paragraph: str) -> str | None:
    """Return the authors, as printed after "By", of a paragraph that is a byline and nothing else; else None."""
    match = _BY.match(paragraph) if len(paragraph) <= 160 else None
    names = paragraph[match.end() :] if match else ""
    return names if names and _is_credit(names) else None


def _is_credit(names: str) -> bool:
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


# A place in capitals, then perhaps its state or country, a date, the agency in brackets, and a dash: AP style.
_PLACE = r"[A-Z][A-Z.'’]+(?:[ /-][A-Z][A-Z.'’]+){0,4}(?:, [A-Z][A-Za-z.]+(?: [A-Z][A-Za-z.]+){0,2})?"
_SHORT_DAY = r"(?:[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2} [A-Z][a-z]{2,8}\.?)"
_DATELINE = (
    rf"(?P<place>{_PLACE})(?:,? (?:(?P<date>{DATE_WORDS})|{_SHORT_DAY}))?"
    r"(?P<agency>,? ?\([A-Z][\w. /]{1,30}\))?"
)
# A hyphen is a dateline's dash only before a blank: "EU-US talks" is a headline.
_DATELINE_START = re.compile(rf"{_DATELINE} ?(?P<dash>--|[—–]|- )")
_DATELINE_ONLY = re.compile(rf"{_DATELINE}(?P<dash> ?(?:--|[—–-]))?")
_UPDATED = re.compile(r"(?:last )?(?:updated|modified)\b", re.IGNORECASE)


def starts_with_dateline(paragraph: str) -> bool:
    """Whether a paragraph begins as in "LONDON, March 11 (Reuters) — "."""
    return bool(_DATELINE_START.match(paragraph))


def is_dateline(paragraph: str) -> bool:
    """Whether a paragraph is only a dateline or only a date with its year."""
    if len(paragraph) > 90:
        return False
    if parse_date(paragraph):
        return True
    match = _DATELINE_ONLY.fullmatch(paragraph)
    return bool(match and (match["date"] or match["agency"] or match["dash"]))


def printed_date(paragraphs: list[str]) -> dt.date | None:
    """Return the publication date that the first paragraphs print; one without a year is none.

    Args:
        paragraphs: All paragraphs of an article. A date alone in a paragraph counts before one in a dateline; when a
            story was updated never counts.
    """
    front = paragraphs[:FRONT_COUNT]
    alone = (parse_date(p) for p in front if len(p) <= 90 and not _UPDATED.match(p))
    if found := next((date for date in alone if date), None):
        return found
    for paragraph in front:
        match = _DATELINE_START.match(paragraph) or _DATELINE_ONLY.fullmatch(paragraph)
        if match and match["date"] and (date := date_of(match)):
            return date
    return None


_MOST_TITLE_WORDS = 30
_FINAL_STOP = re.compile(r"\.['\"’”)]{0,2}\Z")
_ENDS_OPEN = re.compile(r"[,:]\Z")
_SENTENCE_BREAK = re.compile(r"[.?!]['\"’”)]? +['\"‘“(]?[A-Z][a-z]")
# From four letters on a word of a headline in title case has a capital, prepositions apart.
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
# A sentence of the body tells who said or did what, when.
_TELLS = re.compile(
    r"\b(?:said|told|(?:on|last|this|next) (?:mon|tues|wednes|thurs|fri|satur|sun)day|he|she|they|was|were|had)\b"
)


def title_length(paragraphs: list[str]) -> int:
    """Return how many of the first paragraphs are the title: 0, 1, or 2 for a headline of two lines joined by ";"."""
    if len(paragraphs) < 2:
        return 0
    first, second = paragraphs[:2]
    count = 2 if first.endswith(";") and len(second) <= 160 and len(paragraphs) > 2 else 1
    return count if _looks_like_title(first, is_below_opening=_opens(paragraphs[count])) else 0


def _opens(paragraph: str) -> bool:
    return starts_with_dateline(paragraph) or is_dateline(paragraph) or parse_byline(paragraph) is not None


def _looks_like_title(text: str, is_below_opening: bool) -> bool:
    words = text.split()
    if not words or len(words) > _MOST_TITLE_WORDS or len(text) > 250 or not any(c.isalpha() for c in text):
        return False
    if (
        _opens(text)
        or _ENDS_OPEN.search(text)
        or (words[0].isalpha() and words[0].islower())
        or _SENTENCE_BREAK.search(text)
    ):
        return False
    if text[-1] not in ".?!" and not _FINAL_STOP.search(text):
        return True
    if is_below_opening or text[-1] in "?!":
        return len(words) <= 12 or not _TELLS.search(text)
    # With a full stop it may be the first sentence of a body: only title case is sure.
    long_words = _LONG_WORD.findall(text)
    capitals = sum(word[0].isupper() for word in long_words)
    return len(long_words) > 2 and capitals >= 0.75 * len(long_words)
