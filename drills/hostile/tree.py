"""Names, links, pipes and permissions below a raw root, with what is to become of each."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

from drills.hostile.packed import INGESTED, STORY
from flows.raw.tree import printable

NAMES: tuple[bytes, ...] = (
    b"new\nline.txt",
    b"\x1b[31mred.txt",
    b"\x1b]8;;http:%x.example\x07link\x1b]8;;\x07.txt",
    "\u009b31mcontrol.txt".encode(),
    "\u202egnp.txt".encode(),
    b"[red]markup[-].txt",
    b"[link=http:x.example]a[-].txt",
    b"=1+1.txt",
    b"100%.txt",
    b"%s%n{0}.txt",
    b"'\"`$(date);&|.txt",
    "🗞️ 👩‍👩‍👧.txt".encode(),
    b"caf\xe9.txt",
    b"\xff\xfe\xed\xa0\x80.txt",
    b"back\\slash.txt",
    b"-rf.txt",
    b"*?.txt",
    b" blank .txt",
    b"year=2016.txt",
    b"x" * 251 + b".txt",
    "e\u0301.txt".encode(),
    "\u00e9.txt".encode(),
    b"tab\tand\rreturn.txt",
)
"""File names that a file system takes."""

_DEEP = f"{'d/' * 200}a.txt"
PROBLEMS = {
    "pipe.txt": "a pipe, not a file",
    "pipe.zip": "a pipe, not a file",
    "dangling.txt": "a link that leads nowhere",
    "circle.txt": "a link that leads in a circle",
    "there.txt": "a link that leads in a circle",
    "device.txt": "a device, not a file",
    "zeros.txt": "a device, not a file",
    "socket.txt": "a socket, not a file",
}
"""What has no bytes to read, by the reason that the ledger gives."""

FORBIDDEN = {
    "a.txt": INGESTED,
    "unreadable.txt": "cannot be read: Permission denied",
    "blind/hidden.txt": "cannot be read: Permission denied",
}
"""What is to become of files that may not be read; a note tells of the folder `UNLISTED`."""
UNLISTED = "shut"


def write_tree(root: Path) -> dict[str, str]:
    """Write it; return the outcome of every raw_path."""
    expected = {}
    for i, name in enumerate(NAMES):
        path = root / os.fsdecode(name)
        path.write_text(f"{STORY} It is number {i} of the names.")
        expected[printable(path.name)] = INGESTED
    _write_stories(root, "folder.txt/a.txt", _DEEP)
    _write_others(root)
    return expected | PROBLEMS | {"folder.txt/a.txt": INGESTED, _DEEP: INGESTED}


def write_forbidden(root: Path) -> None:
    """Write files and folders that the superuser alone can read."""
    _write_stories(root, *FORBIDDEN, f"{UNLISTED}/b.txt")
    (root / "unreadable.txt").chmod(0)
    (root / "blind").chmod(0o444)
    (root / UNLISTED).chmod(0)


def _write_stories(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{STORY} It lies in {name}.")


def _write_others(root: Path) -> None:
    for name in ("pipe.txt", "pipe.zip", "pipe"):
        os.mkfifo(root / name)
    for name, target in _links(root):
        (root / name).symlink_to(target)
    here = os.open(".", os.O_RDONLY)
    try:
        os.chdir(root)  # the path of a socket is short
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("socket.txt")
    finally:
        os.fchdir(here)
        os.close(here)


def _links(root: Path) -> Iterator[tuple[str, Path]]:
    yield "dangling.txt", root / "nowhere"
    yield "circle.txt", Path("there.txt")
    yield "there.txt", Path("circle.txt")
    yield "loop", root
    yield "device.txt", Path("/dev/null")
    yield "zeros.txt", Path("/dev/zero")
