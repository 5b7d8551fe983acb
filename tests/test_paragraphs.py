import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.articles import RawArticle, read_articles
from transforms.paragraphs import classify, read_patterns, split_paragraphs
from transforms.schemas import PARAGRAPH_KINDS, PARAGRAPHS

FIRST = "The council voted on Monday to close the old bridge for a year, after engineers found cracks in its piers."
SECOND = "Shop owners on the far bank said they had not been asked. “Nobody came,” one of them told the paper."
LISTS = ("boilerplate.txt", "captions.txt", "credits.txt")


def kind_of(paragraph: str) -> str:
    """Return the kind of a paragraph in the middle of an article."""
    return classify(["Old bridge to close", FIRST, paragraph, SECOND, FIRST], "Old bridge to close")[2]


@pytest.mark.parametrize(
    ("name", "pattern", "example"), [(name, *entry) for name in LISTS for entry in read_patterns(name)]
)
def test_every_entry_matches_its_example(name: str, pattern: str, example: str) -> None:
    assert re.fullmatch(pattern, example.lower())
    paragraph = f"The mayor at the bridge. {example}" if name == "credits.txt" else example
    assert kind_of(paragraph) == ("boilerplate" if name == "boilerplate.txt" else "caption")


@pytest.mark.parametrize("name", LISTS)
def test_no_entry_is_there_twice(name: str) -> None:
    patterns = [pattern for pattern, _ in read_patterns(name)]
    assert len(patterns) == len(set(patterns))


@pytest.mark.parametrize(
    ("paragraph", "kind"),
    [
        pytest.param("Read part 1 here, and part 2 here.", "boilerplate", id="parts"),
        pytest.param("RELATED CONTENT", "boilerplate", id="capitals"),
        pytest.param("___", "boilerplate", id="rule"),
        pytest.param("Related questions were not answered, the mayor said.", "body", id="related-in-prose"),
        pytest.param("Follow the money, the mayor said on Twitter.", "body", id="follow-in-prose"),
        pytest.param("Sign up to close a bridge, and you will hear from shop owners.", "body", id="sign-up-in-prose"),
        pytest.param("Advertisement of the plan began in May.", "body", id="advertisement-in-prose"),
        pytest.param("Copyright was not the issue, the judge said.", "body", id="copyright-in-prose"),
        pytest.param("“Click here,” the page said.", "body", id="quoted-boilerplate"),
        pytest.param("Watch what happens on the bridge, she said.", "body", id="watch-in-prose"),
        pytest.param("Share this with the council, he wrote to them.", "body", id="share-in-prose"),
        pytest.param("Twitter said it had no bridge.", "body", id="company"),
        pytest.param("Comments made by the mayor were heard.", "body", id="comments-in-prose"),
        pytest.param("Subscribe to keep the bridge open, the posters said.", "body", id="subscribe-in-prose"),
        pytest.param("You have 2 free bridges left, she said.", "body", id="you-have-in-prose"),
        pytest.param("This story is for the members of the council, he said.", "body", id="this-story-in-prose"),
        pytest.param("Get our bridge back, they shouted at the council.", "body", id="get-our-in-prose"),
        pytest.param("Most viewed the bridge as lost.", "body", id="most-viewed-in-prose"),
        pytest.param("Read or share this, the poster said.", "body", id="read-or-share-in-prose"),
        pytest.param("Topics: the bridge. The ferry came later.", "body", id="topics-in-prose"),
        pytest.param("Reporting by the council’s engineers was late; nobody minded.", "body", id="reporting-in-prose"),
        pytest.param("We use cookies, the baker said.", "body", id="cookies-in-prose"),
        pytest.param("Donate the bridge to the next town, one of them said.", "body", id="donate-in-prose"),
        pytest.param("Read the rest of the plan on the train, she said.", "body", id="read-the-rest-in-prose"),
        pytest.param("It was last modified on Monday.", "body", id="modified-in-prose"),
        pytest.param("<p>The bridge closed.</p>", "body", id="tags-around-prose"),
        pytest.param("[sic] was printed.", "body", id="brackets-in-prose"),
        pytest.param("The papers gave credit: Roe, they wrote, closed it.", "body", id="credit-in-prose"),
        pytest.param("By Land And Sea", "body", id="crosshead-is-no-byline"),
        pytest.param("The plan at https://example.com/a", "body", id="address-is-no-heading"),
        pytest.param("Ames Town 2-1 Boyd City", "body", id="score-is-no-heading"),
        pytest.param("Ames Town 24, Boyd City 17", "body", id="points-are-no-heading"),
        pytest.param("Route 66 to the north", "heading", id="number-in-a-heading"),
        pytest.param("(AP Photo/Jan Roe)", "caption", id="credit-alone"),
        pytest.param(
            "The mayor, right, at the bridge (before the flood). (AP Photo/Jan Roe)", "caption", id="credit-at-the-end"
        ),
        pytest.param("She has worked for Getty Images since the flood.", "body", id="agency-in-prose"),
        pytest.param("Photos of the bridge were shown to the council.", "body", id="photos-in-prose"),
        pytest.param("The mayor told Jan Roe (Reuters) that it was closed.", "body", id="agency-in-brackets"),
        pytest.param("File the papers by Monday, the judge said.", "body", id="file-in-prose"),
        pytest.param("By Jan Roe", "byline", id="byline"),
        pytest.param("By Jan Roe's account, the bridge was sound.", "body", id="by-in-prose"),
        pytest.param("March 11, 2016", "dateline", id="date"),
        pytest.param("LONDON (Reuters)", "dateline", id="dateline-alone"),
        pytest.param("LONDON (Reuters) — The bridge closed on Monday.", "body", id="dateline-before-a-body"),
        pytest.param("LONDON CALLING", "heading", id="capitals-without-agency"),
        pytest.param("What the engineers found", "heading", id="heading"),
        pytest.param("What the engineers found.", "body", id="full-stop"),
        pytest.param("The mayor added:", "body", id="colon"),
        pytest.param("- Close the bridge", "body", id="list-item"),
        pytest.param("incites", "body", id="broken-line"),
    ],
)
def test_kind(paragraph: str, kind: str) -> None:
    assert kind_of(paragraph) == kind


def test_lines_of_a_list_are_no_headings() -> None:
    paragraphs = ["Old bridge to close", FIRST, "Old Bridge v New Bridge", "Ferry v Footbridge", "Bus v Tram", SECOND]
    assert "heading" not in classify(paragraphs[:5], "Old bridge to close")


def test_no_heading_after_half_a_sentence() -> None:
    assert classify(["Old bridge", "On Monday the council and", "Jan Roe", SECOND], "Old bridge")[2] == "body"


@pytest.mark.parametrize(
    ("paragraphs", "title", "kinds"),
    [
        pytest.param(
            ["Old bridge to close.", FIRST], "Old Bridge to Close", ["title", "body"], id="full-stop-and-case"
        ),
        pytest.param(["‘Close it’: mayor", FIRST], "'Close it': mayor", ["title", "body"], id="mark-style"),
        pytest.param(
            ["Bridge closed;", "Nobody asked.", FIRST],
            "Bridge closed; Nobody asked",
            ["title", "title", "body"],
            id="two-lines",
        ),
        pytest.param(
            ["March 11, 2016", "Old bridge to close", FIRST],
            "Old bridge to close",
            ["dateline", "title", "body"],
            id="below-a-date",
        ),
        pytest.param([FIRST, SECOND], "Old bridge to close", ["body", "body"], id="only-in-the-side-file"),
        pytest.param([FIRST, SECOND], "", ["body", "body"], id="none"),
        pytest.param(["NEWS", FIRST, SECOND], "", ["boilerplate", "body", "body"], id="section-alone"),
        pytest.param(["NEWS", "Bridge to close", FIRST], "", ["boilerplate", "title", "body"], id="below-a-section"),
        pytest.param(
            ["AM-Old Bridge,450", "March 11, 2016", "Bridge to close", FIRST],
            "Bridge to close",
            ["boilerplate", "dateline", "title", "body"],
            id="below-a-slug",
        ),
        pytest.param(
            ["Bridge to close", "Jan Roe", FIRST, SECOND],
            "",
            ["title", "body", "body", "body"],
            id="name-below-the-title",
        ),
        pytest.param(
            ["Bridge to close", "Jan Roe, 45", FIRST, SECOND], "", ["title", "body", "body", "body"], id="name-and-age"
        ),
        pytest.param(
            ["Bridge to close", "Engineers find cracks", FIRST, SECOND],
            "",
            ["title", "heading", "body", "body"],
            id="deck",
        ),
        pytest.param(
            ["Bridge to close", FIRST, SECOND, "By Road And Rail", FIRST, SECOND, FIRST, SECOND],
            "",
            ["title", "body", "body", "body", "body", "body", "body", "body"],
            id="crosshead-like-a-byline",
        ),
        pytest.param(
            ["Bridge to close", FIRST, SECOND, "By Jan Roe"], "", ["title", "body", "body", "byline"], id="signature"
        ),
        pytest.param(
            ["Bridge to close", "Last modified on Friday 11 March 2016", FIRST],
            "",
            ["title", "boilerplate", "body"],
            id="modified",
        ),
        pytest.param(["Bridge closes", FIRST], "Another title", ["title", "body"], id="another-title-printed"),
        pytest.param(["Related Content", FIRST], "Related content", ["title", "body"], id="title-like-boilerplate"),
    ],
)
def test_title(paragraphs: list[str], title: str, kinds: list[str]) -> None:
    assert classify(paragraphs, title) == kinds


def articles_of(*texts: str) -> pd.DataFrame:
    return read_articles([RawArticle(f"{i}.txt", text.encode()) for i, text in enumerate(texts)])[0]


def test_rows() -> None:
    articles = articles_of(f"Old bridge to close\n\n{FIRST}\n{SECOND}\n\nRelated Content")
    rows = split_paragraphs(articles)
    assert rows["kind"].tolist() == ["title", "body", "body", "boilerplate"]
    assert rows["paragraph_index"].tolist() == [0, 1, 2, 3]
    assert rows["word_count"].tolist() == [4, 20, 20, 2]
    assert rows["sentence_count"].tolist() == [1, 1, 2, 1]
    assert PARAGRAPHS.conform(rows).num_rows == 4


def test_no_articles_make_no_rows() -> None:
    assert PARAGRAPHS.conform(split_paragraphs(articles_of())).num_rows == 0


@given(st.lists(st.text(min_size=1, max_size=80), min_size=1, max_size=6).map("\n\n".join))
def test_paragraphs_tile_the_text(text: str) -> None:
    articles = articles_of(text)
    rows = split_paragraphs(articles)
    for article in articles.itertuples():
        assert "\n\n".join(rows["text"]) == article.text
        assert [article.text[start:end] for start, end in zip(rows["start"], rows["end"], strict=True)] == rows[
            "text"
        ].tolist()
    assert set(rows["kind"]) <= set(PARAGRAPH_KINDS)
