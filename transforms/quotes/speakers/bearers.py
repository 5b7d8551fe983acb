"""Who is meant by a surname that several bear, or that is printed beside no first name: Mrs Brandt, the elder Lund."""

from collections.abc import Sequence

from transforms.quotes.speakers.acquaintance import Acquaintance
from transforms.quotes.speakers.kinship import Kinship
from transforms.quotes.speakers.names import Name
from transforms.quotes.speakers.people import People
from transforms.quotes.speakers.salience import Salience

_GENERATIONS = ("the elder ", "The elder ", "the younger ", "The younger ")


class Bearers:
    """The bearers of the surnames of an article."""

    def __init__(self, text: str, people: People, known: Acquaintance, kinship: Kinship, salience: Salience) -> None:
        """Prepare for an article."""
        self._text, self._people, self._known = text, people, known
        self._kinship, self._salience = kinship, salience

    def elder(self, name: Name, full: str | None, at: int) -> str | None:
        """Return the elder or younger of two of one name, if a name says so; else the form known."""
        if self._text.startswith(_GENERATIONS, at):
            end = " Sr" if self._text.startswith("elder", at + 4) else " Jr"
            found = [who for who in self._people.bearing(name.surname) if who.rstrip(".").endswith(end)]
            return found[0] if len(found) == 1 else full
        return full

    def is_clear(self, name: Name, full: str | None, at: int) -> bool:
        """Whether nobody else can be meant than the form known."""
        if full is None or len(name.words) > 1:
            return len(name.words) > 1 or not name.gender
        is_known = " " in full or self.elder(name, full, at) != full
        return is_known and not (name.gender and self._kinship.bearers(name.surname))

    def find(
        self, name: Name, full: str | None, sentence: int, here: Sequence[str], speakers: Sequence[str]
    ) -> str | None:
        """Return whom a name means that is not clear.

        Args:
            name: The name as printed.
            full: The form known.
            sentence: The number of the sentence it stands in.
            here: Those named before it in the paragraph.
            speakers: Those who spoke before it.
        """
        related = self._kinship.bearers(name.surname)
        if full and " " not in full and not related:
            full = self._named(name, here, speakers) or full
        is_known = full is not None and " " in full
        if not name.gender or (is_known and not related):
            return full
        fitting = {who for who in related or ([] if is_known else self._kinship.spouses) if self._fits(who, name)}
        if fitting and is_known:
            fitting.add(full or "")
        chosen = self._salience.likeliest(sentence, lambda _: 1, fitting) if fitting else full
        return chosen or sorted(fitting)[0]

    def _named(self, name: Name, here: Sequence[str], speakers: Sequence[str]) -> str | None:
        """Return the only bearer named in full in the paragraph, else the one who spoke last."""
        bearing = {who for who in self._people.bearing(name.surname) if self._fits(who, name)}
        named = bearing.intersection(here)
        if named:
            return named.pop() if len(named) == 1 else None
        return None if name.gender else next((who for who in reversed(speakers) if who in bearing), None)

    def _fits(self, who: str, name: Name) -> bool:
        return self._known.fit(who, name.gender) > 0
