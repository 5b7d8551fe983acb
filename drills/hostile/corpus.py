"""The whole hostile corpus below one raw root, what is to become of each file of it, and what became of it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from drills.datasets import bring
from drills.hostile.packed import INGESTED, PACKED, PLAIN, Packed
from drills.hostile.texts import BYTES, FLOODS
from drills.hostile.tree import write_tree
from drills.judging import broken_invariants
from flows.dataset import Dataset
from flows.planning.ledger import Known, read_ledger

_LONG_AGO = 1_700_000_000
UNUSABLE = {
    "nothing": "empty file",
    "one-blank": "empty file",
    "one-nul": "binary data, not text",
    "nuls": "binary data, not text",
    "random-bytes": "binary data, not text",
    "all-bytes": "binary data, not text",
    "control-bytes": "binary data, not text",
    "escapes": "no letters or digits",
    "entities": "no letters or digits",
    "numbers-of-entities": "no letters or digits",
    "shift-jis-cut": "text in no known encoding",
    "utf16-of-nothing": "empty file",
    "utf16-lone-surrogates": "damaged UTF-16 text",
    "utf32-beyond": "damaged UTF-32 text",
    "pdf": "not text but a PDF",
}
"""Texts of which nothing can be read, by how the reason begins."""


def write_corpus(root: Path, size: int, limit: int) -> dict[str, str]:
    """Write it.

    Args:
        root: An empty raw root.
        size: Of each flood, in bytes.
        limit: How large an article may be, in bytes: archives go beyond it.

    Returns:
        How the outcome of each raw_path begins: `ingested`, `container`, or the reason.
    """
    expected = {}
    for name, make in {**FLOODS, **BYTES}.items():
        _write(root / f"texts/{name}.txt", make(size))
        expected[f"texts/{name}.txt"] = UNUSABLE.get(name, INGESTED)
    for name, (make, reason) in PLAIN.items():
        _write(root / f"packed/{name}", make(limit))
        expected[f"packed/{name}"] = reason
    for name, packed in PACKED.items():
        _write(root / f"packed/{name}", packed.make(limit))
        expected[f"packed/{name}"] = packed.outcome
    tree = root / "tree"
    tree.mkdir()
    return expected | {f"tree/{path}": outcome for path, outcome in write_tree(tree).items()}


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (_LONG_AGO, _LONG_AGO))


def surprises(processed: Path, expected: dict[str, str]) -> list[str]:
    """Return what became of files that is not what was expected, and what does not hold of the dataset."""
    known = read_ledger(Dataset(processed).current())
    found = [f"{path}: not in the ledger" for path in sorted(expected.keys() - known.keys())]
    for path, row in known.items():
        if not is_as_expected(row, outcome := outcome_of(path, expected)):
            found.append(f"{path}: {row.status}, {row.reason}; expected {outcome}")
    return found + broken_invariants(processed)


def outcome_of(path: str, expected: dict[str, str]) -> str | None:
    """Return how the outcome of a raw_path is to begin; any is right for a member that nothing is said of."""
    if path in expected:
        return expected[path]
    archive = re.match(r"packed/([^/]+)/", path)
    packed: Packed | None = PACKED.get(archive[1]) if archive else None
    if archive is None or packed is None:
        return "not to be in the ledger"
    inside = path[archive.end() :]
    return next((outcome for start, outcome in packed.members.items() if inside.startswith(start)), None)


def is_as_expected(row: Known, outcome: str | None) -> bool:
    """Return whether a file's row of the ledger says what it is to say."""
    if row.status in ("ingested", "duplicate"):
        return outcome in (INGESTED, None)
    if row.status == "container":
        return outcome == "container"
    return outcome != INGESTED and row.reason is not None and row.reason.startswith(outcome or "")


def changes_again(raw: Path, processed: Path, **options: float) -> list[str]:
    """Return what a second run over the same files does: nothing, if all is well."""
    run = bring(raw, processed, **options)
    return [] if run.outcome == "nothing to do" else [f"a second run: {run.summary}"]
