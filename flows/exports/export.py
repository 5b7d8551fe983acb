"""Export: the wanted articles of a version, with their paragraphs and quotes, in the format of somebody else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from flows.dataset.durable import whole_file
from flows.exports.brat import write_collection
from flows.exports.docbins import ENDING, blank_pipeline, docbin, write_docbins
from flows.exports.lines import jsonl, web_annotations
from flows.exports.output import refuse_output, whole_folder
from flows.exports.selection import Rows, Selection
from flows.exports.tables import write_csv
from flows.planning.lookup import current_version, find_article
from flows.planning.options import OptionsError
from flows.reading.filters import Filters
from flows.storage import Place
from transforms.schemas import ARTICLES, PARAGRAPHS, QUOTES

Format = Literal["jsonl", "csv", "webannotation", "brat", "spacy"]
FORMATS: tuple[Format, ...] = get_args(Format)
_FOLDERS = frozenset({"csv", "brat"})


@dataclass(frozen=True)
class Request:
    """What is to be exported.

    Attributes:
        processed: The processed root.
        format: The format.
        article: The article, as `find_article` takes it; None: all that are wanted.
        wanted: Which articles, and which of their quotes.
        output: The file or folder; None: standard output.
        is_raw: Whether cells of CSV that a spreadsheet would run as formulas stay as they are.
    """

    processed: Place
    format: Format
    article: str | None = None
    wanted: Filters = field(default_factory=Filters)
    output: Path | None = None
    is_raw: bool = False

    @property
    def is_folder(self) -> bool:
        """Whether it becomes a folder."""
        is_many = self.format == "spacy" and self.output is not None and self.output.suffix != ENDING
        return is_many or self.format in _FOLDERS


@dataclass
class Exported:
    """What was exported.

    Attributes:
        format: The format.
        version: Number of the version.
        output: The file or folder; None: standard output.
        articles: How many there were.
        paragraphs: Theirs.
        quotes: Those of their quotes that were wanted.
    """

    format: str
    version: int
    output: str | None
    articles: int = 0
    paragraphs: int = 0
    quotes: int = 0

    def counting(self, parts: Iterable[Rows]) -> Iterator[Rows]:
        """Pass rows on, and count them."""
        for rows in parts:
            self.articles += rows[ARTICLES.name].num_rows
            self.paragraphs += rows[PARAGRAPHS.name].num_rows
            self.quotes += rows[QUOTES.name].num_rows
            yield rows


def export(request: Request, to_standard_output: Callable[[Iterable[bytes], bool], None]) -> Exported:
    """Export what is requested of the current version.

    A file or folder takes its name when all of it is written. The same version makes the same bytes. Of the articles,
    some hundreds are in memory at a time, and of a single file for spaCy all.

    Args:
        request: What is requested.
        to_standard_output: Writes what there is, binary or not, if there is no output.

    Raises:
        OptionsError: There is no dataset, or no such article; the output is no place for it; or the format is spaCy's,
            and that is not installed.
        DatasetDamaged: A file of the dataset is not there, or not as it was written.
    """
    _refuse(request)
    version = current_version(request.processed)
    article_id = find_article(version, request.article) if request.article else None
    selection = Selection(version, request.wanted, article_id)
    exported = Exported(request.format, version.number, str(request.output) if request.output else None)
    parts = exported.counting(selection.read())
    if request.is_folder and request.output:
        with whole_folder(request.output) as folder:
            _write_folder(request, selection, parts, folder)
    elif request.output:
        with whole_file(request.output) as file:
            file.writelines(_contents(request, selection, parts))
    else:
        to_standard_output(_contents(request, selection, parts), request.format == "spacy")
    return exported


def _refuse(request: Request) -> None:
    wanted = request.wanted
    if request.article and (wanted.has_dates or wanted.outlets is not None):
        raise OptionsError("name an article, or the dates or outlets of articles, but not both")
    if request.is_folder and request.output is None:
        raise OptionsError(f"{request.format} is several files: name a new folder for them with --output")
    if request.is_raw and request.format != "csv":
        raise OptionsError("--raw-cells is for --format csv: nothing is changed in other formats")
    if request.output:
        refuse_output(request.output, request.processed, request.is_folder)
    if request.format == "spacy":
        blank_pipeline()


def _write_folder(request: Request, selection: Selection, parts: Iterable[Rows], folder: Path) -> None:
    if request.format == "csv":
        write_csv(parts, folder, selection.partial, request.is_raw)
    elif request.format == "brat":
        write_collection(parts, folder)
    else:
        write_docbins(parts, folder)


def _contents(request: Request, selection: Selection, parts: Iterable[Rows]) -> Iterator[bytes]:
    if request.format == "spacy":
        return docbin(parts)
    return jsonl(parts) if request.format == "jsonl" else web_annotations(parts, selection.version.number)
