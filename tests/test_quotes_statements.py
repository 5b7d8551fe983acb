"""Statements: decoding against every labelling, closing up against reading anew, and what becomes spans."""

from itertools import product

import numpy as np
import pytest
from reading import article_of

from transforms.quotes.attribution import attribute
from transforms.quotes.marks import Report, Span
from transforms.quotes.model.analysis import analyse, analyse_further, cue_levels_of, read
from transforms.quotes.model.weights import load_weights
from transforms.quotes.statements import report
from transforms.quotes.statements.decoding import CONTENT, LABELS, Scores, decode

STORY = [
    "Marit Solheim said that the ferry would run through the winter.",
    "The pier, she said, would close in May. “It is old,” Solheim said.",
    "Nobody came.",
    "Nobody came back.",
    "Nobody came at all.",
    "The mayor, Ola Berg, warned the owners that “nothing” was safe and that the bank’s loan was due.",
    "According to the harbour’s owners, the crane costs two million. Falk declined to comment.",
]


def spans_of(*paragraphs: str) -> list[tuple[str, Span]]:
    (found,) = attribute([article_of(*paragraphs)])
    return [(found.article.text[span.start : span.end], span) for span in found.article.spans]


@pytest.mark.parametrize("seed", range(5))
def test_decoded_labels_are_the_best_that_have_content(seed: int) -> None:
    chance = np.random.default_rng(seed)
    lengths = np.array([1, 4, 2, 5, 4])
    rows = int(lengths.sum())
    scores = Scores(
        chance.normal(size=(rows, LABELS)).astype(np.float32),
        chance.normal(size=(rows, LABELS * LABELS)).astype(np.float32),
    )
    decoded = decode(scores, lengths)
    found = zip(np.cumsum(lengths) - lengths, lengths, decoded.surprise, decoded.is_forced, strict=True)
    for first, length, surprise, is_forced in found:
        totals = {
            labels: sum(float(scores.labels[first + at, label]) for at, label in enumerate(labels))
            + sum(float(scores.steps[first + at, labels[at - 1] * LABELS + labels[at]]) for at in range(1, length))
            for labels in product(range(LABELS), repeat=int(length))
        }
        with_content = {labels: total for labels, total in totals.items() if CONTENT in labels}
        best = max(with_content, key=lambda labels: with_content[labels])
        assert tuple(decoded.labels[first : first + length]) == best
        assert is_forced == (max(totals.values()) > totals[best])
        totals = with_content if is_forced else totals
        assert surprise == pytest.approx(np.log(sum(np.exp(v) for v in totals.values())) - totals[best], abs=1e-4)


def test_closing_up_is_reading_anew() -> None:
    levels_of = cue_levels_of(load_weights())
    articles = [article_of(*STORY), article_of("Nothing."), article_of(*reversed(STORY)), article_of(STORY[1])]
    reading = read(articles, levels_of)
    reported = report(articles, reading)
    assert sum(span.report is not None and not span.is_silence for one in reported for span in one.spans) >= 8
    further, anew = analyse_further(reading, reported, levels_of), analyse(reported, levels_of)
    assert further.tokens.words == anew.tokens.words
    assert further.phrases.letters == anew.phrases.letters
    assert further.lines.kinds == anew.lines.kinds
    assert further.facts.keys() == anew.facts.keys()
    for name, values in anew.facts.items():
        assert np.array_equal(further.facts[name], values), name
    for pairs, others in zip(further.pairs, anew.pairs, strict=True):
        assert np.array_equal(pairs, others)


REPORTED = "Ash said rain fell, adding that Moen wrote of it."


def told(words: str, cue: str, parent: int = -1) -> Span:
    start = REPORTED.index(words)
    bounds = (start, start + len(words))
    return Span(0, "", *bounds, *bounds, True, parent, report=Report(REPORTED.index(cue), 0.9))


@pytest.mark.parametrize(
    ("spans", "cues"),
    [
        pytest.param([("rain fell", "said"), ("that Moen wrote of it", "adding")], ["said", "adding"], id="apart"),
        pytest.param([("rain fell", "wrote"), ("that Moen wrote of it", "adding")], [None, "adding"], id="inside"),
        pytest.param([("rain fell", "that"), ("that Moen wrote of it", "adding")], [None, "adding"], id="first"),
        pytest.param([("that Moen wrote of it", "adding"), ("of it", "wrote", 0)], ["adding", "wrote"], id="chain"),
        pytest.param([("that Moen wrote of it", "adding"), ("of it", "said", 0)], ["adding", None], id="outside"),
    ],
)
def test_a_cue_that_is_closed_up_is_not_known(spans: list[tuple[str, str]], cues: list[str | None]) -> None:
    levels_of = cue_levels_of(load_weights())
    quoted = article_of(REPORTED)
    article = quoted._replace(spans=[told(*span) for span in spans])
    further, anew = analyse_further(read([quoted], levels_of), [article], levels_of), analyse([article], levels_of)
    for analysis in (further, anew):
        words, lasts = analysis.tokens.words, analysis.phrases.last
        assert [words[lasts[cue]] if cue >= 0 else None for cue in analysis.phrases.cues.tolist()] == cues


def test_nothing_to_read() -> None:
    assert attribute([]) == []
    (found,) = attribute([article_of()])
    assert (found.article.spans, found.attributions) == ([], [])
    (found,) = attribute([article_of("…")])
    assert found.attributions == []


def test_pieces_of_a_statement_know_each_other() -> None:
    found = spans_of("The bridge, Ames said, will close on Monday.")
    assert [text for text, _ in found] == ["The bridge", "will close on Monday"]
    assert [span.piece_of for _, span in found] == [-1, 0]


def test_words_around_a_quotation_are_not_reported_twice() -> None:
    ((words, span),) = spans_of("Ames said that the bridge was “a disgrace” and would close.")
    text = "Ames said that the bridge was “a disgrace” and would close."
    assert words == "a disgrace"
    assert span.statement is not None
    assert text[slice(*span.statement)] == "that the bridge was “a disgrace” and would close"


def test_silence_is_a_span_with_its_speaker() -> None:
    ((words, span),) = spans_of("Ola Berg declined to comment on the sale.")
    assert (words, span.is_silence) == ("declined to comment", True)
    assert span.report is not None
    assert span.report.speaker == (0, len("Ola Berg"))


@pytest.mark.parametrize("count", [1, 300])
def test_many_cues_in_one_sentence_are_no_trouble(count: int) -> None:
    text = "Ames said " + "that Boyd said " * count + "nothing would change."
    for _, span in spans_of(text):
        assert 0 <= span.start < span.end <= len(text)
