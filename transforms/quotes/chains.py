"""Chains: who said it, and who says that they did (Ames said Boyd called it “unsafe”)."""

from transforms.quotes.cues import TAKES_CLAUSE, lemma_of
from transforms.quotes.model.analysis import Analysis
from transforms.quotes.model.mentions import Mentions

_SURE = 3
"""Level of the surest cues."""


class Chains:
    """Finds the speaker inside what another one said.

    Annotators name the outer speaker, so that this cannot be learned from them; it is read off the sentence, and only
    where nothing stands between the two clauses.
    """

    def __init__(self, analysis: Analysis, mentions: Mentions) -> None:
        """Prepare for one batch."""
        self._phrases = analysis.phrases
        self._kinds = analysis.phrases.letters
        self._context = analysis.context
        self._words = analysis.tokens.words
        self._mentions = mentions
        self._subjects = analysis.subjects

    def inner(self, outer: int, span: int) -> int | None:
        """Return the phrase that names the inner speaker of a span, given the outer one's and the span's; or None.

        Both a name or a noun: of "Ames said he called it “unsafe”" nobody can tell whether there are two.
        """
        cue = int(self._context.cues_left[span])
        if cue < 0 or self._context.sentences[cue] != self._context.sentences[span] or self._kinds[cue] not in "vi":
            return None
        if self._context.levels[cue] < _SURE or self._lemma(cue) is None:
            return None
        subject = self._subjects.of_one(cue)
        if subject <= outer or self._kinds[subject] not in "NP" or self._has_verb(subject + 1, cue - 1):
            return None
        before = self._mentions.first(subject) - 1
        before -= self._kinds[before] == "S" and self._word(before) == "that"
        return subject if not self._has_verb(cue + 1, span) and self._is_told_by(outer, before) else None

    def _is_told_by(self, outer: int, before: int) -> bool:
        """Whether what stands right before the inner clause is the outer speaker's cue, or "according to" and them."""
        if self._kinds[before] == ",":
            first = self._mentions.first(outer)
            return outer == before - 1 and self._kinds[max(0, first - 2) : first] == "LT"
        is_reporting = self._kinds[before] == "v" and self._lemma(before) in TAKES_CLAUSE
        return is_reporting and self._subjects.of_one(before) == outer

    def _lemma(self, phrase: int) -> str | None:
        return lemma_of(self._words[int(self._phrases.last[phrase])])

    def _has_verb(self, first: int, last: int) -> bool:
        """Whether a finite verb stands among phrases, given the first of them and the one after the last."""
        return any(kind in "vpx" for kind in self._kinds[first:last])

    def _word(self, phrase: int) -> str:
        return self._words[int(self._phrases.first[phrase])].lower()
