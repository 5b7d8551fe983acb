"""Do the damage of one drill, and count what came of it.

    python -m drills NAME [options]

docs/reliability.md has the command and the counts of each. Everything is done in temporary folders.
"""

from __future__ import annotations

import typer

from drills.clocks import clocks
from drills.crashes import calls, power, whole_flow
from drills.damage import damage
from drills.disks import disks
from drills.fuzz import fuzz
from drills.hostile.command import hostile
from drills.kills import kills
from drills.losses import losses
from drills.readers import readers
from drills.vanishing import vanishing

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.callback()
def common() -> None:
    """Do the damage of one drill, and count what came of it."""


for drill in (calls, whole_flow, power, kills, losses, disks, vanishing, clocks, readers, hostile, fuzz, damage):
    app.command()(drill)


if __name__ == "__main__":
    app(prog_name="python -m drills")
