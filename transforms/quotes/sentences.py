"""Quoted words that are a sentence of their own, or a headline's: nothing but speech, or a title, is."""

from transforms.quotes.marks import Span

SENTENCE_ENDS = frozenset(".!?…")
_SENTENCE_WORDS = 3
_SMALL_WORD = 3
_GAP = 3


def is_spoken(text: str, span: Span, paragraph_kind: str) -> bool:
    """Whether a span is a sentence of its own, by where it stands or by its words, or small letters in a headline."""
    if not text[span.start].isupper():
        return paragraph_kind == "title" and text[span.start].islower()
    return _is_alone(text, span) or _is_sentence(text[span.start : span.end])


def _is_alone(text: str, span: Span) -> bool:
    """Whether a span with a capital stands between sentences, or is all of its paragraph: "He rose. “No.” He left."."""
    before = text[max(0, span.outer_start - _GAP) : span.outer_start]
    is_first = not before.strip(" ") or before.endswith("\n") or before.rstrip()[-1] in SENTENCE_ENDS
    is_last = text[span.outer_end : span.outer_end + 1] in ("", "\n")
    return is_first and (text[span.end - 1] in SENTENCE_ENDS or is_last)


def _is_sentence(words: str) -> bool:
    """Whether words with a capital are a whole sentence: nothing but speech, or a title, has its own one and a stop."""
    if not (words[-1] in SENTENCE_ENDS and words.count(" ") + 1 >= _SENTENCE_WORDS):
        return False
    long_words = [word for word in words.split() if len(word) > _SMALL_WORD]
    return 2 * sum([word[0].isupper() for word in long_words[1:]]) < len(long_words)
