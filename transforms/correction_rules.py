"""What a correction makes of one row of `QUOTES`: the columns that follow from those that a human set.

A row is a dict of all columns, None for null. What its article's other rows decide (whose first span its utterance
has, which id its speaker has) is left to `transforms.corrections`.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any

from transforms.correction_decisions import (
    CUE,
    IDENTITY,
    MENTION,
    SETTABLE,
    SPEAKER,
    SPOKEN,
    Correction,
    Value,
    contradiction,
    is_quotation,
)
from transforms.quotes.cues import lemma_of
from transforms.quotes.kinds import NO_COMMENT, QUOTATION, quote_type
from transforms.quotes.marks import Span
from transforms.quotes.speakers.names import Name

Row = dict[str, Any]
Bounds = tuple[int, int]

_INDIRECT = "indirect"
_OPENING_MARKS = frozenset("\"“”„«»‘'`")
_CLOSING_MARK = re.compile(r"\s*(?:''|[\"”“’»«'])")
_MARK_DISTANCE = 8
"""Between a mark and the words that it quotes stand at most a few spaces."""


class Refused(Exception):
    """A correction cannot be applied; the message says why."""


def leaves_utterance(row: Row, given: Mapping[str, Value]) -> bool:
    """Whether a span is no quotation any more, by its correction, so that it is in no utterance but its own."""
    kind = given.get("kind", row["kind"])
    return kind != row["kind"] and not is_quotation(str(kind))


def stated_identity(correction: Correction) -> Row:
    """Return what a correction itself says of the speaker besides the name."""
    given = correction.values
    return {column: given[column] for column in IDENTITY if column in given}


def correct_row(row: Row, correction: Correction, text: str, spans: Mapping[str, Bounds]) -> Row:
    """Return a row as corrected; `IDENTITY` of a speaker that it did not have is left null unless the line sets it.

    A span that is no quotation has no speaker, cue or statement around it. The confidence of a speaker that a human set
    is 1.0 unless the line sets it. What a line sets to the value that it has stays where it is, and so does all that
    hangs on it. The mention stays when another speaker is set (a "he" may be somebody else than was thought); where
    there is none, it is the name or surname printed nearest to the quote.

    Args:
        row: A row as extracted.
        correction: What was decided about it.
        text: The article's text.
        spans: Start and end of every row of the article, by quote_id.

    Raises:
        Refused: The result would contradict the text or itself.
    """
    given = correction.values
    new = {**row, **given}
    if is_quotation(new["kind"]):
        _set_quote_type(new, row, given, text)
        _set_speaker(new, row, given, text)
        _set_cue(new, row, given, text)
    else:
        _silence(new, row, given)
    _check_statement(new, text)
    _check_ties(new, given, spans)
    new["evidence"] = _evidence(row, new, correction)
    return new


def _evidence(row: Row, new: Row, correction: Correction) -> str:
    """Return who decided, and which columns are other than before; of a row that is as it was, which are confirmed."""
    stated = [column for column in SETTABLE if column in correction.values]
    changed = [column for column in stated if new[column] != row[column]]
    verb = "corrected" if changed else "confirmed"
    return f"{verb} by {correction.decided_by}: {', '.join(changed or stated)}"


def _silence(new: Row, row: Row, given: Mapping[str, Value]) -> None:
    """Take away all that only a quotation has."""
    if said := contradiction(new["kind"], given):
        raise Refused(said if "kind" in given else f"{said}: set its kind too")
    if leaves_utterance(row, given):
        if given.get("utterance_id", new["quote_id"]) != new["quote_id"]:
            raise Refused("what is no quotation is in no utterance but its own")
        new["utterance_id"] = new["quote_id"]
        new["statement_start"] = given.get("statement_start", new["start"])
        new["statement_end"] = given.get("statement_end", new["end"])
    new.update(dict.fromkeys(SPOKEN))


def _set_quote_type(new: Row, row: Row, given: Mapping[str, Value], text: str) -> None:
    is_stated = "quote_type" in given
    if new["kind"] == NO_COMMENT:
        if is_stated and given["quote_type"] != _INDIRECT:
            raise Refused(f"a span of kind {NO_COMMENT} is indirect")
        new["quote_type"] = _INDIRECT
    elif is_stated and given["quote_type"] is None:
        raise Refused("a quotation has a quote_type")
    elif not is_stated and row["kind"] != QUOTATION:
        new["quote_type"] = _printed_type(text, new["start"], new["end"])


def _printed_type(text: str, start: int, end: int) -> str:
    before = text[max(0, start - _MARK_DISTANCE) : start].rstrip()
    if before[-1:] not in _OPENING_MARKS or not before:
        return _INDIRECT
    closing = _CLOSING_MARK.match(text, end)
    outer_end = closing.end() if closing else end
    return quote_type(text, Span(0, before[-1], start, end, len(before), outer_end, closing is not None))


def _set_speaker(new: Row, row: Row, given: Mapping[str, Value], text: str) -> None:
    name = new["speaker"]
    if "speaker" in given and name is None and row["speaker"] is not None:
        new.update({column: given.get(column) for column in SPEAKER})
    elif name != row["speaker"]:
        new.update({column: given.get(column) for column in IDENTITY})
        if name == new["reported_by"] and "reported_by" not in given:
            new["reported_by"] = None
    _check_speaker_id(new, given)
    _place(new, row, given, MENTION, text)
    if "speaker" in given and name is not None:
        new["confidence"] = given.get("confidence", 1.0)
        if new["speaker_mention"] is None and not any(column in given for column in MENTION):
            _put(new, MENTION, nearest(text, name, (new["start"], new["end"])), text)
    if name is None and new["speaker_mention"] is None:
        if given.get("confidence") is not None:
            raise Refused("a confidence needs a speaker")
        new["confidence"] = None


def _check_speaker_id(new: Row, given: Mapping[str, Value]) -> None:
    if "speaker_id" not in given:
        return
    speaker_id, article = given["speaker_id"], f"{new['article_id']}:"
    if (speaker_id is None) != (new["speaker"] is None):
        raise Refused("a row has both a speaker and a speaker_id, or neither")
    if speaker_id is not None and (not str(speaker_id).startswith(article) or speaker_id == article):
        raise Refused(f"speaker_id {speaker_id} does not begin with {article}")


def _set_cue(new: Row, row: Row, given: Mapping[str, Value], text: str) -> None:
    _place(new, row, given, CUE, text)
    if "cue_lemma" not in given and new["cue"] != row["cue"]:
        new["cue_lemma"] = lemma_of(new["cue"]) if new["cue"] else None
    if "polarity" not in given and new["cue"] is None and row["cue"] is not None:
        new["polarity"] = None


def _check_statement(new: Row, text: str) -> None:
    start, end = new["statement_start"], new["statement_end"]
    if not 0 <= start <= new["start"] < new["end"] <= end <= len(text):
        raise Refused(f"the statement {start}-{end} does not enclose the span, or ends after the text")


def _check_ties(new: Row, given: Mapping[str, Value], spans: Mapping[str, Bounds]) -> None:
    start, end = new["start"], new["end"]
    first, parent = new["utterance_id"], new["parent_id"]
    if "utterance_id" in given and (first not in spans or spans[first][0] > start):
        raise Refused(f"utterance_id {first} is no row of the article that starts at or before {start}")
    if "parent_id" not in given or parent is None:
        return
    is_other = parent in spans and parent != new["quote_id"]
    if not is_other or spans[parent][0] > start or spans[parent][1] < end:
        raise Refused(f"parent_id {parent} is no other row that encloses {start}-{end}")


def _place(new: Row, row: Row, given: Mapping[str, Value], columns: tuple[str, str, str], text: str) -> None:
    """Fill words and their offsets from those of the three that are given; words alone stay where they already are."""
    stated = {column: given[column] for column in columns if column in given}
    if not stated:
        return
    column, starts, ends = columns
    words, start, end = (stated.get(c) for c in columns)
    if all(value is None for value in stated.values()):
        new.update(dict.fromkeys(columns))
    elif None in stated.values() or (starts in stated) != (ends in stated):
        raise Refused(f"{starts} and {ends} belong together, and to {column}")
    elif not isinstance(start, int) or not isinstance(end, int):
        is_there = row[column] is not None and folded(row[column]) == folded(str(words))
        present = (row[starts], row[ends]) if is_there else None
        bounds = present or nearest_words(text, str(words), (new["start"], new["end"]))
        if bounds is None:
            raise Refused(f"{column} {words!r} is not in the article")
        _put(new, columns, bounds, text)
    elif not 0 <= start < end <= len(text):
        raise Refused(f"{starts} and {ends}, {start}-{end}, are no stretch of the article")
    elif words is not None and folded(str(words)) != folded(text[start:end]):
        raise Refused(f"{column} is {words!r}, but the article has {text[start:end]!r} at {start}-{end}")
    else:
        _put(new, columns, (start, end), text)


def _put(new: Row, columns: tuple[str, str, str], bounds: Bounds | None, text: str) -> None:
    values = (text[slice(*bounds)], *bounds) if bounds else (None, None, None)
    new.update(zip(columns, values, strict=True))


def folded(words: str) -> str:
    """Return words with every apostrophe alike: people type ' where the article has ’."""
    return words.replace("’", "'")


@lru_cache(maxsize=64)
def occurrences(text: str, words: str) -> tuple[Bounds, ...]:
    """Return where words stand in a text as whole words, with any space and apostrophe between their letters."""
    pattern = r"[^\S\n]+".join(re.escape(word).replace("'", "['’]") for word in folded(words).split())
    return tuple(match.span() for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", text)) if pattern else ()


def surname(name: str) -> str:
    """Return the last word of a name that is no suffix."""
    return Name(tuple(name.split())).surname


def nearest(text: str, name: str, span: Bounds) -> Bounds | None:
    """Return where a name, or else its surname, stands nearest to a span."""
    return nearest_words(text, name, span) or nearest_words(text, surname(name), span)


def nearest_words(text: str, words: str, span: Bounds) -> Bounds | None:
    """Return where words stand nearest to a span: before or after rather than within, of two the earlier."""
    found = occurrences(text, words)
    before = bisect_right(found, span[0], key=itemgetter(1))
    after = bisect_left(found, span[1], key=itemgetter(0))
    outside = found[max(0, before - 1) : before] + found[after : after + 1]
    return min(outside or found[before:after], key=lambda f: max(span[0] - f[1], f[0] - span[1]), default=None)
