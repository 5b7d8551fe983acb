"""The organisation in the words before or after an office: Ulm Bank | analyst; analyst at | Ulm Bank."""

import re
from functools import lru_cache

from transforms.quotes.lexicon import read_list, read_words
from transforms.quotes.speakers.names import RUN, is_adjective, is_place, nature
from transforms.quotes.speakers.nouns import NOUNS, singular

BESIDE = {key: frozenset(words) for key, words in read_list("beside.tsv", None).items()}
"""Words beside names and offices; see `beside.tsv`."""
_BEFORE_NAMES = read_words()["determiner"] | BESIDE["before"]
_LOCAL_OFFICES = BESIDE["local"]
"""What these are "of" is a place."""
_ADJECTIVE_ENDS = tuple(BESIDE["adjective"])
_REGIONS = frozenset({"County", "City", "Island", "Township", "Valley"})
_INSIDE_NAMES = frozenset({"of", "for", "and", "the", "on", "in", "de", "van", "von"})
_POSSESSIVE = re.compile(r"[’']s?\Z")
_CLAUSE_END = re.compile(r"[,;:(]| (?:who|which|that|said|says|told) ")
_JOIN = r"(?: (?:(?:of|for|and|&|on|in)(?: the)?|the) |’ |' |’s |'s )"
_AFFILIATION = re.compile(
    rf" (for|of|at|with|from) (?:(?:the|its|an?) )?({RUN.pattern}(?:{_JOIN}{RUN.pattern})*)((?: [a-z]+)?)"
)
_PLAIN = re.compile(r" (?:for|of|at) (?:the|a|an|his|her|its|their) ([a-z][a-z-]*(?: [a-z][a-z-]*)?)(?=[ ,.;]|\Z)")


def is_portfolio(word: str) -> bool:
    """Whether a capitalised word before an office names its field: Health | Minister."""
    return word in BESIDE["portfolio"]


@lru_cache(maxsize=1 << 14)
def clean_organisation(printed: str) -> str | None:
    """Return the organisation in the words before an office, without determiners, peoples and places."""
    words = _POSSESSIVE.sub("", printed).split()
    while words and (words[0].lower() in _BEFORE_NAMES or not words[0][0].isupper()):
        del words[0]
    while words and (is_adjective(words[-1]) or not words[-1][0].isalnum()):
        del words[-1]
    words = _last_name(words)
    if len(words) > 1 and is_adjective(words[0]) and is_place(" ".join(words[1:])):
        return None
    name = " ".join(words)
    if not words or words[-1] in _REGIONS or is_place(name) or is_place(name.title()):
        return None
    return None if len(words) == 1 and _is_adjectival(name) else name


def organisation_before(printed: str, office: str) -> str | None:
    """Return the organisation in the words before an office; a mayor or governor has a place there."""
    found = clean_organisation(printed)
    is_local = office.lower() in _LOCAL_OFFICES and office.lower() != "president"
    return None if found and is_local and nature(tuple(found.split())) != "organisation" else found


def _last_name(words: list[str]) -> list[str]:
    """Return the name that the words end with, and the body it belongs to: Lund faces | Ulm Party, Lund campaign."""
    small = [at for at, word in enumerate(words) if word.islower() and word not in _INSIDE_NAMES]
    if small and small[-1] == len(words) - 1 and singular(words[-1]) in NOUNS["body"]:
        small.pop()
    return words[small[-1] + 1 :] if small else words


def _is_adjectival(word: str) -> bool:
    """Whether a single capitalised word looks like no name: the start of a sentence, or an adjective."""
    return is_adjective(word) or word.islower() or is_portfolio(word) or word.lower().endswith(_ADJECTIVE_ENDS)


def affiliation(after: str, office: str) -> str | None:
    """Return the organisation after an office: analyst | at Capital Economics.

    Args:
        after: What follows the office.
        office: It, in small letters.
    """
    after = _CLAUSE_END.split(after, maxsplit=1)[0]
    for preposition, name, noun in _AFFILIATION.findall(after):
        is_local = preposition == "of" and office in _LOCAL_OFFICES
        is_local = is_local or preposition == "from"
        if is_place(name) or (is_local and nature(tuple(name.split())) != "organisation"):
            continue
        if found := clean_organisation(f"{name}{noun}" if noun.strip() in NOUNS["body"] else name):
            return found
    return _plain(after)


def _plain(after: str) -> str | None:
    """Return a body in small letters: spokesman | for the union."""
    match = _PLAIN.match(after)
    if match is None:
        return None
    phrase = match.group(1)
    first = phrase.split()[0]
    return next((noun for noun in (phrase, first) if singular(noun.split()[-1]) in NOUNS["body"]), None)
