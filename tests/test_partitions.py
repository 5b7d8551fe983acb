"""Which period an article lies in, and which periods are near each other."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.partitions import Partition, PartitionBy, folder_of, neighbours, parse_folder, partition_of, period_of

PERIODS = st.sampled_from(["day", "month", "year"])
DATES = st.dates(min_value=datetime.date(1, 1, 1))


@pytest.mark.parametrize(
    ("date", "by", "folder"),
    [
        pytest.param(datetime.date(2016, 3, 1), "year", "year=2016", id="year"),
        pytest.param(datetime.date(2016, 3, 1), "month", "year=2016/month=3", id="month"),
        pytest.param(datetime.date(2016, 3, 1), "day", "year=2016/month=3/day=1", id="day"),
        pytest.param(None, "year", "year=0", id="undated-year"),
        pytest.param(None, "month", "year=0/month=0", id="undated-month"),
        pytest.param(None, "day", "year=0/month=0/day=0", id="undated-day"),
    ],
)
def test_folder(date: datetime.date | None, by: PartitionBy, folder: str) -> None:
    assert folder_of(partition_of(date, by)) == folder
    assert parse_folder(folder) == partition_of(date, by)


@pytest.mark.parametrize(
    ("partition", "first", "last"),
    [
        pytest.param((2016,), "2016-01-01", "2016-12-31", id="year"),
        pytest.param((2016, 2), "2016-02-01", "2016-02-29", id="leap-february"),
        pytest.param((1900, 2), "1900-02-01", "1900-02-28", id="no-leap-year"),
        pytest.param((2016, 12, 31), "2016-12-31", "2016-12-31", id="day"),
    ],
)
def test_period(partition: Partition, first: str, last: str) -> None:
    assert period_of(partition) == (datetime.date.fromisoformat(first), datetime.date.fromisoformat(last))


@given(DATES, PERIODS)
def test_a_date_lies_in_its_partitions_period(date: datetime.date, by: PartitionBy) -> None:
    period = period_of(partition_of(date, by))
    assert period is not None
    assert period[0] <= date <= period[1]


@pytest.mark.parametrize(
    ("one", "other", "is_near"),
    [
        pytest.param((2016, 3), (2016, 4), True, id="next-month"),
        pytest.param((2016, 3), (2016, 5), False, id="month-after-next"),
        pytest.param((2015, 12), (2016, 1), True, id="turn-of-the-year"),
        pytest.param((2015,), (2016,), True, id="next-year"),
        pytest.param((2015,), (2017,), False, id="year-after-next"),
        pytest.param((2016, 3, 1), (2016, 3, 8), True, id="7-days"),
        pytest.param((2016, 3, 1), (2016, 3, 9), False, id="8-days"),
        pytest.param((0, 0), (1, 1), False, id="undated-and-the-first-month-of-all"),
    ],
)
def test_near(one: Partition, other: Partition, is_near: bool) -> None:
    assert neighbours({one, other}, 7) == {one: [other] * is_near, other: [one] * is_near}


@given(DATES, DATES, PERIODS)
def test_partitions_of_near_dates_are_near(one: datetime.date, other: datetime.date, by: PartitionBy) -> None:
    if abs((one - other).days) <= 7:
        here, there = partition_of(one, by), partition_of(other, by)
        assert here == there or there in neighbours([here, there], 7)[here]
