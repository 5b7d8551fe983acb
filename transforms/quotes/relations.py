"""How a chosen speaker stands to its span: the mention, the cue between them, the addressee, and a name for it all."""

from typing import NamedTuple

from transforms.quotes.chains import Chains
from transforms.quotes.cues import ABOUT, ACCORDING, CAN_ADDRESS, lemma_of, statement_lemma
from transforms.quotes.model.analysis import Analysis
from transforms.quotes.model.lines import Ints
from transforms.quotes.model.mentions import Mentions
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
    reported_by: Bounds | None
    polarity: str | None = None


class Relations:
    """Reads relations off a batch."""

    def __init__(self, analysis: Analysis) -> None:
        """Prepare for one batch."""
        self._analysis = analysis
        self._mentions = Mentions(analysis.tokens, analysis.phrases)
        self._chains = Chains(analysis, self._mentions)
        self._kinds = analysis.phrases.letters
        context = analysis.context
        self._nouns = context.noun_counts
        self._is_cue = context.is_cue
        self._verbs_after = context.verbs_after
        self._cues_before = context.cues_before
        self._cues_left = context.cues_left
        self._cues_after = context.cues_after
        self._sentences = context.sentences
        self._words = analysis.tokens.words
        self._starts = context.sentence_starts

    def read(self, pairs: Ints, *, innermost: bool = False) -> list[Relation]:
        """Return the relation of each pair, given as positions in the batch's pairs.

        Args:
            pairs: The pairs.
            innermost: Whether the speaker of a pair gives way to whom they quote, in a chain.
        """
        found = self._analysis.pairs
        spans, phrases, lags = found.spans[pairs], found.phrases[pairs], found.lags[pairs]
        of_spans, cues = self._analysis.phrases.of_spans[spans], self._analysis.phrases.cues[spans]
        rows = []
        for phrase, at, lag, cue in zip(*(part.tolist() for part in (phrases, of_spans, lags, cues)), strict=True):
            inner = self._chains.inner(phrase, at) if innermost and lag == 0 and cue < 0 else None
            outer = None if inner is None else self._in_article(self._mentions.bounds(phrase))
            rows.append(self._read(phrase if inner is None else inner, at, lag, cue, outer))
        return rows

    def _read(self, phrase: int, span: int, lag: int, known_cue: int, outer: Bounds | None) -> Relation:
        """Return the relation of a phrase to the span that another phrase stands for."""
        mention = self._in_article(self._mentions.bounds(phrase))
        cue, is_inverted = (known_cue, known_cue < phrase) if known_cue >= 0 else self._cue(phrase, span, lag)
        if cue is None:
            return Relation(self._uncued(phrase, span, lag), mention, None, None, None, False, outer)
        printed = self._cue_bounds(cue)
        lemma, words = self._lemma(printed, is_known=known_cue >= 0), self._in_article(printed)
        if known_cue >= 0 and self._kinds[cue] == "p" and self._analysis.subjects.of_one(cue) == phrase:
            told = mention if lemma in CAN_ADDRESS and lemma not in ABOUT else None  # "residents were told that"
            return Relation(PASSIVE, mention, words, lemma, told, True, outer, self._polarity(cue, lemma))
        name = self._cued(phrase, cue, span, lag, is_inverted)
        addressee = self._addressee(cue, phrase, lemma) if lemma in CAN_ADDRESS else None
        return Relation(name, mention, words, lemma, addressee, lag == 0, outer, self._polarity(cue, lemma))

    def _cue(self, phrase: int, span: int, lag: int) -> tuple[int | None, bool]:
        """Return the cue that ties a phrase to a span, and whether it stands before its speaker."""
        before = int(self._cues_before[phrase])
        first = self._mentions.first(phrase)
        if before >= 0 and (first - before == 1 or (self._kinds[before] == "L" and first - before == 2)):
            is_object = self._kinds[before] in "vpg" and before > 0 and self._kinds[before - 1] in "NPRWO"
            if not is_object:
                return before, True
        beside = -1 if lag else int(self._cues_left[span] if phrase < span else self._cues_after[span])
        if beside > phrase and self._sentences[beside] == self._sentences[phrase]:
            return beside, False
        after = int(self._verbs_after[phrase])
        if after >= 0 and self._is_cue[after] and self._nouns[after] - self._nouns[phrase] <= 1:
            return after, False
        return None, False

    def _cued(self, phrase: int, cue: int, span: int, lag: int, is_inverted: bool) -> str:
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

    def _cue_bounds(self, cue: int) -> Bounds:
        tokens, phrases = self._analysis.tokens, self._analysis.phrases
        last = int(phrases.last[cue])
        end = last
        following = self._words[last + 1].lower() if last + 1 < len(self._words) else ""
        if lemma_of(f"{self._words[last]} {following}"):
            end = last + 1
        return int(tokens.starts[last]), int(tokens.ends[end])

    def _lemma(self, words: Bounds, *, is_known: bool) -> str | None:
        return (statement_lemma if is_known else lemma_of)(self._analysis.lines.text[slice(*words)])

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
