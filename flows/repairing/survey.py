"""What is whole of a version, and what is not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from flows.dataset import Dataset, FileEntry, Settings, Version
from flows.dataset.damage import files_below, find_damage, is_whole, read_whole
from flows.planning.ledger import LEDGER_FILE
from transforms.partitions import Partition, folder_of, parse_folder
from transforms.schemas import ARTICLES, FILES, PARTITIONED

_TABLES = {table.name for table in PARTITIONED}


@dataclass
class Survey:
    """What is whole of a version.

    Attributes:
        version: The version.
        settings: What it was made from; None if no manifest tells that any more.
        whole: Files with the bytes that were committed: where they are, and what the manifest says.
        ledger: Where the ledger is; None if it is damaged.
        texts: Where the table articles is of partitions that have a damaged file, if that one is whole.
        broken: These partitions.
        damaged: What is damaged, and how; paths below the version's folder.
        foreign: Files that are not of the version.
        restored: Files that another version has whole, and its number.
    """

    version: Version
    settings: Settings | None
    whole: dict[str, tuple[Path, FileEntry]] = field(default_factory=dict)
    ledger: Path | None = None
    texts: dict[Partition, Path] = field(default_factory=dict)
    broken: frozenset[Partition] = frozenset()
    damaged: dict[str, str] = field(default_factory=dict)
    foreign: tuple[str, ...] = ()
    restored: dict[str, int] = field(default_factory=dict)


def survey_version(dataset: Dataset, version: Version) -> Survey:
    """Look at every file of a version, and for those that are damaged in the other ones.

    Raises:
        DatasetDamaged: A newer newsframes made it.
    """
    others = [v for v in reversed(dataset.all_versions()) if v.number != version.number]
    return _by_manifest(version, others) if version.has_manifest else _without_manifest(version, others)


def _by_manifest(version: Version, others: Sequence[Version]) -> Survey:
    listed, damage = version.manifest.files, find_damage(version)
    damaged = {**dict.fromkeys(damage.missing, "missing"), **dict.fromkeys(damage.damaged, "damaged")}
    survey = Survey(version, version.manifest.settings, damaged=damaged, foreign=damage.foreign)
    places = {path: version.folder / path for path in listed if path not in damaged}
    for path in damaged:
        donor = next((v for v in others if is_whole(v.folder / path, listed[path])), None)
        if donor:
            places[path] = donor.folder / path
            survey.restored[path] = donor.number
    survey.ledger = places.pop(LEDGER_FILE, None)
    survey.broken = frozenset(_by_partition(listed.keys() - places.keys()))
    for path, place in places.items():
        partition = _partition(path)
        if partition not in survey.broken:
            survey.whole[path] = (place, listed[path])
        elif partition and path.startswith(f"{ARTICLES.name}/"):
            survey.texts[partition] = place
    return survey


def _without_manifest(version: Version, others: Sequence[Version]) -> Survey:
    """Look at a version whose manifest is lost.

    A partition whose files are just those of another version is whole. Of all others the table articles is taken, and
    so is the ledger, if they can be read: the checksums of their pages vouch for them.
    """
    manifests = [v.manifest for v in others if v.has_manifest]
    survey = Survey(version, manifests[0].settings if manifests else None, damaged={"manifest.json": "unreadable"})
    paths = set(files_below(version.folder))
    if LEDGER_FILE in paths and read_whole(version.folder / LEDGER_FILE, FILES):
        survey.ledger = version.folder / LEDGER_FILE
    survey.foreign = tuple(sorted(path for path in paths - {LEDGER_FILE} if not _partition(path)))
    present = _by_partition(path for path in paths - {LEDGER_FILE})
    known = [(m.files, _by_partition(m.files)) for m in manifests]
    for partition, own in present.items():
        fitting = (files for files, parts in known if parts.get(partition) == own)
        entries = next((f for f in fitting if all(is_whole(version.folder / path, f[path]) for path in own)), None)
        if entries:
            survey.whole.update({path: (version.folder / path, entries[path]) for path in own})
            continue
        survey.broken |= {partition}
        text = next((version.folder / path for path in own if path.startswith(f"{ARTICLES.name}/")), None)
        if text and read_whole(text, ARTICLES):
            survey.texts[partition] = text
    return survey


def _by_partition(paths: Iterable[str]) -> dict[Partition, set[str]]:
    found: dict[Partition, set[str]] = {}
    for path in paths:
        if partition := _partition(path):
            found.setdefault(partition, set()).add(path)
    return found


def _partition(path: str) -> Partition | None:
    """Return the partition that a file below a version's folder is of; None if its path is of no partitioned table."""
    table, _, rest = path.partition("/")
    folder, _, name = rest.rpartition("/")
    with suppress(ValueError):
        if table in _TABLES and name == "part-0.parquet" and folder_of(partition := parse_folder(folder)) == folder:
            return partition
    return None
