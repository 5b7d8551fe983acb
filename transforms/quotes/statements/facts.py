"""The facts that features of statements are made of: of a phrase, of the cue, of how the one stands to the other."""

from typing import Any

import numpy as np
import numpy.typing as npt

from transforms.quotes.model.analysis import Reading
from transforms.quotes.model.facts import bucket, hash_kind, unsigned
from transforms.quotes.model.lines import Ints
from transforms.quotes.model.phrases import NOUN_PHRASES
from transforms.quotes.model.tokens import Hashes, is_of
from transforms.quotes.statements.windows import Windows

Facts = dict[str, Hashes]
_FINITE, _PAUSES = "vpx", ",-()"
_BREAKS = ",-();:J"
_QUOTED, _NAME, _NUMBER = np.uint64(7), np.uint64(5), np.uint64(6)
"""Words that stand for all quoted spans (with what they end in), names and numbers."""
_FAR = np.uint64(1)
_SURE = 2
_NONE = 4
"""Nothing to count, where what is counted goes up to 3."""


class Reader:
    """Reads facts off a batch; what they are made of is worked out once."""

    def __init__(self, reading: Reading) -> None:
        """Prepare for one batch."""
        _, tokens, phrases, context, _ = reading
        kinds, heads = phrases.kinds, context.heads
        self._reading = reading
        self._heads = heads
        self._kinds = kinds.astype(np.int64)
        self._shapes = self._kinds * 4 + context.levels
        words = np.where(is_of(kinds, "Q"), context.marks.astype(np.uint64) + _QUOTED, heads)
        words = np.where(is_of(kinds, "CM"), _NUMBER, words)
        self._words = np.where(is_of(kinds, "P"), _NAME, words)
        self._firsts = np.where(is_of(kinds, "P"), _NAME, context.firsts)
        self._endings = tokens.endings(phrases.last)
        self._is_capital = tokens.facts.is_capital[phrases.first]
        self._line_kinds = np.array([hash_kind(kind) for kind in reading.lines.kinds])[phrases.lines]
        self._counts = {name: _counted(is_of(kinds, letters)) for name, letters in _COUNTED.items()}
        self._counts["cues"] = _counted(context.levels >= _SURE)
        size = np.arange(len(kinds))
        is_finite, is_pause = is_of(kinds, _FINITE), is_of(kinds, _PAUSES)
        self._next_verbs, self._next_pauses = _next(is_finite), _next(is_pause)
        self._last_verbs = np.maximum.accumulate(np.where(is_finite, size, -1))

    def of_cues(self, windows: Windows) -> Facts:
        """Return the facts of cues themselves; one entry a window."""
        at = np.arange(len(windows.cues))
        facts = self.of_rows(windows, at, windows.cues)
        subject = self._reading.subjects.of(windows.cues)
        has, s = subject >= 0, np.maximum(subject, 0)
        that = self._counts["subordinators"]
        return facts | _all_unsigned({
            "subject": np.where(has, self._heads[s], 0), "subject_kind": np.where(has, self._kinds[s], 0),
            "subject_ending": np.where(has, self._endings[s], 0),
            "subject_distance": np.where(has, np.minimum(windows.cues - subject, 8), 9),
            "that": that[windows.ends] > that[np.minimum(windows.cues + 1, windows.ends)],
        })  # fmt: skip

    def of_rows(self, windows: Windows, of_rows: Ints, phrases: Ints) -> Facts:
        """Return the facts of phrases in their windows; one entry a row.

        Args:
            windows: Windows.
            of_rows: Position of each row's window.
            phrases: Phrase of each row.
        """
        rows = _Rows(windows, of_rows, phrases)
        return _all_unsigned(
            self._alone(rows) | self._between(rows) | self._of_cue(rows) | self._verbs(rows) | self._pauses(rows)
        )

    def _alone(self, rows: "_Rows") -> dict[str, npt.NDArray[Any]]:
        r = rows.phrases
        return {
            "one": np.ones(len(r)),
            "k": self._shapes[r], "w": self._words[r], "f": self._firsts[r], "ending": self._endings[r],
            "k+1": rows.beside(self._shapes, 1), "k+2": rows.beside(self._shapes, 2),
            "k-1": rows.beside(self._shapes, -1), "k-2": rows.beside(self._shapes, -2),
            "w+1": rows.beside(self._words, 1), "w+2": rows.beside(self._words, 2),
            "w-1": rows.beside(self._words, -1), "w-2": rows.beside(self._words, -2),
            "capital": self._is_capital[r], "line": self._line_kinds[r],
            "to_end": np.minimum(rows.ends - r, 4), "from_start": np.minimum(r - rows.starts, 3),
        }  # fmt: skip

    def _between(self, rows: "_Rows") -> dict[str, npt.NDArray[Any]]:
        """Return what stands between each phrase and the cue."""
        r, c = rows.phrases, rows.cues
        low, high = np.minimum(r, c), np.maximum(r, c)
        after = np.minimum(low + 1, high)
        side = np.sign(r - c) + 1
        counts = {name: of[high] - of[after] for name, of in self._counts.items()}
        pauses, verbs, nouns = (np.minimum(counts[n], most) for n, most in (("pauses", 4), ("verbs", 3), ("nouns", 5)))
        cues, openers, joins, quoted = (
            np.minimum(counts[name], 2) for name in ("cues", "openers", "conjunctions", "quoted")
        )
        context = self._reading.context
        fine, steps = context.fine.between(after, high)
        coarse, _ = context.coarse.between(after, high)
        skeleton, skeleton_steps = context.skeleton.between(after, high)
        subject = self._reading.subjects.of(rows.windows.cues)[rows.of_rows]
        by_subject = np.where(r == subject, 0, np.where(r < subject, 1, np.where(r < c, 2, 3)))
        return {
            "side": side, "distance": bucket(np.abs(r - c)) * 3 + side,
            "pauses": pauses * 3 + side, "verbs": verbs * 3 + side, "nouns": nouns * 3 + side, "cues": cues * 3 + side,
            "openers": openers * 3 + side, "joins": joins * 3 + side, "quoted": quoted * 3 + side,
            "outline": ((((pauses * 4 + verbs) * 3 + cues) * 3 + openers) * 3 + quoted) * 3 + side,
            "outline_nouns": ((nouns * 4 + verbs) * 5 + pauses) * 3 + side,
            "segment": np.minimum(counts["breaks"], 5) * 3 + side,
            "fine": np.where(steps <= 5, fine, _FAR), "coarse": np.where(steps <= 8, coarse, _FAR),
            "skeleton": np.where(skeleton_steps <= 8, skeleton, _FAR),
            "by_subject": np.where(subject < 0, 9, by_subject) * 3 + side,
            "inverted": (r == c + 1) & is_of(self._reading.phrases.kinds[r], "NPRDC"),
        }  # fmt: skip

    def _of_cue(self, rows: "_Rows") -> dict[str, npt.NDArray[Any]]:
        """Return what is beside the cue, and where it stands in its sentence."""
        windows = rows.windows
        cue, starts, ends = windows
        of_cue = _Rows(windows, np.arange(len(cue)), cue)
        before, before2, after, after2, after3 = (of_cue.beside(self._kinds, by) for by in (-1, -2, 1, 2, 3))
        place = np.minimum(cue - starts, 3) * 5 + np.minimum(ends - cue - 1, 4)
        facts = {
            "cue": self._heads[cue], "ck": self._shapes[cue], "cf": self._reading.context.firsts[cue],
            "cue_ending": self._endings[cue], "place": place, "from_cue": place % 5, "to_cue": place // 5,
            "ck-1": of_cue.beside(self._shapes, -1), "ck+1": of_cue.beside(self._shapes, 1),
            "cw-1": of_cue.beside(self._words, -1), "cw+1": of_cue.beside(self._words, 1),
            "around": (after * 128 + after2) * 128 + before, "following": (after * 128 + after2) * 128 + after3,
            "preceding": before * 128 + before2,
            "has_quoted": self._counts["quoted"][ends] > self._counts["quoted"][starts],
            "all_cues": np.minimum(self._counts["cues"][ends] - self._counts["cues"][starts], 4),
        }  # fmt: skip
        return {name: values[rows.of_rows] for name, values in facts.items()}

    def _verbs(self, rows: "_Rows") -> dict[str, npt.NDArray[Any]]:
        """Return the finite verbs before and after each phrase."""
        r, last = rows.phrases, len(self._kinds) - 1
        after = np.minimum(r + 1, last)
        nouns, verbs = self._counts["nouns"], self._counts["verbs"]
        following = self._next_verbs[after]
        has = following < rows.ends
        v = np.where(has, following, 0)
        preceding = self._last_verbs[np.maximum(r - 1, 0)]
        had = (preceding >= rows.starts) & (r > rows.starts)
        u = np.where(had, preceding, 0)
        return {
            "next_verb": np.where(has, self._shapes[v], 0), "next_verb_word": np.where(has, self._heads[v], 0),
            "next_verb_first": np.where(has, self._reading.context.firsts[v], 0),
            "next_verb_ending": np.where(has, self._endings[v], 0),
            "next_verb_nouns": np.where(has, np.minimum(nouns[v] - nouns[after], 3), _NONE),
            "next_verb_distance": np.where(has, np.minimum(v - r, 6), 7), "next_is_cue": has & (v == rows.cues),
            "last_verb": np.where(had, self._shapes[u], 0) + 1000 * (had & (u == rows.cues)),
            "last_verb_word": np.where(had, self._heads[u], 0),
            "last_verb_nouns": np.where(had, np.minimum(nouns[r] - nouns[u + 1], 3), _NONE),
            "verbs_before": np.minimum(verbs[r] - verbs[rows.starts], 3),
            "verbs_after": np.minimum(verbs[rows.ends] - verbs[np.minimum(after, rows.ends)], 3),
        }  # fmt: skip

    def _pauses(self, rows: "_Rows") -> dict[str, npt.NDArray[Any]]:
        """Return the commas and dashes before and after each phrase."""
        r, last = rows.phrases, len(self._kinds) - 1
        pauses = self._counts["pauses"]
        following = self._next_pauses[np.minimum(r + 1, last)]
        has = following < rows.ends
        return {
            "pauses_before": np.minimum(pauses[r] - pauses[rows.starts], 3),
            "pauses_after": np.minimum(pauses[rows.ends] - pauses[np.minimum(r + 1, rows.ends)], 3),
            "next_pause": np.where(has, np.minimum(following - r, 6), 7),
            "after_pause": np.where(has, self._shapes[np.minimum(following + 1, last)], 0),
            "pause_before_cue": np.where(has, following == rows.cues - 1, 2),
        }  # fmt: skip


class _Rows:
    """Phrases in their windows; one entry a row."""

    def __init__(self, windows: Windows, of_rows: Ints, phrases: Ints) -> None:
        self.windows = windows
        self.of_rows = of_rows
        self.phrases = phrases
        self.cues, self.starts, self.ends = (values[of_rows] for values in windows)
        self._beside: dict[int, tuple[Ints, npt.NDArray[np.bool_]]] = {}

    def beside(self, values: npt.NDArray[Any], by: int) -> npt.NDArray[Any]:
        """Return the value of the phrase `by` later (earlier, if negative) in the same window, or 0."""
        if by not in self._beside:
            at = self.phrases + by
            is_inside = at < self.ends if by > 0 else at >= self.starts
            self._beside[by] = np.where(is_inside, at, 0), is_inside
        at, is_inside = self._beside[by]
        return values[at] * is_inside


_COUNTED = {
    "pauses": _PAUSES, "verbs": _FINITE, "nouns": NOUN_PHRASES + "O", "openers": "SW", "subordinators": "S",
    "conjunctions": "J", "quoted": "Q", "breaks": _BREAKS,
}  # fmt: skip
"""Kinds of phrase that are counted, by name."""


def _counted(flags: npt.NDArray[np.bool_]) -> Ints:
    """Return how many are flagged before each, and all."""
    return np.concatenate([[0], np.cumsum(flags)])


def _next(flags: npt.NDArray[np.bool_]) -> Ints:
    """Return the first flagged at or after each; their number if there is none."""
    at = np.where(flags, np.arange(len(flags)), len(flags))
    return np.minimum.accumulate(at[::-1])[::-1]


def _all_unsigned(facts: dict[str, npt.NDArray[Any]]) -> Facts:
    return {name: unsigned(np.asarray(values)) for name, values in facts.items()}
