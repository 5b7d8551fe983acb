"""Damage to a dataset is named by its check and mended by its repair; what cannot be mended is named, too."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import RawFolder, current, digests, outcomes, rows, story
from test_archives import zipped
from typer.testing import CliRunner

from drills.damage.case import Case
from drills.damage.cases import all_cases
from drills.damage.dataset import make_dataset
from drills.damage.strokes import flip
from drills.damage.verdict import judge
from drills.judging import contents
from flows.cli import app
from flows.dataset import Dataset, DatasetDamaged, Version
from flows.dataset.manifest import read_manifest
from flows.forget import forget
from flows.planning.options import Options, OptionsError
from flows.repair import repair
from flows.reports.check import check_dataset
from flows.rollback import roll_back
from flows.runs import Run

RunLocally = Callable[..., Run]
MARCH = "year=2016/month=3/part-0.parquet"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The dataset of the drill, and its contents."""
    folder = tmp_path_factory.mktemp("made")
    make_dataset(folder)
    return folder, contents(folder / "p")


CASES = {f"{case.kind}, {case.name}": case for case in all_cases(flips=1)}
TRIED = [
    "articles: deleted, deleted articles/year=2025/month=3/part-0.parquet",
    "quotes: truncated, truncated at -8 quotes/year=2025/month=1/part-0.parquet",
    "paragraphs: bit, bit flip 0 paragraphs/year=2025/month=3/part-0.parquet",
    "fingerprints: another partition's, fingerprints/year=2025/month=2/part-0.parquet as "
    "fingerprints/year=2025/month=1/part-0.parquet",
    "uncorrected: foreign, foreign Parquet uncorrected/year=2025/month=3/part-0.parquet",
    "ledger: emptied, emptied files/part-0.parquet",
    "month without quotes, articles damaged",
    "month without quotes, paragraphs damaged",
    "foreign file, paragraphs/year=1999/month=1/part-0.parquet",
    "current, removed",
    "current, a copied folder, and no versions",
    "table link, quotes leads to a version",
    "table link, articles a copied folder",
    "version gone, the current one",
    "manifest: bit, bit flip 0 manifest.json",
    "manifest: all of them, no raw root is named",
    "manifest: all of them, the raw root is named",
    "two at once, articles and ledger",
    "raw gone or changed, gone, in an older version",
    "raw gone or changed, gone, with a copy",
    "raw gone or changed, changed",
    "raw gone or changed, raw root gone",
    "no raw root, quotes lost",
    "whole in another version, articles/year=2025/month=1/part-0.parquet",
]


@pytest.mark.parametrize("case", [pytest.param(CASES[name], id=name) for name in TRIED])
def test_damage_is_named_and_mended(case: Case, made: tuple[Path, dict[str, str]]) -> None:
    assert list(judge(case, *made)) == []


@pytest.fixture
def three(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> Path:
    """A dataset of three versions; each added a story of March."""
    for day in range(1, 4):
        raw.write(f"2016-03-{day:02d}/story.txt", story(day))
        run_locally(raw.root, tmp_path / "p")
    return tmp_path / "p"


def say(*arguments: object) -> tuple[int, str]:
    found = CliRunner().invoke(app, [str(a) for a in arguments])
    return found.exit_code, found.stdout + found.stderr


def test_whole_dataset_stays_as_it_is(three: Path) -> None:
    assert repair(Options(processed=three)).version is None
    assert [v.number for v in Dataset(three).all_versions()] == [1, 2, 3]
    assert outcomes(three)[-1] == "nothing to do"
    assert "as it was committed" in say("repair", "--processed", three)[1]


def test_command_tells_what_it_did(three: Path) -> None:
    before = digests(three)
    (three / "current" / "quotes" / MARCH).unlink()
    status, told = say("check", "--processed", three)
    assert (status, f"newsframes repair --processed {three}" in told) == (1, True)
    status, told = say("repair", "--processed", three, "--json")
    assert (status, json.loads(told)["rebuilt"]) == (0, {MARCH.rpartition("/")[0]: 3})
    assert (digests(three), outcomes(three)[-1]) == (before, "committed")


def test_lost_article_is_named_and_its_file_is_noted(raw: RawFolder, three: Path) -> None:
    (three / "current" / "articles" / MARCH).unlink()
    (raw.root / "2016-03-03/story.txt").unlink()
    status, told = say("repair", "--processed", three, "--force")
    assert (status, "LOST  2016-03-03/story.txt: its rows were damaged, and its raw file is gone" in told) == (1, True)
    assert list(check_dataset(three, current(three))) == []
    noted = {row["raw_path"]: (row["status"], row["reason"]) for row in rows(three, "files")}
    assert noted["2016-03-03/story.txt"][0] == "removed"
    assert "gone" in str(noted["2016-03-03/story.txt"][1])
    assert say("repair", "--processed", three)[0] == 0


@pytest.mark.parametrize("table", ["articles", "paragraphs", "quotes", "fingerprints", "files"])
def test_run_that_meets_a_missing_file_changes_nothing(
    raw: RawFolder, three: Path, run_locally: RunLocally, table: str
) -> None:
    """A file of the manifest that is not there is no empty table."""
    file = three / "current" / table / (MARCH if table != "files" else "part-0.parquet")
    file.unlink()
    raw.write("2016-03-09/more.txt", story(9))
    with pytest.raises(DatasetDamaged, match="newsframes repair"):
        run_locally(raw.root, three)
    assert current(three).number == 3


def test_file_of_another_partition_that_is_too_short_is_not_taken_over(
    raw: RawFolder, three: Path, run_locally: RunLocally
) -> None:
    os.truncate(three / "current" / "quotes" / MARCH, 100)
    raw.write("2018-01-01/far.txt", story(9))
    with pytest.raises(DatasetDamaged, match=r"files are missing or of another size .*newsframes repair"):
        run_locally(raw.root, three)
    assert current(three).number == 3


@pytest.mark.parametrize("how", ["missing", "one-bit"])
def test_rollback_to_a_damaged_version_is_refused(three: Path, how: str) -> None:
    file = three / "versions/000002/quotes" / MARCH
    file.unlink() if how == "missing" else flip(file, seed=3)
    status, told = say("rollback", "--processed", three)
    assert status == 1
    assert f"version 2 is damaged, and no way back: quotes/{MARCH}" in told
    assert current(three).number == 3
    assert roll_back(three, 1).number == 1


def test_damaged_version_that_was_rolled_back_to_stays_held(three: Path) -> None:
    roll_back(three, 2)
    before = digests(three)
    (three / "current").unlink()
    flip(three / "versions/000002/quotes" / MARCH, seed=3)
    assert repair(Options(processed=three)).version == 4
    assert digests(three) == before
    status, told = say("ingest", "--processed", three)
    assert (status, "runs are held" in told) == (1, True)


def test_forgotten_article_is_not_taken_from_an_older_version(three: Path, raw: RawFolder) -> None:
    shutil.copytree(three / "versions/000003", three / "versions/000002", dirs_exist_ok=True)
    wanted = next(r["article_id"] for r in rows(three, "articles") if "number 1 " in r["text"])
    forget(three, [wanted])
    (three / "current" / "articles" / MARCH).unlink()
    repair(Options(processed=three))
    assert wanted not in {r["article_id"] for r in rows(three, "articles")}
    assert list(check_dataset(three, current(three))) == []


def test_article_that_had_another_date_joins_those_of_that_month(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    """Its file is gone, and the only text of it that is left is from before the side file dated it anew."""
    processed, side = tmp_path / "p", tmp_path / "side.csv"
    for day in range(1, 4):
        raw.write(f"2016-03-{day:02d}/story.txt", story(day))
    run_locally(raw.root, processed)
    march = (current(processed).folder / "articles" / MARCH).read_bytes()
    side.write_text("path,published_date\n2016-03-01/story.txt,2016-05-05\n")
    run_locally(raw.root, processed, metadata=side)
    (processed / "current/articles/year=2016/month=5/part-0.parquet").unlink()
    (raw.root / "2016-03-01/story.txt").unlink()
    found = repair(Options(processed=processed))
    assert (found.older, found.lost) == ({"2016-03-01/story.txt": 1}, {})
    assert list(check_dataset(processed, current(processed))) == []
    assert [(v.folder / "articles" / MARCH).read_bytes() == march for v in Dataset(processed).all_versions()] == [
        True,
        False,
        True,
    ]


def test_lost_link_leads_to_a_damaged_version_rather_than_to_an_older_one(three: Path) -> None:
    """Nothing of the last version is thrown away as if it had never been committed."""
    before = digests(three)
    (three / "current").unlink()
    (three / "versions/000003/manifest.json").unlink()
    (three / "versions/000004").mkdir()
    assert repair(Options(processed=three)).version == 4
    assert digests(three) == before


def test_rows_of_older_rules_are_made_from_raw_by_those_of_today(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("transforms.articles", "flows.building.transformation", "flows.repairing.sources"):
        monkeypatch.setattr(f"{module}.RULES_VERSION", 2)
    (three / "current" / "quotes" / MARCH).unlink()
    found = repair(Options(processed=three))
    assert (found.texts, found.read) == (0, 3)
    assert {r["rules_version"] for r in rows(three, "articles")} == {2}
    assert list(check_dataset(three, current(three))) == []


def test_killed_repair_leaves_nothing_behind(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = digests(three)
    (three / "current" / "quotes" / MARCH).unlink()

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Dataset, "commit", die)
        with pytest.raises(KeyboardInterrupt):
            repair(Options(processed=three))
    assert current(three).number == 3
    repair(Options(processed=three))
    assert (digests(three), list(Dataset(three).versions.glob(".*"))) == (before, [])


def test_dataset_of_a_newer_newsframes_is_left_alone(three: Path) -> None:
    path = three / "versions/000003/manifest.json"
    newer = replace(read_manifest(path), schema_version=99)
    path.write_text(json.dumps(newer.sealed()))
    with pytest.raises(DatasetDamaged, match="schema 99"):
        repair(Options(processed=three))


def test_near_duplicates_of_what_is_lost_are_told_anew(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    """The reprint in the next month was a duplicate of an article that is no more."""
    raw.write("2016-02-28/story.txt", story(1))
    raw.write("2016-03-02/reprint.txt", story(1, changed=1))
    run_locally(raw.root, tmp_path / "p")
    (reprint,) = (r for r in rows(tmp_path / "p", "articles") if r["duplicate_of"])
    (tmp_path / "p/current/articles/year=2016/month=2/part-0.parquet").unlink()
    (raw.root / "2016-02-28/story.txt").unlink()
    assert list(repair(Options(processed=tmp_path / "p"), force=True).lost) == ["2016-02-28/story.txt"]
    assert [(r["article_id"], r["duplicate_of"]) for r in rows(tmp_path / "p", "articles")] == [
        (reprint["article_id"], None)
    ]
    assert list(check_dataset(tmp_path / "p", current(tmp_path / "p"))) == []


def test_no_dataset_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(OptionsError, match="no dataset"):
        repair(Options(processed=tmp_path / "nothing"))
    assert not (tmp_path / "nothing").exists()


def test_every_flipped_bit_of_a_manifest_is_noticed(three: Path) -> None:
    version = current(three)
    path = version.folder / "manifest.json"
    content = path.read_bytes()
    for seed in range(200):
        path.write_bytes(content)
        flip(path, seed)
        assert not Version(version.number, version.folder).has_manifest, seed


def test_only_current_is_left(three: Path) -> None:
    """All that was copied is the folder that `current` led to."""
    before, schema = digests(three), pq.read_schema((three / "current/articles").resolve() / MARCH)
    copy = three.with_name("copy")
    shutil.copytree(three / "current", copy / "current")
    found = repair(Options(processed=copy))
    assert (found.version, [line for line in found.links if line.startswith("current")]) == (
        None,
        ["current leads to version 3"],
    )
    assert (digests(copy), pq.read_schema((copy / "articles").resolve() / MARCH)) == (before, schema)


def test_raw_files_are_read_as_an_ingest_reads_them(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    """By the dataset's own limit on articles, inside archives too; and a pipe is not waited for."""
    long = story(1) + "\n" * 2_100_000  # the limit is 2 MB unless a dataset has another one
    raw.write("pack.zip", zipped({"2016-03-03/long.txt": long.encode()}))
    piped = raw.write("2016-03-04/piped.txt", story(2))
    run_locally(raw.root, tmp_path / "p", max_article_mb=8)
    before = digests(tmp_path / "p")
    piped.unlink()
    os.mkfifo(piped)
    (tmp_path / "p/current/articles" / MARCH).unlink()
    found = repair(Options(processed=tmp_path / "p"), force=True)
    assert found.read == 1
    assert list(found.lost) == ["2016-03-04/piped.txt"]
    assert before.keys() == digests(tmp_path / "p").keys()
    (article,) = rows(tmp_path / "p", "articles")
    assert article["raw_path"] == "pack.zip/2016-03-03/long.txt"
