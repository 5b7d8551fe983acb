"""Readers while a writer commits; `python -m drills readers` lets them read for longer."""

import time
from pathlib import Path

from drills.readers.command import GONE, WHOLE, read_while_writing, wrong
from drills.readers.reading import READERS


def test_the_loader_never_fails_and_never_mixes_versions(tmp_path: Path) -> None:
    """Until each kind of commit was made once and every reader has read twice, or on a busy machine for minutes."""
    deadline = time.monotonic() + 240

    def lines(name: str) -> int:
        path = tmp_path / name
        return path.read_text("utf-8").count("\n") if path.exists() else 0

    def is_enough() -> bool:
        has_read = all(lines(f"reads-{engine}") >= 2 * len(names) for engine, names in READERS.items())
        return (has_read and lines("committed") > 10) or time.monotonic() > deadline

    commits, found = read_while_writing(tmp_path, 60, is_enough)
    assert wrong(found) == []
    assert commits.total() > 1
    for reader, counts in found.items():
        assert counts[WHOLE] or counts[GONE], reader
    for reader in ("pandas, version's folder", "DuckDB, version's folder", "Polars, version's folder"):
        assert counts_without_errors(found[reader]) == {WHOLE}, reader


def counts_without_errors(counts: dict[str, int]) -> set[str]:
    """Return what became of reads that did not fail: a version that was forgotten is no longer there to be read."""
    return {what for what in counts if ": " not in what}
