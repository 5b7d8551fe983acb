"""One version: complete, and never changed."""

from __future__ import annotations

import datetime
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from flows.dataset.manifest import DatasetDamaged, DatasetNewer, FileEntry, Manifest, read_manifest
from flows.dataset.parquet import content_name, read_parquet
from flows.storage import ObjectPath, Place
from transforms.cuts import parse_file, path_of
from transforms.partitions import Partition, parse_folder
from transforms.schemas import ARTICLES, PARTITIONED


@dataclass(frozen=True)
class Stretch:
    """A stretch of a partition: all tables are cut at the same articles, and have a file of it, or no rows.

    Attributes:
        start: Key at which it starts.
        files: Where it is, by table name.
        articles: What the manifest says of its articles; None if they are lost.
    """

    start: str
    files: Mapping[str, Place]
    articles: FileEntry | None = None

    @property
    def count(self) -> int:
        """How many articles it has."""
        return self.articles.rows if self.articles else 0

    @property
    def span(self) -> tuple[datetime.date | None, datetime.date | None]:
        """First and last date of its articles; None: they have none."""
        dates = (self.articles.first_date, self.articles.last_date) if self.articles else (None, None)
        first, last = (datetime.date.fromisoformat(date) if date else None for date in dates)
        return first, last


@dataclass(frozen=True)
class Version:
    """One complete version.

    Attributes:
        number: Its number.
        home: Its folder, whatever `current` says; in an object store, where the objects of all versions lie.
    """

    number: int
    home: Place

    @property
    def folder(self) -> Path:
        """Its folder on a disk; only what knows nothing of object stores asks for it.

        Raises:
            TypeError: It is in an object store.
        """
        if isinstance(self.home, ObjectPath):
            raise TypeError(f"{self.home} is no folder")
        return self.home

    @property
    def manifest_place(self) -> Place:
        """Where its manifest is."""
        if isinstance(self.home, ObjectPath):
            return self.home.parent / f"versions/{self.number:06d}.json"
        return self.home / "manifest.json"

    @property
    def root(self) -> Place:
        """The processed root that it belongs to."""
        return self.manifest_place.parent.parent if isinstance(self.home, ObjectPath) else self.home.parent.parent

    @property
    def is_there(self) -> bool:
        """Whether it has not been deleted."""
        return self.manifest_place.is_file() if isinstance(self.home, ObjectPath) else self.home.is_dir()

    def place(self, path: str) -> Place:
        """Return where a file of the manifest is."""
        if isinstance(self.home, ObjectPath):
            folder, _, name = path.rpartition("/")
            return self.home / folder / content_name(name, self.manifest.files[path].sha256)
        return self.home / path

    @cached_property
    def manifest(self) -> Manifest:
        """Its manifest.

        Raises:
            DatasetDamaged: It is missing, damaged, or made by a newer newsframes.
        """
        try:
            manifest = read_manifest(self.manifest_place)
            if manifest.version != self.number:
                raise ValueError(f"it is that of version {manifest.version}")
        except (OSError, ValueError) as error:
            raise DatasetDamaged(
                f"version {self.number} has no readable manifest: {error}; `newsframes repair` mends the current one"
            ) from error
        return manifest

    @property
    def has_manifest(self) -> bool:
        """Whether its manifest can be read.

        Raises:
            DatasetNewer: A newer newsframes made it.
        """
        try:
            return bool(self.manifest)
        except DatasetNewer:
            raise
        except DatasetDamaged:
            return False

    @property
    def committed_at(self) -> float:
        """When it was committed, in seconds since 1970; when it was last left, if it lost its manifest."""
        try:
            return self.manifest_place.stat().st_mtime
        except FileNotFoundError:
            return self.left_at

    @property
    def left_at(self) -> float:
        """When `current` last pointed to it, in seconds since 1970: the time of its folder is set then."""
        return self.home.stat().st_mtime

    def partition_files(self, table: str) -> Iterator[tuple[str, Place]]:
        """Yield (partition folder, file) of a partitioned table."""
        for path in self.manifest.paths(table):
            yield path.removeprefix(f"{table}/").rpartition("/")[0], self.place(path)

    def stretches(self) -> dict[Partition, list[Stretch]]:
        """Return the stretches of each partition, in their order."""
        found: dict[Partition, dict[str, dict[str, Place]]] = {}
        for table in PARTITIONED:
            for path in self.manifest.paths(table.name):
                folder, _, name = path.partition("/")[2].rpartition("/")
                files = found.setdefault(parse_folder(folder), {}).setdefault(parse_file(name), {})
                files[table.name] = self.place(path)
        entries = self.manifest.files
        return {
            p: [Stretch(start, parts[start], entries.get(path_of(ARTICLES, p, start))) for start in sorted(parts)]
            for p, parts in found.items()
        }

    def find_files(self, article_ids: Collection[str]) -> dict[str, str]:
        """Return the file of the table articles in which each of some articles lies, by its path below the version.

        The column article_id is read, some 36 bytes an article, of the newest files first, until all are found.
        """
        found: dict[str, str] = {}
        wanted = pa.array(sorted(article_ids), pa.string())
        for path in sorted(self.manifest.paths(ARTICLES.name), key=self._newest_first):
            if len(found) == len(wanted):
                break
            ids = read_parquet(self.place(path), ["article_id"])["article_id"]
            found.update(dict.fromkeys(ids.filter(pc.is_in(ids, wanted)).to_pylist(), path))
        return found

    def _newest_first(self, path: str) -> tuple[bool, int]:
        last = self.manifest.files[path].last_date
        return last is None, -datetime.date.fromisoformat(last).toordinal() if last else 0

    def find_articles(self, article_ids: Collection[str]) -> dict[str, Partition]:
        """Return the partitions in which some articles lie; see `find_files`."""
        files = self.find_files(article_ids)
        return {i: parse_folder(path.partition("/")[2].rpartition("/")[0]) for i, path in files.items()}

    def articles_dated(
        self, start: datetime.date | None, end: datetime.date | None, undated: bool = False
    ) -> frozenset[str]:
        """Return the articles published in a range of dates, its ends included; or those without a date.

        Args:
            start: First date; None: no matter how early.
            end: Last date; None: no matter how late.
            undated: Return the articles without a date instead.
        """
        first, last = (d.isoformat() if d else None for d in (start, end))
        found: set[str] = set()
        for path in self.manifest.paths(ARTICLES.name):
            entry = self.manifest.files[path]
            if undated or entry.overlaps(first, last):
                rows = read_parquet(self.place(path), ["article_id", "published_date"])
                dates = rows["published_date"]
                chosen = pc.is_null(dates) if undated else _is_between(dates, start, end)
                found.update(rows["article_id"].filter(chosen).to_pylist())
        return frozenset(found)

    def refuse_short(self, paths: Collection[str]) -> None:
        """Refuse to go on from files that are plainly not as they were committed; their bytes are not read.

        Objects are taken to be: nothing changes them, and to ask for each would take longer than many a run.

        Args:
            paths: Files of the manifest.

        Raises:
            DatasetDamaged: One is missing, or of another size.
        """
        if isinstance(self.home, ObjectPath):
            return
        folder = os.fspath(self.folder)
        short = [path for path in paths if _size(f"{folder}/{path}") != self.manifest.files[path].bytes]
        if short:
            raise DatasetDamaged(
                f"version {self.number} is damaged, {len(short)} of its files are missing or of another size "
                f"({short[0]}); `newsframes check` tells more, `newsframes repair` mends the current one"
            )

    def holds(self, article_ids: Collection[str]) -> bool:
        """Return whether any of some articles is in it."""
        return bool(self.find_articles(article_ids))


def _size(file: str) -> int | None:
    try:
        return os.stat(file).st_size  # noqa: PTH116 (many thousand files)
    except OSError:
        return None


def _is_between(dates: pa.ChunkedArray, start: datetime.date | None, end: datetime.date | None) -> pa.ChunkedArray:
    chosen = pc.is_valid(dates)
    if start:
        chosen = pc.and_kleene(chosen, pc.greater_equal(dates, start))
    return pc.and_kleene(chosen, pc.less_equal(dates, end)) if end else chosen
