"""The office in the words after a name: Dana Pell, 44, | a professor at Ulm; Dana Pell, who became | chairman."""

import re

from transforms.quotes.lexicon import read_list
from transforms.quotes.speakers.descriptions import Description, describe
from transforms.quotes.speakers.introductions import PERSONS
from transforms.quotes.speakers.owners import OWNER
from transforms.quotes.speakers.standing import NONE, Standing, as_standing

_BESIDE = read_list("beside.tsv", None)
_AFTER = 170
_WINDOW = 60
_TIMES = r"(?:(?:recently|then|later|now|also|still|currently|previously|long) )?"
_BECOMES = "|".join(_BESIDE["becoming"])
_SERVES = "|".join(_BESIDE["serving"])
_AUXILIARIES = "(?:(?:has|had|was|is|been|being|would|will|to|be|recently|then|later|now|first|again) ){0,4}"
_MARKED = re.compile(
    rf",? \((?=[A-Za-z])"
    rf"|,? (?:who )?{_AUXILIARIES}(?:(?:{_BECOMES})|(?:{_SERVES})(?: (?:over|down|in|on))? as) "
    rf"|,? who (?:is|was|has been) {_TIMES}"
    rf"|,? (?:is|was|has been) {_TIMES}(?=an? |the |[A-Z][\w ]*[’']s? |[a-z-]+(?: [a-z-]+)? (?:of|at|for) )"
    r"|, (?:aged )?(?:\d{1,3}, )?(?!who )"
)
"""What stands between a name and an office after it."""
_NOW = re.compile(r"(?<= who is )(?:now|currently) ")
_END = re.compile(r"[;:!?“”\"()]|\.(?!\w)(?<!\b[A-Z]\.)|, | (?:who|which|whose|that|said|says|told) ")
_STOP = re.compile(r"[.;:!?“”\"\n]")
_ARTICLES = frozenset({"a", "an", "the", "his", "her", "its", "their", "our"})
_PREMODIFIERS = 5
_TRADE_ENDS = tuple(_BESIDE["trade"])
_TRADE_WORDS = 3
_TRADE = re.compile(r"an? ((?:[a-z][a-z-]+ ){0,3}?[a-z-]+)(?= (?:at|in|from|for|of|with|by|on|who|whose)\b|[,.;”]|\Z)")


def office_after(text: str, end: int) -> Standing:
    """Return the office and organisation printed after a name.

    Args:
        text: The article's text.
        end: Where the name ends.
    """
    match = _MARKED.match(text, end, end + _WINDOW)
    if match is None or match.group().endswith("("):
        return NONE
    start = match.end()
    stop = _STOP.search(text, start, start + _AFTER)
    now = _NOW.search(text, start, stop.start() if stop else start + _AFTER)
    found = _office_at(text, now.end()) if now else NONE
    return found if found.role else _office_at(text, start)


def _office_at(text: str, start: int) -> Standing:
    stop = _END.search(text, start, start + _AFTER)
    phrase = text[start : stop.start() if stop else start + _AFTER]
    owned = OWNER.match(phrase)
    described = describe(phrase[owned.end() :] if owned else phrase)
    if owned and described.role:
        return as_standing(described)
    if described.role is None:
        return Standing(_trade(phrase))
    if described.is_plural or not _is_apposition(phrase, described):
        return NONE
    return as_standing(described)


def _is_apposition(phrase: str, described: Description) -> bool:
    """Whether a phrase after a name describes it: it has an article, or its office comes first and is nobody else's."""
    role = described.role or ""
    if phrase[phrase.find(role) + len(role) :].lstrip()[:1].isupper():
        return False
    return described.determiner in _ARTICLES or role.split()[0] in phrase.split(None, _PREMODIFIERS)[:_PREMODIFIERS]


def _trade(phrase: str) -> str | None:
    """Return a trade that no list holds, by its form: a retired | horologist."""
    match = _TRADE.match(phrase)
    if match is None:
        return None
    words = match.group(1).split()
    noun = words[-1]
    is_trade = noun.endswith(_TRADE_ENDS) and noun not in PERSONS and len(noun) > _TRADE_WORDS
    return match.group(1) if is_trade and len(words) <= _TRADE_WORDS else None
