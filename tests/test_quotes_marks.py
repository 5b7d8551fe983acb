"""Where quoted words start and end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.quotes.marks import Paragraph, Span, find_spans

MARK_SOUP = st.text(alphabet='“”„«»‘’"\'`“”" \t.,?!—-()[]=0123aAsSnéŻ中', max_size=80)
KINDS = st.sampled_from(["title", "body", "caption", "heading", "boilerplate"])


def article(*texts: str, kind: str = "body") -> list[Paragraph]:
    start, paragraphs = 0, []
    for index, text in enumerate(texts):
        paragraphs.append(Paragraph(index, kind, text, start))
        start += len(text) + 2
    return paragraphs


def quoted(*texts: str, kind: str = "body") -> list[str]:
    whole = "\n\n".join(texts)
    return [whole[span.start : span.end] for span in find_spans(article(*texts, kind=kind))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("“It rained,” said Ola Brandt.", ["It rained,"], id="curly"),
        pytest.param('"It rained," said Ola Brandt.', ["It rained,"], id="straight"),
        pytest.param("''It rained,'' said Ola Brandt.", ["It rained,"], id="doubled-single"),
        pytest.param("``It rained,'' said Ola Brandt.", ["It rained,"], id="latex"),
        pytest.param("„Es regnet“, sagte Ola Brandt.", ["Es regnet"], id="low-high-german"),
        pytest.param("„Pada deszcz” – Ola Brandt.", ["Pada deszcz"], id="low-high-polish"),
        pytest.param("« Il pleut », a dit Ola Brandt.", ["Il pleut"], id="guillemets-with-spaces"),
        pytest.param("»Es regnet«, sagte Ola Brandt.", ["Es regnet"], id="guillemets-inwards"),
        pytest.param("‘It rained,’ said Ola Brandt.", ["It rained,"], id="british-curly"),
        pytest.param("'It rained,' said Ola Brandt.", ["It rained,"], id="british-straight"),
        pytest.param('“It rained," said Ola Brandt. “Twice.”', ["It rained,", "Twice."], id="mixed-close"),
        pytest.param("“It rained,“ said Ola Brandt.", ["It rained,"], id="opening-mark-typed-as-close"),
        pytest.param('He said:"It rained," and left.', ["It rained,"], id="no-space-before"),
        pytest.param("“ It rained ”", ["It rained"], id="white-space-stripped"),
        pytest.param("“…” and “ ” and “—”", [], id="nothing-alphanumeric"),
        pytest.param("A — “wet” — day (“grim”).", ["wet", "grim"], id="dashes-and-brackets"),
    ],
)
def test_mark_styles(text: str, expected: list[str]) -> None:
    assert quoted(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("It's the players' union, isn't it? The '90s and rock 'n' roll.", [], id="apostrophes"),
        pytest.param("It’s the players’ union; get ’em in the ’90s.", [], id="curly-apostrophes"),
        pytest.param("Give 'em the summer of '04, 'til the boys' return.", [], id="elisions"),
        pytest.param("She backed the ‘yes’ campaign.", ["yes"], id="single-close-after-s"),
        pytest.param(
            "‘The players’ union won’t budge,’ said Ola Brandt.", ["The players’ union won’t budge,"], id="inner"
        ),
        pytest.param("'Don't go,' said Ola.", ["Don't go,"], id="apostrophe-inside"),
        pytest.param("A ‘stray opening and no close.", [], id="single-without-close"),
        pytest.param("Ola is 6'2\" and Kai 5'10\" tall.", [], id="feet-and-inches"),
        pytest.param('A 27" screen and a 24" one.', [], id="inches"),
        pytest.param('Ola, 6\'2", said: "I am tall."', ["I am tall."], id="inches-then-quote"),
        pytest.param('<a href="x.html">Ola</a> said "no" twice.', ["no"], id="markup-attribute"),
    ],
)
def test_what_is_no_mark(text: str, expected: list[str]) -> None:
    assert quoted(text) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(("“It rained. And then", "Ola Brandt left."), ["It rained. And then"], id="curly-runs-to-end"),
        pytest.param(("A stray ” here.", "And “this” there."), ["this"], id="stray-close"),
        pytest.param(("“Oh, he said. “Ah,” he said.",), ["Ah,"], id="unclosed-before-another"),
        pytest.param(('He was" off. And then "this" too.',), ["this"], id="stray-straight-close"),
        pytest.param(('The old "mill by the river stood.',), [], id="straight-stray-opening"),
        pytest.param(('Ola said: "It rained.',), ["It rained."], id="straight-introduced"),
        pytest.param(('"It rained.', '"It poured," said Ola.'), ["It rained.", "It poured,"], id="straight-continued"),
    ],
)
def test_marks_without_close(texts: tuple[str, ...], expected: list[str]) -> None:
    assert quoted(*texts) == expected


@pytest.mark.parametrize(
    ("texts", "continued"),
    [
        pytest.param(("“One.", "“Two.", "“Three,” said Ola."), [-1, 0, 1], id="three-paragraphs"),
        pytest.param(("‘One.", "‘Two,’ said Ola."), [-1, 0], id="british"),
        pytest.param(("''One.", "''Two,'' said Ola."), [-1, 0], id="doubled-single"),
        pytest.param(("“One.”", "“Two,” said Ola."), [-1, -1], id="closed-is-not-continued"),
        pytest.param(("“One.", "Then “two,” said Ola."), [-1, -1], id="not-at-the-start"),
        pytest.param(("“One.", "Rain fell.", "“Two,” said Ola."), [-1, -1], id="a-paragraph-between"),
    ],
)
def test_quotations_over_paragraphs(texts: tuple[str, ...], continued: list[int]) -> None:
    assert [span.continued for span in find_spans(article(*texts))] == continued


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("“He said ‘never’ to me.”", [("He said ‘never’ to me.", -1), ("never", 0)], id="single-in-double"),
        pytest.param("‘He said “never” to me.’", [("He said “never” to me.", -1), ("never", 0)], id="double-in-single"),
        pytest.param("''He said 'never'''", [("He said 'never'", -1), ("never", 0)], id="three-marks-in-a-row"),
        pytest.param("“One” and ‘two’", [("One", -1), ("two", -1)], id="side-by-side"),
    ],
)
def test_quotes_inside_quotes(text: str, expected: list[tuple[str, int]]) -> None:
    assert [(text[s.start : s.end], s.parent) for s in find_spans(article(text))] == expected


def test_boilerplate_has_no_spans_and_headlines_have() -> None:
    assert quoted("Read more: “Mill burns”", kind="boilerplate") == []
    assert quoted("‘Mill burns’: Brandt in tears", kind="title") == ["Mill burns"]


@given(st.lists(st.tuples(MARK_SOUP, KINDS), max_size=5))
def test_spans_of_any_text_are_sound(parts: list[tuple[str, str]]) -> None:
    paragraphs = [p._replace(kind=kind) for p, (_, kind) in zip(article(*(t for t, _ in parts)), parts, strict=True)]
    whole = "\n\n".join(text for text, _ in parts)
    spans = find_spans(paragraphs)
    assert len({(s.start, s.end) for s in spans}) == len(spans)
    assert [s.start for s in spans] == sorted(s.start for s in spans)
    for at, span in enumerate(spans):
        check_span(whole, paragraphs, spans, at, span)


def check_span(whole: str, paragraphs: list[Paragraph], spans: list[Span], at: int, span: Span) -> None:
    outer = paragraphs[span.paragraph]
    assert outer.kind != "boilerplate"
    assert outer.start <= span.outer_start < span.start < span.end <= span.outer_end <= outer.start + len(outer.text)
    words = whole[span.start : span.end]
    assert words == words.strip()
    assert any(c.isalnum() for c in words)
    assert span.parent < at
    assert span.continued < at
    if span.parent >= 0:
        parent = spans[span.parent]
        assert parent.start <= span.start <= span.end <= parent.end
