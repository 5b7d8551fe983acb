"""The manifest: what a version holds, and what it was made from."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flows.raw.limits import DEFAULT_MAX_ARTICLE_MB
from flows.storage import Place
from transforms import RULES_VERSION
from transforms.partitions import PartitionBy
from transforms.schemas import SCHEMA_VERSION


class DatasetDamaged(RuntimeError):
    """The dataset is not as a commit leaves it."""


class DatasetNewer(DatasetDamaged):
    """A newer newsframes made the dataset."""


@dataclass(frozen=True)
class Recipe:
    """The part of the settings that makes the rows of a batch what they are.

    Attributes:
        raw: The raw root, absolute.
        partition_by: The period of a partition.
        path_templates: How paths tell outlet and date.
        max_article_mb: How large an article may be.
        schema_version: Of the columns.
    """

    raw: str
    partition_by: PartitionBy
    path_templates: tuple[str, ...]
    max_article_mb: float = DEFAULT_MAX_ARTICLE_MB
    schema_version: int = SCHEMA_VERSION


@dataclass(frozen=True)
class Settings:
    """What made a dataset; every verb uses it again unless told otherwise.

    Attributes:
        raw: The raw root, absolute.
        metadata: The side file, absolute.
        partition_by: The period of a partition.
        include: Endings of raw files.
        path_templates: How paths tell outlet and date.
        corrections: The corrections file, absolute; None: none was there yet; empty: there is to be none.
        max_article_mb: How large an article may be.
    """

    raw: str
    metadata: str | None
    partition_by: PartitionBy
    include: tuple[str, ...]
    path_templates: tuple[str, ...]
    corrections: str | None = None
    max_article_mb: float = DEFAULT_MAX_ARTICLE_MB

    @property
    def recipe(self) -> Recipe:
        """What a batch needs of them."""
        return Recipe(self.raw, self.partition_by, self.path_templates, self.max_article_mb)


@dataclass(frozen=True)
class FileEntry:
    """One Parquet file of a version.

    Attributes:
        rows: Its rows.
        bytes: Its size.
        sha256: Of its bytes, in hex.
        first_date: Earliest published_date of its articles, ISO; None if they have none, or for the ledger.
        last_date: Latest one.
    """

    rows: int
    bytes: int
    sha256: str
    first_date: str | None = None
    last_date: str | None = None

    def overlaps(self, start: str | None, end: str | None) -> bool:
        """Return whether an article of it may be dated in a range of ISO dates, its ends included; None is open."""
        if self.first_date is None or self.last_date is None:
            return False
        return (end is None or self.first_date <= end) and (start is None or self.last_date >= start)


@dataclass(frozen=True)
class Manifest:
    """What manifest.json says. It holds no clock: the same content makes the same manifest.

    Attributes:
        version: Number of the version.
        parent: The version that it was made from.
        schema_version: `transforms.schemas.SCHEMA_VERSION` that wrote it.
        rules_version: `transforms.RULES_VERSION` of the code that wrote it.
        settings: What it was made from.
        files: By path below the version's folder.
    """

    version: int
    parent: int | None
    schema_version: int
    rules_version: int
    settings: Settings
    files: dict[str, FileEntry]

    def paths(self, table: str) -> list[str]:
        """Return a table's files below the version's folder, sorted."""
        return sorted(path for path in self.files if path.startswith(f"{table}/"))

    def rows(self, table: str) -> int:
        """Return the number of a table's rows."""
        return sum(self.files[path].rows for path in self.paths(table))

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        files = {path: dict(vars(entry)) for path, entry in self.files.items()}
        return {**vars(self), "settings": dataclasses.asdict(self.settings), "files": files}

    def sealed(self) -> dict[str, Any]:
        """Return it as plain JSON values, with a digest of them: no other file tells whether they are damaged."""
        value = self.to_json()
        return {**value, "digest": _digest(value)}


def next_manifest(
    parent: Manifest | None, number: int, added: Mapping[str, FileEntry], removed: Collection[str], settings: Settings
) -> Manifest:
    """Return the manifest of a version that is made from another one.

    Args:
        parent: The manifest of that; None: it is the first.
        number: Its own number.
        added: Entries of the files that come, or take the place of one, by path.
        removed: Files that go; replaced ones need not be named.
        settings: What it was made from.
    """
    present = parent.files if parent else {}
    kept = {path: entry for path, entry in present.items() if path not in removed}
    before = parent.version if parent else None
    return Manifest(number, before, SCHEMA_VERSION, RULES_VERSION, settings, {**kept, **added})


def read_manifest(path: Place) -> Manifest:
    """Return the manifest in a file.

    Raises:
        DatasetNewer: Its schema is unknown.
        ValueError: It is damaged, or no manifest that this code understands.
        OSError: It cannot be read.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        digest = value.pop("digest", None)
        if digest not in (None, _digest(value)):
            raise ValueError(f"{path} is damaged")
        _refuse_unknown_schema(int(value["schema_version"]), path)
        settings = value.pop("settings")
        settings.update({name: tuple(settings[name]) for name in ("include", "path_templates")})
        files = {name: FileEntry(**entry) for name, entry in value.pop("files").items()}
        return Manifest(settings=Settings(**settings), files=files, **value)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is not a manifest of newsframes: {error}") from error


def _digest(value: dict[str, Any]) -> str:
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _refuse_unknown_schema(schema_version: int, path: Place) -> None:
    if schema_version > SCHEMA_VERSION:
        raise DatasetNewer(
            f"{path.parent} has schema {schema_version}; this newsframes knows up to {SCHEMA_VERSION}: upgrade "
            "newsframes, or ingest into a new folder"
        )
