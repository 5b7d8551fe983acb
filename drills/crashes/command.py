"""The commands of the drills that stop a writer at a system call, or take its power away."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from drills.crashes.calls import DAMAGES, MOST_PROBLEMS, Tally, fail_calls, fail_clean_ups, record_calls, sample
from drills.crashes.forks import warm_up
from drills.crashes.power import record, replay
from drills.crashes.scenes import Scene, make_scenes
from drills.crashes.whole_flow import fail_calls_of_command
from flows.engine.server import prefect_api

Seed = Annotated[int, typer.Option(help="Of what is drawn by chance.")]
Most = Annotated[int, typer.Option(min=1, help="Stop a scene at so many problems.")]
Scenes = Annotated[list[str] | None, typer.Option("--scene", help="Only these: first commit, next commit, ….")]


def calls(
    scene: Scenes = None,
    only: Annotated[int | None, typer.Option(help="A seeded sample of so many calls a scene.")] = None,
    name: Annotated[list[str] | None, typer.Option(help="Only these calls: openat, rename, ….")] = None,
    damage: Annotated[list[str] | None, typer.Option(help="Only these: KILL, ENOSPC, EIO.")] = None,
    clean_ups: Annotated[int, typer.Option(help="Crashes in the clean-up of a crash, each scene.")] = 50,
    most: Most = MOST_PROBLEMS,
    seed: Seed = 0,
) -> None:
    """Make each system call below a dataset fail once, by SIGKILL, ENOSPC and EIO."""
    warm_up()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        is_sound = True
        for found in _chosen(make_scenes(root), scene):
            made = record_calls(found, root)
            struck = [c for c in made if not name or c.name in name]
            struck = sample(struck, only, seed) if only else struck
            tally = fail_calls(found, struck, root, damage or DAMAGES, most=most)
            _print_tally(f"{found.name}, {len(made)} calls:", tally)
            again = fail_clean_ups(found, made, root, clean_ups, seed)
            _print_tally(f"{found.name}, {again.clean_ups} clean-ups of {clean_ups} next runs:", again)
            is_sound = is_sound and not any((tally.problems, tally.missed, again.problems, again.missed))
    raise typer.Exit(not is_sound)


def whole_flow(
    only: Annotated[int, typer.Option(help="So many damages.")] = 30,
    seed: Seed = 0,
) -> None:
    """Make system calls of the whole command fail, with Prefect and two workers."""
    warm_up()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PREFECT_HOME"] = f"{folder}/prefect"
        scene = make_scenes(Path(folder))["next commit"]
        with prefect_api(typer.echo):
            tally = fail_calls_of_command(scene, Path(folder), only, seed)
    _print_tally("whole flow:", tally)
    raise typer.Exit(bool(tally.problems) or tally.total < only)


def _chosen(scenes: dict[str, Scene], names: list[str] | None) -> list[Scene]:
    """Return the scenes of some names; all, if none is named."""
    if unknown := set(names or ()) - scenes.keys():
        raise typer.BadParameter(f"{', '.join(unknown)}: there are only {', '.join(scenes)}")
    return [scene for scene in scenes.values() if not names or scene.name in names]


def _print_tally(what: str, tally: Tally) -> None:
    typer.echo(f"{what} injected {tally.total}, missed {tally.missed}, problems {len(tally.problems)}")
    for (damage, name), count in sorted(tally.injected.items()):
        typer.echo(f"  {damage:<7} {name:<10} {count:>5}")
    for problem in tally.problems:
        typer.echo(f"  PROBLEM {problem}")


def power(
    scene: Scenes = None,
    samples: Annotated[int, typer.Option(help="Subsets, and orders, drawn after each operation.")] = 5,
    judged: Annotated[int, typer.Option(help="Distinct states of a scene from which the next run is run.")] = 300,
    most: Most = MOST_PROBLEMS,
    seed: Seed = 0,
) -> None:
    """Find the disk as it may be after power was lost at every instant of a commit, a rollback and a forgetting."""
    warm_up()
    is_sound = True
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for found in _chosen(make_scenes(root), scene):
            came = replay(found, record(found, root), root, samples, judged, seed, most)
            typer.echo(
                f"{found.name}: {came.operations} operations, {came.syncs} fsyncs; {came.states} states, "
                f"{came.distinct} distinct, {came.judged} run on from; problems {len(came.problems)}"
            )
            kinds = Counter(problem.rpartition(": ")[2] for problem in came.problems)
            firsts = {problem.rpartition(": ")[2]: problem for problem in reversed(came.problems)}
            for kind, count in kinds.items():
                typer.echo(f"  PROBLEM {kind}: {count} states, the first one {firsts[kind]}")
            is_sound = is_sound and not came.problems
    raise typer.Exit(not is_sound)
