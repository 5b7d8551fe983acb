"""What became of reads, told against what was committed meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from drills.readers.reading import LINKS, READERS, TOLD_WHEN_GONE

Note = dict[str, Any]
"""A commit or a read, as the process that did it noted it."""
Found = dict[str, Counter[str]]
"""What became of the reads, by reader."""

WHOLE, GONE = "whole", "forgotten meanwhile"


@dataclass(frozen=True)
class Committed:
    """What the writer did.

    Attributes:
        notes: Of every step that made another version current, the first ingest before all.
        keys: Digest of each table's keys, by version and table.
        rewritten: Versions that had other rows when they were current again.
    """

    notes: Sequence[Note]
    keys: dict[int, dict[str, str]]
    rewritten: frozenset[int]

    @property
    def counts(self) -> Counter[str]:
        """Return the commits by kind, without the first one, at which nobody read yet."""
        return Counter(str(note["step"]) for note in self.notes[1:])

    def is_forgotten_between(self, begin: float, end: float) -> bool:
        """Return whether versions were deleted at some time of a read because an article had to be forgotten."""
        return any(n["begin"] <= end and n["end"] >= begin for n in self.notes if n["step"] == "forgetting")


def committed(notes: Sequence[Note]) -> Committed:
    """Return what the writer did, by the notes that it took after each step."""
    keys: dict[int, dict[str, str]] = {}
    for note in notes:
        keys.setdefault(note["version"], note["keys"])
    steps = [note for n, note in enumerate(notes) if n == 0 or note["version"] != notes[n - 1]["version"]]
    return Committed(steps, keys, frozenset(n["version"] for n in notes if n["keys"] != keys[n["version"]]))


def judge(commits: Committed, reads: Sequence[Note]) -> Found:
    """Return what became of the reads."""
    found: Found = {name: Counter() for names in READERS.values() for name in names}
    for read in reads:
        found[read["reader"]][_verdict(read, commits)] += 1
    return found


def wrong(commits: Committed, found: Found) -> list[str]:
    """Return what may not be: whoever holds a version, by the loader or by its folder, gets it, and just it."""
    return list(_wrong(commits, found))


def _wrong(commits: Committed, found: Found) -> Iterator[str]:
    if not commits.counts:
        yield "nothing was committed"
    yield from (f"version {number} was written again" for number in sorted(commits.rewritten))
    for reader, counts in found.items():
        if not counts[WHOLE]:
            yield f"{reader}: never whole"
        if not reader.endswith(LINKS):
            yield from (f"{reader}: {count} {what}" for what, count in counts.items() if what not in (WHOLE, GONE))


def _verdict(read: Note, commits: Committed) -> str:
    if "error" in read:
        return _verdict_of_error(read, commits)
    if "version" in read:
        wanted = commits.keys.get(read["version"], {})
        if not read["keys"].items() <= wanted.items():
            return "other rows than those of its version"
    elif not {pair for keys in commits.keys.values() for pair in keys.items()}.issuperset(read["keys"].items()):
        return "torn (rows that no version has)"
    elif not any(read["keys"].items() <= keys.items() for keys in commits.keys.values()):
        return "tables of two versions"
    return str(read.get("dangling") or WHOLE)


def _verdict_of_error(read: Note, commits: Committed) -> str:
    """Return the error, or that the version had to go, if it did and the reader was told so in the way it is to be."""
    error = str(read["error"])
    is_told = error.partition(":")[0] in TOLD_WHEN_GONE.get(read["reader"], (error.partition(":")[0],))
    is_gone = "version" in read and commits.is_forgotten_between(read["begin"], read["end"])
    return GONE if is_told and is_gone else error
