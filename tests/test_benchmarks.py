"""Benchmarks: what becomes of measured values on a page, and that contestants do what they are asked."""

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from benchmarks import against_spacy, known, limit, scale
from benchmarks.clock import Clock
from benchmarks.contestants.asking import contestant
from benchmarks.figures import Figure
from benchmarks.measurements import Measurement, Notebook, footnotes, read_measurements, results
from benchmarks.pages import put_between, table
from benchmarks.plots import plot
from benchmarks.stages import STAGES, by_room

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "data" / "raw"
MACHINE = {"processor": "p", "system": "s", "versions": "v", "revision": "r", "date": "2026-01-02"}


def measured(subject: str, *runs: dict[str, Any], command: str = "python -m benchmarks x") -> Measurement:
    return Measurement(subject, command, MACHINE, list(runs))


def cells(page: str, first: str) -> list[str]:
    """Return the cells of the row of a table that begins with some text."""
    (row,) = re.findall(rf"^\| {re.escape(first)} \| (.+) \|$", page, re.MULTILINE)
    return str(row).split(" | ")


@pytest.mark.parametrize(
    ("values", "digits", "told"),
    [
        pytest.param([3, 1, 2], 0, "2 (1–3)", id="odd"),
        pytest.param([4, 1, 2, 3], 1, "2.5 (1.0–4.0)", id="even"),
        pytest.param([1234.5], 1, "1,234.5", id="single"),
        pytest.param([1.01, 1.02], 1, "1.0", id="alike-when-told"),
    ],
)
def test_a_figure_is_a_median_with_its_range(values: list[float], digits: int, told: str) -> None:
    assert Figure.of(values).told(digits) == told


def test_a_table_keeps_its_columns() -> None:
    assert table(("a", "b"), [("x|y", "1")]) == "| a | b |\n| --- | ---: |\n| x/y | 1 |\n"


PAGE = "# Title\n<!-- begin one -->\nold\n<!-- end one -->\nprose\n<!-- begin two -->\n<!-- end two -->\n"


def test_only_what_is_between_the_markers_is_written(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    put_between(page, "one", "new \\1 text")
    assert page.read_text(encoding="utf-8") == PAGE.replace("old\n", "\nnew \\1 text\n\n")
    put_between(page, "one", "old")
    put_between(page, "two", "more")
    assert page.read_text(encoding="utf-8").count("<!-- ") == 4


@pytest.mark.parametrize("text", ["", PAGE + PAGE, "<!-- begin one -->\n"], ids=["none", "twice", "no-end"])
def test_a_page_without_its_markers_stays_as_it_is(text: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="markers"):
        put_between(page, "one", "new")
    assert page.read_text(encoding="utf-8") == text


def test_a_plot_shows_every_value_where_it_belongs() -> None:
    lines = {
        "one worker": [(100.0, Figure(10, 8, 12)), (1000.0, Figure(20, 20, 20))],
        "two workers": [(100.0, Figure(40, 30, 50))],
    }
    root = ElementTree.fromstring(plot("rate", "size", lines))
    circles = [(float(c.attrib["cx"]), float(c.attrib["cy"])) for c in root.iterfind("{*}circle")]
    assert len(circles) == 3
    (x1, y10), (x2, y20), (x3, y40) = circles
    assert x1 == x3 < x2
    assert y10 - y20 == pytest.approx((y20 - y40) / 2, abs=0.2)
    assert [text.text for text in root.iterfind("{*}text") if text.text in lines] == ["one worker", "two workers"]


def test_a_notebook_has_every_run_at_once_and_keeps_other_subjects(tmp_path: Path) -> None:
    file = results(tmp_path / "page.md", "x.json")
    assert file == tmp_path / "page" / "x.json"
    assert read_measurements(file) == []
    first = Notebook(file, tmp_path)
    first.note("a", {"seconds": 1})
    first.note("b", {"seconds": 2})
    again = Notebook(file, tmp_path)
    again.note("b", {"seconds": 3})
    again.note("b", {"seconds": 4})
    assert {m.subject: m.values("seconds") for m in read_measurements(file)} == {"a": [1], "b": [3, 4]}
    assert set(read_measurements(file)[0].machine) == set(MACHINE)


def test_every_command_and_machine_is_told_once() -> None:
    told = footnotes([measured("a"), measured("b"), measured("c", command="python -m benchmarks y")])
    assert told.count("Measured by") == 2
    assert "`python -m benchmarks y`, 2026-01-02, revision r, on p (s; v)." in told


def sample(articles: int, workers: int, work: float) -> dict[str, Any]:
    return {
        "articles": articles, "workers": workers, "bytes": articles * 4000, "seconds": work + 9, "work_seconds": work,
        "start_seconds": 9, "peak_mb": 200, "stages": {"plan": 1, "transform": work - 1},
    }  # fmt: skip


def test_scale_is_told_by_size_and_workers() -> None:
    measurements = [
        measured("2,000 articles, 1 worker", sample(2000, 1, 20), sample(2000, 1, 40), sample(2000, 1, 25)),
        measured("1,000 articles, 1 worker", sample(1000, 1, 10)),
    ]
    page = scale.render(measurements, "p/scale.svg")
    assert "](p/scale.svg)" in page
    assert page.index("| 1,000 articles") < page.index("| 2,000 articles")
    rates, stages = re.findall(r"^\| 2,000 articles, 1 worker \| (.+) \|$", page, re.MULTILINE)
    assert rates.split(" | ") == ["8.0", "3", "80 (50–100)", "0.32 (0.20–0.40)", "200", "9.0"]
    assert stages.split(" | ") == ["1.0", "24.0 (19.0–39.0)"]
    assert scale.draw(measurements).count("<circle") == 2


def test_the_ratio_to_spacy_is_that_of_runs_side_by_side() -> None:
    theirs = {"articles": 10, "tokens": 9000, "versions": "spaCy 3", "pipeline": ["tagger", "parser"]}
    page = against_spacy.render([
        measured("spaCy, nlp.pipe", *({**theirs, "seconds": s} for s in (30.0, 20.0, 60.0))),
        measured("newsframes, all tables", *({"articles": 10, "seconds": s} for s in (1.0, 1.0, 2.0))),
    ])  # fmt: skip
    assert "newsframes is 30.0 (20.0–30.0) times as fast." in page
    assert cells(page, "spaCy, nlp.pipe") == ["30.00 (20.00–60.00)", "300 (150–450)", "0.3 (0.2–0.5)"]


def test_a_stage_that_a_run_does_not_have_is_left_empty() -> None:
    page = known.render([
        measured("few", sample(9, 1, 5)),
        measured("nothing", {**sample(0, 1, 1), "stages": {"plan": 1}}),
    ])  # fmt: skip
    assert cells(page, "few") == ["1", "14.0", "5.00", "1.00", "4.00", "200"]
    assert cells(page, "nothing") == ["1", "10.0", "1.00", "1.00", "", "200"]


def test_the_time_of_a_stage_inside_another_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter([0.0, 1.0, 4.0, 10.0])  # outer begins, inner begins, inner ends, outer ends
    monkeypatch.setattr("time.process_time", lambda: next(ticks))

    class Program:
        def outer(self) -> None:
            self.inner()

        def inner(self) -> None:
            pass

    clock = Clock({"outer": ((Program, "outer"),), "inner": ((Program, "inner"),)})
    with clock.running():
        Program().outer()
    assert clock.seconds == {"outer": 7, "inner": 3}


def test_every_stage_is_in_one_room() -> None:
    seconds = {stage: 2.0**n for n, stage in enumerate(STAGES)}
    assert sum(by_room(seconds).values()) == sum(seconds.values())


def test_limit_puts_its_figures_on_the_page(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for name in ("ferry-inquiry", "regatta-row"):
        (file,) = (SAMPLES / "harbour-gazette").rglob(f"{name}.txt")
        (raw / file.name).write_bytes(file.read_bytes())
    page = tmp_path / "page.md"
    page.write_text("<!-- begin limit -->\n<!-- end limit -->\n", encoding="utf-8")
    limit.limit(raw, runs=1, page=page)
    written = page.read_text(encoding="utf-8")
    size = sum(file.stat().st_size for file in raw.iterdir())
    assert f"2 articles, {size / 1e6:.2f} MB." in written
    assert float(cells(written, "quotes: statements")[0]) > 0
    (stages,) = (m for m in read_measurements(results(page, "limit.json")) if m.subject == "newsframes, by stage")
    assert not [stage for stage, seconds in stages.runs[0]["stages"].items() if not 0 <= seconds < 60]


def test_tables_are_written_by_the_contestant_of_spacy() -> None:
    with contestant("tables", str(SAMPLES / "harbour-gazette")) as ours:
        first, again = ours.ask("tables"), ours.ask("tables")
    assert first["articles"] == len(list((SAMPLES / "harbour-gazette").rglob("*.txt")))
    assert first["rows"] == again["rows"] > 20


def test_a_contestant_that_fails_ends_the_benchmark() -> None:
    with pytest.raises(SystemExit, match="ended with 1"), contestant("plain", str(SAMPLES)) as plain:
        plain.ask("nothing of the kind")


def test_the_figures_on_the_page_are_those_that_were_kept() -> None:
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    kept = [m for file in (ROOT / "docs" / "performance").glob("*.json") for m in read_measurements(file)]
    assert not [m.subject for m in kept if m.command not in page]
