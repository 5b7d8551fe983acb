"""What people say beside the raw files: the side file with their metadata, the corrections file."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from io import BufferedReader

from flows.dataset import Settings
from flows.planning.ledger import Ledger
from flows.planning.options import OptionsError
from flows.raw.limits import MOST_SIDE_FILE_MB, read_most
from flows.raw.opening import open_file
from flows.storage import Place, place_of
from transforms.correction_decisions import Corrections, first_line
from transforms.correction_files import parse_corrections
from transforms.metadata import SideFile, parse_side_file
from transforms.side_files import Coverage

LINES_SHOWN = 5


def read_corrections(settings: Settings) -> Corrections | None:
    """Return the corrections file; None if there is none.

    Raises:
        OptionsError: It cannot be read or understood.
    """
    if not settings.corrections:
        return None
    path = place_of(settings.corrections)
    try:
        return parse_corrections(read_text(path))
    except FileNotFoundError as error:
        raise OptionsError(
            f"corrections file {path} is not there: put it back, or say --corrections '' to take all of it back"
        ) from error
    except (OSError, ValueError) as error:
        raise OptionsError(f"corrections file {path}: {error}") from error


def describe_corrections(corrections: Corrections | None, ledger: Ledger | None) -> list[str]:
    """Return what the user should know of a corrections file: lines that cannot be used.

    Args:
        corrections: The file, or None.
        ledger: The ledger; None if articles may still come that a line is about.
    """
    if corrections is None:
        return []
    unused = list(corrections.problems)
    if ledger is not None:
        unused += lines_without_article(corrections, articles_with_lines(corrections, ledger))
    return note_lines("corrections file", [*corrections.notes, *sorted(unused, key=first_line)])


def note_lines(label: str, lines: Sequence[str]) -> list[str]:
    """Return notes for the first of some lines, and how many more there are."""
    more = len(lines) - LINES_SHOWN
    rest = f"… and {more:,} more such lines; `newsframes check` names those of the corrections file"
    return [f"{label}: {line}" for line in lines[:LINES_SHOWN]] + [rest] * (more > 0)


def articles_with_lines(corrections: Corrections, ledger: Ledger) -> set[str]:
    """Return the articles of a ledger that a corrections file has lines about."""
    return set(ledger.of_articles(corrections.lines.keys(), ["article_id"])["article_id"].to_pylist())


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
        return parse_side_file(read_text(place_of(path)), place_of(path).name)
    except (OSError, ValueError) as error:
        raise OptionsError(f"side file {path}: {error}") from error


def read_text(path: Place) -> str:
    """Return what stands in a file that people wrote, unpacked and decoded.

    Raises:
        ValueError: It is larger than `MOST_SIDE_FILE_MB`, or packed and damaged.
        OSError: It cannot be read, or is no file.
    """
    return _decode(_read(path))


def _read(path: Place) -> bytes:
    """Return a file's bytes, unpacked."""
    most = MOST_SIDE_FILE_MB * 1_000_000
    with open_file(path) as file:
        packed = path.suffix.casefold() == ".gz"
        content = _unpacked(file, most + 1) if packed else read_most(file, most + 1)
    if len(content) > most:
        raise ValueError(f"larger than {MOST_SIDE_FILE_MB} MB")
    return content


def _unpacked(file: BufferedReader, most: int) -> bytes:
    try:
        return read_most(gzip.GzipFile(fileobj=file), most)
    except gzip.BadGzipFile as error:
        raise ValueError("it is called .gz and is not packed, or is damaged") from error
    except (EOFError, zlib.error) as error:
        raise ValueError("it is packed, and cut off or damaged") from error


def _decode(raw: bytes) -> str:
    with suppress(UnicodeDecodeError):
        text = raw.decode("utf-8-sig")
        if "\0" not in text:
            return text
    from transforms.encodings import decode  # it takes longer to import than most side files to read

    return decode(raw)[0]


def describe_side_file(side_file: SideFile, raw_paths: Iterable[str]) -> list[str]:
    """Return what the user should know of a side file: what does not fit the raw files, and what is not used."""
    fit = side_file.coverage(raw_paths)
    conflicts = side_file.conflicts + fit.conflicts
    more = len(conflicts) - LINES_SHOWN
    lines = [*_describe_coverage(fit, len(side_file)), *side_file.notes, *conflicts[:LINES_SHOWN]]
    return [f"side file: {line}" for line in lines] + [f"… and {more:,} more such keys"] * (more > 0)


def _describe_coverage(fit: Coverage, rows: int) -> list[str]:
    unused = len(fit.unused)
    if not fit.files or (fit.described == fit.files and not unused):
        return []
    if not fit.described and unused == rows > 0:
        return [f"no row fits a raw file; it names {fit.unused[0]}, raw files are called {fit.first}"]
    files = f"{fit.described:,} of {fit.files:,} files {'has' if fit.described == 1 else 'have'} a row"
    return [files + (f"; {unused:,} of its {rows:,} rows name{'s' * (unused == 1)} no file here" if unused else "")]
