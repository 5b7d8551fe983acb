"""The command line: parse, call, print."""

import os
import sys

from flows.cli import pages, repairs, report, reports, runs, versions, views
from flows.cli.app import app
from flows.engine.server import CUT_OFF

__all__ = ["app", "main", "pages", "repairs", "report", "reports", "runs", "versions", "views"]


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
