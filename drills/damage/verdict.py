"""Whether `check` named a damage and `repair` mended it, told by the files themselves, not by what a repair says."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePath

from drills.damage.case import Case
from drills.datasets import bring
from drills.judging import Contents, broken_invariants, contents, differences, ledger_rows, leftovers, torn_files
from flows.dataset import Dataset
from flows.dataset.links import broken_links
from flows.planning.ledger import LEDGER_FILE
from flows.planning.options import Options, OptionsError
from flows.repair import Repaired, repair

Inodes = dict[str, set[int]]
"""The files that have the bytes of before, under a path below any version: each may be linked from there."""


def judge(case: Case, made: Path, before: Contents) -> Iterator[str]:
    """Damage a copy of a dataset and repair it; yield what is not as it has to be.

    Args:
        case: The damage.
        made: Where `make_dataset` made it.
        before: Its contents.
    """
    raw, root = made / "raw", made / "damaged"
    shutil.rmtree(root, ignore_errors=True)
    subprocess.run(["cp", "-a", made / "p", root], check=True)  # with its links, hard ones too
    case.damage(root)
    named = broken_invariants(root)
    if not any(case.named in line for line in named):
        yield f"check says {named}"
    inodes, files = _inodes(root, before), _everything(root)
    try:
        with case.raw(raw):
            found = mend(case, raw, root)
    except OptionsError as error:
        if case.becomes != "refused":
            yield f"refused: {error}"
        yield from (f"changed, though refused: {path}" for path in _changed_by_refusal(root, files))
        return
    if case.becomes == "refused":
        yield f"not refused: {found}"
    yield from _judge_told(case, found)
    yield from _judge_taken_over(case, root, inodes)
    yield from _judge_repaired(case, made, before)


def mend(case: Case, raw: Path, root: Path) -> Repaired:
    """Repair a dataset as a case asks."""
    return repair(Options(raw=raw if case.is_raw_named else None, processed=root), case.is_forced)


def _judge_told(case: Case, found: Repaired) -> Iterator[str]:
    if sorted(found.lost) != sorted(case.lost):
        yield f"lost {sorted(found.lost)}"
    if found.rebuilt.keys() != case.rebuilds:
        yield f"made anew {sorted(found.rebuilt)}"


def _judge_taken_over(case: Case, root: Path, inodes: Inodes) -> Iterator[str]:
    """Every file but those of the partitions that had to be made anew is one of those from before."""
    for path, before in inodes.items():
        file = root / "current" / path
        is_kept = partition_of(path) not in case.rebuilds and path != LEDGER_FILE
        if is_kept and before and not (file.is_file() and file.stat().st_ino in before):
            yield f"{path} was written again"


def _judge_repaired(case: Case, made: Path, before: Contents) -> Iterator[str]:
    root = made / "damaged"
    broken = broken_invariants(root) if case.becomes != "same bytes" else []
    if case.becomes == "same after ingest":
        broken = [line for line in broken if not line.startswith("corrections")]  # their articles may be still to come
        bring(made / "raw", root)
    if broken:
        yield f"after the repair, check says {broken}"
    if case.becomes == "whole":
        yield from _judge_rest(case, made, before)
    else:
        yield from (f"other bytes: {path}" for path in differences(contents(root), before))
    current = Dataset(root).current()
    assert current is not None
    if broken := [*broken_links(root), *torn_files(current)]:
        yield f"still broken: {broken}"
    if left := leftovers(root):
        yield f"left behind: {left}"


def _judge_rest(case: Case, made: Path, before: Contents) -> Iterator[str]:
    """Where articles are lost or changed, all is as if the raw files that are left were ingested now."""
    root, anew = made / "damaged", made / "anew"
    shutil.rmtree(anew, ignore_errors=True)
    with (case.left or case.raw)(made / "raw"):
        bring(made / "raw", anew)
    found = contents(root)
    others = {path: digest for path, digest in before.items() if partition_of(path) not in case.rebuilds}
    wanted = {**contents(anew), **others, LEDGER_FILE: found[LEDGER_FILE]}  # the ledger still names files that are gone
    yield from (f"other bytes: {path}" for path in differences(found, wanted))
    rows, rows_before = ({row["raw_path"]: row for row in ledger_rows(p)} for p in (root, made / "p"))
    for path in sorted(rows.keys() | rows_before.keys()):
        if path in case.lost:
            is_right = path in rows and rows[path]["status"] == "removed"
        else:
            is_right = path in case.touched or rows.get(path) == rows_before.get(path)
        if not is_right:
            yield f"ledger: {rows.get(path)}"


def partition_of(path: str) -> str:
    """Return the partition that a file below a version's folder is of, such as year=2025/month=3."""
    return PurePath(path).parent.relative_to(PurePath(path).parts[0]).as_posix()


def _inodes(root: Path, before: Contents) -> Inodes:
    folders = list(root.glob("versions/*")) or [root / "current"]
    return {
        path: {file.stat().st_ino for folder in folders if _has(file := folder / path, digest)}
        for path, digest in before.items()
    }


def _has(file: Path, digest: str) -> bool:
    return file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == digest


def _everything(root: Path) -> Contents:
    """Return each file's SHA-256, or where each link leads, by path."""
    return {
        path.relative_to(root).as_posix(): str(path.readlink())
        if path.is_symlink()
        else hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_symlink() or path.is_file()
    }


def _changed_by_refusal(root: Path, files: Contents) -> list[str]:
    """Return what a refused repair changed; it may add a note of the run, and the lock names who held it last."""
    changed = differences(_everything(root), files)
    return [path for path in changed if path != "lock" and (path in files or not path.startswith("runs/"))]
