"""What stands before the body: page furniture, title, byline, dateline."""

import datetime as dt
import re
from importlib import resources

from transforms.bylines import byline_date, parse_byline
from transforms.datelines import dateline_date, is_dateline, starts_with_dateline
from transforms.dates import is_update, parse_date

FRONT_COUNT = 6
"""Title, deck, byline and date stand among the first paragraphs; further down the same words are body."""

_UNPRINTED = re.compile(r"[\W_]+")


def alphanumerics(text: str) -> str:
    """Return the letters and digits of a text, case-folded: two printings of one title are alike in them."""
    return _UNPRINTED.sub("", text).casefold()


def _read_sections() -> frozenset[str]:
    lines = resources.files("transforms").joinpath("sections.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


_SECTIONS = _read_sections()
_BETWEEN_SECTIONS = re.compile(r" ?[|/>»•] ?")
# An address alone; a database's counter; a wire's slug, which ends in its version or its number of words.
_SLUG = r"-{1,2}[A-Z][\w.'’-]{1,40}(?: [\w.'’-]{1,20}){0,3}"
_FURNITURE = re.compile(
    r"(?i:(?:https?://|www\.)\S+)"
    r"|(?i:(?:document |page )?\d{1,5} of \d{1,5}(?: documents?)?)"
    rf"|[A-Z]{{2,3}}{_SLUG}, ?\d{{1,2}}(?:st|nd|rd|th) L(?:d|ead)(?:-?[Ww]ritethru)?(?:, ?\d{{2,5}})?"
    rf"|(?:BC|AM|PM){_SLUG}, ?\d{{3,5}}"
)
_LONGEST_FURNITURE = 300


def is_furniture(paragraph: str) -> bool:
    """Whether a paragraph is an address, a counter or a wire's slug, as stand above headlines."""
    return len(paragraph) <= _LONGEST_FURNITURE and bool(_FURNITURE.fullmatch(paragraph))


def is_section(paragraph: str) -> bool:
    """Whether a paragraph is only the name of a section, or the path to it ("News | Politics")."""
    parts = _BETWEEN_SECTIONS.split(paragraph.casefold()) if len(paragraph) <= 60 else [""]
    return all(part in _SECTIONS for part in parts)


def title_range(paragraphs: list[str]) -> range:
    """Return which paragraphs are the title: none, one, or two for a headline of two lines joined by ";".

    Above it may stand furniture, the date, the byline and the name of a section; an empty range begins below them.
    """
    start = _above_title(paragraphs)
    below = paragraphs[start:]
    if len(below) < 2:
        return range(start, start)
    first, second = below[:2]
    count = 2 if first.endswith(";") and len(second) <= 160 and len(below) > 2 else 1
    is_title = _looks_like_title(first, is_below_opening=_opens(below[count]))
    return range(start, start + count * is_title)


_DATABASE_COUNTER = re.compile(r"\d{1,5} of \d{1,5} documents?", re.IGNORECASE)


def _above_title(paragraphs: list[str]) -> int:
    """Return how many paragraphs stand above the title, if there is one."""
    for index, paragraph in enumerate(paragraphs[:FRONT_COUNT]):
        is_above = is_furniture(paragraph) or is_section(paragraph) or is_dateline(paragraph) or parse_byline(paragraph)
        if not is_above and not (index and _is_outlet(paragraphs[index - 1 : index + 2])):
            return index
    return min(len(paragraphs), FRONT_COUNT)


def _is_outlet(paragraphs: list[str]) -> bool:
    """Whether the second of three lines names the outlet, as databases print it: counter, outlet, date."""
    counter, *rest = paragraphs
    return len(rest) == 2 and bool(_DATABASE_COUNTER.fullmatch(counter)) and is_dateline(rest[1])


def _opens(paragraph: str) -> bool:
    return starts_with_dateline(paragraph) or is_dateline(paragraph) or parse_byline(paragraph) is not None


def opening(paragraphs: list[str], title: range | None = None) -> list[str]:
    """Return the first paragraphs up to the body; the body's first one if it begins with a dateline.

    Args:
        paragraphs: All paragraphs.
        title: Which of them are the title, if that is known.
    """
    title = title_range(paragraphs) if title is None else title
    for index, paragraph in enumerate(paragraphs[:FRONT_COUNT]):
        if index in title or not _is_body(paragraph) or _is_deck(paragraphs, index, title):
            continue
        return paragraphs[: index + starts_with_dateline(paragraph)]
    return paragraphs[:FRONT_COUNT]


_MOST_DECK_WORDS = 12
_LONGEST_DECK_WORDS = 40
_FINAL_STOP = re.compile(r"\.['\"’”)]{0,2}\Z")


def _is_body(paragraph: str) -> bool:
    if is_dateline(paragraph) or parse_byline(paragraph) or is_furniture(paragraph):
        return False
    words = len(paragraph.split())
    return bool(_FINAL_STOP.search(paragraph)) or words > _MOST_DECK_WORDS


def _is_deck(paragraphs: list[str], index: int, title: range) -> bool:
    """Whether a sentence stands between the title and the byline: the deck. No crosshead is a byline with "By"."""
    is_below_title = len(title) > 0 and index == title.stop
    paragraph = paragraphs[index]
    if not is_below_title or len(paragraph.split()) > _LONGEST_DECK_WORDS or _SENTENCE_BREAK.search(paragraph):
        return False
    return any(parse_byline(p) for p in paragraphs[index + 1 : index + 2])


def printed_byline(front: list[str]) -> str | None:
    """Return the authors, as printed, whom a byline of the opening names."""
    return next((names for paragraph in front if (names := parse_byline(paragraph))), None)


def printed_date(front: list[str], paragraphs: list[str]) -> dt.date | None:
    """Return the publication date that the opening prints; one without a year is none.

    A date alone in a paragraph counts before one in a dateline, but not if the article has several, as a timeline has;
    when a story was updated never counts.

    Args:
        front: The opening.
        paragraphs: All paragraphs of the article.
    """
    if found := next((date for paragraph in front if (date := _date_alone(paragraph))), None):
        return found if _is_only(found, paragraphs) else None
    return next((date for paragraph in front if (date := dateline_date(paragraph))), None)


def _date_alone(paragraph: str) -> dt.date | None:
    return None if is_update(paragraph) else parse_date(paragraph) or byline_date(paragraph)


def _is_only(found: dt.date, paragraphs: list[str]) -> bool:
    return all(date in {None, found} for date in map(_date_alone, paragraphs))


_MOST_TITLE_WORDS = 30
_ENDS_OPEN = re.compile(r"[,:]\Z")
_ELLIPSIS = re.compile(r"(?:\.\.\.|…)['\"’”)]?\Z")
_SENTENCE_BREAK = re.compile(r"[.?!]['\"’”)]? +['\"‘“(]?[A-Z][a-z]")
# From four letters on a word of a headline in title case has a capital, prepositions apart.
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
# A sentence of the body tells who said or did what, when.
_TELLS = re.compile(
    r"\b(?:said|told|(?:on|last|this|next) (?:mon|tues|wednes|thurs|fri|satur|sun)day|he|she|they|was|were|had)\b"
)


def _looks_like_title(text: str, is_below_opening: bool) -> bool:
    if not _may_be_title(text):
        return False
    if text[-1] not in ".?!" and not _FINAL_STOP.search(text) and not _ELLIPSIS.search(text):
        return True
    if is_below_opening or text[-1] in "?!" or _ELLIPSIS.search(text):
        return len(text.split()) <= 12 or not _TELLS.search(text)
    # With a full stop it may be the first sentence of a body: only title case is sure.
    long_words = _LONG_WORD.findall(text)
    capitals = sum(word[0].isupper() for word in long_words)
    return len(long_words) > 2 and capitals >= 0.75 * len(long_words)


def _may_be_title(text: str) -> bool:
    words = text.split()
    if not words or len(words) > _MOST_TITLE_WORDS or len(text) > 250 or not any(c.isalpha() for c in text):
        return False
    starts_small = words[0].isalpha() and words[0].islower()
    return not (_opens(text) or is_furniture(text) or _ENDS_OPEN.search(text) or starts_small) and not (
        _SENTENCE_BREAK.search(text)
    )
