"""How a large ledger is cut, and that a run writes only the parts whose rows change."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import RawFolder, current, story
from hypothesis import given
from hypothesis import strategies as st

from flows.building import ledger_parts
from flows.building.ledger_parts import write_ledger
from flows.dataset.parquet import write_parquet
from flows.planning.ledger import LEDGER_FILE, Ledger, is_ledger_part, read_ledger
from flows.planning.options import Options
from flows.repair import repair
from flows.reports.check import check_version
from flows.runs import Run
from transforms import ledger_parts as cutting
from transforms.ledger_parts import begins_part, cut, part_name
from transforms.schemas import FILES

RunLocally = Callable[..., Run]
PATHS = [f"herald/2016/03/{number:04d}.txt" for number in range(200)]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a ledger of more than eight rows was large."""
    monkeypatch.setattr(cutting, "MOST_ROWS", 8)
    monkeypatch.setattr(ledger_parts, "MOST_ROWS", 8)
    monkeypatch.setattr(cutting, "_BITS", 2)


def table(rows: dict[str, int]) -> pa.Table:
    """Return ledger rows of some paths, each with a size."""
    values = {"modified": 0, "status": "ingested", "rules_version": 1, "run_id": "", "finished_at": 0}
    return pa.Table.from_pylist([{"raw_path": p, "size": rows[p], **values} for p in sorted(rows)], FILES.schema)


class Folder:
    """The ledger of one version after the other."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.parts: dict[str, Path] = {}
        self.number = 0

    def write(self, changed: dict[str, int], dropped: tuple[str, ...] = ()) -> set[str]:
        """Write the next version, and return the parts that it does not have from the one before."""
        self.number += 1
        folder = self.root / str(self.number)
        added, removed = write_ledger(Ledger(self.parts), table(changed), dropped, folder)
        self.parts = {p: place for p, place in self.parts.items() if p not in removed}
        self.parts |= {path: folder / path for path in added}
        return set(added)

    def rows(self) -> dict[str, dict[str, int]]:
        """Return the rows of each part."""
        tables = {path: pq.ParquetFile(place).read().to_pylist() for path, place in self.parts.items()}
        return {path: {row["raw_path"]: row["size"] for row in rows} for path, rows in tables.items()}


@given(st.lists(st.sampled_from(PATHS), unique=True).map(sorted))
def test_cut_depends_on_the_paths_alone(paths: list[str]) -> None:
    parts = list(cut(paths))
    assert [path for part in parts for path in part] == paths
    assert all(0 < len(part) <= 8 for part in parts)
    firsts = [part[0] for part in parts]
    assert {path for path in paths[1:] if begins_part(path)} <= set(firsts)


changes = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(PATHS), st.integers(0, 3), max_size=40),
        st.sets(st.sampled_from(PATHS), max_size=40),
    ),
    min_size=1,
    max_size=5,
)


@given(changes)
def test_order_of_arrival_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, runs: list[tuple[dict[str, int], set[str]]]
) -> None:
    folder, wanted = Folder(tmp_path_factory.mktemp("ledger")), dict[str, int]()
    for changed, dropped in runs:
        before = folder.rows()
        written = folder.write(changed, tuple(dropped - changed.keys()))
        wanted = {path: size for path, size in {**wanted, **changed}.items() if path not in dropped - changed.keys()}
        after = folder.rows()
        assert all(before.get(part) != after[part] for part in written)  # what is as it was is not written
    at_once = Folder(folder.root / "at once")
    at_once.write(wanted)
    assert folder.rows() == at_once.rows()
    assert {path: size for rows in folder.rows().values() for path, size in rows.items()} == wanted
    assert all(map(is_ledger_part, folder.parts))


def test_new_rows_change_only_their_own_part(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write(dict.fromkeys(PATHS, 1))
    before = dict(folder.parts)
    assert len(before) > 10
    written = folder.write({f"{PATHS[100]}.txt": 1, PATHS[101]: 2})
    assert 0 < len(written) <= 2
    assert {path: place for path, place in folder.parts.items() if path not in written}.items() <= before.items()


@pytest.mark.parametrize("count", [0, 1, 8])
def test_small_ledger_is_one_file(tmp_path: Path, count: int) -> None:
    folder = Folder(tmp_path)
    folder.write(dict.fromkeys(PATHS[:count], 1))
    assert list(folder.parts) == [LEDGER_FILE]
    assert folder.write({}) == set()


def test_large_ledger_in_one_file_is_cut_when_it_changes(tmp_path: Path) -> None:
    folder, anew = Folder(tmp_path / "a"), Folder(tmp_path / "b")
    write_parquet(table(dict.fromkeys(PATHS, 1)), tmp_path / LEDGER_FILE)
    folder.parts = {LEDGER_FILE: tmp_path / LEDGER_FILE}
    assert folder.write({}) == set()
    folder.write({"a.txt": 1})
    anew.write({**dict.fromkeys(PATHS, 1), "a.txt": 1})
    assert folder.rows() == anew.rows()
    assert LEDGER_FILE not in folder.parts


def test_cuts_and_names_are_the_same_for_good() -> None:
    cuts = [path for path in PATHS[:20] if begins_part(path)]
    assert cuts == [PATHS[number] for number in (1, 3, 6, 7, 10, 14)]
    assert part_name(PATHS[1]) == "part-b819077da3e2499a.parquet"


def many(raw: RawFolder, numbers: range) -> None:
    for number in numbers:
        raw.write(f"herald/2025/03/{number % 28 + 1:02d}/story-{number}.txt", story(number))


def ledger_places(processed: Path) -> dict[str, int]:
    version = current(processed)
    return {path: (version.folder / path).stat().st_ino for path in version.manifest.paths(FILES.name)}


def test_dataset_with_a_ledger_in_parts(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    processed = tmp_path / "p"
    many(raw, range(40))
    raw.write("empty.txt", "")
    assert run_locally(raw.root, processed).counts["ingested"] == 40
    before = ledger_places(processed)
    assert len(before) > 4
    assert run_locally(raw.root, processed).outcome == "nothing to do"
    many(raw, range(40, 41))
    run = run_locally(raw.root, processed)
    assert (run.counts["read"], run.counts["ingested"]) == (1, 1)
    after = ledger_places(processed)
    assert len(after.items() - before.items()) <= 2
    assert len(pd.read_parquet(processed / "files")) == 42
    assert duckdb.sql(f"SELECT count(DISTINCT raw_path) FROM '{processed}/files/*.parquet'").fetchall() == [(42,)]
    assert list(check_version(current(processed))) == []


def known(processed: Path) -> dict[str, tuple[str, str | None, str | None]]:
    rows = read_ledger(current(processed)).known()
    return {path: (row.status, row.article_id, row.raw_sha256) for path, row in rows.items()}


@pytest.mark.parametrize("is_manifest_lost", [False, True])
@pytest.mark.parametrize("is_deleted", [False, True])
def test_damaged_part_is_made_anew_and_the_others_stay(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally, is_deleted: bool, is_manifest_lost: bool
) -> None:
    """Also where all versions have the same file of it, and the raw files of the others are gone."""
    processed = tmp_path / "p"
    many(raw, range(40))
    raw.write("a/empty.txt", "")
    raw.write("z/copy-of-1.txt", story(1))
    run_locally(raw.root, processed)
    before, ledger = known(processed), read_ledger(current(processed))
    name = list(ledger.spans())[3]
    inside = set(ledger.part(name, ["raw_path"])["raw_path"].to_pylist())
    run_locally(raw.root, processed, include=(".txt", ".text"))  # another version, of the same files
    assert ledger_places(processed)[name] == (processed / "versions/000001" / name).stat().st_ino
    part = processed / "current" / name
    part.unlink() if is_deleted else part.write_bytes(b"?" * part.stat().st_size)
    if is_deleted:
        (processed / "versions/000001" / name).unlink()
    if is_manifest_lost:
        (processed / "current/manifest.json").unlink()
    for path in before.keys() - inside:
        (raw.root / path).unlink()
    assert repair(Options(processed=processed)).lost == {}
    after = known(processed)
    assert {path: after.get(path) for path in before.keys() - inside} == {p: before[p] for p in before.keys() - inside}
    assert list(check_version(current(processed))) == []
    run_locally(raw.root, processed)
    assert known(processed) == before
