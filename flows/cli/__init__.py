"""The command line: parse, call, print."""

import os
import sys

from flows.cli import exports, pages, repairs, report, reports, runs, versions, views
from flows.cli.app import app
from flows.engine.server import CUT_OFF

__all__ = ["ORDER", "app", "exports", "main", "pages", "repairs", "report", "reports", "runs", "versions", "views"]

ORDER = (
    *("ingest", "plan", "backfill", "serve"),
    *("status", "report", "show", "sample", "score", "check"),
    *("views", "export"),
    *("diff", "rollback", "repair", "forget"),
)
"""Commands as they are used: filling a dataset, looking at it, taking it elsewhere, its versions and accidents."""
app.registered_commands.sort(key=lambda command: ORDER.index(command.callback.__name__) if command.callback else -1)


def main() -> None:
    """Run the command line."""
    try:
        app()
    except SystemExit as end:
        if not CUT_OFF.is_set():
            raise
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(end.code or 0))
