"""docs/exports.md shows what exports hold."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.exports import Format, Request, export
from transforms.exports.cells import unguard

PAGE = (Path(__file__).parent.parent / "docs" / "exports.md").read_text(encoding="utf-8")
FERRY = "ferry-inquiry.txt"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def exported(processed: Path, output: Path, format_: Format) -> Path:
    export(Request(processed, format_, FERRY, output=output), lambda contents, is_binary: None)
    return output


def test_json_of_the_page(samples: Path, tmp_path: Path) -> None:
    quote, annotation = map(json.loads, blocks("json"))
    record = json.loads(exported(samples, tmp_path / "x", "jsonl").read_bytes())
    assert quote == record["quotes"][2]
    collection = json.loads(exported(samples, tmp_path / "y", "webannotation").read_bytes())
    assert annotation in collection["first"]["items"]


def test_lines_of_the_page(samples: Path, tmp_path: Path) -> None:
    (cells,) = blocks("csv")
    written = (exported(samples, tmp_path / "csv", "csv") / "paragraphs.csv").read_text(encoding="utf-8").splitlines()
    assert set(cells.splitlines()) <= set(written)
    (standoff,) = blocks("brat")
    (file,) = exported(samples, tmp_path / "brat", "brat").rglob("*.ann")
    assert standoff in file.read_text(encoding="utf-8")


def test_spacy_of_the_page(
    samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    exported(samples, tmp_path / "news.spacy", "spacy")
    monkeypatch.chdir(tmp_path)
    exec(next(code for code in blocks("python") if "DocBin" in code), {})
    assert "quotation Maren Tolliver We had a green light on the bridge," in capsys.readouterr().out


_NAMES: dict[str, object] = {}
exec(next(code for code in blocks("python") if "SIGNS" in code), _NAMES)


@given(st.text(alphabet=st.sampled_from("=+-@＝;\t\r\n\"' \u00a0a")))
def test_cells_are_undone_as_the_page_says(cell: str) -> None:
    undo = _NAMES["as_in_the_tables"]
    assert callable(undo)
    assert undo(cell) == unguard(cell)


def test_every_format_is_on_the_page() -> None:
    from flows.exports import FORMATS

    assert [row for row in re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) if row in FORMATS] == list(FORMATS)
