"""The quotes frame: contract, kinds, utterances, languages."""

from collections.abc import Sequence

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.quotes import extract_quotes
from transforms.quotes.rows import quotation_key
from transforms.schemas import QUOTES

WORDS = ["Ola", "Brandt", "Mr.", "said", "told", "she", "the", "official", "a", "according", "to", "who", ",", ".", "?"]
WORDS += ["that", "asked", "and", "was", "will", "fall", "declined to comment", "his claim", "warned the council"]
SOUP = st.lists(st.sampled_from([*WORDS, *"“”‘’\"'()—:", "''", "\u0130", "é"]), max_size=40)
PARAGRAPHS = st.lists(st.tuples(SOUP, st.sampled_from(["", " "])).map(lambda p: p[1].join(p[0]).strip()), max_size=5)


def frames(
    texts: Sequence[str], kind: str = "body", language: str | None = "en", article_id: str = "a1"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    start, rows = 0, []
    for index, text in enumerate(texts):
        end = start + len(text)
        rows.append((article_id, index, kind, text, start, end))
        start = end + 2
    articles = pd.DataFrame({"article_id": [article_id], "text": ["\n\n".join(texts)], "language": [language]})
    return articles, pd.DataFrame(rows, columns=["article_id", "paragraph_index", "kind", "text", "start", "end"])


def test_empty_frames() -> None:
    quotes = extract_quotes(*(frame.iloc[:0] for frame in frames(["x"])))
    assert list(quotes.columns) == QUOTES.schema.names
    assert quotes.empty
    assert QUOTES.conform(quotes).schema.equals(QUOTES.schema)


def test_a_row_in_full() -> None:
    quotes = extract_quotes(*frames(["Rain.", "“It rained all day here,” Mayor Ola Brandt told the Ulm Herald."]))
    row = QUOTES.conform(quotes).to_pylist()[0]
    assert 0.5 < row.pop("confidence") <= 1
    assert {name: value for name, value in row.items() if value is not None} == {
        "quote_id": "a1:0000008-32",
        "article_id": "a1",
        "paragraph_index": 1,
        "kind": "quotation",
        "quote_type": "direct",
        "text": "It rained all day here,",
        "start": 8,
        "end": 31,
        "statement_start": 8,
        "statement_end": 31,
        "utterance_id": "a1:0000008-31",
        "quotation_key": quotation_key("it rained all day here"),
        "speaker_mention": "Mayor Ola Brandt",
        "speaker_start": 33,
        "speaker_end": 49,
        "speaker": "Ola Brandt",
        "speaker_id": "a1:33",
        "speaker_role": "Mayor",
        "speaker_kind": "person",
        "cue": "told",
        "cue_start": 50,
        "cue_end": 54,
        "cue_lemma": "tell",
        "polarity": "affirmed",
        "addressee": "the Ulm Herald",
        "evidence": "cue after",
    } | {"quote_id": "a1:0000008-31"}


def test_articles_keep_their_order() -> None:
    first, second = frames(["“One.”"], article_id="z"), frames(["“Two.”", "“Three.”"], article_id="a")
    articles, paragraphs = (pd.concat(pair, ignore_index=True) for pair in zip(first, second, strict=True))
    before = articles.copy(), paragraphs.copy()
    quotes = extract_quotes(articles, paragraphs)
    assert list(zip(quotes["article_id"], quotes["text"], strict=True)) == [
        ("z", "One."),
        ("a", "Two."),
        ("a", "Three."),
    ]
    pd.testing.assert_frame_equal(articles, before[0])
    pd.testing.assert_frame_equal(paragraphs, before[1])


@pytest.mark.parametrize(
    ("language", "speaker", "evidence"),
    [
        pytest.param("en", "Ola", "inverted cue", id="english"),
        pytest.param("da", None, "language not supported", id="danish"),
        pytest.param(None, None, "language not known", id="unknown"),
        pytest.param(float("nan"), None, "language not known", id="missing"),
    ],
)
def test_language(language: str | None, speaker: str | None, evidence: str) -> None:
    row = QUOTES.conform(extract_quotes(*frames(["“It rained,” said Ola."], language=language))).to_pylist()[0]
    assert (row["text"], row["kind"], row["speaker"], row["evidence"]) == ("It rained,", "quotation", speaker, evidence)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("Ola Brandt saw the film “Rain over Ulm” twice.", "title", id="film"),
        pytest.param("Ola Brandt called the film “dull and far too long” twice.", "quotation", id="not-capitalised"),
        pytest.param("Ola “Rainy” Brandt left.", "nickname", id="nickname"),
        pytest.param("Ola said “Yes” Friday.", "quotation", id="no-nickname"),
        pytest.param("The so-called “wet office” closed.", "scare", id="so-called"),
        pytest.param("The man known as “the Sponge” left.", "term", id="known-as"),
        pytest.param("The term “sponge” is old.", "term", id="the-term"),
        pytest.param("The “sponge” is old.", "quotation", id="precision-first"),
    ],
)
def test_kind(text: str, kind: str) -> None:
    row = QUOTES.conform(extract_quotes(*frames([text]))).to_pylist()[0]
    assert row["kind"] == kind
    assert (row["quote_type"] is None) == (kind != "quotation")
    assert kind == "quotation" or row["speaker"] is None


@pytest.mark.parametrize(
    ("text", "quote_type"),
    [
        pytest.param("“It rained,” said Ola.", "direct", id="sentence-before-cue"),
        pytest.param("Ola said: “It rained.”", "direct", id="sentence"),
        pytest.param("Ola said it was “wet and cold.”", "mixed", id="small-letter"),
        pytest.param("Ola hailed the “Rain Office” as good.", "mixed", id="no-sentence"),
        pytest.param("“No!” said Ola.", "direct", id="one-word"),
    ],
)
def test_quote_type(text: str, quote_type: str) -> None:
    assert extract_quotes(*frames([text]))["quote_type"].tolist() == [quote_type]


@pytest.mark.parametrize(
    ("paragraphs", "utterances"),
    [
        pytest.param(["“Rain,” said Ola, “is wet.”"], 1, id="split-by-cue"),
        pytest.param(["“Rain is wet,” said Ola. “It is cold.”"], 2, id="a-sentence-of-its-own"),
        pytest.param(["“Rain,” said Ola, and Kai left “early”."], 2, id="clause-goes-elsewhere"),
        pytest.param(["“Rain is wet.", "“It is cold.", "“Very,” said Ola."], 1, id="paragraphs"),
        pytest.param(["“Rain is wet,” said Ola.", "“It is cold,” she said."], 2, id="two-statements"),
    ],
)
def test_utterances(paragraphs: list[str], utterances: int) -> None:
    quotes = extract_quotes(*frames(paragraphs))
    assert quotes["utterance_id"].nunique() == utterances
    assert quotes["utterance_id"][0] == quotes["quote_id"][0]


def test_nested_quotes_know_their_parent() -> None:
    quotes = extract_quotes(*frames(["“Kai said ‘no’ to me,” said Ola."]))
    assert quotes["parent_id"].isna().tolist() == [True, False]
    assert quotes["parent_id"][1] == quotes["quote_id"][0]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("It rained all day, Kai.", "it RAINED all day Kai", True, id="case-and-marks"),
        pytest.param(
            "We don't pay a well-off firm", "“We don’t pay a well off firm,”", True, id="marks-of-another-outlet"
        ),
        pytest.param("The U.S. will not pay us", "The US will not … pay us", True, id="dots"),
        pytest.param("[He] will ﬁnd it at once", "He will find it at once", True, id="brackets-and-ligatures"),
        pytest.param("It rained all day, Kai.", "It rained all night, Kai.", False, id="another-word"),
    ],
)
def test_quotation_key(one: str, other: str, same: bool) -> None:
    assert (quotation_key(one) == quotation_key(other)) == same
    assert quotation_key("It rained all day") is None


@given(PARAGRAPHS, st.sampled_from(["en", "da", None]))
def test_rows_of_any_text_are_sound(texts: list[str], language: str | None) -> None:
    articles, paragraphs = frames([text for text in texts if text], language=language)
    text = articles["text"][0]
    rows = QUOTES.conform(extract_quotes(articles, paragraphs)).to_pylist()
    by_id = {row["quote_id"]: row for row in rows}
    assert len(by_id) == len(rows)
    assert [(r["start"], r["end"]) for r in rows] == sorted({(r["start"], r["end"]) for r in rows})
    for row in rows:
        assert text[row["start"] : row["end"]] == row["text"]
        for name, printed in (("speaker", "speaker_mention"), ("cue", "cue")):
            start, end = row[f"{name}_start"], row[f"{name}_end"]
            assert (text[start:end] if start is not None else None) == row[printed]
        paragraph = paragraphs.iloc[row["paragraph_index"]]
        assert paragraph["start"] <= row["start"] < row["end"] <= paragraph["end"]
        parent = by_id[row["parent_id"]] if row["parent_id"] else row
        assert parent["start"] <= row["start"] <= row["end"] <= parent["end"]
        assert row["utterance_id"] in by_id
        assert (row["speaker"] is None) == (row["speaker_id"] is None)
