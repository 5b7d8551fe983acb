"""The facts that features are made of: small numbers and hashes for each pair of span and candidate, and each span."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from transforms.quotes.model.candidates import Pairs
from transforms.quotes.model.context import Context, sayers, speaking
from transforms.quotes.model.lines import Ints, Lines
from transforms.quotes.model.phrases import Phrases
from transforms.quotes.model.shapes import Shapes
from transforms.quotes.model.subjects import Subjects
from transforms.quotes.model.tokens import Hashes, Letters, Tokens, is_of


def bucket(counts: Ints) -> Ints:
    """Return small counts as they are and larger ones by their magnitude."""
    counts = np.maximum(counts, -1)
    return np.where(counts < 5, counts, np.where(counts < 8, 5, np.where(counts < 14, 6, np.where(counts < 30, 7, 8))))


def pair_facts(
    lines: Lines,
    tokens: Tokens,
    phrases: Phrases,
    context: Context,
    subjects: Subjects,
    pairs: Pairs,
    shapes: Shapes,
) -> dict[str, Hashes]:
    """Return the facts that the speaker templates name, one entry a pair."""
    c, lag = pairs.phrases, pairs.lags
    q = phrases.of_spans[pairs.spans]
    is_before = c < q
    here = lag == 0
    side = np.where(here, np.where(is_before, 1, 2), 0)
    low, high = np.minimum(c, q), np.maximum(c, q)
    nouns = np.minimum(np.abs(context.noun_counts[q] - context.noun_counts[c]) - (c > q), 9)
    nouns = np.where(here, nouns, _from_edge(context, phrases, c, lag))
    fine, steps = context.fine.between(low + 1, high)
    near = here & (steps <= 7)
    coarse, steps_coarse = context.coarse.between(low + 1, high)
    skeleton, steps_skeleton = context.skeleton.between(low + 1, high)
    far = np.uint64(1)
    verb = context.verbs_after[c]
    v = np.maximum(verb, 0)
    verb_path = context.coarse.between(c + 1, np.maximum(v, c + 1))[0]
    v_low, v_high = np.minimum(v, q), np.maximum(v, q)
    verb_span = context.coarse.between(v_low + 1, v_high)[0]
    cue = context.cues_before[c]
    k = np.maximum(cue, 0)
    left, right = context.cues_left[q], context.cues_after[q]
    line = lines.span_lines[pairs.spans]
    outlines = _line_shapes(phrases)
    said, speaks = sayers(phrases, context), _speaks(phrases, context)
    heads, kinds = context.heads, phrases.kinds
    own = _cues_of(phrases, context, subjects)[c]
    o = np.maximum(own, 0)
    cues = np.cumsum(context.is_cue)
    is_near = context.sentences[o] == context.sentences[q]
    own_rank = np.where(own >= 0, np.minimum(np.abs(cues[o] - cues[q]), 4) * 4 + (o < q) * 2 + is_near, 99)
    kind = np.where(kinds[c] == ord("R"), heads[c], kinds[c].astype(np.uint64))
    before, before2, after, after2 = _neighbours(kinds, c)
    q_before, q_before2, q_after, q_after2 = _neighbours(kinds, q)
    words = np.where(kinds == ord("Q"), context.marks.astype(np.uint64) + np.uint64(7), heads)
    words = np.where(is_of(kinds, "P"), np.uint64(5), np.where(is_of(kinds, "CM"), np.uint64(6), words))
    facts = {
        "lag": lag, "side": side, "nouns": nouns, "place": lag * 64 + side * 16 + nouns, "kind": kind,
        "fine": np.where(near, fine, far), "coarse": np.where(here & (steps_coarse <= 14), coarse, far),
        "skeleton": np.where(here & (steps_skeleton <= 14), skeleton, far), "mark": shapes.ends[pairs.spans],
        "verb": np.where(verb >= 0, heads[v], 0), "verb_path": np.where(verb >= 0, verb_path, far),
        "verb_cue": np.where(verb >= 0, kinds[v].astype(np.int64) * 4 + context.levels[v], 0),
        "verb_nouns": np.where(verb >= 0, np.minimum(context.noun_counts[v] - context.noun_counts[c], 3), 4),
        "verb_span": np.where(here & (verb >= 0) & (v_high - v_low <= 12), verb_span, far),
        "verb_span_skeleton": np.where(here & (verb >= 0), context.skeleton.between(v_low + 1, v_high)[0], far),
        "verb_distance": np.where(here & (verb >= 0), bucket(v_high - v_low) * 2 + (v < q), 99),
        "cue_before": np.where(cue >= 0, heads[k], 0),
        "cue_path": np.where((cue >= 0) & (c - k <= 6), context.coarse.between(k + 1, np.maximum(c, k + 1))[0], far),
        "cue_distance": np.where(here & (cue >= 0), bucket(np.abs(k - q)) * 2 + (k < q), 99),
        "cue_is_after": (cue >= 0) & (cue == context.cues_after[q]),
        "cue_is_left": (cue >= 0) & (cue == context.cues_left[q]),
        "verb_is_after": np.where(context.cues_after[q] < 0, 2, verb == context.cues_after[q]),
        "verb_is_left": np.where(context.cues_left[q] < 0, 2, verb == context.cues_left[q]),
        "head": heads[c], "ending": np.where(kinds[c] == ord("N"), tokens.endings(phrases.last[c]), 0),
        "first": context.firsts[c], "before": words[before], "before2": words[before2],
        "after": words[after], "after2": words[after2],
        "sentence_lag": np.clip(context.sentences[c] - context.sentences[q], -4, 4) * here,
        "is_first": _is_first(context)[c], "mentions": bucket(_counts(context, phrases)[c]),
        "sayer": bucket(said[c]), "around": _around(kinds, q_before, q_after, context),
        "span_before": words[q_before], "span_before2": words[q_before2], "span_after": words[q_after],
        "span_after2": words[q_after2], "opening": shapes.openings[pairs.spans], "length": shapes.lengths[pairs.spans],
        "speaks_in_line": np.minimum(speaks[c], 2), "line_shape": outlines[line],
        "other_shape": outlines[phrases.lines[c]], "continued": shapes.continuations[pairs.spans],
        "speaks_last": _speaks_last(speaks, phrases)[c],
        "rivals": _rivals(speaks, c, q),
        "verb_is_beside": np.where(here & (verb >= 0), _is_beside(phrases, q, v), 3),
        "cue_left_distance": np.where(left >= 0, np.minimum(q - left, 9), 99),
        "cue_right_distance": np.where(right >= 0, np.minimum(right - q, 9), 99),
        "own": np.where(own >= 0, heads[o], 0), "own_rank": own_rank,
        "own_level": np.where(own >= 0, context.levels[o], 9),
        "told": _told(phrases, context, subjects, pairs),
        "told_verb": np.where(phrases.cues[pairs.spans] >= 0, heads[phrases.cues[pairs.spans]], 0),
        "line_kind": np.array([hash_kind(k) for k in lines.kinds] or [0])[line],
    }  # fmt: skip
    return {name: unsigned(np.asarray(values)) for name, values in facts.items()}


def _told(phrases: Phrases, context: Context, subjects: Subjects, pairs: Pairs) -> Ints:
    """Return how each candidate stands to the cue that is known to report its span; 0 where none is."""
    cues, c = phrases.cues[pairs.spans], pairs.phrases
    k = np.maximum(cues, 0)
    is_subject = subjects.of(cues[pairs.starts])[np.cumsum(np.diff(pairs.spans, prepend=-1) != 0) - 1] == c
    nouns = np.abs(context.noun_counts[c] - context.noun_counts[k])
    is_here = context.sentences[c] == context.sentences[k]
    place = np.where(c < k, 10 + np.minimum(nouns, 5), 20 + np.minimum(nouns, 5)) + 10 * (context.cues_before[c] == k)
    return np.where(cues < 0, 0, np.where(~is_here, 1, place + 50 * is_subject))


def _cues_of(phrases: Phrases, context: Context, subjects: Subjects) -> Ints:
    """Return the first cue that each phrase is the subject of, or -1."""
    cues = np.nonzero(context.is_cue & is_of(phrases.kinds, "vpgi"))[0]
    theirs = subjects.of(cues)
    out = np.full(len(phrases.kinds), -1, dtype=np.int64)
    has = theirs >= 0
    out[theirs[has][::-1]] = cues[has][::-1]
    inverted, kinds, at = context.cues_before, phrases.kinds, np.arange(len(out))
    steps = at - inverted
    owned = is_of(np.roll(kinds, 1), "'") & (steps == 3)  # said the mayor's wife
    is_inverted = (inverted >= 0) & is_of(kinds, "NPDC") & ((steps == 1) | owned) & ~is_of(np.roll(kinds, -1), "'")
    is_inverted &= is_of(np.roll(kinds, 1)[inverted], "Q,-")
    return np.where(is_inverted, inverted, out)


def unsigned(values: npt.NDArray[Any]) -> Hashes:
    """Return numbers as hashes, bit by bit; hashes as they are."""
    return values if values.dtype == np.uint64 else values.astype(np.int64, copy=False).view(np.uint64)


@lru_cache(maxsize=64)
def hash_kind(kind: str) -> int:
    """Return a number for the kind of a paragraph."""
    return sum(kind.encode()) if kind else 0


def kind_facts(
    phrases: Phrases,
    context: Context,
    pairs: Pairs,
    facts: Mapping[str, Hashes],
    shapes: Shapes,
    best: Ints,
    sureness: Mapping[str, Ints],
) -> dict[str, Hashes]:
    """Return the facts that the kind templates name, one entry a span that has a candidate.

    Args:
        phrases: The batch's phrases.
        context: Their facts.
        pairs: Spans with candidates.
        facts: The facts of the pairs.
        shapes: What the spans are by themselves.
        best: The best pair of each span.
        sureness: How sure its candidate is, by magnitude, in ways that have names.
    """
    spans = pairs.spans[best]
    q = phrases.of_spans[spans]
    left, right = context.cues_left[q], context.cues_after[q]
    own = {
        "one": np.ones(len(spans)), "word_count": shapes.word_counts[spans], "capitals": shapes.capitals[spans],
        "words": shapes.words[spans], "closed": shapes.closed[spans], "nested": shapes.nested[spans],
        "repeated": shapes.repeated[spans], "continuation": shapes.continuations[spans],
        "cue_left": np.where(left >= 0, context.heads[np.maximum(left, 0)], 0),
        "cue_right": np.where(right >= 0, context.heads[np.maximum(right, 0)], 0),
        "quote_mark": shapes.marks[spans],
        **{f"edge{at}": edge[spans] for at, edge in enumerate(shapes.edges)}, **sureness,
    }  # fmt: skip
    return {name: values[best] for name, values in facts.items()} | {n: unsigned(np.asarray(v)) for n, v in own.items()}


def _neighbours(kinds: Letters, at: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Return the phrases one and two before and after others, none beyond the end of a line."""
    last = len(kinds) - 1
    is_end = kinds == ord("|")
    before, after = np.maximum(at - 1, 0), np.minimum(at + 1, last)
    before2 = np.where(is_end[before], before, np.maximum(at - 2, 0))
    after2 = np.where(is_end[after], after, np.minimum(at + 2, last))
    return np.where(at == 0, last, before), np.where(at <= 1, last, before2), after, after2


def _from_edge(context: Context, phrases: Phrases, c: Ints, lag: Ints) -> Ints:
    """Return how many noun phrases stand between a phrase and the edge of its line that is nearer to the span."""
    first, last = phrases.of_lines
    line = phrases.lines[c]
    to_end = context.noun_counts[last[line]] - context.noun_counts[c]
    to_start = context.noun_counts[c] - context.noun_counts[first[line]]
    return np.minimum(np.where(lag < 0, to_end, to_start), 9)


def _is_first(context: Context) -> Ints:
    """Return how many noun phrases of its sentence come before each phrase, up to 2."""
    return np.asarray(np.minimum(context.noun_counts - context.noun_counts[context.sentence_starts], 2))


def _counts(context: Context, phrases: Phrases) -> Ints:
    counts = np.bincount(context.entities, weights=is_of(phrases.kinds, "NPR"), minlength=1)
    return counts[context.entities].astype(np.int64)


def _speaks(phrases: Phrases, context: Context) -> Ints:
    """Return whether each phrase is the subject of a cue beside a span: 2 directly, 1 in its sentence, 0 not."""
    direct, inverted = speaking(context)
    size = len(direct)
    is_quoting = phrases.kinds == ord("Q")
    at = np.arange(size)
    beside = np.zeros(size, dtype=np.bool_)
    for by in (-3, -2, -1, 1, 2, 3):
        other = np.clip(at + by, 0, size - 1)
        beside |= is_quoting[other] & (phrases.lines[other] == phrases.lines)
    return np.where(direct | inverted, np.where(beside, 2, 1), 0)


def _rivals(speaks: Ints, c: Ints, q: Ints) -> Ints:
    """Return how many phrases that are subjects of cues stand between a phrase and a span, up to 3."""
    counts = np.cumsum(speaks > 0)
    low, high = np.minimum(c, q), np.maximum(c, q)
    return np.asarray(np.minimum(counts[high - 1] - counts[low], 3))


def _is_beside(phrases: Phrases, q: Ints, v: Ints) -> Ints:
    """Return whether a verb is the nearest before the span (1), the nearest after it (2), or neither (0)."""
    verbs = np.cumsum(is_of(phrases.kinds, "vpgx"))
    low, high = np.minimum(v, q), np.maximum(v, q)
    is_next = verbs[high - 1] - verbs[low] == 0
    return np.where(v < q, np.where(is_next, 1, 0), np.where(verbs[v] - verbs[q] == 1, 2, 0))


def _speaks_last(speaks: Ints, phrases: Phrases) -> Ints:
    """Return whether each phrase speaks last in its line: 0 does not speak, 1 an earlier one, 2 the last."""
    size = len(speaks)
    at = np.where(speaks > 0, np.arange(size), -1)
    first, _ = phrases.of_lines
    last = np.maximum.reduceat(at, first) if len(first) else at
    return np.where(speaks == 0, 0, np.where(last[phrases.lines] == np.arange(size), 2, 1))


def _around(kinds: np.ndarray, before: Ints, after: Ints, context: Context) -> Hashes:
    sides = [kinds[at].astype(np.int64) * 2 + context.is_cue[at] for at in (before, after)]
    return (sides[0] * 1024 + sides[1]).astype(np.uint64)


def _line_shapes(phrases: Phrases) -> Ints:
    """Return the shape of each line: starts with a span, ends with one, has how many, has words besides."""
    first, last = phrases.of_lines
    is_span = phrases.kinds == ord("Q")
    spans = np.add.reduceat(is_span.astype(np.int64), first)
    others = np.add.reduceat(is_of(phrases.kinds, "NPRv").astype(np.int64), first)
    starts = is_span[first]
    ends = is_span[np.maximum(first, last - 1)] | is_span[np.maximum(first, last - 2)]
    return np.asarray(starts * 1 + ends * 2 + np.minimum(spans, 3) * 4 + np.minimum(others, 2) * 16)
