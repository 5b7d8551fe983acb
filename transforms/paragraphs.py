"""The rows of paragraphs: what every paragraph of an article is, and how long."""

import re
from collections.abc import Iterator
from importlib import resources

import numpy as np
import pandas as pd

from transforms.bylines import parse_byline
from transforms.datelines import is_dateline
from transforms.openings import FRONT_COUNT, alphanumerics, is_furniture, is_section, opening, title_range
from transforms.sentences import count_sentences, sentence_language
from transforms.text import count_words_by_paragraph

SEPARATOR = "\n\n"
"""What stands between two paragraphs, and nowhere inside one."""


def read_patterns(name: str) -> list[tuple[str, str]]:
    """Return the entries of a word list beside this module: a pattern and an example of it each."""
    lines = resources.files("transforms").joinpath(name).read_text("utf-8").splitlines()
    entries = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [(pattern, example) for pattern, example in entries]


def _compiled(name: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern, _ in read_patterns(name)))


_BOILERPLATE, _CAPTION, _CREDIT = _compiled("boilerplate.txt"), _compiled("captions.txt"), _compiled("credits.txt")
# Longer paragraphs are copy, whatever they begin with.
_LONGEST_BOILERPLATE, _LONGEST_CAPTION = 320, 700
_LONGEST_CREDIT = 130
_CREDIT_START = re.compile(r"\b(?:ap|afp|reuters|epa) photo/|(?<=[.!?\"”’)] )(?:photo )?credit: ")


def split_paragraphs(articles: pd.DataFrame) -> pd.DataFrame:
    """Return one row per paragraph, in reading order.

    `articles.text[start:end] == text` holds for every row, and only the blank lines between paragraphs are in none.

    Args:
        articles: Rows of `ARTICLES`; article_id, text, title and language are read.

    Returns:
        Rows of `PARAGRAPHS` with quote_count 0.
    """
    values = (articles[name].tolist() for name in ("article_id", "text", "title", "language"))
    rows: list[_Row] = []
    for article_id, text, title, language in zip(*values, strict=True):
        rows += _rows(article_id, text, title if isinstance(title, str) else "", sentence_language(language))
    columns = zip(*rows, strict=True) if rows else [()] * len(_TYPES)
    return pd.DataFrame({
        name: pd.array(list(column), dtype="str") if kind == "str" else np.array(column, kind)
        for (name, kind), column in zip(_TYPES.items(), columns, strict=True)
    })  # fmt: skip


_TYPES = {
    "article_id": "str",
    "paragraph_index": "int32",
    "kind": "str",
    "text": "str",
    "start": "int32",
    "end": "int32",
    "sentence_count": "int32",
    "word_count": "int32",
    "quote_count": "int32",
}
_Row = tuple[str, int, str, str, int, int, int, int, int]


def _rows(article_id: str, text: str, title: str, language: str) -> Iterator[_Row]:
    paragraphs = text.split(SEPARATOR) if text else []
    words = count_words_by_paragraph(text) if text else []
    start = 0
    for index, (paragraph, kind, count) in enumerate(zip(paragraphs, classify(paragraphs, title), words, strict=True)):
        end = start + len(paragraph)
        yield article_id, index, kind, paragraph, start, end, count_sentences(paragraph, language), count, 0
        start = end + len(SEPARATOR)


def classify(paragraphs: list[str], title: str) -> list[str]:
    """Return the kind of every paragraph of one article.

    Precision first: what is not surely something else is body.

    Args:
        paragraphs: All paragraphs, in order.
        title: The article's title, empty if it has none.
    """
    kinds = [_kind_alone(paragraph, index) for index, paragraph in enumerate(paragraphs)]
    title_indices = _title_indices(paragraphs, title)
    for index in range(title_indices.start):
        if is_section(paragraphs[index]) or is_furniture(paragraphs[index]):
            kinds[index] = "boilerplate"
    for index in title_indices:
        kinds[index] = "title"
    if "byline" in kinds:
        _keep_bylines(kinds, len(opening(paragraphs)))
    return [
        "heading" if kind == "body" and _is_heading(paragraphs, kinds, index) else kind
        for index, kind in enumerate(kinds)
    ]


# An author's name also stands below a story.
_SIGNATURES = 3


def _keep_bylines(kinds: list[str], body_start: int) -> None:
    """Make body again of what looks like a byline amid the body: a crosshead "By Land And Sea"."""
    for index in range(body_start, len(kinds) - _SIGNATURES):
        if kinds[index] == "byline":
            kinds[index] = "body"


def _kind_alone(paragraph: str, index: int) -> str:
    if len(paragraph) > _LONGEST_CAPTION:
        return "body"
    small = paragraph.lower()
    if len(small) <= _LONGEST_BOILERPLATE and _BOILERPLATE.fullmatch(small):
        return "boilerplate"
    if _CAPTION.fullmatch(small) or _ends_in_credit(small):
        return "caption"
    if parse_byline(paragraph):
        return "byline"
    if index < FRONT_COUNT and is_dateline(paragraph):
        return "dateline"
    return "body"


def _ends_in_credit(paragraph: str) -> bool:
    """Whether a paragraph ends in a picture's credit, in brackets or not."""
    if ")" in paragraph[-2:]:
        start = paragraph.rfind("(", -_LONGEST_CREDIT)
        return start >= 0 and bool(_CREDIT.fullmatch(paragraph, start))
    if "photo/" not in paragraph and "credit: " not in paragraph:
        return False
    return any(_CREDIT.fullmatch(paragraph, match.start()) for match in _CREDIT_START.finditer(paragraph))


def _title_indices(paragraphs: list[str], title: str) -> range:
    """Return which paragraphs print the title: the first, or the first two where a headline has two lines."""
    wanted = alphanumerics(title)
    for count in (1, 2):
        if wanted and wanted == alphanumerics(" ".join(paragraphs[:count])):
            return range(count)
    for index, paragraph in enumerate(paragraphs[1:FRONT_COUNT], start=1):
        if wanted and wanted == alphanumerics(paragraph):
            return range(index, index + 1)
    return title_range(paragraphs)


_MOST_HEADING_WORDS = 10
# A crosshead stands between whole sentences.
_WHOLE = re.compile(r"[.?!:…]['\"’”)\]]{0,3}\Z")
_STARTS_SENTENCE = re.compile(r"['\"‘“(\[]{0,2}[^\W_a-zß-öø-ÿ]")
# List items, times of day, bylines and addresses are no crossheads; nor are scores: "Ames 2-1 Boyd".
_NO_HEADING = re.compile(
    r"[-–—•*·]|\d{1,2}[:.]\d\d|\d+[.)]|[Bb][Yy] |(?:(?!https?://|www\.).){0,80}(?:https?://|www\.)"
    r"|[^\d]{1,60}\d{1,3} ?[-–] ?\d{1,3}(?!\d)|[^\d]{1,40} \d{1,3},? [^\d]{1,40} \d{1,3}\Z"
)
# Below a title a name, perhaps with an age, says whom the story is about or who wrote it.
_NAME = re.compile(r"(?:[A-Z][\w.'’-]{0,20} ){1,3}[A-Z][\w.'’-]{1,20}(?:,? \(?\d{1,3}\)?)?")


def _is_heading(paragraphs: list[str], kinds: list[str], index: int) -> bool:
    """Whether a short line without a final mark stands between two paragraphs of whole sentences."""
    text = paragraphs[index]
    if len(text) > 80 or not 0 < index < len(paragraphs) - 1 or kinds[index + 1] != "body":
        return False
    before, after = paragraphs[index - 1], paragraphs[index + 1]
    if text[-1] in ".?!:;,…'\"’”)-–—" or not _STARTS_SENTENCE.match(text) or _NO_HEADING.match(text):
        return False
    if len(text.split()) > _MOST_HEADING_WORDS or not any(c.isalpha() for c in text):
        return False
    if kinds[index - 1] == "title" and _NAME.fullmatch(text):
        return False
    follows_whole = kinds[index - 1] != "body" or bool(_WHOLE.search(before[-5:]))
    return (
        follows_whole
        and bool(_STARTS_SENTENCE.match(after))
        and bool(_WHOLE.search(after[-5:]))
        and len(after) > len(text)
    )
