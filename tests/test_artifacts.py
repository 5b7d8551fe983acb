"""What a run leaves in Prefect's UI; the last tests ask a real server for what three flow runs left."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import RawFolder, run_here, story
from services import temporary_prefect

from drills.outages.processes import wait_until
from flows.dataset import Dataset, Version
from flows.engine.artifacts import (
    PARTITIONS_SHOWN,
    REASONS_SHOWN,
    REJECTS_SHOWN,
    artifact_key,
    describe_rejects,
    describe_run,
    describe_version,
    reject_rows,
)
from flows.engine.assets import asset_key
from flows.runs import Run

HOSTILE = "a|b `c` <img src=x> [d](e)_\x1b[31m"
SHOWN = r"``a|b `c` <img src=x> [d](e)_\x1b[31m.txt``"


@pytest.fixture(scope="module")
def processed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of a good file and a bad one with a bad name, in a folder that a shell has to be told of."""
    folder = tmp_path_factory.mktemp("made") / "it's wire"
    folder.mkdir()
    raw = RawFolder(folder / "raw")
    raw.write("2016-03-11/good.txt", story(1))
    raw.write(f"{HOSTILE}.txt", b"\x89PNG\r\n\x1a\n\x00\x00")
    run_here(raw.root, folder / "processed")
    return folder / "processed"


@pytest.fixture
def version(processed: Path) -> Version:
    current = Dataset(processed).current()
    assert current
    return current


@pytest.fixture
def committed() -> Run:
    return Run(
        "ingest",
        outcome="committed",
        version=1,
        counts={"read": 1234, "ingested": 1233, "rejected": 1, "resumed": 0, "rows of articles": 7},
        seconds={"plan": 0.04, "transform": 2.0},
        partitions=["year=2016/month=3"],
        rejected=[[f"{HOSTILE}.txt", "not text but a PNG image"]],
    )


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        pytest.param("/srv/wire/processed", r"newsframes-ingest-wire-processed-\w{6}", id="last-folders"),
        pytest.param("/Zürich März/Data_2", r"newsframes-ingest-zurich-marz-data-2-\w{6}", id="other-characters"),
        pytest.param("/", r"newsframes-ingest-\w{6}", id="root"),
        pytest.param("/srv/新聞", r"newsframes-ingest-srv-\w{6}", id="no-latin-letter"),
        pytest.param(f"/srv/{'x' * 200}", r"newsframes-ingest-x{40}-\w{6}", id="long"),
    ],
)
def test_key(folder: str, expected: str) -> None:
    key = artifact_key("ingest", Path(folder))
    assert re.fullmatch(expected, key)
    assert re.fullmatch("[a-z0-9-]+", key)  # Prefect's rule


def test_key_is_that_of_the_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "other"):
        (tmp_path / name / "data" / "processed").mkdir(parents=True)
    (tmp_path / "link").symlink_to("one/data/processed")
    monkeypatch.chdir(tmp_path / "one")
    key = artifact_key("ingest", tmp_path / "one" / "data" / "processed")
    assert artifact_key("ingest", Path("data/processed")) == key
    assert artifact_key("ingest", tmp_path / "link") == key
    assert artifact_key("backfill", tmp_path / "link") != key
    assert artifact_key("ingest", tmp_path / "other" / "data" / "processed") != key


def test_summary(committed: Run, version: Version, processed: Path) -> None:
    text = describe_run(committed, version, processed)
    assert text.startswith("## ingest: committed, version 1\n")
    assert "| read | 1,234 |" in text
    assert "resumed" not in text
    assert "- 1 file: not text but a PNG image" in text
    assert "| articles | 1 |" in text
    assert "Partitions written: year=2016/month=3\n" in text
    assert "Time: 2.0 s (plan 0.0, transform 2.0)." in text
    (command,) = (line for line in text.splitlines() if line.startswith("    newsframes status"))
    assert shlex.split(command) == ["newsframes", "status", "--processed", str(processed)]


def test_summary_of_a_run_with_nothing_to_do(version: Version, processed: Path, tmp_path: Path) -> None:
    idle = Run("ingest", outcome="nothing to do", seconds={"plan": 0.1})
    text = describe_run(idle, version, processed)
    assert text.startswith("## ingest: nothing to do, version 1\n")
    assert "| articles | 1 |" in text
    assert "Partitions" not in text
    assert describe_version(None) == "No version yet"
    assert "no version yet" in describe_run(idle, None, tmp_path)


def test_long_lists_are_cut(committed: Run, version: Version, processed: Path) -> None:
    committed.partitions = [f"year={year}" for year in range(PARTITIONS_SHOWN + 2)]
    committed.rejected = [[f"{i}.txt", f"reason {i}"] for i in range(REJECTS_SHOWN + 1)]
    committed.counts["rejected"] = 12_345
    text = describe_run(committed, version, processed)
    assert f"year={PARTITIONS_SHOWN - 1}, … and 2 more\n" in text
    assert f"- … and {REJECTS_SHOWN + 1 - REASONS_SHOWN} more reasons" in text
    assert len(reject_rows(committed)) == REJECTS_SHOWN
    assert describe_rejects(committed, processed).startswith(
        f"The first {REJECTS_SHOWN} of 12,345 files rejected by run"
    )


def test_rejects(committed: Run, processed: Path) -> None:
    assert reject_rows(committed) == [{"raw_path": SHOWN, "reason": "not text but a PNG image"}]
    assert describe_rejects(committed, processed).startswith("1 file rejected by run")
    none = Run("ingest", outcome="committed", version=2)
    assert describe_rejects(none, processed).startswith("0 files rejected by run")


SCRIPT = """
import sys
from pathlib import Path

from prefect import flow

from flows.engine.artifacts import leave_artifacts
from flows.dataset import Dataset
from flows.engine.hooks import tell_what_to_do
from flows.engine.run_names import name_ingest
from flows.runs import Run

HOOKS = {"on_failure": [tell_what_to_do], "on_crashed": [tell_what_to_do]}
processed = Path(sys.argv[1])

@flow(name="committing", flow_run_name=name_ingest, **HOOKS)
def committing():
    run = Run("ingest", outcome="committed", version=1, partitions=["year=2016/month=3"])
    run.rejected.append([sys.argv[2], "not text"])
    leave_artifacts(run, Dataset(processed).current(), processed)
    leave_artifacts(Run("ingest", outcome="nothing to do"), Dataset(processed).current(), processed)

@flow(name="failing", persist_result=False, **HOOKS)
def failing(processed: Path):
    leave_artifacts(Run("NOT A KEY", outcome="committed"), None, processed)
    raise OSError(28, "No space left on device")

@flow(name="interrupted", persist_result=False, **HOOKS)
def interrupted(processed: Path):
    raise KeyboardInterrupt

committing()
for ending in (failing, interrupted):
    try:
        ending(processed)
    except BaseException as error:
        print(type(error).__name__)
"""


class Api:
    """What a Prefect server knows."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def find(self, path: str, **body: Any) -> Any:
        response = self._client.post(path, json=body)
        response.raise_for_status()
        return response.json()

    def log(self, flow: str) -> list[str]:
        """Return what the run of a flow logged."""
        (run,) = self.find("/flow_runs/filter", flows={"name": {"any_": [flow]}})
        logs = self.find("/logs/filter", logs={"flow_run_id": {"any_": [run["id"]]}}, sort="TIMESTAMP_ASC")
        return [record["message"] for record in logs]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, processed: Path) -> Iterator[Api]:
    """A server that three flow runs have used: one that committed, one that failed, one that was interrupted."""
    with temporary_prefect(tmp_path_factory.mktemp("prefect")) as address:
        result = subprocess.run(
            [sys.executable, "-c", SCRIPT, processed, f"{HOSTILE}.txt"],
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert result.stdout.split() == ["OSError", "KeyboardInterrupt"], result.stderr
        with httpx.Client(base_url=address, trust_env=False) as client:
            yield Api(client)


def test_latest_summary_and_rejects(api: Api, processed: Path) -> None:
    (summary,) = api.find(
        "/artifacts/latest/filter", artifacts={"key": {"any_": [artifact_key("ingest", processed)]}}
    )  # fmt: skip
    assert summary["data"].startswith("## ingest: nothing to do, version 1")
    key = artifact_key("ingest-rejects", processed)
    assert summary["description"].startswith("Version 1: 1 articles, ")
    (rejects,) = api.find("/artifacts/latest/filter", artifacts={"key": {"any_": [key]}})
    assert SHOWN.replace("\\", "\\\\") in rejects["data"]
    assert "1 file rejected by run" in rejects["description"]


def test_run_is_named_by_its_time(api: Api) -> None:
    (run,) = api.find("/flow_runs/filter", flows={"name": {"any_": ["committing"]}})
    assert re.fullmatch(r"ingest \d{4}-\d\d-\d\d( \d\d:\d\d \S+)?", run["name"])


def test_events_of_the_tables(api: Api, processed: Path) -> None:
    asked = {"event": {"name": ["prefect.asset.materialization.succeeded"]}}

    def find() -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = api.find("/events/filter", filter=asked)["events"]
        return sorted(events, key=lambda event: event["resource"]["prefect.resource.name"])

    wait_until(lambda: len(find()) >= 3, 120, 0.5, find)  # asked gently: it is SQLite
    articles, *_ = events = find()
    assert [e["resource"]["prefect.resource.id"] for e in events] == [
        f"{asset_key(processed)}/{table}" for table in ("articles", "paragraphs", "quotes")
    ]
    assert articles["resource"]["prefect.resource.name"] == "articles"
    assert articles["payload"]["rows"] == 1
    assert asset_key(processed.parent / "raw") in {r["prefect.resource.id"] for r in articles["related"]}
    assert "flow-run" in {r["prefect.resource.role"] for r in articles["related"]}


def test_log_says_what_to_do(api: Api) -> None:
    (failed,) = (m for m in api.log("failing") if m.startswith("What to do"))
    assert "make room on the disk" in failed
    assert "at version 1" in failed
    (interrupted,) = (m for m in api.log("interrupted") if m.startswith("What to do"))
    assert "run it again" in interrupted


def test_artifacts_that_cannot_be_left_fail_no_run(api: Api) -> None:
    assert any(m.startswith("Not all is shown in the UI: ") for m in api.log("failing"))
