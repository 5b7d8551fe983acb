"""What a plan says of itself before it is carried out."""

import datetime
from pathlib import Path

import pytest

from flows.planning.ledger import Known
from flows.planning.plan import Archive, Plan, Reason, Work, expected_partitions
from flows.raw.tree import RawFile
from transforms.metadata import PATH_TEMPLATES, Metadata
from transforms.partitions import Partition

MARCH, APRIL, MAY = (2016, 3), (2016, 4), (2016, 5)


def file(path: str) -> RawFile:
    return RawFile(path, Path(), 1, 0)


def work(path: str, month: int | None = None, reason: Reason = Reason.NEW) -> Work:
    metadata = Metadata(published_date=datetime.date(2016, month, 1)) if month else Metadata(title="Rain")
    return Work(file(path), reason, metadata)


def known(path: str, article_id: str | None) -> Known:
    return Known(path, 1, 0, "0", "ingested" if article_id else "rejected", None, article_id, 1, None)


@pytest.mark.parametrize(
    ("plan", "is_empty"),
    [
        pytest.param(Plan(), True, id="nothing"),
        pytest.param(Plan(work=[work("a")]), False, id="work"),
        pytest.param(Plan(containers=[Archive(file("z.zip"), "0")]), False, id="archive"),
        pytest.param(Plan(removed=["a"], is_pruning=True), False, id="removed-and-pruning"),
        pytest.param(Plan(removed=["a"]), True, id="removed"),
        pytest.param(
            Plan(pending=["a"], touched=[file("a")], unchanged=2, stale=2, other_count=1), True, id="told-only"
        ),
    ],
)
def test_empty_plan_writes_nothing(plan: Plan, is_empty: bool) -> None:
    assert plan.is_empty is is_empty


def test_reasons_are_counted() -> None:
    plan = Plan(work=[work("a"), work("b", reason=Reason.SURVIVOR), work("c")])
    assert plan.reasons() == {"new": 2, "survivor": 1}


@pytest.mark.parametrize(
    ("item", "before", "expected"),
    [
        pytest.param(work("a.txt"), None, {None}, id="new-without-date"),
        pytest.param(work("a.txt", month=4), None, {APRIL}, id="new-with-metadata"),
        pytest.param(work("2016-05-01/a.txt"), None, {MAY}, id="new-with-path"),
        pytest.param(work("2016-05-01/a.txt", month=4), None, {APRIL}, id="metadata-before-path"),
        pytest.param(work("a.txt"), "X", {MARCH}, id="known"),
        pytest.param(work("a.txt", month=4), "X", {MARCH, APRIL}, id="known-with-another-date"),
        pytest.param(work("a.txt", month=3), "X", {MARCH}, id="known-with-the-same-date"),
        pytest.param(work("2016-05-01/a.txt"), "", {MAY}, id="rejected-before"),
    ],
)
def test_expected_partitions(item: Work, before: str | None, expected: set[Partition | None]) -> None:
    path = item.file.raw_path
    ledger = {} if before is None else {path: known(path, before or None)}
    found = expected_partitions(Plan(work=[item]), {"X": MARCH}, ledger, "month", PATH_TEMPLATES)
    assert found == dict.fromkeys(expected, 1)
