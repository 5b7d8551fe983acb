"""The app that the commands hang on: their common options, and how errors are told."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.building.workers import WorkerLost
from flows.dataset import DatasetBusy, DatasetDamaged, DatasetHeld, UnknownVersion, VersionTaken
from flows.engine.runners import ClusterLost
from flows.engine.server import PrefectUnreachable
from flows.planning.options import OptionsError
from flows.planning.selection import SelectionError
from flows.progress import say_to_terminal
from flows.raw.limits import MOST_ARTICLE_MB
from flows.raw.tree import RawRootError
from flows.reading.filters import FilterError
from flows.runs import TooManyRejected
from flows.storage import place_of
from flows.storage.stores import MissingStoreLibrary
from transforms.partitions import PartitionBy
from transforms.schemas import QUOTE_KINDS

if TYPE_CHECKING:
    from flows.storage import Place
else:
    Place = Path  # typer knows no unions; the parser makes it what it is

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _folder(text: str) -> Place:
    """Return a folder; an empty text, which would be the current one, is an unset variable."""
    if not text:
        raise typer.BadParameter("it is empty")
    return read_place(text)


def read_place(text: str) -> Place:
    """Return a path, or a place in an object store."""
    try:
        return place_of(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _megabytes(text: str) -> float:
    """Return a size; none, or one below zero, would reject every article; too large a one, none."""
    try:
        size = float(text)
    except ValueError:
        size = 0
    if not 0 < size <= MOST_ARTICLE_MB:
        raise typer.BadParameter(f"it is no size above 0, such as 2 or 0.5, and up to {MOST_ARTICLE_MB:,}")
    return size


Raw = Annotated[
    Place | None,
    typer.Option(parser=_folder, metavar="PLACE", help="Raw root, or s3://… Default: the one before, else data/raw."),
]
RawToCompare = Annotated[
    Place | None,
    typer.Option(parser=_folder, metavar="PLACE", help="Compare the raw files below this root with the ledger, too."),
]
Processed = Annotated[Place, typer.Option(parser=_folder, metavar="PLACE", help="Processed root, or s3://…")]
Metadata = Annotated[
    Place | None,
    typer.Option(parser=read_place, metavar="PLACE", help="Side file: CSV, TSV or JSONL. Default: the one before."),
]
Corrections = Annotated[
    Place | None,
    typer.Option(
        parser=read_place,
        metavar="PLACE",
        help="Corrections file: CSV. Default: the one before, else corrections.csv beside the raw root.",
    ),
]
Start = Annotated[
    datetime.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First publication date, such as 2016-03-01.")
]
End = Annotated[datetime.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last publication date.")]
Period = Annotated[PartitionBy | None, typer.Option("--partition-by", help="Period of a partition. Default: month.")]
Include = Annotated[list[str] | None, typer.Option(help="Ending of raw files, such as .txt; may be repeated.")]
Template = Annotated[
    list[str] | None,
    typer.Option("--path-template", help="How paths tell outlet and date, such as {outlet}/{date}/{slug}; repeatable."),
]
MaxArticle = Annotated[
    float | None,
    typer.Option(
        "--max-article-mb",
        parser=_megabytes,
        metavar="MB",
        help="Reject larger articles, in millions of bytes, unpacked. Default: as before, else 2.",
    ),
]
QuoteKind = StrEnum("QuoteKind", {kind.upper(): kind for kind in QUOTE_KINDS})  # type: ignore[misc]
Outlets = Annotated[list[str] | None, typer.Option("--outlet", help="Only articles of this outlet; may be repeated.")]
Kinds = Annotated[
    list[QuoteKind] | None, typer.Option("--kind", help="Only quotes of this kind, such as quotation; may be repeated.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Wait = Annotated[float, typer.Option(min=0, help="Seconds to wait for another writer.")]

# Whatever str.isprintable may be false for; of JSON itself only line feeds.
_SUSPECT = re.compile("[^\n\x20-\x7e\xa1-\xac\xae-\u02ff]+")

# What a user can mend: errors of usage, and runs that fail.
USAGE = (FilterError, MissingStoreLibrary, OptionsError, RawRootError, SelectionError, UnknownVersion)
FAILED = (
    ClusterLost,
    DatasetBusy,
    DatasetDamaged,
    DatasetHeld,
    PrefectUnreachable,
    TooManyRejected,
    VersionTaken,
    WorkerLost,
    OSError,
)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"newsframes {metadata.version('newsframes')}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Raw news text in; article, paragraph and quote tables out, as partitioned Parquet."""


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn what a user can mend into one line: exit code 2 for wrong usage, 1 for a run that failed."""
    try:
        yield
    except BrokenPipeError:  # whoever read has had enough, and typer ends without a word
        raise
    except USAGE as error:
        say_to_terminal(f"newsframes: {error}")
        raise typer.Exit(2) from None
    except FAILED as error:
        say_to_terminal(f"newsframes: {_plain(error)}")
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        say_to_terminal("newsframes: stopped; the dataset is whole, and the next run takes up what was done")
        raise typer.Exit(130) from None


def _plain(error: Exception) -> str:
    """Return what an error says; of one of the system's its words and the file, without its number."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror + (f": {error.filename}" if error.filename else "")
    return str(error)


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    typer.echo(to_json(value))


def to_json(value: Any) -> str:
    """Return a value as JSON; nothing in it becomes active."""
    return inert_json(json.dumps(value, indent=1, ensure_ascii=False, default=str))


def inert_json(printed: str) -> str:
    """Return JSON in which control characters are its own escapes: it says the same, and nothing in it is active."""
    return _SUSPECT.sub(_unless_printable, printed)


def _unless_printable(match: re.Match[str]) -> str:
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in match[0])
