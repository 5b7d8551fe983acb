"""What became of a damaged dataset."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Repaired:
    """What became of a damaged dataset; files are named by their path below a version, raw files by raw_path.

    Attributes:
        version: The version that is whole; None if nothing of the one before was damaged.
        links: What was done to links.
        damaged: What was damaged, and how.
        foreign: Files that are not of the dataset: the new version is without them.
        restored: Files that another version had whole, and its number.
        rebuilt: Partitions that were made anew, and how many articles each has now.
        texts: How many articles were made anew from their text in the table articles.
        read: How many raw files were read again.
        changed: Raw files that were read and are not as they were: the rows are those of today.
        older: Raw files that could not be read as they were, and the version whose text of their article was taken.
        carried: Raw files that could not be read as they were, and whose article a copy carries.
        lost: Raw files that could not be read as they were and whose article is gone, too, with the reason.
        notes: What else the user should know.
    """

    version: int | None
    links: list[str] = field(default_factory=list)
    damaged: dict[str, str] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)
    restored: dict[str, int] = field(default_factory=dict)
    rebuilt: dict[str, int] = field(default_factory=dict)
    texts: int = 0
    read: int = 0
    changed: list[str] = field(default_factory=list)
    older: dict[str, int] = field(default_factory=dict)
    carried: list[str] = field(default_factory=list)
    lost: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
