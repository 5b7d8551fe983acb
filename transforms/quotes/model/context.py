"""What stands around each phrase of a batch: its sentence, the verbs beside it, how its entity fares in the article."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from transforms.quotes.model.lines import Ints, Lines
from transforms.quotes.model.phrases import Paths, Phrases
from transforms.quotes.model.tokens import Hashes, Letters, Tokens, is_of

Flags = npt.NDArray[np.bool_]

_WORDLY = "IFTSJLORW"
"""Kinds whose word tells what follows: it is kept in the paths."""
_CUE_LEVEL = 2
_PASSED_OVER = "BAMD"
"""Kinds that a skeleton of a sentence leaves out."""


@dataclass(frozen=True)
class Context:
    """Facts of phrases; all arrays have one entry a phrase unless said otherwise. Some are found when first asked for.

    Attributes:
        kinds: Kind of phrase.
        articles: Position of its article in the batch.
        heads: Hash of the head word.
        firsts: Hash of the first word.
        is_cue: Whether it is a verb group, or "according", that reports speech.
        levels: How surely it is one, from 0 to 3; of verb groups, "according" and nouns.
        marks: What a quoted span ends in: see `shapes.Shapes.ends`; 0 for others.
        sentences: Number of its sentence in the batch.
        noun_counts: Noun phrases before it in the batch.
        fine: Paths of words and kinds.
        coarse: Paths of kinds alone.
        skeleton: Paths of kinds, without adverbs, times and prepositional phrases.
    """

    kinds: Letters
    articles: Ints
    heads: Hashes
    firsts: Hashes
    is_cue: Flags
    levels: Ints
    marks: Ints
    sentences: Ints
    noun_counts: Ints
    fine: Paths
    coarse: Paths
    skeleton: Paths

    @cached_property
    def sentence_starts(self) -> Ints:
        """The first phrase of each phrase's sentence."""
        begins = np.diff(self.sentences, prepend=-1) > 0
        return np.asarray(np.nonzero(begins)[0][np.cumsum(begins) - 1])

    @cached_property
    def verbs_after(self) -> Ints:
        """Nearest verb group after it in its sentence, or -1."""
        return _nearest(is_of(self.kinds, "vpgx"), self.sentences, ahead=True)

    @cached_property
    def cues_before(self) -> Ints:
        """Nearest cue before it in its sentence, or -1."""
        return _nearest(self.is_cue, self.sentences, ahead=False)

    @cached_property
    def cues_after(self) -> Ints:
        """Nearest cue after it in its line, not beyond the next span, or -1."""
        return _nearest(self.is_cue, self._blocks, ahead=True)

    @cached_property
    def cues_left(self) -> Ints:
        """Nearest cue before it in its line, not beyond the span before, or -1."""
        return _nearest(self.is_cue, _before(self._blocks), ahead=False)

    @cached_property
    def _blocks(self) -> Ints:
        return np.cumsum(is_of(self.kinds, "Q|"), dtype=np.int64)

    @cached_property
    def entities(self) -> Ints:
        """Number of what its head names in its article."""
        keys = self.heads + self.articles.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        return np.unique(keys, return_inverse=True)[1].reshape(-1)


def read_context(lines: Lines, tokens: Tokens, phrases: Phrases, ends: Ints, levels: Ints) -> Context:
    """Return the facts of phrases.

    Args:
        lines: The batch's lines.
        tokens: Their tokens.
        phrases: Their phrases.
        ends: What each span of the batch ends in, as a small number.
        levels: How surely the head of each phrase is a cue, from 0 to 3; see `cues.cue_levels`.
    """
    kinds = phrases.kinds
    heads, firsts = tokens.codes(phrases.last), tokens.codes(phrases.first)
    levels = np.where(is_of(kinds, "vpgiLN"), levels, 0)
    cues = (levels >= _CUE_LEVEL) & ~is_of(kinds, "N")
    marks = np.append(ends, 0)[phrases.spans]  # that of none is the last
    sentences = _sentences(tokens, phrases, marks)
    letters = kinds.astype(np.uint64) + np.uint64(128) * levels.astype(np.uint64)
    letters = letters + np.uint64(512) * marks.astype(np.uint64)
    is_worded = is_of(kinds, _WORDLY) | cues
    fine = np.where(is_worded, heads * np.uint64(3), 0) + letters
    is_dropped = is_of(kinds, _PASSED_OVER) | _in_prepositional(kinds)
    return Context(
        kinds=kinds,
        articles=lines.articles[phrases.lines],
        heads=heads,
        firsts=firsts,
        is_cue=cues,
        levels=levels,
        marks=marks,
        sentences=sentences,
        noun_counts=np.cumsum(is_of(kinds, "NPRWO")),
        fine=Paths(_spread(fine)),
        coarse=Paths(_spread(letters)),
        skeleton=Paths(np.where(is_dropped, 0, _spread(letters))),
    )


def _spread(values: Hashes) -> Hashes:
    """Return a well-mixed number for each small one."""
    mixed = (values + np.uint64(1)) * np.uint64(0xD6E8FEB86659FD93)
    mixed ^= mixed >> np.uint64(32)
    return mixed * np.uint64(0xD6E8FEB86659FD93)


def _sentences(tokens: Tokens, phrases: Phrases, marks: Ints) -> Ints:
    """Return the number of each phrase's sentence; a span that ends in a stop ends one if a capital follows."""
    kinds = phrases.kinds
    following = np.append(kinds[1:], ord("|"))
    next_capital = np.append(tokens.facts.is_capital[phrases.first][1:], True)
    stops = (
        is_of(kinds, ".") & ~is_of(following, "),") | is_of(kinds, "|") | ((marks >= 2) & (marks <= 3) & next_capital)
    )
    return np.cumsum(np.concatenate([[False], stops[:-1]]))


def _before(blocks: Ints) -> Ints:
    """Return the block of the phrase before each: a span that closes a block belongs to it."""
    return np.concatenate([np.zeros(min(1, len(blocks)), dtype=np.int64), blocks[:-1]])


def _nearest(flags: Flags, blocks: Ints, *, ahead: bool) -> Ints:
    """Return the nearest flagged phrase after each (before, if not ahead) in the same block, or -1."""
    size = len(flags)
    at = np.arange(size)
    if ahead:
        found = np.where(flags, at, size)
        found = np.append(np.minimum.accumulate(found[::-1])[::-1][1:], size)
    else:
        found = np.concatenate([[-1], np.maximum.accumulate(np.where(flags, at, -1))[:-1]])
    valid = (found >= 0) & (found < size)
    found = np.where(valid, found, 0)
    # A span in between starts a new block, so that equal numbers mean that nothing stands between.
    return np.where(valid & (blocks[found] == blocks), found, -1)


def _in_prepositional(kinds: Letters) -> Flags:
    """Return which phrases are a preposition before a noun phrase, or that noun phrase."""
    begins = is_of(kinds, "IFT") & is_of(np.append(kinds[1:], ord("|")), "NPMCO")
    return np.asarray(begins | np.concatenate([[False], begins[:-1]]), dtype=np.bool_)


def speaking(context: Context) -> tuple[Flags, Flags]:
    """Return which phrases have a cue for their verb, no noun phrase between, and which stand right after a cue."""
    verbs = context.verbs_after
    direct = (verbs >= 0) & context.is_cue[verbs] & (context.noun_counts[verbs] == context.noun_counts)
    return direct, (context.cues_before >= 0) & (np.arange(len(verbs)) - context.cues_before == 1)


def sayers(phrases: Phrases, context: Context) -> Ints:
    """Return how often what each phrase names is the subject of a cue in its article."""
    direct, inverted = speaking(context)
    says = (direct & is_of(phrases.kinds, "NPR")) | (inverted & is_of(phrases.kinds, "NP"))
    counts = np.bincount(context.entities, weights=says, minlength=1)
    return counts[context.entities].astype(np.int64)
