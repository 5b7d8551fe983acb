"""Raw files and datasets in an object store: a real S3 endpoint, the same rows and bytes as on a disk."""

from __future__ import annotations

import datetime
import gzip
import io
import logging
import pickle
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest
from buckets import SECRET, new_bucket, s3_server
from conftest import SAMPLES, current, digests, story
from typer.testing import CliRunner

import newsframes
from drills.datasets import bring
from flows.building.fragments import find_fragments
from flows.building.publish import bring_up_to_date
from flows.cli import app
from flows.dataset import DatasetDamaged, DatasetHeld, ObjectDataset, Version
from flows.dataset.forgotten import add_forgotten, read_forgotten
from flows.dataset.manifest import FileEntry
from flows.dataset.object_dataset import KEPT_DAYS
from flows.exports import Request, export
from flows.figures.history import read_run
from flows.figures.overview import read_overview
from flows.forget import forget
from flows.planning.options import Options, OptionsError
from flows.raw.opening import sha256_of
from flows.reading.tables import reach
from flows.reports.check import BESIDE_ROWS, check_dataset, check_version
from flows.reports.diff import diff_versions
from flows.reports.status import describe_versions
from flows.rollback import resume, roll_back
from flows.runs import Run, read_runs
from flows.storage import ObjectPath, place_of
from transforms.invariants import INVARIANTS


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[str]:
    with s3_server() as url:
        yield url


@pytest.fixture
def bucket() -> ObjectPath:
    return new_bucket()


@pytest.fixture
def processed(bucket: ObjectPath) -> ObjectPath:
    return bucket / "processed"


@pytest.fixture
def raw_objects(bucket: ObjectPath) -> ObjectPath:
    root = bucket / "raw"
    for number in range(1, 4):
        (root / f"herald/2025/0{number}/05/story-{number}.txt").write_bytes(story(number).encode())
    return root


def now(processed: ObjectPath) -> Version:
    version = ObjectDataset(processed).current()
    assert version is not None
    return version


def hashes(version: Version, tables: tuple[str, ...] = ("articles", "paragraphs", "quotes")) -> dict[str, str]:
    """Return the hash of every file of some tables: of the objects themselves."""
    paths = [path for table in tables for path in version.manifest.paths(table)]
    return {path: sha256_of(version.place(path)) for path in paths}


def upload(folder: Path, root: ObjectPath) -> None:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink():
            (root / file.relative_to(folder).as_posix()).write_bytes(file.read_bytes())


def keys(place: ObjectPath) -> list[str]:
    return sorted(path.relative_to(place).as_posix() for path, _ in place.list_below())


def test_the_same_bytes_as_on_a_disk(samples: Path, bucket: ObjectPath, processed: ObjectPath) -> None:
    upload(SAMPLES, bucket / "raw")
    assert bring(bucket / "raw", processed).outcome == "committed"
    assert hashes(now(processed)) == digests(samples)
    assert {p: e.sha256 for p, e in now(processed).manifest.files.items() if not p.startswith("files/")} == {
        p: e.sha256 for p, e in current(samples).manifest.files.items() if not p.startswith("files/")
    }


def test_the_ledger_tells_the_same_of_objects_as_of_files(
    samples: Path, bucket: ObjectPath, processed: ObjectPath
) -> None:
    upload(SAMPLES, bucket / "raw")
    bring(bucket / "raw", processed)
    columns = ["raw_path", "size", "raw_sha256", "status", "article_id"]
    found, expected = newsframes.open(str(processed)).files(columns), newsframes.open(samples).files(columns)
    pd.testing.assert_frame_equal(found, expected)


def test_an_export_of_objects_is_that_of_files(
    samples: Path, bucket: ObjectPath, processed: ObjectPath, tmp_path: Path
) -> None:
    upload(SAMPLES, bucket / "raw")
    bring(bucket / "raw", processed)
    for name, root in (("objects", processed), ("files", samples)):
        export(Request(root, "jsonl", output=tmp_path / name), lambda contents, is_binary: None)
    assert (tmp_path / "objects").read_bytes() == (tmp_path / "files").read_bytes()


def test_a_run_without_news_commits_nothing(raw_objects: ObjectPath, processed: ObjectPath) -> None:
    assert [bring(raw_objects, processed).outcome for _ in range(2)] == ["committed", "nothing to do"]
    assert keys(processed / "versions") == ["000001.json"]
    assert [run["outcome"] for run in read_runs(processed / "runs", 9)] == ["nothing to do", "committed"]
    assert keys(processed / "staging") == []


def test_a_commit_shares_what_it_leaves_as_it_was(raw_objects: ObjectPath, processed: ObjectPath) -> None:
    bring(raw_objects, processed)
    before = hashes(now(processed))
    (raw_objects / "herald/2025/03/06/late.txt").write_bytes(story(9).encode())
    bring(raw_objects, processed)
    after = hashes(now(processed))
    changed = {path for path in after if after[path] != before.get(path)}
    assert {path.split("/")[2] for path in changed} == {"month=3"}
    assert now(processed).manifest.parent == 1
    assert hashes(ObjectDataset(processed).version(1)) == before  # nothing was overwritten


@pytest.mark.parametrize("name", ["dump.zip", "dump.jsonl.gz", "one.txt.gz"])
def test_archives_are_read_from_objects(name: str, tmp_path: Path, bucket: ObjectPath) -> None:
    content = io.BytesIO()
    if name.endswith(".zip"):
        with zipfile.ZipFile(content, "w") as archive:
            for number in range(5):
                archive.writestr(f"in/{number}.txt", story(number))
    elif name.startswith("dump"):
        lines = (f'{{"id": "{n}", "text": {pd.Series([story(n)]).to_json(orient="values")[1:-1]}}}' for n in range(5))
        content.write(gzip.compress("\n".join(lines).encode(), mtime=0))
    else:
        content.write(gzip.compress(story(1).encode(), mtime=0))
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / name).write_bytes(content.getvalue())
    (bucket / "raw" / name).write_bytes(content.getvalue())
    bring(tmp_path / "raw", tmp_path / "processed")
    bring(bucket / "raw", bucket / "processed", batch_size=2)
    assert hashes(now(bucket / "processed")) == digests(tmp_path / "processed")
    assert now(bucket / "processed").manifest.rows("articles") == (1 if name.startswith("one") else 5)


def test_side_files_and_corrections_may_be_objects(raw_objects: ObjectPath, processed: ObjectPath) -> None:
    side = raw_objects.parent / "meta.csv"
    side.write_bytes(b"path,title\nherald/2025/01/05/story-1.txt,A pier opens\n")
    bring(raw_objects, processed, metadata=side)
    assert "A pier opens" in set(newsframes.open(str(processed)).articles()["title"].dropna())
    quote = newsframes.open(str(processed)).quotes().iloc[0]
    line = f"{quote.article_id},{quote.start},{quote.end},Ada Holm,mk"
    (raw_objects.parent / "corrections.csv").write_bytes(f"article_id,start,end,speaker,decided_by\n{line}\n".encode())
    bring(raw_objects, processed)
    assert "Ada Holm" in set(newsframes.open(str(processed)).quotes()["speaker"].dropna())


class Between:
    """Runs batches and merges here, and something else just before the merges: what another writer does then."""

    def __init__(self, raw: ObjectPath, processed: ObjectPath, *others: Any) -> None:
        self.options = Options(raw=raw, processed=processed)
        self.others = list(others)
        self.said: list[str] = []

    def bring(self) -> Run:
        run = Run("ingest")
        bring_up_to_date(self.options, run, lambda: _Here(self), say=self.said.append)
        return run


class _Here:
    def __init__(self, between: Between) -> None:
        self._between = between

    def __enter__(self) -> Any:
        def each(stage: str, function: Any, items: Any) -> Any:
            if stage == "merge" and self._between.others:
                self._between.others.pop(0)()
            return map(function, items)

        return each

    def __exit__(self, *_: object) -> None:
        pass


def test_of_two_writers_the_second_plans_anew(raw_objects: ObjectPath, processed: ObjectPath) -> None:
    def other() -> None:
        (raw_objects / "herald/2025/01/06/other.txt").write_bytes(story(7).encode())
        assert bring(raw_objects, processed).version == 1

    writer = Between(raw_objects, processed, other)
    assert writer.bring().version is None  # the other one did all of it
    assert any("planning anew" in line for line in writer.said)
    assert now(processed).manifest.rows("articles") == 4
    assert list(check_version(now(processed))) == []


def test_what_a_writer_had_staged_is_taken_up(raw_objects: ObjectPath, processed: ObjectPath) -> None:
    def other() -> None:
        only = raw_objects / "herald/2025/01"
        bring(only, processed)  # of another raw root: all else is new to it

    run = Between(raw_objects, processed, other).bring()
    assert run.outcome == "committed"
    assert run.version == 2
    assert run.counts["resumed"] == 3
    assert now(processed).manifest.rows("articles") == 3


def test_many_writers_lose_nothing(raw_objects: ObjectPath, processed: ObjectPath) -> None:
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            (raw_objects / f"herald/2025/02/{number:02d}/more.txt").write_bytes(story(number).encode())
            bring(raw_objects, processed)
        except BaseException as error:
            failures.append(error)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(10, 16)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failures == []
    assert now(processed).manifest.rows("articles") == 9
    versions = ObjectDataset(processed).all_versions()
    assert [v.manifest.parent for v in versions] == [None, *(v.number for v in versions[:-1])]
    assert list(check_dataset(processed, now(processed), raw_objects)) == []


def test_what_a_killed_run_staged_is_taken_up(raw_objects: ObjectPath, processed: ObjectPath) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Between(raw_objects, processed, die).bring()
    assert ObjectDataset(processed).current() is None
    assert bring(raw_objects, processed).counts["resumed"] == 3


def test_a_fragment_counts_once_it_is_complete(raw_objects: ObjectPath, processed: ObjectPath) -> None:
    def die() -> None:
        for path, _ in (processed / "staging").list_below():
            if path.name == "fragment.json":
                path.unlink()  # as if the worker had died before it put this last one
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Between(raw_objects, processed, die).bring()
    run = bring(raw_objects, processed)
    assert (run.counts["resumed"], run.counts["ingested"]) == (0, 3)


def test_rollback_restores_an_older_version_and_holds_runs(raw_objects: ObjectPath, processed: ObjectPath) -> None:
    bring(raw_objects, processed)
    first = hashes(now(processed))
    (raw_objects / "herald/2025/03/06/late.txt").write_bytes(story(9).encode())
    bring(raw_objects, processed)
    second = hashes(now(processed))
    assert roll_back(processed).number == 3
    assert hashes(now(processed)) == first
    with pytest.raises(DatasetHeld):
        bring(raw_objects, processed)
    assert roll_back(processed, 2).number == 4  # the way forward lets runs go on
    assert hashes(now(processed)) == second
    assert bring(raw_objects, processed).outcome == "nothing to do"
    roll_back(processed, 1)
    assert resume(processed)
    assert bring(raw_objects, processed).outcome == "committed"


def test_a_forgotten_article_is_in_no_object_any_more(raw_objects: ObjectPath, processed: ObjectPath) -> None:
    bring(raw_objects, processed)
    article = newsframes.open(str(processed)).articles()["article_id"].iloc[0]
    (raw_objects / "herald/2025/03/06/late.txt").write_bytes(story(9).encode())
    bring(raw_objects, processed)
    found = forget(processed, [article])
    assert (found.version, found.purged) == (3, [1, 2])
    assert [name for name in keys(processed) if name.startswith("staging")] == []
    for path, _ in (processed / "data").list_below():
        rows = pq.read_table(path.open())
        if "files" not in path.key:  # the ledger tells that its file is kept out
            assert article not in rows["article_id"].to_pylist()
    assert bring(raw_objects, processed).outcome == "nothing to do"


def test_an_article_that_is_to_be_forgotten_meanwhile_is_in_no_version(
    raw_objects: ObjectPath, processed: ObjectPath
) -> None:
    bring(raw_objects, processed)
    (raw_objects / "herald/2025/03/06/late.txt").write_bytes(story(9).encode())
    first = newsframes.open(str(processed)).articles()["article_id"].tolist()

    def other() -> None:
        late = "".join(sorted(set(staged_articles(processed)) - set(first)))
        forget(processed, [late])

    Between(raw_objects, processed, other).bring()
    assert sorted(newsframes.open(str(processed)).articles()["article_id"]) == sorted(first)
    assert [path for path, _ in processed.list_below() if path.name == "fragment.json"] == []


def staged_articles(processed: ObjectPath) -> list[str]:
    return [i for fragment in find_fragments(processed / "staging") for i in fragment.carriers().values()]


def test_lists_that_are_changed_at_once_lose_nothing(bucket: ObjectPath) -> None:
    ids = [f"{number:032x}" for number in range(8)]
    writers = [threading.Thread(target=add_forgotten, args=(bucket, [i], None)) for i in ids]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(read_forgotten(bucket)) == ids


def test_file_of_views_names_the_objects_of_a_version(
    raw_objects: ObjectPath, processed: ObjectPath, tmp_path: Path
) -> None:
    bring(raw_objects, processed)
    file = tmp_path / "views.duckdb"
    told = CliRunner().invoke(app, ["views", "--processed", str(processed), "--output", str(file)])
    assert "show version 1, and that one for good" in told.stderr
    version = now(processed)
    (raw_objects / "herald/2025/03/06/late.txt").write_bytes(story(9).encode())
    bring(raw_objects, processed)
    with duckdb.connect(file, read_only=True) as connection:
        reach(connection, version)
        assert connection.sql("SELECT count(*), max(month) FROM articles").fetchall() == [(3, 3)]
        assert connection.sql("SELECT shown FROM about_newsframes").fetchall() == [("version 1",)]


def test_old_versions_go_with_the_objects_that_only_they_have(
    raw_objects: ObjectPath, processed: ObjectPath, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = ObjectDataset(processed)
    for number in range(4, 8):
        (raw_objects / f"herald/2025/03/06/{number}.txt").write_bytes(story(number).encode())
        bring(raw_objects, processed, keep_versions=2)
    assert [v.number for v in dataset.all_versions()] == [1, 2, 3, 4]  # each for an hour at least
    orphan = processed / "data/quotes/year=2025/month=3/part-0-aaaa.parquet"
    orphan.write_bytes(b"of a run that was killed, or is at work")
    before = hashes(now(processed))
    started = time.time()
    monkeypatch.setattr(time, "time", lambda: started + 7_200)
    assert dataset.has_leftovers(2)
    dataset.sweep(2)
    assert [v.number for v in dataset.all_versions()] == [3, 4]
    assert hashes(now(processed)) == before
    needed = {v.place(path) for v in dataset.all_versions() for path in v.manifest.files}
    assert {path for path, _ in (processed / "data").list_below()} == {*needed, orphan}
    monkeypatch.setattr(time, "time", lambda: started + (KEPT_DAYS + 1) * 86_400)
    (raw_objects / "herald/2025/03/06/9.txt").write_bytes(story(9).encode())
    bring(raw_objects, processed, keep_versions=2)
    assert not orphan.exists()


def test_readers_see_one_version(raw_objects: ObjectPath, processed: ObjectPath) -> None:
    bring(raw_objects, processed)
    opened = newsframes.open(str(processed))
    (raw_objects / "herald/2025/03/06/late.txt").write_bytes(story(9).encode())
    bring(raw_objects, processed)
    assert len(opened.articles()) == 3
    assert len(newsframes.open(str(processed)).articles()) == 4
    assert len(newsframes.open(str(processed), version=1).articles()) == 3
    assert set(opened.articles()["month"]) == {1, 2, 3}
    count = newsframes.open(str(processed)).duckdb().sql("SELECT count(*), max(month) FROM articles").fetchall()
    assert count == [(4, 3)]
    march = newsframes.open(str(processed)).where(start="2025-03-01", end="2025-03-31")
    assert (len(march.articles()), len(march.utterances())) == (2, 2)
    # What is below a prefix is of all versions that are kept: the docs say so.
    everything = [path for path, _ in (processed / "data/articles").list_below()]
    assert sum(pq.ParquetFile(path.open()).metadata.num_rows for path in everything) == 5


def test_a_version_that_is_deleted_is_told(raw_objects: ObjectPath, processed: ObjectPath) -> None:
    bring(raw_objects, processed)
    opened = newsframes.open(str(processed))
    forget(processed, opened.articles()["article_id"].tolist())
    with pytest.raises(newsframes.VersionGone):
        opened.articles()
    with pytest.raises(newsframes.NoSuchDataset):
        newsframes.open(str(processed.parent / "nothing"))


def test_reports_read_objects(raw_objects: ObjectPath, processed: ObjectPath) -> None:
    bring(raw_objects, processed)
    (raw_objects / "herald/2025/03/06/late.txt").write_bytes(story(9).encode())
    bring(raw_objects, processed)
    first, second = ObjectDataset(processed).all_versions()
    with diff_versions(first, second) as diff:
        assert sum(p.added for p in diff.summary.partitions if p.table == "articles") == 1
    kept = describe_versions(ObjectDataset(processed))
    assert [k.number for k in kept] == [2, 1]
    assert all(k.own_bytes > 0 for k in kept)
    overview = read_overview(processed, datetime.date(2026, 1, 1))
    assert overview.checked is not None
    assert (overview.checked.violations, overview.checked.invariants) == ((), len(INVARIANTS) + len(BESIDE_ROWS) - 1)
    assert overview.rows["articles"] == sum(outlet.articles for outlet in overview.holdings.outlets) > 0
    assert read_run(processed, "last").run == overview.runs[0]


def test_damage_is_found(raw_objects: ObjectPath, processed: ObjectPath) -> None:
    bring(raw_objects, processed)
    version = now(processed)
    place = version.place(version.manifest.paths("quotes")[0])
    assert isinstance(place, ObjectPath)
    place.write_bytes(b"PAR1")
    version.place(version.manifest.paths("articles")[1]).unlink()
    found = {v.invariant: v.count for v in check_version(now(processed))}
    assert (found["manifest hashes"], found["manifest files"]) == (1, 1)
    (processed / "versions/000001.json").write_bytes(b"{}")
    with pytest.raises(DatasetDamaged):
        _ = now(processed).manifest


def test_no_secret_is_told_or_kept(
    raw_objects: ObjectPath, processed: ObjectPath, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "flows")
    bring(raw_objects, processed)
    told = [repr(processed), str(pickle.dumps(processed)), caplog.text]
    told += [path.read_bytes().decode("latin-1") for path, _ in processed.list_below() if path.suffix == ".json"]
    for unknown in (ObjectPath("s3://no-such-bucket", "a"), processed / "nothing"):
        with pytest.raises(OSError, match="s3://") as caught:
            unknown.read_bytes()
        told.append(str(caught.value))
    with pytest.raises(OSError, match="NoSuchBucket") as caught:
        list(ObjectPath("s3://no-such-bucket").list_below())
    assert SECRET not in "".join([*told, str(caught.value)])


def test_places_are_told_apart() -> None:
    assert place_of("s3://news/raw/") == ObjectPath("s3://news", "raw")
    assert place_of("S3://news//a//b") == ObjectPath("s3://news", "a/b")
    assert place_of("data/raw") == Path("data/raw")
    assert place_of("odd/s3://x") == Path("odd/s3://x")
    with pytest.raises(ValueError, match="no such kind of store"):
        place_of("ftp://news/raw")
    with pytest.raises(OptionsError, match="no such kind of store"):
        Options.of({"processed": "ftp://news/processed"})


def test_an_object_is_put_once(bucket: ObjectPath) -> None:
    place = bucket / "versions/000001.json"
    assert [place.create(content) for content in (b"first", b"second")] == [True, False]
    assert place.read_bytes() == b"first"


def test_an_entry_names_its_object(processed: ObjectPath) -> None:
    entry = FileEntry(1, 1, "ab" * 32)
    version = Version(1, processed / "data")
    version.__dict__["manifest"] = type("M", (), {"files": {"quotes/year=2025/month=1/part-0.parquet": entry}})
    place = version.place("quotes/year=2025/month=1/part-0.parquet")
    assert str(place) == f"{processed}/data/quotes/year=2025/month=1/part-0-{'ab' * 16}.parquet"
