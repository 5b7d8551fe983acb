"""Power loss: every state in which the disk may be found, at every instant of what a writer does."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from drills.crashes.disk import Data, Disk, Names, Operation, Sync, Time, read_disk
from drills.crashes.forks import call, run_traced
from drills.crashes.recording import Recording
from drills.crashes.scenes import Scene
from drills.judging import broken_invariants, forgotten_held
from flows.dataset import Dataset, Version
from flows.dataset.forgotten import read_forgotten
from flows.dataset.links import broken_links

MOST_PROBLEMS = 1000
_UNSEEN = ("/processed/staging", "/processed/runs", "/processed/lock")


@dataclass(frozen=True)
class State:
    """A disk as it may be found.

    Attributes:
        what: Which operations are on it.
        disk: The disk.
        is_told: Whether the writer had told, by renaming its record into place, how it ended: well.
    """

    what: str
    disk: Disk
    is_told: bool


@dataclass
class Replay:
    """What the states of one scene came to.

    Attributes:
        operations: Writes and names that the writer made.
        syncs: Its calls of fsync.
        states: States replayed.
        distinct: States that look different.
        judged: States from which the next run was run.
        problems: What was wrong.
    """

    operations: int = 0
    syncs: int = 0
    states: int = 0
    distinct: int = 0
    judged: int = 0
    problems: list[str] = field(default_factory=list)


def record(scene: Scene, root: Path) -> Recording:
    """Return what the act of a scene does to the disk."""
    folder, log = root / "recorded", root / "recorded.log"
    folder.mkdir()
    processed = scene.copy_to(folder / "processed")
    recording = Recording(folder, read_disk(folder))
    assert run_traced(partial(scene.act, processed), log, "-s", "100000000") == 0
    for line in log.read_text("utf-8").splitlines():
        recording.add(line)
    live, found = (replace(disk, times={}).look() for disk in (recording.live, read_disk(folder)))
    assert live == found, "the log does not tell all that was done"
    shutil.rmtree(folder)
    return recording


def states(recording: Recording, chance: random.Random, samples: int) -> Iterator[State]:
    """Yield the disk after every operation: with all of what was not synced, none, all but one, half of one, samples.

    Args:
        recording: What was done.
        chance: Draws the samples.
        samples: So many subsets, and so many orders that are cut short, an operation.
    """
    saved, pending, is_told = recording.before, list[Operation](), False
    runs = recording.live.find(Path("processed/runs"))
    for number, operation in enumerate(recording.operations):
        if isinstance(operation, Sync):
            for done in (p for p in pending if _inode(p) == operation.inode):
                saved.apply(done)
            pending = [p for p in pending if _inode(p) != operation.inode]
        else:
            pending.append(operation)
            is_told = is_told or (
                isinstance(operation, Names) and operation.folder == runs and len(operation.names) == 2
            )
        for what, kept in _kept(pending, chance, samples):
            disk = saved.copy()
            for done in kept:
                disk.apply(done)
            yield State(f"after operation {number} ({operation}), {what}", disk, is_told)


def _inode(operation: Operation) -> int:
    if isinstance(operation, Names | Time):
        return operation.folder
    return operation.inode if isinstance(operation, Sync) else operation.file


def _kept(
    pending: Sequence[Operation], chance: random.Random, samples: int
) -> Iterator[tuple[str, Sequence[Operation]]]:
    yield "all of it", pending
    if not pending:
        return
    yield "nothing unsynced", ()
    for i, dropped in enumerate(pending):
        yield f"all but {dropped}", [*pending[:i], *pending[i + 1 :]]
        if isinstance(dropped, Data) and dropped.content:
            half = replace(dropped, content=dropped.content[: len(dropped.content) // 2])
            yield f"half of {dropped}", [*pending[:i], half, *pending[i + 1 :]]
    for _ in range(samples):
        share = chance.random()
        yield "a subset", [p for p in pending if chance.random() < share]
        yield "another order, cut short", _shuffled(pending, chance)[: chance.randint(0, len(pending))]


def _shuffled(pending: Sequence[Operation], chance: random.Random) -> list[Operation]:
    """Return operations in another order; those on one inode keep theirs."""
    queues: dict[int, list[Operation]] = {}
    for operation in reversed(pending):
        queues.setdefault(_inode(operation), []).append(operation)
    order = [_inode(operation) for operation in pending]
    chance.shuffle(order)
    return [queues[inode].pop() for inode in order]


def replay(
    scene: Scene, recording: Recording, root: Path, samples: int, judged: int, seed: int, most: int = MOST_PROBLEMS
) -> Replay:
    """Look at every state of a recording, and run what comes next from some of them.

    Args:
        scene: What was recorded.
        recording: Its operations.
        root: A folder to work in.
        samples: Subsets and orders drawn after each operation.
        judged: From so many distinct states, drawn by chance, the next run is run.
        seed: Of what is drawn by chance.
        most: Stop at so many problems.
    """
    chance, found, sound = random.Random(seed), Replay(), set[str]()
    found.syncs = sum(isinstance(o, Sync) for o in recording.operations)
    found.operations = len(recording.operations) - found.syncs
    seen: set[tuple[int, bool]] = set()
    drawn: dict[int, State] = {}
    for state in states(recording, chance, samples):
        found.states += 1
        drawn.setdefault(state.disk.look(), state)
        look = (state.disk.look(_UNSEEN), state.is_told)
        if look not in seen:
            seen.add(look)
            found.problems += _look_at(scene, state, root, sound)
        if len(found.problems) >= most:
            return found
    found.distinct = len(drawn)
    for state in chance.sample(list(drawn.values()), min(judged, len(drawn))):
        found.judged += 1
        processed = _write(state, root)
        found.problems += [f"{scene.name}, {state.what}: {p}" for p in call(partial(scene.judge, processed))]
        shutil.rmtree(processed.parent)
    return found


def _write(state: State, root: Path) -> Path:
    state.disk.write_to(root / "state")
    return root / "state" / "processed"


def _look_at(scene: Scene, state: State, root: Path, sound: set[str]) -> list[str]:
    """Return what is wrong with a state: before the act or after it, and after it once that is told."""
    processed = _write(state, root)
    problems = list(scene.wrong_now(processed))
    version = Dataset(processed).current() if processed.is_dir() and not problems else None
    if version:
        problems += [f"links: {name}" for name in broken_links(processed)]
        problems += _check_once(version, processed, sound)
    if state.is_told and not (processed.is_dir() and scene.is_done(processed)):
        problems.append("told as done, and not there")
    if version and not problems and any(f.is_purged for f in read_forgotten(processed).values()):
        problems += call(partial(forgotten_held, processed))
    shutil.rmtree(processed.parent)
    return [f"{scene.name}, {state.what}: {problem}" for problem in problems]


def _check_once(version: Version, processed: Path, sound: set[str]) -> list[str]:
    """Return what `check` finds in the current version; files with the same hashes are looked into once."""
    manifest = (version.folder / "manifest.json").read_text("utf-8")
    if manifest in sound:
        return []
    problems = call(partial(broken_invariants, processed))
    if not problems:
        sound.add(manifest)
    return problems
