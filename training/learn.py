"""From gold to weights: features of every span, a model fitted in folds to see its worth, and one on all of it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.examples import Example, examples_of
from training.fit import Flags, Reals, fit_calibration, fit_classifier, fit_ranker
from training.gold import GoldArticle
from transforms.quotes.cues import cue_levels, found_in, is_known
from transforms.quotes.model.analysis import Analysis, analyse
from transforms.quotes.model.features import KIND_TEMPLATES, SPEAKER_TEMPLATES, Template, hashed
from transforms.quotes.model.lines import Ints, Lines
from transforms.quotes.model.mentions import Mentions
from transforms.quotes.model.phrases import Phrases
from transforms.quotes.model.ranker import Best, choose, facts_of_kinds, log_odds
from transforms.quotes.model.tokens import Hashes, Tokens, code_of
from transforms.quotes.model.weights import Calibration, Floats, ToldCalibration, Weights

FOLDS = 5
_NEGLIGIBLE = 0.01
_DOUBLE = [ord(mark[0]) + len(mark) for mark in ("“", '"', "''")]
_ARTICLE = 0x9E3779B97F4A7C15
_WHOLE = (1 << 64) - 1


@dataclass(frozen=True)
class Labels:
    """What gold says of the spans and pairs of a batch.

    Attributes:
        is_known: Whether the gold text holds the span, not inside another one.
        is_quotation: Whether it is attributed.
        has_speaker: Whether to a speaker.
        is_right: Whether the phrase of each pair names that speaker; in a chain (Ames said Boyd called it “unsafe”),
            either of them.
        is_innermost: Whether it names the last one of the chain, which is what is learned.
        folds: Fold of each span: all of an article are in one, and so are its copies.
        is_copy: Whether the span is of a copy of an article.
        is_told: Whether its cue is known.
        of_speakers: What the span counts where speakers are learned.
        of_kinds: What it counts where kinds are learned.
    """

    is_known: Flags
    is_quotation: Flags
    has_speaker: Flags
    is_right: Flags
    is_innermost: Flags
    folds: Ints
    is_copy: Flags
    is_told: Flags
    of_speakers: Reals
    of_kinds: Reals


@dataclass(frozen=True)
class Findings:
    """What models said of the spans that have candidates.

    Attributes:
        best: Best candidate of each.
        quotation: Probability of being a quotation.
    """

    best: Best
    quotation: Reals


def learn(gold: Sequence[GoldArticle], tell: Callable[[str], None]) -> Weights:
    """Return the weights that gold teaches; what cross-validation measures is told on the way.

    Every figure told is of articles that the model which made it had not seen: neither their speakers nor their cues.
    """
    examples = examples_of(gold)
    articles = [example.gold.article for example in examples]
    analysis = analyse(articles, left_out_levels(gold, np.array([example.original for example in examples])))
    labels = _labels(examples, analysis)
    tell(f"{len(gold)} articles, {(labels.is_known & ~labels.is_copy).sum()} spans")
    speaker_features = positions_of(SPEAKER_TEMPLATES, analysis.facts)
    found, kind_features = _cross_validate(analysis, labels, speaker_features)
    for line in measures(analysis, labels, found):
        tell(line)
    calibration, told_calibration = _calibrate(analysis, labels, found), _calibrate_told(analysis, labels, found)
    everywhere = np.ones(len(labels.folds), dtype=np.bool_)
    speaker = _fit_speakers(analysis, labels, speaker_features, everywhere)
    kind = _fit_kinds(analysis, labels, kind_features, found.best.pairs, everywhere)
    return Weights(
        pruned(speaker, _NEGLIGIBLE), pruned(kind, _NEGLIGIBLE), *_cue_table(gold), calibration, told_calibration
    )


def pruned(table: Floats, negligible: float) -> Floats:
    """Return weights without those that decide nothing, which are two of three and most of the file."""
    return np.where(np.abs(table) > negligible, table, np.float32(0))


def _cross_validate(
    analysis: Analysis, labels: Labels, features: npt.NDArray[np.int32]
) -> tuple[Findings, npt.NDArray[np.int32]]:
    """Return what models said of the fold that they had not seen, and the features of kinds that follow from it."""
    pairs = analysis.pairs
    scores = np.zeros(len(pairs.spans), dtype=np.float32)
    for fold in range(FOLDS):
        table = _fit_speakers(analysis, labels, features, labels.folds != fold)
        held_out = labels.folds[pairs.spans] == fold
        scores[held_out] = table[features[held_out]].sum(axis=1)
    best = choose(pairs, scores)
    kind_features = positions_of(KIND_TEMPLATES, facts_of_kinds(analysis, best))
    kind_scores = np.zeros(len(best.pairs))
    for fold in range(FOLDS):
        table = _fit_kinds(analysis, labels, kind_features, best.pairs, labels.folds != fold)
        held_out = labels.folds[pairs.spans[best.pairs]] == fold
        kind_scores[held_out] = table[kind_features[held_out]].sum(axis=1)
    return Findings(best, 1 / (1 + np.exp(-kind_scores))), kind_features


def positions_of(templates: Sequence[Template], facts: Mapping[str, Hashes]) -> npt.NDArray[np.int32]:
    """Return the positions of the features of each row of facts, a column a template."""
    return np.stack([positions.astype(np.int32) for positions in hashed(templates, facts)], axis=1)


def _fit_speakers(analysis: Analysis, labels: Labels, features: npt.NDArray[np.int32], of_spans: Flags) -> Floats:
    spans = analysis.pairs.spans
    has_right = np.bincount(spans, weights=labels.is_innermost, minlength=len(of_spans)) > 0
    used = (has_right & of_spans & (labels.of_speakers > 0))[spans]
    return fit_ranker(features[used], labels.is_innermost[used], spans[used], labels.of_speakers[spans[used]])


def _fit_kinds(
    analysis: Analysis, labels: Labels, features: npt.NDArray[np.int32], best: Ints, of_spans: Flags
) -> Floats:
    spans = analysis.pairs.spans[best]
    used = (labels.is_known & of_spans & (labels.of_kinds > 0))[spans]
    return fit_classifier(features[used], labels.is_quotation[spans[used]], labels.of_kinds[spans[used]])


def _calibrate(analysis: Analysis, labels: Labels, found: Findings) -> Calibration:
    spans = analysis.pairs.spans[found.best.pairs]
    used = (labels.is_known & ~labels.is_copy)[spans] & (labels.has_speaker | ~labels.is_quotation)[spans]
    odds = np.column_stack([log_odds(found.best.speaker), log_odds(found.quotation), found.best.scores])[used]
    return Calibration(*(float(number) for number in fit_calibration(odds, labels.is_right[found.best.pairs][used])))


def _calibrate_told(analysis: Analysis, labels: Labels, found: Findings) -> ToldCalibration:
    used = labels.is_told[analysis.pairs.spans[found.best.pairs]]
    odds = np.column_stack([log_odds(found.best.speaker), found.best.scores])[used]
    return ToldCalibration(
        *(float(number) for number in fit_calibration(odds, labels.is_right[found.best.pairs][used]))
    )


def measures(analysis: Analysis, labels: Labels, found: Findings) -> list[str]:
    """Return lines that say how right the findings are."""
    spans = analysis.pairs.spans[found.best.pairs]
    all_known = labels.is_known & ~labels.is_copy
    asked = (all_known & labels.has_speaker)[spans]
    right = labels.is_right[found.best.pairs]
    reachable = np.bincount(analysis.pairs.spans, weights=labels.is_right, minlength=len(labels.folds)) > 0
    spoken = all_known & labels.has_speaker
    share = right[asked].sum() / max(1, spoken.sum())
    best_possible = reachable[spoken].sum() / max(1, spoken.sum())
    is_told = labels.is_told[spans]
    lines = [
        f"speakers: {share:.4f} of spans right, {best_possible:.4f} could be",
        f"speakers of statements: {right[is_told].sum() / max(1, labels.is_told.sum()):.4f} right",
    ]
    is_double = np.isin(analysis.shapes.marks[spans], _DOUBLE)
    known, quotation = all_known[spans] & is_double, labels.is_quotation[spans]
    for threshold in (0.5, 0.6, 0.65, 0.7, 0.75, 0.8):
        said = found.quotation > threshold
        of_quotations = _f1(said[known], quotation[known])
        of_others = _f1(~said[known], ~quotation[known])
        lines.append(f"kinds at {threshold:.2f}: quotation F1 {of_quotations:.4f}, not a quotation F1 {of_others:.4f}")
    return lines


def _f1(said: Flags, true: Flags) -> float:
    return float(2 * (said & true).sum() / max(1, said.sum() + true.sum()))


def _labels(examples: Sequence[Example], analysis: Analysis) -> Labels:
    pairs, lines = analysis.pairs, analysis.lines
    mentions = Mentions(analysis.tokens, analysis.phrases)
    bounds = np.array([mentions.bounds(phrase) for phrase in pairs.phrases.tolist()], dtype=np.int64).reshape(-1, 2)
    starts, ends = lines.to_article(bounds[:, 0]), lines.to_article(bounds[:, 1] - 1) + 1
    edges = np.append(pairs.starts, len(pairs.spans))
    of_span = {int(pairs.spans[a]): range(a, b) for a, b in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)}
    rows = []
    is_right, is_innermost = np.zeros((2, len(pairs.spans)), dtype=np.bool_)
    number = 0
    for one, original, is_copy, of_speakers, of_kinds in examples:
        for span, of_speaker, of_kind in zip(one.article.spans, of_speakers, of_kinds, strict=True):
            covering = one.covering(span)
            speakers = [a for a in covering or () if a.speaker]
            told = (covering is not None, bool(covering), bool(speakers))
            is_told = span.report is not None and span.report.cue >= 0
            rows.append((*told, original % FOLDS, is_copy, is_told, of_speaker, of_kind))
            for pair in of_span.get(number, ()) if speakers else ():
                words = one.gold_words(int(starts[pair]), int(ends[pair]))
                named = [a for a in speakers if a.is_by(words)]
                is_right[pair] = bool(named)
                is_innermost[pair] = min(len(a.content) for a in speakers) in {len(a.content) for a in named}
            number += 1
    known, quotation, speaker, *rest = (np.array(column) for column in zip(*rows, strict=True))
    return Labels(known, quotation, speaker, is_right, is_innermost, *rest)


def _counted(gold: Sequence[GoldArticle]) -> tuple[Counter[str], Counter[str]]:
    counts: Counter[str] = Counter()
    cue_counts: Counter[str] = Counter()
    for one in gold:
        counts.update(one.counts)
        cue_counts.update(one.cue_counts)
    return counts, cue_counts


def _by_code(counts: Counter[str], words: Sequence[str]) -> tuple[Hashes, Reals]:
    codes = np.array([code_of(word) for word in words], dtype=np.uint64)
    order = np.argsort(codes, kind="stable")
    return codes[order], np.array([counts[word] for word in words], dtype=np.float64)[order]


def _cue_table(gold: Sequence[GoldArticle]) -> tuple[Hashes, Ints]:
    """Return the words of gold whose level is another than of words never seen, as hashes, and their levels."""
    counts, cue_counts = _counted(gold)
    words = sorted(counts)
    codes, total = _by_code(counts, words)
    as_cue = _by_code(cue_counts, words)[1]
    known = is_known(codes)
    levels = cue_levels(as_cue, total, known)
    told = levels != cue_levels(np.zeros(len(codes)), np.zeros(len(codes)), known)
    return codes[told], levels[told]


def left_out_levels(gold: Sequence[GoldArticle], originals: Ints) -> Callable[[Lines, Tokens, Phrases], Ints]:
    """Return what tells cues from other words in each example by all articles but the original that it is of."""
    counts, cue_counts = _counted(gold)
    words = sorted(counts)
    codes, total = _by_code(counts, words)
    as_cue = _by_code(cue_counts, words)[1]
    own = {
        (code_of(word) + at * _ARTICLE) & _WHOLE: (one.cue_counts[word], count)
        for at, one in enumerate(gold)
        for word, count in one.counts.items()
    }
    own_codes = np.array(sorted(own), dtype=np.uint64)
    own_counts = np.array([own[code] for code in sorted(own)], dtype=np.float64)

    def levels(lines: Lines, tokens: Tokens, phrases: Phrases) -> Ints:
        heads = tokens.codes(phrases.last)
        at, is_there = found_in(codes, heads)
        left_out = originals[lines.articles[phrases.lines]]
        keys = heads + left_out.astype(np.uint64) * np.uint64(_ARTICLE)
        at_own, is_own = found_in(own_codes, keys)
        seen = np.where(is_there, as_cue[at], 0) - np.where(is_own, own_counts[at_own, 0], 0)
        all_seen = np.where(is_there, total[at], 0) - np.where(is_own, own_counts[at_own, 1], 0)
        return cue_levels(seen, all_seen, is_known(heads))

    return levels
