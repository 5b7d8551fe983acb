"""One batch of raw files → one staged fragment: what a worker process does."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

import pandas as pd
import pyarrow as pa

from flows.building.batches import Batch
from flows.building.fragments import Fragment, write_fragment
from flows.planning.ledger import FAULT
from flows.planning.plan import Work
from flows.raw.archives import Member, is_container, open_members
from flows.raw.limits import Limit
from flows.raw.members import content_of
from flows.raw.opening import reason_of
from flows.raw.streams import UnreadableArchive
from flows.raw.tree import RawFile, TooLarge, read_bytes
from flows.storage import ObjectPath, Place
from flows.storage.stores import StoreError
from transforms import RULES_VERSION
from transforms.articles import RawArticle
from transforms.schemas import FILES, STAGED
from transforms.tables import Tables, build_tables

_TOLD = 200
"""So much of an error is told in the ledger."""
_OBJECTS_AT_ONCE = 16
"""So many objects are fetched side by side: a store takes its time to answer, however small they are."""
_OF_THE_MACHINE = (MemoryError, OSError)
"""What says nothing of a file: the batch fails and is tried again, or the run fails and changes nothing."""


@dataclass(frozen=True)
class _Read:
    """One raw file as it was read: with its bytes, or the reason why there are none."""

    work: Work
    file: RawFile
    raw: bytes | None = None
    content: bytes | None = None
    reason: str | None = None
    unreadable: str | None = None
    """The archive, by raw_path, that could not be opened to read it."""

    @cached_property
    def raw_sha256(self) -> str | None:
        return None if self.raw is None else hashlib.sha256(self.raw).hexdigest()


def transform_batch(batch: Batch) -> Fragment:
    """Read a batch's files, transform them and stage their rows."""
    read = list(_read(batch))
    try:
        staged = _staged(batch, read)
    except _OF_THE_MACHINE:
        raise
    except Exception:  # the rules failed, which they never should: only the file that they fail at is left out
        read = [_tried(batch, r) for r in read]
        staged = _staged(batch, read)
    unreadable = tuple(sorted({r.unreadable for r in read if r.unreadable}))
    return write_fragment(batch.folder, staged, batch.recipe, unreadable)


def _staged(batch: Batch, read: list[_Read]) -> dict[str, pa.Table]:
    tables = build_tables((_raw_article(r) for r in read if r.content is not None), batch.recipe.path_templates)
    staged = {table.name: table.conform(getattr(tables, table.name)) for table in STAGED}
    return {**staged, FILES.name: FILES.conform(_ledger_rows(batch.run_id, read, tables))}


def _tried(batch: Batch, read: _Read) -> _Read:
    """Return a file as it was read; if the rules fail at it alone, that is the reason why it has no rows."""
    try:
        _staged(batch, [read])
    except _OF_THE_MACHINE:
        raise
    except Exception as error:
        told = f"{type(error).__name__}: {error}".encode("ascii", "backslashreplace").decode()[:_TOLD]
        return replace(read, content=None, reason=f"{FAULT}, please report it: {told}")
    return read


def _raw_article(read: _Read) -> RawArticle:
    is_record = read.file.member is not None and read.file.member.is_record
    assert read.content is not None
    return RawArticle(read.file.raw_path, read.content, is_record, read.work.metadata, read.raw_sha256)


def _read(batch: Batch) -> Iterator[_Read]:
    limit = Limit(batch.recipe.max_article_mb)
    for path, group in groupby(batch.work, key=lambda w: w.file.path if w.file.member else None):
        if path:
            yield from _read_members(path, list(group), batch.unpacked.get(path), limit)
        else:
            yield from _read_files(list(group), limit)


def _read_files(work: list[Work], limit: Limit) -> Iterator[_Read]:
    if not isinstance(work[0].file.path, ObjectPath):
        yield from (_read_plain(w, limit) for w in work)
        return
    with ThreadPoolExecutor(_OBJECTS_AT_ONCE) as pool:
        yield from pool.map(lambda w: _read_plain(w, limit), work)


def _read_plain(work: Work, limit: Limit) -> _Read:
    if work.file.problem:
        return _Read(work, work.file, reason=work.file.problem)
    try:
        raw, file = read_bytes(work.file, limit)
    except TooLarge as error:
        return _Read(work, work.file, reason=str(error))
    except StoreError:  # that says nothing of the file
        raise
    except OSError as error:
        return _Read(work, work.file, reason=reason_of(error))
    return _unpacked(work, file, raw, limit)


def _read_members(path: Place, items: list[Work], unpacked: Place | None, limit: Limit) -> Iterator[_Read]:
    try:
        with open_members(path, limit, unpacked, items[0].file.modified) as read:
            for work in sorted(items, key=_offset):  # a packed stream is read once, from its start on
                yield _read_member(work, read, limit)
    except UnreadableArchive as error:
        yield from (_Read(work, work.file, reason=str(error), unreadable=work.file.archive_path) for work in items)


def _offset(work: Work) -> int:
    return work.file.member.offset if work.file.member else 0


def _read_member(work: Work, read: Callable[[Member], bytes], limit: Limit) -> _Read:
    member = work.file.member
    assert member is not None
    if is_container(member.name) and not member.is_record:
        return _Read(work, work.file, reason="an archive inside an archive; unpack it first")
    try:
        return _unpacked(work, work.file, read(member), limit)
    except UnreadableArchive as error:
        return _Read(work, work.file, reason=str(error))


def _unpacked(work: Work, file: RawFile, raw: bytes, limit: Limit) -> _Read:
    try:
        return _Read(work, file, raw, content_of(file, raw, limit))
    except UnreadableArchive as error:
        return _Read(work, file, raw, reason=str(error))


def _ledger_rows(run_id: str, read: list[_Read], tables: Tables) -> pd.DataFrame:
    article_ids = dict(zip(tables.read["raw_path"], tables.read["article_id"], strict=True))
    reasons = dict(zip(tables.rejects["raw_path"], tables.rejects["reason"], strict=True))
    finished_at = datetime.datetime.now(datetime.UTC)
    return pd.DataFrame(
        {
            "raw_path": r.file.raw_path,
            "size": r.file.size,
            "modified": pd.Timestamp(r.file.modified, unit="us", tz="UTC"),
            "raw_sha256": r.raw_sha256,
            "status": "ingested" if r.file.raw_path in article_ids else "rejected",
            "reason": r.reason or reasons.get(r.file.raw_path),
            "article_id": article_ids.get(r.file.raw_path),
            "rules_version": RULES_VERSION,
            "metadata_sha256": r.work.metadata_sha256,
            "run_id": run_id,
            "finished_at": finished_at,
        }
        for r in read
    )
