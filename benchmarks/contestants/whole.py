"""A whole ingest in one process, without Prefect; or the same with the processor seconds of each stage."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.clock import Clock
from benchmarks.contestants.answering import Values, answer
from benchmarks.stages import STAGES
from flows.building.publish import bring_up_to_date, in_this_process
from flows.building.workers import collect_seldom
from flows.planning.options import Options
from flows.runs import Run


def main(raw: str, metadata: str = "") -> None:
    """Wait to be asked for `ingest` or `stages`."""

    def ingest() -> Values:
        with tempfile.TemporaryDirectory() as folder:
            options = Options(Path(raw), Path(folder) / "processed", Path(metadata) if metadata else None)
            run = Run("ingest")
            bring_up_to_date(options, run, in_this_process)
        return {"articles": run.counts["read"]}

    def stages() -> Values:
        clock = Clock(STAGES)
        with clock.running():
            values = ingest()
        return {**values, "stages": clock.seconds}

    collect_seldom()
    answer({"ingest": ingest, "stages": stages})


if __name__ == "__main__":
    main(*sys.argv[1:])
