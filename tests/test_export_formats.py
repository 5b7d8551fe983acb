"""Annotations are valid by the rules of their formats, and say what the tables say."""

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow as pa
import pytest
from conftest import rows
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import DocBin
from spacy.vocab import Vocab

from flows.exports import Format, Request, docbins, export
from transforms.exports.brat import ANNOTATION_CONF, pieces, standoff
from transforms.exports.story import Story, stories
from transforms.exports.web_annotations import annotate, closing, lines, opening
from transforms.schemas import ARTICLES, PARAGRAPHS, QUOTES

TEXTS = st.text(alphabet=st.sampled_from("ab😀é \t\n\r\x0b\x85\u2028<\"'&;")) | st.text(
    st.characters(exclude_categories=["Cs"])
)


def exported(processed: Path, output: Path, format_: Format) -> Path:
    export(Request(processed, format_, output=output), lambda contents, is_binary: None)
    return output


@st.composite
def made_stories(draw: st.DrawFn) -> Story:
    """An article of any characters, with a few spans anywhere in it."""
    text = draw(TEXTS.filter(lambda t: t.strip()))
    columns = {f.name: None for f in QUOTES.schema}
    found = []
    for number in range(draw(st.integers(0, 3))):
        start, end = (draw(st.integers(0, len(text) - 1)) for _ in range(2))
        start, end = min(start, end), max(start, end) + 1
        row = {"quote_id": f"a:{number}", "utterance_id": "a:0", "kind": "quotation", "quote_type": "direct"}
        row |= {"text": text[start:end], "start": start, "end": end, "statement_start": start, "statement_end": end}
        row |= {"speaker": draw(TEXTS), "speaker_id": "a:s", "speaker_start": start, "speaker_end": end}
        found.append({**columns, **row})
    article = {f.name: None for f in ARTICLES.schema} | {"article_id": "a", "text": text, "raw_path": "a.txt"}
    return Story(article, [], found)


# ---- Web Annotations

IRI = {"type": "string", "pattern": r"^[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+$"}
MOTIVATION = {"enum": ["classifying", "identifying", "describing", "linking"]}
# What the model says of the parts that are used (https://www.w3.org/TR/annotation-model/, sections 3, 4 and 5).
BODY = {
    "oneOf": [
        {
            "required": ["type", "value"],
            "properties": {"type": {"const": "TextualBody"}, "value": {"type": "string"}, "purpose": MOTIVATION},
        },
        {
            "required": ["type", "source"],
            "properties": {"type": {"const": "SpecificResource"}, "source": IRI, "purpose": MOTIVATION},
        },
    ]
}
POSITION = {
    "required": ["type", "start", "end"],
    "additionalProperties": False,
    "properties": {
        "type": {"const": "TextPositionSelector"},
        "start": {"type": "integer", "minimum": 0},
        "end": {"type": "integer", "minimum": 0},
    },
}
WORDS = {
    "required": ["type", "exact"],
    "additionalProperties": False,
    "properties": {
        "type": {"const": "TextQuoteSelector"},
        "exact": {"type": "string", "minLength": 1},
        "prefix": {"type": "string"},
        "suffix": {"type": "string"},
    },
}
ANNOTATION = {
    "required": ["id", "type", "motivation", "body", "target"],
    "additionalProperties": False,
    "properties": {
        "id": IRI,
        "type": {"const": "Annotation"},
        "motivation": MOTIVATION,
        "body": {"type": "array", "items": BODY, "minItems": 1},
        "target": {
            "required": ["source", "selector"],
            "properties": {
                "source": {"required": ["id", "type"], "properties": {"id": IRI, "type": {"const": "Text"}}},
                "selector": {"type": "array", "prefixItems": [POSITION, WORDS], "minItems": 2, "maxItems": 2},
            },
        },
    },
}
COLLECTION = {
    "required": ["@context", "id", "type", "label", "total", "first"],
    "properties": {
        "@context": {"type": "array", "prefixItems": [{"const": "http://www.w3.org/ns/anno.jsonld"}]},
        "id": IRI,
        "type": {"const": "AnnotationCollection"},
        "total": {"type": "integer", "minimum": 0},
        "first": {
            "required": ["id", "type", "partOf", "startIndex", "items"],
            "properties": {"id": IRI, "type": {"const": "AnnotationPage"}, "items": {"items": ANNOTATION}},
        },
    },
}


def refuse_broken(collection: dict[str, Any], texts: dict[str, str]) -> None:
    """Refuse a collection that breaks a rule of the model, or does not fit the texts."""
    jsonschema.validate(collection, COLLECTION)
    items = collection["first"]["items"]
    assert collection["total"] == len(items) == len({item["id"] for item in items})
    quotes = {item["id"] for item in items if ":quote:" in item["id"]}
    for item in items:
        text = texts[item["target"]["source"]["id"].rpartition(":")[2]]
        position, words = item["target"]["selector"]
        start, end = position["start"], position["end"]
        assert text[start:end] == words["exact"]
        assert text[:start].endswith(words["prefix"])
        assert text[end:].startswith(words["suffix"])
        assert {body["source"] for body in item["body"] if body["type"] == "SpecificResource"} <= quotes


def test_web_annotations_are_of_the_model_and_of_the_texts(samples: Path, tmp_path: Path) -> None:
    collection = json.loads(exported(samples, tmp_path / "x.jsonld", "webannotation").read_bytes())
    refuse_broken(collection, {row["article_id"]: row["text"] for row in rows(samples, "articles")})
    kinds = [item["id"].split(":")[2] for item in collection["first"]["items"]]
    table = rows(samples, "quotes")
    assert kinds.count("quote") == len(table)
    assert kinds.count("speaker") == sum(row["speaker_start"] is not None for row in table)
    assert kinds.count("cue") == sum(row["cue_start"] is not None for row in table)
    named = {
        item["id"].partition("quote:")[2]: next(
            (b["value"] for b in item["body"] if b["purpose"] == "identifying"), None
        )
        for item in collection["first"]["items"]
        if ":quote:" in item["id"]
    }
    assert named == {row["quote_id"]: row["speaker"] for row in table}


@given(made_stories())
def test_web_annotations_of_any_text(story: Story) -> None:
    found = list(annotate(story))
    written = b"".join([opening(1), *lines(found), closing(len(found))])
    refuse_broken(json.loads(written), {"a": story.text})


def test_every_annotation_has_a_line_of_its_own(samples: Path, tmp_path: Path) -> None:
    written = exported(samples, tmp_path / "x.jsonld", "webannotation").read_text(encoding="utf-8").split("\n")
    for line in written[1:-2]:
        assert json.loads(line.removesuffix(","))["type"] == "Annotation"


# ---- brat

SPAN = re.compile(r"(T\d+)\t(\w+) (\d+ \d+(?:;\d+ \d+)*)\t(.+)")
RELATION = re.compile(r"(R\d+)\t([\w-]+) Arg1:(T\d+) Arg2:(T\d+)")
ATTRIBUTE = re.compile(r"(A\d+)\t(\w+) (T\d+) (\w+)")
NOTE = re.compile(r"(#\d+)\tAnnotatorNotes (T\d+)\t(\S.*)")
LINE = {"T": SPAN, "R": RELATION, "A": ATTRIBUTE, "#": NOTE}


def read_brat(text: str, written: str) -> dict[str, list[tuple[str, ...]]]:
    """Return the annotations by the first letter of their ids; refuse what brat's own reader refuses."""
    found: dict[str, list[tuple[str, ...]]] = {letter: [] for letter in LINE}
    for line in written.splitlines():
        match = LINE[line[0]].fullmatch(line)
        assert match, line
        found[line[0]].append(match.groups())
    for _, _, offsets, words in found["T"]:
        spans = [tuple(map(int, piece.split(" "))) for piece in offsets.split(";")]
        assert all(start < end <= len(text) for start, end in spans)
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))
        assert " ".join(text[start:end] for start, end in spans) == words
    names = [row[0] for some in found.values() for row in some]
    assert len(names) == len(set(names))
    kinds = {name: kind for name, kind, _, _ in found["T"]}
    for _, kind, one, other in found["R"]:
        assert f"{kind}\tArg1:{kinds[one]}, Arg2:{kinds[other]}\n" in ANNOTATION_CONF
    for _, kind, target, value in found["A"]:
        (values,) = re.findall(rf"^{kind}\tArg:{kinds[target]}, Value:(\S+)$", ANNOTATION_CONF, re.MULTILINE)
        assert value in values.split("|")
    assert {target for _, target, _ in found["#"]} <= kinds.keys()
    return found


def test_brat_reads_what_the_tables_say(samples: Path, tmp_path: Path) -> None:
    folder = exported(samples, tmp_path / "brat", "brat")
    texts = {row["article_id"]: row["text"] for row in rows(samples, "articles")}
    files = {file.stem: file for file in folder.rglob("*.txt")}
    assert {name: file.read_bytes().decode() for name, file in files.items()} == texts
    found = {
        name: read_brat(texts[name], file.with_suffix(".ann").read_bytes().decode()) for name, file in files.items()
    }
    spans = {(name, row[1], row[2]) for name, some in found.items() for row in some["T"]}
    table = rows(samples, "quotes")
    for row in table:
        assert (row["article_id"], "Quote", f"{row['start']} {row['end']}") in spans
    assert sum(len(some["T"]) for some in found.values()) == len(spans)
    relations = [row[1] for some in found.values() for row in some["R"]]
    assert relations.count("Said-by") == sum(row["speaker_start"] is not None for row in table)
    assert relations.count("Continues") == sum(row["utterance_id"] != row["quote_id"] for row in table)
    assert {file.name for file in folder.iterdir() if file.is_file()} == {"annotation.conf", "visual.conf"}


@given(made_stories())
def test_brat_reads_any_text(story: Story) -> None:
    read_brat(story.text, standoff(story))


def test_span_over_lines_is_in_pieces() -> None:
    text = "one\n\ntwo\tand \x85 \u2028three"
    assert [text[start:end] for start, end in pieces(text, 1, len(text))] == ["ne", "two", "and ", "three"]
    assert pieces("a\n \nb", 1, 4) == []


# ---- spaCy


@pytest.mark.parametrize("name", ["x.spacy", "parts"])
def test_spacy_loads_what_the_tables_say(
    samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(docbins, "DOCUMENTS", 10)
    place = exported(samples, tmp_path / name, "spacy")
    files = [place] if place.is_file() else sorted(place.iterdir())
    assert len(files) == (1 if place.is_file() else 3)
    docs = [doc for file in files for doc in DocBin().from_disk(file).get_docs(Vocab())]
    texts = {row["article_id"]: row["text"] for row in rows(samples, "articles")}
    assert {doc.user_data["article"]["article_id"]: doc.text for doc in docs} == texts
    table = {row["quote_id"]: row for row in rows(samples, "quotes")}
    seen = set()
    for doc in docs:
        for group, start, end in (
            ("quotes", "start", "end"),
            ("speakers", "speaker_start", "speaker_end"),
            ("cues", "cue_start", "cue_end"),
        ):
            for span, row in zip(doc.spans[group], doc.spans[group].attrs["rows"], strict=True):
                told = table[span.id_]
                assert (row["quote_id"], row[start], row[end]) == (span.id_, told[start], told[end])
                assert span.start_char <= row[start] < row[end] <= span.end_char
                assert span.kb_id_ == (told["speaker_id"] or "")
                if doc.char_span(row[start], row[end]) is not None:
                    assert (span.start_char, span.end_char) == (row[start], row[end])
                seen.add((group, span.id_))
    assert {quote_id for group, quote_id in seen if group == "quotes"} == table.keys()


def test_a_story_without_quotes_has_empty_groups() -> None:
    article = {f.name: None for f in ARTICLES.schema} | {"article_id": "a", "text": "It rained."}
    tables = {
        "articles": pa.Table.from_pylist([article], pa.schema([(f.name, f.type) for f in ARTICLES.schema])),
        "paragraphs": PARAGRAPHS.schema.empty_table(),
        "quotes": QUOTES.schema.empty_table(),
    }
    (doc,) = docbins.documents([tables])
    assert {name: len(group) for name, group in doc.spans.items()} == {"quotes": 0, "speakers": 0, "cues": 0}
    (made,) = stories(tables)
    assert (standoff(made), list(annotate(made))) == ("", [])
