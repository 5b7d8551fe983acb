"""Members of the archives below a raw root: which there are, and where they lie."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from flows.raw.archives import Member, list_members
from flows.raw.limits import Limit
from flows.raw.streams import UnreadableArchive, gunzip
from flows.raw.tree import RawFile, RawTree, is_raw_name, slashes


def raw_members(archive: RawFile, tree: RawTree) -> Iterator[RawFile]:
    """Yield the members of an archive that count as raw, by the same rule as files; records all do.

    Raises:
        UnreadableArchive: It cannot be opened.
    """
    if archive.problem:
        raise UnreadableArchive(archive.problem)
    found = list_members(archive.path, tree.limit)
    yield from archive.members(m for m in found if m.is_record or is_raw_name(m.name, tree.include))


def find_files(
    tree: RawTree, paths: set[str], members_of: Callable[[RawFile, RawTree], Iterable[RawFile]] = raw_members
) -> Iterator[RawFile]:
    """Yield the files, or archive members, of some paths; those that are gone or cannot be reached are left out.

    Args:
        tree: The raw tree.
        paths: The paths.
        members_of: Lists an archive.
    """
    inside = paths - tree.files.keys()
    yield from (tree.files[path] for path in sorted(paths - inside))
    archives = {path[:end] for path in inside for end in slashes(path) if path[:end] in tree.files}
    for archive in sorted(archives):
        with suppress(UnreadableArchive, OSError):
            yield from (f for f in members_of(tree.files[archive], tree) if f.raw_path in inside)


def hash_member(read: Callable[[Member], bytes], file: RawFile) -> str | None:
    """Return the hash of a member's bytes; None if they cannot be read."""
    assert file.member is not None
    try:
        return hashlib.sha256(read(file.member)).hexdigest()
    except UnreadableArchive:
        return None


def content_of(file: RawFile, raw: bytes, limit: Limit) -> bytes:
    """Return the text's bytes of a raw file or member: those of a single packed file are unpacked.

    Raises:
        UnreadableArchive: It is damaged, not packed at all, or too large when unpacked.
    """
    is_packed = file.raw_path.casefold().endswith(".gz") and not (file.member and file.member.is_record)
    return gunzip(raw, limit) if is_packed else raw
