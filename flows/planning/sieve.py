"""The sieve: files that are surely as the ledger knows them are counted, column by column, and nobody looks at them."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from flows.planning.census import Census
from flows.planning.comparison import Comparison, Inputs
from flows.planning.ledger import FAULT, Known, known_rows
from flows.raw.columns import FALSE, number, number_column, text, text_column
from flows.raw.limits import TOO_LARGE
from flows.raw.listing import Listing
from flows.raw.tree import RawFile
from transforms import RULES_VERSION
from transforms.schemas import FORGOTTEN

_WITH_ARTICLE = text_column(["ingested", "duplicate"])
_WITHOUT_ARTICLE = text_column(["container", "removed"])


class Sieve:
    """The raw tree against the ledger, part by part.

    What it says of the whole is known once all files were looked at.

    Attributes:
        census: Of the ledger.
        unchanged: Number of the files that need nothing.
        missing: What the ledger knows of files that are not there and are not noted as gone.
        archives: The archives that have to be looked at, each with its row of the ledger; None: it has none.
    """

    def __init__(self, inputs: Inputs, comparison: Comparison) -> None:
        self._inputs, self._comparison = inputs, comparison
        self._listing = Listing.of(inputs.tree.files)
        self._trusted: list[str] = []
        self._members: Counter[str] = Counter()
        self._wanted: set[str] = set()
        self.census = Census(inputs)
        self.unchanged = 0
        self.missing: list[Known] = []
        self.archives: dict[str, Known | None] = {}

    def files(self) -> Iterator[tuple[RawFile, Known | None]]:
        """Yield the files, other than archives, that have to be looked at, each with its row of the ledger."""
        spans = [(0, 0), (len(self._listing), len(self._listing))]
        for rows in self._inputs.ledger.tables():
            if len(rows):
                self.census.add(rows)
                span = self._listing.between(rows["raw_path"][0].as_py(), rows["raw_path"][-1].as_py())
                spans.append(span)
                yield from self._sift(rows, *span)
        for (_, start), (end, _) in pairwise(sorted(spans)):
            yield from self._new(range(start, end))
        self._count_archives()

    def _sift(self, rows: pa.Table, start: int, end: int) -> Iterator[tuple[RawFile, Known | None]]:
        """Sift the rows of one part, and the files of the listing that lie between them."""
        listed = self._listing.paths(start, end)
        paths = rows["raw_path"]
        at = pc.index_in(paths, listed)
        is_there, is_archive = pc.is_valid(at), pc.is_in(paths, self._listing.archives_between(start, end))
        is_same = _all(
            pc.equal(rows["size"], self._listing.sizes.slice(start, end - start).take(at)),
            pc.equal(rows["modified"].cast(pa.int64()), self._listing.times.slice(start, end - start).take(at)),
            pc.is_valid(rows["raw_sha256"]),
            pc.invert(pc.is_in(paths, text_column(self._listing.problems))),
            (pc.is_null if self._inputs.is_rehashing else pc.is_valid)(paths),  # of all, or of none
        )
        is_settled = _is_settled(rows)
        is_fine = _all(is_settled, self._is_told_the_same(rows, _all(is_settled, pc.invert(is_archive))))
        is_container = pc.equal(rows["status"], text("container"))

        is_unchanged = _all(is_same, is_fine, pc.invert(is_archive))
        self.unchanged += pc.sum(is_unchanged).as_py()
        is_trusted = _all(is_same, is_archive, pc.or_(is_settled, is_container))
        self._trusted += paths.filter(is_trusted).to_pylist()
        self.archives |= known_rows(rows.filter(_all(is_there, is_archive, pc.invert(is_trusted))))
        is_outside = pc.invert(is_there)
        is_fine = pc.or_(is_fine, pc.is_in(rows["status"], _WITHOUT_ARTICLE))
        self._look_at_members(rows.filter(is_outside), is_fine.filter(is_outside))
        is_doubtful = _all(is_there, pc.invert(pc.or_(is_archive, is_unchanged)))
        known = known_rows(rows.filter(is_doubtful))
        for position, row in zip(at.filter(is_doubtful).to_pylist(), known.values(), strict=True):
            yield self._listing.file(start + position), row
        is_new = pc.invert(pc.is_in(listed, paths))
        yield from self._new(start + position for position in pc.indices_nonzero(is_new).to_pylist())

    def _is_told_the_same(self, rows: pa.Table, is_meant: pa.ChunkedArray) -> pa.ChunkedArray:
        """Return of which files the side file and the templates say what was applied to them."""
        applied = rows["metadata_sha256"]
        if self._inputs.side_file is None:
            _, digest = self._comparison.metadata("")
            return pc.is_null(applied) if digest is None else pc.equal(applied, text(digest))
        meant = zip(rows["raw_path"].to_pylist(), is_meant.to_pylist(), strict=True)
        said = text_column((self._comparison.metadata(p)[1] or "") if is_meant else "" for p, is_meant in meant)
        return pc.equal(pc.fill_null(applied, text("")), said)

    def _look_at_members(self, rows: pa.Table, is_fine: pa.ChunkedArray) -> None:
        """Count the members of archives among files that are not there themselves; note the others as missing."""
        paths = rows["raw_path"].to_pylist()
        missing, position = array("q"), 0
        while position < len(paths):
            archive = self._listing.archive_above(paths[position])
            end = bisect_left(paths, f"{archive}0", position) if archive else position + 1  # 0 is next to /
            if archive:
                self._members[archive] += end - position
            else:
                missing.append(position)
            position = end
        gone = known_rows(rows.take(number_column(missing))).values()
        self.missing += [known for known in gone if known.status != "removed"]
        for known in known_rows(rows.filter(pc.invert(is_fine))).values():
            archive = self._listing.archive_above(known.raw_path)
            if archive and archive not in self._wanted and self._comparison.why_again(known, None):
                self._wanted.add(archive)

    def _new(self, positions: Iterable[int]) -> Iterator[tuple[RawFile, None]]:
        """Yield the files at some positions that are new; note the archives among them."""
        for file in map(self._listing.file, positions):
            if file.is_container:
                self.archives[file.raw_path] = None
            else:
                yield file, None

    def _count_archives(self) -> None:
        """Count the archives that nobody has to open, with all that they hold."""
        self.archives |= self._inputs.ledger.rows(self._wanted.intersection(self._trusted))
        self.unchanged += sum(1 + self._members[path] for path in self._trusted if path not in self._wanted)


def _is_settled(rows: pa.Table) -> pa.ChunkedArray:
    """Return which files hold an article, or were rejected for good: until they, the rules or the options change."""
    is_retried = pc.or_kleene(
        pc.equal(rows["reason"], text(FORGOTTEN)),
        pc.or_kleene(pc.starts_with(rows["reason"], FAULT), pc.starts_with(rows["reason"], TOO_LARGE)),
    )
    is_rejected = _all(
        pc.equal(rows["status"], text("rejected")),
        pc.greater_equal(rows["rules_version"], number(RULES_VERSION)),
        pc.is_valid(rows["raw_sha256"]),
        pc.invert(pc.fill_null(is_retried, FALSE)),
    )
    return pc.or_(pc.is_in(rows["status"], _WITH_ARTICLE), is_rejected)


def _all(*conditions: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return where all of some conditions hold; what is not known does not hold."""
    return pc.fill_null(reduce(pc.and_kleene, conditions), FALSE)
