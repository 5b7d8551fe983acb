"""Before a run writes anything: options, settings, and the plan."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from flows.dataset import Dataset, Settings, Version
from flows.ledger import Known, read_ledger
from flows.plan import Plan
from flows.planner import Inputs, make_plan
from flows.raw import INCLUDE, discover
from transforms.metadata import PATH_TEMPLATES, SideFile, parse_side_file
from transforms.partitions import PartitionBy

DEFAULT_RAW = Path("data/raw")
DEFAULT_PROCESSED = Path("data/processed")
DEFAULT_BATCH_SIZE = 250


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


def prepare(options: Options) -> Prepared:
    """Look at the raw tree and the ledger and plan; writes nothing.

    Raises:
        OptionsError: The options do not fit each other or the dataset.
        RawRootError: The raw root cannot be read.
        DatasetDamaged: The dataset is not as a commit leaves it.
    """
    dataset = Dataset(options.processed)
    version = dataset.current()
    remembered = version.manifest.settings if version else None
    settings, notes = choose_settings(options, remembered)
    side_file = read_side_file(settings.metadata)
    notes += side_file.conflicts if side_file else []
    known = read_ledger(version)
    tree = discover(Path(settings.raw), settings.include, exclude=options.processed)
    plan = make_plan(
        Inputs(
            tree,
            known,
            side_file,
            is_rehashing=options.rehash,
            settle_seconds=options.settle,
            prune=options.prune,
            has_new_templates=remembered is not None and remembered.path_templates != settings.path_templates,
        )
    )
    return Prepared(dataset, version, settings, options, known, plan, notes)


def choose_settings(options: Options, remembered: Settings | None) -> tuple[Settings, list[str]]:
    """Return what to use, and a note for each thing that differs from before.

    Raises:
        OptionsError: Another partitioning is asked for than the dataset has.
    """
    asked = Settings(
        raw=_absolute(options.raw) or (remembered.raw if remembered else os.path.abspath(DEFAULT_RAW)),  # noqa: PTH100
        metadata=_absolute(options.metadata) or (remembered.metadata if remembered else None),
        partition_by=options.partition_by or (remembered.partition_by if remembered else "month"),
        include=tuple(options.include or (remembered.include if remembered else INCLUDE)),
        path_templates=tuple(options.path_templates or (remembered.path_templates if remembered else PATH_TEMPLATES)),
    )
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


def read_side_file(path: str | None) -> SideFile | None:
    """Return the side file.

    Raises:
        OptionsError: It cannot be read or understood.
    """
    if path is None:
        return None
    try:
        return parse_side_file(Path(path).read_text(encoding="utf-8-sig"), Path(path).name)
    except (OSError, ValueError) as error:
        raise OptionsError(f"side file {path}: {error}") from error


def _absolute(path: Path | None) -> str | None:
    return os.path.abspath(path) if path else None  # noqa: PTH100 (links in it stay as the user named them)
