"""Word classes in their context: what no list of words can tell."""

from functools import cache
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

Letters = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
_Scalar = TypeVar("_Scalar", bound=np.generic)


class Facts(NamedTuple):
    """What is known of tokens by themselves; one entry a token.

    Attributes:
        tags: Class within a sentence, as a character code (see `tags`).
        initial_tags: Class at the start of one, where a capital says nothing.
        is_capital: Whether it starts with a capital.
        is_cue: Whether it is a form of a listed cue.
        stands_alone: Whether it is a determiner that may stand for somebody: some, most, one.
        is_that: Whether it is "that".
        is_plural: Whether it ends in a single "s": of nouns, a plural; of verbs, what one person does.
        is_base: Whether it is the base form of a reporting verb: claim, promise.
        is_titled: Whether its line is in title case.
    """

    tags: Letters
    initial_tags: Letters
    is_capital: Flags
    is_cue: Flags
    stands_alone: Flags
    is_that: Flags
    is_plural: Flags
    is_base: Flags
    is_titled: Flags


def is_of(letters: Letters, wanted: str) -> Flags:
    """Return which letters (classes of tokens, kinds of phrases) are among those wanted; not to be written to."""
    return np.frombuffer(
        letters.astype(np.uint8, copy=False).tobytes().translate(_table(wanted)), dtype=np.bool_
    ).reshape(letters.shape)


@cache
def _table(wanted: str) -> bytes:
    return bytes(chr(letter) in wanted for letter in range(256))


def in_context(facts: Facts) -> Letters:
    """Return the classes of tokens beside each other."""
    tags = facts.tags
    for corrected in (_at_starts, _of_names, _of_verbs, _of_nouns, _of_cues, _of_relatives):
        tags = corrected(tags, facts).astype(np.uint8)
    return tags


def _starts(tags: Letters) -> Flags:
    """Return which tokens begin a sentence or a line."""
    before = _shifted(tags, -1)
    return is_of(before, '.|?!:#"') | (is_of(before, "Q") & ~is_of(_shifted(tags, -2), ","))


def _at_starts(tags: Letters, facts: Facts) -> Letters:
    """A capital at the start of a sentence is no name, unless another one follows; a cue is none even then."""
    return np.where(_starts(tags) & (facts.is_cue | ~is_of(_shifted(tags, 1), "PH")), facts.initial_tags, tags)


def _of_names(tags: Letters, facts: Facts) -> Letters:
    """Names that are other words, too: May, Will, Read; and verbs with a capital in a title."""
    before, after = _shifted(tags, -1), _shifted(tags, 1)
    is_other = facts.is_capital & _starts(tags) & is_of(tags, "XIFV") & is_of(after, "V") & _shifted(facts.is_cue, 1)
    tags = np.where(is_other, ord("P"), tags)
    tags = np.where(tags == ord("Y"), np.where(is_of(before, "PH") & ~is_of(after, "C"), ord("P"), ord("M")), tags)
    tags = np.where(facts.is_capital & is_of(tags, "XI") & is_of(before, "PH") & is_of(after, ",V'"), ord("P"), tags)
    is_verb = facts.is_titled & (facts.is_cue | is_of(facts.initial_tags, "V")) & is_of(tags, "PN")
    return np.where(is_verb & is_of(before, "PNCBXR"), ord("V"), tags)


def _of_verbs(tags: Letters, facts: Facts) -> Letters:
    """After a determiner or a possessor a verb is a noun or an adjective: the accused, the planned strike."""
    before, after = _shifted(tags, -1), _shifted(tags, 1)
    tags = np.where((tags == ord("'")) & is_of(before, "RWSB"), ord("Z"), tags)
    is_noun_like = is_of(tags, "VG") & is_of(_shifted(tags, -1), "DA'")
    is_modifier = is_of(after, "NPAH")
    is_finite = _shifted(facts.stands_alone, -1) & ~is_modifier
    return np.where(is_noun_like & ~is_finite, np.where(is_modifier, ord("A"), ord("N")), tags)


def _of_nouns(tags: Letters, facts: Facts) -> Letters:
    """Nouns that are adjectives elsewhere, and verbs that are nouns elsewhere: Ames notes."""
    before, after = _shifted(tags, -1), _shifted(tags, 1)
    tags = np.where((tags == ord("A")) & is_of(before, "NPAD") & is_of(after, "XZV"), ord("N"), tags)
    reports = is_of(after, "QS:") | (is_of(after, ".,|") & _follows_quoted_name(tags))
    tags = np.where((tags == ord("N")) & facts.is_cue & is_of(before, "NPC") & reports, ord("V"), tags)
    tags = np.where((tags == ord("N")) & is_of(before, "RWX") & ~is_of(after, "VXZ"), ord("V"), tags)
    is_bare = is_of(tags, "NA") & ~facts.is_capital & ~facts.is_plural
    return np.where(is_bare & is_of(before, "T") & is_of(after, "DO"), ord("V"), tags)  # to visit the park


def _of_cues(tags: Letters, facts: Facts) -> Letters:
    """Reporting verbs that look like something else: "leaders claim the", "is warning that", "by promising to"."""
    before, after = _shifted(tags, -1), _shifted(tags, 1)
    is_plural_before = _shifted(facts.is_plural, -1)
    is_noun, opens = tags == ord("N"), is_of(after, "DSRQ")
    is_finite = is_noun & is_of(before, "NP") & opens & np.where(facts.is_plural, ~is_plural_before, is_plural_before)
    tags = np.where(is_finite & (facts.is_cue & facts.is_plural | facts.is_base), ord("V"), tags)
    is_ing = facts.is_cue & is_of(tags, "AN") & ~facts.is_plural & ~facts.is_base
    return np.where(is_ing & is_of(before, "Z,JIBX-|.") & is_of(after, "TSDRPQ"), ord("G"), tags)


def _follows_quoted_name(tags: Letters) -> Flags:
    """Return which tokens stand after a name of up to three words that stands after a quoted span."""
    two, three, four = (_shifted(tags, -by) for by in (2, 3, 4))
    is_name = is_of(_shifted(tags, -1), "P")
    return np.asarray(
        is_name & (is_of(two, "Q") | (is_of(two, "PH") & (is_of(three, "Q") | (is_of(three, "PH") & is_of(four, "Q")))))
    )


def _of_relatives(tags: Letters, facts: Facts) -> Letters:
    """Between a noun and a verb "that" is a relative pronoun."""
    is_relative = facts.is_that & is_of(_shifted(tags, -1), "NPH") & is_of(_shifted(tags, 1), "VXZ")
    return np.where(is_relative, ord("W"), tags)


def _shifted(values: npt.NDArray[_Scalar], by: int) -> npt.NDArray[_Scalar]:
    """Return the value of the token `by` later (earlier, if negative); before the first is a line's end, the last."""
    return np.roll(values, -by)
