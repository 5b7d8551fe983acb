"""The forms of headlines that report without quotation marks: “Mayor: no new taxes”, “No new taxes, mayor says”.

They are read off one headline, a short one: longer paragraphs are none.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from transforms.quotes.lexicon import read_list

LABEL, SIGNED, TOLD, TELLING = "label", "signed", "told", "telling"
"""Where the speaker stands: before a colon or dash; after a dash; beside a reporting verb at the end, at the start."""
_LISTED = read_list("headlines.tsv", None)
_FINDING = frozenset(_LISTED["finding"])
_LONGEST = 300
"""No headline has more characters."""
_FEWEST_WORDS = 2
_DASH = r" (?:--?|–|—) "


def _any(*keys: str) -> str:
    return "|".join(word for key in keys for word in _LISTED[key])


def _speaker(words: int) -> str:
    return rf"(?P<speaker>(?:[^\s,:;?!“”\"]+ ){{0,{words - 1}}}[^\s,:;?!“”\"]+)"


_STATEMENT = r"(?P<statement>.+)"
_KICKER = re.compile(rf"(?:{_any('kicker')})(?::|{_DASH.rstrip()}) ", re.IGNORECASE)
_FORMS = tuple(
    (place, re.compile(pattern, re.IGNORECASE))
    for place, pattern in (
        (LABEL, rf"{_speaker(8)}(?:: |{_DASH}){_STATEMENT}"),
        (SIGNED, rf"{_STATEMENT}{_DASH}{_speaker(4)}"),
        (TOLD, rf"{_STATEMENT},[’'”\"]? {_speaker(4)} (?P<cue>{_any('trailing', 'finding')})"),
        (TOLD, rf"{_STATEMENT},[’'”\"]? (?P<cue>{_any('inverted')}) {_speaker(4)}"),
        (TOLD, rf"(?P<statement>\S+ \S+ .*\S) (?P<cue>{_any('plain')}) {_speaker(3)}"),
        (
            TELLING,
            rf"{_speaker(4)} (?P<cue>{_any('plain')}) (?!no to |(?:{_any('exclaimed')})\b)(?P<statement>\S+ \S+ .*\S)",
        ),
    )
)
_END = re.compile(r"[\s.;…]*\Z")
_ADDRESSED = re.compile(r" (?:on|to|at) ", re.IGNORECASE)
"""Ends the name of who speaks on something, to somebody, somewhere: “Solheim on the river: …”."""
_EDGES = re.compile(r"[^\w$£€#“‘\"'(]*(?P<words>.*?)[^\w%)“”‘’\"']*")

Bounds = tuple[int, int]


class Form(NamedTuple):
    """A statement, if what stands where its speaker would is one who speaks; offsets into the headline.

    Attributes:
        place: Where the speaker stands.
        statement: Bounds of what is said.
        speaker: Bounds of who would say it.
        cue: Bounds of the reporting verb; None without one.
        is_finding: Whether it is a verb of documents alone.
    """

    place: str
    statement: Bounds
    speaker: Bounds
    cue: Bounds | None
    is_finding: bool


def find_forms(headline: str) -> Iterator[Form]:
    """Yield the forms that a headline may have, the likeliest first."""
    if len(headline) > _LONGEST:
        return
    end, kicker = _END.search(headline), _KICKER.match(headline)
    bounds = kicker.end() if kicker else 0, end.start() if end else len(headline)
    for place, pattern in _FORMS:
        if (match := pattern.fullmatch(headline, *bounds)) and (form := _form(place, match)):
            yield form


def _form(place: str, match: re.Match[str]) -> Form | None:
    """Return the form that a match is, unless its statement has too few words."""
    words = _EDGES.fullmatch(match.string, *match.span("statement"))
    if words is None or len(words["words"].split()) < _FEWEST_WORDS:
        return None
    start, end = match.span("speaker")
    addressed = _ADDRESSED.search(match.string, start, end) if place == LABEL else None
    cue = match.span("cue") if place in (TOLD, TELLING) else None
    is_finding = cue is not None and match["cue"].lower() in _FINDING
    return Form(place, words.span("words"), (start, addressed.start() if addressed else end), cue, is_finding)
