"""What counts as a raw file."""

import gzip
import os
from collections.abc import Callable
from io import BufferedReader, FileIO
from pathlib import Path

import pytest
from conftest import RawFolder

import flows.raw.tree
from drills.datasets import as_nobody, everybodys_folder
from flows.raw.limits import Limit
from flows.raw.opening import NotAFile, sha256_of
from flows.raw.streams import gunzip
from flows.raw.tree import RawRootError, TooLarge, printable, read_bytes
from flows.raw.walk import discover


@pytest.mark.parametrize(
    ("path", "is_raw"),
    [
        pytest.param("a.txt", True, id="text"),
        pytest.param("A.TXT", True, id="upper-case"),
        pytest.param("deep/er/a.txt", True, id="below"),
        pytest.param("a.txt.gz", True, id="packed"),
        pytest.param("a.tar.gz", True, id="tar"),
        pytest.param("a.zip", True, id="zip"),
        pytest.param("a.jsonl", True, id="records"),
        pytest.param("a.gz", False, id="packed-without-ending"),
        pytest.param("a.md", False, id="other-ending"),
        pytest.param("txt", False, id="no-ending"),
        pytest.param("a.txt~", False, id="backup"),
        pytest.param(".a.txt", False, id="hidden"),
    ],
)
def test_endings(raw: RawFolder, path: str, is_raw: bool) -> None:
    file = raw.write(path, "It rained.", mtime=1_700_000_000.5)
    tree = discover(raw.root)
    if not is_raw:
        assert (tree.files, tree.other_count) == ({}, 1)
        return
    assert tree.other_count == 0
    (found,) = tree.files.values()
    assert tree.files == {path: found}
    assert (found.raw_path, found.path, found.size, found.modified) == (path, file, 10, 1_700_000_000_500_000)


def test_other_endings_when_asked(raw: RawFolder) -> None:
    raw.write("a.txt", "It rained.")
    raw.write("b.text", "It rained.")
    tree = discover(raw.root, include=(".TEXT",))
    assert list(tree.files) == ["b.text"]
    assert tree.other_count == 1


def test_files_come_in_the_order_of_their_paths(raw: RawFolder) -> None:
    for path in ("b/a.txt", "a.txt", "b.txt", "a/z.txt"):
        raw.write(path, "It rained.")
    assert list(discover(raw.root).files) == ["a.txt", "a/z.txt", "b.txt", "b/a.txt"]


def test_hidden_folders_are_passed_over(raw: RawFolder) -> None:
    raw.write(".git/a.txt", "It rained.")
    raw.write("seen/.cache/a.txt", "It rained.")
    tree = discover(raw.root)
    assert (tree.files, tree.other_count) == ({}, 0)


def test_links_and_pipes(raw: RawFolder, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.txt").write_text("It rained.")
    (raw.root / "link.txt").symlink_to(tmp_path / "elsewhere.txt")
    (raw.root / "dangling.txt").symlink_to(tmp_path / "nowhere.txt")
    (raw.root / "beyond.txt").symlink_to(tmp_path / "elsewhere.txt" / "nowhere.txt")
    (raw.root / "circle.txt").symlink_to("circle.txt")
    (raw.root / "device.txt").symlink_to("/dev/null")
    (raw.root / "loop").symlink_to(raw.root)
    os.mkfifo(raw.root / "pipe.txt")
    os.mkfifo(raw.root / "pipe")
    (raw.root / "folder.txt").mkdir()
    tree = discover(raw.root)
    assert {path: file.problem for path, file in tree.files.items()} == {
        "beyond.txt": "a link that leads nowhere",
        "circle.txt": "a link that leads in a circle",
        "dangling.txt": "a link that leads nowhere",
        "device.txt": "a device, not a file",
        "link.txt": None,
        "pipe.txt": "a pipe, not a file",
    }
    assert tree.files["link.txt"].size == 10
    assert tree.other_count == 1


def test_what_became_a_pipe_is_not_waited_for(raw: RawFolder) -> None:
    path = raw.write("a.txt", "It rained.")
    (file,) = discover(raw.root).files.values()
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(NotAFile, match=r"^a pipe, not a file$"):
        read_bytes(file)
    with pytest.raises(NotAFile):
        sha256_of(path)


@pytest.mark.parametrize("size", [10, 11])
def test_no_more_than_the_limit_is_read(raw: RawFolder, size: int) -> None:
    raw.write("a.txt", "x" * size)
    (file,) = discover(raw.root).files.values()
    limit = Limit(10 / 1e6)
    if size <= limit.bytes:
        assert read_bytes(file, limit)[0] == b"x" * size
        return
    with pytest.raises(TooLarge, match=r"^larger than 1e-05 MB \(--max-article-mb\)$"):
        read_bytes(file, limit)


def test_large_limit_takes_no_memory(raw: RawFolder) -> None:
    raw.write("a.txt", "x" * 10)
    (file,) = discover(raw.root).files.values()
    assert read_bytes(file, Limit(1e9))[0] == b"x" * 10  # a reader that is asked for all of it sets that much aside
    assert gunzip(gzip.compress(b"x" * 10), Limit(1e9)) == b"x" * 10


def test_file_that_grew_after_it_was_found(raw: RawFolder) -> None:
    raw.write("a.txt", "x" * 10)
    (file,) = discover(raw.root).files.values()
    raw.write("a.txt", "x" * 11)
    with pytest.raises(TooLarge):
        read_bytes(file, Limit(10 / 1e6))


def test_time_is_the_one_before_it_was_read(raw: RawFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who writes meanwhile leaves a later one: the next run sees a change."""
    path = raw.write("a.txt", "It rained.")
    (file,) = discover(raw.root).files.values()

    def open_and_write(path: Path) -> BufferedReader:
        class Reader(BufferedReader):
            def read(self, size: int | None = -1) -> bytes:
                content = super().read(size)
                raw.write("a.txt", "It snowed.")
                return content

        return Reader(FileIO(path))

    monkeypatch.setattr(flows.raw.tree, "open_file", open_and_write)
    content, read = read_bytes(file)
    assert (content, read.modified) == (b"It rained.", file.modified)
    assert read.modified < path.stat().st_mtime_ns // 1000


def test_folder_that_cannot_be_listed() -> None:
    with everybodys_folder() as root:
        raw = RawFolder(root / "raw")
        for path in ("a.txt", "shut/b.txt", "shut/in/c.txt", "blind/d.txt"):
            raw.write(path, "It rained.")
        (raw.root / "shut").chmod(0)
        (raw.root / "blind").chmod(0o444)
        with as_nobody():
            tree = discover(raw.root)
        assert {path: file.problem for path, file in tree.files.items()} == {
            "a.txt": None,
            "blind/d.txt": "cannot be read: Permission denied",
        }
        assert tree.unlisted == {"shut/": "cannot be read: Permission denied"}
        assert [tree.may_hold(path) for path in ("shut/b.txt", "shut/in/c.txt", "shut.txt")] == [True, True, False]
        raw.root.chmod(0)
        with as_nobody(), pytest.raises(RawRootError, match=r"^cannot list .*: Permission denied$"):
            discover(raw.root)
        for folder in (raw.root, raw.root / "shut"):
            folder.chmod(0o755)


@pytest.mark.parametrize("as_given", [lambda p: p, lambda p: p / ".." / p.name], ids=["plain", "roundabout"])
def test_dataset_below_the_raw_root_is_no_part_of_it(raw: RawFolder, as_given: Callable[[Path], Path]) -> None:
    raw.write("processed/versions/a.txt", "It rained.")
    raw.write("processed-too/a.txt", "It rained.")
    assert list(discover(raw.root, exclude=[as_given(raw.root / "processed")]).files) == ["processed-too/a.txt"]


def test_names_that_are_not_utf8(raw: RawFolder) -> None:
    folder = raw.root / os.fsdecode(b"r\xe9gion")
    folder.mkdir()
    (folder / os.fsdecode(b"caf\xe9.txt")).write_text("It rained.")
    (found,) = discover(raw.root).files.values()
    assert found.raw_path == r"r\xe9gion/caf\xe9.txt"
    assert read_bytes(found)[0] == b"It rained."


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("café.txt", "café.txt", id="utf8"),
        pytest.param(os.fsdecode(b"caf\xe9"), r"caf\xe9", id="latin1"),
        pytest.param("\ud800x", r"\ud800x", id="lone-surrogate-of-no-byte"),
    ],
)
def test_printable(name: str, expected: str) -> None:
    assert printable(name) == expected


@pytest.mark.parametrize(("kind", "message"), [("missing", "is not there"), ("file", "is a file, not a folder")])
def test_root_that_is_no_folder(tmp_path: Path, kind: str, message: str) -> None:
    root = tmp_path / "raw"
    if kind == "file":
        root.touch()
    with pytest.raises(RawRootError, match=message):
        discover(root)


def test_read_bytes_tells_what_was_read_not_what_was_planned(raw: RawFolder) -> None:
    raw.write("a.txt", "It rained.")
    (planned,) = discover(raw.root).files.values()
    raw.write("a.txt", "It rained again.", mtime=1_800_000_000)
    content, read = read_bytes(planned)
    assert content == b"It rained again."
    assert (read.raw_path, read.size, read.modified) == ("a.txt", 16, 1_800_000_000_000_000)


def test_names_that_are_printed_alike(raw: RawFolder) -> None:
    for name in (b"caf\xe9.txt", rb"caf\xe9.txt"):
        raw.write(os.fsdecode(name), "It rained.")
    tree = discover(raw.root)
    assert len(tree.files) + tree.other_count == 2
