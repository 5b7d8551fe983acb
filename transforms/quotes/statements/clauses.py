"""Which of the phrases that a cue seems to report are a clause that it reports: what labels alone do not tell."""

import re
from collections.abc import Sequence

from transforms.quotes.cues import ADDRESSING, PLAIN, codes_of, found_in
from transforms.quotes.lexicon import read_words
from transforms.quotes.marks import HEADLINES
from transforms.quotes.model.analysis import Reading
from transforms.quotes.model.phrases import VERBS
from transforms.quotes.model.tokens import Hashes

Run = tuple[int, int]
"""Phrases that follow each other: the first and the last."""
_WORDS = read_words()
OPENERS = codes_of(_WORDS["opener"])
"""Codes of the words that open a clause."""
_EMPTY = codes_of({"it", "there"})
_VERB = re.compile(f"[{VERBS}]")
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
_ABOUT = codes_of(_WORDS["degree"])
_STANDARDS = codes_of(_WORDS["standard"])


class _Words:
    """Tells of each phrase, a byte each, whether its first or its head word is one of some, given by their codes."""

    def __init__(self, reading: Reading) -> None:
        self._codes = reading.tokens.word_codes
        self._firsts = reading.tokens.ids[reading.phrases.first]
        self._heads = reading.tokens.ids[reading.phrases.last]

    def first(self, codes: Hashes) -> bytes:
        return found_in(codes, self._codes)[1][self._firsts].tobytes()

    def head(self, codes: Hashes) -> bytes:
        return found_in(codes, self._codes)[1][self._heads].tobytes()


class Clauses:
    """Reads the clauses of a batch."""

    def __init__(self, reading: Reading) -> None:
        """Prepare for one batch."""
        self._kinds = reading.phrases.letters
        self._starts = reading.context.sentence_starts
        words = _Words(reading)
        self._opens, self._is_degree = words.first(OPENERS), words.first(_ABOUT)
        self._addresses, self._is_plain = words.head(ADDRESSING), words.head(PLAIN)
        self._is_empty, self._is_standard = words.head(_EMPTY), words.head(_STANDARDS)
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
        if self._addresses[cue]:
            runs = [self._without_addressee(cue, run) for run in runs if not self._is_addressee(cue, run)]
        runs = [run for run in runs if run != (cue, cue) and not (run[0] == run[1] and self._is_empty[run[0]])]
        if any(run[1] in (cue - 1, cue - 2) and self._has_verb(*run) for run in runs):
            runs = [run for run in runs if run[0] != cue + 1]  # "…, said the owner": who, not what
        runs = [self._whole(cue, run) for run in runs if not _SAME_SUBJECT.match(self._kinds, run[0])]
        return [] if self._is_phrase(cue, runs) else runs

    def is_heading(self, phrase: int) -> bool:
        """Whether a phrase is part of a headline."""
        return bool(self._is_heading[self._lines[phrase]])

    def is_clause(self, runs: Sequence[Run]) -> bool:
        """Whether runs have a verb, or start with a word that opens a clause."""
        return self.has_verb(runs) or self.opens(runs[0][0])

    def opens(self, phrase: int) -> bool:
        """Whether the first word of a phrase opens a clause."""
        return bool(self._opens[phrase])

    def addresses(self, cue: int) -> bool:
        """Whether a cue is a word whose object before a clause is whom they told."""
        return bool(self._addresses[cue])

    def has_verb(self, runs: Sequence[Run]) -> bool:
        """Whether a verb is among runs."""
        return any(self._has_verb(first, last) for first, last in runs)

    def _has_verb(self, first: int, last: int) -> bool:
        return _VERB.search(self._kinds, first, last + 1) is not None

    def _is_phrase(self, cue: int, runs: list[Run]) -> bool:
        """Whether runs, but in headlines, have no clause where only one would be a statement: "said goodbye"."""
        if not (self._is_plain[cue] or self._kinds[cue] == "p"):
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
        return (before == "T" and tag in _BARE) or (tag == _NUMBER and bool(self._is_degree[phrase - 1]))

    def _without_next_clause(self, cue: int, run: Run) -> Run:
        """Return a run after its cue up to where the writer speaks again: "said it was old, but it stayed open"."""
        match = _NEXT_CLAUSE.search(self._kinds, run[0], run[1] + 1) if run[0] > cue else None
        return (run[0], match.start() - 1) if match and match.start() > run[0] else run

    def _is_idle(self, cue: int) -> bool:
        """Whether a cue reports nothing: "Asked who pays, Ames said", "according to plan"."""
        if self._kinds[cue] == "L":
            return self._kinds[cue + 1] == "T" and bool(self._is_standard[cue + 2])
        return bool(self._addresses[cue]) and self._kinds[cue] in "ve" and bool(cue == self._starts[cue])

    def _is_addressee(self, cue: int, run: Run) -> bool:
        """Whether a run is the subject of a passive: "residents were told that"."""
        return run[1] < cue and self._kinds[cue] in "pi" and not self._has_verb(*run)

    def _without_addressee(self, cue: int, run: Run) -> Run:
        """Return a run without the noun phrase between the cue and "that": "told the owners that"."""
        first, last = run
        if first != cue + 1:
            return run
        match = _OBJECT.match(self._kinds, first, min(first + _MOST_OBJECT, last))
        return (match.end(), last) if match and self._opens[match.end()] else run
