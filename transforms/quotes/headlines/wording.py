"""Whether the words of a headline say something, or only name what its story is about."""

import re

from transforms.quotes.lexicon import read_list
from transforms.quotes.model.tags import tags_of
from transforms.quotes.speakers.names import RUN

_OPENINGS, _PERSONAL = (frozenset(read_list("headlines.tsv", None)[key]) for key in ("opening", "personal"))
_WORD = re.compile(r"[^\W_](?:[\w.’'&/-]*\w)?")
_MARKS = re.compile("[“‘\"]|(?<![^\\W_])'")
_RELATIVE = frozenset({"who", "which", "that", "whose", "where", "when", "as"})
"""After them a verb makes no statement: “the man who would be king”."""
_NEGATIONS = frozenset({"no", "not", "never", "don't"})
_AUXILIARIES, _VERBS, _ADJECTIVE, _DETERMINER = frozenset("XZ"), frozenset("VGT"), "A", "D"
"""Classes of words; those of verbs are participles and infinitives, too: “UK heading wrong way”."""
_PREMODIFIERS = "DAG"
"""After them a verb form or adjective is part of a noun phrase: “the acting outlaw”."""
_AFTER_PREDICATE = "ITF"
"""Classes of words that may follow an adjective that is said of something: “Lords wrong on detainees”."""
_SHORT = 3
_NAME_WORDS = 3


def is_told(words: str) -> bool:
    """Whether words tell what is in a story, by how they begin: “how she won”."""
    first = _plain(words)[:1]
    return words.endswith("?") or not first or first[0] in _OPENINGS


def is_titled(words: str) -> bool:
    """Whether words only name something: “the acting outlaw”, “Marit Solheim”."""
    first = _plain(words)[:1]
    begins = bool(first) and tags_of(first[0])[0] == _DETERMINER
    is_name = words.count(" ") < _NAME_WORDS and RUN.fullmatch(words) is not None
    return (begins or is_name) and not is_said(words)


def is_own(words: str) -> bool:
    """Whether words can hardly be a reporter's: they have marks, say "I", or begin with "no"."""
    printed = _plain(words)
    return bool(_MARKS.search(words)) or not _PERSONAL.isdisjoint(printed) or not _NEGATIONS.isdisjoint(printed[:1])


def is_said(words: str) -> bool:
    """Whether words have what a statement has: they are somebody's own, or have a negation, a verb, a predicate."""
    printed = _plain(words)
    end = next((at for at, word in enumerate(printed) if at and word in _RELATIVE), len(printed))
    if is_own(words) or not _NEGATIONS.isdisjoint(printed[:end]):
        return True
    tags = "".join(tags_of(word)[0] for word in printed[:end])
    return tags[:1] in _VERBS or any(_is_predicate(tags, at) for at in range(len(tags)))


def _is_predicate(tags: str, at: int) -> bool:
    """Whether a word is a verb form or adjective that is said of what stands before it."""
    if tags[at] in _AUXILIARIES:
        return True
    if at == 0 or tags[at - 1] in _PREMODIFIERS:
        return False
    if tags[at] == _ADJECTIVE:
        return at + 1 == len(tags) or tags[at + 1] in _AFTER_PREDICATE
    return tags[at] in _VERBS


def is_cased(words: str) -> bool:
    """Whether words are those of a headline that has capitals in names alone."""
    return any(word[0].islower() and len(word) > _SHORT for word in words.split())


def _plain(words: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in _WORD.findall(words)]
