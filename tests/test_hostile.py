"""Hostile input: each file is read right or has its row with a reason, and what limits it can be changed."""

import gzip
import json
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import RawFolder, outcomes, rows, story
from test_archives import tarred, zipped

import flows.raw.archives
import flows.raw.limits
from drills.datasets import as_nobody, everybodys_folder, write_article
from drills.hostile import floods
from drills.hostile.beside import SIZE, planned, tell_of, wrong
from drills.hostile.corpus import Expected, changes_again, is_as_expected, surprises, write_corpus
from drills.hostile.encoded import Encoded
from drills.hostile.measure import Measured, measure
from drills.hostile.packed import INGESTED
from drills.hostile.side import CORRECTIONS_FILES, SIDE_FILES
from drills.hostile.terminal import active_output, wrong_output
from drills.hostile.texts import repeated
from drills.hostile.tree import FORBIDDEN, UNLISTED, write_forbidden
from flows.cli.app import print_json
from flows.dataset import Dataset
from flows.planning.ledger import FAULT, Known, read_ledger
from flows.planning.options import Options, OptionsError
from flows.planning.prepare import prepare
from flows.raw.archives import list_members, open_members
from flows.raw.limits import Limit
from flows.raw.streams import UnreadableArchive
from flows.runs import Run

RunLocally = Callable[..., Run]
LIMIT = 100_000
MB = 1_000_000
SMALL, LARGE = LIMIT / MB, 10 * LIMIT / MB
TOO_LARGE = "larger than 0.1 MB (--max-article-mb)"


def became(processed: Path) -> dict[str, str]:
    """Return {raw_path: reason, else status} by the ledger."""
    return {row["raw_path"]: row["reason"] or row["status"] for row in rows(processed, "files")}


def test_every_input_has_its_outcome(tmp_path: Path, run_locally: RunLocally) -> None:
    raw, processed = tmp_path / "raw", tmp_path / "processed"
    raw.mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of members with one name
        expected = write_corpus(raw, 2_000, LIMIT)
    run_locally(raw, processed, max_article_mb=SMALL)
    assert surprises(processed, expected) == []
    assert changes_again(raw, processed) == []


def test_what_the_corpus_is_judged_by(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    raw.write("a.txt", "It rained.")
    raw.write("b.txt", "")
    raw.write("a.zip", zipped({"a.txt": b"", "b.txt": b"It snowed."}))
    run_locally(raw.root, tmp_path / "p")
    outcomes = {"a.txt": INGESTED, "b.txt": "binary", "c.txt": "empty", "a.zip": "container"}
    misread = Encoded(repeated("a"), "snowed", "cp1252")
    assert surprises(tmp_path / "p", Expected(outcomes, {"a.zip/": {INGESTED: 2}}, {"a.txt": misread})) == [
        "c.txt: not in the ledger",
        "b.txt: rejected, empty file; expected binary",
        "a.zip/a.txt: rejected, empty file; not expected at all",
        "a.zip/: {'ingested': 1}; expected {'ingested': 2}",
        "a.txt: read as 'It rained.'",
        "a.txt: read as utf-8, not cp1252",
    ]


def test_fault_of_newsframes_is_never_expected() -> None:
    row = Known("a.txt", 1, 1, None, "rejected", f"{FAULT}, please report it", None, 1, None)
    assert not is_as_expected(row, FAULT)


def test_a_flood_is_measured() -> None:
    found = measure("straight-marks", [1_000, 2_000], 2_000)
    assert [one.size for one in found] == [1_026, 2_026]
    assert list(floods.wrong(found)) == []
    assert "| `straight-marks` |" in floods.row(found, [1_000])


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        pytest.param([(100, 1.0, 300), (200, 2.0, 310), (400, 4.1, 330)], "", id="linear"),
        pytest.param([(100, 0.1, 300), (200, 0.4, 300)], "", id="too-quick-to-tell"),
        pytest.param([(100, 0.5, 300), (200, 1.0, 300), (400, 4.0, 300)], "10.0 s/MB", id="quadratic"),
        pytest.param([(100, 0.5, 300), (200, 2.0, 300), (400, 4.1, 300)], "", id="a-step"),
        pytest.param([(200, 0.1, 300), (400, 0.1, 4_300)], "4,020 MB of memory", id="memory"),
    ],
)
def test_what_floods_are_judged_by(runs: list[tuple[int, float, int]], told: str) -> None:
    found = [Measured("blanks", size * 1000, "", None, seconds, peak, 280) for size, seconds, peak in runs]
    assert [told in line for line in floods.wrong(found)] == [True] * bool(told)


@pytest.mark.parametrize(
    ("name", "reason", "is_right"),
    [
        ("blanks", None, True),
        ("blanks", f"{FAULT}, please report it: KeyError", False),
        ("entities", None, False),
        ("entities", "no letters or digits", True),
        ("utf32-beyond", "damaged UTF-32 text", True),
        ("entities", "FAILED: exit code 1", False),
    ],
)
def test_outcome_of_a_flood_counts(name: str, reason: str | None, is_right: bool) -> None:
    assert (list(floods.wrong([Measured(name, 100, "", reason)])) == []) == is_right


def test_commands_print_nothing_that_a_terminal_obeys(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    raw.write("\x1b[31mred.txt", "")
    run_locally(raw.root, tmp_path / "p")
    assert list(active_output(tmp_path / "p", [("status",)])) == []
    assert list(wrong_output("status", 0, b"a.txt\n")) == []
    assert len(list(wrong_output("status", 0, b"\x1b[31mred.txt\n"))) == 1
    assert len(list(wrong_output("status", 0, b"\xff"))) == 1
    assert len(list(wrong_output("status", 1, b""))) == 1


def test_what_may_not_be_read(run_locally: RunLocally, tmp_path: Path) -> None:
    write_article(tmp_path / "warm", 1)
    run_locally(tmp_path / "warm", tmp_path / "cold")  # imports what nobody could
    with everybodys_folder() as folder:
        raw, processed = folder / "raw", folder / "processed"
        raw.mkdir()
        write_forbidden(raw)
        notes: list[str] = []
        with as_nobody():
            run_locally(raw, processed, notes.append)
            assert surprises(processed, Expected(FORBIDDEN)) == []
            assert changes_again(raw, processed) == []
        assert notes == [
            f"folder {UNLISTED}/ cannot be read: Permission denied; what is known of its files stays as it is"
        ]
        (raw / UNLISTED).chmod(0o755)
        (raw / "unreadable.txt").chmod(0o644)
        run_locally(raw, processed)
        assert became(processed)[f"{UNLISTED}/b.txt"] == INGESTED
        (raw / UNLISTED).chmod(0)
        with as_nobody():
            made = prepare(Options(raw=raw, processed=processed, prune=True)).plan
        assert made.removed == []  # what is in a folder that cannot be listed is not gone
        (raw / UNLISTED).chmod(0o755)


@pytest.mark.parametrize(
    ("option", "name"),
    [
        *(pytest.param("metadata", name, id=f"side-{name}") for name in SIDE_FILES if name != "bomb"),
        *(pytest.param("corrections", name, id=f"corrections-{name}") for name in CORRECTIONS_FILES),
    ],
)
def test_files_beside_the_raw_ones(option: str, name: str) -> None:
    side = {"metadata": SIDE_FILES, "corrections": CORRECTIONS_FILES}[option][name]
    told = tell_of(option, side, SIZE, planned)
    assert list(wrong(told, side)) == []
    assert len(told) < 1500 + len(side.title or "")


def test_side_file_that_is_a_pipe_or_too_large(raw: RawFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "m.csv")
    with pytest.raises(OptionsError, match="a pipe, not a file"):
        prepare(Options(raw=raw.root, processed=tmp_path / "p", metadata=tmp_path / "m.csv"))
    (tmp_path / "m.csv.gz").write_bytes(gzip.compress(b"a" * 1_000_001))
    monkeypatch.setattr("flows.planning.side_inputs.MOST_SIDE_FILE_MB", 1)
    with pytest.raises(OptionsError, match="larger than 1 MB"):
        prepare(Options(raw=raw.root, processed=tmp_path / "p", metadata=tmp_path / "m.csv.gz"))


# The limit on articles


def large(number: int) -> str:
    return f"{story(number)}\n\n{'It rained and rained. ' * (LIMIT // 20)}"


def test_limit_that_is_raised_lets_rejected_files_in(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    raw.write("a.txt", large(1))
    raw.write("a.txt.gz", gzip.compress(large(2).encode()))
    raw.write("a.zip", zipped({"a.txt": large(3).encode()}))
    raw.write("a.tar", tarred({"a.txt": large(4).encode()}))
    raw.write("a.jsonl", json.dumps({"id": 1, "text": large(5)}))
    raw.write("small.txt", story(6))
    paths = ("a.jsonl/", "a.tar/a.txt", "a.txt", "a.txt.gz", "a.zip/a.txt")
    run_locally(raw.root, tmp_path / "p", max_article_mb=SMALL)
    found = became(tmp_path / "p")
    assert sorted(path for path, what in found.items() if what == TOO_LARGE) == sorted(
        path if path != "a.jsonl/" else next(p for p in found if p.startswith("a.jsonl/")) for path in paths
    )
    assert run_locally(raw.root, tmp_path / "p").outcome == "nothing to do"  # the limit is remembered
    assert run_locally(raw.root, tmp_path / "p", rehash=True).outcome == "nothing to do"
    run_locally(raw.root, tmp_path / "p", max_article_mb=LARGE)
    assert {path for path, what in became(tmp_path / "p").items() if what == INGESTED} == {
        "a.jsonl/1", "a.tar/a.txt", "a.txt", "a.txt.gz", "a.zip/a.txt", "small.txt",
    }  # fmt: skip
    assert run_locally(raw.root, tmp_path / "p").outcome == "nothing to do"


def test_limit_that_is_lowered_counts_for_what_is_read_from_then_on(
    raw: RawFolder, tmp_path: Path, run_locally: RunLocally
) -> None:
    raw.write("a.txt", large(1))
    run_locally(raw.root, tmp_path / "p", max_article_mb=LARGE)
    run_locally(raw.root, tmp_path / "p", max_article_mb=SMALL)
    assert became(tmp_path / "p") == {"a.txt": INGESTED}
    raw.write("a.txt", large(2))
    run_locally(raw.root, tmp_path / "p")
    assert became(tmp_path / "p") == {"a.txt": TOO_LARGE}
    assert rows(tmp_path / "p", "articles") == []


@pytest.mark.parametrize("is_known", [False, True])
def test_file_that_became_a_pipe(raw: RawFolder, tmp_path: Path, run_locally: RunLocally, is_known: bool) -> None:
    path = raw.write("a.txt", story(1))
    if is_known:
        run_locally(raw.root, tmp_path / "p")
    path.unlink()
    os.mkfifo(path)
    for _ in range(2):
        run_locally(raw.root, tmp_path / "p")
    assert became(tmp_path / "p") == {"a.txt": INGESTED if is_known else "a pipe, not a file"}
    path.unlink()
    raw.write("a.txt", story(2))
    run_locally(raw.root, tmp_path / "p")
    assert "number 2 " in rows(tmp_path / "p", "articles")[0]["text"]
    assert outcomes(tmp_path / "p")[-1] == "committed"


# Archives


def test_archive_that_was_replaced_after_it_was_listed(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(tarred({"a.txt": b"It rained."}))
    os.utime(path, (1, 1))
    member = next(m for m in list_members(path) if not m.problem)
    path.write_bytes(tarred({"a.txt": b"It snowed."}))
    changed = pytest.raises(UnreadableArchive, match=r"^the archive changed while it was read$")
    with changed, open_members(path, modified=MB) as read:
        read(member)


def test_many_members_of_one_name(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"id": 1}\n' * 20_000)
    names = [member.name for member in list_members(path)]
    assert names[:2] == ["1", "1#2"]
    assert len(set(names)) == len(names) == 20_000


def test_too_many_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows.raw.archives, "MOST_MEMBERS", 3)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"7\n" * 4)
    with pytest.raises(UnreadableArchive, match=r"^holds more than 3 articles; split it$"):
        list_members(path)


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_line_that_is_too_large_is_never_in_memory(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b'{"id": 1}\n' + b"x" * 250 + b'\n{"id": 2}\n'
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    seen: list[int] = []
    plain = flows.raw.streams.Stream.readline
    monkeypatch.setattr(flows.raw.streams.Stream, "readline", lambda self, size: seen.append(size) or plain(self, size))
    members = list_members(tmp_path / name, Limit(100 / MB))
    assert [(m.name, m.offset, m.size) for m in members if len(m.name) == 1] == [("1", 0, 10), ("2", 261, 10)]
    assert max(seen) == 101
    with open_members(tmp_path / name, Limit(100 / MB)) as read:
        assert read(members[2]) == b'{"id": 2}\n'
        with pytest.raises(UnreadableArchive, match=r"^larger than 0\.0001 MB"):
            read(members[1])


def test_tar_of_the_current_folder(raw: RawFolder, tmp_path: Path, run_locally: RunLocally) -> None:
    """`tar cf a.tar .` calls its members ./a.txt, which are no hidden files."""
    raw.write("a.tar", tarred({"./a.txt": story(1).encode(), "./in/.b.txt": b"It rained."}))
    run_locally(raw.root, tmp_path / "p")
    assert became(tmp_path / "p") == {"a.tar": "container", "a.tar/a.txt": INGESTED}


# Where raw and processed lie


@pytest.mark.parametrize("inside", [".", "staging", "versions/mine", "runs"])
def test_raw_folder_among_what_is_made_is_refused(raw: RawFolder, tmp_path: Path, inside: str) -> None:
    raw.write(f"p/{inside}/a.txt", story(1))
    with pytest.raises(OptionsError, match="is part of the dataset in"):
        prepare(Options(raw=raw.root / "p" / inside, processed=raw.root / "p"))


def test_raw_folder_inside_the_processed_one(raw: RawFolder, run_locally: RunLocally) -> None:
    raw.write("a.txt", story(1))
    processed = raw.root.parent
    run_locally(raw.root, processed)
    assert run_locally(raw.root, processed).outcome == "nothing to do"
    assert became(processed) == {"a.txt": INGESTED}
    assert set(read_ledger(Dataset(processed).current()).known()) == {"a.txt"}


def test_json_output_is_not_active(capsys: pytest.CaptureFixture[str]) -> None:
    value: dict[str, Any] = {"\x1b[31m": "\u009b1m \u202e \x7f \u2028 \U000e0001 é “” 🗞 \ud800\n"}
    print_json(value)
    printed = capsys.readouterr().out
    assert all(c.isprintable() or c == "\n" for c in printed)
    assert "é “” 🗞" in printed
    assert json.loads(printed) == value
