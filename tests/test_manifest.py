"""What a version says of itself."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from flows.dataset import FileEntry, Manifest, Settings
from flows.dataset.durable import write_json
from flows.dataset.manifest import read_manifest

SETTINGS = Settings("/raw", None, "month", (".txt",), ("{date}/{slug}",))
MANIFEST = Manifest(
    version=2,
    parent=1,
    schema_version=1,
    rules_version=3,
    settings=SETTINGS,
    files={
        "quotes/year=2016/month=3/part-0.parquet": FileEntry(2, 10, "aa", "2016-03-01", "2016-03-02"),
        "quotes/year=0/month=0/part-0.parquet": FileEntry(1, 10, "bb"),
        "files/part-0.parquet": FileEntry(7, 10, "cc"),
    },
)


@pytest.mark.parametrize(
    "manifest",
    [
        pytest.param(MANIFEST, id="second"),
        pytest.param(dataclasses.replace(MANIFEST, parent=None, files={}), id="first-and-empty"),
        pytest.param(
            dataclasses.replace(MANIFEST, settings=dataclasses.replace(SETTINGS, raw="/räw", metadata="/side.csv")),
            id="side-file",
        ),
    ],
)
def test_round_trip(tmp_path: Path, manifest: Manifest) -> None:
    write_json(tmp_path / "manifest.json", manifest.to_json())
    assert read_manifest(tmp_path / "manifest.json") == manifest


def test_rows_are_those_of_the_table_alone() -> None:
    assert [MANIFEST.rows(table) for table in ("quotes", "files", "articles", "quote")] == [3, 7, 0, 0]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param([], id="list"),
        pytest.param({}, id="nothing"),
        pytest.param({**MANIFEST.to_json(), "mood": "grim"}, id="unknown-field"),
        pytest.param({k: v for k, v in MANIFEST.to_json().items() if k != "parent"}, id="missing-field"),
        pytest.param({**MANIFEST.to_json(), "files": {"a": {"rows": 1}}}, id="entry-without-hash"),
    ],
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, value: Any) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(value))
    with pytest.raises(ValueError, match=r"manifest\.json is not a manifest of newsframes"):
        read_manifest(tmp_path / "manifest.json")


def test_half_a_manifest_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST.to_json())[:-20])
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        read_manifest(tmp_path / "manifest.json")
