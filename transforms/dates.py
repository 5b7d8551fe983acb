"""Printed dates, by explicit formats only.

Free-text date parsers complete what is missing from today's clock ("may" becomes this year's May): wrong for an
archive, and not the same tomorrow. Here a date has its day, month and four-digit year, or it is none.
"""

import datetime as dt
import re

YEARS = range(1600, 2200)
"""No date outside of them is the date of an article."""
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
            "september sept sep", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
# Longest first, so that "sept" is not read as "sep" and a rest.
_MONTH = rf"(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b"
DATE_WORDS = (
    rf"(?i:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)?[ -](?P<month>{_MONTH})\.?,?[ -](?P<year>\d{{4}})"
    rf"|(?P<month2>{_MONTH})\.? (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year2>\d{{4}}))(?!\d)"
)
"""A date with its month in words, as part of a larger pattern: "11 March 2016", "Mar. 11, 2016"."""

_NUMERIC = (
    r"(?P<iso_year>\d{4})(?P<s1>[-/.])(?P<iso_month>\d{1,2})(?P=s1)(?P<iso_day>\d{1,2})(?!\d)"
    r"|(?P<flat_year>\d{4})(?P<flat_month>\d{2})(?P<flat_day>\d{2})(?!\d)"
    r"|(?P<first>\d{1,2})(?P<s2>[-/.])(?P<second>\d{1,2})(?P=s2)(?P<last>\d{4})(?!\d)"
)
_LABEL = (
    r"(?:(?:first |last |date )?(?:published|posted|updated|modified|created|released|date)(?: on| at)?:? )?(?:on )?"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? )?"
_CLOCK = r"(?:\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d{1,9})?)?(?: ?[ap]\.?m\.?)?|\d{1,2} ?[ap]\.?m\.?)"
_ZONE = r"(?: ?(?:z|[a-z]{2,5}|[+-]\d{2}:?\d{2})(?: \([a-z]{2,5}\))?)?"
_TIME = rf"(?:(?:t|,? (?:at )?(?:[-–|•·] )?|, ?){_CLOCK}{_ZONE}|t\d{{4}}(?:\d{{2}})?z?)?"
_CLOCK_FIRST = rf"(?:{_CLOCK}{_ZONE},? (?:on )?)?"
_WEEKDAY_LAST = r"(?:,? (?:mon|tues|wednes|thurs|fri|satur|sun)day)?"
_DATE = re.compile(
    rf"{_LABEL}{_CLOCK_FIRST}{_WEEKDAY}(?:{DATE_WORDS}|{_NUMERIC}){_WEEKDAY_LAST}{_TIME}\.?", re.IGNORECASE
)
# As programs print it: "Fri Mar 11 10:02:00 UTC 2016".
_CLOCK_INSIDE = re.compile(
    r"([a-z]{3,9} \d{1,2}) \d{2}:\d{2}:\d{2}(?: [a-z]{2,5}| [+-]\d{4})? (\d{4})\Z", re.IGNORECASE
)
_UPDATE = re.compile(r"\b(?:last )?(?:updated|modified)(?: on| at)?:? ", re.IGNORECASE)
_CLOCK_ALONE = re.compile(rf"{_CLOCK}{_ZONE}", re.IGNORECASE)
_BEFORE_UPDATE = " |•·,;–—-("
_YEAR = re.compile(r"\d{4}")
LONGEST_DATE = 130
"""No date with weekday, time and zone, printed beside that of an update, is longer."""


def parse_date(text: str) -> dt.date | None:
    """Return the date that a text consists of, as printed, whatever its time and zone.

    Day and month in figures count only where their order is certain (one of them above 12, or both alike).

    Args:
        text: A date such as "Fri, 11 Mar 2016 10:00:00 GMT", "Published: March 11, 2016", "2016-03-11T23:00-05:00".

    Returns:
        A date from 1600 to 2199; None for anything else, also for two-digit years and days that never were.
    """
    if not _YEAR.search(text):
        return None
    text = " ".join(text.split())
    if len(text) > LONGEST_DATE:
        return None
    match = _DATE.fullmatch(_CLOCK_INSIDE.sub(r"\1 \2", _without_update(text)))
    return date_of(match) if match else None


def is_update(text: str) -> bool:
    """Whether a text begins by saying that something was updated."""
    return bool(_UPDATE.match(text))


def _without_update(text: str) -> str:
    """Return what stands before "Last updated" and its own date or time of day."""
    update = _UPDATE.search(text)
    if not update or not update.start():
        return text
    rest = text[update.end() :].rstrip(")")
    is_told = _CLOCK_ALONE.fullmatch(rest) or _DATE.fullmatch(rest)
    return text[: update.start()].rstrip(_BEFORE_UPDATE) if is_told else text


def date_of(match: re.Match[str]) -> dt.date | None:
    """Return the date of a match of a pattern that holds `DATE_WORDS`; None if there is no such day."""
    parts = {name: value for name, value in match.groupdict().items() if value}
    month = parts.get("month") or parts.get("month2")
    if month:
        day, year = parts.get("day") or parts["day2"], parts.get("year") or parts["year2"]
        return _date(int(year), _MONTHS[month.casefold()], int(day))
    for kind in ("iso", "flat"):
        if year_printed := parts.get(f"{kind}_year"):
            return _date(int(year_printed), int(parts[f"{kind}_month"]), int(parts[f"{kind}_day"]))
    return _either_order(int(parts["first"]), int(parts["second"]), int(parts["last"]))


def _either_order(first: int, second: int, year: int) -> dt.date | None:
    if first > 12:
        return _date(year, second, first)
    if second > 12 or first == second:
        return _date(year, first, second)
    return None


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day) if year in YEARS else None
    except ValueError:
        return None
