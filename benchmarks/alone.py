"""One thread: libraries of linear algebra start as many as there are cores, unless they are told before they load."""

from __future__ import annotations

import os
import sys

ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}


def on_one_thread() -> None:
    """Start this benchmark again if it may use several threads."""
    if any(os.environ.get(name) != value for name, value in ONE_THREAD.items()):
        os.execve(sys.executable, [sys.executable, "-m", "benchmarks", *sys.argv[1:]], os.environ | ONE_THREAD)
