import datetime as dt

import pytest

from transforms.bylines import byline_date, parse_byline
from transforms.datelines import dateline_date, is_dateline, starts_with_dateline
from transforms.openings import is_furniture, is_section, opening, printed_byline, printed_date, title_range

DAY = dt.date(2016, 3, 11)
TITLE = "Old bridge to close"
BODY = [
    "The council voted on Monday to close the old bridge for a year, after engineers found cracks in its piers.",
    "Shop owners said they had not been asked. Nobody came to see them.",
]


def title_of(*paragraphs: str) -> str:
    above = [*paragraphs, *BODY]
    return " ".join(above[index] for index in title_range(above))


def date_of(*paragraphs: str) -> dt.date | None:
    return printed_date(opening(list(paragraphs)), list(paragraphs))


@pytest.mark.parametrize(
    ("line", "names", "date"),
    [
        pytest.param("By Jan Roe", "Jan Roe", None, id="no-date"),
        pytest.param("By JAN ROE and ANN DOE MARCH 11, 2016", "JAN ROE and ANN DOE", DAY, id="capitals"),
        pytest.param("By Jan Roe March 11, 2016 at 10:02 AM", "Jan Roe", DAY, id="time-behind"),
        pytest.param("By Jan Roe | Friday, March 11, 2016", "Jan Roe", DAY, id="weekday"),
        pytest.param("By Jan Roe, Published: March 11, 2016", "Jan Roe", DAY, id="label"),
        pytest.param("By Jan Roe (Published 11 March 2016)", "Jan Roe", DAY, id="brackets"),
        pytest.param("By Jan Roe, Updated: March 11, 2016", "Jan Roe", None, id="update-is-no-publication"),
        pytest.param(
            "By Jan Roe, Bridges Correspondent 10:02AM GMT 11 Mar 2016",
            "Jan Roe, Bridges Correspondent",
            DAY,
            id="post",
        ),
        pytest.param("By May Roe 11 March 2016", "May Roe", DAY, id="month-as-a-name"),
        pytest.param("BYLINE: Jan Roe", "Jan Roe", None, id="database"),
        pytest.param("Bylines: Jan Roe", None, None, id="other-word"),
        pytest.param("By Roe 11 March 2016", None, None, id="one-name"),
        pytest.param("By Friday March 11, 2016", None, None, id="weekday-is-no-name"),
        pytest.param("By March 11, 2016", None, None, id="date-alone"),
        pytest.param("By Jan Roe the bridge was shut on March 11, 2016", None, None, id="prose"),
        pytest.param("By Jan Roe 2016", None, None, id="year-alone"),
        pytest.param("By Land And Sea", None, None, id="crosshead"),
    ],
)
def test_byline_and_date(line: str, names: str | None, date: dt.date | None) -> None:
    assert (parse_byline(line), byline_date(line)) == (names, date)


@pytest.mark.parametrize(
    ("text", "starts", "date"),
    [
        pytest.param("LONDON (Reuters) — The bridge closed.", True, None, id="capitals"),
        pytest.param("NEW PORT (AP) _ The bridge closed.", True, None, id="underscore"),
        pytest.param("Paris, March 11, 2016 (AFP) - The bridge closed.", True, DAY, id="small-letters-date-agency"),
        pytest.param("Warsaw, 11 March 2016 (PAP) – The bridge closed.", True, DAY, id="day-first"),
        pytest.param("San Marco, 11 March 2016 — The bridge closed.", True, DAY, id="small-letters-date"),
        pytest.param("Paris (AFP) - The bridge closed.", True, None, id="small-letters-agency"),
        pytest.param("Paris, March 11 (Reuters) - The bridge closed.", True, None, id="small-letters-no-year"),
        pytest.param("Paris - The bridge closed.", False, None, id="small-letters-alone"),
        pytest.param("Paris, March 11 - The bridge closed.", False, None, id="no-year-no-agency"),
        pytest.param("Jan Roe (Labour) — who closed it — left.", False, None, id="party"),
        pytest.param("Roe told Paris (AFP) - no more.", False, None, id="prose"),
        pytest.param("SNAKE_CASE is closed.", False, None, id="underscore-inside-a-word"),
    ],
)
def test_datelines(text: str, starts: bool, date: dt.date | None) -> None:
    assert (starts_with_dateline(text), dateline_date(text)) == (starts, date)


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        pytest.param("Paris, March 11, 2016 (AFP)", True, id="small-letters"),
        pytest.param("Last updated on March 11, 2016 at 10:02 AM", True, id="update"),
        pytest.param("March 11, 2016 Friday", True, id="database"),
        pytest.param("Jan Roe (Labour)", False, id="party"),
        pytest.param("Roe, Jan (AP)", False, id="name"),
    ],
)
def test_dateline_alone(text: str, alone: bool) -> None:
    assert is_dateline(text) is alone


@pytest.mark.parametrize(
    ("paragraphs", "date"),
    [
        pytest.param([TITLE, "March 11, 2016", *BODY], DAY, id="below-the-title"),
        pytest.param(["March 11, 2016", TITLE, *BODY], DAY, id="above-the-title"),
        pytest.param(
            [TITLE, "Engineers find cracks", "By Jan Roe", "March 11, 2016", *BODY], DAY, id="deck-and-byline"
        ),
        pytest.param([TITLE, BODY[0], "By Jan Roe", "March 11, 2016", *BODY], DAY, id="deck-is-a-sentence"),
        pytest.param([TITLE, "By JAN ROE MARCH 11, 2016", *BODY], DAY, id="on-the-line-of-the-byline"),
        pytest.param([TITLE, "March 11, 2016", "Last modified on March 12, 2016", *BODY], DAY, id="updated"),
        pytest.param([TITLE, "March 11, 2016", "LONDON, March 10, 2016 — It closed."], DAY, id="before-a-dateline"),
        pytest.param([TITLE, "Last updated on March 11, 2016", *BODY], None, id="update-alone"),
        pytest.param([TITLE, BODY[0], "March 11, 1916", BODY[1]], None, id="crosshead-of-an-anniversary"),
        pytest.param([TITLE, *BODY, "March 11, 1916"], None, id="below-the-body"),
        pytest.param([TITLE, BODY[0], "LONDON, March 11, 1916 — It opened."], None, id="dateline-below-the-body"),
        pytest.param(
            [TITLE, "March 11, 1916", "The bridge opens", "March 12, 1966", "It is mended"],
            None,
            id="entries-of-a-timeline",
        ),
    ],
)
def test_printed_date(paragraphs: list[str], date: dt.date | None) -> None:
    assert date_of(*paragraphs) == date


@pytest.mark.parametrize(
    ("paragraphs", "names"),
    [
        pytest.param([TITLE, "By Jan Roe", *BODY], "Jan Roe", id="below-the-title"),
        pytest.param([TITLE, BODY[0], "By Jan Roe", BODY[1]], "Jan Roe", id="below-a-deck"),
        pytest.param([TITLE, *BODY, "By Road And Rail", BODY[0]], None, id="crosshead"),
        pytest.param([*BODY, "By Jan Roe", BODY[0]], None, id="no-title"),
    ],
)
def test_printed_byline(paragraphs: list[str], names: str | None) -> None:
    assert printed_byline(opening(paragraphs)) == names


@pytest.mark.parametrize(
    ("above", "title"),
    [
        pytest.param([TITLE], TITLE, id="first"),
        pytest.param(["NEWS", TITLE], TITLE, id="section"),
        pytest.param(["News | Politics", TITLE], TITLE, id="path-of-sections"),
        pytest.param(["https://example.com/a?b=1", TITLE], TITLE, id="address"),
        pytest.param(["BC-Storm, 2nd Ld-Writethru,0345", TITLE], TITLE, id="slug"),
        pytest.param(["AM-Old Bridge,450", TITLE], TITLE, id="slug-with-a-count"),
        pytest.param(["1 of 12 DOCUMENTS", "March 11, 2016 Friday", TITLE], TITLE, id="database"),
        pytest.param(["By Jan Roe", TITLE], TITLE, id="byline-above"),
        pytest.param(["March 11, 2016", TITLE, "By Jan Roe"], TITLE, id="date-above"),
        pytest.param(["Mayor says bridge will reopen..."], "Mayor says bridge will reopen...", id="ellipsis"),
        pytest.param(["Mayor says bridge will reopen…"], "Mayor says bridge will reopen…", id="one-character-ellipsis"),
        pytest.param(["Politics"], "", id="section-above-a-sentence"),
        pytest.param(
            ["1 of 12 DOCUMENTS", "The Planet", "March 11, 2016 Friday", TITLE], TITLE, id="outlet-in-a-database"
        ),
        pytest.param(["The Planet", "March 11, 2016"], "The Planet", id="no-counter-above"),
        pytest.param(["Bridges", TITLE], "Bridges", id="no-known-section"),
        pytest.param(["By Jan Roe"], "", id="byline-above-a-sentence"),
        pytest.param(["March 11, 2016"], "", id="date-above-a-sentence"),
        pytest.param(
            ["EU-US talks on bridge, 2 years on"], "EU-US talks on bridge, 2 years on", id="hyphen-is-no-slug"
        ),
        pytest.param(["He waited on Monday, but nobody had told him that the bridge was closed..."], "", id="sentence"),
    ],
)
def test_title(above: list[str], title: str) -> None:
    assert title_of(*above) == title


@pytest.mark.parametrize(
    ("text", "furniture", "section"),
    [
        pytest.param("www.example.com/a", True, False, id="address"),
        pytest.param("Page 1 of 2", True, False, id="counter"),
        pytest.param("1 of 2 bridges", False, False, id="count"),
        pytest.param("See https://example.com", False, False, id="address-in-a-sentence"),
        pytest.param("US-led talks, 2016", False, False, id="year-behind-a-hyphen"),
        pytest.param("Life & Style", False, True, id="section"),
        pytest.param("News of the bridge", False, False, id="begins-with-a-section"),
        pytest.param("|", False, False, id="mark"),
    ],
)
def test_furniture_and_sections(text: str, furniture: bool, section: bool) -> None:
    assert (is_furniture(text), is_section(text)) == (furniture, section)
