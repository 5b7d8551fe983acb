"""A part of an ingest killed in mid-run: workers, the fork server, the command itself, Prefect's server."""

from __future__ import annotations

import os
import random
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from drills.judging import number
from drills.outages.ingests import Ingest, is_at_work, make_ingests, own_server, shared_server
from drills.outages.options import Metadata, Raw, Seed
from drills.outages.processes import SECONDS_TO_HANG, Command, children, command_line, wait_until
from flows.building.workers import WorkerPool


@dataclass(frozen=True)
class Loss:
    """What came of a lost part.

    Attributes:
        end: How the command ended.
        seconds: How long after the kill.
        killed: Which processes were killed; none: the run was over, or nearly so.
        problems: What is wrong.
    """

    end: str
    seconds: float
    killed: set[int]
    problems: list[str]


def _one_worker(command: Command) -> list[int]:
    return command.workers()[:1]


def _command(command: Command) -> list[int]:
    return [command.process.pid]


def _server_of_command(command: Command) -> list[int]:
    return command.find("flows.engine.server")


def _server_elsewhere(_: Command) -> list[int]:
    return [pid for pid in children(os.getpid()) if "flows.engine.server" in command_line(pid)]


Environment = Callable[[Path], AbstractContextManager[dict[str, str]]]
PARTS: dict[str, tuple[Callable[[Command], Iterable[int]], Environment]] = {
    "one worker": (_one_worker, shared_server),
    "all workers": (Command.workers, shared_server),
    "all workers, again and again": (Command.workers, shared_server),
    "the fork server": (Command.fork_servers, shared_server),
    "the command alone": (_command, own_server),
    "the whole group": (Command.members, shared_server),
    "the command's own Prefect server": (_server_of_command, own_server),
    "a Prefect server elsewhere": (_server_elsewhere, shared_server),
}
"""What is killed, and the environment that the command runs in."""
_OF_ITS_OWN = ("the command alone", "the command's own Prefect server", "a Prefect server elsewhere")


def losses(
    raw: Raw = None,
    metadata: Metadata = None,
    times: Annotated[int, typer.Option(help="How often each.")] = 10,
    part: Annotated[
        list[str] | None, typer.Option(help="Only these, such as 'the fork server'; may be repeated.")
    ] = None,
    seed: Seed = 0,
) -> None:
    """Kill a part of an ingest at seeded moments: it ends well, or fails in a line, and the next run finishes."""
    is_sound = True
    with tempfile.TemporaryDirectory() as name, WorkerPool(2) as pool:
        folder = Path(name)
        ingests = make_ingests(folder, pool, raw, metadata)
        for lost in part or PARTS:
            ends: Counter[str] = Counter()
            too_late = 0
            while ends.total() < times and too_late <= 2 * times:
                number_ = ends.total() + too_late
                ingest = ingests[number_ % len(ingests)]
                moment = random.Random(f"{seed}-{lost}-{number_}").randrange(ingest.batches + 3)
                loss = lose(lost, ingest, folder, pool, moment)
                if loss.killed:
                    ends[loss.end] += 1
                else:
                    too_late += 1
                is_sound = is_sound and not loss.problems
                when = f"{time.strftime('%H:%M:%S')} {lost} killed at moment {moment} of {ingest.batches + 2}"
                told = f"{when}, {ingest.name}: {loss.end}, {loss.seconds:.0f} s later"
                typer.echo(told + "".join(f"\n  PROBLEM {p}" for p in loss.problems))
            told = ", ".join(f"{count} {end}" for end, count in ends.items())
            typer.echo(f"{lost} killed {ends.total()} times: {told}; {too_late} runs were over before")
            is_sound = is_sound and ends.total() == times
    raise typer.Exit(not is_sound)


def lose(
    part: str, ingest: Ingest, folder: Path, pool: WorkerPool, moment: int, shared: dict[str, str] | None = None
) -> Loss:
    """Kill a part of a command that runs, wait for its end, and finish as the next run would.

    Args:
        part: One of `PARTS`.
        ingest: What to run.
        folder: Where.
        pool: Who finishes.
        moment: When: once so many batches are staged; then at the first merge, and after the swap.
        shared: Environment with a Prefect server that is there already, if the part needs none of its own.
    """
    find, environment_of = PARTS[part]
    processed = ingest.copy_to(folder / "processed")
    has_server = shared is not None and part not in _OF_ITS_OWN
    with nullcontext(shared or {}) if has_server else environment_of(folder / "prefect") as environment:
        command = ingest.start(processed, environment, processed.with_suffix(".log"))
        wait_until(lambda: command.has_ended or has_come(ingest, processed, moment), 300)
        command.look()
        killed = _kill(command, find, again="again" in part)
        problems = [] if killed or _is_over(ingest, processed, command) else ["nothing was found to kill"]
        begin = time.monotonic()
        code = command.wait(SECONDS_TO_HANG)
        seconds = time.monotonic() - begin
        problems += command.end()
    end = _describe(code, command)
    if end == "hangs" or end.startswith("exit code") or (end == "killed" and command.process.pid not in killed):
        problems.append(f"{end}: {command.tell()[-3000:]}")
    problems += ingest.wrong_now(processed)
    ingest.finish(processed, pool)
    problems += ingest.wrong_at_end(processed)
    shutil.rmtree(processed)
    return Loss(end, seconds, killed, problems)


def _is_over(ingest: Ingest, processed: Path, command: Command) -> bool:
    """Return whether a run has no use for its workers any more."""
    return command.has_ended or number(processed) > ingest.version


def has_come(ingest: Ingest, processed: Path, moment: int) -> bool:
    """Return whether a run has got so far."""
    if not is_at_work(processed):
        return False
    if number(processed) > ingest.version:
        return True
    if moment > ingest.batches + 1:
        return False
    is_merging = any((processed / "versions").glob(".building-*"))
    staged = len(list((processed / "staging").glob("*/[0-9]*/fragment.json")))
    return is_merging or staged >= moment if moment <= ingest.batches else is_merging


def _kill(command: Command, find: Callable[[Command], Iterable[int]], again: bool) -> set[int]:
    """Kill what is found of a command, and return it; nothing may be there any more."""
    killed: set[int] = set()
    deadline = time.monotonic() + SECONDS_TO_HANG
    while True:
        for pid in find(command):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)
        if not again or command.has_ended or time.monotonic() > deadline:
            return killed
        time.sleep(0.01)


def _describe(code: int | None, command: Command) -> str:
    """Return how a command ended: an exit code alone, without a line that says why, is not well."""
    if code == 1:
        lines = [line for line in command.tell().splitlines() if line.startswith("newsframes: ")]
        return lines[-1] if lines else "exit code 1"
    return {None: "hangs", 0: "ended well", -signal.SIGKILL: "killed"}.get(code, f"exit code {code}")
