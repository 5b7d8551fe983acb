"""Who did not speak: what is found of it in a paragraph, and what only looks like it."""

import time

import pytest
from reading import analysis_of

from transforms.quotes.silences import find_silences

QUOTE = " “Enough.”"
"""Only paragraphs near a quotation are read at all."""
_SECONDS = 5


def silences(text: str) -> list[tuple[str, str | None]]:
    """Return the reporting words and the head of the speaker of each silence."""
    found = analysis_of(text)
    lines, tokens, phrases = found.lines, found.tokens, found.phrases
    return [
        (
            lines.text[tokens.starts[first] : tokens.ends[last]],
            None if phrase < 0 else tokens.words[phrases.last[phrase]],
        )
        for first, last, _, phrase in find_silences(lines, tokens, phrases, found.subjects)
    ]


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        pytest.param("Falk declined to comment.", "declined to comment", "Falk", id="declined"),
        pytest.param("The mill refused to comment on the leak.", "refused to comment", "mill", id="refused"),
        pytest.param("Falk, 44, declined to comment.", "declined to comment", "Falk", id="age"),
        pytest.param("A clerk for the mill declined to comment.", "declined to comment", "clerk", id="of-two-nouns"),
        pytest.param("She has so far declined to comment.", "has so far declined to comment", "She", id="has-declined"),
        pytest.param("Falk also declined to publicly comment.", "declined to publicly comment", "Falk", id="adverbs"),
        pytest.param("The mill declined comment.", "declined comment", "mill", id="no-to"),
        pytest.param("Falk declined further comment.", "declined further comment", "Falk", id="further"),
        pytest.param("Falk rose and declined to comment.", "declined to comment", "Falk", id="shared-subject"),
        pytest.param("Falk left, declining to comment.", "declining to comment", "Falk", id="participle"),
        pytest.param("Falk declined to discuss the leak.", "declined to discuss", "Falk", id="discuss"),
        pytest.param("Falk refused to answer questions.", "refused to answer questions", "Falk", id="questions"),
        pytest.param("Falk declined to be interviewed.", "declined to be interviewed", "Falk", id="interviewed"),
        pytest.param("Falk declined an interview.", "declined an interview", "Falk", id="interview"),
        pytest.param("Falk declined interview requests.", "declined interview requests", "Falk", id="requests"),
        pytest.param("Falk declined a request for comment.", "declined a request for comment", "Falk", id="request"),
        pytest.param("The mill was unable to comment.", "was unable to comment", "mill", id="unable"),
        pytest.param("MILL OWNER DECLINES TO COMMENT.", "DECLINES TO COMMENT", None, id="capitals"),
        pytest.param("Falk would not comment.", "would not comment", "Falk", id="would-not"),
        pytest.param("Falk wouldn’t comment.", "wouldn’t comment", "Falk", id="contracted"),
        pytest.param("Falk would not discuss the leak.", "would not discuss", "Falk", id="would-not-discuss"),
        pytest.param("Falk had no immediate comment.", "had no immediate comment", "Falk", id="had-no"),
        pytest.param("The mill had no comment on Monday.", "had no comment", "mill", id="had-no-on"),
        pytest.param("The mill offered no comment.", "offered no comment", "mill", id="offered-no"),
        pytest.param("Falk did not immediately comment.", "did not immediately comment", "Falk", id="did-not"),
        pytest.param("Falk has not commented.", "has not commented", "Falk", id="has-not"),
        pytest.param("Falk has yet to comment on it.", "has yet to comment", "Falk", id="yet-to-comment"),
        pytest.param("Falk has yet to respond.", "has yet to respond", "Falk", id="yet-to-respond"),
        pytest.param(
            "There was no immediate comment from the mill.", "was no immediate comment", "mill", id="there-was-no"
        ),
        pytest.param(
            "Falk did not immediately respond to a request for comment.",
            "did not immediately respond to a request for comment", "Falk", id="respond",
        ),
        pytest.param(
            "A spokesman for Falk, who lives in Oslo, didn't respond to several requests.",
            "didn't respond to several requests", "spokesman", id="respond-bare",
        ),
        pytest.param(
            "Falk did not reply to emails and calls seeking comment.",
            "did not reply to emails and calls seeking comment", "Falk", id="reply",
        ),
        pytest.param(
            "The mill did not respond to the Harbour Gazette’s repeated requests on Monday for comment.",
            "did not respond to the Harbour Gazette’s repeated requests on Monday for comment", "mill", id="whose",
        ),
        pytest.param("Falk did not return calls.", "did not return calls", "Falk", id="calls"),
        pytest.param(
            "Falk did not return messages seeking comment.", "did not return messages seeking comment", "Falk",
            id="messages",
        ),
        pytest.param("Falk did not answer calls to his office.", "did not answer calls", "Falk", id="calls-to"),
        pytest.param("Falk could not be reached.", "could not be reached", "Falk", id="reached"),
        pytest.param("He could not be reached on Monday.", "could not be reached", "He", id="reached-when"),
        pytest.param(
            "Falk could not immediately be reached for comment.", "could not immediately be reached for comment",
            "Falk", id="reached-for-comment",
        ),
        pytest.param("Falk couldn’t be reached by phone.", "couldn’t be reached by phone", "Falk", id="by-phone"),
        pytest.param(
            "The owners were not immediately available for comment.", "were not immediately available for comment",
            "owners", id="available",
        ),
        pytest.param("Falk was unavailable for comment.", "was unavailable for comment", "Falk", id="unavailable"),
        pytest.param(
            "A request for comment was not immediately returned.", "was not immediately returned", None,
            id="passive-alone",
        ),
        pytest.param("An email to the mill was not answered.", "was not answered", "mill", id="passive"),
        pytest.param("Messages left with Falk’s office were not returned.", "were not returned", "office", id="left"),
        pytest.param(
            "Requests for comment to Falk went unanswered.", "went unanswered", "Falk", id="unanswered"
        ),
        pytest.param("Attempts to reach Falk were unsuccessful.", "were unsuccessful", "Falk", id="attempts"),
        pytest.param(
            "Neither Falk nor Boyd responded to requests for comment.", "responded to requests for comment", "Boyd",
            id="neither",
        ),
        pytest.param("No one at the mill was available for comment.", "was available for comment", "one", id="no-one"),
        pytest.param("Falk did not want to comment.", "did not want to comment", "Falk", id="want"),
        pytest.param("Falk failed to return calls.", "failed to return calls", "Falk", id="failed-to-return"),
        pytest.param("None of the owners would comment.", "would comment", "None", id="none"),
        pytest.param("Neither the mill nor the port commented.", "commented", "port", id="neither-commented"),
    ],
)  # fmt: skip
def test_silence(text: str, words: str, speaker: str | None) -> None:
    assert silences(text + QUOTE) == [(words, speaker)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Falk declined to run.", id="run"),
        pytest.param("Falk refused to leave.", id="leave"),
        pytest.param("Output declined to 5 percent.", id="percent"),
        pytest.param("The judge declined a request to delay the trial.", id="request-to-delay"),
        pytest.param("Falk declined to say who paid.", id="say"),
        pytest.param("A clerk declined to be named.", id="named"),
        pytest.param("The child did not respond to treatment.", id="treatment"),
        pytest.param("The market did not respond to the shock.", id="shock"),
        pytest.param("The tumour has yet to respond to treatment.", id="yet-to-respond-to-treatment"),
        pytest.param("The council did not respond to calls for reform.", id="calls-for"),
        pytest.param("The port did not respond to requests to debate.", id="requests-to"),
        pytest.param("Falk responded to a request for comment.", id="responded"),
        pytest.param("Falk did not return home.", id="home"),
        pytest.param("The council failed to discuss the leak.", id="failed-to-discuss"),
        pytest.param("The aim is to comment on the harbour.", id="is-to-comment"),
        pytest.param("Falk had to answer questions.", id="had-to-answer"),
        pytest.param("Falk hadn’t answered the question.", id="answered-the-question"),
        pytest.param("A man who doesn’t answer questions has no votes.", id="never-answers"),
        pytest.param("The ball was not returned.", id="ball"),
        pytest.param("His prayers went unanswered.", id="prayers"),
        pytest.param("Falk was reached at the summit.", id="was-reached"),
        pytest.param("The mill could not be reached by road.", id="by-road"),
        pytest.param("The village could not be reached on Monday.", id="village"),
        pytest.param("An agreement on wages could not be reached on Monday.", id="agreement"),
        pytest.param("He commented on the leak.", id="commented"),
        pytest.param("He did not like the comment.", id="a-comment"),
        pytest.param("The paper had no comment section.", id="comment-section"),
        pytest.param("Falk was not available for hire.", id="hire"),
        pytest.param("The tickets were unavailable for hours.", id="hours"),
        pytest.param("Falk did not decline to comment.", id="did-not-decline"),
        pytest.param("Attempts to reach the summit by noon were made.", id="summit"),
        pytest.param("Falk said: “He declined to comment.”", id="quoted"),
        pytest.param("We declined to comment.", id="first-person"),
        pytest.param("Falk refused. To comment, she would have had to read it.", id="two-sentences"),
    ],
)
def test_near_miss(text: str) -> None:
    assert silences(text + QUOTE) == []


def test_several_are_in_order_and_apart() -> None:
    text = "Falk would not comment. Boyd could not be reached and the mill did not return calls."
    assert silences(text + QUOTE) == [
        ("would not comment", "Falk"),
        ("could not be reached", "Boyd"),
        ("did not return calls", "mill"),
    ]


def test_what_is_quoted_in_a_quotation_is_not_looked_at() -> None:
    assert silences("Falk said: “Boyd declined to comment and called it ‘a fine old leak’ at noon.”") == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("declined to " * 20_000, id="refusals"),
        pytest.param("declined" + " " * 300_000, id="spaces"),
        pytest.param("did not respond to a to a " * 10_000, id="requests"),
        pytest.param("could not be reached immediately " * 8_000, id="adverbs"),
    ],
)
def test_hostile_text_takes_no_long(text: str) -> None:
    found = analysis_of(text + QUOTE)
    begun = time.process_time()
    find_silences(found.lines, found.tokens, found.phrases, found.subjects)
    assert time.process_time() - begun < _SECONDS
