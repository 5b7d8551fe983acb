"""The same damage to the whole command: its processes, Prefect's flow, two workers."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from functools import partial
from pathlib import Path

from drills.crashes.calls import DAMAGES, Call, Tally, calls_below
from drills.crashes.forks import CALLS, call
from drills.crashes.scenes import Scene

_QUICK = "--seccomp-bpf"
"""Has strace stop at the traced calls alone; it then sends no signals, though."""
_SECONDS = 300
"""A command that has not ended by then, all its processes included, hangs."""


def fail_calls_of_command(scene: Scene, root: Path, count: int, seed: int) -> Tally:
    """Make calls of `newsframes ingest` fail, one a run, and judge what it leaves.

    strace counts the calls of each thread by themselves, so a damage strikes the so many-th of each; it counts only if
    one of those was below the dataset.

    Args:
        scene: What must hold; its act is what the command does.
        root: A folder to work in.
        count: So many damages.
        seed: Of which calls.
    """
    chance, tally = random.Random(seed), Tally(Counter(), 0, [])
    processed = scene.copy_to(root / "whole")
    _run(scene, processed, _QUICK)
    made = list(calls_below(processed.with_suffix(".log"), processed))
    shutil.rmtree(processed)
    while tally.total < count and tally.missed < 5 * count:
        struck, damage = chance.choice(made), chance.choice(DAMAGES)
        processed = scene.copy_to(root / "whole")
        how = ["signal=KILL"] if damage == "KILL" else [f"error={damage}", _QUICK]
        code = _run(scene, processed, "-e", f"inject={struck.name}:{how[0]}:when={struck.when}", *how[1:])
        hit = _is_hit(struck, damage, processed)
        tally.injected[damage, struck.name] += hit
        tally.missed += not hit
        problems = [f"it had not ended after {_SECONDS} s"] if code is None else []
        if code == 0 and not call(partial(scene.is_done, processed)):
            problems.append("it ended well, and it is not done")
        problems += call(partial(scene.judge, processed))
        tally.problems += [
            f"{scene.name}, {damage} at {struck.name} {struck.when}: {p}; {struck.line}" for p in problems
        ]
        shutil.rmtree(processed)
    return tally


def _run(scene: Scene, processed: Path, *options: str) -> int | None:
    """Run the command under strace, and return its exit code; None: its processes did not end in time."""
    log = processed.with_suffix(".log")
    trace = ["strace", "-f", "-qq", "-y", "-e", f"trace={','.join(CALLS)}", "-o", str(log), *options]
    ingest = [sys.executable, "-m", "flows.cli", "ingest", "--raw", str(scene.raw), "--processed", str(processed)]
    how = ["--prune", "--force", "--keep-versions", "1", "--workers", "2", "--batch-size", "1"]
    with subprocess.Popen(
        [*trace, *ingest, *how], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as tracer:
        try:
            return tracer.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(tracer.pid, 9)
            return None


def _is_hit(struck: Call, damage: str, processed: Path) -> bool:
    """Return whether the damage struck a call below the dataset."""
    found = [c for c in calls_below(processed.with_suffix(".log"), processed) if c.name == struck.name]
    if damage == "KILL":  # the call that a process died in has no result
        return any(c.when == struck.when and c.line.rstrip().endswith(("<unfinished ...>", "= ?")) for c in found)
    return any(c.when == struck.when and "(INJECTED)" in c.line for c in found)
