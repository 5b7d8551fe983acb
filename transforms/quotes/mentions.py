"""Mentions of speakers: the noun phrase, name or pronoun beside a reporting word.

There is no parser: phrases are bounded by closed-class words and punctuation, and read from the cue outwards.
"""

from typing import NamedTuple

from transforms.quotes.cues import cue_at
from transforms.quotes.lexicon import read_words
from transforms.quotes.lines import Line

_WORDS = read_words()
PRONOUNS = _WORDS["pronoun"]
_DETERMINERS = _WORDS["determiner"]
_ATTACHING = _WORDS["attaching"]
_PREPOSITIONS = _WORDS["preposition"]
_AUXILIARIES = _WORDS["auxiliary"]
_ADVERBS = _WORDS["adverb"]
_DAYS = _WORDS["day"]
_OFFICES = _WORDS["office"]
_CONTRACTIONS = _WORDS["contraction"]
_BOUNDS = _PREPOSITIONS | _WORDS["conjunction"] | _AUXILIARIES | _ADVERBS | PRONOUNS | _CONTRACTIONS
_SKIPPED = _AUXILIARIES | _ADVERBS
_PAUSES = frozenset({",", "—", "–", "-"})
_PHRASE_WORDS = 8
_APPOSITION_WORDS = 40


class Mention(NamedTuple):
    """A speaker as tokens of a line, from `first` up to `end`, without it."""

    first: int
    end: int


def subject_before(line: Line, at: int, low: int) -> Mention | None:
    """Return the subject of the verb at a token, looking back no further than the token `low`.

    Adverbs, auxiliaries, brackets and appositions between the two are passed over. A verb without a subject of its own
    ("and called it", "adding") has none here.
    """
    last = _skip_back(line, at - 1, low)
    if last < low:
        return None
    if line.words[last] in _PAUSES:
        return _before_apposition(line, last, low)
    if line.lowers[last] in ("who", "which"):
        last -= 1
        if last > low and line.words[last] == ",":
            last -= 1
    return phrase_ending(line, last, low)


def _skip_back(line: Line, last: int, low: int) -> int:
    """Return the last token before a verb that is not part of the verb."""
    while last >= low:
        word = line.lowers[last]
        if word in _SKIPPED or (word.endswith("ly") and len(word) > 4 and line.words[last].islower()):
            last -= 1
        elif line.words[last] in _DAYS:
            last -= 2 if last > low and line.lowers[last - 1] == "on" else 1
        elif word == ")":
            last = _opening_bracket(line, last, low) - 1
        else:
            break
    return last


def _opening_bracket(line: Line, last: int, low: int) -> int:
    for at in range(last, max(low, last - _PHRASE_WORDS) - 1, -1):
        if line.words[at] == "(":
            return at
    return low


def _before_apposition(line: Line, last: int, low: int) -> Mention | None:
    """Return the phrase before an apposition that ends at the pause: "Ames, a nurse of Hull, said".

    Of several the one nearest to the pause, unless it only describes a name before it.
    """
    nearest: Mention | None = None
    for at in range(last - 1, max(low, last - _APPOSITION_WORDS) - 1, -1):
        if line.words[at] not in _PAUSES:
            continue
        end = _skip_back(line, at - 1, low)
        mention = phrase_ending(line, end, low) if end >= low else None
        if mention is None or (mention.first > low and line.lowers[mention.first - 1] in _PREPOSITIONS):
            continue
        if nearest is None or line.words[mention.first][0].isupper():
            nearest = mention
        if not _is_described(line, nearest, low):
            break
    return nearest


def _is_described(line: Line, mention: Mention, low: int) -> bool:
    """Whether a phrase may itself be the apposition of a name: a determiner starts it and a comma stands before."""
    return (
        line.words[mention.first] in _DETERMINERS
        and mention.first - 1 > low
        and line.words[mention.first - 1] in _PAUSES
    )


def phrase_ending(line: Line, last: int, low: int) -> Mention | None:
    """Return the noun phrase, name or pronoun whose last token is given."""
    if last < low:
        return None
    if line.lowers[last] in PRONOUNS or line.lowers[last] in _CONTRACTIONS:
        return Mention(last, last + 1)
    first = _run_back(line, last, low)
    if first > last:
        return None
    return Mention(_attach_back(line, first, last, low), last + 1)


def _run_back(line: Line, last: int, low: int) -> int:
    """Return the first token of the run of nouns, names and adjectives up to `last`; after it if there is none."""
    at = last + 1
    while at > low and last + 1 - at < _PHRASE_WORDS and _is_nominal(line, at - 1):
        at -= 1
        if line.lowers[at] in _DETERMINERS:
            break
    return at + 1 if at == last and line.lowers[at] in _DETERMINERS else at


def _is_nominal(line: Line, at: int) -> bool:
    """Whether a token may stand in a noun phrase."""
    word = line.lowers[at]
    if not (word[0].isalnum() or word[0] in "$#@"):
        return False
    if word in _BOUNDS and word not in _DETERMINERS and not _is_name_like(line, at):
        return False
    return line.words[at] not in _DAYS and not (line.words[at].islower() and cue_at(line, at))


def _is_name_like(line: Line, at: int) -> bool:
    """Whether a function word is a name here: capitalised inside a sentence, as in "said Will"."""
    if not line.words[at][0].isupper() or line.lowers[at] in PRONOUNS or line.lowers[at] in _CONTRACTIONS:
        return False
    return at > 0 and line.words[at - 1][0].islower()


def _attach_back(line: Line, first: int, last: int, low: int) -> int:
    """Return the first token of the phrase with the one before its preposition: "a spokesman for" Ames."""
    start = first
    for _ in range(3):
        if start - 2 < low or line.lowers[start - 1] not in _ATTACHING:
            break
        earlier = _run_back(line, start - 2, low)
        if earlier > start - 2:
            break
        start = earlier
    if start - 1 >= low and line.lowers[start - 1] in _PREPOSITIONS:
        return _name_start(line, first, last)
    return start


def _name_start(line: Line, first: int, last: int) -> int:
    """Return where the name at the end of a phrase starts: "in a speech" Ames; the phrase's start if there is none."""
    at = last + 1
    while at > first and line.words[at - 1][0].isupper():
        at -= 1
    return at if at <= last else first


def phrase_starting(line: Line, first: int, high: int) -> Mention | None:
    """Return the noun phrase, name or pronoun that starts at a token."""
    if first >= high:
        return None
    if line.lowers[first] in PRONOUNS:
        return Mention(first, first + 1)
    at = first
    while at < high and at - first < _PHRASE_WORDS and (_is_nominal(line, at) or _joins_name(line, at, first, high)):
        if at > first and line.lowers[at] in _DETERMINERS:
            break
        at += 1
    while at > first and line.lowers[at - 1].endswith("ly") and line.words[at - 1].islower():
        at -= 1
    if at == first or (at == first + 1 and line.lowers[first] in _DETERMINERS):
        return None
    return Mention(first, at)


def _joins_name(line: Line, at: int, first: int, high: int) -> bool:
    """Whether "of" stands inside an office or name: Secretary of State, but Ames of Ohio."""
    if line.words[at] != "of" or at == first or at + 1 >= high:
        return False
    return line.words[at - 1] in _OFFICES and line.words[at + 1][0].isupper()


def sentence_subject(line: Line, low: int, high: int) -> Mention | None:
    """Return the phrase that a sentence starts with, after an opening adverbial: "On Monday, Ames …"."""
    first = low
    while first < high and (line.lowers[first] in ("but", "and", "so", "yet", ",") or line.lowers[first] in _ADVERBS):
        first += 1
    if first < high and line.lowers[first] in _BOUNDS and line.lowers[first] not in PRONOUNS:
        comma = next((at for at in range(first, high) if line.words[at] == ","), high)
        first = comma + 1
    mention = phrase_starting(line, first, high)
    return _without_predicate(line, mention) if mention else None


def _without_predicate(line: Line, mention: Mention) -> Mention:
    """Cut the verb and what follows off a phrase read from its start: Ames | rallied supporters."""
    first, end = mention
    named = line.lowers[first] not in _DETERMINERS and line.words[first][0].isupper()
    for at in range(first + 1, end):
        word = line.words[at]
        if word != "of" and word[0].islower() and (named or (word.endswith("ed") and at > first + 1)):
            return Mention(first, at)
    return mention


def is_auxiliary(line: Line, at: int) -> bool:
    """Whether a token is an auxiliary, also one drawn together with its pronoun: "he’s saying"."""
    return line.lowers[at] in _AUXILIARIES or line.lowers[at] in _CONTRACTIONS
