"""Windows: each word that may report, with the phrases of its sentence that may be what it reports."""

from typing import NamedTuple

import numpy as np

from transforms.quotes.model.context import Context
from transforms.quotes.model.lines import Ints
from transforms.quotes.model.phrases import Phrases
from transforms.quotes.model.tokens import is_of
from transforms.quotes.ranges import ranges

_BEFORE, _AFTER = 40, 50
"""So many phrases are looked at on either side of the cue."""


class Windows(NamedTuple):
    """One entry a cue; its window is a stretch of phrases that holds it.

    Attributes:
        cues: The phrase that may report.
        starts: The first phrase of its window.
        ends: The phrase after its last.
    """

    cues: Ints
    starts: Ints
    ends: Ints

    def of(self, chosen: Ints) -> "Windows":
        """Return some of the windows."""
        return Windows(self.cues[chosen], self.starts[chosen], self.ends[chosen])

    @property
    def lengths(self) -> Ints:
        """How many phrases each window has."""
        return self.ends - self.starts

    def rows(self) -> tuple[Ints, Ints]:
        """Return the position of the window, and the phrase, of each phrase of each window."""
        lengths = self.lengths
        return np.repeat(np.arange(len(lengths)), lengths), ranges(self.starts, lengths)


def windows_around(cues: Ints, phrases: Phrases, context: Context) -> Windows:
    """Return the windows of phrases that may report: their sentences, without the line's end."""
    sentences = context.sentences
    starts = np.searchsorted(sentences, sentences[cues], side="left")
    ends = np.searchsorted(sentences, sentences[cues], side="right")
    ends -= is_of(phrases.kinds[ends - 1], "|")
    starts, ends = np.maximum(starts, cues - _BEFORE), np.minimum(ends, cues + _AFTER)
    return Windows(cues, starts, np.maximum(ends, cues + 1))
