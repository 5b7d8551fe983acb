"""Measurements: what was run, on what, and what came of each run; kept as JSON, so that pages can be made of them."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.machine import read_machine


@dataclass(frozen=True)
class Measurement:
    """Several runs of one thing.

    Attributes:
        subject: What was measured; it is measured anew, not twice.
        command: Of the benchmark.
        machine: Facts; see `read_machine`.
        runs: Values of each run, by name.
    """

    subject: str
    command: str
    machine: dict[str, str]
    runs: list[dict[str, Any]]

    def values(self, name: str) -> list[float]:
        """Return a value of every run."""
        return [float(run[name]) for run in self.runs]


class Notebook:
    """The measurements of one benchmark in a file, which is written after each run: a long one may not end.

    What it measured before stays until it is measured again, so that sizes can be measured one by one.
    """

    def __init__(self, file: Path, work: Path) -> None:
        """Open it.

        Args:
            file: Where measurements are kept.
            work: The folder where files are read or written.
        """
        self._file = file
        self._machine = read_machine(work)
        self._command = told_command()
        self._runs: dict[str, list[dict[str, Any]]] = {}

    def note(self, subject: str, run: dict[str, Any]) -> None:
        """Note one run."""
        self._runs.setdefault(subject, []).append(run)
        noted = {m.subject: m for m in read_measurements(self._file)}
        noted[subject] = Measurement(subject, self._command, self._machine, self._runs[subject])
        text = json.dumps([asdict(m) for m in noted.values()], indent=1, ensure_ascii=False)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(f"{text}\n", encoding="utf-8")


def results(page: Path, name: str) -> Path:
    """Return a file that belongs to a page: beside it, in a folder of its name."""
    return page.parent / page.stem / name


def read_measurements(file: Path) -> list[Measurement]:
    """Return the measurements of a file; none if it is not there."""
    if not file.exists():
        return []
    return [Measurement(**value) for value in json.loads(file.read_text(encoding="utf-8"))]


def told_command() -> str:
    """Return the command that is running, as it can be typed again."""
    return shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]])


def footnotes(measurements: Iterable[Measurement]) -> str:
    """Return what was run on what, each combination once."""
    told: dict[str, None] = {}
    for m in measurements:
        facts = m.machine
        told[
            f"`{m.command}`, {facts['date']}, revision {facts['revision']}, on {facts['processor']} "
            f"({facts['system']}; {facts['versions']})."
        ] = None
    return "\n".join(f"Measured by {line}\n" for line in told)
