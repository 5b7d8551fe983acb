"""The flows on a schedule, without a Prefect installation: server, schedule and runs in one command."""

from __future__ import annotations

import asyncio
import datetime
import os
import re
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.dataset import DatasetBusy, hold_lock
from flows.dataset.lock import read_holder
from flows.engine.artifacts import artifact_key
from flows.engine.server import PrefectUnreachable, child_environment, configured_api, prefect_api, prefect_home
from flows.planning.options import Options, OptionsError
from flows.planning.prepare import prepare
from flows.storage import ObjectPath, Place, absolute_name

if TYPE_CHECKING:  # Prefect is imported when its server has been started
    from uuid import UUID

    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.objects import FlowRun
    from prefect.deployments.runner import RunnerDeployment

DAILY = "30 5 * * *"
DEFAULT_PORT = 4200
DEPLOYMENT = "serve"
"""How the names of the deployments begin, unlike those of prefect.yaml: a server may have both."""

_AT_ONCE = "at-once"
"""Tag of the run that a `serve` begins with, beside those of its deployment."""
_LOCK_FOLDER = "newsframes-serve"
_CRON_FIELDS = 5
_NOT_IN_PREFECT = re.compile(r"LW|\dL", re.IGNORECASE)
"""What cronsim knows and Prefect's own parser does not: a month's last working day, its last Friday (`5L`)."""


@dataclass(frozen=True)
class Timetable:
    """When ingest runs: by cron, in a time zone, or at an interval.

    Raises:
        OptionsError: No such cron line or time zone, or no time between two runs.
    """

    cron: str = DAILY
    timezone: str = "UTC"
    every: datetime.timedelta | None = None

    def __post_init__(self) -> None:
        if not _is_cron_line(self.cron):
            raise OptionsError(f"{self.cron!r} is no cron line: minute, hour, day, month, weekday, such as {DAILY!r}")
        if self.timezone not in zoneinfo.available_timezones():
            raise OptionsError(f"no time zone {self.timezone!r}; such as Europe/Berlin")
        if self.every is not None and self.every <= datetime.timedelta():
            raise OptionsError(f"ingest cannot run every {self.every}")

    def __str__(self) -> str:
        """Return it as a line for people."""
        return f"every {self.every}" if self.every else f"by cron {self.cron!r} ({self.timezone})"


def _is_cron_line(line: str) -> bool:
    """Return whether both Prefect and cron would take it: Prefect's own parser takes more, and costs its import."""
    from cronsim import CronSim, CronSimError  # Prefect's tasks bring it

    if len(line.split()) != _CRON_FIELDS or not line.isascii() or _NOT_IN_PREFECT.search(line):
        return False
    try:
        CronSim(line, datetime.datetime.now(datetime.UTC))
    except CronSimError:
        return False
    return True


def serve(
    parameters: Mapping[str, Any],
    timetable: Timetable,
    port: int = DEFAULT_PORT,
    say: Callable[[str], None] = print,
) -> None:
    """Offer ingest, on a schedule, and backfill until Ctrl-C or SIGTERM, one run at a time.

    The first run starts at once: it brings in what came while nobody served, however many periods were missed. What
    it would refuse is refused before anything starts. A server of our own has one `serve`: two would share a database,
    and each would take the other's runs for those of a killed one.

    Args:
        parameters: Those of the flows, such as `raw` and `processed`, each for the flows that have it; None is left
            out, and paths are made absolute.
        timetable: When ingest runs.
        port: Where Prefect's server and pages are, unless a server is configured.
        say: Told where the pages are, what is served and when it runs.

    Raises:
        PrefectUnreachable: The configured server does not answer, or ours did not start, or the port is taken, or
            another `serve` has its own server in the same PREFECT_HOME.
        OptionsError, RawRootError, DatasetDamaged: As `prepare` raises them.
    """
    options = Options.of(parameters)
    has_own_server = configured_api() is None
    with ExitStack() as stack:
        if has_own_server:
            stack.enter_context(_only_one_in(prefect_home(), absolute_name(options.processed)))
        prepare(options)
        stack.enter_context(prefect_api(say, port))
        os.environ.update(child_environment())
        with suppress(KeyboardInterrupt):
            asyncio.run(_offer(parameters, timetable, has_own_server, say))


@contextmanager
def _only_one_in(home: Path, dataset: str) -> Iterator[None]:
    """Keep other `serve`s with their own server out of a Prefect home inside the block.

    Raises:
        PrefectUnreachable: There is one.
    """
    folder = home / _LOCK_FOLDER
    with ExitStack() as stack:
        try:
            stack.enter_context(hold_lock(folder, dataset))
        except DatasetBusy:
            raise PrefectUnreachable(
                f"{_holder(folder)} already serves with its own Prefect server in {home}: stop it, or set PREFECT_HOME "
                "to another folder (and choose another --port) to serve beside it"
            ) from None
        yield


def _holder(folder: Path) -> str:
    who = read_holder(folder)
    return f"process {who.pid} on {who.host} ({who.run_id}, since {who.since})" if who else "another process"


def deployment_name(processed: Place) -> str:
    """Return the name of the deployments that serve a dataset: datasets on one server must not share it."""
    return artifact_key(DEPLOYMENT, processed).removeprefix("newsframes-")


async def _offer(
    parameters: Mapping[str, Any], timetable: Timetable, has_own_server: bool, say: Callable[[str], None]
) -> None:
    """Run what is due until Ctrl-C or SIGTERM; then what runs is cancelled, and the schedule pauses."""
    from prefect.client.orchestration import get_client
    from prefect.runner import Runner
    from prefect.settings import get_current_settings

    runner = Runner(name="newsframes", limit=1)
    ingest, backfill = [await runner.aadd_deployment(d) for d in await _deployments(parameters, timetable)]
    async with get_client() as client:
        await _settle_the_past(client, [ingest, backfill], has_own_server)
        if has_own_server:
            await _pause_others(client, [ingest, backfill])
        await client.create_flow_run_from_deployment(ingest, tags=[_AT_ONCE])
    processed = Options.of(parameters).processed
    name = deployment_name(processed)
    say(f"Serving {absolute_name(processed)}: ingest runs now, then {timetable}; backfill runs when asked to.")
    say(f"Its deployments are ingest/{name} and backfill/{name}.")
    say(f"Prefect's pages: {get_current_settings().ui_url}. Ctrl-C ends it.")
    await runner.start()


async def _deployments(parameters: Mapping[str, Any], timetable: Timetable) -> list[RunnerDeployment]:
    """Return ingest, which has the schedule, and backfill."""
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.schedules import Cron, Interval

    from flows.served import SERVED_BY, backfill, ingest

    os.environ[SERVED_BY] = str(os.getpid())
    schedule = Interval(timetable.every) if timetable.every else Cron(timetable.cron, timezone=timetable.timezone)
    given = {name: _json_value(value) for name, value in parameters.items() if value is not None}
    name = deployment_name(Options.of(parameters).processed)
    deployments = []
    for flow in (ingest, backfill):
        deployment = await flow.ato_deployment(
            name,
            parameters={name: value for name, value in given.items() if name in flow.parameters.properties},
            schedule=schedule if flow is ingest else None,
            concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.ENQUEUE),
            tags=["newsframes"],
        )
        deployment.entrypoint = f"flows.served.{flow.name}"
        deployments.append(deployment)
    return deployments


def _json_value(value: Any) -> Any:
    return absolute_name(value) if isinstance(value, Path | ObjectPath) else value


async def _settle_the_past(client: PrefectClient, deployments: list[UUID], has_own_server: bool) -> None:
    """Take back all runs that no person asked for, and note those that a killed server left unfinished.

    They are of periods that were missed, or of a timetable before (the server's scheduler may have planned by it until
    the deployment was given this one, by which it plans anew), or the first run of a `serve` that did not come to it.

    A run that is noted as running holds the only place of its deployment: with a server of our own, which has just
    started, none can be.
    """
    from prefect.client.schemas.objects import StateType
    from prefect.states import Crashed

    for run in await _runs(client, deployments, [StateType.SCHEDULED]):
        if run.auto_scheduled or _AT_ONCE in run.tags:
            await client.delete_flow_run(run.id)
    if has_own_server:
        for run in await _runs(client, deployments, [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]):
            crashed: Any = Crashed(message="The process that served it was killed.")
            await client.set_flow_run_state(run.id, crashed, force=True)


async def _pause_others(client: PrefectClient, deployments: list[UUID]) -> None:
    """Pause what a killed `serve` of another dataset left scheduled: nobody would take its runs up."""
    from prefect.client.schemas import filters

    named = filters.DeploymentFilter(name=filters.DeploymentFilterName(like_=DEPLOYMENT))
    for other in await client.read_deployments(deployment_filter=named):
        is_served = other.name == DEPLOYMENT or other.name.startswith(f"{DEPLOYMENT}-")
        if is_served and "newsframes" in other.tags and not other.paused and other.id not in deployments:
            await client.pause_deployment(other.id)


async def _runs(client: PrefectClient, deployments: list[UUID], states: list[Any]) -> list[FlowRun]:
    from prefect.client.schemas import filters

    return await client.read_flow_runs(
        flow_run_filter=filters.FlowRunFilter(
            deployment_id=filters.FlowRunFilterDeploymentId(any_=deployments),
            state=filters.FlowRunFilterState(type=filters.FlowRunFilterStateType(any_=states)),
        )
    )
