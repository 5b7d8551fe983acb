"""The flows as `newsframes serve` runs them: in processes that end as soon as the one that serves them is gone.

A killed runner leaves its runs alive, and takes along the server that they would try to report to for minutes.
"""

from __future__ import annotations

import os
import threading
import time

from flows.backfill import backfill
from flows.ingest import ingest

__all__ = ["SERVED_BY", "backfill", "ingest"]

SERVED_BY = "NEWSFRAMES_SERVED_BY"
"""Environment variable: the process that serves the flows."""


def _end_with(server: int) -> None:
    while os.getppid() == server:
        time.sleep(1)
    os._exit(1)  # its workers end with it; what they staged is taken up by the next run


if os.environ.get(SERVED_BY) == str(os.getppid()):
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
