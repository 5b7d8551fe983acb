"""Where the articles come from whose rows are in no file that is whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from flows.building.file_rows import only
from flows.dataset import Version
from flows.dataset.damage import is_whole, read_whole
from flows.dataset.parquet import read_parquet
from flows.planning.ledger import Known, Ledger, known_rows
from flows.repairing.raw_files import Found, RawFiles
from flows.repairing.survey import Survey, stretch_of
from transforms import RULES_VERSION
from transforms.partitions import Partition, PartitionBy, partition_of
from transforms.schemas import ARTICLES, with_column


@dataclass(frozen=True)
class Taken:
    """Articles whose text is taken from a file.

    Attributes:
        file: Rows of `ARTICLES`.
        paths: The path that the ledger has for each article, by article_id.
        version: The version that the file is of; None if it is of the damaged one.
    """

    file: Path
    paths: Mapping[str, str]
    version: Version | None = None

    def read(self, columns: list[str] | None = None) -> pa.Table:
        """Return their rows, each under the path that the ledger has for it."""
        rows = only(read_parquet(self.file, columns), self.paths)
        paths = pa.array([self.paths[i] for i in rows["article_id"].to_pylist()], pa.string())
        return with_column(rows, "raw_path", paths) if "raw_path" in rows.column_names else rows


@dataclass
class Sources:
    """Where each article comes from; files by raw_path.

    Attributes:
        texts: Articles from whose text all other rows follow.
        read: Raw files to read.
        changed: Raw files that are not as they were; of those that are not read, the next ingest has to be told.
        carried: Files that cannot be read as they were and whose article a copy carries.
        lost: Files that cannot be read as they were and whose article is gone, too, with the reason.
    """

    texts: list[Taken] = field(default_factory=list)
    read: dict[str, Found] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    carried: list[str] = field(default_factory=list)
    lost: dict[str, str] = field(default_factory=dict)

    @property
    def is_needed(self) -> bool:
        """Whether there is an article that has to come from somewhere."""
        return bool(self.texts or self.read or self.lost)

    @property
    def older(self) -> dict[str, int]:
        """The version whose text is taken, of files that cannot be read as they were."""
        return {path: taken.version.number for taken in self.texts if taken.version for path in taken.paths.values()}

    @property
    def from_texts(self) -> frozenset[str]:
        """Paths of the articles whose text is there."""
        return frozenset(path for taken in self.texts for path in taken.paths.values())

    def homes(self, by: PartitionBy) -> dict[Partition, list[Taken]]:
        """Return what is taken by the partition that each article's date puts it in."""
        found: dict[Partition, list[Taken]] = {}
        for taken in self.texts:
            rows = only(read_parquet(taken.file, ["article_id", "published_date"]), taken.paths).to_pylist()
            parts: dict[Partition, dict[str, str]] = {}
            for row in rows:
                home = parts.setdefault(partition_of(row["published_date"], by), {})
                home[row["article_id"]] = taken.paths[row["article_id"]]
            for partition, paths in parts.items():
                found.setdefault(partition, []).append(Taken(taken.file, paths, taken.version))
        return dict(sorted(found.items()))


def find_sources(survey: Survey, ledger: Ledger, forgotten: Collection[str], raw_files: RawFiles) -> Sources:
    """Return where each article comes from that the ledger tells of and no whole file holds.

    The strongest first: its own row in the table articles, if today's rules made it, as all else follows from the text;
    its raw file, if that is as it was; its own row by older rules; its row in a version before; a copy of its raw file;
    its row in a version that was undone; its raw file as it is now.
    """
    finder = _Finder(survey, ledger, raw_files, _lacking(survey, ledger, forgotten))
    return finder.find() if finder.left else Sources()


def _lacking(survey: Survey, ledger: Ledger, forgotten: Collection[str]) -> dict[str, Known]:
    """Return what is known of the files that carry an article which no whole file holds."""
    held = pa.chunked_array(_ids(survey.whole_files(ARTICLES)), pa.string())
    others = pa.array(sorted(forgotten), pa.string())
    found: dict[str, Known] = {}
    for rows in ledger.tables():
        is_there = pc.or_(pc.is_in(rows["article_id"], held), pc.is_in(rows["article_id"], others))
        found |= known_rows(rows.filter(pc.and_(pc.equal(rows["status"], "ingested"), pc.invert(is_there))))
    return found


class _Finder:
    def __init__(self, survey: Survey, ledger: Ledger, raw_files: RawFiles, lacking: dict[str, Known]) -> None:
        self._survey, self._raw_files = survey, raw_files
        self.left = {row.article_id: path for path, row in lacking.items() if row.article_id}
        copies = known_rows(ledger.of_articles(self.left.keys()))
        self._known = lacking | {path: row for path, row in copies.items() if row.status == "duplicate"}
        self._sources = Sources()

    def find(self) -> Sources:
        for file in self._survey.texts.values():
            self._take(file, is_todays=True)
        now = self._look_at_raw_files()
        for file in self._survey.texts.values():
            self._take(file)
        for version in self._survey.others.before:
            self._take_from(version)
        self._look_for_copies()
        for version in self._survey.others.undone:
            self._take_from(version)
        for article_id, path in list(self.left.items()):
            if path in now:
                self._sources.read[path] = now[path]
                del self.left[article_id]
        self._tell_lost()
        return self._sources

    def _take(self, file: Path, version: Version | None = None, is_todays: bool = False) -> None:
        """Take the articles that are left and in a file; or those of them that today's rules made."""
        if not self.left:
            return
        rows = only(read_parquet(file, ["article_id", "rules_version"]), self.left)
        if is_todays:
            rows = rows.filter(pc.equal(rows["rules_version"], RULES_VERSION))
        paths = {article_id: self.left.pop(article_id) for article_id in rows["article_id"].to_pylist()}
        if paths:
            self._sources.texts.append(Taken(file, paths, version))

    def _take_from(self, version: Version) -> None:
        for _, file in text_files(version, self._survey) if self.left else ():
            if file:
                self._take(file, version)

    def _look_at_raw_files(self) -> dict[str, Found]:
        """Read what is as it was; return the files that have changed."""
        found = self._raw_files.find(self.left.values())
        now = {path: f for path, f in found.items() if f.raw_sha256 != self._known[path].raw_sha256}
        self._sources.changed = set(now)
        self._sources.read = {path: f for path, f in found.items() if path not in now}
        self.left = {i: path for i, path in self.left.items() if path not in self._sources.read}
        return now

    def _copies(self) -> dict[str, str]:
        """Return the copies of articles that are left, with the article of each."""
        copies = ((p, k.article_id) for p, k in self._known.items() if self.left and k.status == "duplicate")
        return {path: article_id for path, article_id in copies if article_id in self.left}

    def _look_for_copies(self) -> None:
        copies, sources = self._copies(), self._sources
        found = self._raw_files.find(copies.keys())
        whole = {path: f for path, f in found.items() if f.raw_sha256 == self._known[path].raw_sha256}
        sources.read |= whole
        carried = {copies[path] for path in whole}
        sources.carried = [path for path, article_id in copies.items() if article_id in carried and path not in whole]
        sources.carried += [self.left.pop(article_id) for article_id in carried]

    def _tell_lost(self) -> None:
        for path in (*self.left.values(), *self._copies()):
            self._sources.lost[path] = f"its rows were damaged, and {self._raw_files.why_not(path)}"


def _ids(files: Iterable[Path]) -> list[pa.Array]:
    return [chunk for file in files for chunk in read_parquet(file, ["article_id"])["article_id"].chunks]


def text_files(version: Version, survey: Survey) -> Iterator[tuple[Partition, Path | None]]:
    """Yield where the table articles of another version is, with the partition; None where it cannot be relied on.

    Files that the damaged version has, too, are left out: it is known already what is in them.
    """
    if not version.has_manifest:
        for file in sorted((version.folder / ARTICLES.name).rglob("*.parquet")):
            if stretch := stretch_of(file.relative_to(version.folder).as_posix()):
                yield stretch[0], file if read_whole(file, ARTICLES) is not None else None
        return
    seen = {path: entry.sha256 for path, (_, entry) in survey.whole.items()}
    for path in version.manifest.paths(ARTICLES.name):
        entry, stretch = version.manifest.files[path], stretch_of(path)
        if stretch and seen.get(path) != entry.sha256:
            yield stretch[0], version.folder / path if is_whole(version.folder / path, entry) else None
