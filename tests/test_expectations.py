"""Row counts that were reviewed, against those of a version."""

import io
from pathlib import Path

import pandas as pd
import pytest
from conftest import RawFolder, rows, run_here, story

from flows.dataset import Dataset, FileEntry, Settings, Version
from flows.dataset.manifest import Manifest
from flows.planning.prepare import OptionsError
from flows.reports.check import ROWS_SHOWN, Violation
from flows.reports.expectations import Expected, compare_expected, count_rows, read_expected, write_expected
from transforms.schemas import TABLES

HEADER = "table,partition,rows\n"


def version(tmp_path: Path, **counts: int) -> Version:
    """Return a version that has a manifest alone: nothing else may be read."""
    settings = Settings("/raw", None, "month", (".txt",), ())
    files = {f"{place.replace('__', '/year=').replace('_', '/month=')}/part-0.parquet": FileEntry(n, 1, "x")
             for place, n in counts.items()}  # fmt: skip
    found = Version(1, tmp_path)
    found.__dict__["manifest"] = Manifest(1, None, 1, 1, settings, files)
    return found


def written(of: Version) -> str:
    stream = io.StringIO()
    write_expected(of, stream)
    return stream.getvalue()


def read(tmp_path: Path, text: str | bytes) -> Expected:
    file = tmp_path / "expected.csv"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_expected(file)


def drift(of: Version, expected: Expected) -> dict[str, list[str]]:
    return {v.invariant: v.rows for v in compare_expected(of, expected)}


def test_counts_are_those_of_the_tables(samples: Path) -> None:
    current = Dataset(samples).current()
    assert current
    counts = count_rows(current)
    for table in TABLES:
        assert sum(c.rows for c in counts if c.table == table.name) == len(rows(samples, table.name))
    articles = pd.read_parquet(samples / "articles").groupby(["year", "month"], observed=True).size()
    by_month = {f"year={y}/month={m}": n for (y, m), n in articles.items() if n}  # type: ignore[misc]
    assert {c.partition: c.rows for c in counts if c.table == "articles"} == by_month
    assert [c.partition for c in counts if c.table == "files"] == [""]
    assert "fingerprints" not in {c.table for c in counts}


def test_a_version_is_as_it_was_written(samples: Path, tmp_path: Path) -> None:
    current = Dataset(samples).current()
    assert current
    assert drift(current, read(tmp_path, written(current))) == {}


def test_lines_are_in_the_order_of_tables_and_time(tmp_path: Path) -> None:
    found = version(tmp_path, quotes__2016_3=5, articles__2016_10=2, articles__2016_9=1, articles__0_0=4, files=8)
    assert written(found) == (
        f"{HEADER}articles,year=0/month=0,4\narticles,year=2016/month=9,1\narticles,year=2016/month=10,2\n"
        "quotes,year=2016/month=3,5\nfiles,,8\n"
    )


def test_a_file_that_only_holds_a_place_has_no_line(raw: RawFolder, tmp_path: Path) -> None:
    raw.write("2016-03-03/a.txt", "It rained in the harbour all day.\n")
    run_here(raw.root, tmp_path / "out")
    found = Dataset(tmp_path / "out").current()
    assert found
    assert found.manifest.paths("quotes")
    assert [c.table for c in count_rows(found)] == ["articles", "paragraphs", "files"]


def test_one_new_story_is_one_line_a_table_in_the_diff(raw: RawFolder, tmp_path: Path) -> None:
    for day in ("2016-03-03", "2016-05-03"):
        raw.write(f"{day}/a.txt", story(int(day[6])))
    run_here(raw.root, tmp_path / "out")
    raw.write("2016-03-04/b.txt", story(4))
    run_here(raw.root, tmp_path / "out")
    before, after = (set(written(v).splitlines()) for v in Dataset(tmp_path / "out").all_versions())
    assert {line.rpartition(",")[0] for line in after - before} == {
        *(f"{table},year=2016/month=3" for table in ("articles", "paragraphs", "quotes")),
        "files,",
    }


@pytest.mark.parametrize(
    ("counts", "lines", "expected"),
    [
        pytest.param({"quotes__2016_3": 118}, "quotes,year=2016/month=3,118\n", {}, id="as-expected"),
        pytest.param(
            {"quotes__2016_3": 1200},
            "quotes,year=2016/month=3,1198\n",
            {"expected rows": ["quotes year=2016/month=3: 1,200 rows, 1,198 expected (+2)"]},
            id="more",
        ),
        pytest.param(
            {"quotes__2016_3": 1},
            "quotes,year=2016/month=3,3\n",
            {"expected rows": ["quotes year=2016/month=3: 1 row, 3 expected (-2)"]},
            id="fewer",
        ),
        pytest.param(
            {"articles__2017_1": 14},
            "",
            {"unexpected partitions": ["articles year=2017/month=1: 14 rows, not expected"]},
            id="not-expected",
        ),
        pytest.param(
            {},
            "articles,year=2017/month=1,7\n",
            {"expected partitions": ["articles year=2017/month=1: gone, 7 rows expected"]},
            id="gone",
        ),
        pytest.param(
            {"articles__2017_1": 0},
            "articles,year=2017/month=1,7\n",
            {"expected partitions": ["articles year=2017/month=1: gone, 7 rows expected"]},
            id="only-a-place-is-left",
        ),
        pytest.param({}, "articles,year=2017/month=1,0\n", {}, id="none-expected-none-there"),
        pytest.param(
            {"articles__2017_1": 2},
            "articles,year=2017/month=1,0\n",
            {"expected rows": ["articles year=2017/month=1: 2 rows, 0 expected (+2)"]},
            id="none-expected-some-there",
        ),
        pytest.param({"files": 9}, "files,,8\n", {"expected rows": ["files: 9 rows, 8 expected (+1)"]}, id="ledger"),
        pytest.param({"fingerprints__2016_3": 9}, "", {}, id="not-a-table-of-readers"),
        pytest.param(
            {"articles__2016_10": 1, "articles__2016_9": 1, "quotes__2016_1": 1},
            "quotes,year=2016/month=1,2\n",
            {
                "expected rows": ["quotes year=2016/month=1: 1 row, 2 expected (-1)"],
                "unexpected partitions": [
                    "articles year=2016/month=9: 1 row, not expected",
                    "articles year=2016/month=10: 1 row, not expected",
                ],
            },
            id="several-kinds",
        ),
    ],
)
def test_drift_is_told_by_kind(
    tmp_path: Path, counts: dict[str, int], lines: str, expected: dict[str, list[str]]
) -> None:
    assert drift(version(tmp_path, **counts), read(tmp_path, HEADER + lines)) == expected


def test_of_much_drift_the_rest_is_counted(tmp_path: Path) -> None:
    found = version(tmp_path, **{f"articles__{year}_1": 1 for year in range(1980, 2016)})
    (violation,) = compare_expected(found, {})
    assert isinstance(violation, Violation)
    assert (len(violation.rows), violation.count) == (ROWS_SHOWN, 36)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "line 1: not the header", id="empty"),
        pytest.param("articles,year=2016/month=3,4\n", "line 1: not the header", id="no-header"),
        pytest.param(f"{HEADER}files,,8\narticles,4\n", "line 3: 2 fields, not 3", id="too-few-fields"),
        pytest.param(f"{HEADER}articles,year=2016/month=3,1,204\n", "line 2: 4 fields, not 3", id="thousands-comma"),
        pytest.param(f"{HEADER}\nstories,year=2016,4\n", "line 3: no table 'stories'", id="unknown-table"),
        pytest.param(f"{HEADER}fingerprints,year=2016,4\n", "line 2: no table", id="internal-table"),
        pytest.param(f"{HEADER}articles,year=2016/month=03,4\n", "no partition 'year=2016/month=03'", id="padded"),
        pytest.param(f"{HEADER}articles,2016/3,4\n", "line 2: articles has no partition '2016/3'", id="no-folder"),
        pytest.param(f"{HEADER}articles,month=3/year=2016,4\n", "has no partition", id="periods-swapped"),
        pytest.param(f"{HEADER}articles,,4\n", "line 2: articles has no partition ''", id="partition-left-out"),
        pytest.param(f"{HEADER}files,year=2016,4\n", "line 2: files has no partition", id="ledger-has-none"),
        pytest.param(f"{HEADER}files,,many\n", "line 2: 'many' is no number of rows", id="no-number"),
        pytest.param(f"{HEADER}files,,-1\n", "line 2: '-1' is no number of rows", id="negative"),
        pytest.param(f"{HEADER}files,,٣\n", "is no number of rows", id="digits-of-another-script"),
        pytest.param(f"{HEADER}files,,8\nfiles,,8\n", "line 3: files for the second time", id="twice"),
        pytest.param(f'{HEADER}"files,,8\n', "unexpected end of data", id="open-quote"),
        pytest.param(HEADER.encode() + b"\xff,,8\n", "utf-8", id="not-utf-8"),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(OptionsError, match=r"expected\.csv: ") as raised:
        read(tmp_path, text)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{HEADER}files,,8\narticles,year=2016,4\n", id="any-order"),
        pytest.param(f"\ufeff{HEADER}articles,year=2016,4\nfiles,,8\n", id="byte-order-mark"),
        pytest.param(f"{HEADER}articles,year=2016,4\n\nfiles,,8\n\n".replace("\n", "\r\n"), id="windows-blank-lines"),
        pytest.param(f'{HEADER}"articles","year=2016","4"\n"files","","8"', id="quoted-no-newline-at-end"),
    ],
)
def test_what_an_editor_does_to_the_file_is_understood(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == {("articles", "year=2016"): 4, ("files", ""): 8}


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(OptionsError, match="No such file"):
        read_expected(tmp_path / "expected.csv")
