"""Files and links that are there whole or not at all."""

import errno
import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from flows.dataset.durable import link_or_copy, swap_link, whole_file, write_json
from flows.raw.opening import sha256_of


def test_json_is_readable_and_stable(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, {"b": 1, "a": "Żółw “quoted”"})
    assert path.read_text(encoding="utf-8") == '{\n  "a": "Żółw “quoted”",\n  "b": 1\n}\n'
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_json_that_cannot_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, {"a": 1})
    with pytest.raises(TypeError):
        write_json(path, {"a": 2, "b": object()})
    assert json.loads(path.read_text()) == {"a": 1}


def test_link_is_swapped_also_over_what_a_killed_process_left(tmp_path: Path) -> None:
    link = tmp_path / "current"
    swap_link(link, "versions/000001")
    (tmp_path / f".current.{os.getpid()}").symlink_to("versions/left-over")
    swap_link(link, "versions/000002")
    assert str(link.readlink()) == "versions/000002"
    assert list(tmp_path.iterdir()) == [link]


def test_files_are_linked(tmp_path: Path) -> None:
    present, new = tmp_path / "present", tmp_path / "new"
    present.write_bytes(b"rows")
    link_or_copy(present, new)
    assert new.samefile(present)


@pytest.mark.parametrize("code", [errno.EPERM, errno.EMLINK, errno.EXDEV, errno.EOPNOTSUPP])
def test_files_are_copied_where_there_are_no_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    refuse_links(monkeypatch, code)
    present, new = tmp_path / "present", tmp_path / "new"
    present.write_bytes(b"rows")
    link_or_copy(present, new)
    assert new.read_bytes() == b"rows"
    assert not new.samefile(present)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EEXIST, errno.ENOENT])
def test_other_errors_are_not_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    refuse_links(monkeypatch, code)
    (tmp_path / "present").write_bytes(b"rows")
    with pytest.raises(OSError, match=os.strerror(code)):
        link_or_copy(tmp_path / "present", tmp_path / "new")


def refuse_links(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def link(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "link", link)


def test_hash_is_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"rows" * 100_000)
    assert sha256_of(tmp_path / "a") == hashlib.sha256(b"rows" * 100_000).hexdigest()


def test_whole_file_goes_through_links_and_into_pipes(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    with whole_file(tmp_path / "link") as file:
        file.write(b"new")
        assert (tmp_path / "real").read_bytes() == b"old"
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE) as reader:
        with whole_file(tmp_path / "pipe") as file:
            file.write(b"through")
        assert reader.communicate()[0] == b"through"
    assert (tmp_path / "pipe").is_fifo()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "pipe", "real"]
