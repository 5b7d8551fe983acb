"""The corrections file through whole runs; what a line does to a row is tested in test_corrections."""

import datetime
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import RawFolder, current, digests, rows, story

from flows.planning.options import Options, OptionsError
from flows.planning.prepare import prepare
from flows.planning.selection import Selection
from flows.reports.check import check_corrections, check_version
from flows.reports.status import describe_plan
from flows.runs import Run

RunLocally = Callable[..., Run]
HEADER = "article_id,start,end,kind,speaker,decided_by"


@pytest.fixture
def six(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> RawFolder:
    """Articles of March and April with one quotation each."""
    for day in (1, 2, 3):
        raw.write(f"2016-03-{day:02d}/story.txt", story(day))
        raw.write(f"2016-04-{day:02d}/story.txt", story(day + 10))
    run_locally(raw.root, tmp_path / "p")
    return raw


def quote(processed: Path, number: int) -> dict[str, Any]:
    (found,) = (q for q in rows(processed, "quotes") if f"pier number {number} will" in q["text"])
    return found


def article(processed: Path, number: int) -> dict[str, Any]:
    return next(a for a in rows(processed, "articles") if f"pier number {number} will" in a["text"])


def correct(processed: Path, *lines: tuple[int, str, str]) -> Path:
    """Write corrections.csv beside the raw folder: number of the story, kind, speaker."""
    found = [(quote(processed, number), kind, speaker) for number, kind, speaker in lines]
    text = [f"{q['article_id']},{q['start']},{q['end']},{kind},{speaker},mk" for q, kind, speaker in found]
    path = processed.parent / "corrections.csv"
    path.write_text("\n".join([HEADER, *text]), encoding="utf-8")
    return path


def test_line_is_applied_and_its_counts_follow(six: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    processed = tmp_path / "p"
    before = current(processed)
    correct(processed, (2, "scare", ""), (3, "", "Ida Vance"))
    described = describe_plan(prepare(Options(processed=processed)))
    assert described["corrected"] == ["2016-03-02/story.txt", "2016-03-03/story.txt"]
    assert described["partitions"] == {"year=2016/month=3": 2}
    run = run_locally(six.root, processed)
    assert (run.counts["corrected"], run.counts["read"]) == (2, 0)
    assert run.partitions == ["year=2016/month=3"]
    scare, said = quote(processed, 2), quote(processed, 3)
    assert (scare["kind"], scare["quote_type"], scare["speaker"]) == ("scare", None, None)
    assert scare["evidence"] == "corrected by mk: kind"
    assert (said["speaker"], said["evidence"]) == ("Ida Vance", "corrected by mk: speaker")
    assert (article(processed, 2)["quote_count"], article(processed, 3)["quote_count"]) == (0, 1)
    assert list(check_version(current(processed))) == []
    april = "quotes/year=2016/month=4/part-0.parquet"
    assert (current(processed).folder / april).stat().st_ino == (before.folder / april).stat().st_ino
    assert run_locally(six.root, processed).outcome == "nothing to do"


def test_line_that_is_taken_back(six: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    processed, before = tmp_path / "p", digests(tmp_path / "p")
    file = correct(processed, (2, "scare", ""), (3, "scare", ""))
    run_locally(six.root, processed)
    for raw in six.root.rglob("*.txt"):
        raw.unlink()  # corrections need no raw file
    correct(processed, (3, "scare", ""))
    run_locally(six.root, processed)
    assert (quote(processed, 2)["kind"], quote(processed, 3)["kind"]) == ("quotation", "scare")
    file.write_text(HEADER, encoding="utf-8")
    run_locally(six.root, processed)
    assert digests(processed) == before
    assert [p for p in current(processed).manifest.files if p.startswith("uncorrected")] == []


def test_line_that_changes_is_applied_to_what_the_rules_found(
    six: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    processed = tmp_path / "p"
    was = quote(processed, 2)
    correct(processed, (2, "scare", ""))
    run_locally(six.root, processed)
    correct(processed, (2, "", "Ida Vance"))
    run_locally(six.root, processed)
    now = quote(processed, 2)
    assert (now["kind"], now["cue"], now["speaker"]) == (was["kind"], was["cue"], "Ida Vance")


def test_line_is_applied_to_what_is_read(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    """Whether the line or the article comes first, the dataset has the same bytes."""
    raw.write("2016-03-01/story.txt", story(1))
    run_locally(raw.root, tmp_path / "p")
    correct(tmp_path / "p", (1, "", "Ida Vance"))
    run_locally(raw.root, tmp_path / "p")
    run_locally(raw.root, tmp_path / "q")
    assert digests(tmp_path / "q") == digests(tmp_path / "p")
    assert quote(tmp_path / "q", 1)["speaker"] == "Ida Vance"


def test_corrections_survive_backfill_rehash_and_another_copy(
    six: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    processed = tmp_path / "p"
    correct(processed, (2, "scare", ""))
    run_locally(six.root, processed)
    corrected = digests(processed)
    march = Selection(datetime.date(2016, 3, 1), datetime.date(2016, 3, 31))
    run_locally(six.root, processed, selection=march)
    run_locally(six.root, processed, rehash=True)
    assert digests(processed) == corrected
    six.write("2016-03-02/copy.txt", story(2))
    run_locally(six.root, processed)
    assert (quote(processed, 2)["kind"], article(processed, 2)["raw_path"]) == ("scare", "2016-03-02/copy.txt")
    assert list(check_version(current(processed))) == []
    assert run_locally(six.root, processed).outcome == "nothing to do"


def test_backfill_elsewhere_leaves_new_lines_to_ingest(six: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    processed = tmp_path / "p"
    correct(processed, (2, "scare", ""))
    run_locally(six.root, processed, selection=Selection(start=datetime.date(2016, 4, 1)))
    assert quote(processed, 2)["kind"] == "quotation"
    run_locally(six.root, processed)
    assert quote(processed, 2)["kind"] == "scare"


def test_revised_article_reports_its_lines(six: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    processed = tmp_path / "p"
    correct(processed, (2, "scare", ""))
    run_locally(six.root, processed)
    six.write("2016-03-02/story.txt", story(20))
    run_locally(six.root, processed)
    (violation,) = check_corrections(current(processed))
    assert violation.rows[0].startswith("line 2: there is no article ")
    assert any("line 2: there is no article" in note for note in prepare(Options(processed=processed)).notes)
    assert list(check_version(current(processed))) == []


def test_line_whose_span_is_gone_is_reported(six: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    processed = tmp_path / "p"
    found = quote(processed, 2)
    wrong = f"{found['article_id']},{found['start']},{found['end'] - 1},scare,,mk"
    (tmp_path / "corrections.csv").write_text(f"{HEADER}\n{wrong}\n", encoding="utf-8")
    said: list[str] = []
    run_locally(six.root, processed, said.append)
    span = f"{found['start']}-{found['end'] - 1}"
    assert any("line 2" in line and span in line for line in said)
    (violation,) = check_corrections(current(processed))
    assert "line 2" in violation.rows[0]
    assert run_locally(six.root, processed).outcome == "nothing to do"


def test_file_is_remembered_and_can_be_dropped(six: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    processed = tmp_path / "p"
    elsewhere = correct(processed, (2, "scare", "")).rename(tmp_path / "reviewed.csv")
    run_locally(six.root, processed, corrections=elsewhere)
    assert run_locally(six.root, processed).outcome == "nothing to do"
    assert quote(processed, 2)["kind"] == "scare"
    run_locally(six.root, processed, corrections=Path())
    assert quote(processed, 2)["kind"] == "quotation"
    correct(processed, (2, "scare", ""))
    assert run_locally(six.root, processed).outcome == "nothing to do"


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "no column"), ("article_id,start,end\n", "decided_by"), (HEADER.replace("kind", "kin"), "kin")],
)
def test_file_that_cannot_be_understood_is_refused(
    six: RawFolder, tmp_path: Path, run_locally: RunLocally, text: str, message: str
) -> None:
    (tmp_path / "corrections.csv").write_text(text, encoding="utf-8")
    with pytest.raises(OptionsError, match=message):
        run_locally(six.root, tmp_path / "p")


def test_file_that_went_is_refused(six: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    with pytest.raises(OptionsError, match="corrections file"):
        run_locally(six.root, tmp_path / "p", corrections=tmp_path / "nowhere.csv")


def test_raw_folder_that_moved_takes_no_correction_back(
    six: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    processed = tmp_path / "p"
    correct(processed, (2, "scare", ""))
    run_locally(six.root, processed)
    corrected = digests(processed)
    moved = shutil.copytree(six.root, tmp_path / "elsewhere" / "raw")
    run_locally(moved, processed)
    assert digests(processed) == corrected


def test_article_that_is_read_for_the_first_time_is_not_said_to_be_missing(
    six: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    correct(tmp_path / "p", (2, "scare", ""))
    said: list[str] = []
    run_locally(six.root, tmp_path / "q", said.append)
    assert said == []
    assert quote(tmp_path / "q", 2)["kind"] == "scare"
