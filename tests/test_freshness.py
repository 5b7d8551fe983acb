"""Outlets that stopped arriving, and those that only pause."""

import datetime
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

import pytest
from conftest import RawFolder, run_here, story

from flows.cli.console import print_quiet_outlets
from flows.dataset import Dataset, DatasetDamaged
from flows.reports.freshness import (
    GAPS,
    QuietOutlet,
    is_quiet,
    quiet_outlets,
    reference_date,
    usual_gap,
)

START = datetime.date(2016, 3, 7)  # a Monday
TODAY = datetime.date(2026, 1, 1)


def days(*gaps: int, start: datetime.date = START) -> list[datetime.date]:
    """Return publication days with these gaps between them."""
    return [start + datetime.timedelta(n) for n in accumulate(gaps, initial=0)]


def later(day: datetime.date, number: int) -> datetime.date:
    return day + datetime.timedelta(number)


DAILY, WEEKDAYS, WEEKLY = days(*[1] * 30), days(*[1, 1, 1, 1, 3] * 5), days(*[7] * 12)
IRREGULAR = days(2, 1, 9, 3, 1, 4, 2, 6, 1, 3, 2)


@pytest.mark.parametrize(
    ("published", "silence", "is_told"),
    [
        pytest.param(DAILY, 3, False, id="daily-three-days"),
        pytest.param(DAILY, 4, True, id="daily-four-days"),
        pytest.param(WEEKDAYS, 3, False, id="weekday-paper-over-a-weekend"),
        pytest.param(WEEKDAYS, 6, False, id="weekday-paper-over-a-long-weekend"),
        pytest.param(WEEKDAYS, 7, True, id="weekday-paper-for-a-week"),
        pytest.param(WEEKLY, 7, False, id="weekly-on-its-day"),
        pytest.param(WEEKLY, 14, False, id="weekly-leaves-out-an-issue"),
        pytest.param(WEEKLY, 15, True, id="weekly-leaves-out-two"),
        pytest.param(IRREGULAR, 18, False, id="irregular-within-twice-its-pause"),
        pytest.param(IRREGULAR, 19, True, id="irregular-beyond"),
        pytest.param(days(*[1] * 8), 100, False, id="eight-gaps-are-no-habit"),
        pytest.param(days(*[1] * 9), 100, True, id="nine-are"),
        pytest.param(days(), 100, False, id="one-day"),
        pytest.param([], 100, False, id="no-day"),
        pytest.param(days(30, *[1] * GAPS), 4, True, id="an-old-pause-is-forgotten"),
        pytest.param(days(30, *[1] * (GAPS - 1)), 60, False, id="a-recent-pause-counts"),
        pytest.param(DAILY, 0, False, id="today"),
    ],
)
def test_a_silence_far_longer_than_usual_is_quiet(
    published: Sequence[datetime.date], silence: int, is_told: bool
) -> None:
    reference = later(published[-1] if published else START, silence)
    assert is_quiet(published, reference) == is_told


def test_usual_gap_is_the_largest_of_the_last() -> None:
    assert usual_gap(WEEKDAYS) == 3
    assert usual_gap(days(30, *[1] * GAPS)) == 1
    assert usual_gap(days(5)) == 5


@pytest.mark.parametrize(
    ("outlets", "expected"),
    [
        pytest.param([DAILY, WEEKLY], WEEKLY[-1], id="newest-of-the-regular"),
        pytest.param([[*DAILY, later(DAILY[-1], 1000)], WEEKLY], WEEKLY[-1], id="a-misdated-article"),
        pytest.param([[*DAILY, *days(1, 40, start=later(DAILY[-1], 900))]], DAILY[-1], id="three-misdated-articles"),
        pytest.param(
            [[*DAILY, *days(1, 1, 1, start=later(DAILY[-1], 30))]], later(DAILY[-1], 33), id="four-days-are-a-return"
        ),
        pytest.param([[*DAILY, later(DAILY[-1], 3)]], later(DAILY[-1], 3), id="a-pause-is-no-mistake"),
        pytest.param([DAILY, [later(WEEKLY[-1], 9)]], DAILY[-1], id="an-outlet-of-one-article"),
        pytest.param([[START], days(3)], None, id="nobody-is-regular"),
        pytest.param([], None, id="no-outlet"),
    ],
)
def test_silence_is_counted_up_to_the_newest_regular_day(
    outlets: list[list[datetime.date]], expected: datetime.date | None
) -> None:
    assert reference_date(outlets) == expected


class Press:
    """A raw folder in which outlets publish a story on each of some days."""

    def __init__(self, raw: RawFolder, processed: Path) -> None:
        self.raw, self.processed = raw, processed
        self._numbers: Iterator[int] = iter(range(10_000))

    def publish(self, outlet: str | None, dates: Sequence[datetime.date]) -> None:
        for date in dates:
            folder = f"{outlet}/{date:%Y/%m/%d}" if outlet else f"{date}"
            number = next(self._numbers)
            self.raw.write(f"{folder}/{number}.txt", story(number))

    def quiet(self, today: datetime.date = TODAY) -> list[QuietOutlet]:
        run_here(self.raw.root, self.processed)
        version = Dataset(self.processed).current()
        assert version
        return quiet_outlets(version, today)


@pytest.fixture
def press(raw: RawFolder, tmp_path: Path) -> Press:
    return Press(raw, tmp_path / "processed")


def test_the_outlet_that_stopped_is_told_and_no_other(press: Press) -> None:
    """The dataset ends in April 2016: ten years later nobody else is late."""
    press.publish("herald", DAILY[:15])
    press.publish("herald", DAILY[:2])  # two stories on a day
    press.publish("gazette", DAILY)
    press.publish("weekly", days(*[7] * 9, start=later(DAILY[-1], -63 - 6)))
    press.publish("guest", [START])
    assert press.quiet() == [QuietOutlet("herald", DAILY[14], 16, 1, 17)]


def test_misdated_articles_warn_of_nobody(press: Press) -> None:
    press.publish("herald", [*DAILY[:12], datetime.date(2019, 1, 1)])
    press.publish("gazette", [*DAILY[:11], datetime.date(2099, 1, 1)])
    press.publish("guest", [datetime.date(2024, 5, 5)])
    assert press.quiet() == []


def test_an_outlet_that_stopped_is_told_though_a_story_of_it_is_misdated(press: Press) -> None:
    press.publish("herald", [*DAILY[:12], datetime.date(2019, 1, 1), datetime.date(2099, 1, 1)])
    press.publish("gazette", DAILY)
    assert press.quiet() == [QuietOutlet("herald", DAILY[11], 19, 1, 14)]


def test_today_ends_the_silence(press: Press) -> None:
    press.publish("herald", DAILY[:12])
    press.publish("gazette", DAILY)
    assert press.quiet(DAILY[14]) == []
    assert [q.days_silent for q in press.quiet(DAILY[15])] == [4]


def test_articles_without_an_outlet_tell_that_the_dataset_goes_on(press: Press) -> None:
    press.publish(None, DAILY)
    press.publish("herald", DAILY[:12])
    assert [q.outlet for q in press.quiet()] == ["herald"]


def test_an_outlet_that_ended_long_ago_is_no_news(press: Press) -> None:
    press.publish("ended", DAILY[:10])
    press.publish("ending", DAILY[:15])
    press.publish("gazette", days(*[1] * 12, start=later(DAILY[9], 91 - 12)))
    assert [(q.outlet, q.days_silent) for q in press.quiet()] == [("ending", 86)]


def test_the_latest_to_stop_comes_first(press: Press) -> None:
    press.publish("b", DAILY[:12])
    press.publish("a", DAILY[:12])
    press.publish("c", DAILY[:14])
    press.publish("gazette", DAILY)
    assert [q.outlet for q in press.quiet()] == ["c", "a", "b"]


@pytest.mark.parametrize("has_date", [True, False])
def test_a_small_dataset_warns_of_nothing(press: Press, has_date: bool) -> None:
    press.raw.write("herald/2016/03/07/a.txt" if has_date else "a.txt", story(1))
    assert press.quiet() == []


def test_a_damaged_file_is_told(press: Press) -> None:
    press.publish("herald", DAILY[:1])
    press.quiet()
    for file in (press.processed / "articles").resolve().rglob("*.parquet"):
        file.write_bytes(b"no Parquet")
    with pytest.raises(DatasetDamaged, match="newsframes check"):
        press.quiet()


def test_a_person_reads_a_line_each_outlet(capsys: pytest.CaptureFixture[str]) -> None:
    print_quiet_outlets([])
    assert capsys.readouterr().out == ""
    print_quiet_outlets([QuietOutlet("herald", datetime.date(2026, 11, 3), 17, 3, 240)])
    assert capsys.readouterr().out.splitlines() == [
        "Quiet (1 outlet stopped arriving):",
        "  herald: nothing since 2026-11-03 (17 days, up to 2026-11-20; before, it paused 3 at most)",
    ]
