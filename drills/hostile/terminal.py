"""What commands print: nothing that a terminal would obey."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from flows.dataset import Dataset
from flows.planning.ledger import read_ledger

_SHOWN = 20
REPORTS: tuple[tuple[str, ...], ...] = (
    ("status",), ("status", "--json"), ("status", "--versions"), ("status", "--versions", "--json"),
    ("plan",), ("plan", "--json"), ("check",), ("check", "--json"), ("diff", "1", "1"), ("diff", "1", "1", "--json"),
)  # fmt: skip


def active_output(processed: Path, commands: Sequence[tuple[str, ...]] | None = None) -> Iterator[str]:
    """Yield the commands that print anything that a terminal would obey, or that fail.

    Args:
        processed: A dataset of names and texts that hold such things.
        commands: None: all that tell of a dataset, and `show` of some of its articles.
    """
    for command in [*REPORTS, *_showing(processed)] if commands is None else commands:
        yield from _run(*command, "--processed", str(processed))


def active_ingest(raw: Path, processed: Path, limit_mb: float) -> Iterator[str]:
    """Run `newsframes ingest` itself, with a server of its own; yield what is wrong with what it prints."""
    with tempfile.TemporaryDirectory() as home:
        folders = ("--raw", str(raw), "--processed", str(processed))
        yield from _run("ingest", *folders, "--max-article-mb", str(limit_mb), PREFECT_HOME=home)


def _showing(processed: Path) -> Iterator[tuple[str, ...]]:
    articles = [
        k.article_id for k in read_ledger(Dataset(processed).current()).known().values() if k.status == "ingested"
    ]
    for article in articles[:: max(1, len(articles) // _SHOWN)]:
        yield ("show", str(article))
        yield ("show", str(article), "--json")


def _run(*command: str, **environment: str) -> Iterator[str]:
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", *command],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONUTF8": "1", **environment},
    )
    yield from wrong_output(" ".join(command[:2]), done.returncode, done.stdout + done.stderr)


def wrong_output(name: str, returncode: int, printed: bytes) -> Iterator[str]:
    """Yield what is wrong with how a command ended and what it printed."""
    text = printed.decode("utf-8", "surrogateescape")
    if bad := {c for c in text if not c.isprintable() and c != "\n"}:
        yield f"{name} prints {bad!r}"
    if returncode or "Traceback" in text:
        yield f"{name} ends with {returncode}: {text[-200:]}"
