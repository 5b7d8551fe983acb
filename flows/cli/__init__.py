"""The command line: parse, call, print."""

from flows.cli import repairs, reports, runs, versions
from flows.cli.app import app

__all__ = ["app", "main", "repairs", "reports", "runs", "versions"]


def main() -> None:
    """Run the command line."""
    app()
