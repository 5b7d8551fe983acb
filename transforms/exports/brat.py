"""An article as brat reads it: its text, and standoff annotations (https://brat.nlplab.org/standoff.html).

A quote, the mention of its speaker and its cue are spans; relations lead from the quote to the others, and from what
goes on with an utterance to its first quote. Offsets are those of the tables. brat reads line by line: a span over
several lines is made of several pieces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from transforms.exports.story import Row, Story
from transforms.schemas import POLARITIES, QUOTE_KINDS, QUOTE_TYPES

_PIECES = re.compile("[^\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")  # what str.splitlines cuts at, and tabs
_WHITE = re.compile(r"\s+")

ANNOTATION_CONF = f"""\
# What newsframes found, and what an annotator may make of it.

[entities]
Quote
Speaker
Cue

[relations]
Said-by	Arg1:Quote, Arg2:Speaker
Said-with	Arg1:Quote, Arg2:Cue
Continues	Arg1:Quote, Arg2:Quote
<OVERLAP>	Arg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>

[events]

[attributes]
Kind	Arg:Quote, Value:{"|".join(QUOTE_KINDS)}
Type	Arg:Quote, Value:{"|".join(QUOTE_TYPES)}
Polarity	Arg:Quote, Value:{"|".join(POLARITIES)}
"""

VISUAL_CONF = """\
[labels]
Quote | Quote | Q
Speaker | Speaker | S
Cue | Cue | C
Said-by | said by | by
Said-with | said with | with
Continues | continues | cont

[drawing]
SPAN_DEFAULT	fgColor:black, bgColor:lightgreen, borderColor:darken
Quote	bgColor:#ffe699
Speaker	bgColor:#b7d7f0
Cue	bgColor:#d9d9d9
ARC_DEFAULT	color:black, arrowHead:triangle-5
Said-by	color:#1f5f99
Said-with	color:#777777
Continues	color:#b38600, dashArray:3-3
ATTRIBUTE_DEFAULT	glyph:*
"""

_NOTED = ("speaker", "speaker_role", "speaker_organisation", "speaker_kind", "reported_by", "confidence", "evidence")


def standoff(story: Story) -> str:
    """Return the annotations of an article, a line each; none for an article without quotes."""
    return "".join(f"{line}\n" for line in _Annotations(story).lines())


def pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the stretches of a span that lie within lines, without those of white space alone."""
    found = (match.span() for match in _PIECES.finditer(text, start, end))
    return [(first, last) for first, last in found if not text[first:last].isspace()]


class _Annotations:
    def __init__(self, story: Story) -> None:
        self._story = story
        self._spans: dict[tuple[str, int, int], str] = {}
        self._counts = dict.fromkeys("TRA#", 0)

    def lines(self) -> Iterator[str]:
        quotes: dict[str, str] = {}
        for quote in self._story.quotes:
            if not self._pieces(quote["start"], quote["end"]):
                continue
            yield from self._span("Quote", quote["start"], quote["end"])
            name = quotes[quote["quote_id"]] = self._spans["Quote", quote["start"], quote["end"]]
            yield from self._attributes(name, quote)
            yield from self._part("Said-by", name, "Speaker", quote["speaker_start"], quote["speaker_end"])
            yield from self._part("Said-with", name, "Cue", quote["cue_start"], quote["cue_end"])
            first = quotes.get(quote["utterance_id"], name)
            if first != name:
                yield self._relation("Continues", name, first)

    def _span(self, kind: str, start: int, end: int) -> Iterator[str]:
        """Yield the line of a span, unless there is one already: two quotes may have one speaker, or one cue."""
        if (kind, start, end) not in self._spans:
            text, found = self._story.text, self._pieces(start, end)
            name = self._spans[kind, start, end] = self._next("T")
            offsets = ";".join(f"{first} {last}" for first, last in found)
            yield f"{name}\t{kind} {offsets}\t{' '.join(text[first:last] for first, last in found)}"

    def _pieces(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the pieces of a span; none of one of white space alone, which brat has no place for."""
        return pieces(self._story.text, start, end)

    def _part(self, relation: str, quote: str, kind: str, start: int | None, end: int | None) -> Iterator[str]:
        if start is not None and end is not None and self._pieces(start, end):
            yield from self._span(kind, start, end)
            yield self._relation(relation, quote, self._spans[kind, start, end])

    def _relation(self, kind: str, one: str, other: str) -> str:
        return f"{self._next('R')}\t{kind} Arg1:{one} Arg2:{other}"

    def _attributes(self, name: str, quote: Row) -> Iterator[str]:
        values = {"Kind": quote["kind"], "Type": quote["quote_type"], "Polarity": quote["polarity"]}
        for attribute, value in values.items():
            if value is not None:
                yield f"{self._next('A')}\t{attribute} {name} {value}"
        known = {column: _one_line(quote[column]) for column in _NOTED if quote[column] is not None}
        noted = "; ".join(f"{column}: {value}" for column, value in known.items() if value)
        if noted:
            yield f"{self._next('#')}\tAnnotatorNotes {name}\t{noted}"

    def _next(self, prefix: str) -> str:
        self._counts[prefix] += 1
        return f"{prefix}{self._counts[prefix]}"


def _one_line(value: object) -> str:
    return _WHITE.sub(" ", str(value)).strip()
