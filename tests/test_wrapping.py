import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.wrapping import is_quoted, unquote, unwrap

FIRST = (
    "The council voted on Monday to close the old bridge for a year, a well-known bottleneck, after engineers found "
    "cracks in two of its piers and said that nobody could tell how long the others would hold."
)
SECOND = (
    "Shop owners on the far bank said they had not been asked. The mayor promised a ferry, a free bus and, later, a "
    "new footbridge, but gave no date for any of them and no sum that the city could spend."
)
THIRD = "The vote was nine to four, with two members away."


def wrap(*paragraphs: str, between: str = "\n\n", indent: str = "", width: int = 72) -> str:
    return between.join(textwrap.fill(p, width, initial_indent=indent) for p in paragraphs)


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        pytest.param(wrap(FIRST, SECOND, THIRD), [FIRST, SECOND, THIRD], id="wrapped-with-blank-lines"),
        pytest.param(wrap(FIRST, SECOND, width=60), [FIRST, SECOND], id="wrapped-narrow"),
        pytest.param(f"{FIRST}\n{SECOND}\n{THIRD}", [FIRST, SECOND, THIRD], id="one-line-a-paragraph"),
        pytest.param(wrap(FIRST, SECOND, THIRD, between="\n", indent="   "), [FIRST, SECOND, THIRD], id="indents"),
        pytest.param(wrap(FIRST, SECOND, between="\n"), [FIRST, SECOND], id="short-last-lines"),
        pytest.param("Bridge to close\n" + wrap(FIRST), ["Bridge to close", FIRST], id="title-above-wrapped"),
        pytest.param(
            "Bridge to close;\nShop owners were not asked, they say.",
            ["Bridge to close;", "Shop owners were not asked, they say."],
            id="title-of-two-lines",
        ),
        pytest.param(
            wrap(FIRST) + "\n\nJan Roe\nCity desk\nExample News",
            [FIRST, "Jan Roe", "City desk", "Example News"],
            id="signature-below-wrapped",
        ),
        pytest.param("WEEK 13.\n1. Bridge\n2. Ferry", ["WEEK 13.", "1. Bridge", "2. Ferry"], id="list"),
        pytest.param(
            "Old bridge, cold bridge,\nwho will cross you now?\nNot the ferryman,\nnot the cow.",
            ["Old bridge, cold bridge,", "who will cross you now?", "Not the ferryman,", "not the cow."],
            id="poem",
        ),
        pytest.param(
            "- a first item that runs on for so long that the line is full and\n  goes on below\n"
            "- a second item that is about as long as the first, so that it also\n  is wrapped",
            [
                "- a first item that runs on for so long that the line is full and goes on below",
                "- a second item that is about as long as the first, so that it also is wrapped",
            ],
            id="wrapped-list-items",
        ),
        pytest.param(
            "The ferry, which nobody in the city had asked for, will cost three\n"
            "— or, if the engineers are right about the landing stage, closer to\n"
            "10. million, an amount that the council does not have this winter\n"
            "and will not have in the next.",
            [
                "The ferry, which nobody in the city had asked for, will cost three — or, if the engineers are right "
                "about the landing stage, closer to 10. million, an amount that the council does not have this winter "
                "and will not have in the next."
            ],
            id="dash-and-number-are-no-items",
        ),
        pytest.param(
            "Ann Doe (City) — announced on the 23rd of March, 2015\nDoe dropped out on the 3rd of May.",
            ["Ann Doe (City) — announced on the 23rd of March, 2015", "Doe dropped out on the 3rd of May."],
            id="two-statements",
        ),
        pytest.param("a\n \n\n\nb  c", ["a", "b c"], id="blank-lines"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_unwrap(text: str, paragraphs: list[str]) -> None:
    assert unwrap(text) == paragraphs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("> a\n> b\n> c", True, id="every-line"),
        pytest.param("Roe wrote:\n" + "> a\n" * 12, True, id="nearly-every-line"),
        pytest.param("> a\n> b", False, id="two-lines"),
        pytest.param("> a\nb\n> c\n> d", False, id="answers-between"),
        pytest.param("5 > 4\n3 > 2\n2 > 1", False, id="greater-than"),
    ],
)
def test_quoted_mail(text: str, expected: bool) -> None:
    assert is_quoted(text) is expected
    assert (unquote(text) != text) is expected


def test_hyphen_at_a_line_end_is_kept() -> None:
    lines = (
        "the council said on Monday that it would close the old and well-\n"
        "known bridge for a year because engineers found cracks in two of\n"
        "its piers - and then it went home."
    )
    assert "well-known bridge" in unwrap(lines)[0]
    assert "piers - and" in unwrap(lines)[0]


_WORDS = st.sampled_from(
    ["the", "bridge", "council", "said", "that", "engineers", "found", "cracks", "while", "nobody"]
)
# A paragraph of three full lines and more, as one sentence.
_PROSE = st.lists(_WORDS, min_size=40, max_size=90).map(lambda words: "The " + " ".join(words) + ".")


@given(st.lists(_PROSE, min_size=1, max_size=5), st.integers(60, 80))
def test_wrapped_prose_is_restored(paragraphs: list[str], width: int) -> None:
    assert unwrap(wrap(*paragraphs, width=width)) == paragraphs


@given(st.lists(_PROSE, min_size=1, max_size=5))
def test_one_line_a_paragraph_stays(paragraphs: list[str]) -> None:
    assert unwrap("\n".join(paragraphs)) == paragraphs


@given(st.text(alphabet="ab. -\n", max_size=300))
def test_nothing_but_blanks_is_lost(text: str) -> None:
    assert "".join(unwrap(text)).replace(" ", "") == text.replace(" ", "").replace("\n", "")
