"""What a quoted span is: a quotation, or marks around a title, a nickname, a term or a word held at arm's length.

Precision first: a span is a quotation unless the words beside it say otherwise.
"""

import re

from transforms.quotes.attribution import Attribution
from transforms.quotes.lexicon import read_words
from transforms.quotes.marks import Span
from transforms.quotes.sentences import SENTENCE_ENDS

QUOTATION, NO_COMMENT = "quotation", "no_comment"
SPOKEN = (QUOTATION, NO_COMMENT)
"""Kinds that have a speaker."""
_WORDS = read_words()
_BEFORE = 40
_PAUSES = frozenset(",—–-")
_FRAGMENT_WORDS = 8
_NICKNAME_WORDS = 3
_SHORT_WORDS = 4
_NAMED_WORDS = 8
_DISTANCING = frozenset({"so-called", "self-styled", "self-described", "self-proclaimed"})
_CALLED = frozenset({"called", "named", "entitled", "titled"})
# "known locally as the", "had been nicknamed", "is called": a name follows, nobody's words
_NAMING = re.compile(
    rf"\b(?:(?:{'|'.join(_WORDS['known'])})(?: [\w’'-]+){{0,3}} as|(?:is|are|was|were) (?:\w+ )?(?:called|named)"
    rf"|(?:{'|'.join(_WORDS['naming'])})(?: it| him| her| them)?)(?: an?| the)?$"
)
_NAME_WORD = re.compile(r"[A-Z][\w’'-]+")
_NAME_AFTER = re.compile(r" [A-Z][\w’'-]+")


def classify(text: str, span: Span, attribution: Attribution) -> str:
    """Return the kind of a span, one of `schemas.QUOTE_KINDS`.

    Whether it is a quotation was learned; which of the other kinds it is, the words beside it say.

    Args:
        text: The article's text.
        span: The span.
        attribution: What was found of it.
    """
    if span.report:
        return NO_COMMENT if span.is_silence else QUOTATION
    words = text[span.start : span.end]
    return _named(text, span, words) or (QUOTATION if attribution.is_quotation else _guessed(words))


def _named(text: str, span: Span, words: str) -> str | None:
    """Return the kind that the words beside a span name; None where they name none."""
    word_count = words.count(" ") + 1
    if word_count > _NAMED_WORDS:
        return None
    before = text[max(0, span.outer_start - _BEFORE) : span.outer_start].replace(",", " ").split()
    if not before:
        return None
    last = before[-1].lower()
    if word_count <= _NICKNAME_WORDS and _is_nickname(text, span, before[-1]):
        return "nickname"
    if last in _DISTANCING:
        return "scare"
    is_called = last in _CALLED and len(before) > 1
    if (before[-2].lower() if is_called else last) in _WORDS["work"] and _is_titled(words):
        return "title"
    if word_count > _SHORT_WORDS:
        return None
    return "term" if last in _WORDS["term"] or _NAMING.search(" ".join(before)) else None


def _guessed(words: str) -> str:
    """Return the kind that is most likely for words that quote nobody."""
    word_count = words.count(" ") + 1
    if word_count > 1 and _is_titled(words) and sum(word[0].isupper() for word in words.split()) > 1:
        return "title"
    return "scare" if word_count <= _SHORT_WORDS else "other"


def _is_nickname(text: str, span: Span, before: str) -> bool:
    """William “Bill” Boyd: capitals inside and on both sides, with nothing but spaces between."""
    return (
        text[span.start].isupper()
        and text[span.end - 1].isalnum()
        and text[span.outer_start - len(before) - 1 : span.outer_start] == f"{before} "
        and _NAME_WORD.fullmatch(before) is not None
        and _NAME_AFTER.match(text, span.outer_end) is not None
    )


def _is_titled(words: str) -> bool:
    """Whether words are capitalised like the title of a work."""
    long_words = [word for word in words.split() if len(word) > 4]
    return words[0].isupper() and all(not word[0].islower() for word in long_words)


def quote_type(text: str, span: Span) -> str:
    """Return `indirect` without marks, `mixed` for a fragment inside a clause of the reporter's, else `direct`.

    A fragment starts with a small letter, or has the length or the end of no sentence.
    """
    words = text[span.start : span.end]
    if span.report:
        return "indirect"
    first = words[0] if words[0].isalpha() else next(filter(str.isalpha, words), "A")
    if first.islower():
        return "mixed"
    last = words.rstrip("”’'\"")[-1]
    if last in SENTENCE_ENDS:
        return "direct"
    pauses = last in _PAUSES or text[span.outer_end : span.outer_end + 1] == ","
    word_count = words.count(" ") + 1
    return "direct" if word_count > _FRAGMENT_WORDS or (pauses and word_count > 1) else "mixed"
