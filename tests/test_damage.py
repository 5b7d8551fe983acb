"""The damage drill finds what it is there for: repairs that do too much, too little, or lose what they do not name."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import flows.repair
from drills.damage import verdict
from drills.damage.case import Case
from drills.damage.cases import all_cases
from drills.damage.dataset import JANUARY, MARCH, NEW, NEW_FILES, PARTITIONS, PLAIN, away, make_dataset
from drills.damage.verdict import judge
from drills.judging import Contents, contents
from flows.repairing.survey import Survey
from transforms.cuts import FIRST
from transforms.partitions import parse_folder

CASES = {f"{case.kind}, {case.name}": case for case in all_cases(flips=1)}
LOST_QUOTES = "quotes: deleted, deleted quotes/year=2025/month=3/part-0.parquet"
LOST_FILE = "raw gone or changed, gone, in no other version"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Contents]:
    """The dataset of the drill, and its contents."""
    folder = tmp_path_factory.mktemp("made")
    make_dataset(folder)
    return folder, contents(folder / "p")


def after(function: Callable[..., Any], change: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda *arguments, **options: change(function(*arguments, **options))


def all_broken(survey: Survey) -> Survey:
    texts = {(parse_folder(f), FIRST): survey.version.folder / "articles" / f / "part-0.parquet" for f in PARTITIONS}
    return replace(survey, whole={}, texts=texts, broken=frozenset(texts))


def test_repair_that_makes_all_anew_is_found(made: tuple[Path, Contents], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows.repair, "survey_version", after(flows.repair.survey_version, all_broken))
    misses = list(judge(CASES[LOST_QUOTES], *made))
    assert any(miss.startswith("made anew [") for miss in misses)
    assert f"articles/{JANUARY}/part-0.parquet was written again" in misses  # whatever the repair says


def test_article_that_is_lost_unnamed_beside_a_named_one_is_found(
    made: tuple[Path, Contents], monkeypatch: pytest.MonkeyPatch
) -> None:
    def losing(*arguments: Any) -> flows.repair.Repaired:
        with away(made[0] / "raw", NEW_FILES[:1]):
            found = flows.repair.repair(*arguments)
        assert sorted(found.lost) == sorted([NEW_FILES[0], NEW])
        return replace(found, lost={path: why for path, why in found.lost.items() if path == NEW})

    monkeypatch.setattr(verdict, "repair", losing)
    misses = list(judge(CASES[LOST_FILE], *made))
    assert f"other bytes: articles/{MARCH}/part-0.parquet" in misses
    assert any(miss.startswith("ledger: ") and NEW_FILES[0] in miss for miss in misses)
    assert not any(miss.startswith("lost [") for miss in misses)


def test_repair_that_names_too_few_or_others_is_found(made: tuple[Path, Contents]) -> None:
    for lost in ((), (PLAIN,)):
        misses = list(judge(replace(CASES[LOST_FILE], lost=lost), *made))
        assert any(miss.startswith("lost [") for miss in misses)


def test_refusal_that_changes_something_is_found(made: tuple[Path, Contents], monkeypatch: pytest.MonkeyPatch) -> None:
    case: Case = CASES["raw gone or changed, raw root gone"]
    assert list(judge(case, *made)) == []
    monkeypatch.setattr(flows.repair, "find_sources", after(flows.repair.find_sources, lambda s: touch(made[0], s)))
    assert list(judge(case, *made)) == ["changed, though refused: articles"]


def touch(folder: Path, sources: Any) -> Any:
    (folder / "damaged/articles").unlink()
    return sources
