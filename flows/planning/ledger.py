"""The ledger as the plan sees it: one light row a raw file, read without pandas."""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa

from flows.dataset import Version
from flows.dataset.parquet import read_parquet
from transforms.schemas import FORGOTTEN

LEDGER_FILE = "files/part-0.parquet"
FAULT = "a fault of newsframes"
"""How the reason of a file begins at which the rules failed, which they never should: nothing is wrong with it."""


class Known(NamedTuple):
    """What the ledger knows of one raw file; see `transforms.schemas.FILES`."""

    raw_path: str
    size: int
    modified: int
    raw_sha256: str | None
    status: str
    reason: str | None
    article_id: str | None
    rules_version: int
    metadata_sha256: str | None
    corrections_sha256: str | None = None
    previous_article_id: str | None = None

    @property
    def is_forgotten(self) -> bool:
        """Whether it was kept out as a forgotten article, or a revision of one."""
        return self.reason == FORGOTTEN

    @property
    def is_fault(self) -> bool:
        """Whether the rules failed at it."""
        return was_fault(self.reason)


def was_fault(reason: object) -> bool:
    """Return whether this is the reason of a file at which the rules failed."""
    return isinstance(reason, str) and reason.startswith(FAULT)


def read_ledger(version: Version | None) -> dict[str, Known]:
    """Return the ledger's rows by raw_path; times in microseconds since 1970."""
    if version is None:
        return {}
    return known_rows(read_parquet(version.place(LEDGER_FILE), list(Known._fields)))


def known_rows(files: pa.Table) -> dict[str, Known]:
    """Return rows of `FILES` by raw_path."""
    columns = [
        files.column(name).cast(pa.int64()).to_pylist() if name == "modified" else files.column(name).to_pylist()
        for name in Known._fields
    ]
    return {row[0]: Known._make(row) for row in zip(*columns, strict=True)}
