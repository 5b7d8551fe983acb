"""What a flow run is called in Prefect's UI: by the dates that it is about, not by two random words."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

_DAY = "%Y-%m-%d"
_MINUTE = "%Y-%m-%d %H:%M %Z"


def name_ingest() -> str:
    """Return the name of the ingest run that is about to begin: when it was due. For `flow_run_name`."""
    from prefect.runtime import flow_run

    return f"ingest {describe_time(flow_run.scheduled_start_time)}"


def name_backfill() -> str:
    """Return the name of the backfill run that is about to begin: what it makes again. For `flow_run_name`."""
    from prefect.runtime import flow_run

    return f"backfill {describe_selection(flow_run.parameters)}"


def describe_time(due: datetime.datetime) -> str:
    """Return when a run is due, in this machine's time zone; a run that is due at midnight has the day to itself."""
    local = datetime.datetime.fromtimestamp(due.timestamp(), datetime.UTC).astimezone()  # Prefect's are of its own kind
    return local.strftime(_MINUTE if local.hour or local.minute else _DAY)


def describe_selection(parameters: Mapping[str, Any]) -> str:
    """Return what a backfill selects.

    Args:
        parameters: Of the flow, among them `start`, `end`, `only_stale` and `undated`; any may be missing.
    """
    start, end = parameters.get("start"), parameters.get("end")
    dates = f"{start} to {end}" if start and end else f"from {start}" if start else f"up to {end}" if end else ""
    flags = [name.replace("_", " ") for name in ("undated", "only_stale") if parameters.get(name)]
    return ", ".join(part for part in (dates, *flags) if part) or "everything"
