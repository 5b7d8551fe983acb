"""What the quotes model reads of a sentence: word classes, phrases, mentions, and whose a verb is."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import analysis_of

from transforms.quotes.marks import Paragraph
from transforms.quotes.model import phrases, tokens, vocabulary
from transforms.quotes.model.analysis import Analysis
from transforms.quotes.model.lines import Article, Lines, read_lines
from transforms.quotes.model.mentions import Mentions

QUOTE = " “Enough.”"
"""Only paragraphs near a quotation are read at all."""


class Read(NamedTuple):
    analysis: Analysis
    words: list[str]

    def token(self, word: str) -> int:
        return self.words.index(word)

    def phrase(self, word: str) -> int:
        return int(np.searchsorted(self.analysis.phrases.first, self.token(word), side="right")) - 1


def read(text: str) -> Read:
    analysis = analysis_of(text)
    return Read(analysis, analysis.tokens.words)


TOKENS = [
    "No.",
    "5",
    "Casino.",
    "said",
    "U.S.",
    "Ames’s",
    "don't",
    "1,5",
    "a.b",
    "@ab",
    "_",
    "\n",
    "\t",
    "\xa0",
    " ",
    "  ",
    ",",
]
"""What may stand beside each other in a text."""
CLASSES = sorted("DNPHACMYROWVGXZBFITSJ,.|Q'&-:")


def lines_of(text: str) -> Lines:
    return read_lines([Article(text, [Paragraph(0, "body", text, 0)], [])], everything=True)


@given(st.lists(st.sampled_from(TOKENS)).map("".join))
def test_tokens_are_those_of_the_whole_text(text: str) -> None:
    lines = lines_of(text)
    found = tokens.read_tokens(lines)
    assert found.words == [token.lstrip() for token in vocabulary._TOKEN.findall(lines.text)]
    bounds = zip(found.starts.tolist(), found.ends.tolist(), strict=True)
    assert found.words == [lines.text[start:end] for start, end in bounds]


@given(st.text(CLASSES, min_size=1, max_size=60))
def test_phrases_are_those_of_all_classes(classes: str) -> None:
    lengths = [len(phrase) for phrase in phrases._PHRASE.findall(classes)]
    begins = phrases._begins(np.frombuffer(classes.encode(), dtype=np.uint8))
    assert np.nonzero(begins)[0].tolist() == [sum(lengths[:at]) for at in range(len(lengths))]


@pytest.mark.parametrize("classes", ["A", "&", "BA", "A&"])
def test_a_row_without_a_noun_takes_no_quadratic_time(classes: str) -> None:
    row = np.frombuffer(classes.encode() * 100_000, dtype=np.uint8)
    assert phrases._begins(row).all()


@pytest.mark.parametrize(
    ("text", "word", "tag"),
    [
        pytest.param("Will described the bridge as", "Will", "P", id="will-is-a-name"),
        pytest.param("Will it hold, she asked:", "Will", "X", id="will-is-none"),
        pytest.param("May was wet. Read said:", "Read", "P", id="read-is-a-name"),
        pytest.param("They said so. Read it:", "Read", "V", id="read-is-none"),
        pytest.param("A week later Ai Jun wrote:", "Jun", "P", id="jun-is-a-name"),
        pytest.param("On Jun 5 they wrote:", "Jun", "M", id="jun-is-a-month"),
        pytest.param("She wore a shirt that said:", "that", "W", id="that-is-relative"),
        pytest.param("She said that rain is:", "that", "S", id="that-opens-a-clause"),
        pytest.param("Some said on Monday:", "said", "V", id="some-stand-alone"),
        pytest.param("The accused said on Monday:", "accused", "N", id="the-stands-not-alone"),
        pytest.param("Mayor Calls Harbour Plan:", "Calls", "V", id="verb-of-a-title"),
        pytest.param("said Harbour Watch President Tom Falk.", "Watch", "P", id="names-are-no-title"),
        pytest.param("Her notes were lost:", "notes", "N", id="notes-are-things"),
        pytest.param("Union leaders claim the vote was lost:", "claim", "V", id="leaders-claim"),
        pytest.param("Union leaders and the claim the vote rests on:", "claim", "N", id="the-claim"),
        pytest.param("The ferry company claims it won:", "claims", "V", id="company-claims"),
        pytest.param("The insurance claims rose:", "claims", "N", id="claims-rise"),
        pytest.param("Mira Falk is warning that the pier:", "warning", "G", id="is-warning"),
        pytest.param("It was a warning that the pier:", "warning", "N", id="a-warning"),
        pytest.param("Falk won by promising to cut:", "promising", "G", id="by-promising"),
        pytest.param("Falk made a promising start to the year:", "promising", "A", id="promising-start"),
        pytest.param("Falk asked them to visit the pier:", "visit", "V", id="to-visit-the"),
        pytest.param("according to spokesman Tom Falk:", "spokesman", "N", id="to-somebody"),
        pytest.param("Mayor Falk Just Announced Another Harbour:", "Announced", "V", id="just-announced"),
    ],
)  # fmt: skip
def test_class_of_a_word(text: str, word: str, tag: str) -> None:
    found = read(text + QUOTE)
    assert chr(found.analysis.tokens.tags[found.token(word)]) == tag


def test_a_noun_after_a_quoted_name_reports() -> None:
    found = read("“It leaks,” Mira Falk notes. Her notes were lost.")
    tags = [chr(tag) for tag, word in zip(found.analysis.tokens.tags, found.words, strict=True) if word == "notes"]
    assert tags == ["V", "N"]


@pytest.mark.parametrize(
    ("text", "head", "mention"),
    [
        pytest.param("A poll conducted in May found", "poll", "A poll conducted in May", id="participle"),
        pytest.param("A poll held earlier this year found", "poll", "A poll held earlier this year", id="time"),
        pytest.param("Those surveyed said", "Those", "Those surveyed", id="those"),
        pytest.param("Falk conducted the choir in May and said", "Falk", "Falk", id="a-name-is-its-subject"),
        pytest.param("Falk herself said", "Falk", "Falk herself", id="reflexive"),
        pytest.param("Falk told herself", "Falk", "Falk", id="reflexive-object"),
        pytest.param("Some on the council said", "Some", "Some on the council", id="some-on"),
        pytest.param("A man on the council said", "man", "A man", id="a-man-on"),
        pytest.param("Four in 10 voters say", "Four", "Four in 10 voters", id="number"),
        pytest.param("Last week Falk said", "Falk", "Falk", id="time-before"),
        pytest.param("The Sunday Herald said", "Herald", "The Sunday Herald", id="day-in-a-name"),
        pytest.param("In a statement Friday, Falk said", "statement", "a statement", id="day-after"),
        pytest.param("the mayor’s wife said", "wife", "the mayor’s wife", id="possessor"),
    ],
)  # fmt: skip
def test_bounds_of_a_mention(text: str, head: str, mention: str) -> None:
    found = read(text + QUOTE)
    analysis = found.analysis
    bounds = Mentions(analysis.tokens, analysis.phrases).bounds(found.phrase(head))
    assert analysis.lines.text[slice(*bounds)] == mention


@pytest.mark.parametrize(
    ("text", "verb", "subject"),
    [
        pytest.param("Mira Falk said", "said", "Falk", id="beside"),
        pytest.param("Mira Falk, 44, the treasurer, said", "said", "Falk", id="apposition"),
        pytest.param("The treasurer of the union in Oslo said", "said", "treasurer", id="prepositions"),
        pytest.param("A friend of the mayor’s wife said", "said", "friend", id="possessor-after-preposition"),
        pytest.param("Falk rose and said", "said", "Falk", id="second-verb"),
        pytest.param("Falk left the hall, saying", "saying", "Falk", id="participle-after-comma"),
        pytest.param("Falk opened the meeting by calling it", "calling", "Falk", id="participle-after-preposition"),
        pytest.param("They left, with Falk calling it", "calling", "Falk", id="with-a-subject-of-its-own"),
        pytest.param("Falk (who chairs the union) said", "said", "Falk", id="brackets"),
        pytest.param("It rained. Said", "Said", None, id="none-in-its-sentence"),
    ],
)  # fmt: skip
def test_subject_of_a_verb(text: str, verb: str, subject: str | None) -> None:
    found = read(text + QUOTE)
    expected = found.phrase(subject) if subject else -1
    assert found.analysis.subjects.of(np.array([found.phrase(verb), -1])).tolist() == [expected, -1]
    assert found.analysis.subjects.of_one(found.phrase(verb)) == expected


def test_a_bar_in_the_text_ends_no_line() -> None:
    phrases = read("Falk | Oslo said" + QUOTE).analysis.phrases
    first, last = phrases.of_lines
    assert (first.tolist(), last.tolist()) == ([0], [len(phrases.kinds) - 1])


def test_verbs_without_end_share_a_subject() -> None:
    found = read("Falk ran" + " and ran" * 3000 + " and said" + QUOTE)
    assert found.analysis.subjects.of_one(found.phrase("said")) == found.phrase("Falk")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("After the Sept. 11 attacks Falk said", 1, id="month"),
        pytest.param("Falk, the No. 2 in the party, said", 1, id="number"),
        pytest.param("She said no. Falk left", 2, id="no"),
    ],
)
def test_abbreviations_end_no_sentence(text: str, count: int) -> None:
    found = read(text + " “enough.”")
    of_words = found.analysis.context.sentences[: found.phrase("Falk") + 1]
    assert len(set(of_words.tolist())) == count
