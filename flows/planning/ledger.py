"""The ledger as plans and reports ask it: column by column, and a row only of the files that matter.

It is read without pandas, a part at a time: however many files it knows, no more than a part of it is in memory.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from flows.dataset import Version
from flows.dataset.parquet import read_parquet
from flows.raw.archives import is_container
from flows.raw.columns import text_column
from flows.raw.tree import slashes
from flows.storage import Place
from transforms import RULES_VERSION
from transforms.schemas import FILES, FORGOTTEN

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

    @property
    def is_stale(self) -> bool:
        """Whether older rules made the rows of its article."""
        return bool(self.article_id) and self.rules_version < RULES_VERSION


KNOWN = Known._fields
"""The columns of the ledger that tell of a file; the others tell of the run that read it."""


def was_fault(reason: object) -> bool:
    """Return whether this is the reason of a file at which the rules failed."""
    return isinstance(reason, str) and reason.startswith(FAULT)


class Ledger:
    """The ledger of a version: parts that follow each other in the order of raw_paths, each of them sorted.

    Of a part that was looked at, the first and the last path are remembered: it is not read again where nothing of it
    can be meant.
    """

    def __init__(self, parts: Iterable[Place | pa.Table] = ()) -> None:
        """Take the parts: files, or rows of `FILES` in memory."""
        self._parts = list(parts)
        self._spans: dict[int, tuple[str, str]] = {}

    def tables(self, columns: Sequence[str] = KNOWN) -> Iterator[pa.Table]:
        """Yield the rows of one part after the other.

        Raises:
            DatasetDamaged: A file is not there, or not as it was written.
        """
        return (self._read(number, columns) for number in range(len(self._parts)))

    def rows(self, paths: Collection[str]) -> dict[str, Known]:
        """Return what is known of some paths; nothing of one that it does not have."""
        return known_rows(self.files(paths))

    def files(self, paths: Collection[str], columns: Sequence[str] = KNOWN) -> pa.Table:
        """Return the rows of some paths."""
        wanted = sorted(paths)
        return self._where("raw_path", wanted, (n for n in self._numbers if self._may_have(n, wanted)), columns)

    def of_articles(self, article_ids: Collection[str], columns: Sequence[str] = KNOWN) -> pa.Table:
        """Return the rows of all files that hold some articles."""
        return self._where("article_id", sorted(article_ids), self._numbers if article_ids else (), columns)

    def members(self, archives: Collection[str]) -> dict[str, dict[str, Known]]:
        """Return what is known of all members of some archives, by archive."""
        found: dict[str, dict[str, Known]] = {archive: {} for archive in archives}
        spans = {archive: (f"{archive}/", f"{archive}0") for archive in archives}  # 0 is next to /
        for number in self._numbers if archives else ():
            first, last = self._span(number)
            meant = {archive: span for archive, span in spans.items() if span[0] <= last and first < span[1]}
            rows = self._read(number, KNOWN if meant else ())
            paths = rows["raw_path"].to_pylist() if meant else []
            for archive, span in meant.items():
                start, end = (bisect_left(paths, bound) for bound in span)
                found[archive] |= known_rows(rows.slice(start, end - start))
        return found

    def archives_of(self, paths: Iterable[str]) -> set[str]:
        """Return the archives that have a member among some paths."""
        above = {path: [path[:end] for end in slashes(path) if is_container(path[:end])] for path in paths}
        known = self.rows({archive for archives in above.values() for archive in archives})
        return {next(a for a in archives if a in known) for archives in above.values() if known.keys() & archives}

    def known(self) -> dict[str, Known]:
        """Return what is known of every file, which takes about a kilobyte each."""
        return {path: row for rows in self.tables() for path, row in known_rows(rows).items()}

    def statuses(self) -> Counter[str]:
        """Return the number of files by status."""
        return sum((count_statuses(rows) for rows in self.tables(["status"])), Counter())

    @property
    def _numbers(self) -> range:
        return range(len(self._parts))

    def _where(self, column: str, values: Sequence[str], numbers: Iterable[int], columns: Sequence[str]) -> pa.Table:
        wanted = text_column(values)
        found = [pa.Table.from_batches([], pa.schema(map(FILES.schema.field, columns)))]
        for number in numbers:
            is_meant = pc.is_in(self._read(number, [column])[column], wanted)
            if pc.any(is_meant).as_py():
                found.append(self._read(number, columns).filter(is_meant))
        return pa.concat_tables(found)

    def _read(self, number: int, columns: Sequence[str]) -> pa.Table:
        part = self._parts[number]
        rows = part.select(columns) if isinstance(part, pa.Table) else read_parquet(part, list(columns))
        if "raw_path" in columns:
            paths = rows["raw_path"]
            self._spans[number] = (paths[0].as_py(), paths[-1].as_py()) if len(paths) else ("", "")
        return rows

    def _span(self, number: int) -> tuple[str, str]:
        """Return the first and the last path of a part; no path, which is before all others, if it is empty."""
        if number not in self._spans:
            self._read(number, ["raw_path"])
        return self._spans[number]

    def _may_have(self, number: int, wanted: Sequence[str]) -> bool:
        """Return whether a part may have any of some sorted paths."""
        first, last = self._span(number) if wanted else ("", "")
        return bisect_left(wanted, first) < bisect_right(wanted, last)


def read_ledger(version: Version | None) -> Ledger:
    """Return the ledger of a version; that of none is empty."""
    return Ledger(version.place(path) for path in version.manifest.paths(FILES.name)) if version else Ledger()


def known_rows(files: pa.Table) -> dict[str, Known]:
    """Return rows of `FILES` by raw_path; times in microseconds since 1970."""
    columns = [
        files.column(name).cast(pa.int64()).to_pylist() if name == "modified" else files.column(name).to_pylist()
        for name in KNOWN
    ]
    return {row[0]: Known._make(row) for row in zip(*columns, strict=True)}


def count_statuses(files: pa.Table) -> Counter[str]:
    """Return the number of files by status."""
    return Counter({row["values"]: row["counts"] for row in pc.value_counts(files["status"]).to_pylist()})
