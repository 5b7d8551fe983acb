"""Articles as documents of spaCy, with quotes, speakers and cues as groups of spans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.dataset.durable import new_file
from flows.exports.selection import Rows
from flows.planning.options import OptionsError
from transforms.exports.story import Row, Story, stories

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, DocBin

ENDING = ".spacy"
DOCUMENTS = 1_000
"""Documents of a file, where there are several."""


def blank_pipeline() -> Language:
    """Return spaCy's English without any model: it cuts words, however long the text.

    Raises:
        OptionsError: It is not installed.
    """
    try:
        import spacy
    except ImportError as error:
        raise OptionsError("--format spacy needs spaCy: pip install 'newsframes[spacy]'") from error
    pipeline = spacy.blank("en")
    pipeline.max_length = 2**31 - 1
    return pipeline


def docbin(parts: Iterable[Rows]) -> Iterator[bytes]:
    """Yield all documents as one DocBin, which is in memory as a whole."""
    yield _bin(documents(parts)).to_bytes()


def write_docbins(parts: Iterable[Rows], folder: Path) -> None:
    """Write DocBins of `DOCUMENTS` documents each; the last one may have fewer, and there is one at least."""
    left = documents(parts)
    number, some = 0, list(islice(left, DOCUMENTS))
    while some or not number:
        with new_file(folder / f"part-{number:05d}{ENDING}") as file:
            file.write(_bin(some).to_bytes())
        number, some = number + 1, list(islice(left, DOCUMENTS))


def documents(parts: Iterable[Rows]) -> Iterator[Doc]:
    """Yield a document an article."""
    pipeline = blank_pipeline()
    for rows in parts:
        for story in stories(rows):
            yield _document(pipeline, story)


def _bin(docs: Iterable[Doc]) -> DocBin:
    from spacy.tokens import DocBin

    return DocBin(attrs=[], store_user_data=True, docs=docs)


def _document(pipeline: Language, story: Story) -> Doc:
    """Return a document whose user data has the row of its article, and whose groups of spans have those of its quotes.

    A span is of whole words: where its offsets are within one, it has all of that; `rows` of its group has the offsets.
    """
    doc = pipeline.make_doc(story.text)
    doc.user_data["article"] = {name: _plain(value) for name, value in story.article.items() if name != "text"}
    _add_group(doc, "quotes", story.quotes, ("start", "end"), "kind")
    speakers = [quote for quote in story.quotes if quote["speaker_start"] is not None]
    _add_group(doc, "speakers", speakers, ("speaker_start", "speaker_end"), "speaker_kind")
    cues = [quote for quote in story.quotes if quote["cue_start"] is not None]
    _add_group(doc, "cues", cues, ("cue_start", "cue_end"), "cue_lemma")
    return doc


def _add_group(doc: Doc, name: str, quotes: list[Row], offsets: tuple[str, str], label: str) -> None:
    """Add a group of spans: each has the id of its quote and of its speaker."""
    from spacy.tokens import SpanGroup

    spans = [
        doc.char_span(
            *(quote[column] for column in offsets),
            label=quote[label] or "",
            kb_id=quote["speaker_id"] or "",
            span_id=quote["quote_id"],
            alignment_mode="expand",
        )
        for quote in quotes
    ]
    rows = [{column: quote[column] for column in quote if column != "article_id"} for quote in quotes]
    doc.spans[name] = SpanGroup(doc, name=name, spans=spans, attrs={"rows": rows})


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
