"""Every system call that writes or opens below a dataset, made to fail once: SIGKILL, no space, input/output error."""

from __future__ import annotations

import random
import re
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from drills.crashes.forks import UNEXPECTED, call, run_traced
from drills.crashes.scenes import Scene

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
    """

    injected: Counter[tuple[str, str]]
    missed: int
    problems: list[str]

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


Act = Callable[[Path], object]


def record_calls(scene: Scene, root: Path, act: Act | None = None) -> list[Call]:
    """Return the calls of an undisturbed run of a scene's act, or of another one."""
    processed, log = scene.copy_to(root / "recorded"), root / "recorded.log"
    assert run_traced(partial(act or scene.act, processed), log) == 0
    shutil.rmtree(processed)
    return list(calls_below(log, processed))


def fail_calls(
    scene: Scene,
    calls: Iterable[Call],
    root: Path,
    damages: Iterable[str] = DAMAGES,
    act: Act | None = None,
    most: int = MOST_PROBLEMS,
) -> Tally:
    """Make each of some calls fail in each way, in a run of its own of a scene's act, and judge what it leaves.

    Args:
        scene: What must hold.
        calls: Those of `record_calls`.
        root: A folder to work in.
        damages: How they fail.
        act: What is disturbed, if not the scene's act.
        most: Stop at so many problems.
    """
    tally = Tally(Counter(), 0, [])
    for made in calls:
        for damage in damages:
            processed = scene.copy_to(root / "disturbed")
            is_hit, problem = _fail_call(act or scene.act, made, damage, processed)
            if is_hit:
                tally.injected[damage, made.name] += 1
            else:
                tally.missed += 1
            problems = [problem] if problem else []
            problems += call(partial(scene.judge, processed))
            tally.problems += [f"{scene.name}, {damage} at {made.name} {made.when}: {p}; {made.line}" for p in problems]
            shutil.rmtree(processed, ignore_errors=True)
            if len(tally.problems) >= most:
                return tally
    return tally


def _fail_call(act: Act, made: Call, damage: str, processed: Path) -> tuple[bool, str | None]:
    """Return whether the call failed as it was to, below the dataset; and what the process did that it may not."""
    log, errors = processed.with_suffix(".log"), processed.with_suffix(".errors")
    how = "signal=KILL" if damage == "KILL" else f"error={damage}"
    option = f"inject={made.name}:{how}:when={made.when}"
    code = run_traced(partial(act, processed), log, "-e", option, errors=errors)
    if damage == "KILL":
        last = next((c for c in reversed(list(calls_below(log, processed)))), None)
        return code == -signal.SIGKILL and last is not None and (last.name, last.when) == (made.name, made.when), None
    is_hit = any(
        "(INJECTED)" in c.line and (c.name, c.when) == (made.name, made.when) for c in calls_below(log, processed)
    )
    return is_hit, errors.read_text("utf-8") if code == UNEXPECTED else None


def fail_clean_ups(scene: Scene, calls: list[Call], root: Path, count: int, seed: int) -> Tally:
    """Kill a run at a seeded call, then the next one, which cleans up after it, at one of its own; judge that."""
    chance = random.Random(seed)
    tally = Tally(Counter(), 0, [])
    for _ in range(count):
        first = chance.choice(calls)
        crashed = scene.copy_to(root / "crashed")
        _fail_call(scene.act, first, "KILL", crashed)
        name = f"clean-up after {scene.name} killed at {first.name} {first.when}"
        cleaning = replace(scene, name=name, before=crashed)
        made = chance.choice(record_calls(cleaning, root, scene.run_plainly))
        part = fail_calls(cleaning, [made], root, ["KILL"], scene.run_plainly)
        tally.injected += part.injected
        tally.missed += part.missed
        tally.problems += part.problems
        shutil.rmtree(crashed)
    return tally


def sample(calls: list[Call], count: int, seed: int) -> list[Call]:
    """Return a seeded sample of calls, of all names."""
    return random.Random(seed).sample(calls, min(count, len(calls)))
