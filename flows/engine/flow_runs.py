"""What every flow run does, whichever flow it is of."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from prefect import State, get_run_logger
from prefect.states import Completed

from flows.building.publish import Each, bring_up_to_date
from flows.building.workers import default_workers
from flows.dataset import DatasetHeld, dataset_in
from flows.engine.artifacts import leave_artifacts
from flows.engine.cluster import each_on_cluster
from flows.engine.runners import Runner
from flows.engine.tasks import each_in_pool
from flows.planning.options import Options
from flows.progress import Say, is_terminal, say_to_terminal, visible
from flows.runs import Run, TooManyRejected

DEFAULT_WAIT_SECONDS = 600


def run_flow(
    name: str, options: Options, runner: Runner, wait_seconds: float, fail_above_rejected: float | None
) -> dict[str, Any] | State[dict[str, Any]]:
    """Bring the dataset up to date inside a flow run, and return the run's record.

    A dataset that was rolled back is left alone: the flow run then ends well, in a state named Held.

    Raises:
        TooManyRejected: A larger share than `fail_above_rejected` of the files that were read was rejected.
    """
    say = say_to_terminal if is_terminal() else lambda message: get_run_logger().info("%s", visible(message))
    run = Run(name)
    try:
        bring_up_to_date(options, run, lambda: _each(runner, options, say), wait_seconds, say, fail_above_rejected)
    except DatasetHeld as held:
        _tell(run, options)
        return Completed(name="Held", message=str(held), data=run.to_json())
    except TooManyRejected:
        _tell(run, options)
        raise
    _tell(run, options)
    return run.to_json()


def _each(runner: Runner, options: Options, say: Say) -> AbstractContextManager[Each]:
    if runner.address:
        return each_on_cluster(runner.address, dataset_in(options.processed.absolute()).staging, say)
    return each_in_pool(runner.workers or default_workers(), say)


def _tell(run: Run, options: Options) -> None:
    get_run_logger().info(run.summary)
    leave_artifacts(run, dataset_in(options.processed).current(), options.processed)
