"""All that is read of a batch before anything is decided: lines, tokens, phrases, their context, pairs, facts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from transforms.quotes.model.candidates import Pairs, find_candidates
from transforms.quotes.model.context import Context, read_context
from transforms.quotes.model.facts import pair_facts
from transforms.quotes.model.lines import Article, Ints, Lines, read_lines
from transforms.quotes.model.phrases import Phrases, read_phrases
from transforms.quotes.model.shapes import Shapes, read_shapes
from transforms.quotes.model.subjects import Subjects
from transforms.quotes.model.tokens import Hashes, Tokens, read_tokens

LevelsOf = Callable[[Lines, Tokens, Phrases], Ints]
"""How surely the head of each phrase is a cue, from 0 to 3."""


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
    facts: Mapping[str, Hashes]


def analyse(articles: Sequence[Article], levels_of: LevelsOf) -> Analysis:
    """Return what a ranker reads of a batch of articles.

    Args:
        articles: The articles, with their spans.
        levels_of: Tells cues from other words.
    """
    lines = read_lines(articles)
    tokens = read_tokens(lines)
    phrases = read_phrases(lines, tokens)
    shapes = read_shapes(articles)
    context = read_context(lines, tokens, phrases, shapes.ends, levels_of(lines, tokens, phrases))
    pairs = find_candidates(lines, phrases)
    subjects = Subjects(phrases, context)
    facts = pair_facts(lines, tokens, phrases, context, subjects, pairs, shapes)
    return Analysis(lines, tokens, phrases, context, subjects, shapes, pairs, facts)
