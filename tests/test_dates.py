import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.dates import parse_date

DAY = dt.date(2016, 3, 11)


@pytest.mark.parametrize(
    "text",
    [
        "2016-03-11",
        "2016-3-11",
        "2016/03/11",
        "2016.03.11",
        "20160311",
        "2016-03-11T23:00:00-05:00",
        "2016-03-11T10:00:00.123Z",
        "2016-03-11 10:00:00+00:00",
        "2016-03-11 10:00",
        "20160311T101010Z",
        "11 March 2016",
        "11 Mar. 2016",
        "11-Mar-2016",
        "11th March 2016",
        "11th of March 2016",
        "March 11, 2016",
        "March 11 2016",
        "Mar 11 2016",
        "MARCH 11th, 2016",
        "Friday, March 11, 2016",
        "Fri, 11 Mar 2016 10:00:00 GMT",
        "Fri, 11 Mar 2016 10:00:00 +0100",
        "Friday 11 March 2016",
        "Published: March 11, 2016",
        "Published on 11 March 2016",
        "Updated: 11 March 2016, 10:30 GMT",
        "Posted March 11, 2016",
        "March 11, 2016 at 10:30 a.m. ET",
        "10:30 a.m. ET March 11, 2016",
        " March 11,\n2016 ",
        "PUBLISHED: 10:02, 11 March 2016 | UPDATED: 11:00, 12 March 2016",
        "Posted: Mar 11, 2016 10:02 AM EST | Last Updated: Mar 12, 2016 9:00 AM EST",
        "11 March 2016 Last updated at 10:02 GMT",
        "11 March 2016 • 10:02am",
        "10:02AM GMT 11 Mar 2016",
        "Fri Mar 11 10:02:00 UTC 2016",
        "Fri Mar 11 10:02:00 +0000 2016",
        "March 11, 2016 Friday",
        "Last modified on Friday 11 March 2016 10.02 GMT",
    ],
)
def test_dates(text: str) -> None:
    assert parse_date(text) == DAY


@pytest.mark.parametrize(
    ("text", "date"),
    [
        pytest.param("03/14/2016", dt.date(2016, 3, 14), id="month-first-for-certain"),
        pytest.param("14.03.2016", dt.date(2016, 3, 14), id="day-first-for-certain"),
        pytest.param("3/3/2016", dt.date(2016, 3, 3), id="either-order-the-same"),
        pytest.param("Sept. 9, 2016", dt.date(2016, 9, 9), id="wire-abbreviation"),
        pytest.param("29 February 2016", dt.date(2016, 2, 29), id="leap-day"),
        pytest.param("1600-01-01", dt.date(1600, 1, 1), id="first-year"),
        pytest.param("31 December 2199", dt.date(2199, 12, 31), id="last-year"),
    ],
)
def test_other_dates(text: str, date: dt.date) -> None:
    assert parse_date(text) == date


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("03/04/2016", id="either-order"),
        pytest.param("11/3/16", id="two-digit-year"),
        pytest.param("March 11, '16", id="short-year"),
        pytest.param("may", id="word"),
        pytest.param("May", id="month"),
        pytest.param("March 2016", id="no-day"),
        pytest.param("March 11", id="no-year"),
        pytest.param("2016-02-30", id="no-such-day"),
        pytest.param("2016-13-01", id="no-such-month"),
        pytest.param("1599-12-31", id="too-early"),
        pytest.param("2200-01-01", id="too-late"),
        pytest.param("2016-03-112", id="one-digit-more"),
        pytest.param("1457654400", id="unix-time"),
        pytest.param("yesterday", id="relative"),
        pytest.param("The bridge closed on March 11, 2016", id="sentence"),
        pytest.param("March 11, 2016 was a Friday", id="sentence-that-begins-with-it"),
        pytest.param("March 11, 2016, 3 people", id="more-than-a-time"),
        pytest.param("March 11, 2016 Last updated by the council", id="update-without-a-time"),
        pytest.param("March 11, 2016 Good Friday", id="more-than-a-weekday"),
        pytest.param("", id="nothing"),
    ],
)
def test_no_dates(text: str) -> None:
    assert parse_date(text) is None


@given(st.dates(dt.date(1600, 1, 1), dt.date(2199, 12, 31)))
def test_every_date_in_every_format(date: dt.date) -> None:
    for format_ in ("%Y-%m-%d", "%Y%m%d", "%d %B %Y", "%B %d, %Y", "%a, %d %b %Y 10:00:00 GMT"):
        # strftime pads no year before 1000, and all of these are later.
        assert parse_date(date.strftime(format_)) == date


@given(st.text())
def test_any_text_is_a_date_or_none(text: str) -> None:
    assert parse_date(text) is None or isinstance(parse_date(text), dt.date)
