"""The word list behind the phrase patterns: from Brill's lexicon, nouns, and what word endings would get wrong."""

from pathlib import Path

from transforms.quotes.model.tags import ending_tag, is_closed

_HEADER = """\
# Open-class English words: all nouns, and others whose class their ending does not tell, by letter: N noun, V verb, G -ing form, A adjective,
# B adverb; P: names that are words of another class in small letters. One class a line: letter, tab, words.
# Derived, by `python -m training tags FILE`, from the lexicon of Eric Brill's tagger v1.14 (Brown corpus and Penn Treebank;
# Copyright 1993 by the Massachusetts Institute of Technology and the University of Pennsylvania, MIT license), with words
# from the Twitter Part-of-Speech Annotated Data (Gimpel, Schneider, O'Connor et al. 2011, CC-BY 3.0), both as shipped by
# TextBlob 0.20.1 (MIT) as en-lexicon.txt. Changed: one class a word, classes merged, most words left out.
"""  # noqa: E501
_LETTERS = {
    "NN": "N", "NNS": "N", "VB": "V", "VBP": "V", "VBZ": "V", "VBD": "V", "VBN": "V", "VBG": "G", "JJ": "A", "JJR": "A",
    "JJS": "A", "RB": "B", "RBR": "B", "UH": "B",
}  # fmt: skip


def derive_tags(lexicon: Path) -> str:
    """Return the text of tags.tsv from a lexicon of lines `word TAG …`, the most frequent tag first."""
    words: dict[str, str] = {}
    names: set[str] = set()
    for line in lexicon.read_text(encoding="utf-8").splitlines():
        word, _, rest = line.partition(" ")
        tag = rest.split(" ")[0]
        if tag in ("NNP", "NNPS") and word[:1].isupper():
            names.add(word)
        elif word.isascii() and word.replace("-", "").isalpha() and word.islower() and len(word) > 1:
            words.setdefault(word, _LETTERS.get(tag, ""))
    classes: dict[str, list[str]] = {letter: [] for letter in "NVGABP"}
    for word, letter in sorted(words.items()):
        if letter and not is_closed(word) and (letter == "N" or letter != ending_tag(word)) and "-" not in word:
            classes[letter].append(word)
    classes["P"] = sorted(
        n for n in names if n.isalpha() and n[1:].islower() and words.get(n.lower()) in ("V", "A", "B")
    )
    return _HEADER + "".join(f"{letter}\t{' '.join(entries)}\n" for letter, entries in classes.items())
