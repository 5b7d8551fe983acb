"""Dated file names."""

import datetime as dt

import pytest

from transforms.fields import Metadata
from transforms.paths import parse_path

DAY = dt.date(2016, 3, 11)


@pytest.mark.parametrize(
    ("raw_path", "metadata"),
    [
        pytest.param("2016-03-11-slug.txt", Metadata(published_date=DAY), id="dash"),
        pytest.param("in/2016-03-11_slug.txt.gz", Metadata(published_date=DAY), id="underscore"),
        pytest.param("in/2016-03-11.txt", Metadata(published_date=DAY), id="day-alone"),
        pytest.param("2016-03-11.txt.gz", Metadata(published_date=DAY), id="two-endings"),
        pytest.param("dump.zip/2016-03-11-slug", Metadata(published_date=DAY), id="member-without-ending"),
        pytest.param("planet_2016-03-11_slug.txt", Metadata(outlet="planet", published_date=DAY), id="outlet-first"),
        pytest.param(
            "planet/2016/03/11/2016-03-12-slug.txt", Metadata(outlet="planet", published_date=DAY), id="folders-first"
        ),
        pytest.param("2016-03-11/2016-03-12-slug.txt", Metadata(published_date=DAY), id="day-folder-first"),
        pytest.param("2016-03-1199.txt", Metadata(), id="more-digits"),
        pytest.param("12016-03-11-slug.txt", Metadata(), id="more-digits-before"),
        pytest.param("report-2016.txt", Metadata(), id="year"),
        pytest.param("2016-03-slug.txt", Metadata(), id="month"),
        pytest.param("2016-03-41-slug.txt", Metadata(), id="no-such-day"),
        pytest.param("20160311-slug.txt", Metadata(), id="eight-digits"),
        pytest.param("20160311.txt", Metadata(), id="eight-digits-alone"),
        pytest.param("2016-03-11.v2.txt", Metadata(), id="no-ending"),
        pytest.param("2016-03-11 slug.txt", Metadata(), id="blank"),
    ],
)
def test_dated_names(raw_path: str, metadata: Metadata) -> None:
    assert parse_path(raw_path) == metadata


def test_an_ending_needs_no_place_in_a_template() -> None:
    assert parse_path("2016-03-11-planet.txt", ["{date}-{outlet}"]) == Metadata(outlet="planet", published_date=DAY)
