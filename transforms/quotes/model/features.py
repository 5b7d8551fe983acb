"""The features of a pair of span and candidate: templates of small facts, hashed to positions of a weight table."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.quotes.model.candidates import Pairs
from transforms.quotes.model.context import Context, sayers
from transforms.quotes.model.lines import Ints, Lines
from transforms.quotes.model.phrases import Phrases, is_of
from transforms.quotes.model.shapes import Shapes
from transforms.quotes.model.tokens import Hashes, Tokens

BITS = 20
"""A weight table has 2 to the power of so many positions."""


class Template(NamedTuple):
    """A kind of feature: facts that count together.

    Attributes:
        name: What it looks at, in words that a person can read.
        facts: Names of the facts, as made by `pair_facts` or `span_facts`.
    """

    name: str
    facts: tuple[str, ...]


def _templates(table: str) -> tuple[Template, ...]:
    lines = (line.split(":") for line in table.strip().splitlines())
    return tuple(Template(name.strip(), tuple(facts.split())) for name, facts in lines)


SPEAKER_TEMPLATES = _templates("""
where it stands: place
its paragraph and how many phrases are between: lag nouns
its kind and where it stands: place kind
the words between: side fine
the words between and its kind: side fine kind
the kinds between: side coarse
the kinds between and the quotation's end: side coarse mark
the shortened path between: side skeleton
the shortened path between and its kind: side skeleton kind
its verb: place verb
its verb and what stands between them: verb verb_path
its verb, the path to it and where it stands: verb_cue verb_path side lag
its verb and the path from it to the quotation: verb_path verb_cue verb_span
its verb and the shortened path from it to the quotation: verb_nouns verb verb_span_skeleton
its verb's distance: verb_nouns verb_cue verb_distance side lag
its verb's distance and kind: verb_nouns verb verb_distance
its verb's distance and the mark: verb_nouns verb_cue verb_distance side mark
the cue before it: cue_before cue_path side lag
the cue before it and the path from it to the quotation: cue_path cue_distance side mark
the cue before it is the one after the quotation: cue_is_after cue_path kind
the cue before it is the one before the quotation: cue_is_left cue_path kind
its verb is the cue after the quotation: verb_is_after verb_nouns lag side
its verb is the cue before the quotation: verb_is_left verb_nouns lag side
its verb, and where it is said: verb_is_after verb_is_left verb_path kind
the head word: head
the head word and where it stands: head place
the head's ending: ending kind
the head's ending and where it stands: ending place
the first word: first kind
the word before: before side lag
the word after: after side lag
the words around: before after
two words before: before before2
two words after: after after2
two words after and the side: after after2 place
the sentence: sentence_lag is_first side lag
the sentence and its kind: sentence_lag is_first kind lag nouns
first of the sentence, and its verb: is_first verb_cue verb_nouns sentence_lag
how often it is named: mentions
how often it is named and where it stands: mentions lag kind
how often it speaks: sayer
how often it speaks and where it stands: sayer place
how often it speaks, and its kind: sayer kind lag
how often it speaks, and how often it is named: sayer mentions
the quotation's surroundings: place around
the word before the quotation: place span_before
the word after the quotation: place span_after
the words around the quotation: lag side nouns span_before span_after
two words before the quotation: side nouns span_before span_before2 lag
two words after the quotation: side nouns span_after span_after2 lag
the quotation's start and end: place mark opening
the quotation's length: place length
the quotation's length and verb: length verb_cue verb_nouns side lag
the line's quotations: lag speaks_in_line is_first kind
the quotation's line: line_shape place
the quotation's line and its verb: line_shape lag verb_cue verb_nouns is_first
the quotation's line, and how often it speaks: line_shape lag sayer nouns
a quotation that goes on: continued line_shape place
the lines between: lag line_shape other_shape is_first kind
the lines between and the verb: lag line_shape other_shape verb_cue verb_nouns
who spoke last: speaks_last line_shape lag
who spoke last, and its kind: speaks_last lag kind sentence_lag
the paragraph's kind: line_kind lag kind
""")


KIND_TEMPLATES = _templates("""
anything: one
its length: length
its words' number and first letter: word_count opening
its first letter and end: opening mark
its end and what follows: mark closed length
its capitals: capitals word_count
its capitals and the word before: capitals span_before
its capitals, first letter and end: capitals opening mark word_count
its words: words
its first word: edge0
its second word: edge1
its third word: edge2
its last word: edge4
its last words: edge3 edge4
its first words: edge0 edge1
the word before: span_before
the word before and its length: span_before length
two words before: span_before span_before2
the word after: span_after
two words after: span_after span_after2
the words around: span_before span_after
the word before and the first letter: span_before opening mark
what is around: around
what is around, and its length: around length opening
its paragraph: line_kind length
its line: line_shape
its line and its length: line_shape length
inside another: nested length
repeated: repeated length
repeated, with capitals: repeated capitals
it goes on: continuation
how sure its speaker is: sureness
how sure its speaker is, and its length: sureness length
how sure its speaker is, and the surroundings: sureness around
the speaker's place: place
the speaker's kind: kind lag
the speaker's verb: verb verb_nouns
the speaker's verb and distance: verb_cue verb_nouns verb_distance
the speaker's verb and its length: verb_cue verb_nouns length lag
the cue before the speaker: cue_before cue_path
the speaker's cue beside it: verb_is_after verb_is_left cue_is_after cue_is_left lag length
how often the speaker speaks: sayer lag
the cue before it: cue_left cue_left_distance
the cue after it: cue_right cue_right_distance
the cues' distance and its length: cue_left_distance cue_right_distance length
the cues' distance and its first letter: cue_left_distance cue_right_distance opening mark
its kind of mark: quote_mark length
its kind of mark and capitals: quote_mark capitals word_count
the speaker's verb beside it: verb_is_beside verb_cue length
two words before and its length: span_before2 length
two words after and its length: span_after2 length
repeated words: capitals repeated words
the words between it and the speaker: fine
the shortened path and the speaker's kind: skeleton kind
its words and the word before: words span_before
its first word and the word before: edge0 span_before
the speaker's kind and the word before: kind span_before
speakers between: rivals length
its paragraph and capitals: line_kind capitals
the speaker's place in the sentence: nouns is_first verb_cue
the speaker's head: head
its second and third word: edge1 edge2
the speaker's verb and length: verb length
the path from the speaker's verb: verb_span verb_cue
""")


def bucket(counts: Ints) -> Ints:
    """Return small counts as they are and larger ones by their magnitude."""
    counts = np.maximum(counts, -1)
    return np.where(counts < 5, counts, np.where(counts < 8, 5, np.where(counts < 14, 6, np.where(counts < 30, 7, 8))))


def hashed(templates: Sequence[Template], facts: Mapping[str, Hashes]) -> Iterator[Ints]:
    """Yield the positions in the weight table of each template's features, one a row of the facts."""
    for number, template in enumerate(templates):
        value = np.uint64((number + 1) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF)
        for name in template.facts:
            value = (value ^ facts[name]) * np.uint64(0xD6E8FEB86659FD93)
            value ^= value >> np.uint64(31)
        yield (value >> np.uint64(64 - BITS)).astype(np.int64)


def pair_facts(
    lines: Lines, tokens: Tokens, phrases: Phrases, context: Context, pairs: Pairs, shapes: Shapes
) -> dict[str, Hashes]:
    """Return the facts that the speaker templates name, one entry a pair."""
    c, lag = pairs.phrases, pairs.lags
    q = phrases.of_spans[pairs.spans]
    is_before = c < q
    here = lag == 0
    side = np.where(here, np.where(is_before, 1, 2), 0)
    low, high = np.minimum(c, q), np.maximum(c, q)
    nouns = np.minimum(np.abs(context.noun_counts[q] - context.noun_counts[c]) - (c > q), 9)
    nouns = np.where(here, nouns, _from_edge(context, phrases, lines, c, lag))
    fine, steps = context.fine.between(low + 1, high)
    near = here & (steps <= 7)
    coarse, steps_coarse = context.coarse.between(low + 1, high)
    skeleton, steps_skeleton = context.skeleton.between(low + 1, high)
    far = np.uint64(1)
    verb, last_line = context.verbs_after[c], len(phrases.kinds) - 1
    v = np.maximum(verb, 0)
    verb_path = context.coarse.between(c + 1, np.maximum(v, c + 1))[0]
    v_low, v_high = np.minimum(v, q), np.maximum(v, q)
    cue = context.cues_before[c]
    k = np.maximum(cue, 0)
    left, right = context.cues_left[q], context.cues_after[q]
    line = lines.span_lines[pairs.spans]
    outlines = _line_shapes(lines, phrases)
    said = sayers(phrases, context)
    heads, kinds = context.heads, phrases.kinds
    kind = np.where(kinds[c] == ord("R"), heads[c], kinds[c].astype(np.uint64))
    before, before2, after, after2 = (np.clip(c + by, 0, last_line) for by in (-1, -2, 1, 2))
    q_before, q_before2, q_after, q_after2 = (np.clip(q + by, 0, last_line) for by in (-1, -2, 1, 2))
    words = np.where(kinds == ord("Q"), context.marks.astype(np.uint64) + np.uint64(7), heads)
    words = np.where(is_of(kinds, "P"), np.uint64(5), np.where(is_of(kinds, "CM"), np.uint64(6), words))
    facts = {
        "lag": lag, "side": side, "nouns": nouns, "place": lag * 64 + side * 16 + nouns, "kind": kind,
        "fine": np.where(near, fine, far), "coarse": np.where(here & (steps_coarse <= 14), coarse, far),
        "skeleton": np.where(here & (steps_skeleton <= 14), skeleton, far), "mark": shapes.ends[pairs.spans],
        "verb": np.where(verb >= 0, heads[v], 0), "verb_path": np.where(verb >= 0, verb_path, far),
        "verb_cue": np.where(verb >= 0, kinds[v].astype(np.int64) * 4 + context.levels[v], 0),
        "verb_nouns": np.where(verb >= 0, np.minimum(context.noun_counts[v] - context.noun_counts[c], 3), 4),
        "verb_span": np.where(here & (verb >= 0) & (v_high - v_low <= 12), context.coarse.between(v_low + 1, v_high)[0], far),
        "verb_span_skeleton": np.where(here & (verb >= 0), context.skeleton.between(v_low + 1, v_high)[0], far),
        "verb_distance": np.where(here & (verb >= 0), bucket(v_high - v_low) * 2 + (v < q), 99),
        "cue_before": np.where(cue >= 0, heads[k], 0),
        "cue_path": np.where((cue >= 0) & (c - k <= 6), context.coarse.between(k + 1, np.maximum(c, k + 1))[0], far),
        "cue_distance": np.where(here & (cue >= 0), bucket(np.abs(k - q)) * 2 + (k < q), 99),
        "cue_is_after": (cue >= 0) & (cue == context.cues_after[q]),
        "cue_is_left": (cue >= 0) & (cue == context.cues_left[q]),
        "verb_is_after": np.where(context.cues_after[q] < 0, 2, verb == context.cues_after[q]),
        "verb_is_left": np.where(context.cues_left[q] < 0, 2, verb == context.cues_left[q]),
        "head": heads[c], "ending": np.where(kinds[c] == ord("N"), tokens.endings[phrases.last[c]], 0), "first": context.firsts[c], "before": words[before], "before2": words[before2],
        "after": words[after], "after2": words[after2],
        "sentence_lag": np.clip(context.sentences[c] - context.sentences[q], -4, 4) * here,
        "is_first": _is_first(context)[c], "mentions": bucket(_counts(context, phrases)[c]),
        "sayer": bucket(said[c]), "around": _around(kinds, q_before, q_after, context),
        "span_before": words[q_before], "span_before2": words[q_before2], "span_after": words[q_after],
        "span_after2": words[q_after2], "opening": shapes.openings[pairs.spans], "length": shapes.lengths[pairs.spans],
        "speaks_in_line": np.minimum(_speaks(phrases, context)[c], 2), "line_shape": outlines[line],
        "other_shape": outlines[phrases.lines[c]], "continued": shapes.continuations[pairs.spans],
        "speaks_last": _speaks_last(phrases, context, lines)[c],
        "rivals": _rivals(phrases, context, c, q),
        "verb_is_beside": np.where(here & (verb >= 0), _is_beside(phrases, q, v), 3),
        "cue_left_distance": np.where(left >= 0, np.minimum(q - left, 9), 99),
        "cue_right_distance": np.where(right >= 0, np.minimum(right - q, 9), 99),
        "line_kind": np.array([hash_kind(k) for k in lines.kinds] or [0])[line],
    }  # fmt: skip
    return {name: _unsigned(np.asarray(values)) for name, values in facts.items()}


def _unsigned(values: npt.NDArray[Any]) -> Hashes:
    return values if values.dtype == np.uint64 else values.astype(np.int64).view(np.uint64)


def hash_kind(kind: str) -> int:
    """Return a number for the kind of a paragraph."""
    return sum(kind.encode()) if kind else 0


def kind_facts(
    phrases: Phrases,
    context: Context,
    pairs: Pairs,
    facts: Mapping[str, Hashes],
    best: Ints,
    sureness: Ints,
    shapes: Shapes,
) -> dict[str, Hashes]:
    """Return the facts that the kind templates name, one entry a span that has a candidate.

    Args:
        phrases: The batch's phrases.
        context: Their facts.
        pairs: Spans with candidates.
        facts: The facts of the pairs.
        best: The best pair of each span.
        sureness: How probable its candidate is, by magnitude.
        shapes: What the spans are by themselves.
    """
    spans = pairs.spans[best]
    q = phrases.of_spans[spans]
    left, right = context.cues_left[q], context.cues_after[q]
    own = {
        "one": np.ones(len(spans)), "word_count": shapes.word_counts[spans], "capitals": shapes.capitals[spans],
        "words": shapes.words[spans], "closed": shapes.closed[spans], "nested": shapes.nested[spans],
        "repeated": shapes.repeated[spans], "continuation": shapes.continuations[spans], "sureness": sureness,
        "cue_left": np.where(left >= 0, context.heads[np.maximum(left, 0)], 0),
        "cue_right": np.where(right >= 0, context.heads[np.maximum(right, 0)], 0),
        "quote_mark": shapes.marks[spans],
        **{f"edge{at}": edge[spans] for at, edge in enumerate(shapes.edges)},
    }  # fmt: skip
    return {name: values[best] for name, values in facts.items()} | {
        n: _unsigned(np.asarray(v)) for n, v in own.items()
    }


def _from_edge(context: Context, phrases: Phrases, lines: Lines, c: Ints, lag: Ints) -> Ints:
    """Return how many noun phrases stand between a phrase and the edge of its line that is nearer to the span."""
    first = np.searchsorted(phrases.lines, np.arange(len(lines.starts)))
    last = np.append(first[1:], len(phrases.lines)) - 1
    line = phrases.lines[c]
    to_end = context.noun_counts[last[line]] - context.noun_counts[c]
    to_start = context.noun_counts[c] - context.noun_counts[first[line]]
    return np.minimum(np.where(lag < 0, to_end, to_start), 9)


def _is_first(context: Context) -> Ints:
    """Return how many noun phrases of its sentence come before each phrase, up to 2."""
    starts = np.searchsorted(context.sentences, context.sentences)
    return np.minimum(context.noun_counts - context.noun_counts[starts] + 0, 2)


def _counts(context: Context, phrases: Phrases) -> Ints:
    counts = np.bincount(context.entities, weights=is_of(phrases.kinds, "NPR"), minlength=1)
    return counts[context.entities].astype(np.int64)


def _speaks(phrases: Phrases, context: Context) -> Ints:
    """Return whether each phrase is the subject of a cue beside a span: 2 directly, 1 in its sentence, 0 not."""
    verb = np.maximum(context.verbs_after, 0)
    size = len(verb)
    is_quoting = phrases.kinds == ord("Q")
    at = np.arange(size)
    beside = np.zeros(size, dtype=np.bool_)
    for by in (-3, -2, -1, 1, 2, 3):
        beside |= is_quoting[np.clip(at + by, 0, size - 1)]
    subject = (context.verbs_after >= 0) & context.is_cue[verb] & (context.noun_counts[verb] == context.noun_counts)
    subject |= (context.cues_before >= 0) & (at - context.cues_before == 1)
    return np.where(subject, np.where(beside, 2, 1), 0)


def _rivals(phrases: Phrases, context: Context, c: Ints, q: Ints) -> Ints:
    """Return how many phrases that are subjects of cues stand between a phrase and a span, up to 3."""
    counts = np.cumsum(_speaks(phrases, context) > 0)
    low, high = np.minimum(c, q), np.maximum(c, q)
    return np.minimum(counts[high - 1] - counts[low], 3)


def _is_beside(phrases: Phrases, q: Ints, v: Ints) -> Ints:
    """Return whether a verb is the nearest before the span (1), the nearest after it (2), or neither (0)."""
    verbs = np.cumsum(is_of(phrases.kinds, "vpgx"))
    low, high = np.minimum(v, q), np.maximum(v, q)
    is_next = verbs[high - 1] - verbs[low] == 0
    return np.where(v < q, np.where(is_next, 1, 0), np.where(verbs[v] - verbs[q] == 1, 2, 0))


def _speaks_last(phrases: Phrases, context: Context, lines: Lines) -> Ints:
    """Return whether each phrase is the last of its line that speaks: 0 does not speak, 1 an earlier one, 2 the last."""
    speaks = _speaks(phrases, context)
    size = len(speaks)
    at = np.where(speaks > 0, np.arange(size), -1)
    first = np.searchsorted(phrases.lines, np.arange(len(lines.starts)))
    last = np.maximum.reduceat(at, first) if len(first) else at
    return np.where(speaks == 0, 0, np.where(last[phrases.lines] == np.arange(size), 2, 1))


def _around(kinds: np.ndarray, before: Ints, after: Ints, context: Context) -> Hashes:
    sides = [kinds[at].astype(np.int64) * 2 + context.is_cue[at] for at in (before, after)]
    return (sides[0] * 1024 + sides[1]).astype(np.uint64)


def _line_shapes(lines: Lines, phrases: Phrases) -> Ints:
    """Return the shape of each line: starts with a span, ends with one, has how many, has words besides."""
    first = np.searchsorted(phrases.lines, np.arange(len(lines.starts)))
    last = np.append(first[1:], len(phrases.lines)) - 1
    is_span = phrases.kinds == ord("Q")
    spans = np.add.reduceat(is_span.astype(np.int64), first)
    others = np.add.reduceat(is_of(phrases.kinds, "NPRv").astype(np.int64), first)
    starts = is_span[first]
    ends = is_span[np.maximum(first, last - 1)] | is_span[np.maximum(first, last - 2)]
    return starts * 1 + ends * 2 + np.minimum(spans, 3) * 4 + np.minimum(others, 2) * 16
