"""Whether what stands where a headline names its speaker is somebody who speaks, and not what its story is about."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from transforms.quotes.attribution import Attribution
from transforms.quotes.headlines.forms import LABEL, SIGNED, TELLING, Form
from transforms.quotes.headlines.wording import is_cased, is_own, is_said, is_titled, is_told
from transforms.quotes.lexicon import read_list, read_words
from transforms.quotes.marks import HEADLINES
from transforms.quotes.model.lines import Article
from transforms.quotes.model.tags import tags_of
from transforms.quotes.speakers.names import RUN, Name, nature, read_name
from transforms.quotes.speakers.nouns import NOUNS, singular
from transforms.quotes.speakers.people import People

_LISTED = {key: frozenset(words) for key, words in read_list("headlines.tsv", None).items()}
_WORDS = read_words()
_NOUNS = frozenset(noun.lower() for key in ("role", "unnamed", "body") for noun in NOUNS[key])
_SPEAKING = (_NOUNS - _LISTED["topic"]) | _LISTED["speaking"]
_NOT_WITHIN = _WORDS["determiner"] | {"v", "vs", "&"}
_NOT_FIRST = _WORDS["contraction"] | _WORDS["pronoun"]
_NO_PART = frozenset("XZROSWJB")
"""Classes of words that are no part of a speaker's name: “could blunt Republican claims”."""
_PREPOSITIONS = _WORDS["preposition"]
_LONGEST_NOUN = 3
_MOST_WORDS = 4
_CHARACTERS = 160
"""So much of a mention is looked at for names."""
_TELLING = ("person", "organisation", "member")
"""Natures of names that may stand beside a reporting verb, known or not."""
_NOUN, _DOCUMENT = "noun", "document"


class Speakers:
    """Who speaks in an article, by what is printed of them outside its headlines."""

    def __init__(self, article: Article, attributions: Sequence[Attribution]) -> None:
        """Prepare for an article.

        Args:
            article: The article, with its spans.
            attributions: What ties each span to its speaker.
        """
        self._article, self._attributions = article, attributions

    def has(self, form: Form, headline: str) -> bool:
        """Whether somebody who speaks stands where the speaker of a form does, and its statement says something."""
        printed, words = headline[slice(*form.speaker)], headline[slice(*form.statement)]
        if is_told(words) or headline[form.statement[1] :].startswith("?"):
            return False
        if form.place in (SIGNED, TELLING) and not is_said(words):
            return False
        kind = _kind(printed)
        if kind or form.is_finding:
            may_speak = kind == _DOCUMENT or (kind == _NOUN and not form.is_finding)
            return may_speak and (form.place != LABEL or not is_titled(words))
        name = read_name(printed) if RUN.fullmatch(printed) and not _is_determined(printed) else None
        return name is not None and self._says(name, form.place, words)

    def _says(self, name: Name, place: str, words: str) -> bool:
        """Whether a name that stands somewhere is that of who says some words."""
        if place == SIGNED:
            return name.words[-1].lower() not in _LISTED["outlet"] and self._is_known(name)
        if place != LABEL:
            return bool(name.role) or nature(name.words) in _TELLING or is_cased(words) or self._is_known(name)
        if name.role:
            return not is_titled(words)
        return is_said(words) and (self._is_heard(name) or (is_own(words) and self._is_known(name)))

    def _is_known(self, name: Name) -> bool:
        """Whether a name is that of somebody in the article."""
        return self._people.expand(name) is not None or self._is_heard(name)

    def _is_heard(self, name: Name) -> bool:
        """Whether somebody of that name speaks in the text."""
        if nature(name.words) in ("organisation", "place"):
            return name.words in self._heard
        return name.words in self._heard or (name.surname,) in self._heard

    @cached_property
    def _people(self) -> People:
        return People(self._article.text, self._article.paragraphs)

    @cached_property
    def _heard(self) -> frozenset[tuple[str, ...]]:
        """Names of those who speak in the text, and their surnames."""
        return frozenset(self._names())

    def _names(self) -> Iterator[tuple[str, ...]]:
        text, paragraphs, spans = self._article
        for span, attribution in zip(spans, self._attributions, strict=True):
            if attribution.mention and paragraphs[span.paragraph].kind not in HEADLINES:
                start, end = attribution.mention
                for run in RUN.finditer(text, start, min(end, start + _CHARACTERS)):
                    name = read_name(run.group())
                    if name and not text.startswith(("’s", "'s"), run.end()) and nature(name.words) != "place":
                        yield name.words
                        if nature(name.words) != "organisation":
                            yield (name.surname,)


def _is_determined(printed: str) -> bool:
    return printed.split(" ", 1)[0].lower() in _WORDS["determiner"]


def _kind(printed: str) -> str | None:
    """Return what a noun phrase is that speaks; None for any other, and for the name of a body."""
    words = printed.lower().split()
    end = next((at for at, word in enumerate(words) if at and word in _PREPOSITIONS), len(words))
    if end > _MOST_WORDS or not _is_phrase(words, end):
        return None
    head = singular(words[end - 1].rpartition("-")[2])
    if head in _LISTED["document"]:
        return _DOCUMENT if _LISTED["routine"].isdisjoint(words) else None
    if head in NOUNS["body"] and " " in printed and printed.split()[end - 1][0].isupper():
        return None
    heads = (" ".join([*words[max(0, end - size) : end - 1], head]) for size in range(1, _LONGEST_NOUN + 1))
    return _NOUN if any(noun in _SPEAKING for noun in heads) else None


def _is_phrase(words: list[str], end: int) -> bool:
    """Whether words, which a preposition may follow at `end`, are one noun phrase, and of no other than speakers."""
    if words[0] in _NOT_FIRST or not _NOT_WITHIN.isdisjoint(words[1:]):
        return False
    return not any(word.isdigit() or tags_of(word)[0] in _NO_PART for word in words[:end])
