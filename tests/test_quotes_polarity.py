"""What an article says of a statement: that it was made, that it was not, that it might be."""

import pytest

from transforms.quotes.polarity import polarity_of
from transforms.schemas import POLARITIES

A, D, H = POLARITIES


@pytest.mark.parametrize(
    ("before", "group", "lemma", "polarity"),
    [
        pytest.param("the mayor", "said", "say", A, id="said"),
        pytest.param("", "said", "say", A, id="nothing-before"),
        pytest.param("the mayor", "has said", "say", A, id="has-said"),
        pytest.param("the mayor", "did say", "say", A, id="did-say"),
        pytest.param("the mayor", "hummed", None, A, id="no-lemma"),
        pytest.param("the mayor", "denied", "deny", D, id="denied"),
        pytest.param("the mayor", "has rejected", "reject", D, id="rejected"),
        pytest.param("the mayor", "disputes", "dispute", D, id="disputes"),
        pytest.param("the mayor", "dismissed", "dismiss", D, id="dismissed"),
        pytest.param("the mayor", "disavowed", "disavow", D, id="disavowed"),
        pytest.param("the mayor", "did not say", "say", D, id="did-not-say"),
        pytest.param("the mayor", "didn’t say", "say", D, id="typographic-apostrophe"),
        pytest.param("the mayor", "didn't say", "say", D, id="straight-apostrophe"),
        pytest.param("The Mayor", "DID NOT SAY", "say", D, id="capitals"),
        pytest.param("the mayor", "never said", "say", D, id="never-said"),
        pytest.param("the mayor", "has not said", "say", D, id="has-not-said"),
        pytest.param("the mayor", "hasn't claimed", "claim", D, id="has-not-claimed"),
        pytest.param("the mayor", "not only said", "say", A, id="not-only-said"),
        pytest.param("the mayor", "did not just say", "say", A, id="not-just-said"),
        pytest.param("the mayor", "did not deny", "deny", A, id="did-not-deny"),
        pytest.param("the mayor", "never disputed", "dispute", A, id="never-disputed"),
        pytest.param("the mayor declined", "to say", "say", D, id="declined-to-say"),
        pytest.param("the mayor", "declined to say", "say", D, id="declined-in-the-group"),
        pytest.param("the mayor refused", "to say", "say", D, id="refused-to-say"),
        pytest.param("the mayor refused", "to deny", "deny", A, id="refused-to-deny"),
        pytest.param("the mayor was unable", "to say", "say", D, id="unable-to-say"),
        pytest.param("the mayor failed", "to say", "say", D, id="failed-to-say"),
        pytest.param("the mayor did not refuse", "to say", "say", A, id="did-not-refuse-to-say"),
        pytest.param("the mayor went on", "to say", "say", A, id="went-on-to-say"),
        pytest.param("the mayor left without", "saying", "say", D, id="without-saying"),
        pytest.param("the mayor stopped short of", "saying", "say", D, id="short-of-saying"),
        pytest.param("the mayor was accused of", "saying", "say", A, id="accused-of-saying"),
        pytest.param("no one", "said", "say", D, id="no-one-said"),
        pytest.param("nobody at the mill", "claimed", "claim", D, id="nobody-claimed"),
        pytest.param("neither Falk nor she", "said", "say", D, id="neither-said"),
        pytest.param("none of the four", "said", "say", D, id="none-said"),
        pytest.param("no witness", "claimed", "claim", D, id="no-witness-claimed"),
        pytest.param("no one", "denied", "deny", A, id="no-one-denied"),
        pytest.param("no doubt", "said", "say", A, id="no-doubt"),
        pytest.param("there was no answer , Falk", "said", "say", A, id="no-in-the-clause-before"),
        pytest.param("there was no answer she", "said", "say", A, id="no-before-another-subject"),
        pytest.param("the mayor", "would say", "say", H, id="would-say"),
        pytest.param("the mayor", "might argue", "argue", H, id="might-argue"),
        pytest.param("the mayor", "could claim", "claim", H, id="could-claim"),
        pytest.param("the mayor", "will announce", "announce", H, id="will-announce"),
        pytest.param("she", "’ll announce", "announce", H, id="contracted-will"),
        pytest.param("she", "'d say", "say", H, id="contracted-would"),
        pytest.param("she", "'d said", "say", A, id="contracted-had"),
        pytest.param("she", "'d have said", "say", H, id="contracted-would-have"),
        pytest.param("the mayor", "would have said", "say", H, id="would-have-said"),
        pytest.param("the mayor", "would deny", "deny", H, id="would-deny"),
        pytest.param("the mayor", "would not say", "say", D, id="would-not-say"),
        pytest.param("the mayor", "won’t say", "say", D, id="wont-say"),
        pytest.param("the mayor", "will not say", "say", D, id="will-not-say"),
        pytest.param("the mayor", "could not say", "say", D, id="could-not-say"),
        pytest.param("the mayor", "cannot say", "say", D, id="cannot-say"),
        pytest.param("the mayor", "would not deny", "deny", A, id="would-not-deny"),
        pytest.param("if she", "says", "say", H, id="if-she-says"),
        pytest.param("unless he", "says", "say", H, id="unless-he-says"),
        pytest.param("they asked whether he", "said", "say", H, id="whether-he-said"),
        pytest.param("even if the old mayor", "says", "say", H, id="if-the-mayor-says"),
        pytest.param("if she", "denies", "deny", H, id="if-she-denies"),
        pytest.param("If it rains , she", "said", "say", A, id="if-in-the-clause-before"),
        pytest.param("if it floods she", "said", "say", A, id="if-before-another-clause"),
        pytest.param("the mayor is expected", "to announce", "announce", H, id="expected-to-announce"),
        pytest.param("the mayor is likely", "to say", "say", H, id="likely-to-say"),
        pytest.param("the mayor wants Falk", "to say", "say", H, id="wants-somebody-to-say"),
        pytest.param("the mayor is", "to announce", "announce", H, id="is-to-announce"),
        pytest.param("the mayor is not expected", "to announce", "announce", H, id="not-expected-to-announce"),
        pytest.param("the mayor did not want", "to say", "say", D, id="did-not-want-to-say"),
        pytest.param("the mayor was not able", "to say", "say", D, id="not-able-to-say"),
        pytest.param("the mayor called", "to say", "say", A, id="called-to-say"),
        pytest.param("the mayor was quick", "to say", "say", A, id="quick-to-say"),
    ],
)  # fmt: skip
def test_polarity(before: str, group: str, lemma: str | None, polarity: str) -> None:
    assert polarity_of(lemma, group.split(), before.split()) == polarity


def test_capitals_and_apostrophes_do_not_count() -> None:
    assert polarity_of("say", ["DOESN’T", "SAY"], ["Falk"]) == polarity_of("say", ["doesn't", "say"], ["falk"])


def test_an_empty_group_is_affirmed() -> None:
    assert polarity_of(None, [], []) == A
