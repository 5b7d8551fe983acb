"""What is whole of a version, and what is not."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from flows.dataset import Dataset, FileEntry, Settings, Version
from flows.dataset.damage import files_below, find_damage, is_whole, read_whole
from flows.planning.ledger import LEDGER_FILE, is_ledger_part
from flows.repairing.lineage import Others, other_versions
from transforms.cuts import parse_path
from transforms.partitions import Partition
from transforms.schemas import ARTICLES, FILES, PARTITIONED, Table

_TABLES = {table.name for table in PARTITIONED}
StretchKey = tuple[Partition, str]
"""A stretch of a partition, by the key at which it starts: all tables are cut alike."""


@dataclass
class Survey:
    """What is whole of a version.

    Attributes:
        version: The version.
        others: The other versions.
        settings: What it was made from; None if no manifest tells that any more.
        whole: Files with the bytes that were committed: where they are, and what the manifest says.
        ledger: Where the parts of the ledger are that are whole, by path.
        is_ledger_whole: Whether that is all of it.
        texts: Where the table articles is of stretches that have a damaged file, if that one is whole.
        broken: These stretches.
        damaged: What is damaged, and how; paths below the version's folder.
        foreign: Files that are not of the version.
        restored: Files that another version has whole, and its number.
    """

    version: Version
    others: Others
    settings: Settings | None
    whole: dict[str, tuple[Path, FileEntry]] = field(default_factory=dict)
    ledger: dict[str, Path] = field(default_factory=dict)
    is_ledger_whole: bool = True
    texts: dict[StretchKey, Path] = field(default_factory=dict)
    broken: frozenset[StretchKey] = frozenset()
    damaged: dict[str, str] = field(default_factory=dict)
    foreign: tuple[str, ...] = ()
    restored: dict[str, int] = field(default_factory=dict)

    @property
    def partitions(self) -> frozenset[Partition]:
        """All partitions that there are signs of."""
        return self.broken_partitions.union(place[0] for place in map(stretch_of, self.whole) if place)

    @property
    def broken_partitions(self) -> frozenset[Partition]:
        """The partitions that have a damaged file."""
        return frozenset(partition for partition, _ in self.broken)

    def whole_files(self, table: Table) -> list[Path]:
        """Return where the whole files of a table are."""
        return [place for path, (place, _) in self.whole.items() if path.startswith(f"{table.name}/")]

    def may_lack(self, partition: Partition) -> bool:
        """Return whether there may have been articles in a partition that no file tells of any more."""
        if not self.version.has_manifest:
            whole = {place[0] for place in map(stretch_of, self.whole) if place}
            return partition not in whole.union(known for known, _ in self.texts)
        return any(known == partition for known, _ in self.broken - self.texts.keys())


def survey_version(dataset: Dataset, version: Version) -> Survey:
    """Look at every file of a version, and for those that are damaged in the other ones.

    Raises:
        DatasetDamaged: A newer newsframes made it.
    """
    others = other_versions(dataset, version)
    return _against_manifest(version, others) if version.has_manifest else _without_manifest(version, others)


def _against_manifest(version: Version, others: Others) -> Survey:
    listed, damage = version.manifest.files, find_damage(version)
    damaged = {**dict.fromkeys(damage.missing, "missing"), **dict.fromkeys(damage.damaged, "damaged")}
    survey = Survey(version, others, version.manifest.settings, damaged=damaged, foreign=damage.foreign)
    places = {path: version.folder / path for path in listed if path not in damaged}
    for path in damaged:
        donor = next((v for v in (*others.before, *others.undone) if _gives(v, version, path)), None)
        if donor:
            places[path] = donor.folder / path
            survey.restored[path] = donor.number
    survey.ledger = {path: places.pop(path) for path in version.manifest.paths(FILES.name) if path in places}
    survey.is_ledger_whole = 0 < len(survey.ledger) == len(version.manifest.paths(FILES.name))
    survey.broken = frozenset(_grouped(listed.keys() - places.keys()))
    for path, place in places.items():
        stretch = stretch_of(path)
        if stretch not in survey.broken:
            survey.whole[path] = (place, listed[path])
        elif stretch and path.startswith(f"{ARTICLES.name}/"):
            survey.texts[stretch] = place
    return survey


def _gives(donor: Version, version: Version, path: str) -> bool:
    """Return whether another version has a damaged file whole; one that is the same file on disk has not."""
    own, other = version.folder / path, donor.folder / path
    with suppress(OSError):
        if own.samefile(other):
            return False
    return is_whole(other, version.manifest.files[path])


def _without_manifest(version: Version, others: Others) -> Survey:
    """Look at a version whose manifest is lost.

    A stretch whose files are just those of another version is whole. Of all others the table articles is taken, and
    so is the ledger, if they can be read: the checksums of their pages vouch for them.
    """
    settings = next((v.manifest.settings for v in others.before if v.has_manifest), None)
    survey = Survey(version, others, settings, damaged={"manifest.json": "unreadable"})
    paths = set(files_below(version.folder))
    parts = set(filter(is_ledger_part, paths)) or {LEDGER_FILE}
    survey.ledger = {p: version.folder / p for p in sorted(parts) if read_whole(version.folder / p, FILES) is not None}
    survey.damaged.update(dict.fromkeys(parts - survey.ledger.keys(), "unreadable"))
    survey.is_ledger_whole = list(survey.ledger) == [LEDGER_FILE]  # of several parts, one may have gone
    survey.foreign = tuple(sorted(path for path in paths - parts if not stretch_of(path)))
    present = _grouped(paths - parts)
    manifests = [v.manifest.files for v in (*others.before, *others.undone) if v.has_manifest]
    known = [(files, _grouped(files)) for files in manifests]
    for stretch, own in present.items():
        fitting = (files for files, parts in known if parts.get(stretch) == own)
        entries = next((f for f in fitting if all(is_whole(version.folder / path, f[path]) for path in own)), None)
        if entries:
            survey.whole.update({path: (version.folder / path, entries[path]) for path in own})
            continue
        survey.broken |= {stretch}
        for path in (path for path in own if path.startswith(f"{ARTICLES.name}/")):
            if read_whole(version.folder / path, ARTICLES) is None:
                survey.damaged[path] = "unreadable"
            else:
                survey.texts[stretch] = version.folder / path
    return survey


def _grouped(paths: Iterable[str]) -> dict[StretchKey, set[str]]:
    """Return the paths of partitioned tables by the stretch that they are of."""
    found: dict[StretchKey, set[str]] = {}
    for path in paths:
        if stretch := stretch_of(path):
            found.setdefault(stretch, set()).add(path)
    return found


def stretch_of(path: str) -> StretchKey | None:
    """Return the stretch that a file below a version's folder is of; None if its path is of no partitioned table."""
    with suppress(ValueError):
        if path.partition("/")[0] in _TABLES:
            return parse_path(path)
    return None
