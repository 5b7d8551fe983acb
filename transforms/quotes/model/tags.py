"""Word classes of English, a letter each, from word lists and endings.

D determiner · N noun · P name · H office or body that "of" may follow · A adjective · C number · M word of time ·
Y name or month · R subject pronoun · O object pronoun · W relative pronoun · V verb · G -ing form · X auxiliary ·
Z form of "be" · B adverb · F "of" · I preposition · T "to" · S subordinator · J conjunction; marks stand
for themselves.
"""

from functools import lru_cache

from transforms.quotes.lexicon import read_list, read_words

_ENDINGS = {
    "ing": "G", "ed": "V", "ly": "B", "ful": "A", "ous": "A", "ive": "A", "able": "A", "ible": "A", "ical": "A",
    "ional": "A", "less": "A", "ish": "A", "ic": "A", "ary": "A", "ian": "A", "ese": "A",
}  # fmt: skip
"""None of them ends in another one."""
_ENDING_LENGTHS = sorted({len(ending) for ending in _ENDINGS})
_CLOSED = {word: letter for letter, words in read_list("closed.tsv", None).items() for word in words}
_LISTED = read_list("tags.tsv", None)
_NAMES = frozenset(_LISTED["P"])
_OPEN = {word: letter for letter, words in _LISTED.items() if letter != "P" for word in words}
_MONTH_NAMES = frozenset({"April", "May", "June", "August", "March", "Jan", "Jun", "Mar"})
_WORDS = read_words()
_OFFICES, _CALENDAR = _WORDS["office"], _WORDS["calendar"]
_SHOUTED = frozenset({"us", "it", "or", "am", "may", "me"})
"""Words that are another one in capitals: US, IT, OR."""
_PLAIN_MARKS = {
    "…": ".",
    ";": ".",
    "?": ".",
    "!": ".",
    "—": "-",
    "–": "-",
    "[": "(",
    "]": ")",
    "’": "'",
    "\x01": "Q",
    "\x02": "|",
}


def is_closed(word: str) -> bool:
    """Whether a word in small letters is of a closed class."""
    return word in _CLOSED


def ending_tag(word: str) -> str:
    """Return the class of an open-class word in small letters by its ending alone; what no ending tells is a noun."""
    ending = _ending(word)
    return _ENDINGS[ending] if len(ending) + 2 < len(word) and ending else "N"


def _ending(word: str) -> str:
    """Return the ending of a word that tells its class, or nothing."""
    return next((word[-size:] for size in _ENDING_LENGTHS if word[-size:] in _ENDINGS), "")


@lru_cache(maxsize=1 << 16)
def tags_of(word: str) -> tuple[str, str]:
    """Return the class of a token within a sentence, and at its start, where a capital says nothing."""
    if word[0] == "@" and len(word) > 1:
        return "P", "P"
    if len(word) > 1:
        word = word.removesuffix(".")
    lower = word.lower()
    if not word[0].isalnum() and lower not in _CLOSED:
        mark = _PLAIN_MARKS.get(word, word)
        return (mark, mark) if mark.isascii() else ("#", "#")
    if lower in _CLOSED and not (word.isupper() and lower in _SHOUTED):
        return _closed_tags(word, _CLOSED[lower])
    if word[0].isdigit():
        return ("C", "C") if not word[-1].isalpha() else ("A", "A")
    if not word[0].isupper():
        tag = _OPEN.get(lower) or ending_tag(lower.rpartition("-")[2])
        return tag, tag
    if word in _OFFICES:
        return "H", "H"
    return "P", "P" if word in _NAMES else _OPEN.get(lower) or _derived_tag(lower)


def _closed_tags(word: str, tag: str) -> tuple[str, str]:
    """Return the classes of a closed-class word: some are names as well, if they have a capital."""
    if not word[0].isupper() or len(word) == 1:
        return ("X", "X") if word == "may" else (tag, tag)
    if word in _MONTH_NAMES:
        return "Y", "Y"
    return ("P", tag) if tag == "M" and word not in _CALENDAR else (tag, tag)


def _derived_tag(lower: str) -> str:
    """Return the class of a word that is in no list but may be a form of one that is; else it is a name."""
    ending = _ending(lower)
    stem = lower.removesuffix(ending)
    is_known = bool(ending) and (stem in _OPEN or stem[:-1] in _OPEN or stem + "e" in _OPEN)
    return ending_tag(lower) if is_known else "P"
