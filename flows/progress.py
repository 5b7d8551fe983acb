"""What a person sees while a run works: a bar in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
Say = Callable[[str], None]

_LABELS = {"transform": "Reading and transforming", "merge": "Comparing and writing partitions"}
_LINES = 10
"""Plain lines a stage, at most."""


def is_terminal() -> bool:
    """Return whether a person watches."""
    return sys.stderr.isatty()


def escaped(text: str) -> str:
    r"""Return text in which control characters are `\x1b`-like escapes: nothing in a file name becomes active."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def visible(text: str) -> str:
    """Return `escaped` text of one line: a line break in a file name would forge a line of its own."""
    return escaped(text).replace("\n", "\\n")


def counted(count: int, noun: str) -> str:
    """Return a number of things in words: `1 file`, `1,204 files`."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def say_to_terminal(message: str) -> None:
    """Print a line beside the output proper."""
    print(visible(message), file=sys.stderr, flush=True)  # noqa: T201


@contextmanager
def bars() -> Iterator[Callable[[str, int, Iterator[T]], Iterator[T]]]:
    """Give a function that shows a bar while results come."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:

        def track(stage: str, total: int, results: Iterator[T]) -> Iterator[T]:
            bar = progress.add_task(_LABELS[stage], total=total)
            for result in results:
                progress.advance(bar)
                yield result

        yield track


def lines(say: Say) -> Callable[[str, int, Iterator[T]], Iterator[T]]:
    """Return a function that says a line now and then while results come."""

    def track(stage: str, total: int, results: Iterator[T]) -> Iterator[T]:
        step = max(1, total // _LINES)
        for done, result in enumerate(results, 1):
            if done % step == 0 or done == total:
                say(f"{_LABELS[stage]}: {done} of {total}")
            yield result

    return track
