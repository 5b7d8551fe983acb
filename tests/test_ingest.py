"""The flow as users run it: the command, in a process of its own, with a real Prefect server."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import SAMPLES, RawFolder, digests, story
from services import temporary_prefect

from drills.outages.processes import children, is_alive
from flows.rollback import roll_back
from flows.runs import Run, read_runs

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a command, with a Prefect server that these tests share."""
    with temporary_prefect(tmp_path_factory.mktemp("prefect")):
        yield dict(os.environ)


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "flows.cli", *map(str, arguments)]


def run_command(environment: dict[str, str], *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command(*arguments), env=environment, capture_output=True, text=True, timeout=300, check=False
    )  # fmt: skip


@pytest.fixture
def many(raw: RawFolder) -> RawFolder:
    for number in range(60):
        raw.write(f"herald/2025/{number % 3 + 1:02d}/{number % 28 + 1:02d}/story-{number}.txt", story(number))
    return raw


def test_first_run_on_a_fresh_machine(tmp_path: Path, samples: Path) -> None:
    """It says why it waits, leaves no process behind, and makes what a run without Prefect makes."""
    environment = {**os.environ, "PREFECT_HOME": str(tmp_path / "prefect")}
    environment.pop("PREFECT_API_URL", None)
    out = tmp_path / "processed"
    process = subprocess.Popen(
        command("ingest", "--raw", SAMPLES, "--processed", out),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    started: set[int] = set()
    while process.poll() is None:
        started.update(children(process.pid))
        time.sleep(0.2)
    output, errors = process.communicate()
    assert process.returncode == 0, errors
    assert "It sets up its database" in errors
    assert "version 1" in output
    assert "newsframes.open(" in output
    assert "inbox/empty.txt: empty file" in output
    assert "Traceback" not in errors
    assert started
    assert not [pid for pid in started if is_alive(pid)]
    assert digests(out) == digests(samples)


def test_idle_run_imports_neither_prefect_nor_pandas(tmp_path: Path, run_locally: Callable[..., Run]) -> None:
    run_locally(SAMPLES, tmp_path / "out")
    code = (
        "import sys; from flows import cli\n"
        f"sys.argv = ['newsframes', 'ingest', '--raw', {str(SAMPLES)!r}, '--processed', {str(tmp_path / 'out')!r}]\n"
        "try: cli.main()\n"
        "except SystemExit as end: print(end.code)\n"
        "print([name for name in ('prefect', 'pandas') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Nothing to do" in result.stdout
    assert result.stdout.splitlines()[-2:] == ["0", "[]"]


@pytest.mark.parametrize("options", [["--workers", "1"], ["--workers", "2"], ["--batch-size", "7"]], ids=" ".join)
def test_bytes_do_not_depend_on_how_it_was_run(
    prefect: dict[str, str], many: RawFolder, tmp_path: Path, run_locally: Callable[..., Run], options: list[str]
) -> None:
    run_locally(many.root, tmp_path / "undisturbed")
    result = run_command(prefect, "ingest", "--raw", many.root, "--processed", tmp_path / "out", *options, "--json")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["counts"]["ingested"] == 60
    assert digests(tmp_path / "out") == digests(tmp_path / "undisturbed")


def test_two_runs_at_once_do_the_work_once(prefect: dict[str, str], many: RawFolder, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ("ingest", "--raw", many.root, "--processed", out, "--wait", "120")
    first = subprocess.Popen(command(*arguments), env=prefect, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    second = subprocess.Popen(command(*arguments), env=prefect, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert [first.wait(180), second.wait(180)] == [0, 0]
    assert sorted(run["outcome"] for run in read_runs(out / "runs", 5)) == ["committed", "nothing to do"]


def test_backfill_of_a_month(prefect: dict[str, str], many: RawFolder, tmp_path: Path) -> None:
    arguments = ("--processed", tmp_path / "out", "--json")
    assert run_command(prefect, "ingest", "--raw", many.root, *arguments).returncode == 0
    before = digests(tmp_path / "out")
    result = run_command(prefect, "backfill", "--start", "2025-02-01", "--end", "2025-02-28", *arguments)
    assert result.returncode == 0, result.stderr
    assert "Flow run 'backfill 2025-02-01 to 2025-02-28'" in result.stderr
    assert "transform batch 1: 20 files from herald/2025/02/" in result.stderr
    record = json.loads(result.stdout)
    assert (record["flow"], record["outcome"], record["counts"]["read"]) == ("backfill", "committed", 20)
    assert digests(tmp_path / "out") == before


def test_scheduled_run_of_a_held_dataset_ends_well(
    prefect: dict[str, str], raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]
) -> None:
    out = tmp_path / "out"
    for number in (1, 2):
        raw.write(f"{number}.txt", story(number))
        run_locally(raw.root, out)
    roll_back(out)
    script = (
        "from pathlib import Path\n"
        "from flows.ingest import ingest\n"
        f"state = ingest(processed=Path({str(out)!r}), return_state=True)\n"
        "print(state.type.value, state.name, state.message)\n"
    )
    environment = {**prefect, "PYTHONPATH": str(ROOT)}
    result = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert result.stdout.startswith("COMPLETED Held ")
    assert "--resume" in result.stdout
    assert [run["outcome"] for run in read_runs(out / "runs", 1)] == ["held"]


def test_script_without_a_main_guard(prefect: dict[str, str], many: RawFolder, tmp_path: Path) -> None:
    script = tmp_path / "nightly.py"
    script.write_text(
        "from pathlib import Path\n"
        "from flows.ingest import ingest\n"
        f"print(ingest(raw=Path({str(many.root)!r}), processed=Path({str(tmp_path / 'out')!r}))['outcome'])\n",
        encoding="utf-8",
    )
    result = subprocess.run(
        [sys.executable, script], env={**prefect, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=120
    )  # fmt: skip
    assert result.stdout.splitlines()[-1] == "committed", result.stderr


def test_api_that_nobody_serves_is_told_in_a_line(many: RawFolder, tmp_path: Path) -> None:
    environment = {**os.environ, "PREFECT_API_URL": "http://127.0.0.1:9/api", "PREFECT_HOME": str(tmp_path / "prefect")}
    result = run_command(environment, "ingest", "--raw", many.root, "--processed", tmp_path / "out")
    assert result.returncode == 1
    assert "unset PREFECT_API_URL" in result.stderr
    assert "Traceback" not in result.stderr


def test_too_many_rejected_fails_the_command_and_keeps_the_rest(
    prefect: dict[str, str], raw: RawFolder, tmp_path: Path
) -> None:
    raw.write("good.txt", story(1))
    raw.write("bad.txt", b"\x89PNG\r\n\x1a\n\x00\x00")
    arguments = ("ingest", "--raw", raw.root, "--processed", tmp_path / "out", "--fail-above-rejected", "0.4")
    result = run_command(prefect, *arguments)
    assert result.returncode == 1
    assert "1 of 2 files were rejected" in result.stderr
    assert "Traceback" not in result.stderr
    assert len(digests(tmp_path / "out")) == 3
