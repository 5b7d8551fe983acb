"""What a quoted span is: a quotation, or marks around a title, a nickname, a term or a word held at arm's length.

Precision first: a span is a quotation unless the words beside it say otherwise.
"""

import re

from transforms.quotes.attribution import Attribution
from transforms.quotes.lexicon import read_words
from transforms.quotes.marks import Span

QUOTATION = "quotation"
_WORDS = read_words()
_BEFORE = 40
_SENTENCE_ENDS = frozenset(".!?…")
_PAUSES = frozenset(",—–-")
_FRAGMENT_WORDS = 8
_NICKNAME_WORDS = 3
_SHORT_WORDS = 4
_NAMED_WORDS = 8
_SENTENCE_WORDS = 3
_SMALL_WORD = 3
_GAP = 3
_DISTANCING = frozenset({"so-called", "self-styled", "self-described", "self-proclaimed"})
_NAME_WORD = re.compile(r"[A-Z][\w’'-]+")
_NAME_AFTER = re.compile(r" [A-Z][\w’'-]+")


def classify(text: str, span: Span, attribution: Attribution) -> str:
    """Return the kind of a quoted span, one of `schemas.QUOTE_KINDS`.

    Whether it is a quotation was learned; which of the other kinds it is, the words beside it say.

    Args:
        text: The article's text.
        span: The span.
        attribution: What was found of it.
    """
    words = text[span.start : span.end]
    before = text[max(0, span.outer_start - _BEFORE) : span.outer_start].replace(",", " ").split()
    return _named(text, span, words, before) or (
        QUOTATION if attribution.is_quotation or _is_alone(text, span) or _is_sentence(words) else _guessed(words)
    )


def _named(text: str, span: Span, words: str, before: list[str]) -> str | None:
    """Return the kind that the words beside a span name; None where they name none."""
    word_count = words.count(" ") + 1
    if not before or word_count > _NAMED_WORDS:
        return None
    last = before[-1].lower()
    if word_count <= _NICKNAME_WORDS and _is_nickname(text, span, before[-1]):
        return "nickname"
    if last in _DISTANCING:
        return "scare"
    if last in _WORDS["work"] and _is_titled(words):
        return "title"
    is_term = last in _WORDS["term"] or (last == "as" and before[-2:-1] == ["known"])
    return "term" if word_count <= _SHORT_WORDS and is_term else None


def _is_alone(text: str, span: Span) -> bool:
    """Whether a span stands between sentences, or is all of its paragraph: "Ames rose. “No.” She left."."""
    before = text[max(0, span.outer_start - _GAP) : span.outer_start]
    is_first = not before.strip(" ") or before.endswith("\n") or before.rstrip()[-1] in _SENTENCE_ENDS
    is_last = text[span.outer_end : span.outer_end + 1] in ("", "\n")
    return is_first and text[span.start].isupper() and (text[span.end - 1] in _SENTENCE_ENDS or is_last)


def _is_sentence(words: str) -> bool:
    """Whether words are a whole sentence: nothing but speech, or a title, has its own capital and stop."""
    long_words = [word for word in words.split() if len(word) > _SMALL_WORD]
    capitals = sum(word[0].isupper() for word in long_words[1:])
    is_whole = words[0].isupper() and words[-1] in _SENTENCE_ENDS and words.count(" ") + 1 >= _SENTENCE_WORDS
    return is_whole and 2 * capitals < len(long_words)


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
    """Return `mixed` for a fragment inside a clause of the reporter's, else `direct`.

    A fragment starts with a small letter, or has the length or the end of no sentence.
    """
    words = text[span.start : span.end]
    if next((character for character in words if character.isalpha()), "A").islower():
        return "mixed"
    last = words.rstrip("”’'\"")[-1]
    if last in _SENTENCE_ENDS:
        return "direct"
    pauses = last in _PAUSES or text[span.outer_end : span.outer_end + 1] == ","
    word_count = words.count(" ") + 1
    return "direct" if word_count > _FRAGMENT_WORDS or (pauses and word_count > 1) else "mixed"
