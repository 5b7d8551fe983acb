"""Hooks: a flow run that does not complete says in its log what its reader should do."""

from __future__ import annotations

import datetime
import errno
import logging
from typing import TYPE_CHECKING, Any

from flows.building.workers import WorkerLost
from flows.dataset import DatasetBusy, DatasetDamaged, dataset_in
from flows.engine.runners import ClusterLost
from flows.engine.server import PrefectUnreachable
from flows.planning.options import DEFAULT_PROCESSED, OptionsError
from flows.planning.selection import SelectionError
from flows.progress import escaped
from flows.raw.tree import RawRootError
from flows.runs import TooManyRejected
from flows.storage import Place, absolute_name, place_of

if TYPE_CHECKING:
    from prefect import Flow, State
    from prefect.client.schemas.objects import FlowRun

_PARAMETERS = "change the parameters as the message says, in the deployment or in a custom run."
_MEMORY = (
    "give it more memory, or run with fewer `workers` or a smaller `batch_size`: a worker was killed for want of it."
)
_SERVER = "start the Prefect server, and see that PREFECT_API_URL names it."
_STOPPED = "run it again; it was stopped from outside. It takes up what was staged."

REMEDIES: dict[type[BaseException], str] = {
    OptionsError: _PARAMETERS,
    SelectionError: _PARAMETERS,
    RawRootError: "see that the raw folder is there, its disk mounted, and readable for the user who runs the flow.",
    DatasetBusy: "run it again when the other run is done, or with a longer `wait`.",
    DatasetDamaged: "run `newsframes check`, which names what is damaged, and `newsframes repair`, which mends it from "
    "other versions and raw files. Raw files are never written to.",
    TooManyRejected: "see which files were rejected and why (`newsframes status`), mend them or raise "
    "`fail_above_rejected`. What could be read is committed.",
    WorkerLost: _MEMORY,
    MemoryError: _MEMORY,
    PrefectUnreachable: _SERVER,
    ClusterLost: "see that the Dask scheduler of `dask_address` runs, with workers that have the same versions and see "
    "the same folders, and run it again. It takes up what was staged.",
    PermissionError: "let the user who runs the flow read the raw folder and write to the processed folder.",
    KeyboardInterrupt: _STOPPED,
    SystemExit: _STOPPED,
}
"""What to do about an exception, by its type or the nearest type above it."""

REMEDIES_BY_ERRNO = {
    errno.ENOSPC: "make room on the disk of the processed folder, for the partitions that a run writes again and more.",
    errno.EDQUOT: "raise the disk quota of the user who runs the flow, or make room below it.",
    errno.EROFS: "mount the disk of the processed folder for writing.",
    errno.EMFILE: "let the user who runs the flow open more files (`ulimit -n`), or run with fewer `workers`.",
    errno.EIO: "see the system's log, as a disk or the network fails; then run `newsframes check`, and it again.",
    errno.ESTALE: "mount the network disk again, and run it again.",
}
"""What to do about an `OSError`, by what the system says."""

REMEDIES_BY_NAME = {
    "ParameterTypeError": _PARAMETERS,
    "ParameterBindError": _PARAMETERS,
    "TerminationSignal": _STOPPED,
    "TransportError": _SERVER,
}
"""What to do about exceptions of Prefect and its client, by name: to import them takes seconds."""

CANCELLED = "nothing; it was cancelled."
CRASHED = (
    "run it again; it takes up what was staged. Its process was killed, for want of memory (then run with fewer "
    "`workers`) or because the machine or the server process was stopped."
)
UNKNOWN = (
    "run `newsframes check`, then run it again. Nobody foresaw this: it is a bug or a fault of the machine. If it "
    "comes back, report it with the traceback above."
)


def tell_what_to_do(flow: Flow[..., Any], flow_run: FlowRun, state: State) -> None:
    """Log what to do about a run that failed, crashed or was cancelled, and how the dataset is now.

    For `on_failure`, `on_crashed` and `on_cancellation`. Prefect calls it in the process of the flow, or, when that
    was killed, in the one that watched it, where there is no exception.
    """
    from prefect.logging.loggers import flow_run_logger  # a run that crashed has no context for get_run_logger

    remedy = _remedy_for(state)
    processed = place_of(flow_run.parameters.get("processed") or DEFAULT_PROCESSED)
    dataset = escaped(describe_dataset(processed, flow_run.start_time))
    level = logging.INFO if remedy == CANCELLED else logging.ERROR
    flow_run_logger(flow_run, flow).log(level, "What to do: %s\n%s", remedy, dataset)


def what_to_do(error: BaseException) -> str:
    """Return what to do about an exception."""
    if isinstance(error, OSError) and error.errno in REMEDIES_BY_ERRNO:
        return REMEDIES_BY_ERRNO[error.errno]
    for kind in type(error).__mro__:
        if remedy := REMEDIES.get(kind) or REMEDIES_BY_NAME.get(kind.__name__):
            return remedy
    return UNKNOWN


def describe_dataset(processed: Place, since: datetime.datetime | None) -> str:
    """Return how a dataset is after a run that did not complete.

    Args:
        processed: The processed root.
        since: When the run began.
    """
    name = absolute_name(processed)
    try:
        version = dataset_in(processed).current()
        committed = version.committed_at if version else 0
    except (DatasetDamaged, OSError, ValueError) as error:
        return f"The dataset {name} could not be looked at: {error}"
    if version is None:
        return f"There is no dataset in {name} yet. To run again is always safe."
    is_newer = since is not None and committed > since.timestamp()
    how = "whole, and newer than the start of this run" if is_newer else "as it was before this run"
    return f"The dataset {name} is {how}, at version {version.number}. To run again is always safe."


def _remedy_for(state: State) -> str:
    from prefect.exceptions import CrashedRun
    from prefect.states import get_state_exception

    if state.is_cancelling() or state.is_cancelled():
        return CANCELLED
    try:
        error = get_state_exception(state)
    except Exception:  # it was kept where this process cannot read it
        return UNKNOWN
    if isinstance(error, CrashedRun):  # Prefect's stand-in: the process died before it could tell
        return CRASHED
    return what_to_do(error) if isinstance(error, BaseException) else UNKNOWN
