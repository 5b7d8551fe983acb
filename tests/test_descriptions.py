"""What describes a dataset to others says what is there, and nothing takes it for a part of the tables."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import SAMPLES, RawFolder, current, digests, run_here, story
from frictionless import Package

from flows.dataset.descriptions import DESCRIPTIONS, describe
from flows.dataset.manifest import FileEntry, Manifest, Settings
from flows.planning.options import Options
from flows.repair import repair
from flows.reports.check import check_dataset
from flows.runs import Run
from transforms.schemas import TABLES

RunLocally = Callable[..., Run]
ENTRY = FileEntry(3, 900, "0" * 64, "2025-03-01", "2025-03-31")


def validated(folder: Path) -> list[str]:
    """Return what frictionless finds wrong with a package, its rows and keys included."""
    report = Package(str(folder / "datapackage.json")).validate()
    assert report.stats["tasks"] == len(TABLES)
    return [error.message for task in report.tasks for error in task.errors] + [e.message for e in report.errors]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The processed root of a few articles: frictionless takes its time; nobody may change it."""
    processed = tmp_path_factory.mktemp("small") / "processed"
    run_here(SAMPLES / "harbour-gazette/2025", processed)
    return processed


@pytest.fixture
def copied(small: Path, tmp_path: Path) -> Path:
    """A version's folder, as somebody takes it along."""
    return shutil.copytree(small / "current", tmp_path / "copy")


# ---- the package


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_frictionless_finds_every_type_word_and_key_as_declared(samples: Path) -> None:
    assert validated(samples) == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.parametrize("partition_by", ["day", "month", "year"])
def test_a_copied_version_is_a_package_by_itself(tmp_path: Path, run_locally: RunLocally, partition_by: str) -> None:
    run_locally(SAMPLES / "harbour-gazette", tmp_path / "p", partition_by=partition_by)
    assert validated(shutil.copytree(tmp_path / "p/current", tmp_path / "copy")) == []


def change(folder: Path, table: str, column: str, value: object) -> None:
    """Put a value into a column of the first row of a table's last file."""
    file = sorted((folder / table).rglob("*.parquet"))[-1]
    rows = pq.ParquetFile(file).read()
    values = [value, *rows[column].to_pylist()[1:]]
    changed = pa.array(values, rows.schema.field(column).type)
    pq.write_table(rows.set_column(rows.schema.get_field_index(column), column, changed), file)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.parametrize(
    ("table", "column", "value", "message"),
    [
        pytest.param("quotes", "article_id", "f" * 32, "violates the foreign key", id="no-such-article"),
        pytest.param("quotes", "paragraph_index", 999, "violates the foreign key", id="no-such-paragraph"),
        pytest.param("quotes", "parent_id", "nobody", "violates the foreign key", id="no-such-parent"),
        pytest.param("quotes", "kind", "shout", 'constraint "enum"', id="no-such-word"),
        pytest.param("articles", "text", None, 'constraint "required"', id="null"),
        pytest.param("files", "article_id", "f" * 32, "violates the foreign key", id="file-of-no-article"),
        pytest.param("articles", "raw_path", "nowhere.txt", "violates the foreign key", id="article-of-no-file"),
    ],
)
def test_frictionless_sees_what_is_wrong(copied: Path, table: str, column: str, value: object, message: str) -> None:
    change(copied, table, column, value)
    assert any(message in error for error in validated(copied))


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_frictionless_sees_a_row_that_is_there_twice(copied: Path) -> None:
    file = sorted((copied / "files").rglob("*.parquet"))[0]
    rows = pq.ParquetFile(file).read()
    pq.write_table(pa.concat_tables([rows, rows.slice(0, 1)]), file)
    assert any("violates the primary key" in error for error in validated(copied))


# ---- what is written when


def manifest(files: dict[str, FileEntry]) -> Manifest:
    settings = Settings("/raw", None, "month", (".txt",), ())
    return Manifest(17, 16, 1, 2, settings, files)


def test_they_depend_on_the_manifest_alone() -> None:
    files = {"articles/year=2025/month=3/part-0.parquet": ENTRY, "files/part-0.parquet": FileEntry(4, 9, "0" * 64)}
    described = describe(manifest(files))
    assert described == describe(manifest(dict(reversed(files.items()))))
    assert tuple(described) == DESCRIPTIONS
    package = json.loads(described["datapackage.json"])
    assert [(r["name"], r["rowCount"], r["fileCount"]) for r in package["resources"]] == [
        ("articles", 3, 1),
        ("paragraphs", 0, 0),
        ("quotes", 0, 0),
        ("files", 4, 1),
    ]
    assert package["temporal"] == {"start": "2025-03-01", "end": "2025-03-31"}
    assert "| version | 17 |" in described["README.md"].decode()


def test_a_dataset_without_dates_is_described_too() -> None:
    undated = {"articles/year=0/month=0/part-0.parquet": FileEntry(1, 9, "0" * 64)}
    assert "| published | no article has a date |" in describe(manifest(undated))["README.md"].decode()


def test_their_size_does_not_grow_with_the_partitions() -> None:
    def sizes(days: int) -> list[int]:
        files = {
            f"{table.name}/year={1900 + day // 365}/month=1/day={day % 28 + 1}/part-{day:032x}.parquet": ENTRY
            for day in range(days)
            for table in TABLES
        }
        return [len(content) for content in describe(manifest(files)).values()]

    assert all(many - few < 100 for few, many in zip(sizes(10), sizes(2_000), strict=True))


def test_no_part_of_the_dataset_takes_them_for_its_own(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    raw.write("2016-03-01/a.txt", story(1))
    processed = tmp_path / "p"
    run_locally(raw.root, processed)
    version = current(processed)
    assert list(check_dataset(processed, version)) == []
    assert repair(Options(processed=processed)).version is None
    for name in DESCRIPTIONS:
        assert (processed / name).read_bytes() == (version.folder / name).read_bytes()
        (version.folder / name).write_bytes(b"\0")
    assert list(check_dataset(processed, version)) == []
    assert repair(Options(processed=processed)).version is None


def test_older_code_made_the_dataset_without_them(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    processed = tmp_path / "p"
    raw.write("2016-03-01/a.txt", story(1))
    run_locally(raw.root, processed)
    for name in DESCRIPTIONS:
        (processed / name).unlink()
        (current(processed).folder / name).unlink()
    before = digests(processed)
    assert list(check_dataset(processed, current(processed))) == []
    assert run_locally(raw.root, processed).outcome == "nothing to do"
    assert digests(processed) == before
    raw.write("2016-04-01/b.txt", story(2))
    run_locally(raw.root, processed)
    assert all((processed / name).is_file() for name in DESCRIPTIONS)
    assert digests(processed).items() > before.items()


def test_a_readme_of_ones_own_stays(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    processed = tmp_path / "p"
    processed.mkdir()
    (processed / "README.md").write_text("Ask Ola.\n", encoding="utf-8")
    raw.write("2016-03-01/a.txt", story(1))
    run_locally(raw.root, processed)
    assert (processed / "README.md").read_text(encoding="utf-8") == "Ask Ola.\n"
    assert (processed / "current/README.md").read_text(encoding="utf-8").startswith("# News articles")
    assert (processed / "datapackage.json").is_symlink()


# ---- what the card says


def blocks(card: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", card, re.DOTALL)


def test_the_card_opens_the_tables(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = (copied / "README.md").read_text(encoding="utf-8")
    rows = current_rows(copied)
    monkeypatch.chdir(copied)
    for block in blocks(card, "python"):
        names: dict[str, Any] = {}
        exec(block, names)
        assert len(names["quotes"]) == rows["quotes"]
        assert {"year", "month"} < set(names["quotes"].columns)
    (query,) = blocks(card, "sql")
    counted = duckdb.sql(query).fetchall()
    assert sum(count for _, count in counted) == rows["quotes"]
    assert polars.read_parquet("articles/**/*.parquet").height == rows["articles"]


def current_rows(folder: Path) -> dict[str, int]:
    return {t.name: pq.ParquetDataset(folder / t.name).read(columns=[t.key[0]]).num_rows for t in TABLES}


def test_the_card_counts_what_is_there(copied: Path) -> None:
    card = (copied / "README.md").read_text(encoding="utf-8")
    counted = {name: int(n.replace(",", "")) for name, n in re.findall(r"^\| `(\w+)` \| ([\d,]+) \|", card, re.M)}
    assert counted == current_rows(copied)
    links = re.findall(r"\]\(([^)]+)\)", card)
    assert links
    assert all((copied / link).is_file() for link in links)


def test_every_column_of_the_parquet_files_is_described(samples: Path) -> None:
    """Readers of Arrow's schema see it; so do those of the Parquet schema that know Arrow's."""
    for table in TABLES:
        file = next((samples / table.name).resolve().rglob("*.parquet"))
        for field in pq.read_schema(file):
            assert field.metadata[b"description"].decode() == table.description(field.name)
