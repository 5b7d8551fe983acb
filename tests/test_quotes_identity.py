"""Who a speaker is within the article."""

import pandas as pd
import pytest
from test_quotes import frames

from transforms.quotes import extract_quotes
from transforms.quotes.names import Name, read_name


def speakers(*paragraphs: str) -> list[tuple[str | None, str | None, str | None]]:
    quotes = extract_quotes(*frames(paragraphs))[["speaker", "speaker_role", "speaker_kind"]].astype(object)
    return list(quotes.where(quotes.notna(), None).itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        pytest.param("Secretary of State Ola Brandt", Name(("Ola", "Brandt"), "Secretary of State"), id="office"),
        pytest.param("Sen. Ola Brandt", Name(("Ola", "Brandt"), "Sen."), id="abbreviated"),
        pytest.param("Danish President Ola Brandt", Name(("Ola", "Brandt"), "President"), id="nationality"),
        pytest.param("Mrs Brandt", Name(("Brandt",), None, "she"), id="honorific"),
        pytest.param("But Ola Brandt", Name(("Ola", "Brandt")), id="sentence-start"),
        pytest.param("Ola Brandt’s", Name(("Ola", "Brandt")), id="possessive"),
        pytest.param("Bank of Ulm", Name(("Bank", "of", "Ulm")), id="of-inside-a-name"),
        pytest.param("President", None, id="only-a-title"),
        pytest.param("The", None, id="function-word"),
    ],
)
def test_read_name(printed: str, expected: Name | None) -> None:
    assert read_name(printed) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Mayor Ola Brandt rose. “It rained,” Brandt said.", ("Ola Brandt", None, None), id="surname"),
        pytest.param("“It rained,” said Mayor Ola Brandt.", ("Ola Brandt", "Mayor", "person"), id="office"),
        pytest.param("Ola Brandt met Kai Brandt. “It rained,” Brandt said.", ("Brandt", None, None), id="two-fit"),
        pytest.param("Ola Maria Brandt rose. “No,” Ola Brandt said.", ("Ola Maria Brandt", None, None), id="fullest"),
        pytest.param("“No,” said campaign manager Ola Brandt.", ("Ola Brandt", None, None), id="description-and-name"),
        pytest.param("“No,” said a spokesman for Brandt.", ("a spokesman", None, "anonymous"), id="spokesman"),
        pytest.param("“No,” a Danish official said.", ("a Danish official", None, "anonymous"), id="anonymous"),
        pytest.param("“No,” a Danish baker said.", ("a Danish baker", None, None), id="not-anonymous"),
        pytest.param("Ola Brandt rose. “No,” we said.", (None, None, None), id="plural-pronoun"),
    ],
)
def test_one_speaker(text: str, expected: tuple[str | None, str | None, str | None]) -> None:
    assert speakers(text) == [expected]


@pytest.mark.parametrize(
    ("paragraphs", "expected"),
    [
        pytest.param(
            ("“No,” a Danish official said.", "“Yes,” the official said."),
            ["a Danish official", "a Danish official"],
            id="the-official",
        ),
        pytest.param(
            ("“No,” a Danish official said.", "“Oh,” a Thai official said.", "“Yes,” the official said."),
            ["a Danish official", "a Thai official", "the official"],
            id="which-official",
        ),
        pytest.param(("“No,” said Ola Brandt.", "“Yes,” she said."), ["Ola Brandt", "Ola Brandt"], id="pronoun"),
        pytest.param(
            ("“No,” said Ola Brandt of Kai Lund.", "“Yes,” she said."), ["Ola Brandt", None], id="pronoun-two-fit"
        ),
        pytest.param(("“No,” said Mr Brandt.", "“Yes,” she said."), ["Brandt", None], id="pronoun-of-the-other-gender"),
        pytest.param(
            ("“No,” said Ola Brandt.", "“Brandt is right,” she said."), ["Ola Brandt", None], id="names-no-one-herself"
        ),
        pytest.param(
            ("“No,” said Ola Brandt.", "Rain fell.", "It fell on.", "“Yes,” she said."),
            ["Ola Brandt", None],
            id="too-far",
        ),
    ],
)
def test_speakers_in_turn(paragraphs: tuple[str, ...], expected: list[str | None]) -> None:
    assert [speaker for speaker, _, _ in speakers(*paragraphs)] == expected


def test_one_id_per_speaker() -> None:
    quotes = extract_quotes(
        *frames(["Ola Brandt rose.", "“No,” Brandt said.", "“Yes,” said Kai Lund.", "“Oh,” Brandt said."])
    )
    assert quotes["speaker_id"].tolist() == ["a1:0", "a1:50", "a1:0"]
    assert quotes["speaker"].tolist() == ["Ola Brandt", "Kai Lund", "Ola Brandt"]
    assert pd.isna(extract_quotes(*frames(["A “wet” week."]))["speaker_id"]).all()
