"""Do the damage of one drill, and count what came of it.

    python -m drills NAME [options]

docs/reliability.md has the command and the counts of each. Everything is done in temporary folders.
"""

from __future__ import annotations

import typer

from drills.crashes.command import calls, power, whole_flow
from drills.damage.command import damage
from drills.fuzzing.fuzz import fuzz
from drills.hostile.command import hostile
from drills.outages.clocks import clocks
from drills.outages.disks import disks
from drills.outages.kills import kills
from drills.outages.losses import losses
from drills.outages.vanishing import vanishing
from drills.readers.command import readers

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.callback()
def common() -> None:
    """Do the damage of one drill, and count what came of it."""


for drill in (calls, whole_flow, power, kills, losses, disks, vanishing, clocks, readers, hostile, fuzz, damage):
    app.command()(drill)


if __name__ == "__main__":
    app(prog_name="python -m drills")
