"""Readers while a writer commits; `python -m drills readers` lets them read for longer."""

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from drills.readers.command import read_while_writing
from drills.readers.reading import READERS
from drills.readers.verdict import GONE, WHOLE, committed, judge, wrong

NAMES = [name for names in READERS.values() for name in names]


def test_whoever_holds_a_version_gets_just_that(tmp_path: Path) -> None:
    """Until each kind of commit was made once and every reader was whole once, or on a busy machine for minutes."""
    deadline = time.monotonic() + 240

    def notes(pattern: str) -> list[dict[str, Any]]:
        lines = (line for path in tmp_path.glob(pattern) for line in path.read_text("utf-8").splitlines(keepends=True))
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def is_enough() -> bool:
        whole = {note["reader"] for note in notes("reads-*") if "error" not in note}
        return (whole.issuperset(NAMES) and len(notes("committed")) > 10) or time.monotonic() > deadline

    commits, found = read_while_writing(tmp_path, 60, is_enough)
    assert wrong(commits, found) == []
    assert [reader for reader in NAMES if not found[reader][WHOLE]] == []
    assert commits.counts.total() > 1


def step(name: str, version: int, begin: float, rows: str = "") -> dict[str, Any]:
    keys = {table: f"{table} of {rows or version}" for table in ("quotes", "articles")}
    return {"step": name, "version": version, "begin": begin, "end": begin + 1, "keys": keys}


COMMITS = [
    step("first ingest", 1, 0),
    step("ingest", 2, 10),
    step("forgetting", 3, 20),
    step("rollback", 2, 30),
    step("backfill", 2, 40),
]


def read(reader: str, begin: float, version: int | None = None, **got: Any) -> dict[str, Any]:
    held = {} if version is None else {"version": version}
    return {"reader": reader, "begin": begin, "end": begin + 5, **held, **got}


def of(quotes: int, articles: int) -> dict[str, str]:
    return {"quotes": f"quotes of {quotes}", "articles": f"articles of {articles}"}


@pytest.mark.parametrize(
    ("note", "verdict"),
    [
        pytest.param(read("loader, frames", 8, 1, keys=of(1, 1)), WHOLE, id="its-version"),
        pytest.param(
            read("loader, frames", 12, 1, keys=of(2, 2)), "other rows than those of its version", id="the-next-version"
        ),
        pytest.param(
            read("pandas, version's folder", 12, 1, keys=of(2, 1)),
            "other rows than those of its version",
            id="two-versions-but-one-was-held",
        ),
        pytest.param(
            read("loader, arrow", 12, 9, keys=of(2, 2)), "other rows than those of its version", id="no-such-version"
        ),
        pytest.param(
            read("loader, arrow", 12, 2, keys=of(2, 2), dangling="article without file"),
            "article without file",
            id="joins-that-dangle",
        ),
        pytest.param(read("loader, frames", 17, 2, error="VersionGone"), GONE, id="forgotten-meanwhile"),
        pytest.param(read("loader, frames", 8, 1, error="VersionGone"), "VersionGone", id="swept-too-early"),
        pytest.param(read("loader, frames", 17, 2, error="FileNotFoundError: "), "FileNotFoundError: ", id="not-told"),
        pytest.param(read("loader, arrow", 17, 2, error="FileNotFoundError: "), GONE, id="told-by-the-library"),
        pytest.param(read("loader, DuckDB", 17, 2, error="IOException: "), GONE, id="told-by-duckdb"),
        pytest.param(read("loader, frames", 17, error="VersionGone"), "VersionGone", id="none-was-held"),
        pytest.param(read("pandas, version's folder", 17, 2, error="OSError: "), GONE, id="folder-forgotten"),
        pytest.param(read("pandas, version's folder", 8, 1, error="OSError: "), "OSError: ", id="folder-not-forgotten"),
        pytest.param(read("pandas, links", 8, keys=of(1, 2)), "tables of two versions", id="links-between-two"),
        pytest.param(read("pandas, links", 8, keys=of(2, 9)), "torn (rows that no version has)", id="links-torn"),
    ],
)
def test_reads_are_judged(note: dict[str, Any], verdict: str) -> None:
    commits = committed(COMMITS)
    found = judge(commits, [note])
    assert found[note["reader"]] == Counter([verdict])
    told = [line for line in wrong(commits, found) if not line.endswith("never whole")]
    assert bool(told) == (verdict not in (WHOLE, GONE) and not note["reader"].endswith("links"))


def test_drill_without_commits_or_without_whole_reads_fails() -> None:
    whole = {name: Counter([WHOLE]) for name in NAMES}
    assert wrong(committed(COMMITS), whole) == []
    assert wrong(committed(COMMITS[:1]), whole) == ["nothing was committed"]
    assert wrong(committed([COMMITS[0], step("ingest", 1, 10)]), whole) == ["nothing was committed"]
    gone = {**whole, "loader, arrow": Counter([GONE] * 9)}
    assert wrong(committed(COMMITS), gone) == ["loader, arrow: never whole"]


def test_version_that_changes_is_told() -> None:
    commits = committed([*COMMITS, step("rollback to the highest", 3, 50, rows="4")])
    assert wrong(commits, {name: Counter([WHOLE]) for name in NAMES}) == ["version 3 was written again"]
