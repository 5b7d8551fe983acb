"""Do the damage of one drill, and count what came of it.

    python -m drills NAME [options]

docs/reliability.md has the command and the counts of each. Everything is done in temporary folders.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from drills.calls import Tally
from drills.clocks import clocks
from drills.disks import disks
from drills.kills import kills
from drills.losses import losses
from drills.readers import readers
from drills.vanishing import vanishing

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)
Seed = Annotated[int, typer.Option(help="Of what is drawn by chance.")]


@app.callback()
def common() -> None:
    """Do the damage of one drill, and count what came of it."""


app.command()(kills)
app.command()(losses)
app.command()(readers)
app.command()(disks)
app.command()(vanishing)
app.command()(clocks)


@app.command()
def calls(
    scene: Annotated[list[str] | None, typer.Option(help="Only these: first commit, next commit, ….")] = None,
    only: Annotated[int | None, typer.Option(help="A seeded sample of so many calls a scene.")] = None,
    name: Annotated[list[str] | None, typer.Option(help="Only these calls: openat, rename, ….")] = None,
    damage: Annotated[list[str] | None, typer.Option(help="Only these: KILL, ENOSPC, EIO.")] = None,
    clean_ups: Annotated[int, typer.Option(help="Crashes in the clean-up of a crash, each scene.")] = 50,
    seed: Seed = 0,
) -> None:
    """Make each system call below a dataset fail once, by SIGKILL, ENOSPC and EIO."""
    from drills.calls import DAMAGES, fail_calls, fail_clean_ups, record_calls, sample
    from drills.forks import warm_up
    from drills.scenes import make_scenes

    warm_up()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        is_sound = True
        for found in make_scenes(root).values():
            if scene and found.name not in scene:
                continue
            made = record_calls(found, root)
            struck = [c for c in made if not name or c.name in name]
            tallies = [fail_calls(found, sample(struck, only, seed) if only else struck, root, damage or DAMAGES)]
            tallies.append(fail_clean_ups(found, made, root, clean_ups, seed))
            for what, tally in zip(("calls", "clean-ups"), tallies, strict=True):
                _print_tally(f"{found.name}, {len(made)} calls: {what}", tally)
                is_sound = is_sound and not tally.problems
    raise typer.Exit(not is_sound)


@app.command("whole-flow")
def whole_flow(
    only: Annotated[int, typer.Option(help="So many damages.")] = 30,
    seed: Seed = 0,
) -> None:
    """Make system calls of the whole command fail, with Prefect and two workers."""
    from drills.forks import warm_up
    from drills.scenes import make_scenes
    from drills.whole_flow import fail_calls_of_command
    from flows.engine.server import prefect_api

    warm_up()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PREFECT_HOME"] = f"{folder}/prefect"
        scene = make_scenes(Path(folder))["next commit"]
        with prefect_api(typer.echo):
            tally = fail_calls_of_command(scene, Path(folder), only, seed)
    _print_tally("whole flow", tally)
    raise typer.Exit(bool(tally.problems))


def _print_tally(what: str, tally: Tally) -> None:
    typer.echo(f"{what} injected {tally.total}, missed {tally.missed}, problems {len(tally.problems)}")
    for (damage, name), count in sorted(tally.injected.items()):
        typer.echo(f"  {damage:<7} {name:<10} {count:>5}")
    for problem in tally.problems:
        typer.echo(f"  PROBLEM {problem}")


@app.command()
def power(
    scene: Annotated[list[str] | None, typer.Option(help="Only these: first commit, next commit, ….")] = None,
    samples: Annotated[int, typer.Option(help="Subsets, and orders, drawn after each operation.")] = 5,
    judged: Annotated[int, typer.Option(help="Distinct states of a scene from which the next run is run.")] = 300,
    seed: Seed = 0,
) -> None:
    """Find the disk as it may be after power was lost at every instant of a commit, a rollback and a forgetting."""
    from drills.forks import warm_up
    from drills.power import record, replay
    from drills.scenes import make_scenes

    warm_up()
    is_sound = True
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for found in make_scenes(root).values():
            if scene and found.name not in scene:
                continue
            came = replay(found, record(found, root), root, samples, judged, seed)
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


@app.command()
def damage(
    flips: Annotated[int, typer.Option(min=1, help="Bits to flip in each file, one at a time.")] = 8,
    only: Annotated[str, typer.Option(help="Only kinds that begin so: articles, manifest, two at once, ….")] = "",
) -> None:
    """Damage files, links and manifests of a dataset of 60 articles in every way, and repair each."""
    from drills.damage import damage_all

    with tempfile.TemporaryDirectory() as folder:
        tried, misses = damage_all(Path(folder), flips, only)
    for kind, count in tried.items():
        typer.echo(f"{kind:<40} {count:>4}")
    typer.echo(f"{tried.total()} damages, {misses} misses")
    raise typer.Exit(bool(misses))


if __name__ == "__main__":
    app(prog_name="python -m drills")
