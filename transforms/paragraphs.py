"""The rows of paragraphs: what every paragraph of an article is, and how long."""

import re
from collections.abc import Iterator
from importlib import resources

import pandas as pd
import sentencex

from transforms.openings import FRONT_COUNT, alphanumerics, is_dateline, parse_byline, title_length
from transforms.text import count_words

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
        rows += _rows(article_id, text, title if isinstance(title, str) else "", _sentence_language(language))
    return pd.DataFrame(rows, columns=_COLUMNS).astype(_TYPES)


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
_COLUMNS = list(_TYPES)
_Row = tuple[str, int, str, str, int, int, int, int, int]


def _rows(article_id: str, text: str, title: str, language: str) -> Iterator[_Row]:
    paragraphs = text.split(SEPARATOR) if text else []
    start = 0
    for index, (paragraph, kind) in enumerate(zip(paragraphs, classify(paragraphs, title), strict=True)):
        end = start + len(paragraph)
        sentences = count_sentences(paragraph, language)
        yield article_id, index, kind, paragraph, start, end, sentences, count_words(paragraph), 0
        start = end + len(SEPARATOR)


# sentencex has rules for these; any other text is cut by the rules for English, which know most abbreviations.
_SENTENCE_LANGUAGES = frozenset({
    "am", "ar", "as", "bg", "bn", "ca", "da", "de", "el", "en", "es", "fi", "fr", "gu", "hi", "hy", "it", "ja", "kk",
    "kn", "ml", "mr", "my", "nl", "or", "pa", "pl", "pt", "ru", "sk", "ta", "te",
})  # fmt: skip


def _sentence_language(language: object) -> str:
    return language if isinstance(language, str) and language in _SENTENCE_LANGUAGES else "en"


_PRINTED = re.compile(r"[^\W_]")


def count_sentences(paragraph: str, language: str = "en") -> int:
    """Return the number of sentences that hold a letter or digit."""
    return len(list(filter(_PRINTED.search, sentencex.segment(language, paragraph))))


def classify(paragraphs: list[str], title: str) -> list[str]:
    """Return the kind of every paragraph of one article.

    Precision first: what is not surely something else is body.

    Args:
        paragraphs: All paragraphs, in order.
        title: The article's title, empty if it has none.
    """
    kinds = [_kind_alone(paragraph, index) for index, paragraph in enumerate(paragraphs)]
    for index in _title_indices(paragraphs, title):
        kinds[index] = "title"
    return [
        "heading" if kind == "body" and _is_heading(paragraphs, kinds, index) else kind
        for index, kind in enumerate(kinds)
    ]


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
    """Whether a paragraph ends in the brackets of a picture's credit."""
    opening = paragraph.rfind("(", -_LONGEST_CREDIT) if ")" in paragraph[-2:] else -1
    return opening >= 0 and bool(_CREDIT.fullmatch(paragraph, opening))


def _title_indices(paragraphs: list[str], title: str) -> range:
    """Return which paragraphs print the title: the first, or the first two where a headline has two lines."""
    wanted = alphanumerics(title)
    for count in (1, 2):
        if wanted and wanted == alphanumerics(" ".join(paragraphs[:count])):
            return range(count)
    for index, paragraph in enumerate(paragraphs[1:FRONT_COUNT], start=1):
        if wanted and wanted == alphanumerics(paragraph):
            return range(index, index + 1)
    return range(title_length(paragraphs))


_MOST_HEADING_WORDS = 10
# A crosshead stands between whole sentences.
_WHOLE = re.compile(r"[.?!:…]['\"’”)\]]{0,3}\Z")
_STARTS_SENTENCE = re.compile(r"['\"‘“(\[]{0,2}[^\W_a-zß-öø-ÿ]")
# List items and times of day are no crossheads.
_NO_HEADING = re.compile(r"[-–—•*·]|\d{1,2}[:.]\d\d|\d+[.)]|[^\W\d_]+ \d{1,2}-\d{1,2} ")


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
    follows_whole = kinds[index - 1] != "body" or bool(_WHOLE.search(before[-5:]))
    return (
        follows_whole
        and bool(_STARTS_SENTENCE.match(after))
        and bool(_WHOLE.search(after[-5:]))
        and len(after) > len(text)
    )
