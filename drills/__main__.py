"""Do the damage of one drill, and count what came of it.

    python -m drills NAME [options]

docs/reliability.md has the command and the counts of each. Everything is done in temporary folders.
"""

from __future__ import annotations

import typer

from drills.fuzz import fuzz

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.callback()
def common() -> None:
    """Do the damage of one drill, and count what came of it."""


app.command()(fuzz)

if __name__ == "__main__":
    app(prog_name="python -m drills")
