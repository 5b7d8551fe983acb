"""Which header means which field, and what a value says."""

import datetime as dt
from typing import Any

import pytest

from transforms.fields import Metadata, date_headers, field_of, header_key, parse_fields, printed

DAY = dt.date(2016, 3, 11)


@pytest.mark.parametrize(
    ("header", "key"),
    [
        pytest.param("Author(s)", "authors", id="plural-in-brackets"),
        pytest.param("Date (YYYY-MM-DD)", "date", id="format-in-brackets"),
        pytest.param("Date [dd/mm/yyyy]", "date", id="format-in-square-brackets"),
        pytest.param("Published At (UTC)", "publishedat", id="zone"),
        pytest.param("Lang.", "lang", id="full-stop"),
        pytest.param("pub-date:", "pubdate", id="colon"),
        pytest.param("@id", "id", id="linked-data"),
        pytest.param("Date (accessed)", "dateaccessed", id="another-date"),
        pytest.param("Source (speaker)", "sourcespeaker", id="another-source"),
        pytest.param("((((((", "", id="nothing"),
    ],
)
def test_header_key(header: str, key: str) -> None:
    assert header_key(header) == key


@pytest.mark.parametrize(
    ("field", "headers"),
    [
        ("title", ["Title", "HEADLINE", "Headline text", "article_title"]),
        ("byline", ["By", "Author(s)", "Reporter", "journalist", "Writer", "author name", "Written by"]),
        ("outlet", ["Publisher name", "media outlet", "News Outlet", "Publication", "source", "newspaper"]),
        (
            "published_date",
            [
                "Pub Date",
                "publish_date",
                "Date published",
                "published-at",
                "Published on",
                "Issue date",
                "article date",
                "created",
                "Created At",
                "timestamp",
                "Date (YYYY-MM-DD)",
            ],
        ),
        ("language", ["Lang.", "language code"]),
        (
            None,
            [
                "subtitle",
                "Author ID",
                "author gender",
                "sources",
                "Date (accessed)",
                "updated",
                "date modified",
                "scraped_at",
                "media type",
                "publisher id",
                "outlet bias",
                "title length",
            ],
        ),
    ],
)
def test_spellings(field: str | None, headers: list[str]) -> None:
    assert {header: field_of(header) for header in headers} == dict.fromkeys(headers, field)


@pytest.mark.parametrize(
    ("fields", "metadata"),
    [
        pytest.param({"source": "A", "publisher": "B", "outlet": "C"}, Metadata(outlet="C"), id="most-specific"),
        pytest.param({"source": "A", "publisher": "B", "outlet": ""}, Metadata(outlet="B"), id="most-specific-said"),
        pytest.param({"Title": "A", "title ": "B"}, Metadata(title="A"), id="first-of-one-spelling"),
        pytest.param({"Title": "None", "title ": "B"}, Metadata(title="B"), id="first-said-of-one-spelling"),
        pytest.param({"created_at": "2016-03-11"}, Metadata(published_date=DAY), id="created-for-want-of-better"),
        pytest.param({"created_at": "2016-03-11", "date": ""}, Metadata(), id="created-is-not-the-date-that-lacks"),
        pytest.param({"created_at": "2016-03-11", "date": "soon"}, Metadata(), id="nor-the-unclear-one"),
        pytest.param({"timestamp": "2016-03-11 10:00"}, Metadata(published_date=DAY), id="timestamp-printed"),
        pytest.param({"timestamp": "1457690400"}, Metadata(published_date=DAY), id="timestamp-in-seconds"),
        pytest.param({"timestamp": "9999999999999"}, Metadata(), id="epoch-of-another-century"),
        pytest.param({"epoch": 1457690400.0}, Metadata(published_date=DAY), id="epoch-as-number"),
        pytest.param({"timestamp (ms)": 1457690400123}, Metadata(published_date=DAY), id="in-milliseconds"),
        pytest.param({"date": "1457690400"}, Metadata(), id="seconds-need-a-header-that-says-so"),
        pytest.param({"timestamp": "145769040012"}, Metadata(published_date=dt.date(1974, 8, 15)), id="early-ms"),
        pytest.param({"timestamp": "14576904001"}, Metadata(), id="no-number-of-seconds"),
        pytest.param({"timestamp": "42440"}, Metadata(), id="a-spreadsheet-day"),
        pytest.param({"author": "By Jane Roe"}, Metadata(byline="Jane Roe"), id="by"),
        pytest.param({"author": "BY: JANE ROE"}, Metadata(byline="JANE ROE"), id="by-in-capitals"),
        pytest.param({"author": "By"}, Metadata(byline="By"), id="nothing-follows"),
        pytest.param({"author": "Byron Smith"}, Metadata(byline="Byron Smith"), id="a-name-with-by"),
        pytest.param({"title": "By the sea"}, Metadata(title="By the sea"), id="no-byline"),
        pytest.param({"author": "['Jan Roe', 'Ann Doe']"}, Metadata(byline="Jan Roe, Ann Doe"), id="list-as-text"),
    ],
)
def test_parse_fields(fields: dict[str, object], metadata: Metadata) -> None:
    assert parse_fields(fields) == metadata


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param("['A', 'B']", "A, B", id="python-list"),
        pytest.param('["A", "O\'Dell"]', "A, O'Dell", id="marks-inside"),
        pytest.param("['O\\'Dell']", "O'Dell", id="escaped-mark"),
        pytest.param("['']", None, id="list-of-nothing"),
        pytest.param("['A', 'B'] wins", "['A', 'B'] wins", id="copy"),
        pytest.param("[Video] A", "[Video] A", id="brackets"),
        pytest.param("['A\\u2019s']", "['A\\u2019s']", id="other-escape"),
        pytest.param("[1, 2]", "[1, 2]", id="numbers"),
        pytest.param([[["A"]]], "A", id="nested"),
        pytest.param([[[["A"]]]], None, id="nested-too-deep"),
        pytest.param({"name": ["A", {"name": "B"}]}, "A, B", id="objects"),
        pytest.param("A \ud800", "A \ufffd", id="half-a-character"),
        pytest.param(16**5000, None, id="number-that-cannot-be-printed"),
    ],
)
def test_printed(value: object, text: str | None) -> None:
    assert printed(value) == text


def test_hostile_nesting() -> None:
    value: Any = "A"
    for _ in range(5000):
        value = {"name": [value]}
    assert printed(value) is None


def test_date_headers() -> None:
    assert date_headers(["title", "created", "Date", "pub date"]) == ["Date", "pub date"]
    assert date_headers(["title", "created", "timestamp"]) == ["created", "timestamp"]
