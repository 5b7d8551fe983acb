"""Clocks: processor seconds of the stages of a program, each without those inside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

Stages = Mapping[str, tuple[tuple[object, str], ...]]
"""Functions of each stage: the module or class where they are looked up, and their name there."""


@dataclass
class Clock:
    """Processor seconds of each stage."""

    stages: Stages
    seconds: dict[str, float] = field(init=False)
    _inside: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.seconds = dict.fromkeys(self.stages, 0.0)

    def timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that also counts its own seconds: without those of other stages that it calls."""

        def run(*arguments: Any, **named: Any) -> Any:
            self._inside.append(0.0)
            begin = time.process_time()
            result = function(*arguments, **named)
            seconds = time.process_time() - begin
            self.seconds[stage] += seconds - self._inside.pop()
            if self._inside:
                self._inside[-1] += seconds
            return result

        return run

    @contextmanager
    def running(self) -> Iterator[None]:
        """Time all stages as long as this lasts."""
        with ExitStack() as stack:
            for stage, places in self.stages.items():
                for owner, name in places:
                    stack.enter_context(patch.object(owner, name, self.timed(stage, getattr(owner, name))))
            yield
