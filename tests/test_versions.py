"""Versions are complete, never change, and are swapped in one step."""

import dataclasses
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from flows.dataset import Dataset, DatasetDamaged, FileEntry, Settings, Version
from flows.dataset.parquet import write_parquet
from flows.dataset.sweeping import MINIMUM_AGE_HOURS
from transforms.schemas import ARTICLES, SCHEMA_VERSION

SETTINGS = Settings("/raw", None, "month", (".txt",), ())
MARCH, APRIL = (f"articles/year=2016/month={month}/part-0.parquet" for month in (3, 4))
OLD = MINIMUM_AGE_HOURS * 3600 + 60


def articles(*article_ids: str) -> pd.DataFrame:
    counts = dict.fromkeys(("paragraph_count", "word_count", "quote_count", "rules_version"), 1)
    texts = dict.fromkeys(("text", "raw_path", "raw_sha256", "raw_encoding"), "x")
    return pd.DataFrame({"article_id": list(article_ids)}).assign(**counts, **texts)


def write(building: Path, **files: str) -> dict[str, FileEntry]:
    paths = {"march": MARCH, "april": APRIL}
    return {
        paths[name]: write_parquet(ARTICLES.conform(articles(*ids.split())), building / paths[name])
        for name, ids in files.items()
    }


def commit(dataset: Dataset, removed: frozenset[str] = frozenset(), **files: str) -> Version:
    """Commit a version whose files of the named months hold the given articles."""
    building = dataset.begin("run")
    return dataset.commit(building, write(building, **files), set(removed), SETTINGS)


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return Dataset(tmp_path / "processed")


def test_no_version_yet(dataset: Dataset) -> None:
    assert dataset.current() is None
    assert dataset.all_versions() == []
    dataset.discard_uncommitted()
    dataset.sweep(3)
    assert not dataset.has_leftovers()


def test_commit_links_what_did_not_change(dataset: Dataset) -> None:
    first = commit(dataset, march="a b", april="c")
    second = commit(dataset, april="c d")
    assert (second.folder / MARCH).samefile(first.folder / MARCH)
    assert not (second.folder / APRIL).samefile(first.folder / APRIL)
    assert (second.manifest.version, second.manifest.parent) == (2, 1)
    assert second.manifest.files[MARCH] == first.manifest.files[MARCH]
    assert [entry.rows for entry in second.manifest.files.values()] == [2, 2]
    assert dataset.current() == second


def test_commit_leaves_out_what_was_removed(dataset: Dataset) -> None:
    first = commit(dataset, march="a", april="b")
    second = commit(dataset, removed=frozenset({APRIL}))
    assert set(second.manifest.files) == {MARCH}
    assert not (second.folder / APRIL).exists()
    assert (first.folder / APRIL).exists()


def test_manifest_holds_no_clock(tmp_path: Path) -> None:
    one, other = (commit(Dataset(tmp_path / name), march="a b") for name in ("one", "other"))
    assert (one.folder / "manifest.json").read_bytes() == (other.folder / "manifest.json").read_bytes()


def test_readers_see_one_folder_a_table(dataset: Dataset) -> None:
    commit(dataset, march="a")
    links = {p.name: str(p.readlink()) for p in dataset.root.iterdir() if p.is_symlink()}
    names = ("articles", "paragraphs", "quotes", "files", "README.md", "data_dictionary.md", "datapackage.json")
    assert links == {"current": "versions/000001", **{name: f"current/{name}" for name in names}}
    assert [list((dataset.root / name).iterdir()) for name in ("paragraphs", "quotes")] == [[], []]
    inodes = {name: (dataset.root / name).lstat().st_ino for name in names}
    commit(dataset, march="a b")
    assert {name: (dataset.root / name).lstat().st_ino for name in names} == inodes


def test_current_is_never_missing_and_never_half_done(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the dataset, as a reader may, before and after every renaming of a commit."""
    commit(dataset, march="a")
    seen = []

    def look(rename: Callable[..., Path]) -> Callable[..., Path]:
        def renamed(*arguments: object) -> Path:
            seen.append(articles_of_reader())
            result = rename(*arguments)
            seen.append(articles_of_reader())
            return result

        return renamed

    def articles_of_reader() -> list[str]:
        return pd.read_parquet(dataset.root / "articles", columns=["article_id"])["article_id"].to_list()

    monkeypatch.setattr(Path, "rename", look(Path.rename))
    monkeypatch.setattr(Path, "replace", look(Path.replace))
    commit(dataset, march="b", april="c")
    assert len(seen) >= 4
    assert seen == [["a"]] * (len(seen) - 1) + [["b", "c"]]


@pytest.mark.parametrize("step", ["Dataset._make_links", "write_json", "fsync_tree", "swap_link"])
def test_killed_commit_leaves_the_version_before(dataset: Dataset, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    first = commit(dataset, march="a")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(f"flows.dataset.versions.{step}", die)
        with pytest.raises(KeyboardInterrupt):
            commit(dataset, march="b")
    assert dataset.current() == first
    assert dataset.has_leftovers()
    dataset.discard_uncommitted()
    assert not dataset.has_leftovers()
    assert [v.number for v in dataset.all_versions()] == [1]
    assert commit(dataset, march="c").number == 2


def test_link_that_was_to_be_renamed_goes(dataset: Dataset) -> None:
    commit(dataset, march="a")
    (dataset.root / ".current.4711").symlink_to("versions/000002")
    (dataset.root / ".gitkeep").touch()
    dataset.discard_uncommitted()
    assert not (dataset.root / ".current.4711").is_symlink()
    assert (dataset.root / ".gitkeep").exists()


@pytest.mark.parametrize(
    ("keep", "ages", "left"),
    [
        pytest.param(3, {}, [1, 2, 3, 4], id="all-young"),
        pytest.param(2, {1: OLD, 2: OLD, 3: OLD, 4: OLD}, [3, 4], id="old"),
        pytest.param(2, {1: OLD - 120, 2: OLD - 120}, [1, 2, 3, 4], id="left-less-than-an-hour-ago"),
        pytest.param(2, {1: OLD}, [2, 3, 4], id="old-but-left-lately"),
        pytest.param(9, {1: OLD, 2: OLD, 3: OLD, 4: OLD}, [1, 2, 3, 4], id="old-but-kept-by-number"),
        pytest.param(0, {1: OLD, 2: OLD, 3: OLD, 4: OLD}, [3, 4], id="current-and-what-it-came-from-stay"),
    ],
)
def test_expired_versions_go(dataset: Dataset, keep: int, ages: dict[int, float], left: list[int]) -> None:
    for ids in ("a", "a b", "a b c", "a b c d"):
        commit(dataset, march=ids)
    for version in dataset.all_versions():
        left_at = time.time() - ages.get(version.number, 0)
        os.utime(version.folder, (left_at, left_at))
    dataset.sweep(keep)
    assert [v.number for v in dataset.all_versions()] == left
    assert sorted(p.name for p in dataset.versions.iterdir()) == [f"{number:06d}" for number in left]


def test_articles_are_found(dataset: Dataset) -> None:
    version = commit(dataset, march="a b", april="c")
    assert version.find_articles({"a", "c", "unknown"}) == {"a": (2016, 3), "c": (2016, 4)}
    assert version.find_articles(set()) == {}
    assert list(version.partition_files("articles")) == [
        ("year=2016/month=3", version.folder / MARCH),
        ("year=2016/month=4", version.folder / APRIL),
    ]


def change_manifest(version: Version, **values: object) -> None:
    path = version.folder / "manifest.json"
    manifest = {**json.loads(path.read_text()), **values}
    del manifest["digest"]
    path.write_text(json.dumps(manifest))


@pytest.mark.parametrize("newer", [0, 1])
def test_schema_of_a_newer_newsframes_is_refused(dataset: Dataset, newer: int) -> None:
    version = commit(dataset, march="a")
    change_manifest(version, schema_version=SCHEMA_VERSION + newer)
    again = dataclasses.replace(version)
    if newer:
        with pytest.raises(DatasetDamaged, match=rf"000001 has schema {SCHEMA_VERSION + 1}.*upgrade newsframes"):
            _ = again.manifest
    else:
        assert again.manifest.schema_version == SCHEMA_VERSION


@pytest.mark.parametrize("damage", ["missing", "half", "foreign"])
def test_unreadable_manifest_is_refused(dataset: Dataset, damage: str) -> None:
    version = commit(dataset, march="a")
    path = version.folder / "manifest.json"
    content = path.read_text()
    path.unlink()
    if damage != "missing":
        path.write_text(content[:50] if damage == "half" else "{}")
    with pytest.raises(DatasetDamaged, match="version 1 has no readable manifest"):
        _ = dataclasses.replace(version).manifest


def test_current_that_points_to_nothing_is_named(dataset: Dataset) -> None:
    commit(dataset, march="a").folder.rename(dataset.root / "elsewhere")
    with pytest.raises(DatasetDamaged, match="current points to versions/000001, which is no version"):
        dataset.current()


def test_dataset_that_lost_its_link_is_refused_and_keeps_its_versions(dataset: Dataset) -> None:
    for name in "ab":
        commit(dataset, march=name)
    (dataset.root / "current").unlink()
    with pytest.raises(DatasetDamaged, match="newsframes repair"):
        dataset.current()
    with pytest.raises(DatasetDamaged):
        dataset.discard_uncommitted()
    assert [v.number for v in dataset.all_versions()] == [1, 2]


def test_dataset_copied_without_its_links_is_refused(dataset: Dataset, tmp_path: Path) -> None:
    commit(dataset, march="a")
    shutil.copytree(dataset.root, tmp_path / "copy")
    with pytest.raises(DatasetDamaged, match="cp -a"):
        Dataset(tmp_path / "copy").current()


def test_hidden_files_of_others_are_left_alone(dataset: Dataset) -> None:
    commit(dataset, march="a")
    (dataset.root / ".backup.2024").mkdir()
    (dataset.root / ".current.123").symlink_to("versions/000001")
    dataset.discard_uncommitted()
    assert sorted(p.name for p in dataset.root.glob(".*")) == [".backup.2024"]


def test_a_first_commit_that_comes_while_one_looks_is_no_damage(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No link yet, and then a version and a run that committed."""

    def look_up(self: Dataset) -> Version | None:
        if not self.versions.exists():
            commit(self, march="a")
            raise DatasetDamaged
        return original(self)

    original = Dataset._look_up
    monkeypatch.setattr(Dataset, "_look_up", look_up)
    found = Dataset(dataset.root).current()
    assert found
    assert found.number == 1


def test_a_clock_that_jumped_back_deletes_no_version_early(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was committed today is not replaced two days ago, whatever the clock said when it was."""
    now = time.time()
    for ids in ("a", "a b", "a b c", "a b c d"):
        monkeypatch.setattr(time, "time", lambda: now - 2 * 86_400)
        commit(dataset, march=ids)
    monkeypatch.setattr(time, "time", lambda: now)
    dataset.sweep(1)
    assert [v.number for v in dataset.all_versions()] == [1, 2, 3, 4]
