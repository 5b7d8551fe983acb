"""The ledger as plans and reports ask it: column by column, and a row only of the files that matter.

It is read without pandas, a part at a time: however many files it knows, no more than a part of it is in memory.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
"""The ledger, unless it is so large that it is cut."""
_PART = re.compile(r"files/part-(?:0|[0-9a-f]{16})\.parquet")
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


class Span(NamedTuple):
    """Which files a part of the ledger is about.

    Attributes:
        first: The first path; empty, which is before all others, if the part is.
        last: The last one.
        rows: How many they are.
    """

    first: str
    last: str
    rows: int


class Ledger:
    """The ledger of a version: parts, one after the other in the order of raw_paths, each of them sorted.

    Of a part that was looked at, the span is remembered: it is not read again where nothing of it can be meant.
    """

    def __init__(self, parts: Mapping[str, Place | pa.Table]) -> None:
        """Take the parts, by their path below a version: files, or rows of `FILES` in memory."""
        self._parts = parts
        self._spans: dict[str, Span] = {}

    def tables(self, columns: Sequence[str] = KNOWN) -> Iterator[pa.Table]:
        """Yield the rows of one part after the other.

        Raises:
            DatasetDamaged: A file is not there, or not as it was written.
        """
        return (self.part(name, columns) for name in self._parts)

    def part(self, name: str, columns: Sequence[str] = KNOWN) -> pa.Table:
        """Return the rows of a part; see `tables`."""
        part = self._parts[name]
        rows = part.select(columns) if isinstance(part, pa.Table) else read_parquet(part, list(columns))
        if "raw_path" in columns:
            paths = rows["raw_path"]
            self._spans[name] = Span(paths[0].as_py(), paths[-1].as_py(), len(paths)) if len(paths) else Span("", "", 0)
        return rows

    def spans(self) -> dict[str, Span]:
        """Return the span of each part, in the order of their paths."""
        for name in self._parts.keys() - self._spans.keys():
            self.part(name, ["raw_path"])
        return dict(sorted(self._spans.items(), key=lambda item: item[1]))

    def rows(self, paths: Collection[str]) -> dict[str, Known]:
        """Return what is known of some paths; nothing of one that it does not have."""
        return known_rows(self.files(paths))

    def known(self) -> dict[str, Known]:
        """Return what is known of every file, which takes about a kilobyte each."""
        return {path: row for rows in self.tables() for path, row in known_rows(rows).items()}

    def files(self, paths: Collection[str], columns: Sequence[str] = KNOWN) -> pa.Table:
        """Return the rows of some paths."""
        wanted = sorted(paths)
        spans = self.spans() if wanted else {}
        meant = [n for n, span in spans.items() if bisect_left(wanted, span.first) < bisect_right(wanted, span.last)]
        return self._where("raw_path", wanted, meant, columns)

    def of_articles(self, article_ids: Collection[str], columns: Sequence[str] = KNOWN) -> pa.Table:
        """Return the rows of all files that hold some articles."""
        return self._where("article_id", sorted(article_ids), self._parts if article_ids else (), columns)

    def members(self, archives: Collection[str]) -> dict[str, dict[str, Known]]:
        """Return what is known of all members of some archives, by archive."""
        found: dict[str, dict[str, Known]] = {archive: {} for archive in archives}
        bounds = {archive: (f"{archive}/", f"{archive}0") for archive in archives}  # 0 is next to /
        for name, span in self.spans().items() if archives else ():
            meant = {a: (start, end) for a, (start, end) in bounds.items() if start <= span.last and span.first < end}
            rows = self.part(name, KNOWN if meant else ())
            paths = rows["raw_path"].to_pylist() if meant else []
            for archive, ends in meant.items():
                start, end = (bisect_left(paths, bound) for bound in ends)
                found[archive] |= known_rows(rows.slice(start, end - start))
        return found

    def archives_of(self, paths: Iterable[str]) -> set[str]:
        """Return the archives that have a member among some paths."""
        above = {path: [path[:end] for end in slashes(path) if is_container(path[:end])] for path in paths}
        known = self.rows({archive for archives in above.values() for archive in archives})
        return {next(a for a in archives if a in known) for archives in above.values() if known.keys() & archives}

    def statuses(self) -> Counter[str]:
        """Return the number of files by status."""
        return sum((count_statuses(rows) for rows in self.tables(["status"])), Counter())

    def _where(self, column: str, values: Sequence[str], names: Iterable[str], columns: Sequence[str]) -> pa.Table:
        wanted = text_column(values)
        found = [pa.Table.from_batches([], pa.schema(map(FILES.schema.field, columns)))]
        for name in names:
            is_meant = pc.is_in(self.part(name, [column])[column], wanted)
            if pc.any(is_meant).as_py():
                found.append(self.part(name, columns).filter(is_meant))
        return pa.concat_tables(found)


def is_ledger_part(path: str) -> bool:
    """Return whether a file below a version's folder is a part of the ledger, by its name."""
    return _PART.fullmatch(path) is not None


def read_ledger(version: Version | None) -> Ledger:
    """Return the ledger of a version; that of none is empty."""
    return Ledger({path: version.place(path) for path in version.manifest.paths(FILES.name)} if version else {})


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
