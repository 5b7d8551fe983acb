import pytest

from transforms.sentences import count_sentences, sentence_language


@pytest.mark.parametrize(
    ("paragraph", "count"),
    [
        pytest.param("Mr. Brown said no. He left.", 2, id="honorific"),
        pytest.param("Gov. Roe and Sen. Doe (R-Ohio) met at 5 p.m. on Feb. 3.", 1, id="abbreviations"),
        pytest.param("Wait... what? Yes!", 2, id="dots"),
        pytest.param("* * *", 0, id="no-letters"),
        pytest.param("One", 1, id="fragment"),
        pytest.param("“We shall close it. We shall mend it. We shall open it.”", 3, id="quotation-alone"),
        pytest.param('"We shall close it. We shall mend it."', 2, id="straight-marks"),
        pytest.param("''We shall close it. We shan't mend it,'' he said.", 2, id="two-apostrophes"),
        pytest.param("‘Close it,’ she said. ‘Now.’", 2, id="single-marks"),
        pytest.param("He said: “It is shut. Mr. Brown knows.” Then he left.", 3, id="quotation-inside"),
        pytest.param("(It is shut. Nobody knew.)", 2, id="brackets"),
        pytest.param("It shut (at 5 p.m.). She stayed.", 2, id="stop-inside-and-behind-a-bracket"),
        pytest.param("“Why?” she asked. He left.", 2, id="goes-on-in-small-letters"),
        pytest.param("“No!” he said.", 1, id="cry"),
        pytest.param("“Why?” Roe asked. “It held. You knew.”", 3, id="goes-on-with-a-name"),
        pytest.param("“No!” Mayor Ann Roe said.", 1, id="goes-on-with-a-title"),
        pytest.param("“Why?” Nobody knew.", 2, id="another-sentence-after-a-question"),
        pytest.param("“We held.” Roe said nothing.", 2, id="another-sentence-after-a-stop"),
        pytest.param("It was “a mess.” She left.", 2, id="fragment-at-the-end"),
        pytest.param("Cries of “Shut it!” (from the bank) were heard.", 1, id="goes-on-in-brackets"),
        pytest.param("“It shuts at 3 p.m. Friday,” he said.", 1, id="time-of-day"),
        pytest.param("It shut at 3 p.m. The mayor left.", 2, id="time-of-day-at-the-end"),
        pytest.param("“Then-Sen. Roe voted for it,” he said.", 1, id="title-behind-a-hyphen"),
        pytest.param("It’s Roe’s bridge. Isn't it?", 2, id="apostrophes"),
    ],
)
def test_count_sentences(paragraph: str, count: int) -> None:
    assert count_sentences(paragraph) == count


@pytest.mark.parametrize(("language", "expected"), [("de", "de"), ("xx", "en"), (None, "en"), (float("nan"), "en")])
def test_sentence_language(language: object, expected: str) -> None:
    assert sentence_language(language) == expected


def test_sentences_of_a_flood_are_counted_in_pieces() -> None:
    assert count_sentences("他说，下雨了。" * 10_000) >= 10_000
    assert count_sentences("It rained. " * 1_800) == 1_800
