"""Dates in figures whose order one cell cannot tell, but its column can: 03/04/2016 below 25/03/2016."""

import datetime as dt
import re
from collections.abc import Iterable
from functools import lru_cache

from transforms.dates import parse_date

_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)")
# `Date (DD/MM/YYYY)`: some headers say it.
_DAY_FIRST = re.compile(r"\bdd?[-/. ]?mm?m?[-/. ]?yy")
_MONTH_FIRST = re.compile(r"\bmm?m?[-/. ]?dd?[-/. ]?yy")

# Longer cells are no dates, and not worth keeping.
_LONGEST_KEPT = 40


def parse_repeated_date(text: str) -> dt.date | None:
    """Return `parse_date` of a text such as many rows or paths repeat: a thousand articles share some days."""
    return _kept_date(text) if len(text) <= _LONGEST_KEPT else parse_date(text)


_kept_date = lru_cache(maxsize=4096)(parse_date)


def is_day_first(header: str, texts: Iterable[str]) -> bool | None:
    """Return whether the day stands before the month in the figures of a column.

    Args:
        header: The header, which may say so.
        texts: The cells; one with a part above 12 settles it, if none contradicts.

    Returns:
        True for 25/03/2016, False for 03/25/2016; None if nothing settles it.
    """
    orders = {order for text in texts if (order := _order(text)) is not None}
    header = header.casefold()
    orders |= {True} if _DAY_FIRST.search(header) else {False} if _MONTH_FIRST.search(header) else set()
    return orders.pop() if len(orders) == 1 else None


def _order(text: str) -> bool | None:
    match = _NUMERIC.search(text)
    if not match or (int(match[1]) > 12) == (int(match[3]) > 12) or not parse_repeated_date(text):
        return None
    return int(match[1]) > 12


def in_iso_order(text: str, is_day_first: bool) -> str:
    """Return a cell with its date in figures written as year, month and day."""
    day, month = (1, 3) if is_day_first else (3, 1)
    return _NUMERIC.sub(lambda match: f"{match[4]}-{match[month]}-{match[day]}", text, count=1)
