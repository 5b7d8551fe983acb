"""What is learned from: each article of gold as it is, with British marks, and with marks around reported words."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from training.gold import GoldArticle
from training.gold import Span as Stretch
from transforms.quotes.cues import reports
from transforms.quotes.marks import Report, Span, find_spans, merged
from transforms.quotes.model.lines import Article
from transforms.quotes.model.tokens import code_of

_BRITISH_KIND = 0.25
_MARKED = 0.25
_COPIES, _TOLD_COPIES = 4, 2
"""Copies with marks around reported words, and others in which they are statements whose cue is known."""
_SHARE = 0.4
"""Of what an article reports without marks, so much is put between marks in each copy: the rest keeps its context."""
_WHOLE = 0.3
_FRAGMENTS = (1, 1, 2, 2, 3, 4, 5, 6, 8, 12)
"""So often it is all words; else so many, every length as probable, at the end of them as often as anywhere."""


class Example(NamedTuple):
    """An article to learn from.

    Attributes:
        gold: The article, with the spans to learn from.
        original: Position of the article that it is, or is a copy of.
        is_copy: Whether it is a copy.
        of_speakers: What each span counts where speakers are learned.
        of_kinds: What each counts where kinds are learned.
    """

    gold: GoldArticle
    original: int
    is_copy: bool
    of_speakers: Sequence[float]
    of_kinds: Sequence[float]


def examples_of(gold: Sequence[GoldArticle]) -> list[Example]:
    """Return the articles and their copies, by kind of copy."""
    out = [_weighted(one, at, 1, 1, is_copy=False) for at, one in enumerate(gold)]
    out += [_weighted(in_british_marks(one), at, 1, _BRITISH_KIND, is_copy=True) for at, one in enumerate(gold)]
    chance = random.Random(1)
    kinds = [False] * _COPIES + [True] * _TOLD_COPIES
    return out + [with_more_marks(one, at, chance, are_told=told) for told in kinds for at, one in enumerate(gold)]


def _weighted(one: GoldArticle, at: int, of_speakers: float, of_kinds: float, *, is_copy: bool) -> Example:
    size = len(one.article.spans)
    return Example(one, at, is_copy, [of_speakers] * size, [of_kinds] * size)


def in_british_marks(one: GoldArticle) -> GoldArticle:
    """Return the article with single quotation marks, and its commas outside them; its words are the same.

    The gold is American; this is how British copy would print it. An article that has single marks has no spans here.
    """
    text = one.article.text
    if "‘" in text:
        return replace(one, article=one.article._replace(spans=[]))
    paragraphs = [p._replace(text=_british(p.text)) for p in one.article.paragraphs]
    return replace(one, article=Article(_british(text), paragraphs, find_spans(paragraphs)))


def _british(text: str) -> str:
    for american, british in (("“", "‘"), (",”", "’,"), ("”", "’"), (',"', "',"), ('"', "'")):
        text = text.replace(american, british)
    return text


def with_more_marks(one: GoldArticle, at: int, chance: random.Random, *, are_told: bool) -> Example:
    """Return the article with some of what it reports in other words taken for quoted, whole or in fragments.

    Gold tells who said it, so that these spans teach where speakers stand, three for each one that is really quoted;
    whether they are quotations they cannot teach. The text stays as it is: the marks have no width.

    Args:
        one: The article.
        at: Its position in gold.
        chance: What decides which words.
        are_told: Whether they are statements: whole, and with a cue that is known.
    """
    taken = [(span.outer_start, span.outer_end) for span in one.article.spans]
    added = list(_marked(one, taken, chance, are_told))
    spans, places = merged(one.article.spans, added)
    of_speakers = [0.0] * len(spans)
    for place in places:
        of_speakers[place] = _MARKED
    return Example(replace(one, article=one.article._replace(spans=spans)), at, True, of_speakers, [0.0] * len(spans))


def _marked(one: GoldArticle, taken: list[Stretch], chance: random.Random, are_told: bool) -> Iterator[Span]:
    """Yield spans of reported words, each of which is added to the stretches taken."""
    text, paragraphs, _ = one.article
    reported = list(_reported(one, taken))
    chance.shuffle(reported)
    for words, cue in reported:
        chosen = words if are_told else _chosen(words, chance)
        start, end = one.ours.spans[chosen[0]][0], one.ours.spans[chosen[-1]][1]
        end += text[end : end + 1] in (".", ",", "?", "!")
        inside = (p for p, paragraph in enumerate(paragraphs) if _holds(paragraph.start, paragraph.text, start, end))
        position = next(inside, None)
        is_free = all(end <= low or high <= start for low, high in taken)
        if chance.random() < _SHARE and is_free and position is not None and paragraphs[position].kind == "body":
            taken.append((start, end))
            yield Span(position, "", start, end, start, end, True, report=Report(cue if are_told else -1, 1.0))


def _holds(paragraph_start: int, paragraph: str, start: int, end: int) -> bool:
    return paragraph_start <= start and end <= paragraph_start + len(paragraph)


def _chosen(words: Sequence[int], chance: random.Random) -> Sequence[int]:
    if chance.random() < _WHOLE:
        return words
    count = min(len(words), chance.choice(_FRAGMENTS))
    first = len(words) - count
    if chance.random() < 0.5:
        first = chance.randint(0, first)
    return words[first : first + count]


def _reported(one: GoldArticle, quoted: Sequence[Stretch]) -> Iterator[tuple[list[int], int]]:
    """Yield the words of each attribution to a speaker that has no quoted ones; of words apart, the longest stretch.

    The offset of its cue, or -1, goes with it.
    """
    to_ours = {theirs: ours for ours, theirs in one.to_gold.items()}
    in_quotes = one.ours.within(quoted)
    for attribution in one.attributions:
        words = sorted(to_ours[word] for word in attribution.content if word in to_ours)
        if attribution.speaker and words:
            stretch = max(_stretches(words), key=len)
            if in_quotes.isdisjoint(stretch):
                yield stretch, _cue(one, [to_ours[word] for word in attribution.cue if word in to_ours])


def _cue(one: GoldArticle, words: Sequence[int]) -> int:
    """Return the offset of the last word of a cue that reports speech, or of its last."""
    codes = np.array([code_of(one.ours.words[word]) for word in words], dtype=np.uint64)
    best = max(zip(reports(codes).tolist(), words, strict=True), default=None)
    return -1 if best is None else one.ours.spans[best[1]][0]


def _stretches(numbers: Sequence[int]) -> list[list[int]]:
    out = [[numbers[0]]]
    for number in numbers[1:]:
        if number == out[-1][-1] + 1:
            out[-1].append(number)
        else:
            out.append([number])
    return out
