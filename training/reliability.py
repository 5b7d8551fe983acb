"""How far `confidence` may be trusted: on gold, how often speakers of each confidence are right."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from training.fit import Flags, Reals
from training.gold import GoldArticle
from transforms.quotes.attribution import LEAST_CONFIDENCE, Attributed, attribute
from transforms.quotes.marks import Span

EDGES = (0.0, LEAST_CONFIDENCE, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)
"""Each bin holds its lower edge; the last its upper one, too."""
THRESHOLDS = (LEAST_CONFIDENCE, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)


def reliability(gold: Sequence[GoldArticle]) -> str:
    """Return Markdown tables of confidence and truth, of quoted and of reported spans, each with two measures of all.

    The expected calibration error is the mean distance of confidence and share right over bins, by their size
    (Naeini et al. 2015); the Brier score is the mean squared distance of confidence from 1 if right, else 0.
    """
    attributed = attribute([one.article for one in gold])
    judged = [each for one, found in zip(gold, attributed, strict=True) for each in _judged(one, found)]
    table = np.array(judged, dtype=np.float64).reshape(-1, 3)
    confidence, is_right, is_quoted = table[:, 0], table[:, 1] > 0, table[:, 2] > 0
    parts = (("Quoted", is_quoted), ("Reported without marks", ~is_quoted))
    return "\n\n".join("\n".join([f"{name}:", "", *_of_part(confidence[mine], is_right[mine])]) for name, mine in parts)


def _of_part(confidence: Reals, is_right: Flags) -> list[str]:
    return [*_lines(confidence, is_right), "", *_choices(confidence, is_right)]


def _judged(gold: GoldArticle, found: Attributed) -> Iterator[tuple[float, bool, bool]]:
    """Yield the confidence of each span's speaker, 0 without one; whether gold agrees; whether the span is quoted.

    Spans that annotators attributed to nobody in particular are left out, as in calibration.
    """
    for span, attribution in zip(found.article.spans, found.attributions, strict=True):
        if attribution.is_quotation and not span.is_silence:
            mention = attribution.mention
            is_right = _is_right(gold, span, mention) if mention else False
            if is_right is not None:
                yield (attribution.confidence or 0.0) if mention else 0.0, is_right, span.report is None


def _choices(confidence: Reals, is_right: Flags) -> Iterator[str]:
    """Yield a table of what an analyst gets who asks for a least confidence."""
    yield "| confidence at least | share of spans | share right |"
    yield "| --- | ---: | ---: |"
    for least in THRESHOLDS:
        chosen = confidence >= least
        if chosen.any():
            yield f"| {least:g} | {chosen.mean():.3f} | {is_right[chosen].mean():.3f} |"


def _is_right(gold: GoldArticle, span: Span, mention: tuple[int, int]) -> bool | None:
    covering = gold.covering(span)
    speakers = [a for a in covering or () if a.speaker]
    if covering is None or (covering and not speakers):
        return None
    words = gold.gold_words(*mention)
    return any(a.is_by(words) for a in speakers)


def _lines(confidence: Reals, is_right: Flags) -> Iterator[str]:
    named = confidence > 0
    confidence, is_right = confidence[named], is_right[named]
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
