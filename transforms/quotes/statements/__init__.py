"""What is reported without quotation marks: which words report, what they report, and how surely."""

from collections.abc import Sequence

from transforms.quotes.model.analysis import Reading
from transforms.quotes.model.lines import Article
from transforms.quotes.silences import find_silences
from transforms.quotes.statements.find import find_statements
from transforms.quotes.statements.spans import with_statements
from transforms.quotes.statements.weights import load_statement_weights

__all__ = ["report"]


def report(articles: Sequence[Article], reading: Reading) -> list[Article]:
    """Return English articles with a span for each statement beside the quoted ones; see `spans.with_statements`.

    Args:
        articles: The articles, with their quoted spans.
        reading: What was read of them.
    """
    silences = find_silences(reading.lines, reading.tokens, reading.phrases, reading.subjects)
    statements = find_statements(reading, load_statement_weights(), silences)
    return with_statements(articles, reading, statements, silences)
