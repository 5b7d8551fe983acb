"""All that is read of a batch before anything is decided: lines, tokens, phrases, their context, pairs, facts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from transforms.quotes.model.candidates import Pairs, find_candidates
from transforms.quotes.model.closing import close_up
from transforms.quotes.model.context import Context, read_context
from transforms.quotes.model.facts import pair_facts
from transforms.quotes.model.lines import Article, Ints, Lines, read_lines
from transforms.quotes.model.phrases import Phrases, read_phrases
from transforms.quotes.model.shapes import Shapes, read_ends, read_shapes
from transforms.quotes.model.subjects import Subjects
from transforms.quotes.model.tokens import Hashes, Tokens, read_tokens
from transforms.quotes.model.weights import Weights

LevelsOf = Callable[[Lines, Tokens, Phrases], Ints]
"""How surely the head of each phrase is a cue, from 0 to 3."""


def cue_levels_of(weights: Weights) -> LevelsOf:
    """Return what tells cues from other words by what was learned."""
    return lambda lines, tokens, phrases: weights.levels(tokens.word_codes)[tokens.ids[phrases.last]]


class Reading(NamedTuple):
    """What was read of a batch's text, whichever spans are asked about."""

    lines: Lines
    tokens: Tokens
    phrases: Phrases
    context: Context
    subjects: Subjects


_PAIRS_AT_ONCE = 100_000
"""So many pairs take about 50 MB with their facts; a batch of ordinary articles has fewer."""


@dataclass(frozen=True)
class Analysis:
    """What was read of a batch."""

    lines: Lines
    tokens: Tokens
    phrases: Phrases
    context: Context
    subjects: Subjects
    shapes: Shapes
    pairs: Pairs

    @cached_property
    def facts(self) -> Mapping[str, Hashes]:
        """The facts of the pairs."""
        read = (self.lines, self.tokens, self.phrases, self.context, self.subjects)
        return pair_facts(*read, self.pairs, self.shapes)

    def parts(self) -> Iterator["Analysis"]:
        """Yield it in parts of some spans each, so that the facts of not too many pairs are in memory at once."""
        yield from (replace(self, pairs=part) for part in self.pairs.cut(_PAIRS_AT_ONCE))


def read(articles: Sequence[Article], levels_of: LevelsOf) -> Reading:
    """Return what is read of all paragraphs of a batch of articles, with their quoted spans closed up.

    Args:
        articles: The articles, with their spans.
        levels_of: Tells cues from other words.
    """
    lines = read_lines(articles, everything=True)
    return _read(lines, read_tokens(lines), read_ends(articles), levels_of)


def analyse(articles: Sequence[Article], levels_of: LevelsOf) -> Analysis:
    """Return what a ranker reads of a batch of articles.

    Args:
        articles: The articles, with their spans.
        levels_of: Tells cues from other words.
    """
    lines = read_lines(articles)
    return _analysed(lines, read_tokens(lines), read_shapes(articles), levels_of)


def analyse_further(reading: Reading, articles: Sequence[Article], levels_of: LevelsOf) -> Analysis:
    """Return what a ranker reads of a batch of which all was read before statements were found.

    Args:
        reading: What was read.
        articles: The articles, with those statements as spans, too.
        levels_of: Tells cues from other words.
    """
    return _analysed(*close_up(reading.lines, reading.tokens, articles), read_shapes(articles), levels_of)


def _analysed(lines: Lines, tokens: Tokens, shapes: Shapes, levels_of: LevelsOf) -> Analysis:
    reading = _read(lines, tokens, shapes.ends, levels_of)
    return Analysis(*reading, shapes, find_candidates(lines, reading.phrases))


def _read(lines: Lines, tokens: Tokens, ends: Ints, levels_of: LevelsOf) -> Reading:
    phrases = read_phrases(lines, tokens)
    context = read_context(lines, tokens, phrases, ends, levels_of(lines, tokens, phrases))
    return Reading(lines, tokens, phrases, context, Subjects(phrases, context))
