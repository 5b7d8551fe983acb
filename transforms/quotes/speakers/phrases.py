"""Whom a noun phrase stands for: who is named beside it, who was called so before, or nobody that has a name."""

import re
from collections.abc import Callable
from typing import NamedTuple

from transforms.quotes.speakers.acquaintance import Acquaintance
from transforms.quotes.speakers.kinship import Kinship
from transforms.quotes.speakers.ledes import named_next
from transforms.quotes.speakers.names import Name, read_name
from transforms.quotes.speakers.nominals import Nominal, with_complement
from transforms.quotes.speakers.nouns import INDEFINITE
from transforms.quotes.speakers.people import People
from transforms.quotes.speakers.salience import Salience
from transforms.quotes.speakers.sentences import Sentences

_APART = 16
_Bearer = Callable[[Name, str | None, int], str | None]
"""Returns whom a name means; it is passed on, not kept, so that no cycle keeps a read article in memory."""
_BETWEEN = re.compile(r", (?:(?:now|then|once|aged|himself|herself) )?(?:\d{1,3}, )?")


class Scene(NamedTuple):
    """An article, and what has been read of it."""

    text: str
    people: People
    sentences: Sentences
    known: Acquaintance
    kinship: Kinship
    salience: Salience


class Phrases:
    """The noun phrases of one article, read in order.

    Attributes:
        last: Where the last mention of anybody ended, and who that was.
    """

    def __init__(self, scene: Scene, lede: tuple[int, int]) -> None:
        """Prepare for an article.

        Args:
            scene: The article.
            lede: The bounds of its first paragraph.
        """
        self._text, self._people, self._sentences, self._known, self._kinship, self._salience = scene
        self._lede = lede
        self._awaited = (-1, "", "")
        self.last = (-1, "")

    def meet(self, start: int, who: str) -> None:
        """Take somebody for the one just called "his father" who is named in the next sentence with his surname."""
        sentence, unnamed, surname = self._awaited
        if sentence < 0 or self._sentences.of(start) - sentence not in (0, 1):
            return
        if (
            who.endswith(f" {surname}")
            and self._salience.is_new(who)
            and self._known.fit(who, self._known.pronoun(unnamed))
        ):
            self._known.call(who, self._known.called(unnamed))
            self._salience.rename(unnamed, who)
            self._awaited = (-1, "", "")

    def identify(self, nominal: Nominal, whose: str | None, bearer: _Bearer) -> str:
        """Return whom a noun phrase stands for: the name beside it, one known so, or its own words."""
        who = self._named_beside(nominal, bearer)
        if who:
            self._known.learn(who, nominal)
            if nominal.kin and whose:
                self._relate(whose, nominal.kin, who)
            return who
        if nominal.kin and whose:
            who = self._kinship.find(whose, nominal.kin[0], lambda other: self._known.fit(other, nominal.pronoun))
            who = who or self._namesake(whose, nominal)
        if not who and nominal.determiner not in INDEFINITE:
            who = self._known_as(nominal)
        who = who or self._introduced_next(nominal)
        if who:
            return who
        printed = self._text[nominal.start : with_complement(self._text, nominal)]
        who = printed[0].lower() + printed[1:]
        self._known.learn(who, nominal)
        if nominal.kin and whose and " " in whose:
            self._awaited = (self._sentences.of(nominal.start), who, Name(tuple(whose.split())).surname)
        return who

    def _namesake(self, whose: str, nominal: Nominal) -> str | None:
        """Return the only one of the same surname who may be somebody’s sister or wife."""
        if not nominal.kin or nominal.kin[0] not in ("spouse", "sibling") or not nominal.pronoun or " " not in whose:
            return None
        found = self._people.namesakes(whose, nominal.pronoun)
        return found[0] if len(found) == 1 else None

    def _introduced_next(self, nominal: Nominal) -> str | None:
        """Return who is named in the second paragraph, of whom a first one tells without a name."""
        if nominal.kin and nominal.determiner not in INDEFINITE:
            return None
        who = named_next(self._text, nominal.start, self._lede, self._people)
        if not who or not (self._people.is_certain(who) and self._known.fit(who, nominal.pronoun)):
            return None
        self._known.learn(who, nominal)
        return who

    def _relate(self, whose: str, kin: tuple[str, str], who: str) -> None:
        """Remember who somebody is to another: whose predecessor one is, that one was before."""
        self._kinship.learn(whose, kin, who)
        if kin[0] == "predecessor":
            self._known.call(who, self._known.called(whose) | {"former"})

    def _named_beside(self, nominal: Nominal, bearer: _Bearer) -> str | None:
        """Return the name after a phrase, or the one that stands right before it: the coach, Dana Pell."""
        if nominal.name and (name := read_name(nominal.name.group(1))) and (full := self._people.expand(name)):
            return bearer(name, full, nominal.start)
        return self.last[1] if self.is_apposed(nominal.start) else None

    def is_apposed(self, start: int) -> bool:
        """Whether a comma, or an age, stands between the last mention and an offset: Dana Pell, 44, | the coach."""
        end = self.last[0]
        return 0 <= end < start <= end + _APART and _BETWEEN.fullmatch(self._text, end, start) is not None

    def _known_as(self, nominal: Nominal) -> str | None:
        """Return the likeliest of those called by a noun."""

        def fits(who: str) -> float:
            return self._known.fit(who, nominal.pronoun) if self._known.is_called(who, nominal) else 0

        found = self._salience.likeliest(self._sentences.of(nominal.start), fits)
        if found or not nominal.is_epithet or self._is_held(nominal):
            return found

        def is_meant(who: str) -> float:
            is_named = who[0].isupper() and self._people.is_certain(who)
            is_named = is_named and not (nominal.is_former and nominal.head in self._known.called(who))
            return self._known.fit(who, nominal.pronoun) if is_named else 0

        return self._salience.likeliest(self._sentences.of(nominal.start), is_meant)

    def _is_held(self, nominal: Nominal) -> bool:
        """Whether somebody named is called by a noun; only the present holder is none that was it before."""
        held = f"former {nominal.head}" if nominal.is_former else nominal.head
        return self._known.is_held(held)
