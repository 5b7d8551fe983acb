"""docs/cookbook.md: every question has the same answer in pandas, DuckDB and Polars."""

import ast
import math
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import SAMPLES

import newsframes
from drills.datasets import bring, write_file

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "cookbook.md").read_text(encoding="utf-8")
SETUP, *SECTIONS = re.split(r"^## (?=\d+\. )", PAGE, flags=re.MULTILINE)
BLOCK = re.compile(r"^```(python|sql|r)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

ALTERED = (
    "Reservoirs fall to a new low\n\nSALTMERE, April 23 - The reservoirs above the town fell again this week.\n\n"
    "“[We] have 71 days of water,” Constance Abara told the town council on Tuesday evening.\n"
)


def blocks(section: str) -> dict[str, str]:
    """Return the code of a section, by the first word of its first line: pandas, DuckDB, Spark, Polars, R."""
    return {re.findall(r"\w+", code)[0]: code for _, code in BLOCK.findall(section)}


def run(code: str, names: dict[str, Any]) -> Any:
    """Run some lines and return the value of the last one, as a notebook does."""
    *lines, last = ast.parse(code).body
    assert isinstance(last, ast.Expr)
    exec(compile(ast.Module(lines, []), "docs/cookbook.md", "exec"), names)
    return eval(compile(ast.Expression(last.value), "docs/cookbook.md", "eval"), names)


def plain(rows: Any) -> list[tuple[Any, ...]]:
    return [tuple(_plain(value) for value in row) for row in rows]


def _plain(value: Any) -> Any:
    if value is None or str(value) == "<NA>":
        return None
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 9)
    return value


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the page opens: the sample articles, one of which two outlets print, and a third alters."""
    folder = tmp_path_factory.mktemp("cookbook")
    shutil.copytree(SAMPLES, folder / "raw")
    write_file(folder / "raw" / "the-herald" / "2025" / "04" / "23" / "short.txt", ALTERED)
    (folder / "outlets.csv").write_text("filename,outlet\nreservoir-levels.txt,meridian-wire\n", encoding="utf-8")
    bring(folder / "raw", folder / "processed", metadata=folder / "outlets.csv")
    setup = next(code for _, code in BLOCK.findall(SETUP) if "newsframes.open" in code)
    found: dict[str, Any] = {}
    exec(setup.replace('"data/processed"', repr(str(folder / "processed"))), found)
    return found


def test_there_are_twelve_questions_and_all_are_listed() -> None:
    titles = [section.partition("\n")[0] for section in SECTIONS]
    assert len(titles) == 12
    for title in titles:
        anchor = re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
        assert f"* [{title.partition('. ')[2]}](#{anchor})" in SETUP


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.partition("\n")[0])
def test_answers_agree(section: str, names: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    code = blocks(section)
    assert {"pandas", "DuckDB", "Polars", "R"} <= set(code)
    scope = dict(names)
    in_pandas = run(code["pandas"], scope)
    in_duckdb = scope["con"].sql(code["DuckDB"])
    in_polars = run(code["Polars"], scope)
    assert list(in_pandas.columns) == list(in_duckdb.columns) == in_polars.columns
    answer = plain(in_pandas.itertuples(index=False))
    assert answer == plain(in_duckdb.fetchall())
    assert answer == plain(in_polars.rows())
    assert len(answer) > 1
    if "is_altered" in in_polars.columns:
        assert set(in_polars["is_altered"]) == {False, True}


def test_text_without_quotations_holds_none(names: dict[str, Any]) -> None:
    section = next(section for section in SECTIONS if "without its quotations" in section)
    scope = dict(names)
    own = run(blocks(section)["pandas"], scope).set_index("article_id")["own_words"]
    dataset: newsframes.Dataset = names["dataset"]
    quotes = dataset.where(kind="quotation").quotes()
    long = quotes[(quotes["quote_type"] == "direct") & (quotes["text"].str.len() > 40)]
    assert len(long) > 20
    for article_id, text in zip(long["article_id"], long["text"], strict=True):
        assert text not in own[article_id]
