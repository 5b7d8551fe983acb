"""Articles for tests, and what is read of a paragraph by itself."""

import numpy as np

from transforms.quotes.marks import Paragraph, find_spans
from transforms.quotes.model.analysis import Analysis, analyse
from transforms.quotes.model.lines import Article


def article_of(*paragraphs: str) -> Article:
    """Return an article of these paragraphs of the body, with its quoted spans."""
    read, start = [], 0
    for position, text in enumerate(paragraphs):
        read.append(Paragraph(position, "body", text, start))
        start += len(text) + 2
    return Article("\n\n".join(paragraphs), read, find_spans(read))


def analysis_of(text: str) -> Analysis:
    """Return what is read of one paragraph when no word is known to report."""
    return analyse([article_of(text)], lambda lines, tokens, phrases: np.zeros(len(phrases.first), dtype=np.int64))
