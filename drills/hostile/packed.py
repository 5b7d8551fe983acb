"""Archives and record files that nobody would make, with what is to become of each and of what they hold."""

from __future__ import annotations

import gzip
import io
import json
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

STORY = "“The pier will open,” said Ola Brandt. It was raining, and nobody knew why."
INGESTED = "ingested"
"""Stands for "there are rows of it"; any other outcome is how the reason begins."""
TOO_MUCH = "unpacks to more than 100 times its size"
_LARGER = "larger than "
_NO_TEXT = "no text in this JSON object"
_DEPTH = 50_000
"""Of brackets: no parser follows them, and they are smaller than any limit here."""
_LINK = "a link or a device inside an archive, not a file"


class Packed(NamedTuple):
    """An archive.

    Attributes:
        make: Gives its bytes, for a limit on articles in bytes.
        outcome: What becomes of it: `container`, or how the reason begins.
        members: What becomes of each of its members, by what follows its path; each must have its row.
        others: How many more rows there must be, of members that have a hash for a name, by what becomes of them; for
            a limit.
    """

    make: Callable[[int], bytes]
    outcome: str = "container"
    members: Mapping[str, str] = {}
    others: Callable[[int], Mapping[str, int]] = lambda _: {}


def zipped(members: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of members, which may have one name."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


def tarred(members: Iterable[tuple[str, bytes, bytes]]) -> bytes:
    """Return a tar of members, each with its type; those that are no files link to a password file."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, content, kind in members:
            entry = tarfile.TarInfo(name)
            entry.type, entry.size, entry.linkname = kind, len(content), "/etc/passwd" if not content else ""
            archive.addfile(entry, io.BytesIO(content))
    return file.getvalue()


def _files(*names: str) -> list[tuple[str, bytes]]:
    return [(name, f"{STORY} It has the number {i} of {name!r}.".encode()) for i, name in enumerate(names)]


def _bomb(limit: int) -> bytes:
    return b"rain " * (limit // 5 + 1)


def _packed_bomb(_: int) -> bytes:
    """Return a gzip stream a thousand times smaller than what it holds: 65 MB of one line."""
    return gzip.compress(b"a" * 65_000_000, 1, mtime=0)


def _overlapping(limit: int) -> bytes:
    """Return a zip whose directory names one piece of data as the content of many members (Fifield 2019)."""
    one = zipped([("a.txt", b"a" * limit)])
    start = one.index(b"PK\x01\x02")
    entry, end = one[start : one.index(b"PK\x05\x06")], bytearray(one[one.index(b"PK\x05\x06") :])
    count = 65_000_000 // limit + 1
    end[8:12], end[12:16] = struct.pack("<HH", count, count), struct.pack("<I", count * len(entry))
    return one[:start] + entry * count + bytes(end)


def _patched(content: bytes, local: int, central: int, value: bytes) -> bytes:
    """Return a zip of one member with a field of both its headers changed."""
    out = bytearray(content)
    for offset in (content.index(b"PK\x03\x04") + local, content.index(b"PK\x01\x02") + central):
        out[offset : offset + len(value)] = value
    return bytes(out)


def _of_size(size: int) -> bytes:
    """Return a zip of one member that claims to be of a size."""
    return _patched(zipped(_files("a.txt")), 22, 24, struct.pack("<I", size))


def _linking_zip(_: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        entry = zipfile.ZipInfo("passwd.txt")
        entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return file.getvalue()


def _long_header(_: int) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        entry = tarfile.TarInfo("a.txt")
        entry.pax_headers = {"comment": "x" * 2_000_000}
        archive.addfile(entry)
    return file.getvalue()


def _backwards(_: int) -> bytes:
    """Return a tar whose member claims a size below zero."""
    content = bytearray(tarred([("a.txt", b"It rained.", tarfile.REGTYPE)]))
    content[124:136] = b"\xff" * 11 + b"\x00"
    content[148:156] = b" " * 8
    content[148:156] = b"%06o\0 " % sum(content[:512])
    return bytes(content)


def _lines(*records: object) -> bytes:
    return "\n".join(r if isinstance(r, str) else json.dumps(r) for r in records).encode()


def _records(limit: int) -> bytes:
    """Return records of which some can be read."""
    twice = '{"id": "twice", "text": "Never read.", "text": "The later of two fields counts, said Ola Brandt."}'
    return _lines(
        {"id": "good", "text": STORY},
        {"id": "x" * 10_000, "text": f"{STORY} Its name is very long."},
        {"id": _ACTIVE, "text": f"{STORY} Its name is active."},
        twice,
        {"id": "surrogate", "text": f"{STORY} Half a \ud800 character."},
        {"id": "many-fields", "text": f"{STORY} Many fields.", **{f"f{i}": i for i in range(limit // 200)}},
        {"id": "long-title", "text": f"{STORY} Long title.", "title": "Rain " * (limit // 100)},
        {"id": "listed", "text": [f"{STORY} Listed.", ["nested"], 7, None]},
        '{"id": "not-a-number", "text": NaN}',
        '{"id": "large-number", "text": "x", "n": ' + "9" * 5000 + "}",
        {"id": "nested-text", "text": {"text": STORY}},
        {"id": "too-large", "text": "rain " * (limit // 5)},
        "[" * _DEPTH,
        "null",
        '"a string"',
        "{",
        "\0\0",
    )


def _count(limit: int) -> int:
    return min(limit // 100, 20_000)


def _many(content: str) -> Callable[[int], bytes]:
    return lambda limit: (content + "\n").encode() * _count(limit)


_NAMES = ("new\nline.txt", "\x1b[31mred.txt", "\u202etxt.txt", "=1+1.txt", "100%.txt", "'\"`.txt", "🗞️.txt")
_ACTIVE = "line\nend \x1b[31m\u202e"

PACKED: dict[str, Packed] = {
    "empty.zip": Packed(lambda _: b"", "not a readable archive"),
    "text.zip": Packed(lambda _: STORY.encode(), "not a readable archive"),
    "random.tar": Packed(lambda _: bytes(range(256)) * 40, "not a readable archive"),
    "truncated.zip": Packed(lambda _: zipped(_files("a.txt"))[:-30], "not a readable archive"),
    "truncated.tar.gz": Packed(
        lambda _: gzip.compress(tarred([("a.txt", STORY.encode() * 99, tarfile.REGTYPE)]))[:-20],
        "not a readable archive",
    ),
    "encrypted.zip": Packed(
        lambda _: _patched(zipped(_files("a.txt")), 6, 8, b"\x01"), members={"a.txt": "encrypted archive member"}
    ),
    "climbing.zip": Packed(
        lambda _: zipped(_files("../../etc/passwd.txt", "/etc/shadow.txt", "a/../../b.txt", "./c.txt")),
        members=dict.fromkeys(
            ("../../etc/passwd.txt", "/etc/shadow.txt", "a/../../b.txt", "./c.txt"), INGESTED
        ),
    ),
    "climbing.tar": Packed(
        lambda _: tarred([("../../etc/group.txt", f"{STORY} A group.".encode(), tarfile.REGTYPE)]),
        members={"../../etc/group.txt": INGESTED},
    ),
    "linking.tar": Packed(
        lambda _: tarred([
            ("symbolic.txt", b"", tarfile.SYMTYPE), ("hard.txt", b"", tarfile.LNKTYPE),
            ("pipe.txt", b"", tarfile.FIFOTYPE), ("device.txt", b"", tarfile.CHRTYPE),
        ]),
        members=dict.fromkeys(("symbolic.txt", "hard.txt", "pipe.txt", "device.txt"), _LINK),
    ),
    "linking.zip": Packed(_linking_zip, members={"passwd.txt": _LINK}),
    "nested.zip": Packed(
        lambda _: zipped([("inner.zip", zipped(_files("a.txt")))]),
        members={"inner.zip": "an archive inside an archive; unpack it first"},
    ),
    "bomb.zip": Packed(lambda limit: zipped([("a.txt", _bomb(limit))]), members={"a.txt": _LARGER}),
    "bomb-in-steps.zip": Packed(
        lambda limit: zipped([("a.txt", _bomb(limit))], zipfile.ZIP_BZIP2), members={"a.txt": _LARGER}
    ),
    "bomb-within.zip": Packed(
        lambda limit: zipped([("a.txt.gz", gzip.compress(_bomb(limit), mtime=0))]), members={"a.txt.gz": _LARGER}
    ),
    "overlapping.zip": Packed(_overlapping, TOO_MUCH),
    "claiming-less.zip": Packed(lambda _: _of_size(3), members={"a.txt": "damaged archive member"}),
    "claiming-more.zip": Packed(lambda _: _of_size(400), members={"a.txt": "damaged archive member"}),
    "claiming-most.zip": Packed(lambda _: _of_size(0xFFFFFFF0), members={"a.txt": _LARGER}),
    "bomb.tar.gz": Packed(
        lambda _: gzip.compress(tarred([("a.txt", b"a" * 65_000_000, tarfile.REGTYPE)]), 1, mtime=0), TOO_MUCH
    ),
    "bomb.jsonl.gz": Packed(_packed_bomb, TOO_MUCH),
    "long-header.tar": Packed(_long_header, "not a readable archive: a member's name and attributes are too long"),
    "backwards.tar": Packed(_backwards, "not a readable archive"),
    "names.zip": Packed(
        lambda _: zipped(_files(*_NAMES, "back\\slash.txt", "x" * 10_000 + ".txt", "same.txt", "same.txt")),
        members=dict.fromkeys((*_NAMES, "back\\\\slash.txt", "same.txt", "same#2.txt"), INGESTED),
        others=lambda _: {INGESTED: 1},
    ),
    "records.jsonl": Packed(
        _records,
        members={
            "not-a-number": _NO_TEXT,
            "nested-text": _NO_TEXT,
            **dict.fromkeys(
                ("good", _ACTIVE, "twice", "surrogate", "many-fields", "long-title", "listed"), INGESTED
            ),
        },
        others=lambda _: {INGESTED: 1, _LARGER: 1, "damaged JSON": 3, "not a JSON object": 2, "binary data": 1},
    ),
    "one-line.jsonl": Packed(
        lambda limit: b'{"id": "a", "text": "' + b"a" * (3 * limit), others=lambda _: {_LARGER: 1}
    ),
    "one-id.jsonl": Packed(
        _many('{"id": 1}'), members={"1": _NO_TEXT}, others=lambda limit: {_NO_TEXT: _count(limit) - 1}
    ),
    "numbers.jsonl": Packed(_many("7"), others=lambda limit: {"not a JSON object": _count(limit)}),
    "wide.jsonl": Packed(lambda _: _lines({"text": STORY}).decode().encode("utf-16"), others=lambda _: {INGESTED: 1}),
}  # fmt: skip

PLAIN: dict[str, tuple[Callable[[int], bytes], str]] = {
    "too-large.txt": (_bomb, _LARGER),
    "one-line-200-mb.txt": (lambda limit: b"a" * (100 * limit), _LARGER),
    "bomb.txt.gz": (_packed_bomb, _LARGER),
    "truncated.txt.gz": (lambda _: gzip.compress(STORY.encode())[:-9], "not readable gzip"),
    "text.txt.gz": (lambda _: STORY.encode(), "not readable gzip"),
    "empty-parts.txt.gz": (lambda _: gzip.compress(b"", mtime=0) * 1000, "empty file"),
    "followed.txt.gz": (lambda _: gzip.compress(STORY.encode(), mtime=0) + b"garbage", "not readable gzip"),
    "zip-named.txt": (lambda _: zipped(_files("a.txt")), "not text but a ZIP archive"),
}
"""Files of one article, with how the reason begins."""
