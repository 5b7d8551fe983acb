import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from flows.engine.markdown import LENGTH_SHOWN, block, code, literal, table
from flows.progress import visible

MARKDOWN = MarkdownIt("commonmark").enable("table")


def drawn(markdown: str) -> list[tuple[str, str]]:
    """Return (kind, text) of what a reader sees of one paragraph of Markdown."""
    tokens = MARKDOWN.parse(markdown)
    assert [t.type for t in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    return [(t.type, t.content) for t in tokens[1].children or []]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("inbox/empty.txt", "inbox/empty.txt", id="path"),
        pytest.param("2016-03-11/the_long_day.txt", "2016-03-11/the_long_day.txt", id="underscore-in-a-word"),
        pytest.param("Zürich/März.txt", "Zürich/März.txt", id="letters-of-other-languages"),
        pytest.param("not text but a PNG image", "not text but a PNG image", id="reason"),
        pytest.param("_the_day_.txt", "`_the_day_.txt`", id="emphasis"),
        pytest.param("a*b*", "`a*b*`", id="stars"),
        pytest.param("a|b", "`a|b`", id="pipe"),
        pytest.param("<img src=x>", "`<img src=x>`", id="tag"),
        pytest.param("[click](evil)", "`[click](evil)`", id="link"),
        pytest.param("see http://evil", "`see http://evil`", id="address"),
        pytest.param("www.evil.com", "`www.evil.com`", id="address-without-protocol"),
        pytest.param("a@evil.com", "`a@evil.com`", id="e-mail"),
        pytest.param("1. first.txt", "`1. first.txt`", id="list"),
        pytest.param("1.first.txt", "1.first.txt", id="number-and-no-list"),
        pytest.param("- dash.txt", "`- dash.txt`", id="bullet"),
        pytest.param("/srv/wire", "`/srv/wire`", id="absolute-path"),
        pytest.param("a`b", "``a`b``", id="backtick"),
        pytest.param("`a``", "``` `a`` ```", id="backticks-at-the-ends"),
        pytest.param("a  b ", "` a  b  `", id="blanks"),
        pytest.param("a\x1b[31m\nb", r"`a\x1b[31m\nb`", id="control-characters"),
        pytest.param("a\u202etxt.exe", r"`a\u202etxt.exe`", id="right-to-left-override"),
        pytest.param("a\udcff", r"`a\udcff`", id="undecodable-byte"),
    ],
)
def test_literal(text: str, expected: str) -> None:
    assert literal(text) == expected


@given(st.text(st.sampled_from("ab1`*_~|<>[]()!#&\\.-+=:/@ \n\t\x1b") | st.characters(codec="utf-8"), min_size=1))
def test_any_text_is_shown_as_it_is(text: str) -> None:
    shown = drawn(literal(text))
    assert {kind for kind, _ in shown} <= {"text", "code_inline"}
    assert "".join(content for _, content in shown).strip() == visible(text).strip()


def test_long_text_is_cut() -> None:
    assert literal("a" * LENGTH_SHOWN) == "a" * LENGTH_SHOWN
    assert literal("a" * (LENGTH_SHOWN + 1)) == "a" * (LENGTH_SHOWN - 1) + "…"


def test_code_cannot_be_left() -> None:
    assert drawn(code("``` <b> `")) == [("code_inline", "``` <b> `")]


def test_table() -> None:
    assert table(("Files", "Number"), [("read", 1234)]) == "| Files | Number |\n| --- | ---: |\n| read | 1,234 |"
    assert table(("Files", "Number"), []) == ""


def test_block_cannot_be_left() -> None:
    (token,) = MARKDOWN.parse(block(["status '/a\n\nb'", "```"]))
    assert (token.type, token.content) == ("code_block", "status '/a\\n\\nb'\n```\n")
