"""Statements that share words: one inside another (a chain), one that runs into the next clause, or a doubtful one."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from transforms.quotes.model.analysis import Reading
from transforms.quotes.silences import Silence

_JOINING = frozenset("JB,-")
"""Kinds of phrase that join a clause to the one before it."""


class Piece(NamedTuple):
    """A stretch of what is reported, as positions of tokens of a batch.

    Attributes:
        first: Its first token.
        last: Its last token.
    """

    first: int
    last: int

    def holds(self, token: int) -> bool:
        """Whether a token is part of it."""
        return self.first <= token <= self.last


@dataclass(frozen=True)
class Statement:
    """What is reported by one cue.

    Attributes:
        cue: The phrase that reports it.
        pieces: Its stretches, in order.
        belief: Probability that it is right, its bounds included.
        reported: Probability that what it holds is reported at all.
        speakers: The first tokens of the phrases that seem to name the speaker.
    """

    cue: int
    pieces: Sequence[Piece]
    belief: float
    reported: float
    speakers: Sequence[int]


def settle(reading: Reading, statements: Iterable[Statement], silences: Sequence[Silence]) -> list[Statement]:
    """Return statements that are apart or one inside a piece of another, none by the words of a silence; by cue.

    A statement ends before the next clause of its speaker: "said the books were in order and asked for water". Else, of
    two that share words, the surer one stays.

    Args:
        reading: What was read.
        statements: Statements by cue.
        silences: Where the text says that somebody did not speak.
    """
    sentences = reading.context.sentences
    silent: dict[int, list[Silence]] = {}
    for silence in silences:
        silent.setdefault(int(sentences[silence.group]), []).append(silence)
    out: list[Statement] = []
    for sentence, group in groupby(statements, key=lambda s: int(sentences[s.cue])):
        mine, theirs = list(group), silent.get(sentence, ())
        out += mine if len(mine) == 1 and not theirs else _settled(reading, mine, theirs)
    return out


def _settled(reading: Reading, statements: Sequence[Statement], silences: Sequence[Silence]) -> list[Statement]:
    """Return what is left of the statements of one sentence."""
    settled: list[Statement] = []
    owners: dict[int, list[Statement]] = {}
    taken = {token for silence in silences for token in range(silence.first_token, silence.last_token + 1)}
    for statement in sorted(_cut(reading, statements, silences), key=lambda s: (-s.belief, s.cue)):
        if int(reading.phrases.last[statement.cue]) in taken or not _is_clear(statement, silences):
            continue
        tokens = [token for first, last in statement.pieces for token in range(first, last + 1)]
        others = {other.cue: other for token in tokens for other in owners.get(token, ())}
        if tokens and all(_fit(reading, statement, other) for other in others.values()):
            settled.append(statement)
            for token in tokens:
                owners.setdefault(token, []).append(statement)
    return sorted(settled, key=lambda s: s.cue)


def _is_clear(statement: Statement, silences: Sequence[Silence]) -> bool:
    """Whether each silence is apart from all pieces, or inside of a longer one."""
    return all(
        silence.last_token < first
        or last < silence.first_token
        or first <= silence.first_token <= silence.last_token <= last
        for silence in silences
        for first, last in statement.pieces
    ) and not any((silence.first_token, silence.last_token) in statement.pieces for silence in silences)


def _fit(reading: Reading, one: Statement, other: Statement) -> bool:
    return _is_inside(reading, one, other) or _is_inside(reading, other, one)


def _is_inside(reading: Reading, inner: Statement, outer: Statement) -> bool:
    """Whether all of a statement, its cue and its speaker included, is part of one piece of another."""
    cue = int(reading.phrases.last[inner.cue])
    tokens = [cue, *inner.speakers, *(token for piece in inner.pieces for token in piece)]
    return bool(inner.speakers) and any(all(piece.holds(token) for token in tokens) for piece in outer.pieces)


def _cut(reading: Reading, statements: Sequence[Statement], silences: Sequence[Silence]) -> Iterator[Statement]:
    """Yield statements without the clauses that follow what is reported."""
    phrases = reading.phrases
    clauses: list[_Clause] = [(int(phrases.last[s.cue]), s.cue, s.speakers) for s in statements if s.speakers]
    clauses = sorted([*clauses, *((silence.first_token, silence.group, ()) for silence in silences)])
    for statement in statements:
        ended = [_ended(reading, piece, _within(clauses, piece)) for piece in statement.pieces]
        yield replace(statement, pieces=[piece for piece in ended if piece.first <= piece.last])


_Clause = tuple[int, int, Sequence[int]]
"""A cue's token, its phrase, and the first tokens of those that name its speaker."""


def _within(clauses: Sequence[_Clause], piece: Piece) -> Sequence[_Clause]:
    low = bisect_left(clauses, piece.first, key=itemgetter(0))
    return clauses[low : bisect_right(clauses, piece.last, lo=low, key=itemgetter(0))]


def _ended(reading: Reading, piece: Piece, clauses: Sequence[_Clause]) -> Piece:
    """Return a piece up to the first of the clauses in it that is joined to it and whose speaker is not part of it."""
    kinds, phrases = reading.phrases.letters, reading.phrases
    for _, cue, speakers in clauses:
        before = cue - 1
        if kinds[before] in _JOINING and not any(piece.holds(token) for token in speakers):
            while kinds[before] in _JOINING and phrases.first[before] >= piece.first:
                before -= 1
            return Piece(piece.first, int(phrases.last[before]))
    return piece
