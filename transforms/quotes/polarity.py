"""Whether an article says that somebody said it: affirmed, denied ("did not say"), hypothetical ("would say")."""

from collections.abc import Sequence

from transforms.quotes.lexicon import read_words
from transforms.quotes.model.tags import tags_of
from transforms.schemas import POLARITIES

AFFIRMED, DENIED, HYPOTHETICAL = POLARITIES
_WORDS = read_words()
_REFUSING = _WORDS["refusing"] | _WORDS["failing"]
_VERBS, _PRONOUN = "VXZ", "R"
_LONGEST_SUBJECT = 10
"""A subject has no more words between what opens its clause and its verb."""
_FOCUS = frozenset({"only", "just", "merely", "simply"})
"""After "not" they deny nothing: "not only said"."""
_WITHOUT = frozenset({"without", "of"})
"""Before "saying": "without saying", "stopped short of saying"."""
_TURNING = _WORDS["condition"] | _WORDS["nobody"] | _WITHOUT
"""Without any of them before it a verb group of one word is what it is; none has an apostrophe."""
_BE = frozenset({"is", "are", "was", "were", "be"})
"""Before "to" they tell what is to come: "is to announce"."""
_NEAR = 3
"""So many words may stand between a verb and the "to" that depends on it."""


def polarity_of(lemma: str | None, group: Sequence[str], before: Sequence[str]) -> str:
    """Return the polarity of a statement, one of `schemas.POLARITIES`.

    Denying what is denied already affirms it: "did not deny".

    Args:
        lemma: Dictionary form of the cue, if it is known.
        group: Words of the cue's verb group as printed.
        before: Words of its clause before the group, the nearest last.
    """
    is_denying = lemma in _WORDS["denying"]
    plain = DENIED if is_denying else AFFIRMED
    # No auxiliary, nothing before it: said. Most are; whether it is the clause that has nothing takes longer to tell.
    if len(group) == 1 and _TURNING.isdisjoint(map(str.lower, before)):
        return plain
    words, lead = _plain(group), _clause(_plain(before))
    if len(words) == 1 and _TURNING.isdisjoint(lead):
        return plain
    if _opens(lead, _WORDS["condition"]) is not None:
        return HYPOTHETICAL
    if _is_negated(words, lead):
        return AFFIRMED if is_denying else DENIED
    return HYPOTHETICAL if _is_modal(lemma, words) or _is_prospective(words, lead) else plain


def _plain(words: Sequence[str]) -> list[str]:
    return [word.lower().replace("’", "'") for word in words]


def _clause(words: list[str]) -> list[str]:
    """Return the words after the last mark."""
    for at in range(len(words) - 1, -1, -1):
        if not (words[at][:1].isalnum() or any(map(str.isalnum, words[at]))):
            return words[at + 1 :]
    return words


def _opens(lead: Sequence[str], openings: frozenset[str]) -> str | None:
    """Return which opening stands before nothing but the verb's subject, the last words of its clause; or None."""
    nearest = range(len(lead) - 1, max(-1, len(lead) - 2 - _LONGEST_SUBJECT), -1)
    at = next((at for at in nearest if lead[at] in openings), None)
    return None if at is None or not _is_subject(lead[at], lead[at + 1 :]) else lead[at]


def _is_subject(opening: str, words: Sequence[str]) -> bool:
    """Whether words are one noun phrase: they have no verb, and no pronoun unless they are it."""
    tags = [tags_of(word)[0] for word in words if word]
    if any(tag in _VERBS for tag in tags):
        return False
    return opening == "neither" or len(tags) <= 1 or _PRONOUN not in tags


def _is_negated(group: Sequence[str], lead: Sequence[str]) -> bool:
    """Whether a group is negated, by itself, by its subject or by the verb that it depends on."""
    return _has_negation(group) or _has_nobody(lead) or _is_withheld(group, lead)


def _has_negation(words: Sequence[str]) -> bool:
    """Whether words have a "not" or "never" that is not "not only"."""
    return any(
        word in ("never", "cannot")
        or word.endswith("n't")
        or (word == "not" and _FOCUS.isdisjoint(words[at + 1 : at + 2]))
        for at, word in enumerate(words)
    )


def _has_nobody(lead: Sequence[str]) -> bool:
    opening = _opens(lead, _WORDS["nobody"])
    return opening is not None and lead[-2:] not in (["no", "doubt"], ["no", "wonder"])


def _is_withheld(group: Sequence[str], lead: Sequence[str]) -> bool:
    """Whether it is what somebody did without, refused, or was not willing to do."""
    if lead and lead[-1] in _WITHOUT and group[0].endswith("ing"):
        return lead[-1] != "of" or "short" in lead[-2:]
    governing = _governing(group, lead)
    if not governing:
        return False
    is_unwilling = governing[-1] in _WORDS["willing"] and _has_negation(governing[-_NEAR - 1 :])
    is_refused = governing[-1] in _REFUSING and not _has_negation(governing[-_NEAR:])
    return is_unwilling or is_refused


def _governing(group: Sequence[str], lead: Sequence[str]) -> list[str]:
    """Return the words up to the verb that a group with "to" depends on; none if it has no "to"."""
    words = [*lead, *group]
    if "to" not in group:
        return []
    return words[: len(lead) + list(group).index("to")]


def _is_modal(lemma: str | None, group: Sequence[str]) -> bool:
    """Whether a group has a modal; "'d" is one before the base form, or "have"."""
    is_would = "'d" in group and (group[-1] == lemma or "have" in group)
    return is_would or any(word in _WORDS["modal"] for word in group)


def _is_prospective(group: Sequence[str], lead: Sequence[str]) -> bool:
    """Whether it is what somebody wants, expects or is to do: "wants Ames to say"."""
    governing = _governing(group, lead)
    if governing and governing[-1] in _BE:
        return True
    for word in reversed(governing[-_NEAR - 1 :]):
        if word in _WORDS["prospect"]:
            return True
        if tags_of(word)[0] in _VERBS:
            return False
    return False
