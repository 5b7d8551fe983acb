"""The commands as a person sees them; what they do is tested where it is done."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SAMPLES, RawFolder, story
from typer.testing import CliRunner, Result

from flows.cli import app
from flows.dataset import hold_lock
from flows.runs import Run

COMMANDS = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]


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
        pytest.param(["ingest", "--raw", "{tmp}/nowhere"], "nowhere is not there", id="no-raw-root"),
        pytest.param(["plan", "--raw", "{tmp}/nowhere"], "nowhere is not there", id="plan-no-raw-root"),
        pytest.param(["plan", "--metadata", "{tmp}/no.tsv"], "side file {tmp}/no.tsv", id="no-side-file"),
        pytest.param(["check"], "no dataset in {tmp}/out", id="nothing-to-check"),
        pytest.param(["ingest", "--partition-by", "week"], "--partition-by", id="unknown-period"),
        pytest.param(["ingest", "--workers", "0"], "--workers", id="no-workers"),
        pytest.param(["ingest", "--colour"], "--colour", id="unknown-option"),
    ],
)
def test_wrong_usage_is_told_in_a_line_and_ends_with_2(tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "raw").mkdir()
    given = [a.format(tmp=tmp_path) for a in arguments]
    raw = [] if "--raw" in given or given[0] == "check" else ["--raw", str(tmp_path / "raw")]
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
