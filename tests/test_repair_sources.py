"""Where a repair takes articles from, and what it says and leaves to the next ingest if that is not their raw file."""

import gzip
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import RawFolder, current, digests, outcomes, rows, story
from test_archives import zipped
from typer.testing import CliRunner

from flows.cli import app
from flows.dataset import Dataset, DatasetDamaged
from flows.forget import forget
from flows.planning.ledger import LEDGER_FILE
from flows.planning.options import Options, OptionsError
from flows.repair import repair
from flows.repairing import raw_files
from flows.reports.check import check_dataset
from flows.rollback import resume, roll_back
from flows.runs import Run

RunLocally = Callable[..., Run]
MARCH, APRIL = "year=2016/month=3/part-0.parquet", "year=2016/month=4/part-0.parquet"


def lose(processed: Path, path: str) -> None:
    """Delete a file from every version that has it."""
    for version in Dataset(processed).all_versions():
        (version.folder / path).unlink(missing_ok=True)


def paths(processed: Path) -> list[str]:
    return sorted(str(row["raw_path"]) for row in rows(processed, "articles"))


def statuses(processed: Path) -> dict[str, str]:
    return {str(row["raw_path"]): str(row["status"]) for row in rows(processed, "files")}


def is_sound(processed: Path) -> bool:
    return not list(check_dataset(processed, current(processed)))


ARCHIVES = {
    "records": ("dump.jsonl", "\n".join(json.dumps({"id": f"r{n}", "text": story(n)}) for n in (1, 2)).encode()),
    "members": ("pack.zip", zipped({f"2016-03-0{n}/a.txt": story(n).encode() for n in (1, 2)})),
}


@pytest.mark.parametrize(("name", "content"), ARCHIVES.values(), ids=ARCHIVES.keys())
def test_members_that_were_lost_come_back(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, name: str, content: bytes
) -> None:
    """The next ingest opens their archive, though it is as it was."""
    processed = tmp_path / "p"
    raw.write(name, content)
    run_locally(raw.root, processed)
    before = digests(processed)
    for path in current(processed).manifest.paths("articles"):
        lose(processed, path)
    raw.root.rename(tmp_path / "away")
    assert len(repair(Options(processed=processed), force=True).lost) == 2
    assert rows(processed, "articles") == []
    (tmp_path / "away").rename(raw.root)
    run_locally(raw.root, processed)
    assert digests(processed) == before
    assert run_locally(raw.root, processed).outcome == "nothing to do"


@pytest.mark.parametrize("is_packed", [False, True], ids=["plain", "packed"])
def test_file_above_the_limit_of_today_is_told_as_lost(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, is_packed: bool
) -> None:
    """It was read by another limit; an ingest would reject it."""
    processed, long = tmp_path / "p", (story(1) + "\n" * 9_000).encode()
    path = "2016-03-01/long.txt.gz" if is_packed else "2016-03-01/long.txt"
    raw.write(path, gzip.compress(long) if is_packed else long)
    raw.write("2016-03-02/short.txt", story(2))
    run_locally(raw.root, processed)
    run_locally(raw.root, processed, max_article_mb=0.005)
    lose(processed, f"articles/{MARCH}")
    found = CliRunner().invoke(app, ["repair", "--processed", str(processed)])
    assert found.exit_code == 1
    assert f"LOST  {path}: its rows were damaged, and its raw file cannot be used (larger than 0.005 MB" in found.stdout
    assert (paths(processed), statuses(processed)[path]) == (["2016-03-02/short.txt"], "removed")


@pytest.mark.parametrize("content", ["", "x" * 2_100_000], ids=["emptied", "too-large"])
def test_changed_file_that_is_unusable_takes_no_text_away(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, content: str
) -> None:
    """An older version has the text; the change is the next ingest's."""
    processed = tmp_path / "p"
    raw.write("2016-03-01/a.txt", story(1))
    run_locally(raw.root, processed)
    raw.write("2016-03-02/b.txt", story(2))
    run_locally(raw.root, processed)
    before = digests(processed)
    (processed / "current/articles" / MARCH).unlink()
    raw.write("2016-03-01/a.txt", content)
    found = repair(Options(processed=processed))
    assert (found.older, found.lost, found.changed) == ({"2016-03-01/a.txt": 1}, {}, [])
    assert digests(processed) == before
    run_locally(raw.root, processed)
    assert statuses(processed)["2016-03-01/a.txt"] == "rejected"


def test_changed_file_of_which_nothing_else_is_left_is_told_as_lost_if_it_is_rejected(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    raw.write("2016-03-01/a.txt", story(1))
    raw.write("2016-03-02/b.txt", story(2))
    run_locally(raw.root, tmp_path / "p")
    lose(tmp_path / "p", f"articles/{MARCH}")
    raw.write("2016-03-01/a.txt", "")
    raw.write("2016-03-02/b.txt", story(3))
    found = repair(Options(processed=tmp_path / "p"))
    assert (list(found.lost), found.changed) == (["2016-03-01/a.txt"], ["2016-03-02/b.txt"])
    assert "rejected now: empty file" in found.lost["2016-03-01/a.txt"]
    assert statuses(tmp_path / "p") == {"2016-03-01/a.txt": "rejected", "2016-03-02/b.txt": "ingested"}


def test_copy_that_changed_is_named_if_it_is_read(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    """Its first copy is as it was, and has to be read again: so are all copies."""
    raw.write("2016-03-01/a.txt", story(1))
    raw.write("2016-03-01/b.txt", story(1))
    run_locally(raw.root, tmp_path / "p")
    lose(tmp_path / "p", f"articles/{MARCH}")
    raw.write("2016-03-01/b.txt", story(2))
    found = repair(Options(processed=tmp_path / "p"))
    assert (found.read, found.changed, found.lost) == (2, ["2016-03-01/b.txt"], {})


def test_own_text_of_older_rules_stays_when_its_file_changed(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if the change cannot be told from size and time."""
    processed = tmp_path / "p"
    file = raw.write("2016-03-01/a.txt", story(1))
    run_locally(raw.root, processed)
    lose(processed, f"quotes/{MARCH}")
    raw.write("2016-03-01/a.txt", story(1).replace("raining", "snowing"), file.stat().st_mtime)
    with monkeypatch.context() as patch:
        patch.setattr("flows.repairing.sources.RULES_VERSION", 2)
        found = repair(Options(processed=processed))
    assert (found.texts, found.read, found.lost) == (1, 0, {})
    assert "raining" in str(rows(processed, "articles")[0]["text"])
    run_locally(raw.root, processed)
    assert "snowing" in str(rows(processed, "articles")[0]["text"])


@pytest.mark.parametrize("is_member", [False, True], ids=["file", "member"])
def test_row_of_another_version_is_made_anew_by_the_next_ingest(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, is_member: bool
) -> None:
    """Its raw file is as it was, and the side file said something else then."""
    processed, side = tmp_path / "p", tmp_path / "side.csv"
    if is_member:
        raw.write("pack.zip", zipped({"2016-03-01/a.txt": story(1).encode(), "2016-03-02/b.txt": story(2).encode()}))
    else:
        raw.write("2016-03-01/a.txt", story(1))
        raw.write("2016-03-02/b.txt", story(2))
    prefix = "pack.zip/" if is_member else ""
    side.write_text(f"path,title\n{prefix}2016-03-01/a.txt,Old wrong title\n")
    run_locally(raw.root, processed, metadata=side)
    side.write_text(f"path,title\n{prefix}2016-03-01/a.txt,New right title\n")
    run_locally(raw.root, processed)
    before = digests(processed)
    (processed / "current/articles" / MARCH).unlink()
    raw.root.rename(tmp_path / "away")
    assert set(repair(Options(processed=processed)).older.values()) == {1}
    (tmp_path / "away").rename(raw.root)
    run = run_locally(raw.root, processed)
    assert run.counts["read"] == 1  # the other row is the very same in both versions
    assert digests(processed) == before
    assert run_locally(raw.root, processed).outcome == "nothing to do"


def test_what_was_undone_does_not_come_back(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    processed = tmp_path / "p"
    raw.write("2016-03-01/a.txt", story(1))
    run_locally(raw.root, processed)
    raw.write("2016-04-02/b.txt", story(2))
    run_locally(raw.root, processed)
    roll_back(processed, 1)
    before = digests(processed)
    for path in (LEDGER_FILE, f"quotes/{MARCH}"):
        (processed / "versions/000001" / path).unlink()
    (processed / "versions/000002/quotes" / MARCH).unlink()
    repair(Options(processed=processed))
    assert (digests(processed), statuses(processed)) == (before, {"2016-03-01/a.txt": "ingested"})


def test_versions_between_the_way_back_and_the_way_on_are_undone_too(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    """Version 2, with a wrong title, is below the current one, which was made from version 1."""
    processed, side = tmp_path / "p", tmp_path / "side.csv"
    raw.write("2016-03-01/a.txt", story(1))
    side.write_text("path,title\n2016-03-01/a.txt,Good\n")
    run_locally(raw.root, processed, metadata=side)
    side.write_text("path,title\n2016-03-01/a.txt,Bad\n")
    run_locally(raw.root, processed)
    roll_back(processed, 1)
    resume(processed)
    side.write_text("path,title\n2016-03-01/a.txt,Good\n")
    raw.write("2016-03-09/b.txt", story(2))
    run_locally(raw.root, processed)
    (processed / "current/articles" / MARCH).unlink()
    (raw.root / "2016-03-01/a.txt").unlink()
    assert repair(Options(processed=processed)).older == {"2016-03-01/a.txt": 1}
    assert {r["title"] for r in rows(processed, "articles")} == {"Good", None}


def test_text_that_only_an_undone_version_has_is_taken_and_told(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    processed = tmp_path / "p"
    raw.write("2016-03-01/a.txt", story(1))
    run_locally(raw.root, processed)
    raw.write("2016-03-02/b.txt", story(2))
    run_locally(raw.root, processed)
    roll_back(processed, 1)
    (processed / "current/articles" / MARCH).unlink()
    (raw.root / "2016-03-01/a.txt").unlink()
    found = repair(Options(processed=processed))
    assert (found.older, found.lost, paths(processed)) == ({"2016-03-01/a.txt": 2}, {}, ["2016-03-01/a.txt"])
    assert [note for note in found.notes if "version 2, which was undone" in note]


def test_settings_are_not_those_of_an_undone_version(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    processed, side = tmp_path / "p", tmp_path / "side.csv"
    raw.write("2016-03-01/a.txt", story(1))
    run_locally(raw.root, processed, partition_by="day")
    side.write_text("path,title\n2016-03-01/a.txt,Bad\n")
    run_locally(raw.root, processed, metadata=side)
    roll_back(processed, 1)
    before = digests(processed)
    (processed / "versions/000001/manifest.json").unlink()
    with pytest.raises(OptionsError, match="the current version was made from: name it with --raw"):
        repair(Options(processed=processed))
    repair(Options(raw=raw.root, processed=processed))
    settings = current(processed).manifest.settings
    assert (settings.metadata, settings.partition_by, digests(processed)) == (None, "day", before)


def test_what_was_pruned_does_not_come_back(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    processed = tmp_path / "p"
    raw.write("2016-03-01/a.txt", story(1))
    pruned = raw.write("2016-04-02/b.txt", story(2))
    run_locally(raw.root, processed)
    pruned.unlink()
    run_locally(raw.root, processed, prune=True, force=True)
    lose(processed, f"quotes/{MARCH}")
    (processed / "current" / LEDGER_FILE).unlink()
    assert repair(Options(processed=processed)).older == {}
    assert paths(processed) == ["2016-03-01/a.txt"]


def test_article_of_a_lost_ledger_and_a_lost_partition_is_taken_from_the_version_before(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    """Unlike what was pruned: its partition is one of those that nobody can read any more."""
    processed = tmp_path / "p"
    gone = raw.write("2016-03-01/a.txt", story(1))
    run_locally(raw.root, processed)
    for day in range(2, 9):
        raw.write(f"2016-03-0{day}/b.txt", story(day))
    run_locally(raw.root, processed)
    gone.unlink()
    for path in (LEDGER_FILE, f"articles/{MARCH}"):
        (processed / "current" / path).unlink()
    assert repair(Options(processed=processed)).older == {"2016-03-01/a.txt": 1}
    assert paths(processed) == ["2016-03-01/a.txt"]
    run_locally(raw.root, processed)
    assert len(paths(processed)) == 8


def test_file_that_goes_after_it_was_looked_at_is_told_as_lost(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them go: what needs no raw file is mended all the same."""
    processed = tmp_path / "p"
    file = raw.write("2016-03-01/a.txt", story(1))
    raw.write("2016-04-02/b.txt", story(2))
    run_locally(raw.root, processed)
    lose(processed, f"articles/{MARCH}")
    lose(processed, f"quotes/{APRIL}")
    real = repair.__globals__["plan_repair"]

    def planned(*arguments: object) -> object:
        file.unlink()
        return real(*arguments)

    monkeypatch.setattr("flows.repair.plan_repair", planned)
    found = repair(Options(processed=processed))
    assert (list(found.lost), found.texts) == (["2016-03-01/a.txt"], 1)
    assert statuses(processed) == {"2016-03-01/a.txt": "removed", "2016-04-02/b.txt": "ingested"}
    assert is_sound(processed)
    raw.write("2016-03-01/a.txt", story(1))
    run_locally(raw.root, processed)
    assert len(paths(processed)) == 2


ROOTS: dict[str, Callable[[Path], object]] = {
    "empty": lambda root: [shutil.rmtree(root), root.mkdir()],
    "mostly-empty": lambda root: [shutil.rmtree(root / f"2016-03-0{day}") for day in (2, 3, 4)],
}


@pytest.mark.parametrize("unmount", ROOTS.values(), ids=ROOTS.keys())
def test_raw_root_that_may_not_be_mounted_is_not_gone_on_without(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, unmount: Callable[[Path], object]
) -> None:
    for day in range(1, 5):
        raw.write(f"2016-03-0{day}/a.txt", story(day))
        raw.write(f"2016-03-0{day}/copy.txt", story(day))
    run_locally(raw.root, tmp_path / "p")
    lose(tmp_path / "p", f"articles/{MARCH}")
    unmount(raw.root)
    with pytest.raises(OptionsError, match=r"[34] articles can only .* is its disk mounted\? .*--force"):
        repair(Options(processed=tmp_path / "p"))
    assert current(tmp_path / "p").number == 1
    assert repair(Options(processed=tmp_path / "p"), force=True).lost


def test_one_lost_article_of_many_needs_no_force(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    """The near-miss: nine tenths are there."""
    for day in range(10, 21):
        raw.write(f"2016-03-{day}/a.txt", story(day))
    run_locally(raw.root, tmp_path / "p")
    lose(tmp_path / "p", f"articles/{MARCH}")
    (raw.root / "2016-03-10/a.txt").unlink()
    assert list(repair(Options(processed=tmp_path / "p")).lost) == ["2016-03-10/a.txt"]


def test_ledger_made_anew_says_what_it_may_not_know_of_forgotten_articles(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    processed = tmp_path / "p"
    raw.write("2016-03-01/a.txt", story(1))
    raw.write("2016-03-02/b.txt", story(2))
    run_locally(raw.root, processed)
    forget(processed, [str(rows(processed, "articles")[0]["article_id"])])
    (processed / "current" / LEDGER_FILE).unlink()
    assert [note for note in repair(Options(processed=processed)).notes if "revisions of forgotten articles" in note]


def test_manifest_that_is_lost_is_told_all_that_ingest_is_told(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    processed = tmp_path / "p"
    raw.write("herald+2016-03-01.text", story(1))
    told = {"include": [".text"], "path_templates": ["{outlet}+{date}"], "max_article_mb": 5}
    run_locally(raw.root, processed, **told)
    before, settings = digests(processed), current(processed).manifest.settings
    for path in ("manifest.json", f"articles/{MARCH}"):
        (processed / "current" / path).unlink()
    options = ["--include", ".text", "--path-template", "{outlet}+{date}", "--max-article-mb", "5"]
    found = CliRunner().invoke(
        app, ["repair", "--processed", str(processed), "--raw", str(raw.root), *options], catch_exceptions=False
    )
    assert (found.exit_code, digests(processed)) == (0, before)
    assert current(processed).manifest.settings == settings
    assert run_locally(raw.root, processed).outcome == "nothing to do"


def test_size_and_time_say_nothing_in_another_raw_root(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    processed, other = tmp_path / "p", tmp_path / "other"
    raw.write("2016-03-01/a.txt", story(1))
    raw.write("2016-04-02/b.txt", story(2))
    run_locally(raw.root, processed)
    shutil.copytree(raw.root, other)
    file = other / "2016-04-02/b.txt"
    times = file.stat()
    file.write_text(story(2).replace("raining", "snowing"))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    lose(processed, f"quotes/{MARCH}")
    repair(Options(raw=other, processed=processed))
    assert run_locally(other, processed).counts["read"] == 1
    assert any("snowing" in str(row["text"]) for row in rows(processed, "articles"))


def test_partition_without_quotes_has_no_file_of_them(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    """As no ordinary commit makes an empty one."""
    processed = tmp_path / "p"
    raw.write("2016-03-01/a.txt", "No words were said\n\nThe road was long and grey for many miles around the lake.\n")
    raw.write("2016-04-02/b.txt", story(2))
    run_locally(raw.root, processed)
    before, files = digests(processed), set(current(processed).manifest.files)
    assert f"quotes/{MARCH}" not in files
    lose(processed, f"paragraphs/{MARCH}")
    repair(Options(processed=processed))
    assert (digests(processed), set(current(processed).manifest.files)) == (before, files)


def test_empty_file_goes_with_the_last_article_of_its_partition(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    """A dataset that an earlier newsframes repaired may have one."""
    processed = tmp_path / "p"
    raw.write("2016-03-01/a.txt", "No words were said\n\nThe road was long and grey for many miles around the lake.\n")
    raw.write("2016-04-02/b.txt", story(2))
    run_locally(raw.root, processed)
    folder = current(processed).folder
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["digest"]
    empty = folder / "quotes" / MARCH
    empty.parent.mkdir(parents=True)
    pq.write_table(pq.ParquetFile(folder / "quotes" / APRIL).read().slice(0, 0), empty)
    manifest["files"][f"quotes/{MARCH}"] = {"rows": 0, "bytes": empty.stat().st_size, "sha256": "0" * 64}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    forget(processed, [str(r["article_id"]) for r in rows(processed, "articles") if "road" in str(r["text"])])
    assert not [path for path in current(processed).manifest.files if MARCH in path]


def test_folder_in_the_place_of_a_link_is_refused_before_the_work(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    processed = tmp_path / "p"
    raw.write("2016-03-01/a.txt", story(1))
    run_locally(raw.root, processed)
    (processed / "articles").unlink()
    (processed / "articles").mkdir()
    raw.write("2016-03-02/b.txt", story(2))
    with pytest.raises(DatasetDamaged, match=r"articles in .* must be links .*newsframes repair --processed"):
        run_locally(raw.root, processed)
    repair(Options(processed=processed))
    run_locally(raw.root, processed)
    assert len(paths(processed)) == 2


def test_repair_does_not_send_to_repair(tmp_path: Path) -> None:
    (tmp_path / "p/versions").mkdir(parents=True)
    (tmp_path / "p/articles").mkdir()
    with pytest.raises(
        OptionsError, match=r"no version is left in .*: move articles elsewhere, and `newsframes ingest"
    ):
        repair(Options(processed=tmp_path / "p"))


def test_raw_root_among_what_newsframes_makes_is_refused(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    raw.write("2016-03-01/a.txt", story(1))
    run_locally(raw.root, tmp_path / "p")
    with pytest.raises(OptionsError, match="part of the dataset"):
        repair(Options(raw=tmp_path / "p", processed=tmp_path / "p"))


def test_whole_dataset_is_not_said_to_have_other_settings(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    """Nothing is committed that would remember them; the near-miss is."""
    raw.write("2016-03-01/a.txt", story(1))
    run_locally(raw.root, tmp_path / "p")
    said: list[str] = []
    repair(Options(processed=tmp_path / "p", max_article_mb=3), say=said.append)
    assert said == []
    lose(tmp_path / "p", f"quotes/{MARCH}")
    repair(Options(processed=tmp_path / "p", max_article_mb=3), say=said.append)
    assert said == ["largest article in MB: 3 from now on; before, 2"]


def test_archive_is_listed_once(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw.write("pack.zip", zipped({f"2016-03-0{n}/a.txt": story(n).encode() for n in (1, 2)}))
    raw.write("z.txt", story(1))
    run_locally(raw.root, tmp_path / "p")
    lose(tmp_path / "p", f"articles/{MARCH}")
    listed: list[str] = []
    real = raw_files.raw_members
    monkeypatch.setattr(raw_files, "raw_members", lambda a, t: [listed.append(a.raw_path), *real(a, t)][1:])
    assert repair(Options(processed=tmp_path / "p")).read == 3
    assert (listed, outcomes(tmp_path / "p")[-1]) == (["pack.zip"], "committed")
