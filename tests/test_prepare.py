"""What the user is told of a side file before a run, and which bytes a side file may have."""

import gzip
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import RawFolder, run_here, story
from test_archives import zipped

from flows.planning.options import Options, OptionsError
from flows.planning.prepare import prepare
from flows.planning.side_inputs import read_side_file


def notes(raw: RawFolder, tmp_path: Path, side: str, **options: Any) -> list[str]:
    (tmp_path / "side.csv").write_text(side)
    return prepare(Options(raw=raw.root, processed=tmp_path / "out", metadata=tmp_path / "side.csv", **options)).notes


@pytest.mark.parametrize(
    ("side", "expected"),
    [
        pytest.param("file,title\na.txt,A\nb.txt,B\n", [], id="everything-fits"),
        pytest.param("file,title\na.txt,A\n", ["1 of 2 files has a row"], id="a-file-without-a-row"),
        pytest.param(
            "file,title\na.txt,A\nb.txt,B\nc.txt,C\n",
            ["2 of 2 files have a row; 1 of its 3 rows names no file here"],
            id="a-row-without-a-file",
        ),
        pytest.param(
            "file,title\nx/c.txt,C\n",
            ["no row fits a raw file; it names x/c.txt, raw files are called a.txt"],
            id="none",
        ),
        pytest.param("file,title\n", ["0 of 2 files have a row"], id="no-rows"),
        pytest.param(
            "file,title,wire\na.txt,A,x\nb.txt,B,y\n", ["columns that are not used: wire"], id="a-column-unknown"
        ),
        pytest.param(
            "file,title\na.txt,A\nb.txt,B\nb.txt,C\n", ["b.txt: rows differ, the first one counts"], id="conflict"
        ),
        pytest.param(
            "file,title\nx/a.txt,A\ny/a.txt,B\nb.txt,B\n",
            ["1 of 2 files has a row", "a.txt: x/a.txt and y/a.txt fit it equally, none counts"],
            id="tie",
        ),
    ],
)
def test_notes(raw: RawFolder, tmp_path: Path, side: str, expected: list[str]) -> None:
    raw.write("a.txt", story(1))
    raw.write("b.txt", story(2))
    assert notes(raw, tmp_path, side) == [f"side file: {line}" for line in expected]


def test_at_most_five_conflicts_are_shown(raw: RawFolder, tmp_path: Path) -> None:
    for i in range(8):
        raw.write(f"{i}.txt", story(i))
    side = "file,title\n" + "".join(f"{i}.txt,A\n{i}.txt,B\n" for i in range(8))
    found = notes(raw, tmp_path, side)
    assert found == [f"side file: {i}.txt: rows differ, the first one counts" for i in range(5)] + [
        "… and 3 more such keys"
    ]


def test_without_raw_files_there_is_nothing_to_fit(raw: RawFolder, tmp_path: Path) -> None:
    assert notes(raw, tmp_path, "file,title\na.txt,A\n") == []


def test_members_count_also_in_an_archive_that_is_not_opened(raw: RawFolder, tmp_path: Path) -> None:
    raw.write("z.zip", zipped({"one.txt": story(1).encode(), "two.txt": story(2).encode()}))
    side = "file,title\none.txt,A\n"
    first = notes(raw, tmp_path, side)
    assert first == ["side file: 1 of 2 files has a row"]
    run_here(raw.root, tmp_path / "out", metadata=tmp_path / "side.csv")
    assert notes(raw, tmp_path, side) == first
    (raw.root / "z.zip").unlink()
    raw.write("a.txt", story(3))
    assert notes(raw, tmp_path, side) == [
        "side file: no row fits a raw file; it names one.txt, raw files are called a.txt",
        f"3 files are no longer below {raw.root}, rows stay until a run with --prune; is its disk mounted?",
    ]


TABLE = "file\ttitle\r\none\t“Café”, she said\r\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("m.tsv", TABLE.encode(), id="utf-8"),
        pytest.param("m.tsv", TABLE.encode("utf-8-sig"), id="utf-8-with-mark"),
        pytest.param("m.tsv", TABLE.encode("cp1252"), id="windows"),
        pytest.param("m.txt", TABLE.encode("utf-16"), id="unicode-text"),
        pytest.param("m.tsv", TABLE.encode("utf-16-le"), id="unicode-text-without-mark"),
        pytest.param("m.tsv.gz", gzip.compress(TABLE.encode()), id="packed"),
    ],
)
def test_encodings_of_side_files(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    side_file = read_side_file(str(tmp_path / name))
    found = side_file and side_file.lookup("one.txt")
    assert found
    assert found.title == "“Café”, she said"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param("m.csv", b"PK\x03\x04\0\0", "not text but a ZIP archive or Office document", id="workbook"),
        pytest.param("m.csv", bytes(range(256)) * 4, "binary data, not text", id="binary"),
        pytest.param("m.csv.gz", b"no gzip", "is not packed, or is damaged", id="no-gzip"),
        pytest.param("m.csv.gz", gzip.compress(b"file,title")[:-4], "is packed, and cut off or damaged", id="cut-gzip"),
        pytest.param("m.xlsx", b"x", "a side file is .csv, .tsv or .jsonl", id="ending"),
    ],
)
def test_unusable_side_files(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(OptionsError, match=message):
        read_side_file(str(tmp_path / name))


def test_a_plain_side_file_imports_nothing_slow() -> None:
    """An idle run reads it."""
    code = (
        "import sys, transforms.metadata as m; m.parse_side_file('file,title\\na,A\\n', 'm.csv').lookup('a');"
        "print(sorted({'pandas', 'pyarrow', 'prefect', 'chardet', 'ftfy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("option", ["raw", "metadata", "corrections"])
def test_path_that_is_not_utf8_is_refused(raw: RawFolder, tmp_path: Path, option: str) -> None:
    """The dataset could not remember it; before, the run failed at its end."""
    path = tmp_path / os.fsdecode(b"caf\xe9")
    with pytest.raises(OptionsError, match=r"caf\\xe9.* is not UTF-8"):
        prepare(Options(**{"raw": raw.root, "processed": tmp_path / "out", option: path}))
