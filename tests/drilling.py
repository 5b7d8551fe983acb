"""Drills of crashes and of lost power, run as commands; and on code that is broken on purpose."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is missing: no crash is drilled")


def run_drill(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a drill in a process that has no threads, as its children are forked from it."""
    return run_code(f"import sys; sys.argv[1:] = {list(arguments)!r}; from drills.__main__ import app; app()")


def run_code(code: str) -> "subprocess.CompletedProcess[str]":
    """Run code in a process of its own."""
    folder = {"TMPDIR": "/dev/shm"} if os.access("/dev/shm", os.W_OK) else {}  # thousands of small disks are made
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | folder,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def numbers(text: str, pattern: str) -> list[int]:
    """Return the numbers that a pattern's group finds in a text."""
    return [int(number) for number in re.findall(pattern, text)]


# Code that breaks newsframes and then runs a drill on it.
BROKEN = """
import sys
from pathlib import Path
import flows.dataset.durable, flows.dataset.sweeping as sweeping, flows.dataset.versions as versions
{patch}
sys.argv[1:] = {arguments!r}
from drills.__main__ import app
app()
"""
