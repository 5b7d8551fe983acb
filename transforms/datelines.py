"""Datelines: where, and often when, a story was filed."""

import datetime as dt
import re

from transforms.dates import DATE_WORDS, LONGEST_DATE, date_of, parse_date

# A place in capitals, then perhaps its state or country, a date, the agency in brackets, and a dash: AP style.
_PLACE = r"[A-Z][A-Z.'’]+(?:[ /-][A-Z][A-Z.'’]+){0,4}(?:, [A-Z][A-Za-z.]+(?: [A-Z][A-Za-z.]+){0,2})?"
_SHORT_DAY = r"(?:[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2} [A-Z][a-z]{2,8}\.?)"
_DATELINE = (
    rf"(?P<place>{_PLACE})(?:,? (?:(?P<date>{DATE_WORDS})|{_SHORT_DAY}))?"
    r"(?P<agency>,? ?\([A-Z][\w. /]{1,30}\))?"
)
# A hyphen or underscore is a dateline's dash only before a blank: "EU-US talks" is a headline.
_DASH = r"(?P<dash>--|[—–]|[-_] )"
_START = re.compile(rf"{_DATELINE} ?{_DASH}")
_ALONE = re.compile(rf"{_DATELINE}(?P<dash> ?(?:--|[—–_-]))?")
# In small letters anything could be a place: only a date with its year or a known agency shows that it is one.
_SMALL_PLACE = r"(?P<place>[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){0,3}(?:, [A-Z][A-Za-z.]+(?: [A-Z][A-Za-z.]+)?)?)"
_KNOWN_AGENCY = (
    r"(?P<agency> ?\((?:AP|AFP|Reuters|REUTERS|UPI|PAP|PA|dpa|DPA|EFE|ANSA|TASS|Tass|Xinhua|Interfax|PTI|ANI|IANS|IRNA"
    r"|Bloomberg|CNN|Kyodo|Yonhap|APA|ATS|Belga|CP|AAP|CNS|RNS|JTA|CTK|MTI|BTA|STT|NTB|TT|Anadolu)\))"
)
_SMALL_DATED = re.compile(rf"{_SMALL_PLACE}, (?P<date>{DATE_WORDS}){_KNOWN_AGENCY}? ?{_DASH}")
_SMALL_AGENCY = re.compile(rf"{_SMALL_PLACE}(?:,? {_SHORT_DAY})?{_KNOWN_AGENCY} ?{_DASH}")
_SMALL_ALONE = re.compile(
    rf"{_SMALL_PLACE},(?: (?P<date>{DATE_WORDS})| {_SHORT_DAY}){_KNOWN_AGENCY}(?P<dash> ?[—–_-])?"
)
# A year, an agency's bracket or a dash at the end: one of them is part of all.
_MAY_BE_DATELINE = re.compile(r"\d{4}|\(|[-—–_]\Z")


def _at_start(paragraph: str) -> re.Match[str] | None:
    return _START.match(paragraph) or _SMALL_DATED.match(paragraph) or _SMALL_AGENCY.match(paragraph)


def starts_with_dateline(paragraph: str) -> bool:
    """Whether a paragraph begins as in "LONDON, March 11 (Reuters) — "."""
    return bool(_at_start(paragraph))


def is_dateline(paragraph: str) -> bool:
    """Whether a paragraph is only a dateline or only a date with its year."""
    if len(paragraph) > LONGEST_DATE or not _MAY_BE_DATELINE.search(paragraph):
        return False
    if parse_date(paragraph) or _SMALL_ALONE.fullmatch(paragraph):
        return True
    match = _ALONE.fullmatch(paragraph)
    return bool(match and (match["date"] or match["agency"] or match["dash"]))


def dateline_date(paragraph: str) -> dt.date | None:
    """Return the date of the dateline that a paragraph begins with or is; None if that has none with its year."""
    match = _at_start(paragraph) or _ALONE.fullmatch(paragraph) or _SMALL_ALONE.fullmatch(paragraph)
    return date_of(match) if match and match.groupdict().get("date") else None
