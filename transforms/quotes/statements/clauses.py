"""Which of the phrases that a cue seems to report are a clause that it reports: what labels alone do not tell."""

import re
from collections.abc import Sequence

from transforms.quotes.cues import ADDRESSING, PLAIN
from transforms.quotes.lexicon import read_words
from transforms.quotes.marks import HEADLINES
from transforms.quotes.model.analysis import Reading
from transforms.quotes.model.phrases import VERBS
from transforms.quotes.model.tokens import code_of

Run = tuple[int, int]
"""Phrases that follow each other: the first and the last."""
_WORDS = read_words()
OPENERS = frozenset(map(code_of, _WORDS["opener"]))
"""Codes of the words that open a clause."""
_EMPTY = frozenset(map(code_of, ("it", "there")))
# "the owners of the club", as an object
_OBJECT = re.compile(r"[NPOCD](?:F[NPOC]|'[NP]|J[NPO])*B?(?:M|IM)*,?")
_MOST_OBJECT = 12
# ", and the council voted"
_NEXT_CLAUSE = re.compile(r",J(?:[BM,])*[DNPR](?:F[NP]|'[NP]|,?[BM])*[vxp]")
# "said it was old, and not only": what follows was not reported
_DANGLING = re.compile(r"[-,]*J[BS]*\Z")
# "said he would, and left"
_SAME_SUBJECT = re.compile(r"JB*[vxp]")
_BARE, _NUMBER = frozenset(map(ord, "NAV")), ord("C")
"""Classes of a first word that "to" may belong to, and a word of degree."""
_ABOUT = frozenset(map(code_of, _WORDS["degree"]))
_STANDARDS = frozenset(map(code_of, _WORDS["standard"]))


class Clauses:
    """Reads the clauses of a batch."""

    def __init__(self, reading: Reading) -> None:
        """Prepare for one batch."""
        self._kinds = reading.phrases.letters
        self._firsts = reading.context.firsts
        self._heads = reading.context.heads
        self._starts = reading.context.sentence_starts
        self._is_heading = [kind in HEADLINES for kind in reading.lines.kinds]
        self._lines = reading.phrases.lines
        self._tags = reading.tokens.tags[reading.phrases.first]

    def of(self, cue: int, runs: list[Run]) -> list[Run]:
        """Return the runs of phrases that a cue reports; none if they are no statement.

        Whom somebody told is no part of what they told them; "asked who pays, Ames said" and "according to plan" report
        nothing.

        Args:
            cue: The phrase of the cue.
            runs: Those that it seems to report, in order.
        """
        if self._is_idle(cue):
            return []
        head = self._heads[cue]
        if head in ADDRESSING:
            runs = [self._without_addressee(cue, run) for run in runs if not self._is_addressee(cue, run)]
        runs = [run for run in runs if run != (cue, cue) and not (run[0] == run[1] and self._heads[run[0]] in _EMPTY)]
        if any(run[1] in (cue - 1, cue - 2) and self.has_verb([run]) for run in runs):
            runs = [run for run in runs if run[0] != cue + 1]  # "…, said the owner": who, not what
        runs = [self._whole(cue, run) for run in runs if not _SAME_SUBJECT.match(self._kinds, run[0])]
        return [] if self._is_phrase(cue, runs) else runs

    def is_heading(self, phrase: int) -> bool:
        """Whether a phrase is part of a headline."""
        return bool(self._is_heading[self._lines[phrase]])

    def is_clause(self, runs: Sequence[Run]) -> bool:
        """Whether runs have a verb, or start with a word that opens a clause."""
        return self.has_verb(runs) or self._firsts[runs[0][0]] in OPENERS

    def has_verb(self, runs: Sequence[Run]) -> bool:
        """Whether a verb is among runs."""
        return any(kind in VERBS for first, last in runs for kind in self._kinds[first : last + 1])

    def _is_phrase(self, cue: int, runs: list[Run]) -> bool:
        """Whether runs, but in headlines, have no clause where only one would be a statement: "said goodbye"."""
        if not (self._heads[cue] in PLAIN or self._kinds[cue] == "p"):
            return False
        if self.is_heading(cue) and runs and runs[-1][1] < cue:
            return False
        return not any(self.is_clause([run]) for run in runs)

    def _whole(self, cue: int, run: Run) -> Run:
        """Return a run with the word that leads it, without its speaker's possessor and the writer's next clause."""
        first, last = self._without_next_clause(cue, run)
        if first == cue + 2 and self._is_led(first):
            first -= 1
        if last > first + 1 and self._kinds[last] == "'" and self._kinds[last + 1] in "NP":
            last -= 2
        dangling = _DANGLING.search(self._kinds, first, last + 1)
        return first, dangling.start() - 1 if dangling and dangling.start() > first else last

    def _is_led(self, phrase: int) -> bool:
        """Whether the word before a phrase belongs to it: to | rebuild, about | 20 people."""
        before, tag = self._kinds[phrase - 1], self._tags[phrase]
        return (before == "T" and tag in _BARE) or (tag == _NUMBER and self._firsts[phrase - 1] in _ABOUT)

    def _without_next_clause(self, cue: int, run: Run) -> Run:
        """Return a run after its cue up to where the writer speaks again: "said it was old, but it stayed open"."""
        match = _NEXT_CLAUSE.search(self._kinds, run[0], run[1] + 1) if run[0] > cue else None
        return (run[0], match.start() - 1) if match and match.start() > run[0] else run

    def _is_idle(self, cue: int) -> bool:
        """Whether a cue reports nothing: "Asked who pays, Ames said", "according to plan"."""
        if self._kinds[cue] == "L":
            return self._kinds[cue + 1] == "T" and self._heads[cue + 2] in _STANDARDS
        return cue == self._starts[cue] and self._heads[cue] in ADDRESSING and self._kinds[cue] in "ve"

    def _is_addressee(self, cue: int, run: Run) -> bool:
        """Whether a run is the subject of a passive: "residents were told that"."""
        return run[1] < cue and self._kinds[cue] in "pi" and not self.has_verb([run])

    def _without_addressee(self, cue: int, run: Run) -> Run:
        """Return a run without the noun phrase between the cue and "that": "told the owners that"."""
        first, last = run
        if first != cue + 1:
            return run
        match = _OBJECT.match(self._kinds, first, min(first + _MOST_OBJECT, last))
        return (match.end(), last) if match and self._firsts[match.end()] in OPENERS else run
