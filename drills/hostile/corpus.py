"""The whole hostile corpus below one raw root, what is to become of each file of it, and what became of it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from drills.datasets import LONG_AGO, bring, write_file
from drills.hostile.encoded import ENCODED, Encoded
from drills.hostile.packed import INGESTED, PACKED, PLAIN
from drills.hostile.texts import FLOODS, Maker
from drills.hostile.tree import write_tree
from drills.judging import broken_invariants
from flows.dataset import Dataset
from flows.planning.ledger import Known, read_ledger, was_fault

_MOST_MARKS = 1_000_000
UNUSABLE = {
    "entities": "no letters or digits",
    "numbers-of-entities": "no letters or digits",
}
"""Floods of which nothing can be read, by how the reason begins."""
MAKERS: dict[str, Maker] = {**FLOODS, **{name: text.make for name, text in ENCODED.items()}}
"""What makes each text."""


@dataclass
class Expected:
    """What is to become of a corpus.

    Attributes:
        outcomes: How the outcome of each raw_path begins: `ingested`, `container`, or the reason.
        others: How many more rows there are below an archive, by how their outcome begins.
        texts: What must have been read in a raw_path.
    """

    outcomes: dict[str, str] = field(default_factory=dict)
    others: dict[str, Mapping[str, int]] = field(default_factory=dict)
    texts: dict[str, Encoded] = field(default_factory=dict)


def outcome_of_text(name: str) -> str:
    """Return how the outcome of a flood or a text in some encoding begins."""
    return ENCODED[name].outcome if name in ENCODED else UNUSABLE.get(name, INGESTED)


def write_corpus(root: Path, size: int, limit: int) -> Expected:
    """Write it.

    Args:
        root: An empty raw root.
        size: Of each flood, in bytes.
        limit: How large an article may be, in bytes: archives go beyond it, and quotation marks half way to it.
    """
    expected = Expected()
    for name, make in MAKERS.items():
        _write(root / f"texts/{name}.txt", make(size))
        expected.outcomes[f"texts/{name}.txt"] = outcome_of_text(name)
    expected.texts = {f"texts/{name}.txt": text for name, text in ENCODED.items()}
    _write(root / "texts/marks.txt", FLOODS["straight-marks"](min(limit // 2, _MOST_MARKS)))
    expected.outcomes["texts/marks.txt"] = INGESTED
    for name, (make, reason) in PLAIN.items():
        _write(root / f"packed/{name}", make(limit))
        expected.outcomes[f"packed/{name}"] = reason
    for name, packed in PACKED.items():
        path = f"packed/{name}"
        _write(root / path, packed.make(limit))
        expected.outcomes |= {path: packed.outcome, **{f"{path}/{m}": what for m, what in packed.members.items()}}
        expected.others[f"{path}/"] = packed.others(limit)
    tree = root / "tree"
    tree.mkdir()
    expected.outcomes |= {f"tree/{path}": outcome for path, outcome in write_tree(tree).items()}
    return expected


def _write(path: Path, content: bytes) -> None:
    os.utime(write_file(path, content), (LONG_AGO, LONG_AGO))


def surprises(processed: Path, expected: Expected) -> list[str]:
    """Return what became of files that is not what was expected, and what does not hold of the dataset."""
    known = read_ledger(Dataset(processed).current()).known()
    found = [f"{path}: not in the ledger" for path in sorted(expected.outcomes.keys() - known.keys())]
    for path, outcome in expected.outcomes.items():
        if path in known and not is_as_expected(known[path], outcome):
            found.append(f"{path}: {known[path].status}, {known[path].reason}; expected {outcome}")
    rest = {path: row for path, row in known.items() if path not in expected.outcomes}
    return [
        *found,
        *_other_surprises(rest, expected),
        *_misread(processed, known, expected),
        *broken_invariants(processed),
    ]


def is_as_expected(row: Known, outcome: str) -> bool:
    """Return whether a file's row of the ledger says what it is to say."""
    if was_fault(row.reason):
        return False
    if row.status in ("ingested", "duplicate"):
        return outcome == INGESTED
    if row.status == "container":
        return outcome == "container"
    return outcome not in (INGESTED, "container") and row.reason is not None and row.reason.startswith(outcome)


def _other_surprises(rest: Mapping[str, Known], expected: Expected) -> Iterator[str]:
    """Yield what is wrong with rows of which nothing more is said than how many there are."""
    counts: dict[str, Counter[str]] = {archive: Counter() for archive in expected.others}
    for path, row in rest.items():
        archive = next((archive for archive in expected.others if path.startswith(archive)), "")
        outcomes = [what for what in expected.others.get(archive, {}) if is_as_expected(row, what)]
        if not outcomes:
            yield f"{path}: {row.status}, {row.reason}; not expected at all"
        else:
            counts[archive][outcomes[0]] += 1
    for archive, wanted in expected.others.items():
        if dict(counts[archive]) != dict(wanted):
            yield f"{archive}: {dict(counts[archive])}; expected {dict(wanted)}"


def _misread(processed: Path, known: Mapping[str, Known], expected: Expected) -> Iterator[str]:
    """Yield the texts that are not read right: in another encoding, or as other characters."""
    files = (processed / "articles").resolve().rglob("*.parquet")
    columns = ["article_id", "raw_path", "raw_encoding", "text"]
    rows = [row for file in files for row in pq.ParquetFile(file).read(columns).to_pylist()]
    articles = {row["article_id"]: row for row in rows}
    for path, wanted in expected.texts.items():
        article = articles.get(known[path].article_id) if path in known else None
        if article is None or wanted.needle is None:
            continue
        if wanted.needle not in article["text"]:
            yield f"{path}: read as {article['text'][:40]!r}"
        if article["raw_path"] == path and wanted.encoding not in (None, article["raw_encoding"]):
            yield f"{path}: read as {article['raw_encoding']}, not {wanted.encoding}"


def changes_again(raw: Path, processed: Path, **options: float) -> list[str]:
    """Return what a second run over the same files does: nothing, if all is well."""
    run = bring(raw, processed, **options)
    return [] if run.outcome == "nothing to do" else [f"a second run: {run.summary}"]
