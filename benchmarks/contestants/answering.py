"""How a contestant is asked: a line in, the name of what to do; a line out, what came of it as JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

Values = dict[str, Any]


def answer(tasks: Mapping[str, Callable[[], Values]]) -> None:
    """Do what is asked until nobody asks any more; each answer has the processor seconds that it took.

    Args:
        tasks: What can be asked for, by name; what each returns goes into its answer.
    """
    out = sys.stdout
    sys.stdout = sys.stderr  # what libraries print is no answer
    for line in sys.stdin:
        begin = time.process_time()
        values = tasks[line.strip()]()
        seconds = time.process_time() - begin
        out.write(json.dumps({"seconds": seconds, **values}) + "\n")
        out.flush()
