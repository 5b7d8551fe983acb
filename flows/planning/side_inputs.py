"""What people say beside the raw files: the side file with their metadata, the corrections file."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from flows.dataset import Settings
from flows.planning.ledger import Known
from flows.planning.options import OptionsError
from transforms.correction_files import Corrections, parse_corrections
from transforms.metadata import SideFile, parse_side_file
from transforms.side_files import Coverage

CORRECTIONS_NAME = "corrections.csv"
"""Of the file beside the raw root (data/corrections.csv for data/raw) that is used without being named."""
LINES_SHOWN = 5


def corrections_path(settings: Settings) -> Path | None:
    """Return the corrections file: the one named, else the one beside the raw root, if there is one."""
    if settings.corrections is None:
        beside = Path(settings.raw).parent / CORRECTIONS_NAME
        return beside if beside.is_file() else None
    return Path(settings.corrections) if settings.corrections else None


def read_corrections(settings: Settings) -> Corrections | None:
    """Return the corrections file; None if there is none.

    Raises:
        OptionsError: It cannot be read or understood.
    """
    path = corrections_path(settings)
    if path is None:
        return None
    try:
        return parse_corrections(_decode(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise OptionsError(f"corrections file {path}: {error}") from error


def describe_corrections(corrections: Corrections | None, known: Mapping[str, Known]) -> list[str]:
    """Return what the user should know of a corrections file: lines that cannot be used."""
    if corrections is None:
        return []
    there = {k.article_id for k in known.values()}
    lines = [*corrections.problems, *corrections.notes]
    lines += lines_without_article(corrections, there)
    more = len(lines) - LINES_SHOWN
    shown = [f"corrections file: {line}" for line in lines[:LINES_SHOWN]]
    return shown + [f"… and {more:,} more such lines"] * (more > 0)


def lines_without_article(corrections: Corrections, article_ids: Collection[str | None]) -> list[str]:
    """Return the lines about articles that are not among some, with the reason why they change nothing."""
    missing = corrections.lines.keys() - set(article_ids)
    return [f"{c.place}: there is no article {i}" for i in sorted(missing) for c in corrections.lines[i]]


def read_side_file(path: str | None) -> SideFile | None:
    """Return the side file.

    Raises:
        OptionsError: It cannot be read or understood.
    """
    if path is None:
        return None
    try:
        return parse_side_file(_decode(_unpack(Path(path).read_bytes(), path)), Path(path).name)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise OptionsError(f"side file {path}: {error}") from error


def _unpack(raw: bytes, path: str) -> bytes:
    return gzip.decompress(raw) if path.casefold().endswith(".gz") else raw


def _decode(raw: bytes) -> str:
    with suppress(UnicodeDecodeError):
        text = raw.decode("utf-8-sig")
        if "\0" not in text:
            return text
    from transforms.encodings import decode  # it takes longer to import than most side files to read

    return decode(raw)[0]


def describe_side_file(side_file: SideFile, raw_paths: Sequence[str]) -> list[str]:
    """Return what the user should know of a side file: what does not fit the raw files, and what is not used."""
    fit = side_file.coverage(raw_paths)
    conflicts = side_file.conflicts + fit.conflicts
    more = len(conflicts) - LINES_SHOWN
    lines = [*_describe_coverage(fit, len(side_file), raw_paths), *side_file.notes, *conflicts[:LINES_SHOWN]]
    return [f"side file: {line}" for line in lines] + [f"… and {more:,} more such keys"] * (more > 0)


def _describe_coverage(fit: Coverage, rows: int, raw_paths: Sequence[str]) -> list[str]:
    unused = len(fit.unused)
    if not fit.files or (fit.described == fit.files and not unused):
        return []
    if not fit.described and unused == rows > 0:
        return [f"no row fits a raw file; it names {fit.unused[0]}, raw files are called {raw_paths[0]}"]
    files = f"{fit.described:,} of {fit.files:,} files {'has' if fit.described == 1 else 'have'} a row"
    return [files + (f"; {unused:,} of its {rows:,} rows name{'s' * (unused == 1)} no file here" if unused else "")]
