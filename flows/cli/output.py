"""Where a page goes: to a file, or to standard output, but never into a terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from flows.dataset.durable import whole_file
from flows.planning.options import OptionsError
from flows.progress import say_to_terminal

Output = Annotated[Path | None, typer.Option(metavar="FILE", help="Write there, not to standard output.")]


def refuse_terminal(output: Path | None) -> None:
    """Refuse to write a page into a terminal.

    Raises:
        OptionsError: It would go there.
    """
    if output is None and sys.stdout.isatty():
        raise OptionsError("a page is nothing for a terminal: --output page.html, then open that in a browser")


def write_page(page: str, output: Path | None) -> None:
    """Write a page, or figures, and tell where."""
    if output is None:
        sys.stdout.buffer.write(page.encode())
        return
    with whole_file(output) as file:
        file.write(page.encode())
    say_to_terminal(f"wrote {output}" + (": open it in a browser" if output.suffix == ".html" else ""))
