"""Every invariant fires when it is broken, names what breaks it, and fires for nothing else."""

import dataclasses
import datetime
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import SAMPLES, RawFolder, current, run_here, story

from flows.dataset import Version
from flows.dataset.durable import write_json
from flows.raw.opening import sha256_of
from flows.reading.tables import read_table
from flows.reports.check import ROWS_SHOWN, Violation, check_version
from flows.runs import Run
from transforms.invariants import INVARIANTS
from transforms.schemas import PARTITIONED, TABLES

RunLocally = Callable[..., Run]
Rows = list[dict[str, Any]]
Change = Callable[[Rows], list[str]]
"""Changes rows in place; returns how the names of those that it breaks begin."""
BrokenBy = Callable[[str, str, Change], tuple[list[str], list[str]]]

EVERY = {table.name: table for table in (*TABLES, *PARTITIONED)}
NAMES = {name: " ".join(f"{{{column}}}" for column in table.key) for name, table in EVERY.items()}
ORIGINAL, REPRINT = "meridian-wire/reservoir-levels.txt", "northfield-courier/2025/04/24/saltmere-drought.txt"
FIRST, COPY = "harbour-gazette/2025/03/11/ferry-inquiry.txt", "syndication/ferry-inquiry.txt"
UNDATED, UNUSABLE = "inbox/village-choir.txt", "inbox/empty.txt"
APRIL = "year=2025/month=4"


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """An article and its copy in March, one and its reprint, corrected, in April, one undated, an unusable file."""
    folder = tmp_path_factory.mktemp("healthy")
    for path in (ORIGINAL, REPRINT, FIRST, COPY, UNDATED, UNUSABLE):
        (folder / "raw" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SAMPLES / path, folder / "raw" / path)
    run_here(folder / "raw", folder / "p")
    lines = {f"{q['article_id']},{q['start']},{q['end']},affirmed,mk" for q in read(current(folder / "p"), "quotes")}
    (folder / "corrections.csv").write_text("\n".join(["article_id,start,end,polarity,decided_by", *sorted(lines)]))
    run_here(folder / "raw", folder / "p")
    return current(folder / "p")


@pytest.fixture
def version(healthy: Version, tmp_path: Path) -> Version:
    """A copy of the healthy version, to be damaged."""
    return Version(healthy.number, Path(shutil.copytree(healthy.folder, tmp_path / "version")))


def path_of(table: str) -> str:
    return f"{table}/{APRIL}/part-0.parquet" if EVERY[table].is_partitioned else f"{table}/part-0.parquet"


def replace(version: Version, path: str, rows: pa.Table) -> Version:
    """Return the version with a file rewritten, as if it had been committed so."""
    file = version.folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(rows, file)
    return admit(version, path, rows.num_rows)


def admit(version: Version, path: str, rows: int) -> Version:
    """Return the version with a file's manifest entry brought up to date."""
    file = version.folder / path
    manifest = version.manifest.to_json()
    entry = {"first_date": None, "last_date": None, "rows": rows, "sha256": sha256_of(file)}
    manifest["files"][path] = {**entry, "bytes": file.stat().st_size}
    write_json(version.folder / "manifest.json", manifest)
    return dataclasses.replace(version)


def read(version: Version, table: str) -> Rows:
    rows: Rows = pq.ParquetFile(version.folder / path_of(table)).read().to_pylist()
    return rows


def damage(version: Version, table: str, change: Change) -> tuple[Version, list[str]]:
    rows = read(version, table)
    names = change(rows)
    return replace(version, path_of(table), pa.Table.from_pylist(rows, EVERY[table].schema)), names


@pytest.fixture(scope="module")
def views(healthy: Version) -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables of the healthy version, as a check sees them."""
    with duckdb.connect() as connection:
        for table in EVERY.values():
            read_table(connection, healthy, table).create_view(table.name)
        yield connection


@pytest.fixture
def broken_by(healthy: Version, views: duckdb.DuckDBPyConnection, tmp_path: Path) -> Iterator[BrokenBy]:
    """Damage one table; return the rows that break an invariant, and how those that should begin."""
    damaged_tables = []

    def broken(invariant: str, table: str, change: Change) -> tuple[list[str], list[str]]:
        shutil.copytree(healthy.folder / table, tmp_path / table)
        shutil.copy(healthy.folder / "manifest.json", tmp_path)
        damaged, names = damage(Version(healthy.number, tmp_path), table, change)
        damaged_tables.append(EVERY[table])
        read_table(views, damaged, EVERY[table]).create_view(EVERY[table].name)
        (query,) = [i.query for i in INVARIANTS if i.name == invariant]
        return [row for (row,) in views.execute(f"SELECT * FROM ({query}) ORDER BY 1").fetchall()], names

    yield broken
    for table in damaged_tables:
        read_table(views, healthy, table).create_view(table.name)


def violations(version: Version) -> list[Violation]:
    return list(check_version(version))


def pick(where: dict[str, Any] | Callable[[dict[str, Any]], bool]) -> Callable[[dict[str, Any]], bool]:
    return where if callable(where) else lambda row: all(row[k] == v for k, v in where.items())


def put(table: str, where: Any = lambda _: True, name: str | None = None, **values: Any) -> tuple[str, Change]:
    """Change one row; a function as value is called with the row as it was."""

    def change(rows: Rows) -> list[str]:
        row = next(filter(pick(where), rows))
        was = dict(row)
        row.update({k: v(was) if callable(v) else v for k, v in values.items()})
        return [(name or NAMES[table]).format(**row, was=was)]

    return table, change


def double(table: str) -> tuple[str, Change]:
    def change(rows: Rows) -> list[str]:
        rows.insert(0, rows[0])
        return [NAMES[table].format(**rows[0])]

    return table, change


def swap(table: str) -> tuple[str, Change]:
    def change(rows: Rows) -> list[str]:
        rows[:2] = rows[1::-1]
        return [NAMES[table].format(**rows[1])]

    return table, change


def lose(table: str, where: Any = lambda _: True, name: str | None = None) -> tuple[str, Change]:
    def change(rows: Rows) -> list[str]:
        row = next(filter(pick(where), rows))
        rows.remove(row)
        return [(name or NAMES[table]).format(**row)]

    return table, change


def plus(column: str, number: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda row: row[column] + number


def has(column: str) -> Callable[[dict[str, Any]], bool]:
    return lambda row: row[column] is not None


NOWHERE = "f" * 32
FOLLOWING = [table.name for table in PARTITIONED[1:]]
STRANGE = "{article_id}: grim"
UNDECOMPOSED = plus("text", "e\u0301")
QUOTATION = {"kind": "quotation"}

DAMAGES: list[Any] = [
    *((f"{table} key", *double(table)) for table in EVERY),
    *((f"{table} article", *put(table, article_id=NOWHERE)) for table in FOLLOWING),
    *((f"{table.name} order", *swap(table.name)) for table in PARTITIONED),
    *((f"{table}.text normal form", *put(table, text=UNDECOMPOSED)) for table in ("articles", "paragraphs", "quotes")),
    *((f"articles.{c} normal form", *put("articles", **{c: UNDECOMPOSED})) for c in ("title", "byline", "outlet")),
    ("files order", *swap("files")),
    ("articles.date_origin vocabulary", *put("articles", name=STRANGE, date_origin="grim")),
    ("paragraphs.kind vocabulary", *put("paragraphs", name="{article_id} {paragraph_index}: grim", kind="grim")),
    *(
        (f"quotes.{column} vocabulary", *put("quotes", name="{quote_id}: grim", **{column: "grim"}))
        for column in ("kind", "quote_type", "speaker_kind", "polarity")
    ),
    ("files.status vocabulary", *put("files", name="{raw_path}: grim", status="grim")),
    ("quotes.text offsets", *put("quotes", start=plus("start", 1))),
    ("quotes.text offsets", *put("quotes", text=plus("text", "!"))),
    ("quotes.text offsets", *put("quotes", end=lambda row: row["start"], text="")),
    ("quotes.speaker_mention offsets", *put("quotes", has("speaker_mention"), speaker_start=plus("speaker_start", 1))),
    ("quotes.speaker_mention offsets", *put("quotes", has("speaker_mention"), speaker_end=None)),
    ("quotes.speaker_mention offsets", *put("quotes", has("speaker_mention"), speaker_mention=None)),
    ("quotes.cue offsets", *put("quotes", has("cue"), cue=plus("cue", "!"))),
    ("quotes.cue offsets", *put("quotes", has("cue"), cue_start=None, cue_end=None)),
    ("article_id form", *put("articles", article_id=lambda row: row["article_id"].upper()[:31] + "F")),
    ("article_id form", *put("articles", raw_sha256="abc")),
    ("date and origin", *put("articles", date_origin=None)),
    ("date and origin", *put("articles", published_date=None)),
    ("paragraphs tile", *put("paragraphs", name="{article_id}", text=plus("text", "!"))),
    ("paragraphs tile", *lose("paragraphs", name="{article_id}")),
    ("paragraphs tile", *put("articles", text=plus("text", "\n"))),
    ("paragraph offsets", *put("paragraphs", start=plus("start", 1))),
    ("paragraph offsets", *put("paragraphs", end=plus("end", 1))),
    ("quote_id form", *put("quotes", quote_id=lambda row: f"{row['article_id']}:{row['start']}-{row['end']}")),
    ("quote paragraph", *put("quotes", paragraph_index=plus("paragraph_index", 1))),
    ("quote paragraph", *put("quotes", paragraph_index=1000)),
    ("statement", *put("quotes", statement_start=plus("start", 1))),
    ("statement", *put("quotes", statement_end=plus("end", -1))),
    ("quote type", *put("quotes", QUOTATION, quote_type=None)),
    ("quote type", *put("quotes", QUOTATION, kind="scare")),
    ("quote type", *put("quotes", QUOTATION, kind="no_comment", quote_type="direct")),
    ("utterance", *put("quotes", lambda row: row["kind"] != "quotation", utterance_id="nowhere")),
    ("parent", *put("quotes", parent_id="nowhere")),
    ("parent", *put("quotes", parent_id=lambda row: row["quote_id"])),
    ("speaker", *put("quotes", has("speaker"), speaker_id=None)),
    ("speaker", *put("quotes", has("speaker"), speaker_mention=None, evidence="cue")),
    ("speaker", *put("quotes", has("speaker_mention"), confidence=1.5)),
    ("speaker", *put("quotes", speaker=None, speaker_id=None, speaker_mention=None, confidence=0.5)),
    *(
        ("article counts", *put("articles", **{column: plus(column, 1)}))
        for column in ("paragraph_count", "word_count", "quote_count")
    ),
    ("paragraph counts", *put("paragraphs", quote_count=plus("quote_count", 1))),
    ("uncorrected spans", *lose("uncorrected")),
    ("uncorrected spans", *lose("quotes")),
    ("boilerplate", *put("paragraphs", {"quote_count": 1}, name="{article_id}:", kind="boilerplate")),
    ("duplicate_of", *put("articles", {"raw_path": REPRINT}, duplicate_of=NOWHERE)),
    ("duplicate_of", *put("articles", {"raw_path": REPRINT}, duplicate_of=lambda row: row["article_id"])),
    ("duplicate_of", *put("articles", {"raw_path": REPRINT}, published_date=datetime.date(2025, 4, 30))),
    ("duplicate_of", *put("articles", {"raw_path": REPRINT}, published_date=datetime.date(2025, 4, 21))),
    ("duplicate_of", *put("articles", {"raw_path": REPRINT}, published_date=None)),
    ("fingerprints", *lose("fingerprints")),
    ("fingerprints", *put("fingerprints", published_date=None)),
    ("article in ledger", *lose("files", {"raw_path": FIRST}, name="{article_id} {raw_path}")),
    *(
        ("article in ledger", *put("files", {"raw_path": FIRST}, name="{article_id} {raw_path}", **{column: value}))
        for column, value in {"status": "removed", "raw_sha256": None, "rules_version": 0}.items()
    ),
    ("article in ledger", *put("files", {"raw_path": FIRST}, name="{was[article_id]} {raw_path}", article_id=NOWHERE)),
    ("ledger in articles", *put("files", {"raw_path": COPY}, article_id=NOWHERE)),
    ("ledger in articles", *put("files", {"raw_path": COPY}, article_id=None)),
    ("ledger in articles", *put("files", {"raw_path": UNUSABLE}, status="ingested")),
    ("ledger in articles", *put("files", {"raw_path": COPY}, status="removed")),
    ("first copy", *put("files", {"raw_path": COPY}, status="ingested")),
    ("first copy", *put("files", {"raw_path": COPY}, raw_path="a.txt")),
    ("first copy", *put("files", {"raw_path": FIRST}, status="duplicate")),
    *(
        ("reasons", *put("files", {"raw_path": path}, reason=reason))
        for path, reason in {FIRST: "why not", COPY: None, UNUSABLE: ""}.items()
    ),
]


def ids(value: object) -> str | None:
    return value.replace(" ", "-") if isinstance(value, str) else ""


@pytest.mark.parametrize(("invariant", "table", "change"), DAMAGES, ids=ids)
def test_damage_is_named(broken_by: BrokenBy, invariant: str, table: str, change: Change) -> None:
    found, names = broken_by(invariant, table, change)
    assert len(found) == len(names)
    assert all(row.startswith(name) for row, name in zip(found, names, strict=True)), (found, names)


ALLOWED = [
    ("duplicate_of", *put("articles", {"raw_path": REPRINT}, published_date=datetime.date(2025, 4, 29))),
    ("duplicate_of", *put("articles", {"raw_path": REPRINT}, duplicate_of=None)),
    ("quote type", *put("quotes", QUOTATION, kind="no_comment", quote_type="indirect")),
    ("quote type", *put("quotes", QUOTATION, kind="scare", quote_type=None)),
    ("speaker", *put("quotes", has("speaker_mention"), confidence=1.0)),
    ("speaker", *put("quotes", has("speaker_mention"), confidence=0.0)),
    ("speaker", *put("quotes", has("speaker"), speaker=None, speaker_id=None)),
    ("speaker", *put("quotes", has("speaker"), speaker_mention=None, evidence="corrected by mk: speaker")),
    ("quotes.cue offsets", *put("quotes", has("cue"), cue=None, cue_start=None, cue_end=None)),
    ("statement", *put("quotes", statement_start=0)),
    ("boilerplate", *put("paragraphs", {"quote_count": 0}, kind="boilerplate")),
    ("articles.text normal form", *put("articles", text=plus("text", "é"))),
    ("quotes.polarity vocabulary", *put("quotes", polarity=None)),
    ("ledger in articles", *put("files", {"raw_path": UNUSABLE}, status="removed")),
    ("date and origin", *put("articles", published_date=None, date_origin=None)),
]


@pytest.mark.parametrize(("invariant", "table", "change"), ALLOWED, ids=ids)
def test_what_is_allowed_is_not_named(broken_by: BrokenBy, invariant: str, table: str, change: Change) -> None:
    assert broken_by(invariant, table, change)[0] == []


FOREIGN_PARTITION = [f"{table.name} partition" for table in PARTITIONED]


@pytest.mark.parametrize("date", [datetime.date(2025, 5, 1), datetime.date(2024, 4, 24), None], ids=str)
def test_rows_in_a_foreign_partition_are_named(version: Version, date: datetime.date | None) -> None:
    damaged, (article_id,) = damage(version, *put("articles", {"raw_path": REPRINT}, published_date=date))
    found = {v.invariant: v for v in violations(damaged)}
    for table in PARTITIONED:
        violation = found[f"{table.name} partition"]
        there = [row for row in read(version, table.name) if row["article_id"] == article_id]
        assert violation.count == len(there) > 0
        assert len(violation.rows) == min(len(there), ROWS_SHOWN)
        file = version.folder / path_of(table.name)
        assert set(violation.rows) <= {f"{NAMES[table.name].format(**row)} in {file}" for row in there}


def late_first_span(rows: Rows) -> list[str]:
    first, second = rows[:2]
    assert first["article_id"] == second["article_id"]
    first["utterance_id"] = second["utterance_id"] = second["quote_id"]
    return [first["quote_id"]]


def tie_to_another_article(rows: Rows) -> list[str]:
    assert rows[-1]["article_id"] != rows[0]["article_id"]
    rows[-1]["utterance_id"] = rows[-1]["parent_id"] = rows[0]["utterance_id"]
    return [rows[-1]["quote_id"]]


@pytest.mark.parametrize(
    ("invariant", "change"),
    [
        pytest.param("utterance", late_first_span, id="utterance-begins-with-its-first-span"),
        pytest.param("utterance", tie_to_another_article, id="utterance-of-another-article"),
        pytest.param("parent", tie_to_another_article, id="parent-of-another-article"),
    ],
)
def test_quotes_that_do_not_belong_together_are_named(broken_by: BrokenBy, invariant: str, change: Change) -> None:
    found, names = broken_by(invariant, "quotes", change)
    assert found == names


@pytest.mark.parametrize("invariant", [i.name for i in INVARIANTS])
def test_every_invariant_has_a_damage(invariant: str) -> None:
    assert invariant in {name for name, *_ in DAMAGES} | set(FOREIGN_PARTITION)


def test_all_that_is_broken_is_named_at_once(version: Version) -> None:
    damaged, _ = damage(version, *put("articles", word_count=-1, date_origin="grim"))
    assert [v.invariant for v in violations(damaged)] == ["articles.date_origin vocabulary", "article counts"]


# Files


def lose_file(version: Version) -> tuple[Version, list[str]]:
    (version.folder / path_of("quotes")).unlink()
    return version, [path_of("quotes")]


def add_file(version: Version) -> tuple[Version, list[str]]:
    shutil.copyfile(version.folder / path_of("quotes"), version.folder / "quotes/copy.parquet")
    return version, ["quotes/copy.parquet"]


def flip_bit(version: Version) -> tuple[Version, list[str]]:
    file = version.folder / path_of("quotes")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    return version, [path_of("quotes")]


def lose_descriptions(version: Version) -> Version:
    rows = pq.ParquetFile(version.folder / path_of("quotes")).read()
    bare = rows.cast(pa.schema([field.remove_metadata() for field in rows.schema]))
    return replace(version, path_of("quotes"), bare)


def widen_a_column(version: Version) -> tuple[Version, list[str]]:
    rows = pq.ParquetFile(version.folder / path_of("quotes")).read()
    place = rows.schema.get_field_index("start")
    wider = rows.set_column(place, "start", rows["start"].cast(pa.int64()))
    return replace(version, path_of("quotes"), wider), [f"{path_of('quotes')}: another schema"]


def lose_rows(version: Version) -> tuple[Version, list[str]]:
    rows = pq.ParquetFile(version.folder / path_of("quotes")).read()
    damaged = admit(version, path_of("quotes"), rows.num_rows + 1)
    return damaged, [f"{path_of('quotes')}: {rows.num_rows} rows, not {rows.num_rows + 1}"]


def add_table(version: Version) -> tuple[Version, list[str]]:
    damaged = replace(version, "moods/part-0.parquet", pa.table({"mood": ["grim"]}))
    return damaged, ["moods/part-0.parquet: not a table of this dataset"]


def commit_no_parquet(version: Version) -> tuple[Version, list[str]]:
    (version.folder / path_of("quotes")).write_text("It rained.")
    return admit(version, path_of("quotes"), 1), [f"{path_of('quotes')}: "]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        pytest.param("manifest files", lose_file, id="missing"),
        pytest.param("foreign files", add_file, id="foreign"),
        pytest.param("manifest hashes", flip_bit, id="one-bit"),
        pytest.param("schema", widen_a_column, id="schema"),
        pytest.param("schema", lose_rows, id="rows"),
        pytest.param("schema", add_table, id="foreign-table"),
        pytest.param(
            "schema",
            commit_no_parquet,
            id="no-parquet",
        ),
    ],
)
def test_damaged_file_is_named(version: Version, name: str, change: Callable[[Version], Any]) -> None:
    damaged, rows = change(version)
    (found,) = violations(damaged)
    assert (found.invariant, found.count) == (name, 1)
    assert [found.rows[0].startswith(row) for row in rows] == [True]


# Healthy datasets


def test_healthy_dataset_has_no_violation(healthy: Version) -> None:
    assert violations(healthy) == []


@pytest.mark.parametrize("by", ["day", "year"])
def test_other_partitionings_are_healthy(raw: RawFolder, tmp_path: Path, run_locally: RunLocally, by: str) -> None:
    for path in ("2016-02-29/a.txt", "2016-03-02/b.txt", "c.txt"):
        raw.write(path, story(1, changed=len(path)))
    run_locally(raw.root, tmp_path / "p", partition_by=by)
    version = current(tmp_path / "p")
    assert violations(version) == []
    (file, _) = next(p for p in version.manifest.files.items() if p[0].startswith("articles/year=2016"))
    rows = pq.ParquetFile(version.folder / file).read().to_pylist()
    rows[0]["published_date"] += datetime.timedelta(days=366)
    damaged = replace(version, file, pa.Table.from_pylist(rows, EVERY["articles"].schema))
    assert {v.invariant for v in violations(damaged)} >= set(FOREIGN_PARTITION) - {"uncorrected partition"}


def test_dataset_without_quotes_is_healthy(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    raw.write("a.txt", "It rained on the pier all day.")
    run_locally(raw.root, tmp_path / "p")
    version = current(tmp_path / "p")
    assert [e.rows for path, e in version.manifest.files.items() if path.startswith("quotes/")] == [0]
    assert violations(version) == []
    raw.write("2025-03-11/b.txt", "“It rained,” said Ola Brandt.")
    run_locally(raw.root, tmp_path / "p")
    quotes = [path for path in current(tmp_path / "p").manifest.files if path.startswith("quotes/")]
    assert quotes == ["quotes/year=2025/month=3/part-0.parquet"]


@pytest.mark.parametrize(
    "folder",
    [
        pytest.param(
            folder,
        )
        for folder in ("year=1999", "text=x")
    ]
    + ["mood=grim"],
)
def test_dataset_below_a_folder_that_looks_like_a_partition(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, folder: str
) -> None:
    raw.write("2016-03-02/a.txt", story(1))
    processed = tmp_path / folder / "p"
    run_locally(raw.root, processed)
    assert violations(current(processed)) == []


def test_descriptions_of_another_release_are_no_damage(version: Version) -> None:
    assert violations(lose_descriptions(version)) == []
