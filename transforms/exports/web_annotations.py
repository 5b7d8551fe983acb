"""Quotes, speaker mentions and cues as W3C Web Annotations (https://www.w3.org/TR/annotation-model/), in JSON-LD.

One AnnotationCollection with one page; each annotation stands on a line of its own. A target is a piece of the text of
an article, `articles.text`, by position (in code points, as the model counts) and by its words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from transforms.exports.story import Row, Story

Json = dict[str, Any]

URN = "urn:x-newsframes:"
CONTEXT = ["http://www.w3.org/ns/anno.jsonld", {"newsframes": f"{URN}column:"}]
AROUND = 32
"""Characters before and after a piece of text that tell it from others of the same words."""

_OF_SPEAKER = ("speaker_role", "speaker_organisation", "speaker_kind", "reported_by", "evidence", "confidence")
_OF_QUOTE = ("utterance_id", "parent_id", "statement_start", "statement_end", "addressee")


def opening(version: int) -> bytes:
    """Return what stands before the first annotation.

    Args:
        version: Number of the dataset's version.
    """
    name = f"{URN}version:{version}"
    page = {"id": f"{name}:page", "type": "AnnotationPage", "partOf": name, "startIndex": 0}
    collection = {
        "@context": CONTEXT,
        "id": name,
        "type": "AnnotationCollection",
        "label": f"Quotes in news articles, with their speakers and cues; version {version}",
        "generator": {"id": f"{URN}software", "type": "Software", "name": "newsframes"},
        "last": page["id"],
    }
    return _unclosed(collection) + b',"first":' + _unclosed(page) + b',"items":['


def closing(count: int) -> bytes:
    """Return what stands after the last annotation, of so many."""
    return b'\n]},"total":%d}\n' % count


def lines(found: Iterable[Json]) -> Iterator[bytes]:
    """Yield the annotations, each on a line."""
    separator = b"\n"
    for annotation in found:
        yield separator + orjson.dumps(annotation)
        separator = b",\n"


def annotate(story: Story) -> Iterator[Json]:
    """Yield the annotations of an article: of each quote, then of the mention of its speaker and of its cue."""
    source = _source(story.article)
    for quote in story.quotes:
        yield _annotation(
            "quote", quote, _about_quote(quote), _target(source, story.text, quote["start"], quote["end"])
        )
        if quote["speaker_start"] is not None:
            target = _target(source, story.text, quote["speaker_start"], quote["speaker_end"])
            yield _annotation("speaker", quote, [*_about_speaker(quote), _link(quote)], target)
        if quote["cue_start"] is not None:
            target = _target(source, story.text, quote["cue_start"], quote["cue_end"])
            yield _annotation("cue", quote, [*_about_cue(quote), _link(quote)], target)


_MOTIVATIONS = {"quote": "classifying", "speaker": "identifying", "cue": "describing"}


def _annotation(kind: str, quote: Row, body: list[Json], target: Json) -> Json:
    return {
        "id": f"{URN}{kind}:{quote['quote_id']}",
        "type": "Annotation",
        "motivation": _MOTIVATIONS[kind],
        "body": body,
        "target": target,
    }


def _about_quote(quote: Row) -> list[Json]:
    words = [quote["kind"], quote["quote_type"]]
    bodies = [_textual("classifying", word) for word in words if word is not None]
    bodies[0] |= _columns(quote, _OF_QUOTE)
    return [*bodies, *_about_speaker(quote), *_about_cue(quote)]


def _about_speaker(quote: Row) -> list[Json]:
    """Return who said it, as far as that is known."""
    if quote["speaker"] is None:
        return []
    known = {"newsframes:speaker_id": quote["speaker_id"], **_columns(quote, _OF_SPEAKER)}
    return [_textual("identifying", quote["speaker"]) | known]


def _about_cue(quote: Row) -> list[Json]:
    if quote["cue"] is None:
        return []
    return [_textual("describing", quote["cue"]) | _columns(quote, ("cue_lemma", "polarity"))]


def _link(quote: Row) -> Json:
    return {"type": "SpecificResource", "purpose": "linking", "source": f"{URN}quote:{quote['quote_id']}"}


def _textual(purpose: str, value: str) -> Json:
    return {"type": "TextualBody", "purpose": purpose, "value": value, "format": "text/plain"}


def _columns(quote: Row, names: Iterable[str]) -> Json:
    return {f"newsframes:{name}": quote[name] for name in names if quote[name] is not None}


def _target(source: Json, text: str, start: int, end: int) -> Json:
    words = {
        "type": "TextQuoteSelector",
        "exact": text[start:end],
        "prefix": text[max(start - AROUND, 0) : start],
        "suffix": text[end : end + AROUND],
    }
    return {"source": source, "selector": [{"type": "TextPositionSelector", "start": start, "end": end}, words]}


def _source(article: Row) -> Json:
    """Return what an article is to a reader who does not have it at hand, in the terms of Dublin Core."""
    date = article["published_date"]
    known = {
        "language": article["language"],
        "dc:title": article["title"],
        "dc:creator": article["byline"],
        "dc:publisher": article["outlet"],
        "dc:date": date.isoformat() if date else None,
        "newsframes:raw_path": article["raw_path"],
    }
    source = {"id": f"{URN}article:{article['article_id']}", "type": "Text", "format": "text/plain"}
    return source | {name: value for name, value in known.items() if value is not None}


def _unclosed(value: Mapping[str, Any]) -> bytes:
    """Return a JSON object without its last bracket, to which more is added."""
    return orjson.dumps(value)[:-1]
