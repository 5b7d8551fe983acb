"""The flows on a schedule, without a Prefect installation: server, schedule and runs in one command."""

from __future__ import annotations

import asyncio
import datetime
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.engine.server import child_environment, prefect_api

if TYPE_CHECKING:  # Prefect is imported when its server has been started
    from uuid import UUID

    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.objects import FlowRun
    from prefect.deployments.runner import RunnerDeployment

DAILY = "30 5 * * *"
DEFAULT_PORT = 4200
DEPLOYMENT = "serve"
"""Name of the deployments, unlike those of prefect.yaml: a server may have both."""


@dataclass(frozen=True)
class Timetable:
    """When ingest runs: by cron, in a time zone, or at an interval."""

    cron: str = DAILY
    timezone: str = "UTC"
    every: datetime.timedelta | None = None

    def __str__(self) -> str:
        """Return it as a line for people."""
        return f"every {self.every}" if self.every else f"by cron {self.cron!r} ({self.timezone})"


def serve(
    parameters: Mapping[str, Any],
    timetable: Timetable,
    port: int = DEFAULT_PORT,
    say: Callable[[str], None] = print,
) -> None:
    """Offer ingest, on a schedule, and backfill until Ctrl-C or SIGTERM, one run at a time.

    The first run starts at once: it brings in what came while nobody served, however many periods were missed.

    Args:
        parameters: Those of the flows, such as `raw` and `processed`, each for the flows that have it; None is left
            out, and paths are made absolute.
        timetable: When ingest runs.
        port: Where Prefect's server and pages are, unless a server is configured.
        say: Told where the pages are, what is served and when it runs.

    Raises:
        PrefectUnreachable: The configured server does not answer, or ours did not start, or the port is taken.
        ValueError: No such cron line or time zone.
    """
    before = os.environ.get("PREFECT_API_URL")
    with prefect_api(say, port):
        has_own_server = os.environ.get("PREFECT_API_URL") != before
        os.environ.update(child_environment())
        with suppress(KeyboardInterrupt):
            asyncio.run(_offer(parameters, timetable, has_own_server, say))


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
        await client.create_flow_run_from_deployment(ingest)
    dataset = Path(parameters["processed"]).absolute()
    say(f"Serving {dataset}: ingest runs now, then {timetable}; backfill runs when asked to.")
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
    deployments = []
    for flow in (ingest, backfill):
        deployment = await flow.ato_deployment(
            DEPLOYMENT,
            parameters={name: value for name, value in given.items() if name in flow.parameters.properties},
            schedule=schedule if flow is ingest else None,
            concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.ENQUEUE),
            tags=["newsframes"],
        )
        deployment.entrypoint = f"flows.served.{flow.name}"
        deployments.append(deployment)
    return deployments


def _json_value(value: Any) -> Any:
    return str(value.absolute()) if isinstance(value, Path) else value


async def _settle_the_past(client: PrefectClient, deployments: list[UUID], has_own_server: bool) -> None:
    """Take back the runs of periods that were missed, and note those that a killed server left unfinished.

    A run that is noted as running holds the only place of its deployment: with a server of our own, which has just
    started, none can be.
    """
    from prefect.client.schemas.objects import StateType
    from prefect.states import Crashed

    now = datetime.datetime.now(datetime.UTC)
    for run in await _runs(client, deployments, [StateType.SCHEDULED]):
        if run.auto_scheduled and run.expected_start_time and run.expected_start_time <= now:
            await client.delete_flow_run(run.id)
    if has_own_server:
        for run in await _runs(client, deployments, [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]):
            crashed: Any = Crashed(message="The process that served it was killed.")
            await client.set_flow_run_state(run.id, crashed, force=True)


async def _runs(client: PrefectClient, deployments: list[UUID], states: list[Any]) -> list[FlowRun]:
    from prefect.client.schemas import filters

    return await client.read_flow_runs(
        flow_run_filter=filters.FlowRunFilter(
            deployment_id=filters.FlowRunFilterDeploymentId(any_=deployments),
            state=filters.FlowRunFilterState(type=filters.FlowRunFilterStateType(any_=states)),
        )
    )
