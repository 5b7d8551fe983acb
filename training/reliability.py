"""How far `confidence` may be trusted: on gold, how often speakers of each confidence are right."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from training.fit import Flags, Reals
from training.gold import GoldArticle
from transforms.quotes.attribution import LEAST_CONFIDENCE, Attribution, attribute
from transforms.quotes.marks import Span

EDGES = (LEAST_CONFIDENCE, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)
"""Each bin holds its lower edge; the last its upper one, too."""


def reliability(gold: Sequence[GoldArticle]) -> str:
    """Return a Markdown table of confidence and truth by bin, and below it two measures of all.

    The expected calibration error is the mean distance of confidence and share right over bins, by their size
    (Naeini et al. 2015); the Brier score is the mean squared distance of confidence from 1 if right, else 0.
    """
    attributions = attribute([one.article for one in gold])
    judged = [pair for one, found in zip(gold, attributions, strict=True) for pair in _judged(one, found)]
    confidence = np.array([pair[0] for pair in judged], dtype=np.float64)
    is_right = np.array([pair[1] for pair in judged], dtype=np.bool_)
    return "\n".join(_lines(confidence, is_right))


def _judged(gold: GoldArticle, attributions: Sequence[Attribution]) -> Iterator[tuple[float, bool]]:
    """Yield the confidence of each speaker named, and whether gold agrees.

    Spans that annotators attributed to nobody in particular are left out, as in calibration.
    """
    for span, found in zip(gold.article.spans, attributions, strict=True):
        if found.mention and found.confidence is not None and found.is_quotation:
            is_right = _is_right(gold, span, found.mention)
            if is_right is not None:
                yield found.confidence, is_right


def _is_right(gold: GoldArticle, span: Span, mention: tuple[int, int]) -> bool | None:
    covering = gold.covering(span)
    speakers = [a for a in covering or () if a.speaker]
    if covering is None or (covering and not speakers):
        return None
    words = gold.gold_words(*mention)
    return any(a.is_by(words) for a in speakers)


def _lines(confidence: Reals, is_right: Flags) -> Iterator[str]:
    yield "| confidence | spans | mean confidence | share right |"
    yield "| --- | ---: | ---: | ---: |"
    bins = np.digitize(confidence, EDGES[1:-1])
    error = 0.0
    for number, (low, high) in enumerate(pairwise(EDGES)):
        mine = bins == number
        if count := int(mine.sum()):
            mean, share = confidence[mine].mean(), is_right[mine].mean()
            error += count * abs(mean - share)
            yield f"| {low:g}–{high:g} | {count} | {mean:.3f} | {share:.3f} |"
        else:
            yield f"| {low:g}–{high:g} | 0 | | |"
    if count := len(confidence):
        brier = np.square(confidence - is_right).mean()
        yield f"| all | {count} | {confidence.mean():.3f} | {is_right.mean():.3f} |"
        yield ""
        yield f"Expected calibration error {error / count:.4f}, Brier score {brier:.4f}."
