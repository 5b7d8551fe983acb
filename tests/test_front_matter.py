import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.front_matter import split_front_matter
from transforms.metadata import Metadata

DAY = dt.date(2016, 3, 11)


@pytest.mark.parametrize(
    ("text", "metadata", "body"),
    [
        pytest.param(
            "---\ntitle: Bridge\ndate: 2016-03-11\n---\nBody.",
            Metadata("Bridge", published_date=DAY),
            "Body.",
            id="yaml",
        ),
        pytest.param("---\r\ntitle: 'Bridge'\r\n...\r\nBody.", Metadata("Bridge"), "Body.", id="yaml-crlf-dots"),
        pytest.param(
            "---\ndate: 2016-03-11T23:30:00-05:00\n---\nB", Metadata(published_date=DAY), "B", id="date-as-printed"
        ),
        pytest.param("---\nlanguage: no\n---\nB", Metadata(language="no"), "B", id="norwegian"),
        pytest.param(
            "---\nauthors:\n- Jan Roe\n- Ann Doe\n---\nB", Metadata(byline="Jan Roe, Ann Doe"), "B", id="yaml-list"
        ),
        pytest.param("---\ntitle: Mayor: no bridge\n---\nB", Metadata("Mayor: no bridge"), "B", id="unquoted-colon"),
        pytest.param("\n---\ntitle: Bridge\n---\nB", Metadata("Bridge"), "B", id="blank-line-above"),
        pytest.param(
            "Title: Bridge\nDate: March 11, 2016\nBy Jan Roe\nSource: Planet\n\nBody.",
            Metadata("Bridge", "Jan Roe", "Planet", DAY),
            "Body.",
            id="header-lines",
        ),
        pytest.param(
            "Headline: Bridge\r\nBy: Jan Roe\r\n\r\nBody.", Metadata("Bridge", "Jan Roe"), "Body.", id="header-crlf"
        ),
        pytest.param("Title: Mayor: no bridge\n\nBody.", Metadata("Mayor: no bridge"), "Body.", id="title-alone"),
        pytest.param(
            "Title: Bridge\nSection: City\nUrl: https://example.com/a\n\nB",
            Metadata("Bridge"),
            "B",
            id="unknown-keys-inside",
        ),
        pytest.param(
            "Language: English\nPublished: 11 March 2016\n\nB",
            Metadata(language="en", published_date=DAY),
            "B",
            id="no-title",
        ),
        pytest.param(
            "Title: Bridge\nDate: 2016-03-11\nThe council voted to close it.\n\nMore.",
            Metadata("Bridge", published_date=DAY),
            "The council voted to close it.\n\nMore.",
            id="no-blank-line",
        ),
        pytest.param(
            "Title: Bridge\nDate: 2016-03-11\nMayor: no new taxes\nMore.",
            Metadata("Bridge", published_date=DAY),
            "Mayor: no new taxes\nMore.",
            id="no-blank-line-above-a-headline",
        ),
        pytest.param(
            "Title: Bridge\n\nDate: 2016-03-11\n\nBy Jan Roe\n\nThe council voted.",
            Metadata("Bridge", "Jan Roe", published_date=DAY),
            "The council voted.",
            id="blank-lines-between",
        ),
        pytest.param(
            "Title: Bridge\n\nBy Monday the council had closed it for\na year.",
            Metadata("Bridge"),
            "By Monday the council had closed it for\na year.",
            id="by-in-prose-below",
        ),
        pytest.param(
            "From: Desk <desk@example.com>\nTo: all@example.com\nSubject: Bridge\n"
            "Date: Fri, 11 Mar 2016 10:02:00 +0000\nContent-Type: text/plain;\n\tcharset=utf-8\n\nBody.",
            Metadata("Bridge", published_date=DAY),
            "Body.",
            id="mail",
        ),
        pytest.param(
            "From: Jan Roe\nSent: Friday, March 11, 2016 10:02 AM\nTo: Desk\nSubject: Bridge\n\nBody.",
            Metadata("Bridge", published_date=DAY),
            "Body.",
            id="mail-of-an-office",
        ),
        pytest.param(
            "MIME-Version: 1.0\nDate: Fri, 11 Mar 2016 10:02:00 +0000\nSubject: =?utf-8?Q?Br?=\n\nBody.",
            Metadata(published_date=DAY),
            "Body.",
            id="encoded-subject-is-none",
        ),
        pytest.param(
            "+++\ntitle = 'Bridge'\ndate = 2016-03-11T23:30:00-05:00\nauthors = ['Jan Roe']\n+++\nBody.",
            Metadata("Bridge", "Jan Roe", published_date=DAY),
            "Body.",
            id="toml",
        ),
    ],
)
def test_front_matter(text: str, metadata: Metadata, body: str) -> None:
    assert split_front_matter(text) == (metadata, body)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Mayor: no new taxes\n\nBody.", id="headline-with-a-colon"),
        pytest.param("Mayor: no new taxes\nDate: March 11, 2016\n\nBody.", id="headline-above-a-date"),
        pytest.param("Source: Planet\n\nBody.", id="credit-alone"),
        pytest.param("Published: March 11, 2016\n\nBody.", id="date-alone-is-a-dateline"),
        pytest.param("By Jan Roe\n\nBody.", id="byline-alone"),
        pytest.param("Bridge closed\n\nTitle: Bridge\nDate: 2016-03-11\n\nBody.", id="not-at-the-top"),
        pytest.param("Title: Bridge\nDate: 2016-03-11", id="nothing-below"),
        pytest.param("Title: Bridge\nMayor: no new taxes\nThe council voted.", id="one-usual-key-without-a-blank-line"),
        pytest.param("Source: Planet\nThe council voted.", id="credit-above-prose"),
        pytest.param("To: The mayor\nFrom: A reader\n\nDear mayor.", id="memo"),
        pytest.param("From: Here\nTo eternity\n\nBody.", id="one-mail-key"),
        pytest.param("+++\ntitle = \n+++\nBody.", id="damaged-toml"),
        pytest.param('+++\nmayor = "Roe"\n+++\nBody.', id="toml-without-a-usual-key"),
        pytest.param("+++ Bridge closed +++\n\nBody.", id="flash"),
        pytest.param("---\nThe council voted.\n---\nBody.", id="rules-around-a-sentence"),
        pytest.param("---\nMayor: no new taxes\n---\nBody.", id="rules-around-a-headline"),
        pytest.param("---\ntitle: Bridge\nBody without an end.", id="unclosed"),
        pytest.param("---\ntitle: &a Bridge\nauthor: *a\n---\nBody.", id="alias"),
        pytest.param("---\ntitle: " + "[" * 200 + "\n---\nBody.", id="nesting"),
        pytest.param("---\n- title\n---\nBody.", id="list"),
        pytest.param("", id="nothing"),
    ],
)
def test_no_front_matter(text: str) -> None:
    assert split_front_matter(text) == (Metadata(), text)


@given(st.text(alphabet="-+=:\n\r aTitle[]{}&*!", max_size=80))
def test_the_rest_is_an_end_of_the_text(text: str) -> None:
    metadata, body = split_front_matter(text)
    assert text.endswith(body)
    assert metadata == Metadata() or body != text
