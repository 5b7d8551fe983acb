"""What is exported is what the tables say, whole or not at all."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import RawFolder, current, rows, story
from frictionless import Package
from typer.testing import CliRunner

from flows.cli import app
from flows.dataset.durable import whole_file
from flows.exports import Exported, Format, Request, export
from flows.exports import selection as selecting
from flows.exports.output import whole_folder
from flows.planning.options import OptionsError
from flows.reading.filters import Filters
from flows.runs import Run
from transforms.exports.cells import unguard

RunLocally = Callable[..., Run]
FERRY = "harbour-gazette/2025/03/11/ferry-inquiry.txt"


def never(contents: Iterable[bytes], is_binary: bool) -> None:
    raise AssertionError("nothing was to go to standard output")


def exported(processed: Path, output: Path, format_: Format, **options: Any) -> Exported:
    return export(Request(processed, format_, output=output, **options), never)


def records(processed: Path, output: Path, **options: Any) -> list[dict[str, Any]]:
    exported(processed, output, "jsonl", **options)
    return [json.loads(line) for line in output.read_bytes().splitlines()]


def bytes_of(place: Path) -> dict[str, bytes]:
    files = [place] if place.is_file() else sorted(p for p in place.rglob("*") if p.is_file())
    return {file.relative_to(place.parent).as_posix().partition("/")[2]: file.read_bytes() for file in files}


# ---- which articles, in which order


def test_all_articles_come_in_the_order_of_the_dataset(samples: Path, tmp_path: Path) -> None:
    found = records(samples, tmp_path / "all.jsonl")
    keys = [(record["published_date"] or "", record["article_id"]) for record in found]
    assert keys == sorted(keys)
    assert sorted(r["article_id"] for r in found) == sorted(r["article_id"] for r in rows(samples, "articles"))


def test_a_record_is_the_rows_of_its_article(samples: Path, tmp_path: Path) -> None:
    for name in ("paragraphs", "quotes"):
        nested = [
            {**row, "article_id": record["article_id"]}
            for record in records(samples, tmp_path / f"{name}.jsonl")
            for row in record[name]
        ]
        key = "quote_id" if name == "quotes" else "text"
        expected = [
            {**row, "confidence": round(row["confidence"], 3)} if row.get("confidence") is not None else row
            for row in rows(samples, name)
        ]
        assert sorted(nested, key=lambda r: (r["article_id"], r["start"], r[key])) == sorted(
            expected, key=lambda r: (r["article_id"], r["start"], r[key])
        )


def test_offsets_of_a_record_are_of_its_text(samples: Path, tmp_path: Path) -> None:
    for record in records(samples, tmp_path / "all.jsonl"):
        for row in (*record["paragraphs"], *record["quotes"]):
            assert record["text"][row["start"] : row["end"]] == row["text"]


@pytest.mark.parametrize(
    ("wanted", "is_wanted"),
    [
        pytest.param(Filters.of(start="2025-05-06"), lambda r: r["published_date"] >= "2025-05-06", id="from"),
        pytest.param(Filters.of(end="2025-04-02"), lambda r: r["published_date"] <= "2025-04-02", id="until"),
        pytest.param(Filters.of(outlet="the-dispatch"), lambda r: r["outlet"] == "the-dispatch", id="outlet"),
        pytest.param(Filters.of(outlet="nobody"), lambda r: False, id="none"),
    ],
)
def test_wanted_articles_alone_come(
    samples: Path, tmp_path: Path, wanted: Filters, is_wanted: Callable[[dict[str, Any]], bool]
) -> None:
    everything = records(samples, tmp_path / "all.jsonl")
    dated = [r for r in everything if r["published_date"] or not wanted.has_dates]
    assert records(samples, tmp_path / "some.jsonl", wanted=wanted) == [r for r in dated if is_wanted(r)]


def test_wanted_quotes_alone_come(samples: Path, tmp_path: Path) -> None:
    found = records(samples, tmp_path / "some.jsonl", wanted=Filters.of(kind="no_comment"))
    quotes = [quote for record in found for quote in record["quotes"]]
    assert {quote["kind"] for quote in quotes} == {"no_comment"}
    assert len(found) == len(rows(samples, "articles"))


@pytest.mark.parametrize("named", [FERRY, "ferry-inquiry.txt", "df96061c"])
def test_one_article_comes(samples: Path, tmp_path: Path, named: str) -> None:
    (record,) = records(samples, tmp_path / "one.jsonl", article=named)
    assert record["raw_path"] == FERRY
    assert record in records(samples, tmp_path / "all.jsonl")


@pytest.mark.parametrize("at_once", [1, 2, 100])
def test_bytes_do_not_depend_on_how_many_are_read_at_once(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    for number in range(7):
        raw.write(f"2016-03-0{number % 3 + 1}/{number}.txt", "It rained.\n" if number == 2 else story(number))
    run_locally(raw.root, tmp_path / "p")
    before = records(tmp_path / "p", tmp_path / "before.jsonl")
    monkeypatch.setattr(selecting, "ARTICLES_AT_ONCE", at_once)
    monkeypatch.setattr(selecting, "_ROWS_AT_ONCE", at_once)
    assert records(tmp_path / "p", tmp_path / "after.jsonl") == before
    assert sum(len(record["quotes"]) for record in before) == 6


@pytest.mark.parametrize("format_", ["jsonl", "csv", "webannotation", "brat", "spacy"])
def test_the_same_version_makes_the_same_bytes(samples: Path, tmp_path: Path, format_: Format) -> None:
    counts = [
        exported(samples, tmp_path / name / "x", format_) for name in ("one", "other") if not (tmp_path / name).mkdir()
    ]
    assert bytes_of(tmp_path / "one/x") == bytes_of(tmp_path / "other/x") != {}
    assert (counts[0].articles, counts[0].quotes) == (counts[1].articles, counts[1].quotes) == (24, 402)


# ---- CSV


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="everything"),
        pytest.param({"is_raw": True}, id="raw-cells"),
        pytest.param({"wanted": Filters.of(start="2025-05-01")}, id="some-days"),
        pytest.param({"wanted": Filters.of(kind="quotation", outlet="the-dispatch")}, id="some-quotes"),
        pytest.param({"article": FERRY}, id="one-article"),
    ],
)
def test_frictionless_finds_the_tables_as_declared(samples: Path, tmp_path: Path, options: dict[str, Any]) -> None:
    exported(samples, tmp_path / "csv", "csv", **options)
    package = Package(str(tmp_path / "csv/datapackage.json"))
    report = package.validate()
    assert [error.message for task in report.tasks for error in task.errors] == []
    assert report.stats["tasks"] == 3
    assert {k.name for k in package.resources} == {"articles", "paragraphs", "quotes"}
    assert all(resource.schema.foreign_keys for resource in package.resources if resource.name != "articles")


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_frictionless_sees_a_changed_cell(samples: Path, tmp_path: Path) -> None:
    exported(samples, tmp_path / "csv", "csv", article=FERRY)
    file = tmp_path / "csv/quotes.csv"
    file.write_bytes(file.read_bytes().replace(b'"quotation"', b'"shout"', 1))
    report = Package(str(tmp_path / "csv/datapackage.json")).validate()
    assert any('constraint "enum"' in error.message for task in report.tasks for error in task.errors)


def test_cells_are_the_values_of_the_tables(samples: Path, tmp_path: Path) -> None:
    exported(samples, tmp_path / "csv", "csv")
    for name in ("articles", "paragraphs", "quotes"):
        frame = pd.read_csv(tmp_path / f"csv/{name}.csv", dtype=str, keep_default_na=False, na_values=[""])
        found = [{k: None if pd.isna(v) else unguard(v) for k, v in row.items()} for row in frame.to_dict("records")]
        expected = [{k: _printed(v) for k, v in row.items()} for row in rows(samples, name)]
        assert sorted(found, key=str) == sorted(expected, key=str)


def _printed(value: object) -> str | None:
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    return None if value is None else str(value)


# ---- where it goes


def failing() -> Iterator[bytes]:
    yield b"half"
    raise RuntimeError("full")


def test_half_a_file_never_has_its_name(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"before")
    with pytest.raises(RuntimeError), whole_file(tmp_path / "x") as file:
        file.writelines(failing())
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"x": b"before"}
    with whole_file(tmp_path / "x") as file:
        file.write(b"after")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"x": b"after"}


def test_half_a_folder_never_has_its_name(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), whole_folder(tmp_path / "x") as folder:
        (folder / "a").write_bytes(b"".join(failing()))
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "x").mkdir()
    with whole_folder(tmp_path / "x") as folder:
        (folder / "a").write_bytes(b"a")
    assert (tmp_path / "x/a").read_bytes() == b"a"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param(["--format", "csv"], "name a new folder", id="folder-to-standard-output"),
        pytest.param(["--format", "brat", "--output", "{tmp}/full"], "not an empty folder", id="full-folder"),
        pytest.param(["--output", "{tmp}/full"], "is a folder", id="file-that-is-a-folder"),
        pytest.param(["--output", "{samples}/x.jsonl"], "lies in the dataset", id="inside-of-the-dataset"),
        pytest.param(["--json"], "--output", id="summary-of-nothing"),
        pytest.param(["--raw-cells"], "--format csv", id="raw-cells-of-json"),
        pytest.param(["no-such-article"], "no article", id="no-article"),
        pytest.param([FERRY, "--start", "2025-01-01"], "not both", id="article-and-dates"),
        pytest.param(["--start", "2025-02-01", "--end", "2025-01-01"], "ends before it starts", id="dates-in-reverse"),
    ],
)
def test_what_makes_no_sense_is_told(samples: Path, tmp_path: Path, options: list[str], message: str) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/a").touch()
    given = [option.format(tmp=tmp_path, samples=samples) for option in options]
    found = CliRunner().invoke(app, ["export", "--processed", str(samples), *given])
    assert (found.exit_code, message in found.output) == (2, True), found.output
    assert [p.name for p in tmp_path.iterdir()] == ["full"]


def test_the_command_tells_what_it_wrote(samples: Path, tmp_path: Path) -> None:
    given = ["export", FERRY, "--processed", str(samples), "--output", str(tmp_path / "x.jsonl")]
    assert json.loads(CliRunner().invoke(app, [*given, "--json"]).stdout) == {
        "format": "jsonl",
        "version": 1,
        "output": str(tmp_path / "x.jsonl"),
        "articles": 1,
        "paragraphs": 15,
        "quotes": 20,
    }
    assert "1 article with 20 quotes, of version 1" in CliRunner().invoke(app, given).output


def test_standard_output_has_the_same_bytes(samples: Path, tmp_path: Path) -> None:
    exported(samples, tmp_path / "x", "webannotation")
    found = CliRunner().invoke(app, ["export", "--format", "webannotation", "--processed", str(samples)])
    assert found.stdout_bytes == (tmp_path / "x").read_bytes()


def test_a_reader_that_has_enough_is_no_failure_to_tell_of(samples: Path) -> None:
    command = [sys.executable, "-m", "flows.cli", "export", "--processed", str(samples)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ)) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


def test_without_spacy_its_extra_is_named(samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(OptionsError, match=r"pip install 'newsframes\[spacy\]'"):
        exported(samples, tmp_path / "x.spacy", "spacy")


def test_nothing_heavy_is_imported_for_a_light_format(samples: Path) -> None:
    code = (
        "import sys; from flows.cli import app; app(['export', '--processed', sys.argv[1]], standalone_mode=False); "
        "heavy = {'spacy', 'prefect', 'duckdb'} & sys.modules.keys(); print(heavy, file=sys.stderr)"
    )
    found = subprocess.run([sys.executable, "-c", code, str(samples)], capture_output=True, check=True)
    assert found.stderr.decode().strip() == "set()"


def test_a_dataset_that_is_damaged_is_told(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    raw.write("2016-03-01/a.txt", story(1))
    run_locally(raw.root, tmp_path / "p")
    for path in current(tmp_path / "p").manifest.paths("quotes"):
        (tmp_path / "p/current" / path).write_bytes(b"PAR1")
    found = CliRunner().invoke(app, ["export", "--processed", str(tmp_path / "p"), "--output", str(tmp_path / "x")])
    assert (found.exit_code, "newsframes repair" in found.output) == (1, True)
    assert not (tmp_path / "x").exists()
