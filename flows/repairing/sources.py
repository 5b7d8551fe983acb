"""Where the articles come from whose rows are in no file that is whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from flows.building.partition_rows import only
from flows.dataset import Dataset, Version
from flows.dataset.damage import is_whole, read_whole
from flows.dataset.parquet import read_parquet
from flows.planning.ledger import Known
from flows.repairing.raw_files import RawFiles
from flows.repairing.survey import Survey
from transforms import RULES_VERSION
from transforms.schemas import ARTICLES


@dataclass
class Sources:
    """Where each article comes from; files by raw_path.

    Attributes:
        texts: Rows of `ARTICLES` from whose text all others follow.
        read: Raw files to read, with the hash of their bytes now.
        changed: Those of them that are not as they were.
        older: Files that are gone, with the version that has their article's text.
        carried: Files that are gone and whose article a copy carries.
        lost: Files that are gone and whose article is, too, with the reason.
    """

    texts: list[pa.Table] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    changed: list[str] = field(default_factory=list)
    older: dict[str, int] = field(default_factory=dict)
    carried: list[str] = field(default_factory=list)
    lost: dict[str, str] = field(default_factory=dict)

    @property
    def is_needed(self) -> bool:
        """Whether there is an article that has to come from somewhere."""
        return bool(self.texts or self.read or self.lost)

    @property
    def from_texts(self) -> frozenset[str]:
        """Paths of the articles whose text is there."""
        return frozenset(path for table in self.texts for path in table["raw_path"].to_pylist())


def find_sources(
    dataset: Dataset, survey: Survey, known: Mapping[str, Known], forgotten: Collection[str], raw_files: RawFiles
) -> Sources:
    """Return where each article comes from that the ledger tells of and no whole file holds.

    The strongest first: its own row in the table articles, if today's rules made it, as all else follows from the text;
    its raw file, as it is now; its row in another version; a copy of its raw file.
    """
    held = set(_ids(place for path, (place, _) in survey.whole.items() if path.startswith(f"{ARTICLES.name}/")))
    left = {
        k.article_id: k.raw_path
        for k in known.values()
        if k.status == "ingested" and k.article_id and k.article_id not in held and k.article_id not in forgotten
    }
    sources = Sources()
    own = [read_parquet(file) for file in survey.texts.values()]
    _take(sources, left, (rows.filter(pc.equal(rows["rules_version"], RULES_VERSION)) for rows in own))
    for path, found in raw_files.find(left.values()).items():
        sources.read.add(path)
        if found.raw_sha256 != known[path].raw_sha256:
            sources.changed.append(path)
    left = {article_id: path for article_id, path in left.items() if path not in sources.read}
    _take(sources, left, own)
    for version in reversed(dataset.all_versions()) if left else ():
        before = set(left.values())
        _take(sources, left, _readable(version))
        sources.older |= dict.fromkeys(before - set(left.values()), version.number)
    _look_for_copies(sources, left, known, raw_files)
    return sources


def _ids(files: Iterable[Path]) -> Iterator[str]:
    for file in files:
        yield from read_parquet(file, ["article_id"])["article_id"].to_pylist()


def _take(sources: Sources, left: dict[str, str], tables: Iterable[pa.Table]) -> None:
    """Take the rows of articles that are left out of tables, each under the path that the ledger has for it."""
    for table in tables:
        rows = only(table, left)
        paths = [left.pop(article_id) for article_id in rows["article_id"].to_pylist()]
        if paths:
            position = rows.schema.get_field_index("raw_path")
            sources.texts.append(rows.set_column(position, rows.schema.field(position), pa.array(paths, pa.string())))


def _readable(version: Version) -> Iterator[pa.Table]:
    """Yield the tables of articles of a version that can be relied on."""
    if version.has_manifest:
        for path in version.manifest.paths(ARTICLES.name):
            if is_whole(version.folder / path, version.manifest.files[path]):
                yield read_parquet(version.folder / path)
        return
    for file in sorted((version.folder / ARTICLES.name).rglob("*.parquet")):
        if rows := read_whole(file, ARTICLES):
            yield rows


def _look_for_copies(
    sources: Sources, left: Mapping[str, str], known: Mapping[str, Known], raw_files: RawFiles
) -> None:
    """Read the copies of articles of which nothing else is left; without one that can be read, an article is lost."""
    copies = {p: k.article_id for p, k in known.items() if k.status == "duplicate" and k.article_id in left}
    found = {p for p, f in raw_files.find(copies.keys()).items() if f.raw_sha256 == known[p].raw_sha256}
    sources.read |= found
    carried = {copies[path] for path in found}
    why = raw_files.problem or "its raw file is gone or cannot be read"
    for path in [*left.values(), *(copies.keys() - found)]:
        if known[path].article_id in carried:
            sources.carried.append(path)
        else:
            sources.lost[path] = f"its rows were damaged, and {why}"
