"""The commands as a person sees them; what they do is tested where it is done."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SAMPLES, RawFolder, rows, story
from typer.testing import CliRunner, Result

from flows.cli import ORDER, app
from flows.dataset import hold_lock
from flows.runs import Run

COMMANDS = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]


WITHOUT_RAW = ("check", "rollback", "forget", "diff")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_an_example(name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert f"Example: newsframes {name} " in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(
            ["ingest", "--raw", "{tmp}/nowhere"],
            "nowhere is not there: mount it, or name another one",
            id="no-raw-root",
        ),
        pytest.param(["plan", "--raw", "{tmp}/nowhere"], "nowhere is not there", id="plan-no-raw-root"),
        pytest.param(["plan", "--metadata", "{tmp}/no.tsv"], "side file {tmp}/no.tsv", id="no-side-file"),
        pytest.param(["check"], "no dataset in {tmp}/out; `newsframes ingest --raw FOLDER", id="nothing-to-check"),
        pytest.param(["ingest", "--partition-by", "week"], "--partition-by", id="unknown-period"),
        pytest.param(["ingest", "--workers", "0"], "--workers", id="no-workers"),
        pytest.param(["ingest", "--raw", ""], "it is empty", id="raw-is-an-unset-variable"),
        pytest.param(["plan", "--undated", "--prune"], "none of ingest's other options", id="prune-of-a-backfill"),
        pytest.param(["diff", "1", "2"], "no dataset in {tmp}/out", id="nothing-to-compare"),
        pytest.param(["ingest", "--colour"], "--colour", id="unknown-option"),
        pytest.param(["backfill"], "say what to restate: --start", id="backfill-of-nothing"),
        pytest.param(["backfill", "--start", "March"], "--start", id="no-date"),
        pytest.param(["backfill", "--undated"], "no dataset to restate", id="backfill-of-no-dataset"),
        pytest.param(["rollback"], "no dataset in {tmp}/out; `newsframes ingest", id="nothing-to-roll-back"),
        pytest.param(["forget", "3f2a"], "3f2a is no article_id", id="no-article"),
        pytest.param(["forget", "0" * 32], "no dataset in {tmp}/out", id="nothing-to-forget"),
    ],
)
def test_wrong_usage_is_told_in_a_line_and_ends_with_2(tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "raw").mkdir()
    given = [a.format(tmp=tmp_path) for a in arguments]
    raw = [] if "--raw" in given or given[0] in WITHOUT_RAW else ["--raw", str(tmp_path / "raw")]
    result = run(*given, *raw, "--processed", tmp_path / "out")
    assert result.exit_code == 2
    assert message.format(tmp=tmp_path) in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()


def test_wrong_folder_is_told(raw: RawFolder, tmp_path: Path) -> None:
    raw.write("notes.md", "no news")
    result = run("ingest", "--raw", raw.root, "--processed", tmp_path / "out")
    assert result.exit_code == 0
    assert f"No file below {raw.root} ends in .txt" in result.stderr
    assert "(1 with other endings)" in result.stderr


def test_idle_run_beside_one_that_cleans_up(raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]) -> None:
    raw.write("a.txt", story(1))
    run_locally(raw.root, tmp_path / "out")
    (tmp_path / "out" / "staging" / "other").mkdir(parents=True)
    with hold_lock(tmp_path / "out", "other"):
        assert run("ingest", "--processed", tmp_path / "out").exit_code == 0
        assert (tmp_path / "out" / "staging" / "other").exists()
    assert run("ingest", "--processed", tmp_path / "out").exit_code == 0
    assert not (tmp_path / "out" / "staging").exists()


def test_plan_tells_files_by_reason_and_partitions(
    raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]
) -> None:
    raw.write("herald/2025/03/11/known.txt", story(1))
    raw.write("herald/2025/03/12/changed.txt", story(2))
    run_locally(raw.root, tmp_path / "out")
    raw.write("herald/2025/03/12/changed.txt", story(3))
    raw.write("new.txt", story(4))
    before = sorted(p for p in tmp_path.rglob("*"))
    result = run("plan", "--processed", tmp_path / "out", "--json")
    found = json.loads(result.stdout)
    assert found["read"] == {"changed": 1, "new": 1}
    assert found["unchanged"] == 1
    assert found["partitions"] == {"known once read": 1, "year=2025/month=3": 1}
    assert sorted(p for p in tmp_path.rglob("*")) == before
    assert "changed                    1" in run("plan", "--processed", tmp_path / "out").stdout


def test_status_tells_what_is_there_pending_and_rejected(samples: Path) -> None:
    found = json.loads(run("status", "--processed", samples, "--json").stdout)
    assert found["version"] == 1
    assert found["files"] == {"ingested": 24, "duplicate": 1, "rejected": 2, "container": 3}
    assert ["inbox/empty.txt", "empty file"] in found["rejected"]
    assert found["pending"]["is_empty"]
    assert found["near_duplicates"] == 1
    assert found["runs"][0]["outcome"] == "committed"
    text = run("status", "--processed", samples).stdout
    for fact in ("24 rows", "inbox/empty.txt: empty file", "committed version 1", "es 1"):
        assert fact in text


def test_status_without_a_raw_root_still_tells_the_rest(
    tmp_path: Path, raw: RawFolder, run_locally: Callable[..., Run]
) -> None:
    raw.write("a.txt", story(1))
    run_locally(raw.root, tmp_path / "out")
    raw.root.rename(tmp_path / "unmounted")
    result = run("status", "--processed", tmp_path / "out")
    assert result.exit_code == 0
    assert "Pending: not known" in result.stdout


def test_check_of_a_sound_and_of_a_damaged_dataset(tmp_path: Path, run_locally: Callable[..., Run]) -> None:
    run_locally(SAMPLES, tmp_path / "out")
    sound = run("check", "--processed", tmp_path / "out")
    assert (sound.exit_code, "every invariant holds" in sound.stdout) == (0, True)
    damaged = next((tmp_path / "out/versions/000001/quotes").rglob("*.parquet"))
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    broken = run("check", "--processed", tmp_path / "out")
    assert broken.exit_code == 1
    assert damaged.relative_to(tmp_path / "out/versions/000001").as_posix() in broken.stdout
    assert (
        json.loads(run("check", "--processed", tmp_path / "out", "--json").stdout)[0]["invariant"] == "manifest hashes"
    )


def test_check_compares_raw_files_when_asked(raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]) -> None:
    for number, name in enumerate(("same.txt", "changed.txt", "gone.txt")):
        raw.write(name, story(number), mtime=1_600_000_000)
    run_locally(raw.root, tmp_path / "out")
    raw.write("changed.txt", story(8), mtime=1_600_000_000)
    (raw.root / "gone.txt").unlink()
    raw.write("more.txt", story(9))
    assert run("check", "--processed", tmp_path / "out").exit_code == 0
    found = run("check", "--processed", tmp_path / "out", "--raw", raw.root, "--json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)[0]["rows"] == ["changed.txt: changed", "gone.txt: gone", "more.txt: new"]


def test_escapes_in_a_file_name_do_not_reach_the_terminal(
    tmp_path: Path, raw: RawFolder, run_locally: Callable[..., Run]
) -> None:
    raw.write("a\x1b[31mred.txt", b"")
    run_locally(raw.root, tmp_path / "out")
    output = run("status", "--processed", tmp_path / "out").stdout
    assert "\x1b" not in output
    assert r"a\x1b[31mred.txt: empty file" in output


@pytest.fixture
def march(raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]) -> Path:
    """A dataset of two versions; the second has a story more, and another is revised."""
    raw.write("herald/2016/03/01/a.txt", story(1))
    raw.write("herald/2016/04/01/b.txt", story(2))
    run_locally(raw.root, tmp_path / "out")
    raw.write("herald/2016/03/02/c.txt", story(3))
    run_locally(raw.root, tmp_path / "out")
    return tmp_path / "out"


def test_plan_of_a_backfill(march: Path) -> None:
    text = run("plan", "--start", "2016-03-01", "--end", "2016-03-31", "--processed", march).stdout
    assert "Backfill, 2016-03-01 to 2016-03-31:\nWould read 2 files." in text
    assert "year=2016/month=3" in text
    assert "month=4" not in text


def test_backfill_that_finds_nothing_needs_no_prefect(march: Path) -> None:
    result = run("backfill", "--only-stale", "--processed", march)
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "Nothing to do: no article to restate.")
    assert json.loads(run("backfill", "--undated", "--processed", march, "--json").stdout)["flow"] == "backfill"


def test_rollback_and_forward(march: Path) -> None:
    result = run("rollback", "--processed", march)
    assert result.stdout.splitlines()[0] == f"{march} is at version 1."
    assert f"newsframes rollback --resume --processed {march}" in result.stdout
    held = run("ingest", "--processed", march)
    assert (held.exit_code, "rolled back to version 1" in held.stderr) == (1, True)
    assert "rolled back to version 1" in run("plan", "--processed", march).stderr
    status = run("status", "--processed", march).stdout
    assert "HELD: " in status
    assert "ingest  held" in status
    assert "Runs go on." in run("rollback", "--resume", "--processed", march).stdout
    forward = json.loads(run("rollback", "--to", "2", "--processed", march, "--json").stdout)
    assert forward == {"version": 2, "is_held": False}
    for to, message in (("2", "is at version 2 already"), ("9", "keeps no version 9; it has 1, 2")):
        refused = run("rollback", "--to", to, "--processed", march)
        assert (refused.exit_code, message in refused.stderr) == (2, True)
    nowhere = run("rollback", "--resume", "--processed", march.parent / "typo")
    assert (nowhere.exit_code, (march.parent / "typo").exists()) == (2, False)


def test_versions_that_are_kept(march: Path) -> None:
    newest, oldest = run("status", "--versions", "--processed", march).stdout.splitlines()
    assert newest.startswith("→      2")
    assert "3 articles" in newest
    assert oldest.startswith("       1")
    found = json.loads(run("status", "--versions", "--processed", march, "--json").stdout)
    assert [(v["number"], v["is_current"], v["parent"]) for v in found] == [(2, True, 1), (1, False, None)]
    shared = next(p for p in (march / "versions/000002/articles").rglob("*.parquet") if "month=4" in str(p))
    assert 0 < found[0]["own_bytes"] < sum(p.stat().st_size for p in (march / "versions/000002").rglob("*.parquet"))
    assert shared.stat().st_nlink == 2
    assert "no dataset yet" in run("status", "--versions", "--processed", march.parent / "none").stdout


def test_diff_tells_what_a_loader_needs(march: Path, tmp_path: Path) -> None:
    text = run("diff", "1", "2", "--processed", march, "--output", tmp_path / "changes.csv").stdout
    assert "articles    year=2016/month=3" in text
    assert "month=4" not in text
    lines = (tmp_path / "changes.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("table,change,partition,previous_partition,article_id,")
    assert [line.split(",")[1] for line in lines[1:]] == ["added"] * (len(lines) - 1)
    found = json.loads(run("diff", "2", "1", "--processed", march, "--json").stdout)
    assert {change["change"] for change in found["changes"]} == {"gone"}
    missing = run("diff", "1", "7", "--processed", march)
    assert (missing.exit_code, "keeps no version 7" in missing.stderr) == (2, True)


def test_forget_tells_what_it_cannot_reach(march: Path) -> None:
    article_id = rows(march, "articles")[0]["article_id"]
    result = run("forget", article_id, "--reason", "court order", "--processed", march)
    assert "Committed version 3 without" in result.stdout
    assert "Deleted the kept versions that held it: 1, 2." in result.stdout
    assert "raw file herald/2016/03/01/a.txt" in result.stdout
    assert "Forgotten articles, kept out for good: 1" in run("status", "--processed", march).stdout
    assert json.loads(run("forget", article_id, "--processed", march, "--json").stdout)["version"] is None
    assert "No longer forgotten" in run("forget", article_id, "--undo", "--processed", march).stdout
    assert json.loads(run("plan", "--processed", march, "--json").stdout)["read"] == {"rejected before": 1}


def test_expected_rows(march: Path, raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]) -> None:
    expected = tmp_path / "expected.csv"
    assert run("check", "--processed", march, "--write-expected", expected).exit_code == 0
    assert run("check", "--processed", march, "--write-expected", "-").stdout == expected.read_text(encoding="utf-8")
    assert run("check", "--processed", march, "--expect", expected).exit_code == 0
    raw.write("herald/2016/05/01/d.txt", story(4))
    run_locally(raw.root, march)
    drifted = run("check", "--processed", march, "--expect", expected)
    assert drifted.exit_code == 1
    assert "articles year=2016/month=5: 1 row, not expected" in drifted.stdout
    expected.write_text("table,rows\n", encoding="utf-8")
    assert run("check", "--processed", march, "--expect", expected).exit_code == 2


def test_check_names_lines_of_the_corrections_file_that_fit_nothing(
    march: Path, raw: RawFolder, run_locally: Callable[..., Run]
) -> None:
    (march.parent / "corrections.csv").write_text(
        f"article_id,start,end,kind,decided_by\n{'0' * 32},1,2,scare,mk\n", encoding="utf-8"
    )
    run_locally(raw.root, march)
    found = run("check", "--processed", march)
    assert (found.exit_code, f"line 2: there is no article {'0' * 32}" in found.stdout) == (1, True)
    assert "line 2" in run("status", "--processed", march).stdout
    (march.parent / "corrections.csv").unlink()
    lost = run("check", "--processed", march)
    assert (lost.exit_code, "is not there: put it back" in lost.stdout) == (1, True)
    assert run("ingest", "--processed", march).exit_code == 2


def test_files_that_are_gone_or_still_written_are_told(march: Path, raw: RawFolder) -> None:
    (raw.root / "herald/2016/03/01/a.txt").unlink()
    raw.write("new.txt", story(9), mtime=time.time() - 5)
    result = run("ingest", "--processed", march, "--settle", "600", "--json")
    assert "1 file is no longer below" in result.stderr
    assert "is its disk mounted?" in result.stderr
    assert "1 file is still being written (--settle)" in result.stderr
    counts = json.loads(result.stdout)["counts"]
    assert (counts["gone"], counts["pending"], counts["rejected"]) == (1, 1, 0)


def test_known_file_is_not_still_written_however_young(
    raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]
) -> None:
    raw.write("a.txt", story(1), mtime=time.time() - 5)
    run_locally(raw.root, tmp_path / "out")
    assert json.loads(run("plan", "--processed", tmp_path / "out", "--settle", "600", "--json").stdout)["pending"] == []


def test_refused_run_is_noted(march: Path, raw: RawFolder) -> None:
    raw.root.rename(raw.root.with_name("unmounted"))
    assert run("ingest", "--processed", march).exit_code == 2
    noted = json.loads(run("status", "--processed", march, "--json").stdout)["runs"][0]
    assert (noted["outcome"], noted["reason"]) == (
        "failed",
        f"raw folder {raw.root} is not there: mount it, or name another one with --raw",
    )


def test_lost_link_of_the_only_version_is_refused(
    raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]
) -> None:
    raw.write("a.txt", story(1))
    run_locally(raw.root, tmp_path / "out")
    (tmp_path / "out" / "current").unlink()
    refused = run("ingest", "--processed", tmp_path / "out")
    assert (refused.exit_code, f"newsframes repair --processed {tmp_path / 'out'}`" in refused.stderr) == (1, True)


def test_ending_may_lack_its_dot(raw: RawFolder, tmp_path: Path) -> None:
    raw.write("a.text", story(1))
    found = run("plan", "--raw", raw.root, "--processed", tmp_path / "out", "--include", "text", "--json")
    assert json.loads(found.stdout)["read"] == {"new": 1}


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "serve"])
def test_every_command_prints_json(name: str) -> None:
    assert "--json" in run(name, "--help").stdout


def test_commands_are_listed_as_they_are_used() -> None:
    listed = [line.split()[0] for line in run("--help").stdout.partition("Commands:")[2].splitlines() if line.strip()]
    assert listed == list(ORDER)
    assert sorted(ORDER) == sorted(COMMANDS)
    assert "..." not in run("--help").stdout.partition("Commands:")[2]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("newsframes in", "ingest"), ("newsframes check --ex", "--expect")],
    ids=["command", "option"],
)
def test_shells_complete(typed: str, expected: str) -> None:
    script = Path(sys.executable).with_name("newsframes")
    asked = {"_NEWSFRAMES_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}
    done = subprocess.run([script], env={**os.environ, **asked}, capture_output=True, text=True, check=False)
    assert expected in done.stdout.split()
