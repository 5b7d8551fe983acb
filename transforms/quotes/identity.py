"""Who a speaker is within the article: surnames, descriptions and pronouns tied to the fullest form of the name.

Where two people fit, nobody is chosen.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from transforms.quotes.antecedents import Antecedents
from transforms.quotes.attribution import Attribution
from transforms.quotes.lexicon import read_words
from transforms.quotes.marks import Paragraph, Span
from transforms.quotes.mentions import PRONOUNS
from transforms.quotes.names import NAME_AT_END, FullNames, Name, find_names, read_name

_WORDS = read_words()
_DETERMINERS = _WORDS["determiner"]
_ATTACHING = _WORDS["attaching"]
_ANONYMOUS = _WORDS["anonymous"]
_INDEFINITE = frozenset({"a", "an", "one", "another"})
_NAME_CHARACTERS = 200
_DESCRIPTIONS = 9
"""Of so many officials "the official" is none that could be told."""
_SINGULAR = frozenset({"he", "she"})
_CASED_KINDS = frozenset({"title", "heading"})
"""Kinds of paragraphs that may capitalise every word: no names are learned from them."""
_HEAD_ENDS = re.compile(rf" (?:{'|'.join(sorted(_ATTACHING))}) ")
"""What ends the head of a description: a spokesman | for the mill."""


class Speaker(NamedTuple):
    """Who said a span.

    Attributes:
        name: The fullest form in the article; None where it is not known.
        first: Offset of the first mention.
        role: Title or office, as printed with this mention.
        kind: One of `schemas.SPEAKER_KINDS`, or None.
    """

    name: str | None = None
    first: int | None = None
    role: str | None = None
    kind: str | None = None


_UNKNOWN = Speaker()


class _Reading(NamedTuple):
    """A mention as understood: a speaker's full form, or a pronoun to be resolved."""

    full: str | None = None
    role: str | None = None
    kind: str | None = None
    gender: str | None = None
    pronoun: str = ""


def resolve(
    text: str, paragraphs: Sequence[Paragraph], spans: Sequence[Span], attributions: Sequence[Attribution]
) -> list[Speaker]:
    """Return who said each span.

    Args:
        text: The article's text.
        paragraphs: Its paragraphs, in order.
        spans: Its spans.
        attributions: One a span.
    """
    mentions = sorted({a.mention for a in attributions if a.mention})
    if not mentions:
        return [_UNKNOWN] * len(spans)
    names = _names_outside_headlines(paragraphs)
    full_names = FullNames(name for _, name in names)
    readings = _read_mentions(text, mentions, full_names)
    named = [(r.full, r.gender) for r in readings.values() if r.full and r.full[0].isupper()]
    antecedents = Antecedents(names, full_names, named, paragraphs, spans)
    said = _said(text, spans, attributions)
    for mention, reading in readings.items():
        if reading.pronoun in _SINGULAR:
            full = antecedents.resolve(mention[0], reading.pronoun, said[mention])
            readings[mention] = _Reading(full, kind="person" if full else None)
    speakers = _identify(names, readings)
    return [speakers[a.mention] if a.mention else _UNKNOWN for a in attributions]


def _names_outside_headlines(paragraphs: Sequence[Paragraph]) -> list[tuple[int, Name]]:
    return [named for p in paragraphs if p.kind not in _CASED_KINDS for named in find_names(p.text, p.start)]


def _said(text: str, spans: Sequence[Span], attributions: Sequence[Attribution]) -> dict[tuple[int, int], str]:
    """Return what is attributed to each mention."""
    said: dict[tuple[int, int], list[str]] = {}
    for span, attribution in zip(spans, attributions, strict=True):
        if attribution.mention:
            said.setdefault(attribution.mention, []).append(text[span.start : span.end])
    return {mention: " ".join(words) for mention, words in said.items()}


def _read_mentions(
    text: str, mentions: Sequence[tuple[int, int]], full_names: FullNames
) -> dict[tuple[int, int], _Reading]:
    """Return what each mention says, in order; "the official" is the one official named so before."""
    described: dict[str, set[str]] = {}
    readings = {}
    for mention in mentions:
        printed = text[slice(*mention)]
        readings[mention] = _read_named(printed, full_names) or _read_described(printed, described)
    return readings


def _read_named(printed: str, full_names: FullNames) -> _Reading | None:
    """Return the reading of a pronoun or a name; None for a description."""
    pronoun = re.split("[’']", printed.lower(), maxsplit=1)[0]
    if pronoun in PRONOUNS:
        return _Reading(pronoun=pronoun)
    match = NAME_AT_END.search(printed, max(0, len(printed) - _NAME_CHARACTERS))
    if match is None:
        return None
    before = printed[: match.start()].lower().split()
    if before and (before[-1] in _DETERMINERS or not _ATTACHING.isdisjoint(before)):
        return None
    name = read_name(match.group())
    if name is None:
        return None
    kind = "person" if name.role or name.gender else None
    return _Reading(full_names.expand(name), name.role, kind, name.gender)


def _read_described(printed: str, described: dict[str, set[str]]) -> _Reading:
    """Return the reading of a description: "the official" is "a Baltic official" if there is only one such."""
    words = _HEAD_ENDS.split(printed, maxsplit=1)[0].lower().split()
    first, head = words[0], words[-1]
    if first in _INDEFINITE:
        described.setdefault(head, set()).add(printed)
        return _Reading(printed, kind="anonymous" if head in _ANONYMOUS else None)
    named = described.get(head, set()) if first == "the" else set()
    earlier = [p for p in named if set(words[1:]) <= set(p.lower().split())] if len(named) < _DESCRIPTIONS else []
    if len(earlier) == 1:
        return _Reading(earlier[0], kind="anonymous" if head in _ANONYMOUS else None)
    return _Reading(printed)


def _identify(
    names: Sequence[tuple[int, Name]], readings: dict[tuple[int, int], _Reading]
) -> dict[tuple[int, int], Speaker]:
    """Return the speakers by mention; those of one full form share their offset and whether they are a person."""
    named: dict[str, int] = {}
    for at, name in names:
        named.setdefault(" ".join(name.words), at)
    people = {r.full for r in readings.values() if r.kind == "person"}
    firsts: dict[str, int] = {}
    taken: set[int] = set()
    speakers = {}
    for mention, reading in readings.items():
        if reading.full is None:
            speakers[mention] = _UNKNOWN
            continue
        if reading.full not in firsts:
            first = min(mention[0], named.get(reading.full, mention[0]))
            firsts[reading.full] = mention[0] if first in taken else first
            taken.add(firsts[reading.full])
        kind = "person" if reading.full in people else reading.kind
        speakers[mention] = Speaker(reading.full, firsts[reading.full], reading.role, kind)
    return speakers
