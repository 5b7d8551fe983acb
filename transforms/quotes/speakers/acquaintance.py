"""What a text has said of those in it so far: the nouns they are called by, and the pronouns they ask for."""

from collections.abc import Set

from transforms.quotes.lexicon import read_list
from transforms.quotes.speakers.names import is_adjective
from transforms.quotes.speakers.nominals import Nominal
from transforms.quotes.speakers.nouns import NOUNS
from transforms.quotes.speakers.people import People

_DISTINCT = frozenset(read_list("beside.tsv", None)["distinct"])
_CALLED = read_list("called.tsv", None)
ABBREVIATED = {title.lower(): words[0] for title, words in _CALLED.items()}
_PHRASE = 120
_DOUBTFUL = 0.4
_LAST_RESORT = 0.01
_KNOWN = 1.25
_UNNAMED = 0.4
"""Factors: of who may be a person, of who only looks so, of who is known to ask for the pronoun, of the unnamed."""


def words_of(office: str) -> set[str]:
    """Return the words that somebody with a title may be called by: senator, of “Sen.”."""
    office = office.lower()
    return {ABBREVIATED.get(office, office.rsplit(" ", 1)[-1])} | (_DISTINCT & set(office.split()))


def words_of_title(printed: str) -> set[str]:
    """Return the words that somebody may be called by whose name starts with a title: detective, of “Det Insp”."""
    return set(_CALLED.get(printed.split(" ", 1)[0], ()))


def is_one(who: str) -> bool:
    """Whether somebody is one of those just spoken of: one of them."""
    return who == "one" or who.startswith("one of ")


class Acquaintance:
    """What is known of everybody."""

    def __init__(self, text: str, people: People) -> None:
        """Nothing is known yet but what names say."""
        self._text, self._people = text, people
        self._called: dict[str, set[str]] = {}
        self._genders: dict[str, str] = {}
        self._held: set[str] = set()
        self._offices: dict[str, int] = {}

    def pronoun(self, who: str) -> str | None:
        """Return the pronoun that somebody asks for, if it is known."""
        known = self._genders.get(who)
        if known is None:
            known = self._genders[who] = (self._people.pronoun(who) or "") if who[0].isupper() else ""
        return known or None

    def learn_pronoun(self, who: str, pronoun: str | None) -> None:
        """Remember the pronoun that somebody was referred to by, if none was known."""
        if pronoun and not self.pronoun(who):
            self._genders[who] = pronoun

    def fit(self, who: str, pronoun: str | None, said: str = "") -> float:
        """Return how well somebody fits a pronoun; 0 for who does not, or speaks of themself by name."""
        known = self.pronoun(who)
        if pronoun and known not in (None, pronoun):
            return 0
        surname = who.rsplit(" ", 1)[-1]
        if said and surname[0].isupper() and surname in said:
            return 0
        if not known and pronoun and who[0].islower() and not is_one(who):
            return _UNNAMED
        if known or who in self._called or self._people.is_certain(who):
            return _KNOWN if known and pronoun else 1
        return _DOUBTFUL if self._people.is_known(who) else _LAST_RESORT

    def called(self, who: str) -> Set[str]:
        """Return the words that somebody is called by."""
        return self._called.get(who, frozenset())

    def call(self, who: str, words: Set[str]) -> None:
        """Remember words that somebody is called by."""
        self._called.setdefault(who, set()).update(words)
        if who[0].isupper():
            self._held.update(words)

    def is_held(self, noun: str) -> bool:
        """Whether anybody named is called by a noun."""
        return noun in self._held

    def learn(self, who: str, nominal: Nominal) -> None:
        """Remember what a noun phrase calls somebody, and what pronoun that asks for."""
        words = set(self._text[nominal.start : nominal.end].lower().split()) & _DISTINCT
        self.call(who, words | {nominal.head} | ({nominal.age} if nominal.age else set()))
        self.learn_pronoun(who, nominal.pronoun)
        if nominal.head in NOUNS["role"] and not nominal.kin:
            self._offices.setdefault(who, nominal.start)

    def office(self, who: str) -> str:
        """Return what somebody is called first that says an office, and what follows it; nothing if nothing does."""
        start = self._offices.get(who, -1)
        return self._text[start : start + _PHRASE].split("\n", 1)[0] if start >= 0 else ""

    def is_called(self, who: str, nominal: Nominal) -> bool:
        """Whether somebody is called by the noun of a phrase, or has its age, and by what tells holders apart."""
        called = self._called.get(who)
        if called is None or (nominal.age or nominal.head) not in called:
            return False
        printed = self._text[nominal.start : nominal.end].split()
        if any(word[0].isupper() and not is_adjective(word) for word in printed[1:-1]):
            return False
        return called.issuperset({word.lower() for word in printed} & _DISTINCT)
