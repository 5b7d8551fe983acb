"""Where an article says that somebody did not speak: “declined to comment”, “could not be reached”.

Only the few words around an anchor of a form are looked at, so that no text makes this slow.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from transforms.quotes.cues import found_in
from transforms.quotes.lexicon import read_words
from transforms.quotes.model.lines import Lines
from transforms.quotes.model.phrases import Phrases
from transforms.quotes.model.subjects import Subjects
from transforms.quotes.model.tokens import Tokens, code_of
from transforms.quotes.ranges import stretches
from transforms.quotes.silence_forms import ASKED, FORMS, FROM, REACHED, SOUGHT, Form

_BEFORE, _AFTER = 16, 24
"""So many words on either side of an anchor are looked at."""
_MAY_SPEAK = "NPRWDC"
_TO_SPEAKER = frozenset({"to", "for", "with", "at", "from", "by"})
"""Prepositions that tie a request to whom it was made to."""
_SEEKING = frozenset({"reach", "contact"})
_WORDS = read_words()


class Silence(NamedTuple):
    """Reporting words that say that somebody did not speak.

    Attributes:
        first_token: Position of their first token: the first auxiliary, or the verb.
        last_token: Position of their last token.
        group: Phrase of the first token.
        phrase: Phrase that names who did not speak, or -1.
    """

    first_token: int
    last_token: int
    group: int
    phrase: int


_BY_ANCHOR = {word: [form for form in FORMS if word in form.anchors] for form in FORMS for word in form.anchors}
_ANCHORS = np.unique(np.array([code_of(word) for word in _BY_ANCHOR], dtype=np.uint64))


def find_silences(lines: Lines, tokens: Tokens, phrases: Phrases, subjects: Subjects) -> list[Silence]:
    """Return where a batch says that somebody did not speak, in order and without overlap.

    What stands in quotation marks is not looked at.

    Args:
        lines: The batch's lines.
        tokens: Their tokens.
        phrases: Their phrases.
        subjects: The subjects of their verbs.
    """
    finder = _Finder(tokens, phrases, subjects)
    at = np.nonzero(found_in(_ANCHORS, tokens.word_codes)[1][tokens.ids])[0]
    of_lines = stretches(lines.starts, tokens.starts[at])
    found = [finder.at(anchor) for anchor in at[~lines.is_inner[of_lines]].tolist()]
    return _apart([silence for silence in found if silence])


def _apart(found: Sequence[Silence]) -> list[Silence]:
    """Return silences in order, of those that overlap the longest that begins first."""
    out: list[Silence] = []
    for silence in sorted(found, key=lambda s: (s.first_token, -s.last_token)):
        if not out or silence.first_token > out[-1].last_token:
            out.append(silence)
    return out


class _Finder:
    def __init__(self, tokens: Tokens, phrases: Phrases, subjects: Subjects) -> None:
        self._words = tokens.words
        self._tags = tokens.tags
        self._first = phrases.first
        self._last = phrases.last
        self._kinds = phrases.letters
        self._subjects = subjects

    def at(self, anchor: int) -> Silence | None:
        """Return the silence that a token is the anchor of, or None."""
        before = self._printed(max(0, anchor - _BEFORE), anchor)
        after = self._printed(anchor + 1, anchor + 1 + _AFTER)
        for form in _BY_ANCHOR.get(self._word(anchor), ()):
            left, right = form.before.search(before), form.after.match(after)
            if left and right and not self._is_modifier(anchor):
                begin = max(left.start(), left.start("span") if "span" in form.before.groupindex else 0)
                return self._silence(form, anchor - before.count(" ", begin), anchor + right[0].count(" "))
        return None

    def _printed(self, start: int, end: int) -> str:
        """Return tokens in small letters, each after a space."""
        return "".join(f" {word}" for word in self._words[start:end]).lower().replace("’", "'")

    def _is_modifier(self, anchor: int) -> bool:
        """Whether a token is a noun before another one: "no comment section"."""
        is_noun = self._word(anchor) in _WORDS["wish"]
        return is_noun and anchor + 1 < len(self._tags) and bool(self._tags[anchor + 1] == ord("N"))

    def _silence(self, form: Form, first: int, last: int) -> Silence | None:
        group = self._phrase(first)
        subject = self._subjects.of_one(group)
        head = self._head(subject) if subject >= 0 else ""
        if head in _WORDS["first_person"]:
            return None  # somebody's own words
        is_other = {
            REACHED: head in _WORDS["unreachable"],
            ASKED: head not in _WORDS["request"],
        }
        if is_other.get(form.speaker):
            return None
        return Silence(first, last, group, self._speaker(form, subject, group, last))

    def _speaker(self, form: Form, subject: int, group: int, last: int) -> int:
        """Return the phrase that names who did not speak, or -1."""
        if form.speaker == FROM:
            return self._named_after(self._phrase(last) + 1, _TO_SPEAKER)
        if form.speaker == ASKED:
            between = (self._named_after(at, _TO_SPEAKER) for at in range(subject + 1, group))
            after = self._named_after(self._phrase(last) + 1, _TO_SPEAKER)
            return next((phrase for phrase in between if phrase >= 0), after)
        if form.speaker == SOUGHT:
            sought = (self._named_after(at, _SEEKING) for at in range(group - 1, max(0, group - _BEFORE), -1))
            return next((phrase for phrase in sought if phrase >= 0), -1)
        return subject

    def _named_after(self, at: int, words: frozenset[str]) -> int:
        """Return the noun phrase after a phrase whose head is one of some words, or -1."""
        named = at + 1
        if self._head(at) not in words or self._kinds[named] not in _MAY_SPEAK or self._head(named) in _WORDS["wish"]:
            return -1
        while self._kinds[named + 1] == "'" and self._kinds[named + 2] in "NP":
            named += 2
        return named

    def _phrase(self, token: int) -> int:
        return int(np.searchsorted(self._first, token, side="right")) - 1

    def _head(self, phrase: int) -> str:
        return self._word(int(self._last[phrase])) if phrase < len(self._last) else ""

    def _word(self, token: int) -> str:
        return self._words[token].lower()
