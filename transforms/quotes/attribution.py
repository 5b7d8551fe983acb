"""Who said a quoted span: the span, a cue and a mention, tied by plain rules that name themselves.

The rules read one line (`lines.Line`) around the span; what they find carries over to the spans that follow it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from transforms.quotes.cues import ACCORDING, Cue, cue_after, cue_at, cue_before
from transforms.quotes.lines import Line, read_line
from transforms.quotes.marks import Paragraph, Span
from transforms.quotes.mentions import Mention, is_auxiliary, phrase_starting, sentence_subject, subject_before

NO_CUE = "no cue nearby"
_CLAUSE_ENDS = frozenset({"“,", "“?", "“!", "“—", "“–", "“-"})
"""What a quotation ends in when its reporting clause follows."""


class Attribution(NamedTuple):
    """What ties a span to its speaker; offsets into the article, None where there is none.

    Attributes:
        evidence: The rule that found the speaker, or why there is none.
        mention: Bounds of the speaker as printed nearest to the span.
        cue: Bounds of the reporting words.
        lemma: Dictionary form of the reporting words.
        addressee: Bounds of whom they told.
    """

    evidence: str
    mention: tuple[int, int] | None = None
    cue: tuple[int, int] | None = None
    lemma: str | None = None
    addressee: tuple[int, int] | None = None


_NONE = Attribution(NO_CUE)


class _Found(NamedTuple):
    evidence: str
    mention: Mention
    cue: Cue | None = None


def attribute(text: str, paragraphs: Sequence[Paragraph], spans: Sequence[Span]) -> list[Attribution]:
    """Return the attribution of each span of an English article.

    Args:
        text: The article's text.
        paragraphs: Its paragraphs, in order.
        spans: Its spans, from `find_spans`.
    """
    found = [_NONE] * len(spans)
    lines = _read_lines(text, paragraphs, spans)
    latest: dict[tuple[int, int], int] = {}
    for position, span in enumerate(spans):
        level = (span.parent, span.paragraph)
        line = lines[level]
        at = line.tokens[position]
        if direct := _from_line(line, at):
            found[position] = _bounded(line, direct)
        elif span.continued >= 0:
            found[position] = _taken_over(found[span.continued], "continued paragraph")
        else:
            found[position] = _carried(line, at, latest.get(level), found)
        latest[level] = position
    return found


def _read_lines(text: str, paragraphs: Sequence[Paragraph], spans: Sequence[Span]) -> dict[tuple[int, int], Line]:
    """Return the line around each span: its paragraph, or the inside of its parent."""
    children: dict[tuple[int, int], list[int]] = {}
    for position, span in enumerate(spans):
        children.setdefault((span.parent, span.paragraph), []).append(position)
    lines = {}
    for (parent, paragraph), inside in children.items():
        outer = paragraphs[paragraph]
        start, end = (outer.start, outer.start + len(outer.text)) if parent < 0 else spans[parent][2:4]
        lines[parent, paragraph] = read_line(text, start, end, spans, inside)
    return lines


def _bounded(line: Line, found: _Found) -> Attribution:
    """Return what was found in a line in article offsets."""
    start, end = line.bounds(*found.mention)
    cue = found.cue
    if cue is None:
        return Attribution(found.evidence, (start, end))
    addressee = _addressee(line, cue)
    told = line.bounds(*addressee) if addressee else None
    return Attribution(found.evidence, (start, end), line.bounds(cue.first, cue.end), cue.lemma, told)


def _addressee(line: Line, cue: Cue) -> Mention | None:
    """Return whom they told."""
    return phrase_starting(line, cue.end, len(line.words)) if cue.lemma == "tell" else None


def _from_line(line: Line, at: int) -> _Found | None:
    """Return what the sentence around the span that stands at a token says of its speaker."""
    low, high = line.sentence_start(at), line.sentence_end(at)
    comma = at + 1 < high and line.words[at + 1] == ","
    if comma or line.words[at] in _CLAUSE_ENDS:
        if line.words[at] != "“," and not comma and (found := _introduced(line, at, low)):
            return found
        if found := _after(line, at + 1 + comma, high):
            return found
    return _before(line, at, low) or _label(line, at, low) or _after_fragment(line, at, high)


def _after(line: Line, at: int, high: int) -> _Found | None:
    """“…,” Ames said; “…,” said Ames; “…,” according to Ames."""
    cue = cue_after(line, at, high)
    if cue is None:
        return None
    if cue.lemma == ACCORDING:
        mention = phrase_starting(line, cue.end, high)
        return _Found(ACCORDING, mention, cue) if mention else None
    if cue.first == at:
        mention = phrase_starting(line, cue.end, high) if cue.can_invert else None
        return _Found("inverted cue", mention, cue) if mention else None
    mention = subject_before(line, cue.first, at)
    return _Found("cue after", mention, cue) if mention else None


def _introduced(line: Line, at: int, low: int) -> _Found | None:
    """Ames asked: “…?”: the cue directly before the span."""
    direct = at - 1 if at > low and line.words[at - 1] in ",:" else at
    cue = cue_at(line, direct - 1) if direct > low else None
    return _with_subject(line, cue, low) if cue else None


def _before(line: Line, at: int, low: int) -> _Found | None:
    """Ames said that the plan was “…”; according to Ames, “…”."""
    cue = cue_before(line, at, low)
    return _with_subject(line, cue, low) if cue else None


def _with_subject(line: Line, cue: Cue, low: int) -> _Found | None:
    if cue.lemma == ACCORDING:
        mention = phrase_starting(line, cue.end, len(line.words))
        return _Found(ACCORDING, mention, cue) if mention else None
    mention = None if _is_participle(line, cue, low) else subject_before(line, cue.first, low)
    if mention:
        return _Found("cue before", mention, cue)
    mention = _main_subject(line, cue.first, low)
    return _Found("sentence subject", mention, cue) if mention else None


def _is_participle(line: Line, cue: Cue, low: int) -> bool:
    """Whether the verb shares the subject of the clause before it: "…, adding that"."""
    if not line.words[cue.first].endswith("ing"):
        return False
    return cue.first == low or not is_auxiliary(line, cue.first - 1)


def _main_subject(line: Line, at: int, low: int) -> Mention | None:
    """Return the subject of the finite cue before a token in its sentence, else the sentence's."""
    cue = cue_before(line, at, low)
    if cue and cue.lemma != ACCORDING and not _is_participle(line, cue, low):
        return subject_before(line, cue.first, low) or sentence_subject(line, low, at)
    return sentence_subject(line, low, at)


def _label(line: Line, at: int, low: int) -> _Found | None:
    """Ames: “…”."""
    if at - low < 2 or line.words[at - 1] != ":":
        return None
    mention = phrase_starting(line, low, at - 1)
    return _Found("label", mention) if mention and mention.end == at - 1 else None


def _after_fragment(line: Line, at: int, high: int) -> _Found | None:
    """The “…” plan, Ames said: a reporting clause that closes the sentence."""
    found = _after(line, at + 1, high)
    if found is None or found.evidence != "cue after":
        return found
    first = found.mention.first
    return found if first > at + 1 and line.words[first - 1] == "," else None


def _carried(line: Line, at: int, earlier: int | None, found: Sequence[Attribution]) -> Attribution:
    """Return the attribution that a span without a cue of its own takes over from the span before it in its line."""
    if earlier is None:
        return _NONE
    low = line.sentence_start(at)
    if at == low:
        return _taken_over(found[earlier], "same paragraph")
    return _taken_over(found[earlier], "same sentence") if line.tokens[earlier] >= low else _NONE


def _taken_over(earlier: Attribution, evidence: str) -> Attribution:
    if earlier.mention is None:
        return _NONE
    return Attribution(evidence, earlier.mention, earlier.cue, earlier.lemma, earlier.addressee)
