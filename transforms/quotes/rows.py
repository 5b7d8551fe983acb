"""Rows of `QUOTES` from the spans of one article."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from transforms.quotes.attribution import Attribution
from transforms.quotes.kinds import SPOKEN, classify, quote_type
from transforms.quotes.marks import Span
from transforms.quotes.model.lines import Article
from transforms.quotes.speakers.identity import Speaker, resolve

_START_DIGITS = 7
"""Starts in `quote_id` have so many digits, so that ids sort as the text runs; longer texts only get longer ids."""
_KEY_WORDS = 5
_KEY_DIGITS = 16
_WORD = re.compile(r"[^\W_]+")
_ASCII_WORDS = bytes(ord(chr(code).lower()) if code < 128 and chr(code).isalnum() else ord(" ") for code in range(256))
"""Translates ASCII as `_WORD` and case folding do: to small letters, digits and spaces."""
_PLACE = attrgetter("start", "end")
_NO_QUOTATION = Attribution("not a quotation")
_CLAUSE_GOES_ON = frozenset(",:—–-")


class Row(NamedTuple):
    """One quoted or reported span; its fields are those of `QUOTES` that this version fills."""

    quote_id: str
    article_id: str
    paragraph_index: int
    kind: str
    quote_type: str | None
    text: str
    start: int
    end: int
    statement_start: int
    statement_end: int
    utterance_id: str
    parent_id: str | None
    quotation_key: str | None
    speaker_mention: str | None
    speaker_start: int | None
    speaker_end: int | None
    speaker: str | None
    speaker_id: str | None
    speaker_role: str | None
    speaker_organisation: str | None
    speaker_kind: str | None
    cue: str | None
    cue_start: int | None
    cue_end: int | None
    cue_lemma: str | None
    polarity: str | None
    addressee: str | None
    reported_by: str | None
    evidence: str
    confidence: float | None


def read_rows(article_id: str, article: Article, attributions: Sequence[Attribution]) -> list[Row]:
    """Return the rows of one article, in order of start.

    Args:
        article_id: Its id.
        article: The article, with its spans.
        attributions: What ties each span to its speaker.
    """
    text, paragraphs, spans = article
    kinds = [classify(text, span, found) for span, found in zip(spans, attributions, strict=True)]
    found = [a if kind in SPOKEN else _NO_QUOTATION for kind, a in zip(kinds, attributions, strict=True)]
    speakers = resolve(text, paragraphs, spans, found)
    ids = [f"{article_id}:{s.start:0{_START_DIGITS}d}-{s.end}" for s in spans]
    utterances = _utterances(text, spans, found)
    # The second part of a split sentence is as direct as its first, whatever letter it starts with.
    types = [quote_type(text, span) for span in spans]
    rows = [
        _row(article_id, article, at, kinds[at], types[first], found[at], speakers[at], ids, first)
        for at, first in enumerate(utterances)
    ]
    return sorted(rows, key=_PLACE)  # of two that start alike the inner one first


def _utterances(text: str, spans: Sequence[Span], attributions: Sequence[Attribution]) -> list[int]:
    """Return the position of the first span of each span's utterance.

    A quotation over several paragraphs is one utterance, and so is one sentence split by its cue ("A," she said, "b."),
    quoted or not. A sentence of its own after it ("A," she said. "B.") is another utterance of the same speaker.
    """
    first = list(range(len(spans)))
    last_of: dict[tuple[int, int], int] = {}
    for at, span in enumerate(spans):
        if span.report:
            first[at] = first[span.piece_of] if span.piece_of >= 0 else at
            continue
        level = (span.parent, span.paragraph)
        earlier = last_of.get(level, -1)
        if span.continued >= 0:
            first[at] = first[span.continued]
        elif earlier >= 0 and _is_split(text, spans[earlier], span, attributions[earlier]):
            first[at] = first[earlier]
        last_of[level] = at
    return first


def _is_split(text: str, earlier: Span, span: Span, attribution: Attribution) -> bool:
    """Whether only the reporting clause stands between two parts of one sentence."""
    cue, mention = attribution.cue, attribution.mention
    if cue is None or mention is None or not earlier.outer_end <= cue[0] <= cue[1] <= span.outer_start:
        return False
    between = text[earlier.outer_end : span.outer_start].rstrip()
    pauses = text[earlier.end - 1] in ",—–-" or between.lstrip().startswith((",", "—", "–"))
    return pauses and earlier.outer_end <= mention[0] and between[-1] in _CLAUSE_GOES_ON


def _row(
    article_id: str,
    article: Article,
    at: int,
    kind: str,
    type_: str,
    attribution: Attribution,
    speaker: Speaker,
    ids: Sequence[str],
    utterance: int,
) -> Row:
    text, paragraphs, spans = article
    span = spans[at]
    _, _, start, end, *_ = span
    evidence, mention, cue, lemma, addressee, confidence, _, reported_by, polarity = attribution
    words = text[start:end]
    statement_start, statement_end = span.statement if span.statement and type_ == "mixed" else (start, end)
    mention_start, mention_end = mention or (None, None)
    cue_start, cue_end = cue or (None, None)
    return Row(  # by position: names would take as long as all the rest
        ids[at],
        article_id,
        paragraphs[span.paragraph].position,
        kind,
        type_ if kind in SPOKEN else None,
        words,
        start,
        end,
        statement_start,
        statement_end,
        ids[utterance],
        ids[span.parent] if span.parent >= 0 else None,
        quotation_key(words),
        mention and text[mention_start:mention_end],
        mention_start,
        mention_end,
        speaker.name,
        None if speaker.first is None else f"{article_id}:{speaker.first}",
        speaker.role,
        speaker.organisation,
        speaker.kind,
        cue and text[cue_start:cue_end],
        cue_start,
        cue_end,
        lemma,
        polarity,
        addressee and text[slice(*addressee)],
        reported_by and text[slice(*reported_by)],
        evidence,
        confidence if mention else None,
    )


def quotation_key(words: str) -> str | None:
    """Return the hash of the letters and digits alone, in order; None below five words.

    Marks, spaces, hyphens, case and the way of printing a letter make no difference, nor do brackets and dots around
    what an editor put in or left out; a word more or less does.
    """
    if words.isascii():
        parts = words.encode().translate(_ASCII_WORDS).split()
    else:
        parts = [part.encode() for part in _WORD.findall(unicodedata.normalize("NFKC", words).casefold())]
    return hashlib.sha256(b"".join(parts)).hexdigest()[:_KEY_DIGITS] if len(parts) >= _KEY_WORDS else None
