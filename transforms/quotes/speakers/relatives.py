"""The noun phrase that a relative pronoun stands for: Dana Pell, the treasurer, | who said."""

import re

from transforms.quotes.lexicon import read_list, read_words
from transforms.quotes.speakers.descriptions import describe
from transforms.quotes.speakers.names import NAME_AT_END

_WORDS = read_words()
_BOUNDS = (
    (_WORDS["preposition"] | _WORDS["conjunction"] | _WORDS["auxiliary"] | _WORDS["adverb"])
    | frozenset(read_list("beside.tsv", None)["stop"])
) - {"out", "off", "up", "inside"}
_VERB_ENDS = ("ed", ".")
_ATTACHING = _WORDS["attaching"]
_WINDOW = 160
_WORD = re.compile(r"[^\s,;:—–“”\"()?!]+|[,;:—–“”\"()?!]")
_PHRASE_WORDS = 7
_PERSONAL = frozenset({"anonymous", "collective", "person"})


def phrase_before(text: str, at: int, is_personal: bool) -> tuple[int, int] | None:
    """Return the bounds of the noun phrase that ends before a relative pronoun, or None.

    Args:
        text: The article's text.
        at: Offset of the pronoun.
        is_personal: Whether it stands for persons: "who", not "which".
    """
    low = max(text.rfind("\n", max(0, at - _WINDOW), at) + 1, at - _WINDOW, 0)
    end = low + len(text[low:at].rstrip(" ,—–"))
    words = [(m.start() + low, m.group()) for m in _WORD.finditer(text[low:end])]
    first = _start(words, len(words))
    if first == len(words):
        return None
    start = words[first][0]
    if first and words[first - 1][1] == "," and describe(text[start:end]).role:
        named_end = words[first - 1][0]
        if name := NAME_AT_END.search(text, low, named_end):
            return name.start(), name.end()
    if name := NAME_AT_END.search(text, start, end):
        return (start if is_personal else name.start()), end
    if is_personal and describe(text[start:end]).kind not in _PERSONAL:
        start = _with_attached(words, first, start)
    return start, end


def _start(words: list[tuple[int, str]], end: int) -> int:
    """Return the position of the first word of the phrase that ends before a position."""
    first = end
    while first and end - first < _PHRASE_WORDS:
        word = words[first - 1][1]
        if not word[0].isalnum() or word.lower() in _BOUNDS or (word.islower() and word.endswith(_VERB_ENDS)):
            break
        first -= 1
        if word.lower() in _WORDS["determiner"]:
            break
    return first


def _with_attached(words: list[tuple[int, str]], first: int, start: int) -> int:
    """Return where the phrase starts together with the one it belongs to: "officials in | the city" who."""
    for _ in range(2):
        if not first or words[first - 1][1] not in _ATTACHING:
            break
        earlier = _start(words, first - 1)
        if earlier == first - 1:
            break
        first, start = earlier, words[earlier][0]
    return start
