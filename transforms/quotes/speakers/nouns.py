"""Nouns that say what speaks: an office, a person without one, a document, a body, a group."""

from functools import lru_cache

from transforms.quotes.lexicon import read_list

NOUNS = {key: frozenset(entries) for key, entries in read_list("nouns.tsv", ",").items()}
"""Nouns in the singular, by what speaks; see `nouns.tsv`."""
_KNOWN = frozenset().union(*NOUNS.values())
ROLE_ENDS = frozenset(role.split()[-1] for role in NOUNS["role"])
"""Last words of offices and trades."""
INDEFINITE = frozenset({"a", "an", "one", "another"})
"""Determiners of somebody not spoken of before."""
_IRREGULAR = {
    "men": "man",
    "women": "woman",
    "people": "people",
    "children": "child",
    "wives": "wife",
    "media": "media",
}


@lru_cache(maxsize=1 << 14)
def singular(word: str) -> str:
    """Return the singular of a noun in small letters."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("men"):
        return f"{word[:-2]}an"
    if word in _KNOWN or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    known = next((noun for noun in (word[:-1], word[:-2]) if noun in _KNOWN), None)
    return known or word[:-1]


def is_noun(word: str) -> bool:
    """Whether a word in small letters is one of the nouns known here, in the singular or plural."""
    return singular(word) in _KNOWN
