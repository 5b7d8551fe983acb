"""How right the rows of `QUOTES` are, by lines of a corrections file that say what is true of some of them.

Pure arithmetic: which columns a line judges, whether a row has them right, and how sure shares of a sample are.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import sqrt
from typing import Any, NamedTuple

from transforms.correction_decisions import Value, is_quotation
from transforms.correction_rules import folded
from transforms.quotes.kinds import NO_COMMENT

BOUNDS, KIND, SPEAKER, CUE = "text", "kind", "speaker", "cue"
_OF_SPEAKER = ("speaker_kind", "speaker_role", "speaker_organisation")
_SPOKEN = ("quote_type", SPEAKER, "speaker_mention", *_OF_SPEAKER, "reported_by", CUE, "polarity", "addressee")
JUDGED = (BOUNDS, KIND, *_SPOKEN)
"""The columns that people can judge, in the order in which they are asked for. Of a line `text` is where the bounds are
right or wrong: it is what the words should be."""
WHOLE_ROW = "whole row"
PLACES = {"speaker_mention": ("speaker_start", "speaker_end"), CUE: ("cue_start", "cue_end")}
_Z = 1.959963984540054
"""Quantile of the normal distribution that leaves 2.5 % above it."""


class Score(NamedTuple):
    """How right one column is.

    Attributes:
        column: One of `JUDGED`, or `WHOLE_ROW`.
        judged: The rows of which it was judged.
        right: Those that had it right.
        share: Right ones of those judged; None of none.
        low: Lower end of the 95 % interval of that share.
        high: Its upper end.
    """

    column: str
    judged: int
    right: int
    share: float | None
    low: float
    high: float


def wilson_interval(right: int, judged: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share (Wilson 1927); of nothing judged, all from 0 to 1."""
    if not judged:
        return 0.0, 1.0
    share, square = right / judged, _Z * _Z
    middle = (share + square / (2 * judged)) / (1 + square / judged)
    half = _Z / (1 + square / judged) * sqrt(share * (1 - share) / judged + square / (4 * judged * judged))
    return max(0.0, middle - half), min(1.0, middle + half)


def applicable(truth: Mapping[str, Value]) -> tuple[str, ...]:
    """Return the columns that a row has, given what is true of it: what nobody said has no speaker, and so on.

    Args:
        truth: Kind, speaker and cue, as far as they are known.
    """
    kind = truth.get(KIND)
    if kind is None or not is_quotation(str(kind)):
        return (BOUNDS, KIND)
    without = set()
    if kind == NO_COMMENT:
        without.add("quote_type")
    if truth.get(SPEAKER) is None:
        without.update(_OF_SPEAKER)
    if truth.get(CUE) is None:
        without.add("polarity")
    return tuple(column for column in JUDGED if column not in without)


def judge(line: Mapping[str, Value], row: Mapping[str, Any]) -> dict[str, bool]:
    """Return whether a row has right what a line says, by column; the whole row, too, if all that it has was judged.

    Args:
        line: What is true, by column; text as well, where the bounds were judged.
        row: The row as the rules found it.
    """
    verdicts = {c: _is_right(c, line, row) for c in JUDGED if c in line or any(p in line for p in PLACES.get(c, ()))}
    if all(column in verdicts for column in applicable(line)):
        verdicts[WHOLE_ROW] = all(verdicts.values())
    return verdicts


def _is_right(column: str, line: Mapping[str, Value], row: Mapping[str, Any]) -> bool:
    return all(_alike(line[c], row[c]) for c in (column, *PLACES.get(column, ())) if c in line)


def _alike(stated: Value, found: Any) -> bool:
    if isinstance(stated, str) and isinstance(found, str):
        return _spaced(stated) == _spaced(found)
    return bool(stated == found)


def _spaced(text: str) -> str:
    """Return text with every run of space and every apostrophe alike: a cell of a file has no line ends."""
    return " ".join(folded(text).split())


def score(verdicts: Iterable[Mapping[str, bool]]) -> list[Score]:
    """Return the score of each column, in the order of `JUDGED`, and of the whole row.

    Args:
        verdicts: Of each row what `judge` says.
    """
    judged: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for verdict in verdicts:
        judged.update(verdict.keys())
        right.update(column for column, is_right in verdict.items() if is_right)
    return [
        Score(
            c, judged[c], right[c], right[c] / judged[c] if judged[c] else None, *wilson_interval(right[c], judged[c])
        )
        for c in (*JUDGED, WHOLE_ROW)
    ]
