"""Who a speaker is within the article: surnames, descriptions and pronouns tied to the fullest form of the name."""

import bisect
from collections.abc import Sequence
from typing import NamedTuple

from transforms.quotes.attribution import Attribution
from transforms.quotes.marks import Paragraph, Span
from transforms.quotes.speakers.named import Reading
from transforms.quotes.speakers.people import People
from transforms.quotes.speakers.readings import Reader

Bounds = tuple[int, int]


class Speaker(NamedTuple):
    """Who said a span.

    Attributes:
        name: The fullest form in the article; None where it is not known.
        first: Offset of the first mention.
        role: Title or office, as printed anywhere in the article.
        kind: One of `schemas.SPEAKER_KINDS`, or None.
        organisation: Affiliation, as printed; None for what is an organisation itself.
    """

    name: str | None = None
    first: int | None = None
    role: str | None = None
    kind: str | None = None
    organisation: str | None = None


_UNKNOWN = Speaker()
_ENCLOSING = 4
"""So many spans that start before a mention are looked at for the one around it."""


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
    people = People(text, paragraphs)
    said = _said(spans, attributions)
    reader = Reader(text, people, spans, paragraphs)
    readings = {mention: reader.read(mention, said[mention]) for mention in mentions}
    if own := [mention for mention, reading in readings.items() if reading.is_first_person]:
        speaking = _speaking(spans, attributions)
        for mention in own:
            readings[mention] = _quoted_speaker(mention, readings[mention], speaking, readings)
    readings = _with_bodies(readings, people)
    speakers = _identify(readings, people, reader)
    return [speakers[a.mention] if a.mention else _UNKNOWN for a in attributions]


def _with_bodies(readings: dict[Bounds, Reading], people: People) -> dict[Bounds, Reading]:
    """Return readings in which nobody is a person whom another mention calls by the noun of a body: the company."""
    called = {reading.name for reading in readings.values() if reading.name and reading.kind == "organisation"}
    bodies = {name for name in called if not people.is_certain(name)}
    return {
        mention: reading._replace(kind="organisation", role=None, organisation=None)
        if reading.name in bodies and reading.kind == "person"
        else reading
        for mention, reading in readings.items()
    }


def _said(spans: Sequence[Span], attributions: Sequence[Attribution]) -> dict[Bounds, list[Span]]:
    """Return the spans attributed to each mention."""
    said: dict[Bounds, list[Span]] = {}
    for span, attribution in zip(spans, attributions, strict=True):
        if attribution.mention:
            said.setdefault(attribution.mention, []).append(span)
    return said


class _Speaking(NamedTuple):
    """Spans in order of start, with the mention of each one's speaker."""

    starts: list[int]
    spans: list[tuple[int, int, Bounds | None]]


def _speaking(spans: Sequence[Span], attributions: Sequence[Attribution]) -> _Speaking:
    found = sorted((s.start, s.end, a.mention or (-1, -1)) for s, a in zip(spans, attributions, strict=True))
    return _Speaking([start for start, _, _ in found], [(s, e, m if m[0] >= 0 else None) for s, e, m in found])


def _quoted_speaker(mention: Bounds, reading: Reading, speaking: _Speaking, readings: dict[Bounds, Reading]) -> Reading:
    """Return who says "I" in a quote: its speaker; and who says "we", if that is no single person."""
    last = bisect.bisect_right(speaking.starts, mention[0])
    for _, end, speaker in reversed(speaking.spans[max(0, last - _ENCLOSING) : last]):
        if end > mention[0] and speaker and speaker != mention:
            found = readings[speaker]
            is_many = found.kind in ("organisation", "collective")
            return found if found.name and is_many != reading.is_singular else Reading()
    return Reading()


def _identify(readings: dict[Bounds, Reading], people: People, reader: Reader) -> dict[Bounds, Speaker]:
    """Return the speakers by mention; all mentions of a speaker share everything."""
    speakers: dict[str, Speaker] = {}
    taken: set[int] = set()
    for mention, reading in readings.items():
        if reading.name is None:
            continue
        known = speakers.get(reading.name)
        if known is None:
            named = people.places(reading.name, 1) if reading.kind == "person" else []
            first = min(mention[0], named[0][0]) if named else mention[0]
            first = mention[0] if first in taken else first
            taken.add(first)
            speakers[reading.name] = _introduced(reading, first, reader, people)
        elif reading.role and not known.role:
            speakers[reading.name] = known._replace(role=reading.role, organisation=reading.organisation)
    return {m: speakers[r.name] if r.name else Speaker(kind=r.kind) for m, r in readings.items()}


def _introduced(reading: Reading, first: int, reader: Reader, people: People) -> Speaker:
    name, role, organisation = reading.name, reading.role, reading.organisation
    if reading.kind == "person" and reading.name:
        found = reader.standings.of(reading.name)
        role, organisation = found.role or role, found.organisation or organisation
        if role is None:
            called = reader.office(reading.name)
            role, organisation = called.role, organisation or called.organisation
        name = people.styled(reading.name)
        organisation = None if organisation and name.endswith(f" of {organisation}") else organisation
    return Speaker(name, first, role, reading.kind, organisation if reading.kind != "organisation" else None)
