"""The organisation that an office belongs to, where other words than the office’s name it: its chairman, Dana Pell."""

import re
from collections import deque

from transforms.quotes.lexicon import read_list
from transforms.quotes.speakers.names import RUN, is_place, nature
from transforms.quotes.speakers.nouns import NOUNS, singular
from transforms.quotes.speakers.organisations import Organisations

_BESIDE = read_list("beside.tsv", None)
_HEADED = frozenset(_BESIDE["headed"])
"""Last words of offices that are those of the body last named, if they are of none."""
_NAME = rf"{RUN.pattern}(?: (?:of|for|and)(?: the)? {RUN.pattern})?"
OWNER = re.compile(rf"(?:([Ii]ts|[Tt]heir)|[Tt]he ([a-z]+)[’']s|(?:[Tt]he )?({_NAME})[’']s?) (?=[a-z])")
_SIGNS = ("’", "'", "ts ", "heir ")
"""Each owner has one of them."""
_FROM = re.compile(rf",? (of|from|at|with) (?:the )?({_NAME})((?: [a-z]+)?)")
"""Of a place somebody may come, too, and “police” belongs to the name before it."""
_LEADS = re.compile(
    r"(?:, [^.“”\"\n]{0,70}?)?,? who (?:now )?(?:heads|leads|runs|chairs|founded|edits|owns|manages|directs|represents)"
    rf" (?:the )?({_NAME})"
)
_APPOSED = re.compile(r", (?:\d{1,3}, )?")
_SUBJECT = re.compile(r"(?:^|(?<=[.\n] )|(?<=\n))The (?:[A-Z][\w-]* )?((?:[a-z-]+ )?)([a-z]+)(?= [a-z]+)", re.MULTILINE)
_BEFORE = 90
_AFTER = 150


def fronted_owner(text: str, at: int) -> re.Match[str] | None:
    """Return whose office stands before a name: The club’s | president, Dana Pell.

    Args:
        text: The article's text.
        at: Where the name starts.
    """
    floor = max(0, at - _BEFORE - len(". "))
    low = max(text.rfind("\n", floor, at) + 1, text.rfind(". ", floor, at) + 2, at - _BEFORE)
    if not any(text.find(sign, low, at) >= 0 for sign in _SIGNS):
        return None
    found = deque(OWNER.finditer(text, low, at), maxlen=1)
    return found[0] if found and "," not in text[found[0].end() : at - 2] else None


def owner_beside(text: str, start: int, end: int, role: str | None, organisations: Organisations) -> str | None:
    """Return the organisation of somebody named, by the words beside the name; None for none.

    Args:
        text: The article's text.
        start: Where the name starts.
        end: Where it ends.
        role: The office known of.
        organisations: Those of the article.
    """
    match = _FROM.match(text, end, end + _AFTER)
    if match and (found := _attached(match)):
        return found
    if text.find(" who ", end, end + _AFTER) >= 0:
        leads = _LEADS.match(text, end, end + _AFTER)
        if leads and _is_body(leads.group(1)):
            return leads.group(1)
    if not role:
        return None
    apposed = _APPOSED.match(text, end, end + _AFTER)
    owned = OWNER.match(text, apposed.end(), apposed.end() + _AFTER) if apposed else None
    owned = owned or (fronted_owner(text, start) if text[start - 2 : start] == ", " else None)
    if owned:
        _, noun, name = owned.groups()
        if name:
            return organisations.longest(name) if _is_body(organisations.longest(name)) else None
        return organisations.before(owned.start(), noun) if noun else _owner_before(text, owned.start(), organisations)
    *before, last = role.lower().split()
    field = before[-1].capitalize() if before else ""
    if " of " in role or (last in _BESIDE["ministerial"] and field in _BESIDE["portfolio"]):
        return None  # the transport secretary is no company's
    return organisations.of_kind(last) or (organisations.before(start) if last in _HEADED else None)


def _owner_before(text: str, at: int, organisations: Organisations) -> str | None:
    """Return whose “its” is: the body that the sentence before starts with, if it has a name or another word."""
    low = max(text.rfind("\n", 0, at) + 1, at - _AFTER)
    found = deque(_SUBJECT.finditer(text, low, at), maxlen=1)
    last = organisations.before(at)
    if not found or singular(found[0].group(2)) not in NOUNS["body"] or (last and last in text[found[0].end() : at]):
        return last
    modifier, noun = found[0].groups()
    return organisations.before(at, noun) or (f"{modifier}{noun}" if modifier else last)


def _attached(match: re.Match[str]) -> str | None:
    """Return the body that somebody is of; nobody is “from” a name that may be a place’s."""
    preposition, name, noun = match.groups()
    if noun.strip() in NOUNS["body"]:
        return f"{name}{noun}"
    is_body = nature(tuple(name.split())) == "organisation" if preposition == "from" else _is_body(name)
    return name if is_body else None


def _is_body(name: str) -> bool:
    return nature(tuple(name.split())) not in ("person", "place", "member") and not is_place(name)
