"""The forms of words in which the news says that somebody did not speak: “declined to comment”, “could not be reached”.

A form has an anchor, a word that is rare enough to be looked up, and patterns of what stands before and after it. They
are for a few words on either side only: in small letters, each after a space, with straight apostrophes.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from transforms.quotes.lexicon import read_words

SUBJECT, REACHED, ASKED, SOUGHT, FROM = "subject", "reached", "asked", "sought", "from"
"""Where the speaker stands: the verb's subject, of any verb or of "reached"; after "to" in the request that is the
subject; after "to reach"; after "from"."""
_WORDS = read_words()


class Form(NamedTuple):
    """A form of words.

    Attributes:
        anchors: Words of which it has one.
        before: What stands before: the reporting words begin with it, or with its group "span" if it has one.
        after: What stands after, up to their end.
        speaker: Where the speaker stands.
    """

    anchors: frozenset[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    speaker: str


def _any(words: Iterable[str]) -> str:
    return "(?:" + "|".join(sorted(map(re.escape, words))) + ")"


def _negated(auxiliaries: str, contracted: str) -> str:
    """Return a pattern of negated auxiliaries, given the plain ones and those that "n't" is joined to."""
    return rf"(?: (?:{auxiliaries}){_ADVERBS} (?:not|never)| (?:{contracted})n't){_ADVERBS}"


# Patterns of words, each with the space before it.
_WORD = r" [\w'@][\w'.&@/-]*"
_ADVERBS = rf"(?: (?:\w+ly|{_any(_WORDS['interposed'])}))*"
_QUALITY = (
    r"(?: (?:a|an|any|further|additional|immediate|more|public|on-camera|phone|specific|official|formal|his|her))*"
)
_WISH = rf"{_QUALITY} {_any(_WORDS['wish'])}(?!\S)"
_SEEK = rf"(?: (?:for|seeking|requesting){_WISH}| (?:asking|seeking)? ?to (?:comment|discuss|be interviewed)(?!\S))"
_NO_PREPOSITION = rf"(?! {_any(_WORDS['preposition'])}(?!\S))"
# "the Journal 's repeated requests from Monday for comment", "calls to his office"; no "calls for reform".
_REQUEST = (
    rf"(?:{_NO_PREPOSITION}{_WORD}){{0,9}}? {_any(_WORDS['request'])}(?!\S)"
    rf"(?:(?:{_WORD}){{0,7}}?{_SEEK}|(?! (?:for|of)(?!\S))(?!(?<=request) to )(?!(?<=requests) to ))"
)
_AT_END = r"(?= [^\w\s']|$)"
_HAVE, _BE = "has|have|had", "is|are|was|were"
_DID = rf"did|{_HAVE}|would|will"
_DOES_NOT = rf"{_negated('do|does', 'do|does')}"
_NOT = rf"(?:{_negated(_DID, 'did|has|have|had|would|wo')}| (?:chose|chosen|opted|preferred) not to{_ADVERBS})"
_CAN_NOT = rf"(?:{_negated('could|can', 'could|ca')}| cannot{_ADVERBS})"
_IS_NOT = rf"{_negated(f'{_BE}|{_HAVE}', 'is|are|was|were|has|have|had')}(?: been)?{_ADVERBS}"
_YET = rf" (?:{_BE}|{_HAVE}){_ADVERBS} yet to{_ADVERBS}"
_NOBODY = rf" (?:neither|nobody|none|no one|no-one)(?:{_WORD}){{0,10}}?"
_SILENT = rf"{_NOT}|{_YET}|{_NOBODY}(?P<span>(?: (?:{_HAVE}){_ADVERBS})?)"
_FOR_COMMENT = rf"(?:{_WORD}){{0,4}}? (?:for{_WISH}|to (?:comment|be interviewed)(?!\S))"
_BY_PHONE = r"(?: by (?:phone|telephone|e-?mail)(?!\S))?"
_REACHED = (
    rf"(?:{_FOR_COMMENT}|{_BY_PHONE}(?:{_AT_END}|(?= (?:at|on|late|early|through|via|despite|{'|'.join(_WORDS['day'])}|"
    r"and|but|yesterday|today|tonight|last|immediately)(?!\S)))| by (?:phone|telephone|e-?mail)(?!\S))"
)
_DOES = rf"(?<! not)(?<!n't)(?<! never)(?: (?:{_HAVE}){_ADVERBS}(?: been)?{_ADVERBS}| (?:{_BE}){_ADVERBS})?"
_REFUSED = (
    rf"{_ADVERBS}(?: to{_ADVERBS} (?:comment|discuss|elaborate|be (?:interviewed|drawn|quoted)"
    rf"|(?:answer|take|field)(?:{_WORD}){{0,4}}? questions?"
    rf"|(?:respond|reply) to{_REQUEST}|(?:return|answer|grant|give|accept|take){_REQUEST}"
    rf"|(?:grant|give|do){_QUALITY} interviews?)|{_QUALITY} (?:comment|interviews?(?: requests?)?)"
    rf"|(?:{_NO_PREPOSITION}{_WORD}){{0,6}}? (?:requests?|invitations?|calls)(?:{_WORD}){{0,4}}?{_SEEK})(?!\S)"
)


def _form(anchors: str, before: str, after: str = "", speaker: str = SUBJECT) -> Form:
    return Form(frozenset(anchors.split()), re.compile(f"(?:{before})$"), re.compile(after), speaker)


_RESPOND, _RETURN = (
    "respond responds responded responding reply replies replied",
    "return returned returns answer answered",
)
FORMS = (
    _form(" ".join(_WORDS["refusing"]), _DOES, _REFUSED),
    _form(" ".join(_WORDS["failing"]), _DOES, rf" to{_ADVERBS} (?:(?:respond|reply) to|return|answer){_REQUEST}"),
    _form("comment discuss", rf"{_NOT} (?:want|wish|care) to{_ADVERBS}|{_NOBODY}(?P<span> (?:wanted|wished) to)"),
    _form("comment commented commenting", rf"{_NOT}|{_DOES_NOT}|{_CAN_NOT}|{_IS_NOT}|{_YET}", r"(?! ')"),
    _form(
        "comment comments",
        rf" (?:{_HAVE}|offer|offers|offered|make|makes|made|give|gives|gave|issued|provided){_ADVERBS} no{_QUALITY}"
        rf"|{_NOT} (?:have|offer|make|give|provide|issue|return){_QUALITY}",
    ),
    _form("comment response reaction", rf" (?:was|were|been) no{_QUALITY}", r"(?= from )", FROM),
    _form("comment discuss", rf"{_NOBODY}(?P<span> (?:would|will|could|can){_ADVERBS})", r"(?! ')"),
    _form("commented", rf"{_NOBODY}(?P<span>(?: (?:{_HAVE}){_ADVERBS})?)"),
    _form("discuss elaborate", rf"{_negated('would|will', 'would|wo')}"),
    _form(_RESPOND, _SILENT, rf"(?:{_WORD}){{0,3}}? to{_REQUEST}"),
    _form(_RESPOND, rf" did{_ADVERBS} not immediately| didn't immediately|{_YET}", _AT_END),
    _form(_RETURN, _SILENT, rf"(?!(?:{_WORD}){{0,2}} question(?!\S)){_REQUEST}"),
    _form("returned answered", _IS_NOT, r"(?! to )", ASKED),
    _form("unanswered unreturned", rf"(?: (?:{_HAVE}))? (?:go|goes|went|gone|{_BE}){_ADVERBS}", "", ASKED),
    _form("reached", rf"{_CAN_NOT} be{_ADVERBS}|{_NOBODY}(?P<span> could{_ADVERBS} be{_ADVERBS})", _REACHED, REACHED),
    _form("available", rf"{_IS_NOT}(?: made)?{_ADVERBS}|{_NOBODY}(?P<span> (?:{_BE}){_ADVERBS})", _FOR_COMMENT),
    _form("unavailable unreachable", rf"(?: (?:{_HAVE}))? (?:{_BE}|been){_ADVERBS}", _FOR_COMMENT),
    _form(
        "unsuccessful failed",
        rf" to (?:reach|contact)(?:{_WORD}){{1,9}}?(?P<span>(?: (?:was|were|{_HAVE}){_ADVERBS})?)",
        _AT_END,
        SOUGHT,
    ),
)  # fmt: skip
