"""Every case of `data/quote_cases.yaml`, and the table itself: near-misses beside every kind of case."""

from collections import Counter
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from transforms.quotes import extract_quotes
from transforms.schemas import PARAGRAPH_KINDS, QUOTES
from transforms.text import normalise

TABLE = Path(__file__).parent / "data" / "quote_cases.yaml"
GROUPS = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
CASES = {f"{group['kind']}/{case['id']}": case for group in GROUPS for case in group["cases"]}
KIND_NAMES = """
    split inverted apposition apposition-in-the-paragraph-before title-before-name pronoun he-added continued
    trailing-sentence action-beside addressee according-to parenthetical mixed-fragment scare work-title nickname nested
    british-singles possessive-beside-singles decade feet-and-inches mojibake mismatched-marks tweet
    colon-and-block-quotation press-release transcript quoted-headline two-speakers collective anonymous document
    organisation question unclosed brackets ellipsis boilerplate dateline byline caption accusation dash-attribution
    markup other-marks term stray-mark chain
    indirect-that indirect-bare indirect-according-to indirect-trailing-cue indirect-inverted
    indirect-parenthetical indirect-told indirect-question indirect-infinitive indirect-passive indirect-noun
    indirect-headline indirect-pronoun indirect-coordination indirect-document indirect-mixed indirect-chain
    indirect-denied indirect-hypothetical no-comment reopened indirect-verb-form
    identity-titles identity-forms identity-gender identity-nominals identity-kinship identity-apposition
    identity-organisations identity-offices identity-unnamed identity-they identity-spokesmen
    identity-standing identity-bodies identity-salience
"""
KINDS = KIND_NAMES.split()
SHORT_NAMES = {"mention": "speaker_mention", "role": "speaker_role", "organisation": "speaker_organisation"}
POSITIONS = {"parent": "parent_id", "utterance": "utterance_id"}
"""What the table calls these columns; those of POSITIONS hold an id here and a position in the list there."""
PRINTED = {"text", "speaker", "cue", "addressee", "reported_by", *SHORT_NAMES}
COMPARED = {"kind", "quote_type", "speaker_kind", "cue_lemma", "polarity", *PRINTED, *POSITIONS}


def frames(paragraphs: list[str | dict[str, str]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    start, rows = 0, []
    for index, paragraph in enumerate(paragraphs):
        given = paragraph if isinstance(paragraph, dict) else {"kind": "body", "text": paragraph}
        text = normalise(given["text"])
        rows.append(("a1", index, given["kind"], text, start, start + len(text)))
        start += len(text) + 2
    columns = ["article_id", "paragraph_index", "kind", "text", "start", "end"]
    whole = "\n\n".join(row[3] for row in rows)
    articles = pd.DataFrame({"article_id": ["a1"], "text": [whole], "language": ["en"]})
    return articles, pd.DataFrame(rows, columns=columns)


def found(case: dict[str, Any]) -> list[dict[str, Any]]:
    rows = QUOTES.conform(extract_quotes(*frames(case["paragraphs"]))).to_pylist()
    at = {row["quote_id"]: index for index, row in enumerate(rows)} | {None: None}
    return [
        {name: row[SHORT_NAMES.get(name, name)] for name in COMPARED - set(POSITIONS)}
        | {name: at[row[column]] for name, column in POSITIONS.items()}
        for row in rows
    ]


def differences(row: dict[str, Any], expected: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return what was found and what was expected, where the two differ."""
    return {
        name: (row[name], value)
        for name, value in ({"kind": "quotation"} | expected).items()
        if row[name] not in (value if isinstance(value, list) else [value])
    }


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case,
            id=name,
            marks=[pytest.mark.xfail(reason=case["known_failure"], strict=True)] if "known_failure" in case else [],
        )
        for name, case in CASES.items()
    ],
)
def test_case(case: dict[str, Any]) -> None:
    rows = found(case)
    assert [row["text"] for row in rows] == [quote["text"] for quote in case["quotes"]]
    wrong = {row["text"]: differences(row, quote) for row, quote in zip(rows, case["quotes"], strict=True)}
    assert not {text: names for text, names in wrong.items() if names}, "found, expected"


@pytest.mark.parametrize("kind", KINDS)
def test_kind_has_cases_and_near_misses(kind: str) -> None:
    groups = [group["cases"] for group in GROUPS if group["kind"] == kind]
    assert len(groups) == 1
    counts = Counter(case.get("near_miss", False) for case in groups[0])
    assert (counts[False] >= 2, counts[True] >= 1) == (True, True), counts


def test_table_is_large_and_every_case_is_its_own() -> None:
    cases = list(chain.from_iterable(group["cases"] for group in GROUPS))
    assert len(CASES) == len(cases) >= 150
    assert [text for text, count in Counter(str(case["paragraphs"]) for case in cases).items() if count > 1] == []
    assert [group["kind"] for group in GROUPS] == KINDS


@pytest.mark.parametrize("name", CASES)
def test_case_is_well_formed(name: str) -> None:
    case = CASES[name]
    assert {"id", "paragraphs", "quotes"} <= set(case) <= {"id", "near_miss", "paragraphs", "quotes", "known_failure"}
    assert {p["kind"] for p in case["paragraphs"] if isinstance(p, dict)} <= set(PARAGRAPH_KINDS)
    text = frames(case["paragraphs"])[0]["text"][0]
    for quote in case["quotes"]:
        assert set(quote) <= COMPARED
        assert "mention" in quote or "quotation" not in quote.get("kind", "quotation")
        for value in (quote[name] for name in PRINTED & set(quote)):
            assert all(v is None or v in text for v in (value if isinstance(value, list) else [value])), value
