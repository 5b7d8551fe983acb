"""Runs that are over: what they took, and how one compares with those before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from flows.dataset import dataset_in
from flows.planning.options import OptionsError
from flows.runs import Run, read_runs, run_names
from flows.storage import Place

RUNS_SHOWN = 50
COMPARED = 20
"""Runs before one that it is compared with, at most."""
LAST = "last"
_RUN_ID = re.compile(r"\w[\w-]*")


@dataclass(frozen=True)
class RunReport:
    """One run among those before it.

    Attributes:
        processed: The processed root.
        run: The run.
        total_seconds: Of all its stages.
        before: Runs of the same flow before it that committed a version, newest first, `COMPARED` at most.
        usual_seconds: The medians of these, by stage.
        usual_total_seconds: The median of their totals; None if there are none.
    """

    processed: str
    run: Run
    total_seconds: float
    before: tuple[Run, ...]
    usual_seconds: dict[str, float]
    usual_total_seconds: float | None


def past_runs(processed: Place, last: int = RUNS_SHOWN) -> list[Run]:
    """Return the last runs that are over, newest first; records that nobody can read are left out."""
    return [run for record in read_runs(dataset_in(processed).runs, last) if (run := _run(record))]


def read_run(processed: Place, named: str) -> RunReport:
    """Return a run that is over, among those before it.

    Args:
        processed: The processed root.
        named: Its run_id, the start of one that no other run has, or `last`.

    Raises:
        OptionsError: There is no such run.
    """
    names = run_names(dataset_in(processed).runs)
    run_id = names[0] if names and named == LAST else _find(names, named, processed)
    runs = past_runs(processed, len(names)) if run_id else []
    run = next((run for run in runs if run.run_id == run_id), None)
    if run is None:
        raise OptionsError(f"the record of run {run_id} cannot be read")
    older = [r for r in runs[runs.index(run) + 1 :] if r.flow == run.flow and r.outcome == "committed"]
    before = tuple(older[:COMPARED])
    return RunReport(
        processed=str(processed),
        run=run,
        total_seconds=total(run),
        before=before,
        usual_seconds=_medians(before),
        usual_total_seconds=round(median(map(total, before)), 3) if before else None,
    )


def total(run: Run) -> float:
    """Return the seconds of all stages of a run."""
    return round(sum(run.seconds.values()), 3)


def _find(names: Sequence[str], named: str, processed: Place) -> str:
    found = [name for name in names if name.startswith(named)] if _RUN_ID.fullmatch(named) else []
    if len(found) == 1 or named in found:
        return named if named in found else found[0]
    if found:
        raise OptionsError(f"{named} may be {len(found)} runs: {', '.join(found[:5])}")
    newest = f"; the last is {names[0]}" if names else ": there are no runs yet"
    raise OptionsError(f"no run {named} in {processed}{newest}")


def _medians(runs: Sequence[Run]) -> dict[str, float]:
    stages = sorted({stage for run in runs for stage in run.seconds})
    return {stage: round(median(run.seconds.get(stage, 0) for run in runs), 3) for stage in stages}


def _run(record: dict[str, Any]) -> Run | None:
    """Return a run from its record; None if it is not as runs are recorded."""
    try:
        run = Run(**record)
        is_recorded = all(isinstance(s, int | float) for s in run.seconds.values()) and run.outcome is not None
        return run if is_recorded and all(isinstance(n, int) for n in run.counts.values()) else None
    except (AttributeError, TypeError):
        return None
