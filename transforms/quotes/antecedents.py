"""Whom "he" or "she" stands for: the one person named shortly before, or nobody."""

import bisect
from collections.abc import Iterable, Sequence

from transforms.quotes.marks import Paragraph, Span
from transforms.quotes.names import FullNames, Name

_SOMEBODY_ELSE = ""
"""Stands for anybody named who is no speaker of the article, or whose surname several speakers share."""


class Antecedents:
    """The people named outside quotes in an article."""

    def __init__(
        self,
        names: Sequence[tuple[int, Name]],
        full_names: FullNames,
        speakers: Iterable[tuple[str, str | None]],
        paragraphs: Sequence[Paragraph],
        spans: Sequence[Span],
    ) -> None:
        """Learn from an article.

        Args:
            names: Its names, each with its offset, in order.
            full_names: Their fullest forms.
            speakers: The full forms of its named speakers, each with the pronoun that it asks for, where known.
            paragraphs: Its paragraphs.
            spans: Its quoted spans.
        """
        self._pronouns: dict[str, str] = {}
        by_surname: dict[str, str] = {}
        for full, pronoun in speakers:
            surname = full.split()[-1]
            by_surname[surname] = full if by_surname.get(surname, full) == full else _SOMEBODY_ELSE
            if pronoun:
                self._pronouns[full] = pronoun
        outer = [(s.outer_start, s.outer_end) for s in spans if s.parent < 0]
        self._offsets: list[int] = []
        self._people: list[str] = []
        for at, name in names:
            person = by_surname.get(name.surname)
            if person is None and full_names.knows(name):
                person = _SOMEBODY_ELSE
            if person is not None and not _is_within(at, outer):
                self._offsets.append(at)
                self._people.append(person)
        self._starts = [p.start for p in paragraphs if p.kind == "body"]

    def resolve(self, at: int, pronoun: str, said: str) -> str | None:
        """Return whom a pronoun stands for: the only person named since the paragraph before began.

        Args:
            at: Offset of the pronoun.
            pronoun: It, in small letters.
            said: What the one it stands for said; nobody speaks of themself by name.
        """
        paragraph = bisect.bisect_right(self._starts, at) - 1
        low = self._starts[max(0, paragraph - 1)] if self._starts else 0
        between = slice(bisect.bisect_left(self._offsets, low), bisect.bisect_left(self._offsets, at))
        people = set(self._people[between])
        if len(people) != 1:
            return None
        full = people.pop()
        if not full or full.split()[-1] in said or self._pronouns.setdefault(full, pronoun) != pronoun:
            return None
        return full


def _is_within(at: int, stretches: Sequence[tuple[int, int]]) -> bool:
    """Whether an offset lies in one of the stretches, which are apart and in order."""
    before = bisect.bisect_right(stretches, (at, at)) - 1
    return before >= 0 and at < stretches[before][1]
