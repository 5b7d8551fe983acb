"""newsframes' rules over the files of a folder, and all its tables as Parquet: no plan, no merge, no commit."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.contestants.answering import Values, answer
from flows.building.workers import collect_seldom
from flows.dataset.parquet import write_parquet
from flows.planning.options import DEFAULT_BATCH_SIZE
from transforms.articles import RawArticle
from transforms.schemas import STAGED
from transforms.tables import build_tables


def main(raw: str) -> None:
    """Wait to be asked for `tables`."""
    paths = sorted(Path(raw).rglob("*.txt"))

    def tables() -> Values:
        rows = 0
        with tempfile.TemporaryDirectory() as folder:
            for number in range(0, len(paths), DEFAULT_BATCH_SIZE):
                batch = paths[number : number + DEFAULT_BATCH_SIZE]
                raws = [RawArticle(path.relative_to(raw).as_posix(), path.read_bytes()) for path in batch]
                built = build_tables(raws)
                for table in STAGED:
                    conformed = table.conform(getattr(built, table.name))
                    rows += write_parquet(conformed, Path(folder) / table.name / f"{number}.parquet").rows
        return {"articles": len(paths), "rows": rows}

    collect_seldom()
    answer({"tables": tables})


if __name__ == "__main__":
    main(*sys.argv[1:])
