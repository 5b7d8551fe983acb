"""Asking contestants in turn."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.alone import ONE_THREAD
from flows.engine.server import child_environment


@dataclass(frozen=True)
class Contestant:
    """A program that waits to be asked."""

    process: subprocess.Popen[str]

    def ask(self, task: str) -> dict[str, Any]:
        """Let it do something, and return its answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{task}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.process.args!r} ended with {self.process.wait()}")
        return dict(json.loads(line))


@contextmanager
def contestant(name: str, *arguments: str, python: Path = Path(sys.executable)) -> Iterator[Contestant]:
    """Start a contestant, on one thread; it ends with the block.

    Args:
        name: Module of this package.
        arguments: What it is given.
        python: The interpreter that runs it.
    """
    process = subprocess.Popen(
        [python, "-m", f"benchmarks.contestants.{name}", *arguments],
        env=child_environment() | ONE_THREAD,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield Contestant(process)
        assert process.stdin is not None
        process.stdin.close()
