"""Whether a name is introduced as a person's: Dana Pell, 44, | Dana Pell, who | the treasurer, Dana Pell."""

import re

from transforms.quotes.speakers.nouns import NOUNS

_AGED = re.compile(r"(?:, (?:aged )?| \()1?\d{1,2}(?=[,.;)]| and |-year-old)|,? who(?:se)? ")
_APPOSED = re.compile(r", (?:(?:an?|the|his|her|their|its|now|then|one of) )?([\w’' -]{2,60})")
_WINDOW = 24
_LONGEST = 64
_WORDS = 5
_WORD_BEFORE = re.compile(r"(?:.*[^\w’'-])?([\w’'-]+),? \Z", re.DOTALL)
_NOBODY = frozenset({"one", "someone", "somebody", "anyone", "everyone", "nobody", "everybody"})
PERSONS = (
    frozenset(role.rsplit(" ", 1)[-1].lower() for role in NOUNS["role"] if " of " not in role)
    | frozenset(noun.lower() for noun in NOUNS["unnamed"] | NOUNS["epithet"])
) - _NOBODY
"""Nouns of one person, in small letters; of names of offices the last word."""


def is_introduced(text: str, start: int, end: int) -> bool:
    """Whether the words beside a name say that it is a person's: an age, “who”, an office or kinship.

    Args:
        text: The article's text.
        start: Where the name starts.
        end: Where it ends.
    """
    if _AGED.match(text, end, end + _WINDOW):
        return True
    before = _WORD_BEFORE.match(text, max(0, start - _WINDOW), start)
    if before and before.group(1) in PERSONS:
        return True
    after = _APPOSED.match(text, end, end + _LONGEST) if text[end : end + 1] == "," else None
    if after is None:
        return False
    words = after.group(1).split()[:_WORDS]
    return any(word in PERSONS for word in words[: _until_preposition(words)])


def _until_preposition(words: list[str]) -> int:
    return next((at for at, word in enumerate(words) if word in ("of", "for", "at", "in", "with")), len(words))
