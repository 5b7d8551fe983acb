"""The least that can be done: the files of a folder are read, hashed, decoded, and their texts written as Parquet."""

from __future__ import annotations

import hashlib
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.contestants.answering import Values, answer


def main(raw: str) -> None:
    """Wait to be asked for `text`."""
    root = Path(raw)

    def text() -> Values:
        rows = []
        size = 0
        for path in sorted(root.rglob("*.txt")):
            content = path.read_bytes()
            size += len(content)
            name, digest = path.relative_to(root).as_posix(), hashlib.sha256(content).hexdigest()
            rows.append({"raw_path": name, "raw_sha256": digest, "text": content.decode(errors="replace")})
        with tempfile.TemporaryDirectory() as folder:
            pq.write_table(pa.Table.from_pylist(rows), Path(folder) / "text.parquet", compression="zstd")
        return {"articles": len(rows), "bytes": size}

    answer({"text": text})


if __name__ == "__main__":
    main(*sys.argv[1:])
