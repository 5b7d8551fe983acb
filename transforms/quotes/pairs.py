"""Which quotation marks belong together, within one paragraph.

A paragraph's marks are read once, left to right, with a stack of those that are open. Nothing here knows a language,
but for a few words of English that tell a forgotten mark.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

# Every mark that may quote; an apostrophe inside a word is none. A literal heads each branch: the search is fast.
_MARK = re.compile(r""""|“|”|„|«|»|‘|’(?!(?<=\w’)\w)|'(?!(?<=\w')\w)'?'?|``?""")

# A paragraph without any of these quotes nothing: a lone apostrophe, or ’, opens none.
_MAY_OPEN = re.compile(r""""|“|”|„|«|»|‘|'(?!(?<=\w')[\w\s,.])|`""")

# What closes what. Copy that went through several hands mixes them: “like this".
_CLOSERS = {
    "“": frozenset({"”", '"'}),
    "„": frozenset({"“", "”", '"'}),
    '"': frozenset({'"', "”"}),
    "”": frozenset({"”"}),
    "«": frozenset({"»"}),
    "»": frozenset({"«"}),
    "``": frozenset({"''", '"', "”", "'"}),
    "''": frozenset({"''"}),
    "‘": frozenset({"’", "'"}),
    "'": frozenset({"'", "’"}),
    "`": frozenset({"'", "’"}),
    "=": frozenset({'"'}),
}
_SINGLE = frozenset("‘’'`")
_ATTRIBUTE = "="
_ALWAYS_OPENING = frozenset({"“", "„", "«", "``"})
UNPAIRED = frozenset({'"', "''"})
"""Marks that look the same on both sides: an open one without its close may as well be a stray closing one."""
_REOPENING = frozenset({'"', "“", "''"})
_STOPS = frozenset(".?!…")
_REPORTED = re.compile(r",\s(?:\w+\s){0,3}(?:said|says|added|told|asked)\b")
_BEFORE_OPENING = frozenset("([{—–-/“„\"‘'«»:…")
_ELISION = re.compile(r"(?:\d\ds?|[eE]m|[tT]il|[cC]ause|[tT]is|[tT]was|[bB]out|[rR]ound|[cC]os|[nN]|[hH]ood)\b")
_FEET_AND_INCHES = re.compile(r"\d['’′] ?\d{1,2}\Z")
_DEPTH = 7
"""So many marks may be open around another; of more the oldest is a stray, and hostile nesting stays cheap."""
_POSSESSIVE_WORDS = 4
_POSSESSIVE_CHARACTERS = 60
"""A single mark after s and before a small letter closes at most so many words: the ‘yes’ vote, the players’ union."""


class _Mark(NamedTuple):
    mark: str
    start: int
    end: int


class Pair(NamedTuple):
    """A stretch between marks; offsets into the paragraph. Without a closing mark it runs to the end."""

    mark: str
    outer_start: int
    start: int
    end: int
    outer_end: int
    is_closed: bool


def find_pairs(text: str) -> list[Pair]:
    """Return the marked stretches of a paragraph; those without a closing mark run to its end."""
    if not _MAY_OPEN.search(text):
        return []
    marks = [_Mark(m.group(), *m.span()) for m in _MARK.finditer(text)]
    marks = list(_split_runs(marks)) if "'''" in text else marks
    stack: list[_Mark] = []
    pairs: list[Pair] = []
    for at, mark in enumerate(marks):
        depth = _closed_depth(text, marks, at, stack)
        if depth >= 0:
            opening = stack[depth]
            del stack[depth:]
            if opening.mark != _ATTRIBUTE:
                pairs.append(Pair(opening.mark, opening.start, opening.end, mark.start, mark.end, True))
        elif opened := _opening(text, mark):
            if (end := _end_of_part(text, stack, mark, opened)) > 0:
                part = stack.pop()
                pairs.append(Pair(part.mark, part.start, part.end, end, end, True))
            stack = [*stack[-_DEPTH:], _Mark(opened, mark.start, mark.end)]
    pairs += [Pair(m.mark, m.start, m.end, len(text), len(text), False) for m in stack if m.mark != _ATTRIBUTE]
    return pairs


def _end_of_part(text: str, stack: list[_Mark], mark: _Mark, opened: str) -> int:
    """Return where a part ends that a further one follows, each with an opening mark: “One. “Two. “Three.”; else 0.

    So stand quotations over paragraphs whose breaks were lost; with a reporting clause in it, a part lacks its mark.
    """
    if not stack or stack[-1].mark != opened or opened not in _REOPENING:
        return 0
    before = text[stack[-1].end : mark.start].rstrip()
    is_part = before[-1:] in _STOPS and not _REPORTED.search(before)
    return stack[-1].end + len(before) if is_part else 0


def _split_runs(marks: list[_Mark]) -> Iterator[_Mark]:
    """Split ''' into the doubled mark and the single one inside it."""
    is_open = False
    for mark in marks:
        if mark.mark != "'''":
            is_open = is_open != (mark.mark == "''")
            yield mark
            continue
        middle = mark.start + (1 if is_open else 2)
        is_open = not is_open
        yield _Mark("'" * (middle - mark.start), mark.start, middle)
        yield _Mark("'" * (mark.end - middle), middle, mark.end)


def _closed_depth(text: str, marks: list[_Mark], at: int, stack: list[_Mark]) -> int:
    """Return the position in the stack of the mark that this one closes, or -1."""
    mark, start, end = marks[at]
    if not stack or mark in "‘`„":
        return -1
    if mark == "“" and _looks_closing(text, start, end):
        mark = "”"
    if mark in _SINGLE:
        is_close = mark in _CLOSERS[stack[-1].mark] and _closes_single(text, marks, at, stack[-1])
        return len(stack) - 1 if is_close else -1
    if _looks_opening(text, start, end) and mark not in "”»«“":
        return -1
    if mark == '"' and _FEET_AND_INCHES.search(text, max(0, start - 6), start):
        return -1
    for depth in range(len(stack) - 1, -1, -1):
        if mark in _CLOSERS[stack[depth].mark]:
            return depth
    return -1


def _looks_opening(text: str, start: int, end: int) -> bool:
    """Whether a mark can only open: space, bracket or dash before it and something after it."""
    if end >= len(text) or text[end].isspace():
        return False
    before = text[start - 1] if start else " "
    return before.isspace() or before in "([{" or (before in "—–-" and text[end].isalnum())


def _looks_closing(text: str, start: int, end: int) -> bool:
    """Whether a mark can only close: a word or stop before it and space after it, as in “so,“ he said."""
    return start > 0 and not text[start - 1].isspace() and text[end : end + 1].isspace()


def _closes_single(text: str, marks: list[_Mark], at: int, opening: _Mark) -> bool:
    _, start, end = marks[at]
    if text[start - 1].isspace() or text[end : end + 1].isalnum() or start <= opening.end:
        return False
    if text[start - 1] not in "sn" or not text[end : end + 1].isspace() or not text[end + 1 : end + 2].islower():
        return True
    later = next((m for m in marks[at + 1 : at + 4] if m.mark in _SINGLE), None)
    if later and later.mark != "‘" and not _looks_opening(text, later.start, later.end):
        return False
    is_short = start - opening.end < _POSSESSIVE_CHARACTERS and text.count(" ", opening.end, start) < _POSSESSIVE_WORDS
    return text[start - 1] == "n" or is_short


def _opening(text: str, mark: _Mark) -> str:
    """Return as which mark this one opens a stretch; empty if it does not."""
    name, start, end = mark
    before, after = text[start - 1] if start else " ", text[end : end + 1]
    if name == '"' and before == "=":
        return _ATTRIBUTE
    if name in _ALWAYS_OPENING:
        return "" if name == "“" and _looks_closing(text, start, end) else name
    if not after or after.isspace() or before.isalnum():
        return ""
    if name in UNPAIRED:
        return name
    if not (before.isspace() or before in _BEFORE_OPENING):
        return ""
    if name in "‘'`":
        return "" if _ELISION.match(text, end) else name
    return name if name in "”»" and after.isalnum() else ""
