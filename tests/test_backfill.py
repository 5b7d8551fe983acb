"""Backfill: exactly the selected articles are made again, and nothing else is touched."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import RawFolder, current, digests, rows, story
from test_archives import zipped

import flows.building.publish
import flows.building.resolution
import flows.building.resuming
import flows.building.transformation
import flows.planning.census
import flows.planning.comparison
import flows.planning.ledger
import flows.planning.selection
import flows.planning.sieve
import transforms.articles
from flows.dataset import Version
from flows.planning.options import Options, OptionsError
from flows.planning.prepare import prepare
from flows.planning.selection import Selection, SelectionError
from flows.reports.check import check_version
from flows.reports.status import describe_plan
from flows.runs import Run
from transforms import RULES_VERSION

RunLocally = Callable[..., Run]
MARCH = Selection(datetime.date(2016, 3, 1), datetime.date(2016, 3, 31))
RULED_BY = (
    flows.building.resuming,
    flows.building.resolution,
    flows.building.transformation,
    flows.planning.census,
    flows.planning.comparison,
    flows.planning.ledger,
    flows.planning.selection,
    flows.planning.sieve,
    transforms.articles,
)
STALE = Selection(only_stale=True)


@pytest.fixture
def year(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> RawFolder:
    """A dataset of some articles a month, an archive of March and April, and two without a date."""
    for month in (2, 3, 4):
        for day in (1, 15, 28):
            raw.write(f"herald/2016/{month:02d}/{day:02d}/story.txt", story(month * 100 + day))
    raw.write("syndicated/story.txt", story(315))
    raw.write("box.zip", zipped({"2016-03-09/a.txt": story(1).encode(), "2016-04-09/b.txt": story(2).encode()}))
    raw.write("undated-1.txt", story(3))
    raw.write("undated-2.txt", story(4))
    run_locally(raw.root, tmp_path / "p")
    return raw


@pytest.fixture
def newer_rules(monkeypatch: pytest.MonkeyPatch) -> int:
    """As if the rules had changed since."""
    for module in RULED_BY:
        monkeypatch.setattr(module, "RULES_VERSION", RULES_VERSION + 1)
    return RULES_VERSION + 1


def inodes(version: Version) -> dict[str, int]:
    return {path: (version.folder / path).stat().st_ino for path in version.manifest.files}


def rules(processed: Path) -> dict[str, int]:
    return {row["raw_path"]: row["rules_version"] for row in rows(processed, "articles")}


def test_only_the_month_is_rewritten(
    year: RawFolder, tmp_path: Path, run_locally: RunLocally, newer_rules: int
) -> None:
    before = current(tmp_path / "p")
    run = run_locally(year.root, tmp_path / "p", selection=MARCH)
    after = current(tmp_path / "p")
    assert (run.outcome, run.partitions) == ("committed", ["year=2016/month=3"])
    assert after.number == before.number + 1
    changed = {path for path, inode in inodes(after).items() if inodes(before)[path] != inode}
    assert changed == {"articles/year=2016/month=3/part-0.parquet", "files/part-0.parquet"}
    made = {path for path, version in rules(tmp_path / "p").items() if version == newer_rules}
    assert made == {"box.zip/2016-03-09/a.txt", *(f"herald/2016/03/{day}/story.txt" for day in ("01", "15", "28"))}
    assert list(check_version(after)) == []


def test_rules_that_did_not_change_make_the_same_bytes(
    year: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    before = digests(tmp_path / "p")
    assert run_locally(year.root, tmp_path / "p", selection=MARCH).partitions == []
    assert digests(tmp_path / "p") == before


def test_plan_is_what_the_run_does(year: RawFolder, tmp_path: Path, run_locally: RunLocally, newer_rules: int) -> None:
    year.write("new.txt", story(90))
    (year.root / "herald/2016/03/01/story.txt").unlink()
    options = Options(processed=tmp_path / "p", selection=MARCH)
    planned = prepare(options)
    described = describe_plan(planned)
    assert described["read"] == {"stale": 4}
    assert described["removed"] == ["herald/2016/03/01/story.txt"]
    assert described["partitions"] == {"year=2016/month=3": 4}
    run = run_locally(year.root, tmp_path / "p", selection=MARCH)
    assert run.counts["read"] == len(planned.plan.work) == 4
    assert run.partitions == list(described["partitions"])
    assert "new.txt" not in rules(tmp_path / "p")
    assert rules(tmp_path / "p")["herald/2016/03/01/story.txt"] == RULES_VERSION


def test_stale_ones_anywhere(year: RawFolder, tmp_path: Path, run_locally: RunLocally, newer_rules: int) -> None:
    year.write("bad.txt", b"\x89PNG\r\n\x1a\n\x00\x00")
    run_locally(year.root, tmp_path / "p")
    run_locally(year.root, tmp_path / "p", selection=MARCH)
    run = run_locally(year.root, tmp_path / "p", selection=STALE)
    assert run.partitions == ["year=0/month=0", "year=2016/month=2", "year=2016/month=4"]
    assert set(rules(tmp_path / "p").values()) == {newer_rules}
    again = run_locally(year.root, tmp_path / "p", selection=STALE)
    assert again.outcome == "nothing to do"


def test_stale_ones_of_a_range(year: RawFolder, tmp_path: Path, run_locally: RunLocally, newer_rules: int) -> None:
    run_locally(year.root, tmp_path / "p", selection=MARCH)
    selection = Selection(start=datetime.date(2016, 3, 15), only_stale=True)
    assert run_locally(year.root, tmp_path / "p", selection=selection).partitions == ["year=2016/month=4"]


def test_undated(year: RawFolder, tmp_path: Path, run_locally: RunLocally, newer_rules: int) -> None:
    run = run_locally(year.root, tmp_path / "p", selection=Selection(undated=True))
    assert (run.counts["read"], run.partitions) == (2, ["year=0/month=0"])


def test_other_changes_are_left_to_ingest(year: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    year.write("herald/2016/04/01/story.txt", story(91))
    year.write("new.txt", story(92))
    assert run_locally(year.root, tmp_path / "p", selection=MARCH).counts["read"] == 5
    plan = prepare(Options(processed=tmp_path / "p")).plan
    assert {work.file.raw_path: str(work.reason) for work in plan.work} == {
        "herald/2016/04/01/story.txt": "changed",
        "new.txt": "new",
    }


def test_file_that_changed_is_read_as_it_is_now(year: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    year.write("herald/2016/03/01/story.txt", story(93))
    run_locally(year.root, tmp_path / "p", selection=MARCH)
    assert "number 93 " in "".join(row["text"] for row in rows(tmp_path / "p", "articles"))
    assert prepare(Options(processed=tmp_path / "p")).plan.is_empty


@pytest.mark.parametrize(
    ("values", "message"),
    [
        pytest.param({}, "say what to restate", id="nothing"),
        pytest.param({"start": "2016-03-02", "end": "2016-03-01"}, "ends before it starts", id="backwards"),
        pytest.param({"start": "2016-03-02", "undated": True}, "lie in no range", id="undated-in-a-range"),
    ],
)
def test_selection_that_makes_no_sense(values: dict[str, Any], message: str) -> None:
    dates = {k: datetime.date.fromisoformat(v) if isinstance(v, str) else v for k, v in values.items()}
    with pytest.raises(SelectionError, match=message):
        Selection(**dates)


@pytest.mark.parametrize(
    ("selection", "name"),
    [
        (MARCH, "2016-03-01 to 2016-03-31"),
        (Selection(start=datetime.date(2016, 3, 1)), "from 2016-03-01"),
        (Selection(end=datetime.date(2016, 3, 1), only_stale=True), "to 2016-03-01 stale"),
        (STALE, "stale"),
        (Selection(undated=True), "undated"),
    ],
)
def test_name_of_a_selection(selection: Selection, name: str) -> None:
    assert selection.name == name


def test_backfill_without_a_dataset_or_from_another_raw_folder_is_refused(
    year: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    with pytest.raises(OptionsError, match="no dataset to restate"):
        run_locally(year.root, tmp_path / "none", selection=MARCH)
    (tmp_path / "other").mkdir()
    with pytest.raises(OptionsError, match="the same raw folder"):
        run_locally(tmp_path / "other", tmp_path / "p", selection=MARCH)


def test_file_that_is_still_written_is_left(year: RawFolder, tmp_path: Path) -> None:
    year.write("herald/2016/03/01/story.txt", story(93), mtime=datetime.datetime.now().timestamp() - 5)
    plan = prepare(Options(processed=tmp_path / "p", selection=MARCH, settle=600)).plan
    assert plan.pending == ["herald/2016/03/01/story.txt"]
    assert len(plan.work) == 4


def test_copy_carries_on_what_its_first_copy_no_longer_can(
    year: RawFolder, tmp_path: Path, run_locally: RunLocally, newer_rules: int
) -> None:
    (year.root / "herald/2016/03/15/story.txt").unlink()
    run_locally(year.root, tmp_path / "p", selection=STALE)
    made = rules(tmp_path / "p")
    assert made["syndicated/story.txt"] == newer_rules
    assert set(made.values()) == {newer_rules}
    assert run_locally(year.root, tmp_path / "p", selection=STALE).outcome == "nothing to do"
    assert list(check_version(current(tmp_path / "p"))) == []


def test_ingest_between_leaves_what_a_killed_backfill_staged(
    year: RawFolder, tmp_path: Path, run_locally: RunLocally, newer_rules: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(flows.building.publish, "merge", die)
        with pytest.raises(KeyboardInterrupt):
            run_locally(year.root, tmp_path / "p", selection=MARCH)
    assert run_locally(year.root, tmp_path / "p").outcome == "nothing to do"
    run = run_locally(year.root, tmp_path / "p", selection=MARCH)
    assert run.counts["resumed"] > 0
    assert not (tmp_path / "p" / "staging").exists()
