"""Whom "he", "his wife" or "the coach" stands for: the text is read in order, with those mentioned kept in mind."""

import bisect
import re
from collections.abc import Container, Sequence

from transforms.quotes.lexicon import read_list
from transforms.quotes.marks import Span
from transforms.quotes.speakers.acquaintance import Acquaintance, is_one, words_of, words_of_title
from transforms.quotes.speakers.bearers import Bearers
from transforms.quotes.speakers.descriptions import Description, describe
from transforms.quotes.speakers.kinship import Kinship
from transforms.quotes.speakers.names import RUN, Name, read_name
from transforms.quotes.speakers.nominals import Nominal, fronted, nominal_at
from transforms.quotes.speakers.nouns import INDEFINITE
from transforms.quotes.speakers.people import People
from transforms.quotes.speakers.phrases import Phrases, Scene
from transforms.quotes.speakers.salience import POSSESSIVE, SPOKE, SUBJECT, Salience
from transforms.quotes.speakers.sentences import Sentences

_PREDICATIVE = frozenset(read_list("beside.tsv", None)["predicative"])
_TOKEN = re.compile(
    r"[AHIOSTahiost](?<!\w.)(?:(?<=[Tt])he(?:ir)?(?= )|(?<=[Aa])(?:n(?:other)?)?(?= )|(?<=[Ii])ts(?= )|(?<=[Oo])ne(?= )"
    r"|(?:(?<=[Hh])(?:is|er?)|(?<=[Ss])[Hh]e)\b(?![’'-]))"
)
"""Determiners and pronouns; a set of letters comes first, because only that lets the search skip all others."""
_POSSESSIVES = {"his": "he", "her": "she"}
_WINDOW = 600
"""So many characters before a pronoun are read."""
_ONE = re.compile(
    r"One(?: of (?:them|(?:the|his|her|its|their|those) [a-z][a-z -]{2,40}?))?"
    rf"(?:,? who (?:gave|gives) (?:his|her|their) (?:first )?name (?:only )?as ({RUN.pattern})|(?=,? who |, ))"
)
_NEAREST = 12


class Discourse:
    """The persons of an article in the order of the text, read as far as is asked for."""

    def __init__(self, text: str, people: People, spans: Sequence[Span], lede: tuple[int, int] = (0, 0)) -> None:
        """Prepare for an article.

        Args:
            text: Its text.
            people: Its people.
            spans: Its quoted spans, in order of start.
            lede: The bounds of its first paragraph.
        """
        self._lede = lede
        self._text, self._people = text, people
        self._sentences = Sentences(text, spans)
        self._salience, self._kinship = Salience(), Kinship()
        for one, other in people.couples:
            self._kinship.learn(one, ("spouse", "spouse"), other)
        self._known = Acquaintance(text, people)
        scene = Scene(text, people, self._sentences, self._known, self._kinship, self._salience)
        self._phrases = Phrases(scene, lede)
        self._bearers = Bearers(text, people, self._known, self._kinship, self._salience)
        self._spoken: list[tuple[int, int, str]] = []
        self._speakers: list[str] = []
        self._read = self._until = 0

    def speak(self, start: int, end: int, who: str) -> None:
        """Remember who spoke, by a mention; mentions come in the order of the text."""
        self._spoken.append((start, end, who))
        self._speakers = [*self._speakers[1 - _NEAREST :], who]
        if " " not in who:
            self._known.call(who, frozenset())

    def resolve(self, at: int, pronoun: str | None, said: str, among: Container[str] | None = None) -> str | None:
        """Return whom a pronoun, or an office that several hold, stands for; None if nobody fits.

        Args:
            at: Offset of the pronoun.
            pronoun: "he" or "she", or None.
            said: What the one it stands for said; nobody speaks of themself by name.
            among: The full forms to choose from, if not everybody's.
        """
        self._read_until(at)
        return self._choose(at, pronoun, said, among)

    def _choose(self, at: int, pronoun: str | None, said: str = "", among: Container[str] | None = None) -> str | None:
        who = self._salience.likeliest(self._sentences.of(at), lambda name: self._known.fit(name, pronoun, said), among)
        if not who or not pronoun:
            return who
        if " " not in who and who[0].isupper():
            who = self._people.expand(Name((who,), None, pronoun)) or who
        self._known.learn_pronoun(who, pronoun)
        return who

    def office(self, who: str) -> Description:
        """Return what the text read so far calls somebody that says an office: She is | the executor."""
        return describe(self._known.office(who))

    def neither(self, at: int) -> str | None:
        """Return who is named last as the subject of a sentence and asks for no pronoun known: they, of one person."""
        self._read_until(at)

        def fits(who: str) -> float:
            if is_one(who):
                return 1
            return 1 if who[0].isupper() and not self._known.pronoun(who) and self._people.is_known(who) else 0

        who = self._salience.likeliest(self._sentences.of(at), fits)
        everybody = self._salience.likeliest(self._sentences.of(at), lambda _: 1)
        return who if who == everybody else None

    def nominal(self, start: int) -> tuple[str, Nominal] | None:
        """Return whom a noun phrase stands for, by name or description, and the phrase; None if it is no person's."""
        match = _TOKEN.match(self._text, start)
        found = nominal_at(self._text, start, match.end() + 1) if match else None
        if found is None:
            return None
        if found.determiner not in INDEFINITE or start < self._lede[1]:
            self._read_until(start)
        return self._phrases.identify(found, self._whose(found, start), self.bearer), found

    def bearer(self, name: Name, full: str | None, at: int) -> str | None:
        """Return whom "Mrs Brandt" means, or a bare surname that several bear.

        Args:
            name: The name as printed.
            full: Its fullest form, as far as that is clear.
            at: Where it stands.
        """
        if self._bearers.is_clear(name, full, at):
            return self._bearers.elder(name, full, at)
        self._read_until(at)
        named = self._people.occurrences
        first, last = (bisect.bisect_left(named, (low,)) for low in (self._text.rfind("\n", 0, at), at))
        here = [who for _, _, who in named[max(first, last - _NEAREST) : last]]
        return self._bearers.find(name, full, self._sentences.of(at), here, self._speakers)

    def _read_until(self, at: int) -> None:
        """Take in all mentions before an offset, as far as they are near."""
        start = max(self._read, at - _WINDOW)
        if at <= start:
            return
        spoken, self._spoken = self._spoken, []
        self._read = at
        for low, high in self._sentences.gaps(start, at):
            for begin, kind, end, who in sorted(self._events(low, high, spoken)):
                if begin < self._until:
                    continue
                if kind < 2:
                    self._name(begin, end, who, SPOKE if kind == 0 else 0)
                    self._until = end
                else:
                    self._take(begin, end, who.lower())

    def _events(self, low: int, high: int, spoken: list[tuple[int, int, str]]) -> list[tuple[int, int, int, str]]:
        """Return the mentions between two offsets: of speakers, by name, and words that may start others."""
        named = self._people.occurrences
        first, last = bisect.bisect_left(named, (low,)), bisect.bisect_left(named, (high,))
        events = [(start, 1, end, who) for start, end, who in named[first:last]]
        events += [(m.start(), 2, m.end(), m.group()) for m in _TOKEN.finditer(self._text, low, high)]
        return events + [(start, 0, end, who) for start, end, who in spoken if low <= start < high]

    def _name(self, start: int, end: int, who: str, more: float) -> None:
        """Take in a mention by name or of a speaker."""
        before = self._sentences.word_before(start)
        if before in _POSSESSIVES and " " not in self._text[start:end]:
            return
        if not before and who[0].isupper():
            self._salience.turn()
        name = read_name(self._text[start:end])
        if name and (name.role or name.gender or self._text.startswith("Dr", start)):
            who = self.bearer(name, who, start) or who
            self._known.call(who, words_of_title(self._text[start:end]) | (words_of(name.role) if name.role else set()))
        self._mention(start, end, who, more)
        self._phrases.meet(start, who)

    def _take(self, start: int, end: int, word: str) -> None:
        """Take in a pronoun or a noun phrase."""
        if word in ("he", "she"):
            if who := self._choose(start, word):
                self._weigh(start, end, who)
            return
        found = nominal_at(self._text, start, end + 1)
        if (
            word in _POSSESSIVES
            and (found is None or not found.kin)
            and (who := self._choose(start, _POSSESSIVES[word]))
        ):
            self._salience.mention(who, self._sentences.of(start), POSSESSIVE)
        if found is None and word == "one":
            self._take_one(start)
        if found is None or (self._sentences.word_before(start) in _PREDICATIVE and not found.name):
            if found and self._phrases.last[1]:
                self._known.learn(self._phrases.last[1], found)
            return
        self._take_nominal(found, start)

    def _take_nominal(self, found: Nominal, start: int) -> None:
        """Take in a noun phrase."""
        if (led := fronted(self._text, found)) and (who := self._choose(led.end(), led.group(1))):
            self._known.learn(who, found)
            self._until = led.end()
            return
        is_apposed = self._phrases.is_apposed(start)
        whose = self._whose(found, start)
        who = self._phrases.identify(found, whose, self.bearer)
        self._until = found.end
        if whose and who[0].islower():  # "his father had been one": still about him
            sentence = self._sentences.of(start)
            weight = self._sentences.weight(start, found.end, sentence, self._phrases.last[0])
            self._salience.mention(whose, sentence, weight)
            self._salience.mention(who, sentence, weight / 2)
            self._phrases.last = (found.end, who)
        elif not is_apposed:
            self._mention(start, found.end, who)

    def _take_one(self, start: int) -> None:
        """Take in one of several: One of them, | who."""
        match = _ONE.match(self._text, start, start + _WINDOW)
        if match:
            who = match.group(1) or f"o{match.group()[1:]}"
            self._until = match.end()
            self._known.call(who, frozenset())
            self._mention(start, match.end(), who)

    def _whose(self, nominal: Nominal, at: int) -> str | None:
        pronoun = _POSSESSIVES.get(nominal.determiner) if nominal.kin else None
        return self._choose(at, pronoun) if pronoun else None

    def _weigh(self, start: int, end: int, who: str, more: float = 0) -> None:
        sentence = self._sentences.of(start)
        weight = self._sentences.weight(start, end, sentence, self._phrases.last[0])
        self._salience.mention(who, sentence, weight + (more if weight >= SUBJECT else more / 2))

    def _mention(self, start: int, end: int, who: str, more: float = 0) -> None:
        self._weigh(start, end, who, more)
        self._phrases.last = (end, who)

    def sentences_between(self, start: int, end: int) -> int:
        """Return how many sentences of the reporter lie between two offsets."""
        return self._sentences.of(end) - self._sentences.of(start)
