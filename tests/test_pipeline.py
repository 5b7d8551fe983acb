"""Whole runs, in this process: what comes out depends on what is in the raw folder, not on how it came there."""

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import LONG_AGO, SAMPLES, RawFolder, digests, rows, run_here, story
from test_archives import tarred, zipped

import flows.building.transformation
import flows.planning.comparison
import flows.raw.members
from flows.building.publish import Each, Items, bring_up_to_date, in_this_process
from flows.dataset import Dataset
from flows.planning.options import Options, OptionsError
from flows.raw.archives import UnreadableArchive
from flows.raw.tree import RawRootError
from flows.reports.check import check_version
from flows.runs import Run, read_runs
from transforms.articles import RawArticle
from transforms.tables import Tables, build_tables

RunLocally = Callable[..., Run]

FEED = [{"id": "n-1", "date": "2016-04-12", "text": story(7)}, {"text": story(8)}]
CORPUS: dict[str, str | bytes] = {
    "2016-03-30/pier.txt": story(1),
    "2016-04-02/pier-reprinted.txt": story(1, changed=2),
    "2016-03-02/library.txt": story(2),
    "copies/library.txt": story(2),
    "undated.txt": story(3),
    "2015-12-31/old.txt": story(4),
    "pack.zip": zipped({"2016-04-10/zip.txt": story(5).encode(), "again/library.txt": story(2).encode()}),
    "pack.tar.gz": tarred({"2016-04-20/tar.txt": story(6).encode()}, "w:gz"),
    "feed.jsonl": "\n".join(map(json.dumps, FEED)),
    "2016-03-20/packed.txt.gz": gzip.compress(story(9).encode(), mtime=0),
    "empty.txt": "",
    "cut.txt.gz": gzip.compress(story(10).encode(), mtime=0)[:-12],
    "cut.zip": zipped({"a.txt": b"It rained."})[:-30],
    "within.zip": zipped({"inner.zip": zipped({"a.txt": b"It rained."})}),
}


def write(raw: RawFolder, *paths: str) -> Path:
    for path in paths or CORPUS:
        raw.write(path, CORPUS[path])
    return raw.root


def statuses(processed: Path) -> dict[str, str]:
    return {row["raw_path"]: row["status"] for row in rows(processed, "files")}


def carriers(processed: Path) -> set[str]:
    """Return the files of which the ledger says that they carry an article."""
    return {path for path, status in statuses(processed).items() if status == "ingested"}


def violations(processed: Path) -> list[tuple[str, list[str]]]:
    version = Dataset(processed).current()
    assert version is not None
    return [(v.invariant, v.rows) for v in check_version(version)]


def listing(processed: Path) -> set[str]:
    return {p.relative_to(processed).as_posix() for p in processed.rglob("*")}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The processed root of the corpus, made in one run and one batch; nobody may change it."""
    folder = tmp_path_factory.mktemp("corpus")
    run_here(write(RawFolder(folder / "raw")), folder / "processed", batch_size=1000)
    return folder / "processed"


def test_members_have_the_path_of_their_archive(corpus: Path) -> None:
    second_record = json.dumps(FEED[1])
    assert {row["raw_path"]: str(row["published_date"]) for row in rows(corpus, "articles")} == {
        "2015-12-31/old.txt": "2015-12-31",
        "2016-03-02/library.txt": "2016-03-02",
        "2016-03-30/pier.txt": "2016-03-30",
        "2016-04-02/pier-reprinted.txt": "2016-04-02",
        "2016-03-20/packed.txt.gz": "2016-03-20",
        "feed.jsonl/n-1": "2016-04-12",
        f"feed.jsonl/{hashlib.sha256(second_record.encode()).hexdigest()[:32]}": "None",
        "pack.tar.gz/2016-04-20/tar.txt": "2016-04-20",
        "pack.zip/2016-04-10/zip.txt": "2016-04-10",
        "undated.txt": "None",
    }


def test_ledger_says_what_became_of_every_file(corpus: Path) -> None:
    found = {row["raw_path"]: (row["status"], row["reason"]) for row in rows(corpus, "files")}
    unusable = {path: reason or "" for path, (status, reason) in found.items() if status == "rejected"}
    starts = {
        "empty.txt": "empty",
        "cut.txt.gz": "not readable gzip: ",
        "cut.zip": "not a readable archive: ",
        "within.zip/inner.zip": "an archive inside an archive; unpack it first",
    }
    assert unusable.keys() == starts.keys()
    assert all(unusable[path].startswith(start) for path, start in starts.items()), unusable
    assert {path: found[path] for path in ("copies/library.txt", "pack.zip/again/library.txt", "pack.zip")} == {
        "copies/library.txt": ("duplicate", "same article as 2016-03-02/library.txt"),
        "pack.zip/again/library.txt": ("duplicate", "same article as 2016-03-02/library.txt"),
        "pack.zip": ("container", None),
    }


def test_corpus_is_healthy(corpus: Path, samples: Path) -> None:
    assert violations(corpus) == []
    assert violations(samples) == []


@pytest.mark.parametrize("batch_size", [1, 3])
def test_batch_size_does_not_matter(
    raw: RawFolder, tmp_path: Path, corpus: Path, run_locally: RunLocally, batch_size: int
) -> None:
    run_locally(write(raw), tmp_path / "p", batch_size=batch_size)
    assert digests(tmp_path / "p") == digests(corpus)
    assert statuses(tmp_path / "p") == statuses(corpus)


def test_batch_size_does_not_matter_for_the_samples(tmp_path: Path, samples: Path, run_locally: RunLocally) -> None:
    run_locally(SAMPLES, tmp_path / "p", batch_size=3)
    assert digests(tmp_path / "p") == digests(samples)


PATHS = list(CORPUS)


@pytest.mark.parametrize(
    "arrivals",
    [
        pytest.param([PATHS[:4], PATHS[4:8], PATHS[8:]], id="in-order"),
        pytest.param([PATHS[8:], PATHS[3:8], PATHS[1:3], PATHS[:1]], id="backwards"),
        pytest.param([PATHS[1::2], PATHS[::2]], id="interleaved"),
    ],
)
def test_order_of_arrival_does_not_matter(
    raw: RawFolder, tmp_path: Path, corpus: Path, run_locally: RunLocally, arrivals: list[list[str]]
) -> None:
    for paths in arrivals:
        run_locally(write(raw, *paths), tmp_path / "p")
    assert digests(tmp_path / "p") == digests(corpus)
    assert statuses(tmp_path / "p") == statuses(corpus)


def test_nothing_to_do_adds_only_its_run(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    first = run_locally(write(raw), tmp_path / "p")
    before = listing(tmp_path / "p")
    second = run_locally(raw.root, tmp_path / "p")
    assert listing(tmp_path / "p") - before == {f"runs/{second.run_id}.json"}
    assert before <= listing(tmp_path / "p")
    assert [(r["run_id"], r["outcome"], r["version"]) for r in read_runs(tmp_path / "p" / "runs", 5)] == [
        (second.run_id, "nothing to do", None),
        (first.run_id, "committed", 1),
    ]


@pytest.mark.parametrize("content", ["", "…"], ids=["empty", "no-letters"])
def test_raw_folder_without_a_usable_file(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, content: str
) -> None:
    raw.write("a.txt", content)
    run_locally(raw.root, tmp_path / "p")
    assert statuses(tmp_path / "p") == {"a.txt": "rejected"}
    assert [rows(tmp_path / "p", table) for table in ("articles", "paragraphs", "quotes")] == [[], [], []]
    assert violations(tmp_path / "p") == []


def test_empty_raw_folder_makes_no_version(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    assert run_locally(raw.root, tmp_path / "p").outcome == "nothing to do"
    assert Dataset(tmp_path / "p").current() is None


# Options and settings


def test_another_partitioning_is_refused(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    run_locally(write(raw, "undated.txt"), tmp_path / "p", partition_by="year")
    before = digests(tmp_path / "p")
    message = r"partitioned by year, not by day\. To change it, ingest into a new folder \(--processed NEW "
    with pytest.raises(OptionsError, match=message):
        run_locally(raw.root, tmp_path / "p", partition_by="day")
    assert digests(tmp_path / "p") == before
    assert run_locally(raw.root, tmp_path / "p", partition_by="year").outcome == "nothing to do"
    assert run_locally(raw.root, tmp_path / "p").outcome == "nothing to do"


def test_settings_are_remembered(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    side = tmp_path / "side.csv"
    side.write_text("file,title\nundated.txt,Rain\n")
    write(raw, "undated.txt")
    run_locally(raw.root, tmp_path / "p", metadata=side, partition_by="year")
    write(raw, "2015-12-31/old.txt")
    bring_up_to_date(Options(processed=tmp_path / "p"), Run("ingest"), dying_in())
    assert {row["raw_path"]: row["title"] for row in rows(tmp_path / "p", "articles")}["undated.txt"] == "Rain"
    assert {path.split("/")[1] for path in digests(tmp_path / "p")} == {"year=0", "year=2015"}


def test_metadata_edit_changes_just_its_rows(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    side = tmp_path / "side.csv"
    paths = ("2016-03-02/library.txt", "2016-03-30/pier.txt", "undated.txt")
    side.write_text("path,title\n2016-03-02/library.txt,Library\n2016-03-30/pier.txt,Pier\n")
    run_locally(write(raw, *paths), tmp_path / "p", metadata=side)
    before, files = rows(tmp_path / "p", "articles"), digests(tmp_path / "p")
    side.write_text("path,title\n2016-03-02/library.txt,Library\n2016-03-30/pier.txt,Pier to open\n")
    run = run_locally(raw.root, tmp_path / "p")
    assert run.counts["read"] == 1
    expected = [{**row, "title": "Pier to open"} if row["title"] == "Pier" else row for row in before]
    assert rows(tmp_path / "p", "articles") == expected
    changed = {path for path, sha256 in digests(tmp_path / "p").items() if sha256 != files[path]}
    assert changed == {"articles/year=2016/month=3/part-0.parquet"}


def test_metadata_of_the_smallest_path_counts(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    write(raw, "2016-03-02/library.txt")
    raw.write("2016-01-01/library.txt", story(2))
    run_locally(raw.root, tmp_path / "p")
    (article,) = rows(tmp_path / "p", "articles")
    assert (article["raw_path"], str(article["published_date"])) == ("2016-01-01/library.txt", "2016-01-01")


# Runs that die, and files that change meanwhile


def dying_in(
    stage: str = "", after: int = 0, first: Callable[[], object] = lambda: None
) -> Callable[[], AbstractContextManager[Each]]:
    """Return a way to run stages that calls `first` before any of them and dies in one, after some items."""

    def each(name: str, function: Callable[[Any], Any], items: Items) -> Iterator[Any]:
        for number, item in enumerate(items):
            if name == stage and number == after:
                raise KeyboardInterrupt
            yield function(item)

    @contextmanager
    def open_each() -> Iterator[Each]:
        first()
        yield each

    return open_each


def die(raw: RawFolder, processed: Path, stage: str, after: int = 0, **options: Any) -> None:
    with pytest.raises(KeyboardInterrupt):
        bring_up_to_date(
            Options(raw=raw.root, processed=processed, **options), Run("ingest"), dying_in(stage, after)
        )  # fmt: skip


@pytest.mark.parametrize(
    ("stage", "after", "batch_size", "resumed"),
    [
        pytest.param("transform", 0, 3, 0, id="at-the-start"),
        pytest.param("transform", 2, 3, 6, id="after-two-batches"),
        pytest.param("merge", 3, 3, 14, id="in-the-middle-of-the-merges"),
        pytest.param("merge", 0, 1000, 12, id="copies-in-one-batch-are-read-again"),
    ],
)
def test_killed_run_is_taken_up_again(
    raw: RawFolder,
    tmp_path: Path,
    corpus: Path,
    run_locally: RunLocally,
    stage: str,
    after: int,
    batch_size: int,
    resumed: int,
) -> None:
    write(raw)
    die(raw, tmp_path / "p", stage, after, batch_size=batch_size)
    assert Dataset(tmp_path / "p").current() is None
    assert read_runs(tmp_path / "p" / "runs", 1)[0]["outcome"] == "failed"
    run = run_locally(raw.root, tmp_path / "p", batch_size=4)
    assert run.counts["resumed"] == resumed
    assert digests(tmp_path / "p") == digests(corpus)
    assert statuses(tmp_path / "p") == statuses(corpus)
    assert not Dataset(tmp_path / "p").has_leftovers()


def test_killed_run_leaves_the_version_before(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    run_locally(write(raw, "undated.txt"), tmp_path / "p")
    before = digests(tmp_path / "p", ("articles", "paragraphs", "quotes", "files"))
    write(raw, "2015-12-31/old.txt")
    die(raw, tmp_path / "p", "merge")
    assert digests(tmp_path / "p", ("articles", "paragraphs", "quotes", "files")) == before


def change_text(raw: RawFolder, side: Path) -> dict[str, Any]:
    raw.write("undated.txt", story(99))
    return {}


def change_side_file(raw: RawFolder, side: Path) -> dict[str, Any]:
    side.write_text("file,title\nundated.txt,Sun\n")
    return {}


def change_partitioning(raw: RawFolder, side: Path) -> dict[str, Any]:
    return {"partition_by": "day"}


def change_templates(raw: RawFolder, side: Path) -> dict[str, Any]:
    return {"path_templates": ["{year}-{day}-{month}/{slug}"]}


def change_text_unseen(raw: RawFolder, side: Path) -> dict[str, Any]:
    """Change the text, but neither size nor time."""
    written = (raw.root / "undated.txt").stat().st_mtime
    raw.write("undated.txt", story(5), mtime=written)
    return {"rehash": True}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(change_text, id="text"),
        pytest.param(change_side_file, id="side-file"),
        pytest.param(change_partitioning, id="partitioning"),
        pytest.param(
            change_templates,
            id="templates",
        ),
        pytest.param(
            change_text_unseen,
            id="text-unseen-rehash",
        ),
    ],
)
def test_what_changed_since_is_not_taken_up(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, change: Callable[[RawFolder, Path], dict[str, Any]]
) -> None:
    side = tmp_path / "side.csv"
    side.write_text("file,title\nundated.txt,Rain\n")
    write(raw, "undated.txt", "2016-03-02/library.txt")
    die(raw, tmp_path / "p", "merge", metadata=side)
    options = change(raw, side)
    run_locally(raw.root, tmp_path / "p", metadata=side, **options)
    run_locally(raw.root, tmp_path / "undisturbed", metadata=side, **options)
    assert digests(tmp_path / "p") == digests(tmp_path / "undisturbed")


@pytest.mark.parametrize("path", ["undated.txt", "2016-03-20/packed.txt.gz", "feed.jsonl", "pack.zip", "pack.tar.gz"])
def test_file_that_went_while_the_run_worked(raw: RawFolder, tmp_path: Path, path: str) -> None:
    write(raw, path, "2015-12-31/old.txt")
    gone = dying_in(first=(raw.root / path).unlink)
    bring_up_to_date(Options(raw=raw.root, processed=tmp_path / "p"), Run("ingest"), gone)
    (good,) = rows(tmp_path / "p", "articles")
    assert good["raw_path"] == "2015-12-31/old.txt"
    reasons = {row["raw_path"]: row["reason"] for row in rows(tmp_path / "p", "files") if row["status"] == "rejected"}
    assert reasons
    assert all(reason.endswith(("it is no longer there", "No such file or directory")) for reason in reasons.values())


@pytest.mark.parametrize(
    "path",
    [
        "undated.txt",
        pytest.param(
            "pack.tar.gz",
        ),
    ],
)
def test_file_that_comes_back_as_it_was_is_read(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, path: str
) -> None:
    file, away = write(raw, path) / path, tmp_path / "away"
    bring_up_to_date(
        Options(raw=raw.root, processed=tmp_path / "p"), Run("ingest"), dying_in(first=lambda: file.rename(away))
    )
    away.rename(file)
    run_locally(raw.root, tmp_path / "p")
    assert [row["raw_path"].startswith(path) for row in rows(tmp_path / "p", "articles")] == [True]


def test_archive_that_is_replaced_while_the_run_works_is_read_again(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    raw.write("feed.jsonl", json.dumps(FEED[0]))
    grow = dying_in(first=lambda: raw.write("feed.jsonl", CORPUS["feed.jsonl"]))
    bring_up_to_date(Options(raw=raw.root, processed=tmp_path / "p"), Run("ingest"), grow)
    run_locally(raw.root, tmp_path / "p")
    assert len(rows(tmp_path / "p", "articles")) == 2


def test_file_that_changed_while_the_run_worked_is_whole(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    write(raw, "undated.txt")
    change = dying_in(first=lambda: raw.write("undated.txt", story(99)))
    bring_up_to_date(Options(raw=raw.root, processed=tmp_path / "p"), Run("ingest"), change)
    assert "pier number 99" in rows(tmp_path / "p", "articles")[0]["text"]
    assert run_locally(raw.root, tmp_path / "p").outcome == "nothing to do"


# Copies whose first copy goes


@pytest.mark.parametrize("prune", [False, True])
def test_copy_takes_over(raw: RawFolder, tmp_path: Path, run_locally: RunLocally, prune: bool) -> None:
    run_locally(write(raw, "2016-03-02/library.txt", "copies/library.txt"), tmp_path / "p")
    if prune:
        (raw.root / "2016-03-02/library.txt").unlink()
    else:
        raw.write("2016-03-02/library.txt", story(99))
    run_locally(raw.root, tmp_path / "p", prune=prune, force=prune)
    carried = {row["raw_path"]: row["published_date"] for row in rows(tmp_path / "p", "articles")}
    assert "copies/library.txt" in carried
    assert carried["copies/library.txt"] is None
    assert statuses(tmp_path / "p")["2016-03-02/library.txt"] == ("removed" if prune else "ingested")
    assert carriers(tmp_path / "p") == {row["raw_path"] for row in rows(tmp_path / "p", "articles")}


def test_copy_that_is_gone_does_not_take_over(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    run_locally(write(raw, "2016-03-02/library.txt", "copies/library.txt"), tmp_path / "p")
    (raw.root / "copies/library.txt").unlink()
    raw.write("2016-03-02/library.txt", story(99))
    run_locally(raw.root, tmp_path / "p")
    assert carriers(tmp_path / "p") == {row["raw_path"] for row in rows(tmp_path / "p", "articles")}


def test_copy_in_a_damaged_archive_does_not_take_over(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    run_locally(write(raw, "2016-03-02/library.txt", "pack.zip"), tmp_path / "p")
    raw.write("pack.zip", bytes(CORPUS["pack.zip"])[:-30])  # type: ignore[arg-type]
    raw.write("2016-03-02/library.txt", story(99))
    run_locally(raw.root, tmp_path / "p")
    assert carriers(tmp_path / "p") == {row["raw_path"] for row in rows(tmp_path / "p", "articles")}


def test_removed_file_and_its_way_back(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    run_locally(write(raw, "undated.txt", "2015-12-31/old.txt"), tmp_path / "p")
    before = digests(tmp_path / "p")
    away = shutil.move(raw.root / "undated.txt", tmp_path / "away")
    assert run_locally(raw.root, tmp_path / "p").outcome == "nothing to do"
    assert digests(tmp_path / "p") == before
    run_locally(raw.root, tmp_path / "p", prune=True, force=True)
    assert statuses(tmp_path / "p") == {"2015-12-31/old.txt": "ingested", "undated.txt": "removed"}
    assert digests(tmp_path / "p") == {path: sha for path, sha in before.items() if "year=2015" in path}
    shutil.move(away, raw.root / "undated.txt")
    run_locally(raw.root, tmp_path / "p")
    assert digests(tmp_path / "p") == before


def test_file_that_cannot_be_read_any_more_keeps_its_article(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    raw.write("a.txt", story(1))
    run_locally(raw.root, tmp_path / "p")
    changed = raw.write("a.txt", story(2))
    run = Run("ingest")
    bring_up_to_date(Options(raw=raw.root, processed=tmp_path / "p"), run, dying_in(first=changed.unlink))
    assert run.counts["unreadable"] == 1
    assert [row["raw_path"] for row in rows(tmp_path / "p", "articles")] == ["a.txt"]
    assert violations(tmp_path / "p") == []


def test_moved_raw_folder_is_remembered_and_its_files_are_compared(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    raw.write("a.txt", story(1), mtime=LONG_AGO)
    raw.write("b.txt", story(2), mtime=LONG_AGO)
    run_locally(raw.root, tmp_path / "p")
    moved = raw.root.rename(tmp_path / "elsewhere")
    (moved / "b.txt").write_text(story(3), encoding="utf-8")
    os.utime(moved / "b.txt", (LONG_AGO, LONG_AGO))
    assert run_locally(moved, tmp_path / "p").counts["read"] == 1
    again = Run("ingest")
    bring_up_to_date(Options(processed=tmp_path / "p"), again, in_this_process)
    assert again.outcome == "nothing to do"


def test_archive_members_count_as_raw_by_the_same_rule_as_files(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    names = ("a.txt", "data.csv", "__MACOSX/._a.txt", ".hidden.txt", "inner/b.txt.gz")
    content = {name: story(number).encode() for number, name in enumerate(names)}
    packed = gzip.compress(content["inner/b.txt.gz"])
    raw.write("pack.zip", zipped({**content, "inner/b.txt.gz": packed}))
    run_locally(raw.root, tmp_path / "p")
    assert statuses(tmp_path / "p") == {
        "pack.zip": "container", "pack.zip/a.txt": "ingested", "pack.zip/inner/b.txt.gz": "ingested"
    }  # fmt: skip


def test_side_file_below_the_raw_folder_is_no_raw_file(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    raw.write("a.txt", story(1))
    side = raw.write("meta.jsonl", '{"file": "a.txt", "title": "Rain"}\n')
    run_locally(raw.root, tmp_path / "p", metadata=side)
    assert statuses(tmp_path / "p") == {"a.txt": "ingested"}


def test_staging_of_another_newsframes_is_no_hindrance(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    folder = tmp_path / "p" / "staging" / "old" / "000000"
    folder.mkdir(parents=True)
    (folder / "fragment.json").write_text('{"recipe": {"tomorrow": 1}}', encoding="utf-8")
    raw.write("a.txt", story(1))
    assert run_locally(raw.root, tmp_path / "p").outcome == "committed"
    assert not (tmp_path / "p" / "staging").exists()


@pytest.mark.parametrize("template", ["{outlet}/{bogus}", "{outlet}/{outlet}", "{date"])
def test_path_template_that_means_nothing_is_refused(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, template: str
) -> None:
    raw.write("a.txt", story(1))
    with pytest.raises(OptionsError, match="path template"):
        run_locally(raw.root, tmp_path / "p", path_templates=[template])


GONE_OF_20 = [
    pytest.param(2, False, id="a-tenth"),
    pytest.param(3, True, id="more-than-a-tenth"),
    pytest.param(20, True, id="empty"),
]


@pytest.mark.parametrize(("gone", "is_refused"), GONE_OF_20)
def test_pruning_a_raw_folder_that_lost_many_files_is_refused(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, gone: int, is_refused: bool
) -> None:
    files = [raw.write(f"{n}.txt", story(n)) for n in range(20)]
    run_locally(raw.root, tmp_path / "p")
    for file in files[:gone]:
        file.unlink()
    assert run_locally(raw.root, tmp_path / "p").outcome == "nothing to do"
    if is_refused:
        with pytest.raises(OptionsError, match=rf"{gone} of 20 known files.*not pruned.*--force"):
            run_locally(raw.root, tmp_path / "p", prune=True)
    run_locally(raw.root, tmp_path / "p", prune=True, force=is_refused)
    assert len(rows(tmp_path / "p", "articles")) == 20 - gone


def test_raw_folder_that_is_not_there_is_pruned_by_force_alone(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    raw.write("a.txt", story(1))
    run_locally(raw.root, tmp_path / "p")
    raw.root.rename(tmp_path / "unmounted")
    for options in ({}, {"prune": True}, {"force": True}):
        with pytest.raises(RawRootError, match="not there"):
            run_locally(raw.root, tmp_path / "p", **options)
    assert len(rows(tmp_path / "p", "articles")) == 1
    run_locally(raw.root, tmp_path / "p", prune=True, force=True)
    assert rows(tmp_path / "p", "articles") == []


# Runs that find nothing to do, again and again


def test_damaged_archive_with_a_reason_on_a_member_is_noted_once(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    side_file = tmp_path / "meta.csv"
    side_file.write_text("file,title\nb.txt,One\n", encoding="utf-8")
    content = zipped({"a.txt": story(1).encode(), "b.txt": story(2).encode()})
    raw.write("z.zip", content)
    run_locally(raw.root, tmp_path / "p", metadata=side_file)
    raw.write("z.zip", content[:-30])
    run_locally(raw.root, tmp_path / "p")
    side_file.write_text("file,title\nb.txt,Other\n", encoding="utf-8")
    assert [run_locally(raw.root, tmp_path / "p").outcome for _ in range(2)] == ["nothing to do"] * 2
    assert len(rows(tmp_path / "p", "articles")) == 2


def test_known_file_that_cannot_be_read_makes_no_version(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    raw.write("a.txt", story(1))
    run_locally(raw.root, tmp_path / "p")
    raw.write("a.txt", story(2))
    monkeypatch.setattr(flows.building.transformation, "read_bytes", refuse)
    monkeypatch.setattr(flows.planning.comparison, "sha256_of", refuse)
    runs = [run_locally(raw.root, tmp_path / "p") for _ in range(2)]
    assert [(run.outcome, run.counts["unreadable"]) for run in runs] == [("nothing to do", 1)] * 2
    monkeypatch.undo()
    run_locally(raw.root, tmp_path / "p")
    assert "number 2 " in rows(tmp_path / "p", "articles")[0]["text"]


def test_copy_that_cannot_be_read_for_once_carries_nothing(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    first = raw.write("a.txt", story(1))
    raw.write("copy.txt", story(1))
    run_locally(raw.root, tmp_path / "p")
    first.unlink()
    with monkeypatch.context() as patch:
        patch.setattr(flows.building.transformation, "read_bytes", refuse)
        run_locally(raw.root, tmp_path / "p", prune=True, force=True)
    version = Dataset(tmp_path / "p").current()
    assert version is not None
    assert list(check_version(version)) == []
    run_locally(raw.root, tmp_path / "p")
    assert [row["raw_path"] for row in rows(tmp_path / "p", "articles")] == ["copy.txt"]


def test_copy_in_an_archive_that_could_not_be_opened_for_once(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise UnreadableArchive("not now")

    first = raw.write("a.txt", story(1))
    raw.write("z.zip", zipped({"copy.txt": story(1).encode()}))
    run_locally(raw.root, tmp_path / "p")
    raw.write("a.txt", story(2))
    with monkeypatch.context() as patch:
        patch.setattr(flows.raw.members, "list_members", refuse)
        run_locally(raw.root, tmp_path / "p")
    run_locally(raw.root, tmp_path / "p")
    assert sorted(row["raw_path"] for row in rows(tmp_path / "p", "articles")) == [first.name, "z.zip/copy.txt"]


def test_file_at_which_the_rules_fail_takes_no_other_along(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It never should happen; a reason with what no table holds is a reason all the same."""

    def fail_at_one(raws: Iterator[RawArticle], templates: Sequence[str]) -> Tables:
        raws = list(raws)
        if any(r.raw_path == "undated.txt" for r in raws):
            raise ZeroDivisionError("half a \ud800 character")
        return build_tables(raws, templates)

    run_locally(write(raw, *CORPUS.keys() - {"undated.txt"}), tmp_path / "without")
    monkeypatch.setattr(flows.building.transformation, "build_tables", fail_at_one)
    run = run_locally(write(raw), tmp_path / "p")
    assert digests(tmp_path / "p") == digests(tmp_path / "without")
    reasons = {row["raw_path"]: row["reason"] for row in rows(tmp_path / "p", "files") if row["status"] == "rejected"}
    told = "a fault of newsframes, please report it: ZeroDivisionError: half a \\ud800 character"
    assert reasons["undated.txt"] == told
    assert ["undated.txt", told] in run.rejected


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception, word: str) -> None:
    """Let the rules fail at texts with a word."""

    def fail(raws: Iterator[RawArticle], templates: Sequence[str]) -> Tables:
        raws = list(raws)
        if any(word.encode() in r.content for r in raws):
            raise error
        return build_tables(raws, templates)

    monkeypatch.setattr(flows.building.transformation, "build_tables", fail)


@pytest.mark.parametrize("name", ["a.txt", "a.zip/a.txt"])
def test_file_at_which_the_rules_fail_keeps_what_it_held_and_is_tried_again(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def write_story(number: int) -> None:
        content = story(number).encode()
        raw.write(name.partition("/")[0], zipped({"a.txt": content}) if "/" in name else content)

    write_story(1)
    run_locally(raw.root, tmp_path / "p")
    write_story(2)
    with monkeypatch.context() as patch:
        failing(patch, ZeroDivisionError("x"), "number 2 ")
        for _ in range(2):
            run = run_locally(raw.root, tmp_path / "p")
            assert run.counts["unreadable"] == 1
            assert run.rejected == [[name, "a fault of newsframes, please report it: ZeroDivisionError: x"]]
            assert ["number 1 " in row["text"] for row in rows(tmp_path / "p", "articles")] == [True]
    run_locally(raw.root, tmp_path / "p")
    assert ["number 2 " in row["text"] for row in rows(tmp_path / "p", "articles")] == [True]
    assert run_locally(raw.root, tmp_path / "p").outcome == "nothing to do"


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl/1"])
def test_new_file_at_which_the_rules_fail_is_tried_again(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    raw.write(name.partition("/")[0], json.dumps({"id": 1, "text": story(1)}))
    with monkeypatch.context() as patch:
        failing(patch, ZeroDivisionError("x"), "number 1 ")
        assert run_locally(raw.root, tmp_path / "p").counts["rejected"] == 1
        assert run_locally(raw.root, tmp_path / "p").outcome == "nothing to do"  # no version a run
    run_locally(raw.root, tmp_path / "p")
    assert len(rows(tmp_path / "p", "articles")) == 1
    assert run_locally(raw.root, tmp_path / "p").outcome == "nothing to do"


@pytest.mark.parametrize("error", [MemoryError(), OSError(28, "No space left on device")])
def test_machine_that_fails_is_no_fault_of_a_file(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    raw.write("a.txt", story(1))
    run_locally(raw.root, tmp_path / "p")
    raw.write("a.txt", story(2))
    with monkeypatch.context() as patch:
        failing(patch, error, "number 2 ")
        with pytest.raises(type(error)):
            run_locally(raw.root, tmp_path / "p")
    assert ["number 1 " in row["text"] for row in rows(tmp_path / "p", "articles")] == [True]
