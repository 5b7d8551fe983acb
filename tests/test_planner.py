"""Which raw files a run reads, and why."""

import dataclasses
import hashlib
import os
import time
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pytest
from conftest import LONG_AGO, RawFolder
from test_archives import tarred, zipped

from flows.planning.comparison import Inputs
from flows.planning.ledger import LEDGER_FILE, Known, Ledger
from flows.planning.plan import Plan, Reason
from flows.planning.planner import make_plan
from flows.raw.archives import list_members, open_members
from flows.raw.tree import RawFile
from flows.raw.walk import discover
from transforms import RULES_VERSION
from transforms.metadata import SideFile
from transforms.schemas import FILES

MEMBERS = {"one.txt": b"It rained.", "two.txt": b"It snowed."}


class Knowledge(dict[str, Known]):
    """What the ledger knows, as if every file had been read as it is now."""

    def __init__(self, raw: RawFolder) -> None:
        for file in discover(raw.root).files.values():
            self.note(file, file.path.read_bytes(), "container" if file.is_container else "ingested")
            if file.is_container:
                with open_members(file.path) as read:
                    for member in (m for m in list_members(file.path) if not m.problem):
                        self.note(next(file.members([member])), read(member), "ingested")

    def note(self, file: RawFile, content: bytes, status: str) -> None:
        sha256 = hashlib.sha256(content).hexdigest()
        article_id = sha256[:32] if status == "ingested" else None
        self[file.raw_path] = Known(
            file.raw_path, file.size, file.modified, sha256, status, None, article_id, RULES_VERSION, None
        )

    def change(self, path: str, **values: Any) -> None:
        self[path] = self[path]._replace(**values)

    def reject(self, path: str, **values: Any) -> None:
        self.change(path, **{"status": "rejected", "reason": "no letters or digits", "article_id": None} | values)


def ledger_of(known: Mapping[str, Known]) -> Ledger:
    rows = [known[path]._asdict() | {"run_id": "", "finished_at": 0} for path in sorted(known)]
    return Ledger({LEDGER_FILE: pa.Table.from_pylist(rows, FILES.schema)})


def plan(raw: RawFolder, known: dict[str, Known], **options: Any) -> Plan:
    return make_plan(Inputs(discover(raw.root), ledger_of(known), **options))


def reasons(made: Plan) -> dict[str, str]:
    return {work.file.raw_path: str(work.reason) for work in made.work}


def one_file(raw: RawFolder) -> Knowledge:
    raw.write("a.txt", "It rained.", mtime=LONG_AGO)
    return Knowledge(raw)


def test_new_and_unchanged(raw: RawFolder) -> None:
    known = one_file(raw)
    raw.write("b.txt", "It snowed.")
    made = plan(raw, known)
    assert reasons(made) == {"b.txt": "new"}
    assert (made.unchanged, made.is_empty) == (1, False)
    assert plan(raw, Knowledge(raw)).is_empty


@pytest.mark.parametrize(
    ("content", "mtime", "is_rehashing", "expected", "touched"),
    [
        pytest.param("It rained.", LONG_AGO, False, {}, [], id="as-before"),
        pytest.param("It rained.", LONG_AGO + 1, False, {}, ["a.txt"], id="touched"),
        pytest.param("It rained.", LONG_AGO, True, {}, [], id="as-before-rehashed"),
        pytest.param("It snowed.", LONG_AGO + 1, False, {"a.txt": "changed"}, [], id="changed"),
        pytest.param("It rained again.", LONG_AGO, False, {"a.txt": "changed"}, [], id="another-size-same-time"),
        pytest.param("It snowed.", LONG_AGO, False, {}, [], id="same-size-same-time-is-trusted"),
        pytest.param("It snowed.", LONG_AGO, True, {"a.txt": "changed"}, [], id="same-size-same-time-rehashed"),
    ],
)
def test_changed(
    raw: RawFolder, content: str, mtime: float, is_rehashing: bool, expected: dict[str, str], touched: list[str]
) -> None:
    known = one_file(raw)
    raw.write("a.txt", content, mtime=mtime)
    made = plan(raw, known, is_rehashing=is_rehashing)
    assert reasons(made) == expected
    assert [f.raw_path for f in made.touched] == touched
    assert made.unchanged == 1 - len(expected)
    assert made.is_empty is (not expected)


@pytest.mark.parametrize(
    ("age", "settle", "is_pending"),
    [
        pytest.param(5, 60, True, id="still-being-written"),
        pytest.param(90, 60, False, id="settled"),
        pytest.param(5, 0, False, id="not-asked"),
    ],
)
def test_pending(raw: RawFolder, age: float, settle: float, is_pending: bool) -> None:
    now = time.time()
    raw.write("a.txt", "It rained.", mtime=now - age)
    raw.write("z.zip", zipped(MEMBERS), mtime=now - age)
    made = plan(raw, {}, settle_seconds=settle)
    assert made.pending == (["a.txt", "z.zip"] if is_pending else [])
    assert set(reasons(made)) == (set() if is_pending else {"a.txt", "z.zip/one.txt", "z.zip/two.txt"})


def test_pending_files_are_not_removed(raw: RawFolder) -> None:
    raw.write("a.txt", "It rained.")
    raw.write("z.zip", zipped(MEMBERS))
    known = Knowledge(raw)
    for path in ("a.txt", "z.zip"):
        os.utime(raw.root / path)
    made = plan(raw, known, settle_seconds=60, prune=True)
    assert made.pending == ["a.txt", "z.zip"]
    assert (made.removed, made.is_empty) == ([], True)


@pytest.mark.parametrize("prune", [False, True])
def test_removed_is_reported_and_pruned_only_when_asked(raw: RawFolder, prune: bool) -> None:
    for name in "ab":
        raw.write(f"{name}.txt", f"It rained on {name}.")
    known = Knowledge(raw)
    (raw.root / "b.txt").unlink()
    made = plan(raw, known, prune=prune)
    assert (made.removed, made.is_empty, made.is_pruning) == (["b.txt"], not prune, prune)
    known.change("b.txt", status="removed", article_id=None)
    assert plan(raw, known, prune=prune).removed == []


def test_file_that_is_back_is_new(raw: RawFolder) -> None:
    known = one_file(raw)
    known.change("a.txt", status="removed", article_id=None)
    assert reasons(plan(raw, known)) == {"a.txt": "new"}


def side_file(**titles: str) -> SideFile:
    return SideFile.from_rows([{"file": f"{name}.txt", "title": title} for name, title in titles.items()])


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param({"a": "Rain"}, {"a": "Rain"}, [], id="as-before"),
        pytest.param({"a": "Rain"}, {"a": "Rain", "b": "Snow"}, ["b.txt"], id="one-row-more"),
        pytest.param({"a": "Rain", "b": "Snow"}, {"a": "Rain"}, ["b.txt"], id="one-row-less"),
        pytest.param({"a": "Rain", "b": "Snow"}, {"a": "Sun", "b": "Snow"}, ["a.txt"], id="one-row-changed"),
        pytest.param({"a": "Rain"}, {"a": "Rain", "unknown": "x"}, [], id="row-of-no-file"),
    ],
)
def test_metadata_changed(raw: RawFolder, before: dict[str, str], now: dict[str, str], expected: list[str]) -> None:
    for name in "ab":
        raw.write(f"{name}.txt", f"It rained on {name}.")
    known = Knowledge(raw)
    for name in before:
        metadata = side_file(**before).lookup(f"{name}.txt")
        assert metadata is not None
        known.change(f"{name}.txt", metadata_sha256=metadata.digest())
    made = plan(raw, known, side_file=side_file(**now))
    assert reasons(made) == dict.fromkeys(expected, "metadata changed")
    assert [w.metadata for w in made.work] == [side_file(**now).lookup(p) for p in expected]


def test_new_templates_read_all_files_again(raw: RawFolder) -> None:
    raw.write("a.txt", "It rained.")
    raw.write("z.zip", zipped(MEMBERS))
    known = Knowledge(raw)
    made = plan(raw, known, path_templates=("{slug}",))
    assert set(reasons(made)) == {"a.txt", "z.zip/one.txt", "z.zip/two.txt"}


@pytest.mark.parametrize(
    ("values", "content", "expected"),
    [
        pytest.param({}, "It rained.", None, id="as-before"),
        pytest.param({}, "It rained again.", "changed", id="changed"),
        pytest.param({"rules_version": RULES_VERSION - 1}, "It rained.", "rejected before", id="newer-rules"),
        pytest.param({"raw_sha256": None}, "It rained.", "rejected before", id="could-not-be-read"),
    ],
)
def test_rejected_is_tried_again_for_a_reason(
    raw: RawFolder, values: dict[str, Any], content: str, expected: str | None
) -> None:
    known = one_file(raw)
    known.reject("a.txt", **values)
    raw.write("a.txt", content, mtime=LONG_AGO)
    assert reasons(plan(raw, known)) == ({"a.txt": expected} if expected else {})


def test_rejected_member_is_tried_again_for_newer_rules_alone(raw: RawFolder) -> None:
    raw.write("z.zip", zipped(MEMBERS))
    known = Knowledge(raw)
    known.reject("z.zip/one.txt")
    assert plan(raw, known).is_empty
    known.reject("z.zip/one.txt", rules_version=RULES_VERSION - 1)
    made = plan(raw, known)
    assert reasons(made) == {"z.zip/one.txt": "rejected before"}
    assert (made.unchanged, made.containers) == (2, [])


def test_stale_rows_are_counted_and_left(raw: RawFolder) -> None:
    known = one_file(raw)
    known.change("a.txt", rules_version=RULES_VERSION - 1)
    made = plan(raw, known)
    assert (made.stale, made.is_empty) == (1, True)


def copies(raw: RawFolder, *paths: str) -> Knowledge:
    """Write copies of one article; the first carries it."""
    for path in paths:
        raw.write(path, "It rained.")
    known = Knowledge(raw)
    for path in paths[1:]:
        known.change(path, status="duplicate")
    return known


@pytest.mark.parametrize(
    ("changed", "gone", "prune", "expected"),
    [
        pytest.param(
            "a.txt", None, False, {"a.txt": "changed", "b.txt": "survivor", "c.txt": "survivor"}, id="changed"
        ),
        pytest.param("b.txt", None, False, {"b.txt": "changed"}, id="copy-changed"),
        pytest.param(None, "a.txt", True, {"b.txt": "survivor", "c.txt": "survivor"}, id="pruned"),
        pytest.param(None, "a.txt", False, {}, id="gone-but-not-pruned"),
        pytest.param(None, "b.txt", True, {}, id="copy-pruned"),
        pytest.param("a.txt", "b.txt", False, {"a.txt": "changed", "c.txt": "survivor"}, id="changed-and-a-copy-gone"),
    ],
)
def test_survivors(
    raw: RawFolder, changed: str | None, gone: str | None, prune: bool, expected: dict[str, str]
) -> None:
    known = copies(raw, "a.txt", "b.txt", "c.txt")
    raw.write("d.txt", "It snowed.")
    known = known | {"d.txt": Knowledge(raw)["d.txt"]}
    if changed:
        raw.write(changed, "It snowed again.")
    if gone:
        (raw.root / gone).unlink()
    made = plan(raw, known, prune=prune)
    assert reasons(made) == expected
    assert made.unchanged == 4 - len(expected) - (gone is not None)


def test_survivor_in_an_archive(raw: RawFolder) -> None:
    raw.write("a.txt", MEMBERS["two.txt"])
    raw.write("z.zip", zipped(MEMBERS))
    known = Knowledge(raw)
    known.change("z.zip/two.txt", status="duplicate")
    raw.write("a.txt", "It hailed.")
    assert reasons(plan(raw, known)) == {"a.txt": "changed", "z.zip/two.txt": "survivor"}


def test_new_archive(raw: RawFolder) -> None:
    raw.write("z.zip", zipped(MEMBERS))
    made = plan(raw, {})
    assert reasons(made) == {"z.zip/one.txt": "new", "z.zip/two.txt": "new"}
    assert [(a.file.raw_path, a.reason) for a in made.containers] == [("z.zip", None)]
    assert [w.file.size for w in made.work] == [10, 10]


@pytest.mark.parametrize(("name", "pack"), [("z.zip", zipped), ("z.tar", tarred)])
def test_unchanged_archive_is_not_opened(raw: RawFolder, name: str, pack: Callable[..., bytes]) -> None:
    archive = raw.write(name, pack(MEMBERS), mtime=LONG_AGO)
    known = Knowledge(raw)
    raw.write(name, b"?" * archive.stat().st_size, mtime=LONG_AGO)
    made = plan(raw, known)
    assert (made.is_empty, made.unchanged) == (True, 3)
    assert plan(raw, known, is_rehashing=True).containers != []


def test_touched_archive_is_not_opened(raw: RawFolder) -> None:
    raw.write("z.zip", zipped(MEMBERS), mtime=LONG_AGO)
    known = Knowledge(raw)
    os.utime(raw.root / "z.zip", (LONG_AGO + 1,) * 2)
    made = plan(raw, known)
    assert (made.is_empty, made.unchanged, [f.raw_path for f in made.touched]) == (True, 3, ["z.zip"])


@pytest.mark.parametrize(
    ("now", "expected", "removed"),
    [
        pytest.param({**MEMBERS, "two.txt": b"It hailed."}, {"z.tar.gz/two.txt": "changed"}, [], id="one-changed"),
        pytest.param({**MEMBERS, "new.txt": b"x"}, {"z.tar.gz/new.txt": "new"}, [], id="one-more"),
        pytest.param({"two.txt": MEMBERS["two.txt"]}, {}, ["z.tar.gz/one.txt"], id="one-less"),
        pytest.param(dict(reversed(MEMBERS.items())), {}, [], id="another-order"),
    ],
)
def test_changed_archive_reads_its_changed_members(
    raw: RawFolder, now: dict[str, bytes], expected: dict[str, str], removed: list[str]
) -> None:
    raw.write("z.tar.gz", tarred(MEMBERS, "w:gz"))
    known = Knowledge(raw)
    raw.write("z.tar.gz", tarred(now, "w:gz"))
    made = plan(raw, known)
    assert reasons(made) == expected
    assert made.removed == removed
    assert [(a.file.raw_path, a.reason) for a in made.containers] == [("z.tar.gz", None)]
    assert made.unchanged == len(now) - len(expected)


def test_damaged_archive_keeps_its_members(raw: RawFolder) -> None:
    raw.write("z.zip", zipped(MEMBERS))
    known = Knowledge(raw)
    raw.write("z.zip", zipped(MEMBERS)[:-30])
    made = plan(raw, known, prune=True)
    assert (made.removed, made.work) == ([], [])
    (archive,) = made.containers
    assert archive.file.raw_path == "z.zip"
    assert archive.reason is not None
    assert archive.reason.startswith("not a readable archive: ")


def test_archive_that_went_takes_its_members_along(raw: RawFolder) -> None:
    raw.write("z.zip", zipped(MEMBERS))
    known = Knowledge(raw)
    (raw.root / "z.zip").unlink()
    assert plan(raw, known).removed == ["z.zip", "z.zip/one.txt", "z.zip/two.txt"]


def test_every_reason_of_ingest_has_a_test() -> None:
    others = {"stale", "restated", "damaged"}  # of a backfill, and of a repair
    assert {str(r) for r in Reason} - others == {"new", "changed", "metadata changed", "rejected before", "survivor"}


def test_file_that_went_after_discovery(raw: RawFolder) -> None:
    known = one_file(raw)
    tree = discover(raw.root)
    (raw.root / "a.txt").unlink()
    moved = {p: dataclasses.replace(f, modified=f.modified + 1) for p, f in tree.files.items()}
    made = make_plan(Inputs(dataclasses.replace(tree, files=moved), ledger_of(known)))
    assert reasons(made) == {"a.txt": "changed"}


def test_damaged_archive_in_the_side_file_is_noted_once(raw: RawFolder) -> None:
    raw.write("z.zip", b"It rained.")
    known = Knowledge.__new__(Knowledge)
    (file,) = discover(raw.root).files.values()
    known.note(file, b"It rained.", "rejected")
    assert plan(raw, known).is_empty
    assert plan(raw, known, side_file=SideFile.from_rows([{"file": "z.zip", "title": "Rain"}])).is_empty


@pytest.mark.parametrize(
    "is_ahead",
    [
        False,
        pytest.param(True),
    ],
)
def test_time_far_in_the_future_is_not_pending(raw: RawFolder, is_ahead: bool) -> None:
    raw.write("a.txt", "It rained.", mtime=time.time() + (1 if is_ahead else -1) * 10 * 365 * 86_400)
    assert plan(raw, {}, settle_seconds=60).pending == []
