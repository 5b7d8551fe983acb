import datetime
import time
from collections.abc import Iterator
from typing import Any

import pytest

from flows.engine.run_names import describe_selection, describe_time, name_backfill, name_ingest

UTC = datetime.UTC


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        pytest.param(datetime.datetime(2026, 11, 25, 0, 0, 4, tzinfo=UTC), "2026-11-25", id="midnight"),
        pytest.param(datetime.datetime(2026, 11, 25, 0, 1, tzinfo=UTC), "2026-11-25 00:01 UTC", id="after-midnight"),
        pytest.param(datetime.datetime(2026, 11, 25, 12, tzinfo=UTC), "2026-11-25 12:00 UTC", id="noon"),
        pytest.param(
            datetime.datetime(2026, 11, 25, 5, tzinfo=datetime.timezone(datetime.timedelta(hours=5))),
            "2026-11-25",
            id="midnight-elsewhere",
        ),
    ],
)
def test_time(due: datetime.datetime, expected: str) -> None:
    assert describe_time(due) == expected


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        pytest.param({"start": "2016-03-01", "end": "2016-03-31"}, "2016-03-01 to 2016-03-31", id="range"),
        pytest.param(
            {"start": datetime.date(2016, 3, 1), "end": None, "undated": False}, "from 2016-03-01", id="open-end"
        ),
        pytest.param({"end": datetime.date(2016, 3, 31)}, "up to 2016-03-31", id="open-start"),
        pytest.param({"only_stale": True}, "only stale", id="stale"),
        pytest.param({"undated": True}, "undated", id="undated"),
        pytest.param({"start": "2016-03-01", "only_stale": True}, "from 2016-03-01, only stale", id="both"),
        pytest.param({"processed": "data/processed"}, "everything", id="nothing-said"),
    ],
)
def test_selection(parameters: dict[str, Any], expected: str) -> None:
    assert describe_selection(parameters) == expected


def test_names_are_to_be_had_outside_a_run() -> None:
    assert name_ingest().startswith(f"ingest {datetime.datetime.now(UTC):%Y-%m-}")
    assert name_backfill() == "backfill everything"
