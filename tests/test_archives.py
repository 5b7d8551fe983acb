"""Many articles in one raw file."""

import gzip
import hashlib
import io
import tarfile
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

import flows.raw.archives
from flows.raw.archives import Member, is_container, list_members, open_members
from flows.raw.limits import DEFAULT_LIMIT
from flows.raw.streams import UnreadableArchive, gunzip, is_packed, unpack
from flows.raw.zip_directories import count_entries

TEXTS = {"a.txt": b"It rained.", "in/ner/b.txt": b"It rained again." * 2000, "empty.txt": b""}
RECORDS = b'{"id": "n-1", "text": "It rained."}\n\n  \n{"url": "https://x.example/2", "text": "Again."}'


def zipped(texts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.mkdir("folder")
        for name, content in texts.items():
            archive.writestr(name, content)
    return file.getvalue()


def tarred(texts: Mapping[str, bytes], mode: str = "w") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload]
        for name, kind in (("folder", tarfile.DIRTYPE), ("link", tarfile.SYMTYPE), ("pipe", tarfile.FIFOTYPE)):
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "a.txt"
            archive.addfile(entry)
        for name, content in texts.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return file.getvalue()


def read_all(path: Path, unpacked: Path | None = None) -> dict[str, bytes]:
    with open_members(path, DEFAULT_LIMIT, unpacked) as read:
        return {member.name: read(member) for member in members_of(path)}


def members_of(path: Path) -> list[Member]:
    """Return the members that can be read: all but links, pipes and the like."""
    return [member for member in list_members(path) if not member.problem]


def archive(tmp_path: Path, name: str, content: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


RECORD_CONTENT = dict(zip(("n-1", "https://x.example/2"), (RECORDS.splitlines(True)[i] for i in (0, 3)), strict=True))


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        pytest.param("a.zip", zipped(TEXTS), TEXTS, id="zip"),
        pytest.param("a.ZIP", zipped(TEXTS, zipfile.ZIP_LZMA), TEXTS, id="zip-lzma"),
        pytest.param("a.tar", tarred(TEXTS), TEXTS, id="tar"),
        pytest.param("a.tar.gz", tarred(TEXTS, "w:gz"), TEXTS, id="tar-gz"),
        pytest.param("a.tgz", tarred(TEXTS, "w:gz"), TEXTS, id="tgz"),
        pytest.param("a.jsonl", RECORDS, RECORD_CONTENT, id="jsonl"),
        pytest.param("a.ndjson.gz", gzip.compress(RECORDS), RECORD_CONTENT, id="ndjson-gz"),
        pytest.param("a.jsonl", b"", {}, id="no-records"),
        pytest.param("a.zip", zipped({}), {}, id="no-members"),
    ],
)
def test_members_are_read(tmp_path: Path, name: str, content: bytes, expected: dict[str, bytes]) -> None:
    path = archive(tmp_path, name, content)
    assert read_all(path) == expected
    assert {m.name: m.size for m in members_of(path)} == {n: len(c) for n, c in expected.items()}
    assert all(m.is_record == ("json" in name) for m in list_members(path))
    if is_packed(name):
        unpack(path, tmp_path / "unpacked")
        assert read_all(path, tmp_path / "unpacked") == expected


@pytest.mark.parametrize(
    ("name", "is_archive", "needs_unpacking"),
    [
        pytest.param("a.zip", True, False, id="zip"),
        pytest.param("a.TAR.GZ", True, True, id="tar-gz"),
        pytest.param("a.jsonl", True, False, id="jsonl"),
        pytest.param("a.txt.gz", False, True, id="packed-text"),
        pytest.param("a.json", False, False, id="json"),
        pytest.param("zip", False, False, id="no-ending"),
    ],
)
def test_names_tell_what_it_is(name: str, is_archive: bool, needs_unpacking: bool) -> None:
    assert (is_container(name), is_packed(name)) == (is_archive, needs_unpacking)


def record_hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()[:32]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        pytest.param(b'{"id": "n-1", "url": "https://x"}', "n-1", id="id-before-url"),
        pytest.param(b'{"url": "https://x"}', "https://x", id="url"),
        pytest.param(b'{"id": 7}', "7", id="number"),
        pytest.param(b'{"id": " ", "link": "https://x"}', "https://x", id="blank-id"),
        pytest.param(b'{"id": null, "uri": "u"}', "u", id="null-id"),
        pytest.param(b'{"id": true}', record_hash(b'{"id": true}'), id="truth-is-no-name"),
        pytest.param(b'{"text": "x"}  ', record_hash(b'{"text": "x"}'), id="no-name"),
        pytest.param(b'["x"]', record_hash(b'["x"]'), id="no-object"),
        pytest.param(b'{"id": "x"', record_hash(b'{"id": "x"'), id="damaged"),
        pytest.param(b"[" * 100_000, record_hash(b"[" * 100_000), id="nested-without-end"),
    ],
)
def test_record_names(tmp_path: Path, line: bytes, name: str) -> None:
    (member,) = list_members(archive(tmp_path, "a.jsonl", line + b"\n"))
    assert member == Member(name, 0, len(line) + 1, is_record=True)


def test_names_that_occur_twice_are_told_apart(tmp_path: Path) -> None:
    lines = [b'{"id": 1}\n', b'{"id": "1", "text": "x"}\n', b'{"id": 2}\n', b'{"id": 1, "text": "y"}\n']
    path = archive(tmp_path, "a.jsonl", b"".join(lines))
    assert read_all(path) == {"1": lines[0], "1#2": lines[1], "2": lines[2], "1#3": lines[3]}


def test_names_that_look_told_apart_already(tmp_path: Path) -> None:
    path = archive(tmp_path, "a.jsonl", b'{"id": "a"}\n{"id": "a", "text": "x"}\n{"id": "a#2"}\n')
    assert len(read_all(path)) == 3


def encrypted() -> bytes:
    """Return a zip whose one member claims to be encrypted, in its own header and in the directory."""
    content = bytearray(zipped({"a.txt": b"It rained."}))
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        local = file.getinfo("a.txt").header_offset
    content[local + 6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def broken(content: bytes, text: bytes) -> bytes:
    """Return an archive with a member's stored bytes changed."""
    assert text in content
    return content.replace(text, text.swapcase(), 1)


STORED = zipped({"a.txt": b"It rained.", "b.txt": b"Again."}, zipfile.ZIP_STORED)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(encrypted(), "^encrypted archive member$", id="encrypted"),
        pytest.param(broken(STORED, b"It rained."), "^damaged archive member: Bad CRC-32", id="damaged"),
    ],
)
def test_member_that_cannot_be_read(tmp_path: Path, content: bytes, reason: str) -> None:
    path = archive(tmp_path, "a.zip", content)
    first, *others = list_members(path)
    with open_members(path) as read:
        with pytest.raises(UnreadableArchive, match=reason):
            read(first)
        assert [read(other) for other in others] == ([b"Again."] if others else [])


def broken_lzma() -> bytes:
    content = bytearray(zipped({"a.txt": b"It rained, and it rained, and then it snowed."}, zipfile.ZIP_LZMA))
    start = content.index(b"a.txt") + len(b"a.txt") + 9
    content[start : start + 8] = b"\xff" * 8
    return bytes(content)


def test_damaged_lzma_member(tmp_path: Path) -> None:
    path = archive(tmp_path, "a.zip", broken_lzma())
    (member,) = list_members(path)
    with open_members(path) as read, pytest.raises(UnreadableArchive, match="damaged archive member"):
        read(member)


def misnamed() -> bytes:
    """Return a zip whose member's name claims to be UTF-8 and is not."""
    content = zipped({"café.txt": b"It rained."}, zipfile.ZIP_STORED)
    return content.replace("café".encode(), b"caf\xff\xff")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("a.zip", zipped(TEXTS)[:-30], id="truncated-zip"),
        pytest.param("a.zip", b"It rained.", id="text-named-zip"),
        pytest.param("a.zip", b"", id="empty-zip"),
        pytest.param("a.tar.gz", tarred(TEXTS, "w:gz")[:-40], id="truncated-tar-gz"),
        pytest.param("a.tar.gz", tarred(TEXTS), id="tar-named-tar-gz"),
        pytest.param("a.tar", tarred(TEXTS)[:2500], id="truncated-tar"),
        pytest.param("a.tar", tarred(TEXTS, "w:gz"), id="tar-gz-named-tar"),
        pytest.param("a.jsonl.gz", gzip.compress(RECORDS)[:-12], id="truncated-records"),
        pytest.param("a.jsonl.gz", RECORDS, id="records-not-packed"),
        pytest.param(
            "a.zip",
            misnamed(),
            id="zip-with-a-name-that-is-not-utf8",
        ),
    ],
)
def test_archive_that_cannot_be_opened(tmp_path: Path, name: str, content: bytes) -> None:
    path = archive(tmp_path, name, content)
    with pytest.raises(UnreadableArchive, match=r"^not a readable archive: ."):
        list_members(path)


def test_archive_that_went(tmp_path: Path) -> None:
    with pytest.raises(UnreadableArchive, match="No such file"):
        list_members(tmp_path / "a.zip")
    with pytest.raises(UnreadableArchive, match="No such file"), open_members(tmp_path / "a.jsonl"):
        pass


def test_archive_that_shrank_after_it_was_listed(tmp_path: Path) -> None:
    path = archive(tmp_path, "a.tar", tarred(TEXTS))
    member = members_of(path)[1]
    path.write_bytes(tarred({"a.txt": b"It rained."})[: member.offset + 5])
    with open_members(path) as read, pytest.raises(UnreadableArchive, match="truncated archive"):
        read(member)


def test_zip_that_shrank_after_it_was_listed(tmp_path: Path) -> None:
    path = archive(tmp_path, "a.zip", zipped(TEXTS))
    member = list_members(path)[-1]
    path.write_bytes(zipped({"a.txt": b"It rained."}))
    with open_members(path) as read, pytest.raises(UnreadableArchive):
        read(member)


def test_gunzip() -> None:
    packed = gzip.compress(b"It rained.")
    assert gunzip(packed + packed) == b"It rained.It rained."
    for damaged in (packed[:-9], b"It rained.", packed[:12] + b"\xff" * 8 + packed[20:]):
        with pytest.raises(UnreadableArchive, match=r"^not readable gzip: ."):
            gunzip(damaged)


@pytest.mark.parametrize("comment", [b"", b"a comment"])
def test_zip_of_too_many_is_refused_before_anything_is_made_of_its_entries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, comment: bytes
) -> None:
    content = bytearray(zipped(dict.fromkeys("abcd", b"It rained.")))
    end = content.rindex(b"PK\x05\x06")
    content[end + 8 : end + 12] = b"\1\0\1\0"  # it says that it has one
    content = content[:-2] + bytes([len(comment), 0]) + comment
    path = archive(tmp_path, "a.zip", bytes(content))
    monkeypatch.setattr(flows.raw.archives, "MOST_MEMBERS", 4)
    with monkeypatch.context() as patch:
        patch.setattr(zipfile, "ZipFile", None)
        with pytest.raises(UnreadableArchive, match=r"^holds more than 4 articles; split it$"):
            list_members(path)
    monkeypatch.setattr(flows.raw.archives, "MOST_MEMBERS", 5)
    assert [member.name for member in list_members(path)] == ["a", "b", "c", "d"]


def test_entries_of_a_zip_of_more_than_32_bits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 3)
    path = archive(tmp_path, "a.zip", zipped(dict.fromkeys("abcd", b"It rained.")))
    assert b"PK\x06\x06" in path.read_bytes()
    with path.open("rb") as file:
        assert count_entries(file, 9) == 5  # a folder among them
        assert count_entries(file, 3) > 3


@pytest.mark.parametrize("ending", [".zip", ".tar", ".tar.gz"])
def test_files_of_one_name_keep_their_ending(tmp_path: Path, ending: str) -> None:
    """By it they count as raw and are unpacked."""
    texts = [("a.txt", b"1"), ("a.txt", b"2"), ("in.2/b.txt.gz", b"3"), ("in.2/b.txt.gz", b"4"), (".c.txt", b""),
             (".c.txt", b""), ("d", b""), ("d", b"5"), ("a#2.txt", b"6")]  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = archive(tmp_path, f"a{ending}", _packed_pairs(texts, ending))
    found = read_all(path)
    assert found == {
        "a.txt": b"1", "a#3.txt": b"2", "in.2/b.txt.gz": b"3", "in.2/b#2.txt.gz": b"4", ".c.txt": b"",
        ".c#2.txt": b"", "d": b"", "d#2": b"5", "a#2.txt": b"6",
    }  # fmt: skip


def _packed_pairs(texts: Sequence[tuple[str, bytes]], ending: str) -> bytes:
    file = io.BytesIO()
    if ending == ".zip":
        with zipfile.ZipFile(file, "w") as packed:
            for name, content in texts:
                packed.writestr(name, content)
        return file.getvalue()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, content in texts:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(file.getvalue()) if ending.endswith(".gz") else file.getvalue()
