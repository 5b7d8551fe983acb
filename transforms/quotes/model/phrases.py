"""Phrases: the tokens of a batch's lines grouped into noun phrases, verb groups and single others.

A phrase is told apart by a regular expression over one letter a token (see `tags`).
"""

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from transforms.quotes.model.lines import Ints, Lines
from transforms.quotes.model.tokens import Flags, Hashes, Letters, Tokens, is_of
from transforms.quotes.ranges import stretches

# "to" and its verb; auxiliaries and their verb; a verb; a noun phrase, with "of" in an office or a body, but no day
# after it ("a statement Friday"); a day or a number; the rest. What stands before a noun is never given back: the noun
# would not be found earlier, and a row of adjectives without one would take cubic time.
_PHRASE = re.compile(
    r"TB?[VZ][VN]?|[XZ][XZB]*[VG]|[XZ]+|B?V"
    r"|D*+(?:B?A)*+(?:[ACNPHM&]*[NPH](?:C(?!M))*|[ACM&]*[CM])(?:(?<=H)FD?[ACN]*[PH]+(?:&P+)?)*|D+(?:B?A)*[CA]*|."
)
_JOINED = "TBVZNXGDACPHM&F"
"""Classes of tokens that a phrase of several may hold; all others stand for themselves."""
_SHORT = 30
"""So many of them in a row stand again in other texts."""
_MOST = 1 << 16
"""So many runs are remembered: 10 MB."""
_LONGEST = 500
"""More of them without a mark between them are a table, or hostile: they are read in pieces, in linear time."""
# A verb after a noun phrase that is no clause of its own: "a poll conducted in May found", "those surveyed said",
# "according to a poll conducted in May", "“…” said one man involved in it".
_COMPLEMENT = "(?:[IFT][NPCM]|B?M)"
_REDUCED = re.compile(
    rf"v(?:(?<=[NPC]v)(?={_COMPLEMENT}+[vx])|(?<=Dv)(?=v)|(?:(?<=LT[NPC]v)|(?<=Qv[NPC]v))(?={_COMPLEMENT}))"
)
_PARTICIPLES = ("ed", "wn", "en", "sent", "held", "led", "made", "built")
_ROOM = "|||||"
NOUN_PHRASES = "NPRW"
"""Kinds of phrase that may speak: of a noun, a name, a pronoun, a relative."""
VERBS = "vpgix"
"""Kinds of verb group: finite, passive, -ing alone, with "to", auxiliary alone."""


@dataclass(frozen=True)
class Phrases:
    """Phrases in the order of the lines; all arrays have one entry a phrase.

    Attributes:
        first: Position of its first token.
        last: Position of its last token: the head.
        kinds: N, P, R, W for noun phrases (see `NOUN_PHRASES`), M time, C number, O object, D determiner alone; v, p,
            g, i, x for verb groups (see `VERBS`); e a participle that belongs to the noun before it; Q a quoted span;
            else the class of the token.
        lines: Line of each.
        spans: Quoted span that it stands for, or -1.
        of_spans: Phrase that stands for each span, or -1.
        cues: Phrase that reports each span, where it is known; else -1.
    """

    first: Ints
    last: Ints
    kinds: Letters
    lines: Ints
    spans: Ints
    of_spans: Ints
    cues: Ints

    @cached_property
    def letters(self) -> str:
        """The kinds as text, with room for a look at what follows the last."""
        return self.kinds.tobytes().decode("ascii") + _ROOM

    @cached_property
    def of_lines(self) -> tuple[Ints, Ints]:
        """The first and the last phrase of each line: none is without its end."""
        first = np.nonzero(np.diff(self.lines, prepend=-1))[0]
        return first, np.append(first[1:], len(self.lines)) - 1


def read_phrases(lines: Lines, tokens: Tokens) -> Phrases:
    """Return the phrases of lines."""
    first = np.nonzero(_begins(tokens.tags))[0]
    last = np.append(first[1:], len(tokens.tags)) - 1
    of_lines = stretches(lines.starts, tokens.starts[first])
    of_spans = np.full(len(lines.span_marks), -1, dtype=np.int64)
    spans = np.full(len(first), -1, dtype=np.int64)
    has_line = lines.span_marks >= 0
    at = np.searchsorted(tokens.starts, lines.span_marks[has_line])
    of_spans[has_line] = np.searchsorted(first, at, side="right") - 1
    spans[of_spans[has_line]] = np.nonzero(has_line)[0]
    kinds = _kinds(tokens.tags, first, last)
    kinds[_participles(kinds, tokens, first, last)] = ord("e")
    cue_tokens = np.searchsorted(tokens.starts, lines.span_cues)
    cues = np.where(lines.span_cues >= 0, np.searchsorted(first, cue_tokens, side="right") - 1, -1)
    return Phrases(first, last, kinds, of_lines, spans, of_spans, cues)


def _begins(tags: Letters) -> Flags:
    """Return which tokens begin a phrase: of those that may be joined, what the row of them that they are in tells."""
    joined = is_of(tags, _JOINED)
    beside = np.zeros(len(tags) + 2, dtype=np.bool_)
    beside[:-2] |= joined
    beside[2:] |= joined
    in_run = joined & beside[1:-1]  # one that is alone begins a phrase
    runs = np.where(in_run, tags, ord(" ")).tobytes().decode("ascii").split()
    out = np.ones(len(tags), dtype=np.bool_)
    out[in_run] = np.frombuffer(b"".join(map(_BEGINS_OF_RUNS.__getitem__, runs)), dtype=np.bool_)
    return out


class _BeginsOfRuns(dict[str, bytes]):
    """Of runs of classes, a 1 for each that begins a phrase, a 0 for each other one; short runs are remembered."""

    def __missing__(self, run: str) -> bytes:
        parts = (run[start : start + _LONGEST] for start in range(0, len(run), _LONGEST))
        begins = b"".join([b"\1".ljust(len(phrase), b"\0") for part in parts for phrase in _PHRASE.findall(part)])
        if len(run) <= _SHORT and len(self) < _MOST:
            self[run] = begins
        return begins


_BEGINS_OF_RUNS = _BeginsOfRuns()


def _kinds(tags: Letters, first: Ints, last: Ints) -> Letters:
    """Return the kind of each phrase from the classes of its tokens."""
    begin, head = tags[first], tags[last]
    before = tags[np.maximum(first, last - 1)]
    kinds = head.copy()
    is_long = last > first
    kinds[head == ord("H")] = ord("P")
    kinds[(head == ord("C")) & is_long & (before == ord("M"))] = ord("M")  # May 8
    kinds[(head == ord("A")) & is_long] = ord("N")  # the poor, the accused
    kinds[(head == ord("V")) | ((head == ord("G")) & is_long)] = ord("v")
    kinds[(head == ord("V")) & is_long & (before == ord("Z"))] = ord("p")
    kinds[(head == ord("G")) & ~is_long] = ord("g")
    kinds[(head == ord("X")) | (head == ord("Z"))] = ord("x")
    kinds[(begin == ord("T")) & is_long] = ord("i")
    return kinds


def _participles(kinds: Letters, tokens: Tokens, first: Ints, last: Ints) -> list[int]:
    """Return which verb groups are a participle that belongs to the noun phrase before it, no name."""
    found = (match.start() for match in _REDUCED.finditer(kinds.tobytes().decode("ascii")))
    return [
        at
        for at in found
        if last[at] - first[at] <= 1
        and tokens.words[last[at]].endswith(_PARTICIPLES)
        and not (kinds[at - 1] == ord("P") and tokens.tags[first[at - 1]] != ord("D"))
    ]


class Paths:
    """Hashes of stretches of phrases: equal for equal sequences of codes. Codes of 0 do not count."""

    _BASE = 0x9E3779B97F4A7C15
    _INVERSE = pow(_BASE, -1, 1 << 64)

    def __init__(self, codes: Hashes) -> None:
        """Prepare the hashes of a sequence, a code a phrase."""
        self._counts = np.concatenate([[0], np.cumsum(codes != 0)])
        size = int(self._counts[-1]) + 1
        powers = _powers(self._BASE, size)
        self._inverses = _powers(self._INVERSE, size)
        self._sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(codes * powers[self._counts[:-1]])])

    def between(self, starts: Ints, ends: Ints) -> tuple[Hashes, Ints]:
        """Return the hash of each stretch from a start up to an end, and how many codes count in it."""
        counts = self._counts[ends] - self._counts[starts]
        return (self._sums[ends] - self._sums[starts]) * self._inverses[self._counts[starts]], counts


def _powers(base: int, size: int) -> Hashes:
    factors = np.full(size, base, dtype=np.uint64)
    factors[0] = 1
    return np.cumprod(factors)
