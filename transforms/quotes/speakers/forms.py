"""The printed forms of a surname's bearers: which of them a name fits, and whom the bare surname means."""

import re
from collections.abc import Iterable, Mapping, Sequence

from transforms.quotes.lexicon import read_list
from transforms.quotes.speakers.names import SUFFIXES, Name, first_name_gender, nature

Words = tuple[str, ...]

_SEVERAL = 2
_DOMINANCE = 2
"""Of two who share a surname, the bare surname is the one's who is named so many times as often."""

_PEERS = tuple(f"{title} " for title in read_list("beside.tsv", None)["peer"])
_OF_A_PLACE = re.compile(r" of [A-Z][\w’'-]+")
_NAMED = 5


def bearers(
    forms: Mapping[Words, int], gender: str | None, first: Mapping[Words, int], bare: Sequence[int] | None
) -> list[Words]:
    """Return the forms of the one person whom a bare surname means, or none.

    Args:
        forms: Those of the surname, and how often each is printed.
        gender: The pronoun that the honorific asks for.
        first: Where forms are printed first.
        bare: Where the bare surname is.
    """
    if len(forms) < _SEVERAL:
        return [form for form in forms if may_be(form, gender)]
    counts: dict[str, int] = {}
    called = _callers(forms)
    for form, count in forms.items():
        if len(form) > 2 and form[1:] in forms:
            continue
        if may_be(form, gender):
            weight = _DOMINANCE if nature(form) == "person" else 1
            counts[called[form]] = counts.get(called[form], 0) + weight * count
    if len(counts) > 1 and not gender and bare:
        before = {called[form] for form in forms if first.get(form, bare[0]) < bare[0]} & set(counts)
        if len(before) == 1:
            return [form for form in forms if called[form] in before]
    ranked = sorted(((count, who) for who, count in counts.items()), reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[0][0] < _DOMINANCE * ranked[1][0]):
        return []
    return [form for form in forms if called[form] == ranked[0][1]]


def may_be(form: Words, gender: str | None) -> bool:
    """Whether a first name does not ask for another pronoun than an honorific does."""
    return not gender or first_name_gender(Name(form).firsts[0]) in (None, gender)


def _callers(forms: Iterable[Words]) -> dict[Words, str]:
    """Return what tells the bearers of a surname apart: the first name, and Sr or Jr where there are both."""
    generations: dict[str, set[str]] = {}
    for form in forms:
        if form[-1] in SUFFIXES:
            generations.setdefault(Name(form).firsts[0], set()).add(form[-1])
    called = {form: Name(form).firsts[0] for form in forms}
    return {
        form: f"{first} {form[-1]}" if form[-1] in SUFFIXES and len(generations[first]) > 1 else first
        for form, first in called.items()
    }


def fits(words: Words, form: Words) -> bool:
    """Whether a fuller form has the same first name, or nickname, and all the words of a name."""
    called = Name(form).firsts
    return (form[0] == words[0] or words[0] in called) and set(words) <= {*form, *called}


def fullest(forms: list[Words]) -> str:
    """Return the longest of the forms of one person."""
    return " ".join(max((len(form), form) for form in forms)[1])


def peerage(text: str, surname: str, places: Sequence[tuple[int, str]]) -> str:
    """Return the title of a peer in full, where it is printed: Ashby of Crewkerne.

    Args:
        text: The article's text.
        surname: What the peer is called.
        places: Where: offset and run.
    """
    for at, run in places[:_NAMED]:
        found = _OF_A_PLACE.match(text, at + len(run)) if run.startswith(_PEERS) and run.endswith(surname) else None
        if found:
            return f"{surname}{found.group()}"
    return surname
