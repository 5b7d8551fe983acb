"""Runs of capitalised words in an article, outside its headlines."""

from collections.abc import Sequence

from transforms.quotes.marks import HEADLINES, Paragraph
from transforms.quotes.speakers.names import RUN


def find_runs(text: str, paragraphs: Sequence[Paragraph]) -> dict[str, list[int]]:
    """Return where each run of capitalised words stands."""
    positions: dict[str, list[int]] = {}
    for _, kind, printed, start in paragraphs:
        if kind not in HEADLINES:
            for match in RUN.finditer(text, start, start + len(printed)):
                run = match.group()
                if run in positions:
                    positions[run].append(match.start())
                else:
                    positions[run] = [match.start()]
    return positions


def has_article(text: str, printed: str, at: int) -> bool:
    """Whether a run stands after "the", as names of things do."""
    return printed.startswith("The ") or text[max(0, at - 4) : at].lower() == "the "
