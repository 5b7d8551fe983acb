"""The word lists of this package, read from the files beside it.

A line of a list is a key, a tab and its entries; lines that start with # are comments.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files


@cache
def read_list(name: str, separator: str | None) -> Mapping[str, Sequence[str]]:
    """Return the entries of each key of a word list, which is read once.

    Args:
        name: File name within this package.
        separator: What separates the entries; None for white space.
    """
    lines = (files(__package__) / name).read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {key: [entry.strip() for entry in entries.split(separator)] for key, entries in pairs}


@cache
def read_words() -> Mapping[str, frozenset[str]]:
    """Return the closed classes of `words.tsv` by name."""
    return {key: frozenset(entries) for key, entries in read_list("words.tsv", None).items()}


@cache
def read_cues() -> Mapping[str, str]:
    """Return the dictionary form of each form of a listed cue."""
    return {form: lemma for lemma, forms in read_list("cues.tsv", ",").items() for form in forms}
