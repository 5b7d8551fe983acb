import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text import count_words, normalise, repair


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("â€œNo,â€\x9d the mayor said.", "“No,” the mayor said.", id="curly-marks"),
        pytest.param("FranÃ§ois", "François", id="accent"),
        pytest.param("FranÃ\x83Â§ois — “no”", "François — “no”", id="twice-with-sound-marks-in-the-line"),
        pytest.param("It\x92s", "It’s", id="control-for-apostrophe"),
        pytest.param("Beyoncé’s “café”", "Beyoncé’s “café”", id="sound-accents-beside-marks"),
        pytest.param("“What?”—‘No’…", "“What?”—‘No’…", id="sound-marks"),
        pytest.param("ﬁve ＡＢＣ &amp; ½", "ﬁve ＡＢＣ &amp; ½", id="ligature-width-entity-untouched"),
        pytest.param("Он сказал: «Мост закрыт»", "Он сказал: «Мост закрыт»", id="sound-cyrillic"),
        pytest.param("“ÉÎ” — no", "“ÉÎ” — no", id="closing-mark-is-no-half-of-a-letter"),
        pytest.param("FranÃ§ois\n“no” — é", "François\n“no” — é", id="only-the-bad-line"),
    ],
)
def test_repair(text: str, expected: str) -> None:
    assert repair(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a\r\n\r\nb\rc", "a\n\nb\n\nc", id="line-ends"),
        pytest.param("a\u2028b\u2029c\x85d\x0be\x0cf", "a\n\nb\n\nc\n\nd\n\ne\n\nf", id="rare-line-ends"),
        pytest.param("a\xa0b\u2009c\td\u3000e", "a b c d e", id="odd-spaces"),
        pytest.param("  a   b  \n \n\n c ", "a b\n\nc", id="runs-of-blanks"),
        pytest.param("co\xadop\u200berate\ufeff \u202aleft\u202c", "cooperate left", id="unseen"),
        pytest.param("می\u200cخواهم", "می\u200cخواهم", id="joiner-in-persian-kept"),
        pytest.param("a\u200cb", "ab", id="joiner-in-latin-removed"),
        pytest.param("\U0001f469\u200d\U0001f680", "\U0001f469\u200d\U0001f680", id="joined-emoji-kept"),
        pytest.param("e\u0301", "é", id="nfc"),
        pytest.param("e\u200b\u0301", "é", id="nfc-after-removal"),
        pytest.param("A\u0303\u00a9", "é", id="mojibake-of-decomposed-letters"),
        pytest.param("''No,'' \"yes\" ‘no’ “yes” «no»", "''No,'' \"yes\" ‘no’ “yes” «no»", id="marks-as-printed"),
        pytest.param("a\x00b\x07c\x7f", "abc", id="controls"),
        pytest.param(" \n\t ", "", id="nothing"),
        pytest.param("&quot;No,&quot; she said.", "&quot;No,&quot; she said.", id="two-references-are-copy"),
        pytest.param("&quot;It&#39;s shut,&quot; she said.", '"It\'s shut," she said.', id="references"),
        pytest.param("&amp;quot;It&amp;#39;s&amp;quot; AT&amp;amp;T", '"It\'s" AT&T', id="escaped-twice"),
        pytest.param("&ldquo;caf&eacute;&rdquo;&nbsp;&#8212; no", "“café” — no", id="named-and-numbered"),
        pytest.param("&quot;a &lt;b&gt; c&quot; d&rsquo;s", '"a &lt;b&gt; c" d’s', id="makes-no-tags"),
        pytest.param("A & B && C & D R&D; Q&A;", "A & B && C & D R&D; Q&A;", id="ampersands"),
        pytest.param(
            "> The bridge is shut.\n>\n> > Since when?", "The bridge is shut.\n\nSince when?", id="quoted-mail"
        ),
        pytest.param("> One\nTwo\n> Three\n> Four", "> One\n\nTwo\n\n> Three\n\n> Four", id="half-quoted-mail"),
    ],
)
def test_normalise(text: str, expected: str) -> None:
    assert normalise(text) == expected


# Letters, marks, mojibake and every kind of white space that copy is made of.
_PIECES = st.sampled_from(
    [
        "a",
        "The ",
        "said. ",
        " ",
        "  ",
        "\n",
        "\n\n",
        "\r\n",
        "\t",
        "\xa0",
        "\x85",
        "\u2028",
        "\u200d",
        "\xad",
        "-\n",
        "é",
        "e\u0301",
        "Ã",
        "Â",
        "©",
        "\x83",
        "\x93",
        "â€™",
        "à ",
        "”",
        "—",
        "क",
        "\u0301",
        "word " * 12,
        "long line without an end " * 3,
        "• ",
        "1. ",
        "&",
        "amp;",
        "&quot;",
        "#39;",
        "&nbsp;",
        "\u200b",
        "> ",
        "\n>",
    ]
)
_COPY = st.one_of(st.text(), st.lists(_PIECES, max_size=40).map("".join))


@given(_COPY)
def test_normalise_is_idempotent(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(_COPY)
def test_normal_form(text: str) -> None:
    once = normalise(text)
    assert unicodedata.is_normalized("NFC", once)
    assert once == once.strip()
    assert "\n" not in once.replace("\n\n", "")
    assert all(p and p == p.strip() and not re.search(r"\s\s|[^\S ]", p) for p in once.split("\n\n") if once)


def test_stacked_marks_take_no_quadratic_time() -> None:
    text = "a" + "\u0301\u0323" * 100_000
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("", 0, id="nothing"),
        pytest.param("U.S. don’t well-known $3.5m", 4, id="marks-inside"),
        pytest.param("said—no", 2, id="dash-between"),
        pytest.param("He - she – they", 3, id="lone-dashes"),
        pytest.param("“No,” - ", 1, id="blank-at-the-end"),
        pytest.param("a/b", 2, id="slash"),
        pytest.param("* * *", 0, id="asterisks"),
        pytest.param("___ a", 1, id="rule"),
        pytest.param("नमस्ते दुनिया", 2, id="vowel-signs"),
        pytest.param("a\n\nb c", 3, id="paragraphs"),
    ],
)
def test_count_words(text: str, count: int) -> None:
    assert count_words(text) == count


@given(st.text())
def test_count_words_counts_pieces_with_a_letter_or_digit(text: str) -> None:
    text = normalise(text)
    pieces = re.split(r"[—–…/]|\s", text)
    assert count_words(text) == sum(any(c.isalnum() for c in piece) for piece in pieces)
