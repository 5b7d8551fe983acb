"""What a mention says, read in the order of the text: a name, a description, or a pronoun and whom it stands for."""

import re
from collections.abc import Sequence

from transforms.quotes.lexicon import read_list
from transforms.quotes.marks import Paragraph, Span
from transforms.quotes.speakers.descriptions import describe
from transforms.quotes.speakers.discourse import Discourse
from transforms.quotes.speakers.holders import Holders
from transforms.quotes.speakers.named import Reading, read_named
from transforms.quotes.speakers.nameless import Nameless
from transforms.quotes.speakers.names import RUN, nature, read_name
from transforms.quotes.speakers.nominals import group_end
from transforms.quotes.speakers.organisations import Organisations
from transforms.quotes.speakers.people import People
from transforms.quotes.speakers.relatives import phrase_before
from transforms.quotes.speakers.roles import Standings, is_affiliation
from transforms.quotes.speakers.standing import Standing, as_standing

_PRONOUNS = {word: key for key, words in read_list("pronouns.tsv", None).items() for word in words}
_CHARACTERS = 200
_DESCRIPTIONS = 9
"""Of so many officials "the official" is none that could be told."""
_SENTENCE = re.compile(r"(?:^|(?<=\n)|[.?!][”’\"')]* )(?=[A-Z])", re.MULTILINE)
_CONTRACTED = re.compile("[’']")
_SHORT = 12
"""Longer mentions are no pronouns, also when drawn together with a verb: they’ve."""
_SENTENCES = 2
"""How far back "they" and "it" look."""
_ANYBODY = frozenset({"anyone", "anybody", "someone", "somebody", "everyone", "everybody", "nobody"})
_FIRST = re.compile(r"[A-Z][\w’'-]+")
_NAME_BEFORE = re.compile(r"(?<![\w-])([A-Z]\w+) \Z")
_FIRST_NAME = 20
"""A first name that is also another word may be left out of a mention: Will | Dallow."""
_FIRST_PERSON = frozenset({"i", "we"})


_NOBODY = Reading()


class Reader:
    """Reads the mentions of one article, which must come in order."""

    def __init__(self, text: str, people: People, spans: Sequence[Span], paragraphs: Sequence[Paragraph] = ()) -> None:
        """Prepare for an article.

        Args:
            text: Its text.
            people: Its people.
            spans: Its spans, in order.
            paragraphs: Its paragraphs.
        """
        self._text, self._people = text, people
        lede = next(((p.start, p.start + len(p.text)) for p in paragraphs if p.kind == "body"), (0, 0))
        self._discourse = Discourse(text, people, spans, lede)
        self.organisations = Organisations(text, people)
        self.standings = Standings(text, people, self.organisations)
        holders = Holders(text, people, self._discourse, self.standings)
        self._nameless = Nameless(text, people, self._discourse, holders, self.organisations)
        self._spoken: list[tuple[int, Reading]] = []
        self._phrases: dict[str, tuple[str, Reading | None]] = {}

    def office(self, name: str) -> Standing:
        """Return the office that somebody is called by away from the name."""
        called = self._discourse.office(name)
        found = as_standing(called)
        is_body = found.organisation and is_affiliation(found.organisation, self._people)
        return found if is_body else found._replace(organisation=None)

    def read(self, mention: tuple[int, int], said: Sequence[Span]) -> Reading:
        """Return the reading of the next mention.

        Args:
            mention: Its bounds.
            said: The spans attributed to it.
        """
        printed = self._text[mention[0] : min(mention[1], mention[0] + _CHARACTERS)].rstrip(" ,")
        pronoun = _PRONOUNS.get(_CONTRACTED.split(printed.lower(), maxsplit=1)[0]) if len(printed) < _SHORT else None
        at = mention[0]
        reading = self._pronoun(pronoun, at, said) if pronoun else self._phrase(printed, *mention)
        if reading.name:
            self._spoken.append((mention[0], reading))
            if reading.kind in ("person", "anonymous") and reading.name not in _ANYBODY:
                self._discourse.speak(*mention, reading.name)
        return reading

    def _pronoun(self, pronoun: str, at: int, said: Sequence[Span]) -> Reading:
        if pronoun in _FIRST_PERSON:
            return Reading(is_first_person=True, is_singular=pronoun == "i")
        if pronoun in ("who", "which"):
            return self._relative(pronoun, at)
        if pronoun in ("he", "she"):
            words = " ".join(self._text[span.start : span.end] for span in said)
            return self._known(self._discourse.resolve(at, pronoun, words))
        return self._group(pronoun, at)

    def _known(self, name: str | None) -> Reading:
        """Return the reading of somebody by name or description."""
        if name is None:
            return _NOBODY
        known = next((r for _, r in reversed(self._spoken[-_DESCRIPTIONS:]) if r.name == name), None)
        if known or name[0].isupper():
            return known or Reading(name, "person")
        described = describe(name)
        return Reading(name, "anonymous", described.role, described.organisation)

    def _relative(self, pronoun: str, at: int) -> Reading:
        bounds = phrase_before(self._text, at, pronoun == "who")
        if bounds is None:
            return _NOBODY
        printed = self._text[slice(*bounds)]
        if printed.lower() in _PRONOUNS:
            return _NOBODY
        return self._phrase(printed, *bounds)

    def _group(self, pronoun: str, at: int) -> Reading:
        """Return the body or group that spoke shortly before "it" or "they"."""
        kinds = ("organisation", "document") if pronoun == "it" else ("organisation", "collective")
        for before, reading in reversed(self._spoken[-_SENTENCES:]):
            if reading.kind in kinds and self._discourse.sentences_between(before, at) <= _SENTENCES:
                return reading
        found = self._subject_before(at, kinds)
        if found.name or pronoun == "it":
            return found
        return self._known(self._discourse.neither(at))

    def _subject_before(self, at: int, kinds: tuple[str, ...]) -> Reading:
        """Return the body or group that the sentence before is about: Campaigners disagree. They | say."""
        low = max(self._text.rfind("\n", 0, at) + 1, at - _CHARACTERS * 2)
        starts = [match.end() for match in _SENTENCE.finditer(self._text, low, at)][-_SENTENCES - 1 :]
        for start in reversed(starts):
            end = group_end(self._text, start) or self._body_end(start)
            if start < end < at:
                reading = self._phrase(self._text[start:end], start, end)
                if reading.kind in kinds:
                    return reading
        return _NOBODY

    def _body_end(self, start: int) -> int:
        """Return where the name of a body that a sentence starts with ends; the start itself for none."""
        match = RUN.match(self._text, start)
        name = read_name(match.group()) if match else None
        return match.end() if match and name and nature(name.words) == "organisation" else start

    def _phrase(self, printed: str, start: int, end: int) -> Reading:
        """Return the reading of a name or description."""
        if _FIRST.fullmatch(printed) and (
            before := _NAME_BEFORE.search(self._text, max(0, start - _FIRST_NAME), start)
        ):
            whole = read_name(f"{before.group(1)} {printed}")
            if whole and " ".join(whole.words) in self._people.bearing(whole.surname):
                printed, start = f"{before.group(1)} {printed}", before.start(1)
        if printed not in self._phrases:
            self._phrases[printed] = read_named(printed, self._people)
        head, named = self._phrases[printed]
        if named is None:
            return self._nameless.read(head, start, end)
        if named.kind == "organisation" and named.name:
            full: str | None = self.organisations.full(named.name)
        else:
            name = read_name(printed) if named.kind == "person" else None
            full = self._discourse.bearer(name, named.name, start) if name else named.name
        return named if full == named.name else named._replace(name=full)
