"""Every system call that writes or opens below a dataset, made to fail once: SIGKILL, no space, input/output error."""

from __future__ import annotations

import random
import re
import shutil
import signal
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from drills.crashes.forks import UNEXPECTED, call, run_traced
from drills.crashes.scenes import Scene
from drills.judging import contents, leftovers, number

MOST_PROBLEMS = 1000
DAMAGES = ("KILL", "ENOSPC", "EIO")
_LINE = re.compile(r"(?P<tid>\d+) +(?P<name>\w+)\((?P<rest>.*)")


@dataclass(frozen=True)
class Call:
    """One system call.

    Attributes:
        name: Which call.
        when: It is the thread's so many-th of that name.
        line: As strace prints it.
    """

    name: str
    when: int
    line: str


@dataclass
class Tally:
    """What came of it.

    Attributes:
        injected: Calls that were made to fail, by damage and name.
        missed: Calls that did not come in that run.
        problems: What was wrong afterwards.
        clean_ups: Calls that were to clear away what a crash had left.
    """

    injected: Counter[tuple[str, str]]
    missed: int
    problems: list[str]
    clean_ups: int = 0

    @property
    def total(self) -> int:
        """How many calls were made to fail."""
        return sum(self.injected.values())


def calls_below(log: Path, root: Path) -> Iterator[Call]:
    """Yield the calls of a log that touch a path below a folder, or the folder, in their order."""
    counts: Counter[tuple[str, str]] = Counter()
    for line in log.read_text("utf-8", "replace").splitlines():
        if found := _LINE.match(line):
            counts[found["tid"], found["name"]] += 1
            if _is_below(found["rest"], root):
                yield Call(found["name"], counts[found["tid"], found["name"]], line)


def _is_below(text: str, root: Path) -> bool:
    return any(f"{root}{end}" in text for end in ('"', "/", ">"))


def record_calls(scene: Scene, root: Path) -> list[Call]:
    """Return the calls of an undisturbed run of a scene's act."""
    processed, log = scene.copy_to(root / "recorded"), root / "recorded.log"
    assert run_traced(partial(scene.act, processed), log) == 0
    shutil.rmtree(processed)
    return list(calls_below(log, processed))


def fail_calls(
    scene: Scene, calls: Iterable[Call], root: Path, damages: Iterable[str] = DAMAGES, most: int = MOST_PROBLEMS
) -> Tally:
    """Make each of some calls fail in each way, in a run of its own of a scene's act, and judge what it leaves.

    Args:
        scene: What must hold.
        calls: Those of `record_calls`.
        root: A folder to work in.
        damages: How they fail.
        most: Stop at so many problems.
    """
    tally = Tally(Counter(), 0, [])
    for made in calls:
        for damage in damages:
            processed = scene.copy_to(root / "disturbed")
            is_hit, problems = _fail_call(scene, made, damage, processed)
            if is_hit:
                tally.injected[damage, made.name] += 1
            else:
                tally.missed += 1
            problems += call(partial(scene.judge, processed))
            tally.problems += [f"{scene.name}, {damage} at {made.name} {made.when}: {p}; {made.line}" for p in problems]
            shutil.rmtree(processed, ignore_errors=True)
            if len(tally.problems) >= most:
                return tally
    return tally


def _fail_call(scene: Scene, made: Call, damage: str, processed: Path) -> tuple[bool, list[str]]:
    """Return whether the call failed as it was to, below the dataset; and what the process did that it may not."""
    log, errors = processed.with_suffix(".log"), processed.with_suffix(".errors")
    how = "signal=KILL" if damage == "KILL" else f"error={damage}"
    option = f"inject={made.name}:{how}:when={made.when}"
    code = run_traced(partial(scene.act, processed), log, "-e", option, errors=errors)
    if damage == "KILL":
        last = next((c for c in reversed(list(calls_below(log, processed)))), None)
        return code == -signal.SIGKILL and last is not None and (last.name, last.when) == (made.name, made.when), []
    is_hit = any(
        "(INJECTED)" in c.line and (c.name, c.when) == (made.name, made.when) for c in calls_below(log, processed)
    )
    return is_hit, [errors.read_text("utf-8")] if code == UNEXPECTED else list(_untold(scene, made, processed, code))


def _untold(scene: Scene, made: Call, processed: Path, code: int) -> Iterator[str]:
    """Yield what is wrong with a process that ended as if nothing had failed."""
    if code == 0 and "sync" in made.name:
        yield "it ended well, and something is not saved"
    if code == 0 and not call(partial(scene.is_done, processed)):
        yield "it ended well, and it is not done"


def fail_clean_ups(scene: Scene, calls: list[Call], root: Path, count: int, seed: int) -> Tally:
    """Kill a run at a seeded call, then the next one, where it clears away what the first one left; judge that.

    Where the first one left nothing to clear away, the next one is killed at any call.
    """
    chance, tally = random.Random(seed), Tally(Counter(), 0, [])
    for _ in range(count):
        is_hit = False
        while not is_hit:
            first = chance.choice(calls)
            shutil.rmtree(root / "crashed", ignore_errors=True)
            crashed = scene.copy_to(root / "crashed")
            is_hit, _problems = _fail_call(scene, first, "KILL", crashed)
        cleaning = _next_run(scene, crashed, root, f"clean-up after {scene.name} killed at {first.name} {first.when}")
        left = [f"/recorded/{path}" for path in leftovers(crashed)]
        made = record_calls(cleaning, root)
        part = fail_calls(cleaning, [chance.choice([c for c in made if _names(c, left)] or made)], root, ["KILL"])
        tally.injected += part.injected
        tally.missed += part.missed
        tally.problems += part.problems
        tally.clean_ups += bool(left)
    return tally


def _names(made: Call, paths: list[str]) -> bool:
    return any(path in made.line for path in paths)


def _next_run(scene: Scene, crashed: Path, root: Path, name: str) -> Scene:
    """Return the scene of the plain run that comes after a crash."""
    processed = replace(scene, before=crashed).copy_to(root / "recorded")
    call(partial(scene.run_plainly, processed))
    after, end = call(lambda: (number(processed), contents(processed)))
    shutil.rmtree(processed)
    return replace(
        scene,
        name=name,
        before=crashed,
        after=after,
        act=scene.run_plainly,
        is_done=lambda p: number(p) == after,
        ends={"after": end},
    )


def sample(calls: list[Call], count: int, seed: int) -> list[Call]:
    """Return a seeded sample of calls, of all names."""
    return random.Random(seed).sample(calls, min(count, len(calls)))
