"""Where batches and merges run: in processes of this machine, or on a Dask cluster."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Literal
from urllib.parse import urlsplit

from flows.planning.options import OptionsError

RunnerKind = Literal["local", "dask"]
CONNECT_SECONDS = 10
_EXAMPLE = "such as tcp://10.0.0.5:8786"


class ClusterLost(RuntimeError):
    """There is no Dask cluster, none any more, or none that could do the work."""


@dataclass(frozen=True)
class Runner:
    """Where batches and merges run.

    Attributes:
        kind: In processes of this machine (local), or on a Dask cluster (dask).
        address: Of the cluster's scheduler.
        workers: Processes of this machine; None: one a processor.

    Raises:
        OptionsError: They do not fit each other, or Dask is not installed.
    """

    kind: RunnerKind = "local"
    address: str | None = None
    workers: int | None = None

    def __post_init__(self) -> None:
        if self.kind == "local":
            if self.address is not None:
                raise OptionsError("--dask-address is for --runner dask")
            return
        if find_spec("prefect_dask") is None:
            raise OptionsError("--runner dask needs Dask: pip install 'newsframes[dask]', here and on its workers")
        if self.address is None:
            raise OptionsError(f"--runner dask needs --dask-address, that of a scheduler, {_EXAMPLE}")
        if self.workers is not None:
            raise OptionsError("--workers is for --runner local: a Dask cluster has the workers that it has")
        if not _place_of(self.address):
            raise OptionsError(f"{self.address!r} is no address of a Dask scheduler, {_EXAMPLE}")

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> Runner:
        """Return the runner among the parameters of a flow or command."""
        return cls(parameters["runner"], parameters["dask_address"], parameters["workers"])

    def refuse_unreachable(self) -> None:
        """Refuse a cluster whose scheduler does not listen; that costs no import.

        Raises:
            ClusterLost: It does not.
        """
        place = _place_of(self.address) if self.address else None
        if place is None:
            return
        try:
            socket.create_connection(place, CONNECT_SECONDS).close()
        except OSError as error:
            raise ClusterLost(
                f"no Dask scheduler answers at {self.address} ({error}): start it (`dask scheduler`), or see that "
                "--dask-address names it"
            ) from error


def _place_of(address: str) -> tuple[str, int] | None:
    """Return host and port of an address; None if it has none."""
    try:
        parts = urlsplit(address)
        return (parts.hostname, parts.port) if parts.scheme and parts.hostname and parts.port else None
    except ValueError:  # a port that is no number
        return None
