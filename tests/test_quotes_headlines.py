"""What headlines report by their form: what is found, what only looks like it, and what becomes of it in an article."""

import time

import pytest

from transforms.quotes.attribution import Attributed, attribute
from transforms.quotes.headlines import HEADLINE, OF_HEADLINES, with_headlines
from transforms.quotes.headlines.forms import find_forms
from transforms.quotes.headlines.wording import is_said, is_titled, is_told
from transforms.quotes.lexicon import read_list
from transforms.quotes.marks import Paragraph, find_spans
from transforms.quotes.model.lines import Article

SPOKEN = "Marit Solheim bought the mill in 1998. “I have no wish to sell it,” Solheim said on Monday."
UNSPOKEN = "Marit Solheim bought the mill in 1998. She has no wish to sell it."
_SECONDS = 5


def read(headline: str, body: str = "", kind: str = "title") -> Attributed:
    paragraphs = [Paragraph(0, kind, headline, 0), Paragraph(1, "body", body, len(headline) + 2)]
    (found,) = attribute([Article(f"{headline}\n\n{body}", paragraphs, find_spans(paragraphs))])
    return with_headlines(found)


def reported(found: Attributed) -> list[tuple[str, str]]:
    """Return what the headline reports by its form, and who says so."""
    text = found.article.text
    return [
        (text[span.start : span.end], text[slice(*attribution.mention)])
        for span, attribution in zip(found.article.spans, found.attributions, strict=True)
        if attribution.evidence == HEADLINE and attribution.mention
    ]


@pytest.mark.parametrize(
    ("headline", "statement", "speaker"),
    [
        pytest.param("Mayor: no new taxes", "no new taxes", "Mayor", id="office"),
        pytest.param("Mayor of Ormley: river will stay", "river will stay", "Mayor of Ormley", id="office-of"),
        pytest.param("Mayor Quint: River will stay", "River will stay", "Mayor Quint", id="office-and-name"),
        pytest.param("Solheim: River is not for sale", "River is not for sale", "Solheim", id="name"),
        pytest.param("SOLHEIM: River is not for sale", None, None, id="name-in-capitals-is-not-known"),
        pytest.param("Solheim to mayor: Pay your debts.", "Pay your debts", "Solheim", id="to-whom"),
        pytest.param("Ormley Police: Two dead in fire", None, None, id="body-by-its-name-is-not-known"),
        pytest.param("Police: Two dead in fire", "Two dead in fire", "Police", id="no-verb"),
        pytest.param("Study: Tea Slows Hearing Loss", "Tea Slows Hearing Loss", "Study", id="document-in-capitals"),
        pytest.param("Ormley poll: Voters back mayor;", "Voters back mayor", "Ormley poll", id="whose-document"),
        pytest.param("Exclusive: Sources: Mayor to quit", "Mayor to quit", "Sources", id="kicker"),
        pytest.param("No new taxes – mayor", "No new taxes", "mayor", id="dash"),
        pytest.param("River to stay as it is -- Solheim", "River to stay as it is", "Solheim", id="two-hyphens"),
        pytest.param("Solheim — no sale of river", "no sale of river", "Solheim", id="dash-after-name"),
        pytest.param("Two dead in fire, say police", "Two dead in fire", "police", id="inverted"),
        pytest.param("Taxes to rise says Ormley mayor", "Taxes to rise", "Ormley mayor", id="no-comma"),
        pytest.param("Ferry was unsafe, report finds", "Ferry was unsafe", "report", id="finds"),
        pytest.param("Mayor says no new taxes", "no new taxes", "Mayor", id="says-first"),
        pytest.param("Fares up 5%, Minister Says", "Fares up 5%", "Minister", id="sign-at-the-end"),
    ],
)
def test_form(headline: str, statement: str | None, speaker: str | None) -> None:
    assert reported(read(headline, SPOKEN)) == ([(statement, speaker)] if statement else [])


@pytest.mark.parametrize(
    "headline",
    [
        pytest.param("Ferry fire: two dead", id="topic"),
        pytest.param("Review: No Time to Sell", id="column"),
        pytest.param("Live: mayor speaks on river", id="kicker-alone"),
        pytest.param("It’s official: Solheim quits", id="contraction"),
        pytest.param("Meet the mayor: a day on the river", id="determiner-within"),
        pytest.param("Mayor and council: a truce", id="two"),
        pytest.param("Mayor: the story of a river", id="named-thing"),
        pytest.param("Director: Marit Solheim", id="list"),
        pytest.param("Mayor: why I said no", id="told"),
        pytest.param("Mayor: is the river for sale?", id="question"),
        pytest.param("Mayor: no", id="one-word"),
        pytest.param("European Union: leaders agree deal", id="body"),
        pytest.param("Solheim: the woman who would not sell", id="relative-clause"),
        pytest.param("Solheim v mayor: the trial is on", id="against"),
        pytest.param("Solheim 2016: river is for sale", id="year"),
        pytest.param("River is sold – BBC News", id="outlet"),
        pytest.param("River is sold – and mayor quits", id="goes-on"),
        pytest.param("Special report: river is sold", id="routine-report"),
        pytest.param("Fish are back, anglers find", id="finding-is-for-documents"),
        pytest.param("Rain to return, could hit mayor says", id="no-phrase"),
        pytest.param("Mayor says no to sale of river", id="no-to"),
        pytest.param("Mayor says sorry for the flood", id="sorry"),
        pytest.param("Police: " + "two dead and " * 40 + "more", id="too-long"),
    ],
)
def test_near_miss(headline: str) -> None:
    assert reported(read(headline, SPOKEN)) == []


def test_name_must_speak_in_the_text_unless_the_words_are_somebodys_own() -> None:
    assert reported(read("Solheim: River is for sale", UNSPOKEN)) == []
    assert reported(read("Solheim: I will not sell", UNSPOKEN)) == [("I will not sell", "Solheim")]
    assert reported(read("Brekke: I will not sell", UNSPOKEN)) == []


def test_headlines_alone_have_forms() -> None:
    assert reported(read("Mayor: no new taxes", kind="heading")) == [("no new taxes", "Mayor")]
    assert reported(read("Mayor: no new taxes", kind="body")) == []


def test_statement_is_a_span_of_known_speaker() -> None:
    found = read("Two dead in fire, say police")
    ((span, attribution),) = zip(found.article.spans, found.attributions, strict=True)
    assert (span.mark, span.report is not None, attribution.confidence) == ("", True, OF_HEADLINES)
    assert (attribution.lemma, attribution.polarity) == ("say", "affirmed")
    assert read("Mayor: no new taxes").attributions[0].cue is None


def test_quoted_words_are_not_doubled() -> None:
    headline = "Mayor: river is ‘for sale’ after all"
    found = read(headline)
    (span,) = found.article.spans
    assert span.statement is not None
    assert headline[slice(*span.statement)] == "river is ‘for sale’ after all"


def test_what_is_all_quoted_is_a_quotation() -> None:
    assert reported(read("‘River is dead’ – mayor")) == [("River is dead", "mayor")]


def test_statement_found_before_stays() -> None:
    headline = "River is not for sale, Solheim insists"
    found = read(headline, SPOKEN)
    of_headline = [span for span in found.article.spans if span.paragraph == 0]
    assert [headline[span.start : span.end] for span in of_headline] == ["River is not for sale"]
    assert reported(found) == []


def test_statement_in_a_statement_is_told_by_whose_it_is() -> None:
    headline = "Report: Police say missing hiker is alive"
    found = read(headline)
    (outer, inner), (_, of_inner) = found.article.spans, found.attributions
    assert (headline[outer.start : outer.end], inner.parent) == ("Police say missing hiker is alive", 0)
    assert of_inner.reported_by is not None
    assert headline[slice(*of_inner.reported_by)] == "Report"


def test_pieces_of_other_statements_keep_their_places() -> None:
    found = read("Mayor: no new taxes", "The bridge, Ames said, will close on Monday.")
    assert [span.piece_of for span in found.article.spans] == [-1, -1, 1]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param("river to stay", True, id="infinitive"),
        pytest.param("lords wrong on pay", True, id="predicate"),
        pytest.param("keep it", True, id="imperative"),
        pytest.param("no sale", True, id="negation"),
        pytest.param("the acting outlaw", False, id="premodifier"),
        pytest.param("the man who would be king", False, id="relative-clause"),
        pytest.param("a life on the river", False, id="article"),
        pytest.param("king of the river", False, id="noun-phrase"),
    ],
)
def test_what_says_something(words: str, says: bool) -> None:
    assert is_said(words) == says


def test_what_only_names_something() -> None:
    assert is_titled("the acting outlaw")
    assert is_titled("Ola Berg")
    assert not is_titled("the river will stay")
    assert is_told("how she won")
    assert not is_told("no more how")


def test_lists_are_apart_and_in_small_letters() -> None:
    listed = read_list("headlines.tsv", None)
    words = {key: set(entries) for key, entries in listed.items()}
    assert all(word == word.lower() for entries in words.values() for word in entries)
    assert all(len(entries) == len(words[key]) for key, entries in listed.items())
    assert words["trailing"].isdisjoint(words["finding"])
    assert words["plain"] <= words["inverted"] <= words["trailing"] | {"hint", "hints"}
    assert words["topic"].isdisjoint(words["speaking"] | words["document"])


@pytest.mark.parametrize(
    "headline",
    [
        pytest.param("a: " * 330_000, id="colons"),
        pytest.param("\n\n".join(["Police: a, b - c, say d: " * 11] * 3_000), id="headlines"),
        pytest.param("\n\n".join(["- " * 149] * 3_000), id="dashes"),
        pytest.param("\n\n".join(["say a " * 49] * 3_000), id="verbs"),
    ],
)
def test_hostile_headlines_take_no_long(headline: str) -> None:
    begun = time.process_time()
    for line in headline.split("\n\n"):
        list(find_forms(line))
    assert time.process_time() - begun < _SECONDS
