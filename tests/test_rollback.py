"""Rollback: an older version is current again, none is lost, and runs wait until they are let go on."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import RawFolder, digests, rows, story

from flows.dataset import Dataset, DatasetDamaged, DatasetHeld, UnknownVersion
from flows.dataset.rollback import read_rollback
from flows.forget import forget
from flows.planning.options import OptionsError
from flows.rollback import resume, roll_back
from flows.runs import Run, read_runs

RunLocally = Callable[..., Run]


@pytest.fixture
def versions(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> list[dict[str, str]]:
    """A dataset of three versions; what each looks like."""
    found = []
    for day in range(1, 4):
        raw.write(f"2016-03-{day:02d}/story.txt", story(day))
        run_locally(raw.root, tmp_path / "p")
        found.append(digests(tmp_path / "p"))
    return found


def numbers(processed: Path) -> list[int]:
    return [v.number for v in Dataset(processed).all_versions()]


@pytest.mark.parametrize(("to", "number"), [(None, 2), (2, 2), (1, 1)])
def test_readers_see_the_older_version(
    versions: list[dict[str, str]], tmp_path: Path, to: int | None, number: int
) -> None:
    assert roll_back(tmp_path / "p", to).number == number
    assert digests(tmp_path / "p") == versions[number - 1]
    assert numbers(tmp_path / "p") == [1, 2, 3]


def test_runs_are_held_until_they_may_go_on(
    versions: list[dict[str, str]], raw: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    processed = tmp_path / "p"
    roll_back(processed, 1)
    with pytest.raises(DatasetHeld, match=r"rolled back to version 1 .*--resume"):
        run_locally(raw.root, processed)
    assert read_runs(processed / "runs", 1)[0]["outcome"] == "held"
    assert digests(processed) == versions[0]
    assert resume(processed)
    assert not resume(processed)
    run = run_locally(raw.root, processed)
    assert (run.version, digests(processed)) == (4, versions[2])
    assert numbers(processed) == [1, 2, 3, 4]


def test_way_forward_again(
    versions: list[dict[str, str]], raw: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    """What a rollback left above `current` was committed; what a killed commit left was not."""
    processed = tmp_path / "p"
    roll_back(processed, 2)
    resume(processed)
    (processed / "versions" / "000004").mkdir()
    Dataset(processed).sweep(keep_versions=3)
    assert numbers(processed) == [1, 2, 3]


def test_current_version_is_never_swept(versions: list[dict[str, str]], tmp_path: Path) -> None:
    processed = tmp_path / "p"
    roll_back(processed, 1)
    for version in Dataset(processed).all_versions():
        os.utime(version.folder, (time.time() - 90_000,) * 2)
    Dataset(processed).sweep(keep_versions=1)
    assert numbers(processed) == [1, 3]
    assert len(rows(processed, "articles")) == 1


def test_kept_by_number_and_by_age(versions: list[dict[str, str]], tmp_path: Path) -> None:
    processed = tmp_path / "p"
    for version in Dataset(processed).all_versions():
        os.utime(version.folder, (time.time() - 2 * 3600,) * 2)
    Dataset(processed).sweep(keep_versions=1, keep_hours=24)
    assert numbers(processed) == [1, 2, 3]
    Dataset(processed).sweep(keep_versions=2, keep_hours=1)
    assert numbers(processed) == [2, 3]
    Dataset(processed).sweep(keep_versions=1, keep_hours=0)
    assert numbers(processed) == [2, 3]  # a rollback has to have a way to go


def test_version_that_was_left_just_now_stays(
    versions: list[dict[str, str]], raw: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    """Its readers are still at it, however long ago it was made."""
    processed = tmp_path / "p"
    for version in Dataset(processed).all_versions():
        os.utime(version.folder, (time.time() - 90_000,) * 2)
    roll_back(processed, 1)
    resume(processed)
    raw.write("2016-03-09/more.txt", story(9))
    run_locally(raw.root, processed, keep_versions=2)
    assert numbers(processed) == [1, 3, 4]
    assert roll_back(processed).number == 1


def test_number_is_never_used_again(
    versions: list[dict[str, str]], raw: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    processed = tmp_path / "p"
    lost = next(row["article_id"] for row in rows(processed, "articles") if "number 3 " in row["text"])
    roll_back(processed, 2)
    forget(processed, [lost])
    assert numbers(processed) == [1, 2]
    resume(processed)
    raw.write("2016-03-09/more.txt", story(9))
    assert run_locally(raw.root, processed).version == 4


@pytest.mark.parametrize("to", [4, 99])
def test_version_that_is_not_kept_is_no_way_back(versions: list[dict[str, str]], tmp_path: Path, to: int) -> None:
    with pytest.raises(UnknownVersion, match=rf"keeps no version {to}; it has 1, 2, 3"):
        roll_back(tmp_path / "p", to)
    assert digests(tmp_path / "p") == versions[2]
    assert read_rollback(tmp_path / "p") is None


def test_first_version_has_nothing_before_it(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    raw.write("a.txt", story(1))
    run_locally(raw.root, tmp_path / "p")
    with pytest.raises(OptionsError, match="the first one"):
        roll_back(tmp_path / "p")
    with pytest.raises(OptionsError, match="no dataset"):
        roll_back(tmp_path / "q")


def test_version_that_cannot_be_read_is_no_way_back(versions: list[dict[str, str]], tmp_path: Path) -> None:
    (tmp_path / "p/versions/000002/manifest.json").write_text('{"schema_version": 99}', encoding="utf-8")
    with pytest.raises(DatasetDamaged, match="schema 99"):
        roll_back(tmp_path / "p", 2)
    assert digests(tmp_path / "p") == versions[2]
