"""How a chosen speaker stands to its span: the mention, the cue between them, the addressee, and a name for it all."""

from typing import NamedTuple

import numpy as np

from transforms.quotes.chains import Chains
from transforms.quotes.cues import ABOUT, ACCORDING, CAN_ADDRESS, FIRST_OF_TWO, lemma_of, statement_lemma
from transforms.quotes.model.analysis import Analysis
from transforms.quotes.model.lines import Ints
from transforms.quotes.model.mentions import Mentions
from transforms.quotes.model.tokens import Flags, is_of
from transforms.quotes.polarity import polarity_of

Bounds = tuple[int, int]
_MARKS = frozenset(",.-():;Q|")
PASSIVE = "passive without a speaker"
_CLAUSE = 30
"""So many words before a cue are looked at for what makes it none."""


class Relation(NamedTuple):
    """How a speaker stands to a span; offsets into the article.

    Attributes:
        name: Where the cue and the speaker stand.
        mention: Bounds of the phrase as printed: of the speaker, but in a passive without one.
        cue: Bounds of the reporting words.
        lemma: Their dictionary form.
        addressee: Bounds of whom they told.
        is_tied: Whether a cue ties the two.
        reported_by: Bounds of who says that they said it, in a chain.
        polarity: What the cue says of the span, one of `schemas.POLARITIES`.
    """

    name: str
    mention: Bounds
    cue: Bounds | None
    lemma: str | None
    addressee: Bounds | None
    is_tied: bool
    reported_by: Bounds | None = None
    polarity: str | None = None


class _Row(NamedTuple):
    """A pair, its cue or -1, and the bounds of its mention and of the cue."""

    phrase: int
    span: int
    lag: int
    cue: int
    is_inverted: bool
    is_known: bool
    mention: Bounds
    words: Bounds


class Relations:
    """Reads relations off a batch."""

    def __init__(self, analysis: Analysis) -> None:
        """Prepare for one batch."""
        self._analysis = analysis
        self._mentions = Mentions(analysis.tokens, analysis.phrases)
        self._chains = Chains(analysis, self._mentions)
        self._kinds = analysis.phrases.letters
        self._words = analysis.tokens.words
        self._starts = analysis.context.sentence_starts

    def read(self, pairs: Ints, *, innermost: bool = False) -> list[Relation]:
        """Return the relation of each pair, given as positions in the batch's pairs.

        Args:
            pairs: The pairs.
            innermost: Whether the speaker of a pair gives way to whom they quote, in a chain.
        """
        found, phrases = self._analysis.pairs, self._analysis.phrases
        spans = found.spans[pairs]
        outer, lags, of_spans, known = (
            found.phrases[pairs],
            found.lags[pairs],
            phrases.of_spans[spans],
            phrases.cues[spans],
        )
        own = self._innermost(outer, of_spans, (lags == 0) & (known < 0)) if innermost else outer
        cues, is_inverted = self._cues(own, of_spans, lags, known)
        columns = own, of_spans, lags, cues, is_inverted, known >= 0
        rows = zip(*(column.tolist() for column in columns), self._mentioned(own), self._printed(cues), strict=True)
        relations = [self._read(_Row(*row)) for row in rows]
        for at in np.nonzero(own != outer)[0].tolist():
            reported_by = self._in_article(self._mentions.bounds(int(outer[at])))
            relations[at] = relations[at]._replace(reported_by=reported_by)
        return relations

    def _innermost(self, phrases: Ints, spans: Ints, may_report: Flags) -> Ints:
        """Return the inner speakers of spans where there are two, in a chain."""
        own = phrases.copy()
        for at in np.nonzero(may_report)[0].tolist():
            inner = self._chains.inner(int(phrases[at]), int(spans[at]))
            if inner is not None:
                own[at] = inner
        return own

    def _cues(self, phrases: Ints, spans: Ints, lags: Ints, known: Ints) -> tuple[Ints, Flags]:
        """Return the cue that ties each phrase to its span, or -1, and whether it stands before its speaker."""
        context, kinds = self._analysis.context, self._analysis.phrases.kinds
        before = context.cues_before[phrases]
        steps = self._mentions.firsts(phrases) - before
        is_object = is_of(kinds[before], "vpg") & (before > 0) & is_of(kinds[before - 1], "NPRWO")
        is_inverted = (before >= 0) & ((steps == 1) | ((kinds[before] == ord("L")) & (steps == 2))) & ~is_object
        beside = np.where(phrases < spans, context.cues_left[spans], context.cues_after[spans])
        is_beside = (lags == 0) & (beside > phrases) & (context.sentences[beside] == context.sentences[phrases])
        after, nouns = context.verbs_after[phrases], context.noun_counts
        is_after = (after >= 0) & context.is_cue[after] & (nouns[after] - nouns[phrases] <= 1)
        cues = np.where(is_inverted, before, np.where(is_beside, beside, np.where(is_after, after, -1)))
        is_known = known >= 0
        return np.where(is_known, known, cues), np.where(is_known, known < phrases, is_inverted)

    def _mentioned(self, phrases: Ints) -> list[Bounds]:
        """Return the bounds in their articles of the mentions that phrases are the heads of."""
        bounds = np.array([self._mentions.bounds(phrase) for phrase in phrases.tolist()], dtype=np.int64).reshape(-1, 2)
        return self._all_in_article(*bounds.T)

    def _printed(self, cues: Ints) -> list[Bounds]:
        """Return the bounds in their articles of the words of cues; no matter what of -1."""
        tokens, phrases = self._analysis.tokens, self._analysis.phrases
        first = phrases.last[cues]
        last = first + np.array([self._is_doubled(at) for at in first.tolist()], dtype=np.int64)
        return self._all_in_article(tokens.starts[first], tokens.ends[last])

    def _is_doubled(self, token: int) -> bool:
        """Whether a token is the first of the two words of a cue: "pointed out"."""
        word = self._words[token].lower()
        return word in FIRST_OF_TWO and lemma_of(f"{word} {self._words[token + 1]}") is not None

    def _all_in_article(self, starts: Ints, ends: Ints) -> list[Bounds]:
        to_article = self._analysis.lines.to_article
        return list(zip(to_article(starts).tolist(), (to_article(ends - 1) + 1).tolist(), strict=True))

    def _read(self, row: "_Row") -> Relation:
        phrase, span, lag, cue, is_inverted, is_known, mention, words = row
        if cue < 0:
            return Relation(self._uncued(phrase, span, lag), mention, None, None, None, False)
        lemma = self._lemma(cue, is_known)
        polarity = self._polarity(cue, lemma)
        if is_known and self._kinds[cue] == "p" and self._analysis.subjects.of_one(cue) == phrase:
            told = mention if lemma in CAN_ADDRESS and lemma not in ABOUT else None  # "residents were told that"
            return Relation(PASSIVE, mention, words, lemma, told, True, None, polarity)
        addressee = self._addressee(cue, phrase, lemma) if lemma in CAN_ADDRESS else None
        name = self._cued(cue, span, lag, is_inverted)
        return Relation(name, mention, words, lemma, addressee, lag == 0, None, polarity)

    def _cued(self, cue: int, span: int, lag: int, is_inverted: bool) -> str:
        if self._kinds[cue] == "L":
            return ACCORDING
        if lag:
            return "cue in the paragraph before" if lag < 0 else "cue in the paragraph after"
        between = self._kinds[min(cue, span) + 1 : max(cue, span)]
        if "." in between or "Q" in between:
            return "same paragraph"
        if cue > span:
            return "inverted cue" if is_inverted else "cue after"
        return "cue before"

    def _uncued(self, phrase: int, span: int, lag: int) -> str:
        if lag:
            return "paragraph before" if lag < 0 else "paragraph after"
        between = self._kinds[min(phrase, span) + 1 : max(phrase, span)]
        if phrase < span and between.endswith(":"):
            return "label"
        if phrase > span and between.startswith("-"):
            return "dash"
        return "same paragraph" if "." in between else "same sentence"

    def _lemma(self, cue: int, is_known: bool) -> str | None:
        token = int(self._analysis.phrases.last[cue])
        words = self._words[token]
        if self._is_doubled(token):
            words = f"{words} {self._words[token + 1]}"
        return statement_lemma(words) if is_known else lemma_of(words)

    def _polarity(self, cue: int, lemma: str | None) -> str:
        phrases = self._analysis.phrases
        if self._kinds[cue] == "N" and cue and self._kinds[cue - 1] in "vi":
            return self._polarity(cue - 1, lemma_of(self._words[int(phrases.last[cue - 1])]))  # rejected claims that
        start, opening = cue, int(self._starts[cue])
        while start > opening and self._kinds[start - 1] not in _MARKS:
            start -= 1
        begin, first, last = int(phrases.first[start]), int(phrases.first[cue]), int(phrases.last[cue])
        return polarity_of(lemma, self._words[first : last + 1], self._words[max(begin, first - _CLAUSE) : first])

    def _addressee(self, cue: int, speaker: int, lemma: str) -> Bounds | None:
        """Return whom they told: the noun phrase right after the cue, or after "to", which some cues need."""
        at = cue + 1
        if self._kinds[at] == "T":
            at += 1
        elif lemma in ABOUT:
            return None
        is_other = at != speaker and self._kinds[at] in "NPO"
        return self._in_article(self._mentions.bounds(at)) if is_other else None

    def _in_article(self, bounds: Bounds) -> Bounds:
        return self._analysis.lines.in_article(*bounds)
