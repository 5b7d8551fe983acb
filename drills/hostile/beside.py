"""What becomes of a side file or corrections file: what a run says of it, and what it gives an article."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq

from drills.datasets import bring
from drills.hostile.side import CORRECTIONS_FILES, SIDE_FILES, Side
from flows.planning.options import Options, OptionsError
from flows.planning.prepare import Prepared, prepare
from flows.progress import visible
from transforms.metadata import Metadata

SIZE = 200_000
"""Of the files whose size matters: a field may have 131,072 characters."""


def beside(size: int = SIZE) -> Iterator[str]:
    """Use each side file and corrections file; yield those that do not do what they should."""
    for option, files in (("metadata", SIDE_FILES), ("corrections", CORRECTIONS_FILES)):
        for name, side in files.items():
            told = tell_of(option, side, size)
            print(f"{option:<12} {name:<20} {visible(told)[:140]}")
            yield from (f"{option} {name}: {problem}" for problem in wrong(told, side))


def tell_of(option: str, side: Side, size: int, give: Callable[[Prepared], str] | None = None) -> str:
    """Return what a run says of a file beside the raw files, and what it gives the article of a.txt.

    Args:
        option: metadata or corrections.
        side: The file.
        size: Of it, where that matters.
        give: Tells of what it gives; None: an ingest.
    """
    with tempfile.TemporaryDirectory() as folder:
        raw, processed, file = Path(folder) / "raw", Path(folder) / "processed", Path(folder) / side.name
        raw.mkdir()
        (raw / "a.txt").write_text("It rained, said Ola Brandt.")
        file.write_bytes(side.make(size))
        metadata, corrections = (file, None) if option == "metadata" else (None, file)
        try:
            prepared = prepare(Options(raw, processed, metadata, corrections))
        except OptionsError as refused:
            return f"refused: {str(refused).removeprefix(_label(option, file))}"
        return "; ".join([*prepared.notes, (give or _ingested)(prepared)])


def _label(option: str, file: Path) -> str:
    return f"{'side' if option == 'metadata' else 'corrections'} file {file}: "


def planned(prepared: Prepared) -> str:
    """Return what a plan says that the article is to be given."""
    (work,) = prepared.plan.work
    told = work.metadata or Metadata()
    return f"title {told.title}, date {told.published_date}"


def _ingested(prepared: Prepared) -> str:
    """Ingest; return what the article has that its text does not give it."""
    options = prepared.options
    assert isinstance(options.processed, Path)
    bring(Path(prepared.settings.raw), options.processed, metadata=options.metadata, corrections=options.corrections)
    (part,) = (options.processed / "articles").resolve().rglob("*.parquet")
    (row,) = pq.ParquetFile(part).read(["title", "published_date"]).to_pylist()
    return f"title {row['title']}, date {row['published_date']}"


def wrong(told: str, side: Side) -> Iterator[str]:
    """Yield what a run should have said of a file and did not: the whole sentence of a refusal, a part of a note."""
    if side.refused is not None:
        if told != f"refused: {side.refused}":
            yield f"{told}; expected the refusal: {side.refused}"
        return
    if told.startswith("refused") or side.noted not in told:
        yield f"{told}; expected a note: {side.noted or 'none'}"
    if not told.endswith(given := f"title {side.title}, date {side.date}"):
        yield f"{told}; expected {given}"
