"""The damage drill finds what it is there for: repairs that do too much, too little, or lose what they do not name."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import flows.repair
from drills.damage.case import Case
from drills.damage.cases import all_cases
from drills.damage.dataset import PARTITIONS, PLAIN, make_dataset
from drills.damage.verdict import judge
from drills.judging import Contents, contents
from flows.repairing.survey import Survey
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
    texts = {parse_folder(f): survey.version.folder / "articles" / f / "part-0.parquet" for f in PARTITIONS}
    return replace(survey, whole={}, texts=texts, broken=frozenset(texts))


def one_forgotten(sources: Any) -> Any:
    sources.read.discard(PLAIN)
    sources.texts = [rows.slice(1) for rows in sources.texts]
    return sources


@pytest.mark.parametrize(
    ("case", "part", "change", "told"),
    [
        pytest.param(LOST_QUOTES, "survey_version", all_broken, "was written again", id="makes-all-anew"),
        pytest.param(LOST_QUOTES, "survey_version", all_broken, "made anew", id="and-says-so"),
        pytest.param(LOST_QUOTES, "find_sources", one_forgotten, "other bytes", id="drops-a-text"),
        pytest.param(LOST_FILE, "find_sources", one_forgotten, "other bytes", id="drops-a-file-beside-a-lost-one"),
    ],
)
def test_broken_repair_is_found(
    case: str, part: str, change: Any, told: str, made: tuple[Path, Contents], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows.repair, part, after(getattr(flows.repair, part), change))
    assert any(told in miss for miss in judge(CASES[case], *made))


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
