"""From gold to the weights of statements: which words report, and which words around them are what they report."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.fields import Field, fit_field
from training.fit import Flags, fit_calibration, fit_classifier
from training.gold import Attribution, GoldArticle
from training.learn import FOLDS, left_out_levels, positions_of, pruned
from transforms.quotes.cues import reports
from transforms.quotes.model.analysis import Reading, read
from transforms.quotes.model.lines import Ints
from transforms.quotes.statements.belief import Belief, Candidate, Evidence
from transforms.quotes.statements.clauses import Clauses
from transforms.quotes.statements.decoding import CONTENT, OTHER, SPEAKER, Decoded, Scores, decode
from transforms.quotes.statements.facts import Reader
from transforms.quotes.statements.find import LEAST_LEVEL, LEAST_ODDS, candidates, weights_of
from transforms.quotes.statements.templates import CUE_TEMPLATES, LABEL_TEMPLATES, STEP_TEMPLATES
from transforms.quotes.statements.weights import StatementWeights, without_first
from transforms.quotes.statements.windows import Windows, windows_around

_OTHER_COUNTS = 0.5
"""What a window counts whose cue reports no speech."""
_CUE_PENALTY = 6.0
_NEGLIGIBLE = 0.03
_VERBS = "vpgiL"

Positions = npt.NDArray[np.int32]


@dataclass(frozen=True)
class _Labels:
    """What gold says of windows.

    Attributes:
        is_cue: Whether the cue of each reports something in its window.
        rows: Label of each row.
        folds: Fold of each window.
        reports_speech: Whether its word may report speech.
        is_reported: Whether each phrase of the batch is part of anything reported.
    """

    is_cue: Flags
    rows: Ints
    folds: Ints
    reports_speech: Flags
    is_reported: Flags


def learn_statements(gold: Sequence[GoldArticle], tell: Callable[[str], None]) -> StatementWeights:
    """Return the weights that gold teaches; what cross-validation measures is told on the way."""
    reading = read([one.article for one in gold], left_out_levels(gold, np.arange(len(gold))))
    cues = np.nonzero(reading.context.levels >= LEAST_LEVEL)[0]
    windows = windows_around(cues, reading.phrases, reading.context)
    labels = _labels(gold, reading, windows)
    tell(f"{len(gold)} articles, {labels.is_cue.sum()} statements and quotations with a cue")
    reader = Reader(reading)
    of_cues = positions_of(CUE_TEMPLATES, reader.of_cues(windows))
    facts = reader.of_rows(windows, *windows.rows())
    of_labels, of_steps = positions_of(LABEL_TEMPLATES, facts), positions_of(STEP_TEMPLATES, facts)

    found: list[Candidate] = []
    clauses = Clauses(reading)
    for fold in range(FOLDS):
        mine, others = labels.folds == fold, labels.folds != fold
        cue = fit_classifier(of_cues[others], labels.is_cue[others], np.ones(others.sum()), _CUE_PENALTY)
        decoded = _decoded(_fit(of_labels, of_steps, labels, windows, others), of_labels, of_steps, windows, mine)
        right = _are_right(decoded, labels, windows, mine)[labels.is_cue[mine]]
        tell(f"fold {fold}: {right.mean():.4f} of statements right, given their cues")
        found += candidates(clauses, windows.of(np.nonzero(mine)[0]), cue[of_cues[mine]].sum(axis=1), decoded)
    found = [one for one in found if one.odds > LEAST_ODDS and reports(reading.context.heads[one.cue])]
    told, judge = Evidence(reading, clauses).of(found), _Judge(labels, windows)
    belief = Belief(fit_calibration(told, np.array([judge.is_right(one) for one in found])).tolist())
    reported = Belief(fit_calibration(told, np.array([judge.is_reported(one) for one in found])).tolist())
    field = _fit(of_labels, of_steps, labels, windows, np.ones(len(cues), dtype=np.bool_))
    cue = fit_classifier(of_cues, labels.is_cue, np.ones(len(cues)), _CUE_PENALTY)
    cue, of_label, of_step = (pruned(table, _NEGLIGIBLE) for table in (cue, field.labels, field.steps))
    return StatementWeights(cue, without_first(of_label), without_first(of_step), belief, reported)


def _fit(of_labels: Positions, of_steps: Positions, labels: _Labels, windows: Windows, chosen: Flags) -> Field:
    """Return the field that the chosen windows teach, of those whose cue reports something."""
    used = chosen & labels.is_cue
    rows = np.repeat(used, windows.lengths)
    counts = np.where(labels.reports_speech, 1.0, _OTHER_COUNTS)[used]
    return fit_field(of_labels[rows], of_steps[rows], labels.rows[rows], windows.lengths[used], counts)


def _decoded(field: Field, of_labels: Positions, of_steps: Positions, windows: Windows, chosen: Flags) -> Decoded:
    rows = np.repeat(chosen, windows.lengths)
    scores = Scores(weights_of(field.labels, of_labels[rows].T), weights_of(field.steps, of_steps[rows].T))
    return decode(scores, windows.lengths[chosen])


def _are_right(decoded: Decoded, labels: _Labels, windows: Windows, chosen: Flags) -> Flags:
    """Return of which windows more than half of the rows that are content by either account are so by both."""
    lengths = windows.lengths[chosen]
    of_windows = np.repeat(np.arange(len(lengths)), lengths)
    true, said = labels.rows[np.repeat(chosen, windows.lengths)] == CONTENT, decoded.labels == CONTENT
    both, either = (np.bincount(of_windows[flags], minlength=len(lengths)) for flags in (said & true, said | true))
    return np.asarray(2 * both > either)


class _Judge:
    """Tells whether gold agrees with what cues seem to report."""

    def __init__(self, labels: _Labels, windows: Windows) -> None:
        self._is_reported = labels.is_reported
        of_windows, phrases = windows.rows()
        is_content = labels.rows == CONTENT
        self._content: dict[int, set[int]] = {}
        for cue, phrase in zip(
            windows.cues[of_windows[is_content]].tolist(), phrases[is_content].tolist(), strict=True
        ):
            self._content.setdefault(cue, set()).add(phrase)

    def is_right(self, one: Candidate) -> bool:
        """Whether more than half of the phrases that are content by either account are so by both."""
        true, said = self._content.get(one.cue, set()), _phrases(one)
        return 2 * len(true & said) > len(true | said)

    def is_reported(self, one: Candidate) -> bool:
        """Whether more than half of its phrases are reported by anybody at all."""
        return bool(self._is_reported[sorted(_phrases(one))].mean() > 1 / 2)


def _phrases(one: Candidate) -> set[int]:
    return {phrase for first, last in one.runs for phrase in range(first, last + 1)}


def _labels(gold: Sequence[GoldArticle], reading: Reading, windows: Windows) -> _Labels:
    phrases, context = reading.phrases, reading.context
    overlay = _Overlay(gold, reading)
    places = {cue: at for at, cue in enumerate(windows.cues.tolist())}
    firsts = np.cumsum(windows.lengths) - windows.lengths
    rows = np.zeros(int(windows.lengths.sum()), dtype=np.int64)
    sizes = np.zeros(len(windows.cues), dtype=np.int64)
    is_reported = np.zeros(len(phrases.kinds), dtype=np.bool_)
    for article, attribution in overlay.attributions():
        is_reported[overlay.phrases(article, attribution.content)] = True
        cue = overlay.cue(article, attribution, places)
        if cue is None or len(attribution.content) <= sizes[cue]:
            continue
        sizes[cue] = len(attribution.content)
        first, start, end = firsts[cue], windows.starts[cue], windows.ends[cue]
        mine = np.full(end - start, OTHER)
        for label, words in ((SPEAKER, attribution.speaker), (CONTENT, attribution.content)):
            within = [p - start for p in overlay.phrases(article, words) if start <= p < end and p != windows.cues[cue]]
            mine[within] = label
        rows[first : first + len(mine)] = mine
    rows = _filled(rows, windows, overlay.is_wordless)
    of_windows, _ = windows.rows()
    is_cue = np.bincount(of_windows, rows == CONTENT, minlength=len(sizes)) > 0
    folds = reading.lines.articles[phrases.lines[windows.cues]] % FOLDS
    return _Labels(is_cue, rows, folds, reports(context.heads[windows.cues]), is_reported)


def _filled(labels: Ints, windows: Windows, is_wordless: Flags) -> Ints:
    """Return labels with those of marks between two phrases of one label: theirs."""
    of_windows, phrases = windows.rows()
    at = np.arange(len(labels))
    has_words = ~is_wordless[phrases]
    before = np.maximum.accumulate(np.where(has_words, at, 0))
    after = np.minimum.accumulate(np.where(has_words, at, len(at) - 1)[::-1])[::-1]
    is_inside = (of_windows[before] == of_windows) & (of_windows[after] == of_windows)
    is_between = ~has_words & is_inside & (labels[before] == labels[after])
    return np.where(is_between, labels[before], labels)


class _Overlay:
    """Gold words laid over phrases."""

    def __init__(self, gold: Sequence[GoldArticle], reading: Reading) -> None:
        self._gold = gold
        phrases = reading.phrases
        self._levels, self._kinds = reading.context.levels, phrases.letters
        self._by_word: list[dict[int, int]] = [{} for _ in gold]
        self._spans: list[list[tuple[int, set[int]]]] = [[] for _ in gold]
        self._read_words(reading)
        self._read_spans(reading)
        of_words = [phrase for by_word in self._by_word for phrase in by_word.values()]
        self._sizes = np.bincount(np.array(of_words, dtype=np.int64), minlength=len(phrases.first))
        self.is_wordless = (self._sizes == 0) & (phrases.spans < 0)

    def _read_words(self, reading: Reading) -> None:
        lines, tokens, phrases, _, _ = reading
        of_tokens = np.searchsorted(phrases.first, np.arange(len(tokens.words)), side="right") - 1
        articles = lines.articles[phrases.lines[of_tokens]]
        starts, lasts = lines.to_article(tokens.starts), lines.to_article(tokens.ends - 1)
        is_text = (phrases.spans[of_tokens] < 0) & ~lines.is_inner[phrases.lines[of_tokens]]
        for token in np.nonzero(is_text)[0].tolist():
            article = int(articles[token])
            one = self._gold[article]
            for word in one.gold_words(int(starts[token]), int(lasts[token]) + 1):
                self._by_word[article].setdefault(word, int(of_tokens[token]))

    def _read_spans(self, reading: Reading) -> None:
        number = 0
        for at, one in enumerate(self._gold):
            for span in one.article.spans:
                phrase = int(reading.phrases.of_spans[number])
                number += 1
                if phrase >= 0 and span.parent < 0:
                    words = {word for word in one.gold_words(span.start, span.end) if word >= 0}
                    self._spans[at].append((phrase, words))

    def attributions(self) -> Iterator[tuple[int, Attribution]]:
        """Yield the attributions that have content, with the position of their article."""
        for at, one in enumerate(self._gold):
            for attribution in one.attributions:
                if attribution.content:
                    yield at, attribution

    def phrases(self, article: int, words: set[int]) -> list[int]:
        """Return the phrases most of whose words are among some gold words."""
        counts = Counter(self._by_word[article][word] for word in words if word in self._by_word[article])
        found = [phrase for phrase, count in counts.items() if 2 * count >= self._sizes[phrase]]
        return found + [phrase for phrase, body in self._spans[article] if 2 * len(body & words) > len(body) > 0]

    def cue(self, article: int, attribution: Attribution, places: dict[int, int]) -> int | None:
        """Return the window whose cue is the surest of an attribution's words, a verb rather than another one."""
        by_word = self._by_word[article]
        among = {by_word[word] for word in attribution.cue if word in by_word} & places.keys()
        best = min(among, key=lambda p: (-self._levels[p], self._kinds[p] not in _VERBS, p), default=None)
        return None if best is None else places[best]
