"""Learning from gold: annotations over our own reading of a text, and weights that follow from them."""

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from gold import Roles, write_gold

from training.examples import Example, examples_of, with_more_marks
from training.gold import Attribution, GoldArticle, Words, read_gold
from training.learn import learn
from training.reliability import reliability
from training.tags import derive_tags
from transforms.quotes.model.analysis import analyse, cue_levels_of
from transforms.quotes.model.ranker import rank
from transforms.quotes.model.weights import Weights, from_bytes
from transforms.quotes.relations import Relations


def gold_of(folder: Path, text: str, *attributions: Roles) -> GoldArticle:
    write_gold(folder, "one", text, attributions)
    (one,) = read_gold(folder)
    return one


STORY = """\
The harbour of {town} stays closed until spring, its owners said on Monday.

“The {thing} needs new {part},” said {first}, who keeps the books. “We cannot open it before May.”

{second} told the council: “Nobody asked the people of {town}.” The so-called “{nick}” was built long ago.

“It will be ready when the ice has gone,” {first} said.
"""
NAMES = ["Ola Brandt", "Ines Falk", "Per Lund", "Mia Torv", "Jon Aske", "Liv Nord", "Tor Vik", "Ada Holm", "Rolf Dahl"]
THINGS = [("pier", "planks", "Old Lady"), ("crane", "chains", "Tin Bird"), ("lock", "gates", "Wet Door")]


@pytest.fixture(scope="module")
def gold(tmp_path_factory: pytest.TempPathFactory) -> list[GoldArticle]:
    folder = tmp_path_factory.mktemp("gold")
    for number in range(12):
        first, second = NAMES[number % 9], NAMES[(number + 1 + number // 9) % 9]
        thing, part, nick = THINGS[number % 3]
        town = f"{NAMES[number % 9][-4:].strip().title()}sund"
        text = STORY.format(town=town, thing=thing, part=part, first=first, second=second, nick=nick)
        said = [
            {"Content": f"“The {thing} needs new {part},”", "Cue": "said ", "Source": first},
            {"Content": "“We cannot open it before May.”", "Source": first},
            {"Content": f"“Nobody asked the people of {town}.”", "Cue": "told", "Source": second},
            {"Content": "“It will be ready when the ice has gone,”", "Source": first},
        ]
        write_gold(folder, f"{number:02d}", text, said)
    return read_gold(folder)


@pytest.fixture(scope="module")
def weights(gold: list[GoldArticle]) -> Weights:
    return learn(gold, lambda _: None)


@pytest.mark.parametrize(
    ("text", "content", "speaker"),
    [
        pytest.param("“It rained,” said Ola Brandt.", "“It rained,”", "Ola Brandt", id="as-it-is"),
        pytest.param("“It\xa0rained,” said Ola\xa0Brandt.", "“It\xa0rained,”", "Ola\xa0Brandt", id="no-break-space"),
        pytest.param("“It rai\xadned,” said Ola Brandt.", "“It rai\xadned,”", "Ola Brandt", id="soft-hyphen"),
        pytest.param("\r\n\r\n“It  rained,”\r\nsaid Ola Brandt.", "“It  rained,”", "Ola Brandt", id="other-line-ends"),
        pytest.param(
            "It&#8217;s wet. “It rained,” said Ola Brandt.", "“It rained,”", "Ola Brandt", id="typographic-mark"
        ),
    ],
)
def test_annotations_lie_over_our_text(tmp_path: Path, text: str, content: str, speaker: str) -> None:
    one = gold_of(tmp_path, text, {"Content": content, "Cue": "said", "Source": speaker})
    (span,) = one.article.spans
    covering = one.covering(span)
    assert covering == one.attributions
    assert len(covering) == 1
    start = one.article.text.index("Brandt")
    assert covering[0].is_by(one.gold_words(start, start + len("Brandt")))
    start = one.article.text.index("said")
    assert not covering[0].is_by(one.gold_words(start, start + len("said")))


def test_words_that_gold_lacks_are_nobodys(tmp_path: Path) -> None:
    one = gold_of(tmp_path, "“It rained,” said Ola Brandt.", {"Content": "“It rained,”", "Source": "Ola Brandt"})
    one.to_gold.clear()
    assert all(word < 0 for word in one.gold_words(0, len(one.article.text)))
    assert one.covering(one.article.spans[0]) is None


def test_a_span_inside_another_is_not_compared(tmp_path: Path) -> None:
    text = "“She called it ‘a very wet day’ and left,” said Ola Brandt."
    one = gold_of(tmp_path, text, {"Content": text[: text.index(" said")], "Source": "Ola Brandt"})
    outer, inner = one.article.spans
    assert one.covering(outer)
    assert one.covering(inner) is None


@pytest.mark.parametrize(
    ("mention", "is_by"),
    [
        pytest.param("Ola Brandt", True, id="whole"),
        pytest.param("Brandt", True, id="head"),
        pytest.param("Ola", False, id="without-head"),
        pytest.param("Ulm", False, id="after-the-head"),
        pytest.param("who is Ola Brandt", True, id="half-inside"),
        pytest.param("baker who is Ola Brandt", False, id="less-than-half-inside"),
    ],
)
def test_who_is_named(mention: str, is_by: bool) -> None:
    words = Words("the old baker who is Ola Brandt, mayor of Ulm, said")
    speaker = [(words.text.index("Ola"), words.text.index(", said"))]
    # Only the name is annotated, so that what stands before it is stray.
    name = [(speaker[0][0], words.text.index(", mayor"))]
    attribution = Attribution(set(), words.within(name), words.heads(speaker), set())
    start = words.text.index(mention)
    assert attribution.is_by(words.within([(start, start + len(mention))])) is is_by


@pytest.mark.parametrize(("stray", "is_by"), [pytest.param(5, True, id="five"), pytest.param(6, False, id="six")])
def test_stray_words(stray: int, is_by: bool) -> None:
    attribution = Attribution(set(), set(range(10)), {9}, set())
    assert attribution.is_by(set(range(10 + stray))) is is_by


@pytest.mark.parametrize(
    ("source", "cue", "speaker"),
    [
        pytest.param("said", "Ola Brandt", "Ola Brandt", id="swapped"),
        pytest.param("Ola Brandt", "said", "Ola Brandt", id="as-they-should-be"),
        pytest.param("said Ola Brandt", "rained", "said Ola Brandt", id="cue-and-name"),
    ],
)
def test_swapped_roles_are_put_right(tmp_path: Path, source: str, cue: str, speaker: str) -> None:
    text = "“It rained,” said Ola Brandt."
    (found,) = gold_of(tmp_path, text, {"Content": "“It rained,”", "Cue": cue, "Source": source}).attributions
    words = Words(text)
    start = text.index(speaker)
    assert found.speaker == words.within([(start, start + len(speaker))])


def test_an_annotated_text_may_have_line_breaks(tmp_path: Path) -> None:
    text = "“It rained.\nTo be sure,\nEven hard,” said Ola Brandt."
    one = gold_of(tmp_path, text, {"Content": text[: text.index(" said")], "Cue": "said", "Source": "Ola Brandt"})
    (found,) = one.attributions
    assert len(found.content) == 7
    assert len(found.speaker) == 2
    assert one.cue_counts == {"said": 1}


REPORTED = """\
Ola Brandt said the pier was rotten and that nobody had looked at it since the flood. “It is a ruin,” she added.

Ines Falk told the council that the money for the new planks had been spent on lamps, and denied any blame.
"""


@pytest.fixture
def reported(tmp_path: Path) -> GoldArticle:
    return gold_of(
        tmp_path,
        REPORTED,
        {"Content": "the pier was rotten and that nobody had looked at it", "Cue": "said", "Source": "Ola Brandt"},
        {"Content": "“It is a ruin,”", "Cue": "added", "Source": "she"},
        {"Content": "the money for the new planks had been spent on lamps", "Cue": "told", "Source": "Ines Falk"},
        {"Content": "any blame", "Cue": "denied"},
    )


def marked(one: GoldArticle, seed: int) -> tuple[Example, list[str]]:
    example = with_more_marks(one, 0, random.Random(seed), are_told=False)
    pairs = zip(example.gold.article.spans, example.of_speakers, strict=True)
    return example, [one.article.text[span.start : span.end] for span, count in pairs if count]


def test_words_that_are_marked_are_reported_ones(reported: GoldArticle) -> None:
    found = {words for seed in range(60) for words in marked(reported, seed)[1]}
    contents = (
        "the pier was rotten and that nobody had looked at it",
        "the money for the new planks had been spent on lamps,",
    )
    assert len(found) > 10
    assert all(any(words in content for content in contents) for words in found)
    assert found & set(contents), "never all of the words"


def test_statements_are_whole_and_know_their_cue(reported: GoldArticle) -> None:
    examples = [with_more_marks(reported, 0, random.Random(seed), are_told=True) for seed in range(20)]
    told = [span for example in examples for span in example.gold.article.spans if span.report]
    text = reported.article.text
    assert {text[span.start : span.end] for span in told} == {
        "the pier was rotten and that nobody had looked at it",
        "the money for the new planks had been spent on lamps,",
    }
    assert {text[span.report.cue :].split()[0].rstrip(",") for span in told if span.report} <= {"said", "added", "told"}


def test_marked_words_are_their_speakers(reported: GoldArticle) -> None:
    example, words = marked(reported, 4)
    assert words
    for span, of_speakers in zip(example.gold.article.spans, example.of_speakers, strict=True):
        (attribution,) = example.gold.covering(span) or ()
        assert attribution.speaker or not of_speakers


def test_what_is_really_quoted_teaches_nothing_in_a_copy(reported: GoldArticle) -> None:
    example, words = marked(reported, 4)
    spans = example.gold.article.spans
    really = [count for span, count in zip(spans, example.of_speakers, strict=True) if span.outer_start < span.start]
    assert really == [0]
    assert len(spans) == 1 + len(words)
    assert not any(example.of_kinds)


def test_spans_know_each_other_after_marks_are_added(tmp_path: Path) -> None:
    text = (
        "Ola Brandt said the pier was rotten. “She called it ‘a very wet day’ and left,” he said.\n\n"
        "“It was wet.\n\n“It was cold.”"
    )
    one = gold_of(tmp_path, text, {"Content": "the pier was rotten", "Cue": "said", "Source": "Ola Brandt"})
    spans = next(e for e, words in (marked(one, seed) for seed in range(60)) if words).gold.article.spans
    assert len(spans) == 5
    assert [span.parent for span in spans] == [-1, -1, 1, -1, -1]
    assert [span.continued for span in spans] == [-1, -1, -1, -1, 3]


def test_articles_come_as_they_are_and_as_copies(gold: list[GoldArticle]) -> None:
    examples = examples_of(gold)
    originals = [example for example in examples if not example.is_copy]
    assert [example.gold for example in originals] == gold
    assert all(set(e.of_speakers) == {1} == set(e.of_kinds) for e in originals)
    assert {example.original for example in examples if example.is_copy} == set(range(len(gold)))


def named(gold: Sequence[GoldArticle], weights: Weights) -> list[bool]:
    """Return whether the speaker found is right, of each span that gold attributes."""
    analysis = analyse([one.article for one in gold], cue_levels_of(weights))
    ranking = rank(analysis, weights)
    relations = dict(zip(ranking.spans.tolist(), Relations(analysis).read(ranking.best.pairs), strict=True))
    spans = [(one, span) for one in gold for span in one.article.spans]
    return [
        number in relations and any(a.is_by(one.gold_words(*relations[number].mention)) for a in covering)
        for number, (one, span) in enumerate(spans)
        if (covering := one.covering(span))
    ]


def test_what_was_learned_finds_the_speakers(gold: list[GoldArticle], weights: Weights) -> None:
    found = named(gold, weights)
    assert len(found) == 4 * len(gold)
    assert all(found)


def test_what_was_learned_knows_what_is_no_quotation(gold: list[GoldArticle], weights: Weights) -> None:
    analysis = analyse([one.article for one in gold], cue_levels_of(weights))
    ranking = rank(analysis, weights)
    spans = [(one, span) for one in gold for span in one.article.spans]
    truth = [bool(one.covering(span)) for one, span in (spans[at] for at in ranking.spans)]
    assert set(truth) == {True, False}
    assert (ranking.quotation > 0.5).tolist() == truth


def test_figures_are_told(gold: list[GoldArticle]) -> None:
    told: list[str] = []
    learn(gold, told.append)
    assert told[0].startswith("12 articles, 60 spans")
    assert told[1].startswith("speakers: ")


def test_the_same_gold_gives_the_same_file(gold: list[GoldArticle], weights: Weights) -> None:
    assert learn(gold, lambda _: None).to_bytes() == weights.to_bytes()


def test_a_file_holds_the_weights(weights: Weights) -> None:
    kept = from_bytes(weights.to_bytes())
    for ours, theirs in ((weights.speaker, kept.speaker), (weights.kind, kept.kind)):
        assert ours.any()
        assert np.array_equal(ours.astype(np.float16), theirs)
    assert np.array_equal(weights.cue_codes, kept.cue_codes)
    assert np.array_equal(weights.cue_levels, kept.cue_levels)
    assert kept.calibration == pytest.approx(weights.calibration)
    assert kept.to_bytes() == weights.to_bytes()


def test_reliability_counts_every_speaker_named_once(gold: list[GoldArticle]) -> None:
    told = reliability(gold)
    assert told.index("Quoted:") < told.index("Reported without marks:")
    for part in told.split("Reported without marks:"):
        rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in part.splitlines() if line.startswith("|")]
        end = next(at for at, row in enumerate(rows) if row[0] == "all")
        assert sum(int(row[1]) for row in rows[2:end]) == int(rows[end][1]) > 0
        shares = [float(row[1]) for row in rows[end + 3 :]]
        assert shares
        assert shares == sorted(shares, reverse=True)
        assert "Expected calibration error 0." in part


def test_reliability_of_nothing_is_an_empty_table() -> None:
    assert "all" not in reliability([])


LEXICON = """\
table NN VB
building NN VBG
gave VBD
walked VBD VBN
quickly RB
afresh RB
famous JJ
tall JJ
the DT
mark VB NN
Mark NNP
Oslo NNP
well-known JJ
x NN
"""


@pytest.mark.parametrize(
    ("word", "letter"),
    [
        pytest.param("table", "N", id="noun"),
        pytest.param("building", "N", id="noun-of-another-ending"),
        pytest.param("gave", "V", id="verb"),
        pytest.param("walked", None, id="verb-by-its-ending"),
        pytest.param("afresh", "B", id="adverb"),
        pytest.param("quickly", None, id="adverb-by-its-ending"),
        pytest.param("tall", "A", id="adjective"),
        pytest.param("famous", None, id="adjective-by-its-ending"),
        pytest.param("the", None, id="closed-class"),
        pytest.param("Mark", "P", id="name-that-is-a-word"),
        pytest.param("Oslo", None, id="name-alone"),
        pytest.param("well-known", None, id="hyphen"),
        pytest.param("x", None, id="letter"),
    ],
)
def test_classes_are_kept_where_endings_do_not_tell(tmp_path: Path, word: str, letter: str | None) -> None:
    lexicon = tmp_path / "lexicon.txt"
    lexicon.write_text(LEXICON, encoding="utf-8")
    lines = [line.split("\t") for line in derive_tags(lexicon).splitlines() if not line.startswith("#")]
    assert [line[0] for line in lines if word in line[1].split()] == ([letter] if letter else [])
