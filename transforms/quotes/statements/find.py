"""Finds statements: words that somebody is reported to have said, without quotation marks."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise

import numpy as np

from transforms.quotes.cues import reports
from transforms.quotes.model.analysis import Reading
from transforms.quotes.model.features import hashed
from transforms.quotes.model.lines import SPAN_MARK, Ints
from transforms.quotes.model.ranker import added
from transforms.quotes.model.weights import Floats
from transforms.quotes.silences import Silence
from transforms.quotes.statements.belief import Candidate, Evidence
from transforms.quotes.statements.clauses import Clauses, Run
from transforms.quotes.statements.decoding import CONTENT, SPEAKER, Decoded, Flags, Scores, decode
from transforms.quotes.statements.facts import Facts, Reader
from transforms.quotes.statements.nesting import Piece, Statement, settle
from transforms.quotes.statements.templates import CUE_TEMPLATES, LABEL_TEMPLATES, STEP_TEMPLATES
from transforms.quotes.statements.weights import StatementWeights, with_first
from transforms.quotes.statements.windows import Windows, windows_around

LEAST_BELIEF, _LEAST_OF_PHRASE = 0.4, 0.7
"""Statements less probably right are left out; the second is for what is no clause: "announced the winner"."""
LEAST_ODDS = -1.5
"""Words whose log odds of reporting anything are lower are not looked at."""
LEAST_LEVEL = 1
"""Of cues: see `context.Context.levels`."""
_ROWS_AT_ONCE = 50_000
_SIGNS = frozenset(["$", "£", "€", "#", SPAN_MARK])
"""Tokens that may begin or end a statement without being words; those of _CLOSING may only end one."""
_CLOSING = frozenset("%)")


def find_statements(reading: Reading, weights: StatementWeights, silences: Sequence[Silence] = ()) -> list[Statement]:
    """Return the statements of a batch, those that quote words in marks included, by cue.

    They are apart, but for chains (see `nesting.settle`); none shares words with a silence.
    """
    reader = Reader(reading)
    windows = windows_around(reporting(reading), reading.phrases, reading.context)
    odds = cue_odds(reader.of_cues(windows), weights.cue)
    likely = np.nonzero(odds > LEAST_ODDS)[0]
    windows, odds = windows.of(likely), odds[likely]
    clauses = Clauses(reading)
    found = candidates(clauses, windows, odds, _decoded(reader, windows, weights))
    known = Evidence(reading, clauses).of(found)
    believed = zip(found, weights.belief.of(known).tolist(), weights.reported.of(known).tolist(), strict=True)
    least = {True: LEAST_BELIEF, False: _LEAST_OF_PHRASE}
    probable = [each for each in believed if each[1] > least[clauses.is_clause(each[0].runs)]]
    return settle(reading, _statements(reading, probable), silences)


def reporting(reading: Reading) -> Ints:
    """Return the phrases whose head is a word that reports speech, in a form that may be a cue."""
    context = reading.context
    is_quoted = reading.lines.is_inner[reading.phrases.lines]
    likely = np.nonzero((context.levels >= LEAST_LEVEL) & ~is_quoted)[0]
    return likely[reports(context.heads[likely])]


def cue_odds(facts: Facts, table: Floats) -> Floats:
    """Return the log odds that phrases report, given their facts."""
    return weights_of(table[:, None], hashed(CUE_TEMPLATES, facts))[:, 0]


def label_scores(facts: Facts, weights: StatementWeights) -> Scores:
    """Return the scores of labels of phrases, given their facts."""
    return Scores(
        with_first(weights_of(weights.labels, hashed(LABEL_TEMPLATES, facts))),
        with_first(weights_of(weights.steps, hashed(STEP_TEMPLATES, facts))),
    )


def weights_of(table: Floats, positions: Iterable[Ints]) -> Floats:
    """Return the summed weights of rows, a column each column of the table, given each template's positions in it."""
    rest = iter(positions)  # one at a time: all of them do not fit the processor's cache
    first = next(rest)
    weights = (table.take(position, axis=0, mode="clip") for position in chain([first], rest))
    return added(weights, (len(first), table.shape[1]))


def _decoded(reader: Reader, windows: Windows, weights: StatementWeights) -> Decoded:
    """Return what windows decode to; so many are read at a time that memory is bounded, whatever the text."""
    done = np.append(0, np.cumsum(windows.lengths))
    parts = [Decoded(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0, dtype=np.bool_))]
    first = 0
    while first < len(windows.cues):
        last = max(first + 1, int(np.searchsorted(done, done[first] + _ROWS_AT_ONCE, side="right")) - 1)
        some = windows.of(np.arange(first, last))
        parts.append(decode(label_scores(reader.of_rows(some, *some.rows()), weights), some.lengths))
        first = last
    return Decoded(*map(np.concatenate, zip(*parts, strict=True)))


def candidates(clauses: Clauses, windows: Windows, odds: Floats, decoded: Decoded) -> list[Candidate]:
    """Return what windows decode to, where it may be a statement."""
    contents, speakers = (_runs(decoded.labels == label, windows) for label in (CONTENT, SPEAKER))
    known = zip(odds.tolist(), decoded.surprise.tolist(), decoded.is_forced.tolist(), strict=True)
    out = []
    for cue, found, naming, evidence in zip(windows.cues.tolist(), contents, speakers, known, strict=True):
        if runs := clauses.of(cue, found):
            out.append(Candidate(cue, runs, [first for first, _ in naming], *evidence))
    return out


def _runs(flags: Flags, windows: Windows) -> list[list[Run]]:
    """Return of each window the runs of phrases whose rows are flagged."""
    of_rows, phrases = windows.rows()
    is_first = np.diff(of_rows, prepend=-1) != 0
    is_last = np.append(is_first[1:], True)
    first = np.nonzero(flags & (is_first | ~np.roll(flags, 1)))[0]
    last = np.nonzero(flags & (is_last | ~np.roll(flags, -1)))[0]
    runs = list(zip(phrases[first].tolist(), phrases[last].tolist(), strict=True))
    bounds = np.searchsorted(of_rows[first], np.arange(len(windows.cues) + 1)).tolist()
    return [runs[low:high] for low, high in pairwise(bounds)]


def _statements(reading: Reading, believed: Iterable[tuple[Candidate, float, float]]) -> Iterator[Statement]:
    """Yield the statements of candidates, each with its belief and how probably it is reported at all."""
    firsts = reading.phrases.first
    for one, belief, is_so in believed:
        trimmed = (_trimmed(reading, *run) for run in one.runs)
        if pieces := [piece for piece in trimmed if piece]:
            yield Statement(one.cue, pieces, belief, is_so, tuple(int(firsts[speaker]) for speaker in one.speakers))


def _trimmed(reading: Reading, first: int, last: int) -> Piece | None:
    """Return the tokens of a run of phrases without the marks at its edges."""
    words = reading.tokens.words
    start, end = int(reading.phrases.first[first]), int(reading.phrases.last[last])
    while start <= end and not _is_word(words[start]):
        start += 1
    while end >= start and not (_is_word(words[end]) or words[end] in _CLOSING):
        end -= 1
    return Piece(start, end) if start <= end else None


def _is_word(token: str) -> bool:
    return token[-1].isalnum() or any(map(str.isalnum, token)) or token in _SIGNS
