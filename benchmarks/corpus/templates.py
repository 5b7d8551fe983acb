"""Templates: texts in which some words are slots."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.corpus.words import PIECE, Words
from transforms.signatures import SHINGLE_WORDS

_MOST_KEPT = 0.75
"""Share of a text's shingles that two copies may have in common: it makes their similarity .6, well below .8."""
_ENDS = re.compile(r"(?<=[a-z]{3}[.!?]) (?=[A-Z])")
_MARKS = re.compile('[“”"‘«»]')
# What another sentence is needed for to be understood.
_LEANING = re.compile(
    r"\b(?:he|she|they|it|we|him|her|them|his|hers|their|its|this|that|these|those|such|another|other|both|also|but|and"
    r"|however|then|there|so|still|yet|meanwhile|instead|later|earlier|first|second|too|even|one|former|latter)\b",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True)
class Piece:
    """A text with slots.

    Attributes:
        parts: Literal text and words in turn: every second part is a word.
        slots: Of those words.
    """

    parts: list[str]
    slots: list[int]

    @classmethod
    def of(cls, text: str, words: Words) -> Piece:
        """Return a text as a piece."""
        parts, slots, end = [], [], 0
        for match in PIECE.finditer(text):
            slot = None if match["kept"] else words.slots.get(match[0])
            if slot is not None:
                parts += [text[end : match.start()], match[0]]
                slots.append(slot)
                end = match.end()
        return cls([*parts, text[end:]], slots)

    def fill(self, values: Sequence[str]) -> str:
        """Return the text with other words.

        Args:
            values: The word for each slot.
        """
        parts = self.parts.copy()
        parts[1::2] = [values[slot] for slot in self.slots]
        return "".join(parts)


@dataclass(frozen=True)
class Template:
    """A text whose words change, and the order of sentences where nothing leans on it.

    Attributes:
        blocks: Pieces one after the other; those of one block in any order, with a blank between them.
        skeleton: Letters and digits that stay; two texts of one skeleton could become the same.
        turns: How many texts it makes of which no two are alike.
    """

    blocks: list[list[Piece]]
    skeleton: str
    turns: int

    def fill(self, values: Sequence[str], keys: Sequence[float]) -> str:
        """Return the text with other words and, here and there, in another order.

        Args:
            values: The word for each slot.
            keys: By which sentences are sorted: near-duplicates stay so if theirs are the same.
        """
        return "".join(self._filled(values, keys))

    def _filled(self, values: Sequence[str], keys: Sequence[float]) -> Iterator[str]:
        for block in self.blocks:
            if len(block) == 1:
                yield block[0].fill(values)
            else:
                order = sorted(range(len(block)), key=lambda at: keys[at % len(keys)])
                yield " ".join([block[at].fill(values) for at in order])


def make_template(text: str, words: Words) -> Template | None:
    """Return a text as a template; None if too few words can change for copies to be other articles."""
    whole = Piece.of(text, words)
    if _kept_share(whole, words) > _MOST_KEPT:
        return None
    blocks = [[Piece.of(part, words) for part in parts] for parts in _in_blocks(text)]
    skeleton = "".join(_TOKEN.findall("\n".join(whole.parts[::2]).casefold()))
    return Template(blocks, skeleton, math.lcm(*{words.turns(slot) for slot in whole.slots}))


def _kept_share(piece: Piece, words: Words) -> float:
    """Return the share of runs of 5 words that stay whole in every copy."""
    changes = [
        at % 2 == 1 and words.turns(piece.slots[at // 2]) > 1
        for at, part in enumerate(piece.parts)
        for _ in _TOKEN.findall(part)
    ]
    runs = len(changes) - SHINGLE_WORDS + 1
    return sum(not any(changes[at : at + SHINGLE_WORDS]) for at in range(runs)) / runs if runs > 0 else 1.0


def _in_blocks(text: str) -> Iterator[list[str]]:
    """Yield texts that stay where they are, alone, and the sentences of paragraphs that may change places."""
    fixed = ""
    for at, paragraph in enumerate(text.split("\n\n")):
        fixed += "\n\n" if at else ""
        sentences = _ENDS.split(paragraph)
        if len(sentences) > 1 and _is_loose(sentences):
            yield [fixed]
            yield sentences
            fixed = ""
        else:
            fixed += paragraph
    yield [fixed]


def _is_loose(sentences: Iterable[str]) -> bool:
    return not any(_MARKS.search(sentence) or _LEANING.search(sentence) for sentence in sentences)
