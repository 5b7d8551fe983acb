"""Before a run writes anything: options, settings, and the plan."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from flows.dataset import Dataset, Settings, Version
from flows.ledger import Known, read_ledger
from flows.plan import Plan
from flows.planner import Inputs, make_plan
from flows.raw import INCLUDE, RawTree, discover
from transforms.metadata import PATH_TEMPLATES, SideFile, parse_path, parse_side_file
from transforms.partitions import PartitionBy
from transforms.side_files import Coverage

DEFAULT_RAW = Path("data/raw")
DEFAULT_PROCESSED = Path("data/processed")
DEFAULT_BATCH_SIZE = 250
CONFLICTS_SHOWN = 5


class OptionsError(ValueError):
    """The options do not fit each other or the dataset; the message says what to do."""


@dataclass(frozen=True)
class Options:
    """What a run is asked to do; None means as the dataset was made before, else the default.

    Attributes:
        raw: The raw root.
        processed: The processed root.
        metadata: The side file.
        partition_by: The period of a partition.
        include: Endings of raw files.
        path_templates: How paths tell outlet and date.
        batch_size: Files in a batch, at most.
        prune: Whether the rows of removed files go.
        rehash: Trust neither size nor time of known files.
        settle: Leave files alone that were modified less than this long ago.
        keep_versions: How many versions to keep.
    """

    raw: Path | None = None
    processed: Path = DEFAULT_PROCESSED
    metadata: Path | None = None
    partition_by: PartitionBy | None = None
    include: Sequence[str] | None = None
    path_templates: Sequence[str] | None = None
    batch_size: int = DEFAULT_BATCH_SIZE
    prune: bool = False
    rehash: bool = False
    settle: float = 0
    keep_versions: int = 3

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> Options:
        """Return the options among the parameters of a flow or command."""
        return cls(**{field.name: parameters[field.name] for field in fields(cls) if field.name in parameters})


@dataclass(frozen=True)
class Prepared:
    """A run before it writes anything.

    Attributes:
        dataset: The dataset.
        version: Its current version.
        settings: What the next version is made from.
        options: What was asked.
        known: The ledger.
        plan: What there is to do.
        notes: What the user should know before.
    """

    dataset: Dataset
    version: Version | None
    settings: Settings
    options: Options
    known: dict[str, Known]
    plan: Plan
    notes: list[str] = field(default_factory=list)

    @property
    def is_idle(self) -> bool:
        """Whether a run would write nothing: other settings are to be remembered, too."""
        return self.plan.is_empty and (self.version is None or self.version.manifest.settings == self.settings)


def prepare(options: Options) -> Prepared:
    """Look at the raw tree and the ledger and plan; writes nothing.

    Raises:
        OptionsError: The options do not fit each other or the dataset.
        RawRootError: The raw root cannot be read.
        DatasetDamaged: The dataset is not as a commit leaves it.
    """
    if options.processed.exists() and not options.processed.is_dir():
        raise OptionsError(f"processed folder {options.processed} is a file")
    dataset = Dataset(options.processed)
    version = dataset.current()
    remembered = version.manifest.settings if version else None
    settings, notes = choose_settings(options, remembered)
    side_file = read_side_file(settings.metadata)
    known = read_ledger(version)
    own = [options.processed, *([Path(settings.metadata)] if settings.metadata else [])]
    tree = discover(Path(settings.raw), settings.include, exclude=own)
    plan = make_plan(
        Inputs(
            tree,
            known,
            side_file,
            # Size and time say nothing of a file in another folder.
            is_rehashing=options.rehash or (remembered is not None and remembered.raw != settings.raw),
            settle_seconds=options.settle,
            prune=options.prune,
            path_templates=settings.path_templates,
        )
    )
    if options.prune and not tree.files and known:
        raise OptionsError(f"{settings.raw} holds no raw file at all: not pruned, as its disk may not be mounted")
    if side_file is not None:
        notes += describe_side_file(side_file, _article_paths(tree, known, plan))
    return Prepared(dataset, version, settings, options, known, plan, notes)


def _article_paths(tree: RawTree, known: Mapping[str, Known], plan: Plan) -> list[str]:
    """Return the paths of all files and members that are there, also in archives that nobody has to open."""
    living = {path for path, k in known.items() if k.status != "removed"}
    paths = living.union(work.file.raw_path for work in plan.work).difference(plan.removed, plan.forgotten)
    containers = {path for path, file in tree.files.items() if file.is_container}
    return sorted(paths.union(tree.files) - containers)


def describe_side_file(side_file: SideFile, raw_paths: Sequence[str]) -> list[str]:
    """Return what the user should know of a side file: what does not fit the raw files, and what is not used."""
    fit = side_file.coverage(raw_paths)
    conflicts = side_file.conflicts + fit.conflicts
    more = len(conflicts) - CONFLICTS_SHOWN
    lines = [*_describe_coverage(fit, len(side_file), raw_paths), *side_file.notes, *conflicts[:CONFLICTS_SHOWN]]
    return [f"side file: {line}" for line in lines] + [f"… and {more:,} more such keys"] * (more > 0)


def _describe_coverage(fit: Coverage, rows: int, raw_paths: Sequence[str]) -> list[str]:
    unused = len(fit.unused)
    if not fit.files or (fit.described == fit.files and not unused):
        return []
    if not fit.described and unused == rows > 0:
        return [f"no row fits a raw file; it names {fit.unused[0]}, raw files are called {raw_paths[0]}"]
    files = f"{fit.described:,} of {fit.files:,} files {'has' if fit.described == 1 else 'have'} a row"
    return [files + (f"; {unused:,} of its {rows:,} rows name{'s' * (unused == 1)} no file here" if unused else "")]


def choose_settings(options: Options, remembered: Settings | None) -> tuple[Settings, list[str]]:
    """Return what to use, and a note for each thing that differs from before.

    Raises:
        OptionsError: Another partitioning is asked for than the dataset has.
    """
    asked = Settings(
        raw=_absolute(options.raw) or (remembered.raw if remembered else os.path.abspath(DEFAULT_RAW)),  # noqa: PTH100
        metadata=_metadata_path(options, remembered),
        partition_by=options.partition_by or (remembered.partition_by if remembered else "month"),
        include=tuple(options.include or (remembered.include if remembered else INCLUDE)),
        path_templates=tuple(options.path_templates or (remembered.path_templates if remembered else PATH_TEMPLATES)),
    )
    _check_templates(asked.path_templates)
    if remembered is None:
        return asked, []
    if asked.partition_by != remembered.partition_by:
        raise OptionsError(
            f"{options.processed} is partitioned by {remembered.partition_by}, not by {asked.partition_by}. To change "
            f"it, ingest into a new folder (--processed NEW --partition-by {asked.partition_by}) and take that one."
        )
    names = {"raw": "raw folder", "metadata": "side file", "include": "endings", "path_templates": "path templates"}
    return asked, [
        f"{label} is {getattr(asked, name)}; this dataset was made from {getattr(remembered, name)}"
        for name, label in names.items()
        if getattr(asked, name) != getattr(remembered, name)
    ]


def _metadata_path(options: Options, remembered: Settings | None) -> str | None:
    if options.metadata == Path():  # an empty name: none any more
        return None
    return _absolute(options.metadata) or (remembered.metadata if remembered else None)


def _check_templates(templates: Sequence[str]) -> None:
    try:
        for template in templates:
            parse_path("outlet/2000-01-01/slug", [template])
    except ValueError as error:
        raise OptionsError(str(error)) from error


def read_side_file(path: str | None) -> SideFile | None:
    """Return the side file.

    Raises:
        OptionsError: It cannot be read or understood.
    """
    if path is None:
        return None
    try:
        return parse_side_file(_decode(_unpack(Path(path).read_bytes(), path)), Path(path).name)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise OptionsError(f"side file {path}: {error}") from error


def _unpack(raw: bytes, path: str) -> bytes:
    return gzip.decompress(raw) if path.casefold().endswith(".gz") else raw


def _decode(raw: bytes) -> str:
    with suppress(UnicodeDecodeError):
        text = raw.decode("utf-8-sig")
        if "\0" not in text:
            return text
    from transforms.encodings import decode  # it takes longer to import than most side files to read

    return decode(raw)[0]


def _absolute(path: Path | None) -> str | None:
    return os.path.abspath(path) if path else None  # noqa: PTH100 (links in it stay as the user named them)
