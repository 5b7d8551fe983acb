"""The stages of an ingest, from the plan to the commit, down to the rooms of the quotes step."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks import quotes
from benchmarks.clock import Stages
from flows.building import merging, publish, transformation
from transforms import articles, tables
from transforms.schemas import Table

_QUOTES = "quotes: "
_OF_THE_INGEST: Stages = {
    "plan": ((publish, "prepare"),),
    "read and hash": ((transformation, "_read_plain"), (transformation, "_raw_article")),
    "decode": ((articles, "decode"),),
    "normalise": ((articles, "normalise"),),
    "detect languages": ((articles, "detect_language"),),
    "the rest of articles": ((tables, "read_articles"),),
    "paragraphs": ((tables, "split_paragraphs"),),
    f"{_QUOTES}other": ((tables, "extract_quotes"),),
    "counts": ((tables, "recount"),),
    "fingerprints": ((tables, "fingerprint_articles"),),
    "conform to schemas": ((Table, "conform"),),
    "stage": ((transformation, "write_fragment"),),
    "ledger rows": ((transformation, "transform_batch"),),
    "resolve": ((publish, "resolve_ledger"), (publish, "find_changes")),
    "near-duplicates": ((merging, "find_repeats"),),
    "write Parquet": ((merging, "write_parquet"), (publish, "write_parquet"), (publish, "write_ledger")),
    "merge": ((merging, "merge_file"),),
    "commit": ((publish, "_commit"), (publish, "_unstage"), (publish, "sweep")),
}
STAGES: Stages = {**_OF_THE_INGEST, **{_QUOTES + name: places for name, places in quotes.STAGES.items()}}
_ROOMS = {
    "marks": ("spans",),
    "lines, words, phrases": ("lines", "tokens", "closing up", "phrases", "context", "shapes"),
    "silences": ("silences",),
    "statements": (
        "cues of statements", "facts of statements", "scores of statements", "decoding", "statements",
    ),
    "speakers": ("candidates and facts", "ranking", "relations", "attribution"),
    "identity": ("identity",),
    "headlines, rows, frame": ("rows and frame", "other"),
}  # fmt: skip
"""Stages of the quotes step by room."""


def by_room(seconds: Mapping[str, float]) -> dict[str, float]:
    """Return the seconds of each stage, those of the quotes step added up by room, in the order of the data."""
    found: dict[str, float] = {}
    for stage in _OF_THE_INGEST:
        if stage.startswith(_QUOTES):
            for room, stages in _ROOMS.items():
                found[_QUOTES + room] = sum(seconds[_QUOTES + name] for name in stages)
        else:
            found[stage] = seconds[stage]
    return found
