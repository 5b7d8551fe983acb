"""What a run is asked to do, and what it is made from: options given, settings remembered."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from flows.dataset import Settings
from flows.dataset.sweeping import MINIMUM_AGE_HOURS
from flows.planning.selection import Selection
from flows.raw.limits import DEFAULT_MAX_ARTICLE_MB
from flows.raw.tree import INCLUDE
from flows.storage import Place, absolute_name, place_of
from transforms.metadata import PATH_TEMPLATES, parse_path
from transforms.partitions import PartitionBy

DEFAULT_RAW = Path("data/raw")
DEFAULT_PROCESSED = Path("data/processed")
DEFAULT_BATCH_SIZE = 250
_PLACES = ("raw", "processed", "metadata", "corrections")
CORRECTIONS_NAME = "corrections.csv"
"""Of the file beside the raw root (data/corrections.csv for data/raw) that is used without being named."""


class OptionsError(ValueError):
    """The options do not fit each other or the dataset; the message says what to do."""


class NoDataset(OptionsError):
    """There is no dataset in a processed root."""

    def __init__(self, processed: Place) -> None:
        told = shlex.quote(str(processed))
        super().__init__(f"no dataset in {processed}; `newsframes ingest --raw FOLDER --processed {told}` makes one")


@dataclass(frozen=True)
class Options:
    """What a run is asked to do; None means as the dataset was made before, else the default.

    Attributes:
        raw: The raw root.
        processed: The processed root.
        metadata: The side file.
        corrections: The corrections file.
        partition_by: The period of a partition.
        include: Endings of raw files.
        path_templates: How paths tell outlet and date.
        max_article_mb: How large an article may be, in millions of bytes.
        batch_size: Files in a batch, at most.
        prune: Whether the rows of removed files go.
        force: Prune although the raw root is missing or has lost more than a tenth of its files.
        rehash: Trust neither size nor time of known files.
        settle: Leave files alone that were modified less than this long ago.
        keep_versions: How many versions to keep.
        keep_hours: How long to keep a replaced version, an hour at least.
        selection: Make the rows of these articles again, and do nothing else.
    """

    raw: Place | None = None
    processed: Place = DEFAULT_PROCESSED
    metadata: Place | None = None
    corrections: Place | None = None
    partition_by: PartitionBy | None = None
    include: Sequence[str] | None = None
    path_templates: Sequence[str] | None = None
    max_article_mb: float | None = None
    batch_size: int = DEFAULT_BATCH_SIZE
    prune: bool = False
    force: bool = False
    rehash: bool = False
    settle: float = 0
    keep_versions: int = 3
    keep_hours: float = MINIMUM_AGE_HOURS
    selection: Selection | None = None

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> Options:
        """Return the options among the parameters of a flow or command; places may be named by their paths or URLs.

        Raises:
            OptionsError: A URL is of a kind that is not known.
        """
        given = {field.name: parameters[field.name] for field in fields(cls) if field.name in parameters}
        try:
            places = {name: place_of(given[name]) for name in _PLACES if given.get(name) is not None}
        except ValueError as error:
            raise OptionsError(str(error)) from error
        return cls(**given | places)


def choose_settings(options: Options, remembered: Settings | None) -> tuple[Settings, list[str]]:
    """Return what to use, and a note for each thing that differs from before.

    Raises:
        OptionsError: Another partitioning is asked for than the dataset has, or a path is not UTF-8.
    """
    asked = Settings(
        raw=_absolute(options.raw) or (remembered.raw if remembered else os.path.abspath(DEFAULT_RAW)),  # noqa: PTH100
        metadata=_named(options.metadata, remembered.metadata if remembered else None) or None,
        partition_by=options.partition_by or (remembered.partition_by if remembered else "month"),
        include=tuple(map(_ending, options.include or (remembered.include if remembered else INCLUDE))),
        path_templates=tuple(options.path_templates or (remembered.path_templates if remembered else PATH_TEMPLATES)),
        corrections=_named(options.corrections, remembered.corrections if remembered else None),
        max_article_mb=options.max_article_mb or (remembered.max_article_mb if remembered else DEFAULT_MAX_ARTICLE_MB),
    )
    if asked.corrections is None:
        asked = replace(asked, corrections=_beside(asked.raw))
    _check_templates(asked.path_templates)
    if remembered is None:
        return asked, []
    if asked.partition_by != remembered.partition_by:
        raise OptionsError(
            f"{options.processed} is partitioned by {remembered.partition_by}, not by {asked.partition_by}. To change "
            f"it, ingest into a new folder (--processed NEW --partition-by {asked.partition_by}) and take that one."
        )
    names = {
        "raw": "raw folder",
        "metadata": "side file",
        "include": "endings",
        "path_templates": "path templates",
        "corrections": "corrections file",
        "max_article_mb": "largest article in MB",
    }
    return asked, [
        f"{label}: {_told(getattr(asked, name))} from now on; before, {_told(getattr(remembered, name))}"
        for name, label in names.items()
        if getattr(asked, name) != getattr(remembered, name)
    ]


def _ending(text: str) -> str:
    return text if text.startswith(".") else f".{text}"


def _told(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return ", ".join(value) if isinstance(value, tuple) else str(value or "none")


def _beside(raw: str) -> str | None:
    """Return the corrections file beside the raw root, if there is one; once used, it is remembered by its path."""
    path = place_of(raw).parent / CORRECTIONS_NAME
    return str(path) if path.is_file() else None


def _named(asked: Place | None, remembered: str | None) -> str | None:
    """Return the file that is asked for, or else the one before; empty if there is to be none any more."""
    return "" if asked == Path() else _absolute(asked) or remembered


def _check_templates(templates: Sequence[str]) -> None:
    try:
        for template in templates:
            parse_path("outlet/2000-01-01/slug", [template])
    except ValueError as error:
        raise OptionsError(str(error)) from error


def _absolute(path: Place | None) -> str | None:
    """Return a path in full; links in it stay as the user named them.

    Raises:
        OptionsError: It is no UTF-8, as which the dataset would remember it.
    """
    if path is None:
        return None
    told = absolute_name(path)
    try:
        told.encode()
    except UnicodeEncodeError as error:
        raise OptionsError(f"the name of {os.fsencode(told)!r} is not UTF-8: rename it, or link to it") from error
    return told
