"""Who is named in the second paragraph: a first one often tells of "a retired teacher" only."""

import bisect
import re

from transforms.quotes.lexicon import read_list
from transforms.quotes.speakers.people import People

_NEXT = 110
_LEADING = re.compile(r"(?:[A-Z][a-z]+(?:ing|ed)|In|At|On|After|Before|During|From|As|By) [^,]*,\Z")
_WITNESSING = re.compile(rf"(?:, \d{{1,3}})?, who (?:{'|'.join(read_list('beside.tsv', None)['witnessing'])})\b")


def named_next(text: str, at: int, lede: tuple[int, int], people: People) -> str | None:
    """Return who is the subject of the second paragraph, if the first one names nobody.

    Args:
        text: The article's text.
        at: Where somebody stands without a name.
        lede: The bounds of the first paragraph.
        people: The people of the article.
    """
    start, end = lede
    if not start <= at < end:
        return None
    named = people.occurrences
    first, last = (bisect.bisect_left(named, (bound,)) for bound in (start, end))
    if first < last or last == len(named):
        return None
    begin, close, who = named[last]
    if begin - end > _NEXT or _WITNESSING.match(text, close, close + _NEXT):
        return None
    before = text[end:begin].strip()
    is_led = before.endswith(",") and bool(_LEADING.match(before))
    return who if (not before or is_led) and text[close : close + 1] not in ("’", "'") else None
