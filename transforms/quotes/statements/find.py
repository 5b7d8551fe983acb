"""Finds statements: words that somebody is reported to have said, without quotation marks."""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from transforms.quotes.cues import reports
from transforms.quotes.model.analysis import Reading
from transforms.quotes.model.features import Template, hashed
from transforms.quotes.model.lines import SPAN_MARK, Ints
from transforms.quotes.model.tokens import Hashes
from transforms.quotes.model.weights import Floats
from transforms.quotes.silences import Silence
from transforms.quotes.statements.clauses import Clauses
from transforms.quotes.statements.decoding import CONTENT, SPEAKER, Decoded, Reals, Scores, decode
from transforms.quotes.statements.facts import Facts, Reader
from transforms.quotes.statements.nesting import Piece, Statement, settle
from transforms.quotes.statements.templates import CUE_TEMPLATES, LABEL_TEMPLATES, STEP_TEMPLATES
from transforms.quotes.statements.weights import StatementWeights
from transforms.quotes.statements.windows import Windows, windows_around

LEAST_BELIEF = 0.3
"""Statements less probably right are left out."""
LEAST_LEVEL = 1
"""Of cues: see `context.Context.levels`."""
_CONTENT, _SPEAKER = (re.compile(re.escape(bytes([label])) + b"+") for label in (CONTENT, SPEAKER))
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
    likely = np.nonzero(weights.belief.probability(odds, np.zeros(len(odds))) > LEAST_BELIEF)[0]
    windows, odds = windows.of(likely), odds[likely]
    of_rows, phrases = windows.rows()
    decoded = decode(label_scores(reader.of_rows(windows, of_rows, phrases), weights), windows.lengths)
    belief, reported = (of.probability(odds, decoded.surprise) for of in (weights.belief, weights.reported))
    found = _statements(reading, windows, decoded, belief, reported)
    return settle(reading, found, silences)


def reporting(reading: Reading) -> Ints:
    """Return the phrases whose head is a word that reports speech, in a form that may be a cue."""
    context = reading.context
    is_quoted = reading.lines.is_inner[reading.phrases.lines]
    return np.nonzero((context.levels >= LEAST_LEVEL) & reports(context.heads) & ~is_quoted)[0]


def cue_odds(facts: Facts, table: Floats) -> npt.NDArray[np.float32]:
    """Return the log odds that phrases report, given their facts."""
    return _summed(CUE_TEMPLATES, facts, table[:, None])[:, 0]


def label_scores(facts: Facts, weights: StatementWeights) -> Scores:
    """Return the scores of labels of phrases, given their facts."""
    return Scores(
        _summed(LABEL_TEMPLATES, facts, weights.labels),
        _summed(STEP_TEMPLATES, facts, weights.steps),
    )


def _summed(templates: Sequence[Template], facts: dict[str, Hashes], table: Floats) -> Floats:
    total = np.zeros((len(facts["one"]), table.shape[1]), dtype=np.float32)
    for positions in hashed(templates, facts):
        total += table.take(positions, axis=0, mode="clip")  # which no position needs, and is faster
    return total


def _statements(
    reading: Reading, windows: Windows, decoded: Decoded, beliefs: Reals, reported: Reals
) -> list[Statement]:
    """Return the statements that windows decode to, those that are probable enough."""
    labels = decoded.labels.astype(np.uint8).tobytes()
    lasts = np.cumsum(windows.lengths)
    bounds = zip(
        *(values.tolist() for values in (windows.cues, windows.starts, lasts - windows.lengths, lasts)), strict=True
    )
    firsts, clauses = reading.phrases.first.tolist(), Clauses(reading)
    out = []
    for (cue, start, first, last), belief, is_so in zip(bounds, beliefs.tolist(), reported.tolist(), strict=True):
        if belief <= LEAST_BELIEF:
            continue
        shift = start - first
        found = [(m.start() + shift, m.end() - 1 + shift) for m in _CONTENT.finditer(labels, first, last)]
        trimmed = (_trimmed(reading, *run) for run in clauses.of(cue, found, belief))
        if pieces := [piece for piece in trimmed if piece]:
            speakers = [firsts[m.start() + shift] for m in _SPEAKER.finditer(labels, first, last)]
            out.append(Statement(cue, pieces, belief, is_so, speakers))
    return out


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
