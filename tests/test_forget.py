"""Forgetting: the article is in no version, and stays out, whatever happens to its files."""

import datetime
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import RawFolder, rows, story
from test_archives import zipped

from flows.dataset import Dataset, DatasetDamaged, UnknownVersion
from flows.dataset.forgotten import add_forgotten, read_forgotten
from flows.forget import forget, remember
from flows.planning.options import Options, OptionsError
from flows.planning.prepare import prepare
from flows.planning.selection import Selection
from flows.repair import repair
from flows.reports.check import check_version
from flows.reports.status import describe_plan
from flows.rollback import roll_back
from flows.runs import Run
from transforms.schemas import FORGOTTEN

RunLocally = Callable[..., Run]
NOBODY = "0" * 32


@pytest.fixture
def three(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> RawFolder:
    """Three versions; the article of a.txt and of two copies is in the last two."""
    for day in range(1, 4):
        raw.write(f"2016-03-{day:02d}/other.txt", story(day))
    run_locally(raw.root, tmp_path / "p")
    raw.write("2016-03-09/a.txt", story(50))
    raw.write("copy/a.txt", story(50))
    raw.write("box.zip", zipped({"2016-04-09/a.txt": story(50).encode(), "b.txt": story(51).encode()}))
    run_locally(raw.root, tmp_path / "p")
    raw.write("2016-03-09/reprint.txt", story(50, changed=1))
    run_locally(raw.root, tmp_path / "p")
    return raw


def article_id(processed: Path, number: int) -> str:
    found = {row["article_id"] for row in rows(processed, "articles") if f"pier number {number} will" in row["text"]}
    return min(found, key=lambda i: next(r["raw_path"] for r in rows(processed, "articles") if r["article_id"] == i))


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def everything_below(root: Path) -> str:
    return "".join(
        str(row)
        for version in Dataset(root).all_versions()
        for table in ("articles", "paragraphs", "quotes", "uncorrected")
        for file in sorted((version.folder / table).rglob("*.parquet"))
        for row in pq.ParquetFile(file).read().to_pylist()
    )


def test_no_version_holds_it(three: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    processed = tmp_path / "p"
    wanted = article_id(processed, 50)
    near = {row["article_id"] for row in rows(processed, "articles") if "number 50 " in row["text"]} - {wanted}
    found = forget(processed, [wanted], "court order 12/26")
    assert (found.version, found.purged) == (4, [2, 3])
    assert found.raw_paths == ["2016-03-09/a.txt", "box.zip/2016-04-09/a.txt", "copy/a.txt"]
    assert found.near_duplicates == sorted(near)
    assert [v.number for v in Dataset(processed).all_versions()] == [1, 4]
    assert wanted not in everything_below(processed)
    assert list(check_version(Dataset(processed).version(4))) == []
    ledger = {row["raw_path"]: row for row in rows(processed, "files")}
    assert {ledger[path]["reason"] for path in found.raw_paths} == {FORGOTTEN}
    assert read_forgotten(processed)[wanted].reason == "court order 12/26"
    assert read_forgotten(processed)[wanted].is_purged


def test_later_runs_keep_it_out(three: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    processed = tmp_path / "p"
    wanted = article_id(processed, 50)
    forget(processed, [wanted])
    assert run_locally(three.root, processed).outcome == "nothing to do"
    three.write("third-copy.txt", story(50))
    three.write("2016-03-09/a.txt", story(50) + "\n")
    assert run_locally(three.root, processed, rehash=True).outcome == "committed"
    three.write("2016-03-09/a.txt", story(52))  # a revision of what was forgotten
    run_locally(three.root, processed)
    assert wanted not in everything_below(processed)
    assert "number 52 " not in everything_below(processed)
    assert {r["raw_path"] for r in rows(processed, "files") if r["reason"] == FORGOTTEN} == {
        "2016-03-09/a.txt",
        "box.zip/2016-04-09/a.txt",
        "copy/a.txt",
        "third-copy.txt",
    }


def test_article_that_was_never_there_is_kept_out(three: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    processed = tmp_path / "p"
    wanted = article_id(processed, 50)
    out = tmp_path / "q"
    other = RawFolder(tmp_path / "other")
    other.write("a.txt", story(1))
    run_locally(other.root, out)
    found = forget(out, [wanted])
    assert (found.version, found.purged, found.raw_paths) == (None, [], [])
    other.write("b.txt", story(50))
    run_locally(other.root, out)
    assert len(rows(out, "articles")) == 1


@pytest.mark.parametrize("is_purged", [False, True], ids=["before-the-commit", "before-the-purge"])
def test_next_run_finishes_what_a_killed_one_began(
    three: RawFolder, tmp_path: Path, run_locally: RunLocally, monkeypatch: pytest.MonkeyPatch, is_purged: bool
) -> None:
    processed = tmp_path / "p"
    wanted = article_id(processed, 50)
    if is_purged:
        with monkeypatch.context() as patch:
            patch.setattr(Dataset, "sweep", interrupt)
            with pytest.raises(KeyboardInterrupt):
                forget(processed, [wanted])
    else:
        add_forgotten(processed, [wanted], None)
    assert wanted in everything_below(processed)
    run_locally(three.root, processed)
    assert wanted not in everything_below(processed)
    assert read_forgotten(processed)[wanted].is_purged


def test_rollback_does_not_bring_it_back(three: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    processed = tmp_path / "p"
    wanted = article_id(processed, 50)
    forget(processed, [wanted])
    with pytest.raises(UnknownVersion, match=re.escape("keeps no version 3; it has 1, 4")):
        roll_back(processed, 3)
    roll_back(processed, 1)
    again = forget(processed, [article_id(processed, 1)])
    assert again.version == 5
    assert wanted not in everything_below(processed)


def test_what_is_remembered_comes_back(three: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    processed = tmp_path / "p"
    wanted = article_id(processed, 50)
    forget(processed, [wanted])
    remember(processed, [wanted])
    run_locally(three.root, processed)
    assert article_id(processed, 50) == wanted
    assert list(check_version(Dataset(processed).version(5))) == []
    with pytest.raises(OptionsError, match="not forgotten"):
        remember(processed, [wanted])


@pytest.mark.parametrize("wrong", ["3f2a", NOBODY.upper() + "x", "story.txt"])
def test_what_is_no_article_id_is_refused(three: RawFolder, tmp_path: Path, wrong: str) -> None:
    with pytest.raises(OptionsError, match="no article_id"):
        forget(tmp_path / "p", [wrong])


def test_list_that_cannot_be_read_stops_every_run(three: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    (tmp_path / "p" / "forgotten.json").write_text("{", encoding="utf-8")
    with pytest.raises(DatasetDamaged, match=r"forgotten\.json"):
        run_locally(three.root, tmp_path / "p")


def test_revision_stays_out_after_its_file_was_away(three: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    processed = tmp_path / "p"
    forget(processed, [article_id(processed, 50)])
    (three.root / "2016-03-09/a.txt").unlink()
    three.write("other.txt", story(60))
    run_locally(three.root, processed)
    three.write("2016-03-09/a.txt", story(52))
    run_locally(three.root, processed)
    assert "number 52 " not in everything_below(processed)


def test_backfill_finishes_it_too(three: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    processed = tmp_path / "p"
    wanted = article_id(processed, 50)
    add_forgotten(processed, [wanted], None)
    nothing = Selection(datetime.date(1999, 1, 1), datetime.date(1999, 1, 2))
    assert describe_plan(prepare(Options(processed=processed, selection=nothing)))["forgetting"]
    run_locally(three.root, processed, selection=nothing)
    assert wanted not in everything_below(processed)


def test_rollback_to_a_version_that_is_still_to_be_purged_is_refused(
    three: RawFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    processed = tmp_path / "p"
    with monkeypatch.context() as patch:
        patch.setattr(Dataset, "sweep", interrupt)
        with pytest.raises(KeyboardInterrupt):
            forget(processed, [article_id(processed, 50)])
    with pytest.raises(DatasetDamaged, match="to be forgotten"):
        roll_back(processed, 2)
    assert roll_back(processed, 1).number == 1


def test_version_that_cannot_be_read_is_purged(three: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    """It may hold the article, and must not stop this run, nor those to come."""
    processed = tmp_path / "p"
    (processed / "versions/000001/manifest.json").unlink()
    assert forget(processed, [article_id(processed, 50)]).purged == [1, 2, 3]
    assert run_locally(three.root, processed).outcome == "nothing to do"


def test_what_is_kept_out_raises_no_alarm(three: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    processed = tmp_path / "p"
    forget(processed, [article_id(processed, 50)])
    three.write("third-copy.txt", story(50))
    run = run_locally(three.root, processed)
    assert (run.counts["kept out"], run.counts.get("rejected", 0), run.rejected) == (1, 0, [])


@pytest.mark.parametrize("way", ["undone", "pruned"])
def test_article_that_comes_back_is_no_revision_of_itself(
    three: RawFolder, tmp_path: Path, run_locally: RunLocally, way: str
) -> None:
    processed = tmp_path / "p"
    wanted, file = article_id(processed, 1), three.root / "2016-03-01/other.txt"
    if way == "undone":
        forget(processed, [wanted])
        remember(processed, [wanted])
    else:
        content = file.read_text(encoding="utf-8")
        file.unlink()
        run_locally(three.root, processed, prune=True, force=True)
        three.write("2016-03-01/other.txt", content)
    run_locally(three.root, processed)
    (row,) = (row for row in rows(processed, "files") if row["raw_path"] == "2016-03-01/other.txt")
    assert (row["article_id"], row["previous_article_id"]) == (wanted, None)


def test_damage_elsewhere_does_not_keep_the_note_from_being_written(
    three: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    """The repair, or the next run after it, finishes what was begun."""
    processed = tmp_path / "p"
    wanted = article_id(processed, 50)
    (processed / "current/articles/year=2016/month=4/part-0.parquet").unlink(missing_ok=True)
    (processed / "current/articles/year=0/month=0/part-0.parquet").unlink()
    with pytest.raises(DatasetDamaged, match="newsframes repair"):
        forget(processed, [wanted])
    assert not read_forgotten(processed)[wanted].is_purged
    repair(Options(processed=processed))
    assert (wanted in everything_below(processed), read_forgotten(processed)[wanted].is_purged) == (False, True)


@pytest.mark.parametrize("link", ["current", "articles"])
def test_note_is_written_though_a_link_is_lost(three: RawFolder, tmp_path: Path, link: str) -> None:
    wanted = article_id(tmp_path / "p", 50)
    (tmp_path / "p" / link).unlink()
    (tmp_path / "p" / link).mkdir()
    with pytest.raises(DatasetDamaged, match="newsframes repair"):
        forget(tmp_path / "p", [wanted])
    assert wanted in read_forgotten(tmp_path / "p")


def copied(processed: Path) -> Path:
    """Return a copy of a dataset without its links, as `cp -rL` makes it, with a file of somebody else's."""
    copy = processed.with_name("copied")
    shutil.copytree(processed, copy)
    (copy / "articles/notes.txt").write_text("theirs")
    (copy / "quotes").rename(copy / "quotes.was")
    shutil.copy(next((copy / "quotes.was").rglob("*.parquet")), copy / "quotes")  # a file, and its name tells nothing
    return copy


def holding(folder: Path, wanted: str) -> list[Path]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.read_bytes()[:4] == b"PAR1"]
    tables = ((file, pq.ParquetFile(file).read()) for file in files)
    return [file for file, rows in tables if wanted in rows["article_id"].to_pylist()]


def test_what_a_repair_moved_aside_does_not_hold_it(three: RawFolder, tmp_path: Path) -> None:
    copy = copied(tmp_path / "p")
    wanted = article_id(tmp_path / "p", 50)
    repair(Options(processed=copy))
    before = holding(copy / "replaced", wanted)
    assert {path.relative_to(copy).parts[2] for path in before} >= {"current", "articles", "files"}
    found = forget(copy, [wanted])
    assert [copy / path for path in found.copies] == sorted(before)
    assert holding(copy / "replaced", wanted) == []
    assert holding(copy / "replaced", article_id(tmp_path / "p", 1)) == []  # in the same files
    assert [path.read_text() for path in copy.rglob("notes.txt")] == ["theirs"]
    assert forget(copy, [wanted]).copies == []


def test_what_a_repair_moves_aside_later_does_not_hold_it_either(three: RawFolder, tmp_path: Path) -> None:
    """Somebody put an old copy of a table in the place of its link."""
    processed = tmp_path / "p"
    wanted = article_id(processed, 50)
    shutil.copytree(processed / "articles", tmp_path / "old")
    forget(processed, [wanted])
    (processed / "articles").unlink()
    (tmp_path / "old").rename(processed / "articles")
    links = repair(Options(processed=processed)).links
    assert [line for line in links if line.endswith("which held a forgotten article, is deleted")]
    assert holding(processed / "replaced", wanted) == []
