"""Texts that nobody would write: floods of one thing, each of any size."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator

Maker = Callable[[int], bytes]
"""Gives so many bytes, or about as many."""

_SEED = 20_160_311
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
SENTENCE = "The harbour board met again on Monday, said Ola Brandt, and nobody knew what the new pier would cost. "


def repeated(unit: str | bytes, tail: str = "") -> Maker:
    """Return the maker of one piece of text, again and again, and something at its end."""
    raw = unit.encode("utf-8", "surrogatepass") if isinstance(unit, str) else unit
    return lambda size: (raw * (size // len(raw) + 1))[: max(size, len(raw))] + tail.encode()


def numbered(unit: str) -> Maker:
    """Return the maker of one piece of text, again and again, with a new made-up word for each `@`."""

    def make(size: int) -> bytes:
        names, out, length = made_up_names(), [], 0
        while length < size:
            piece = "".join(next(names) + part if i else part for i, part in enumerate(unit.split("@")))
            out.append(piece)
            length += len(piece.encode())
        return "".join(out).encode()

    return make


def made_up_names() -> Iterator[str]:
    """Yield capitalised words, none of them twice."""
    for length in itertools.count(4):
        for letters in itertools.product(_LETTERS, repeat=length):
            yield "".join(letters)[::-1].capitalize()


def random_bytes(size: int) -> bytes:
    """Return bytes that mean nothing, the same at every call."""
    return random.Random(_SEED).randbytes(size)


def random_marks(size: int) -> bytes:
    """Return words and quotation marks of every kind in no order."""
    pieces = [*"\"'“”‘’«»„‹›()[]", " ", " ", "said ", "he ", "Roe ", "rain ", ". ", ", ", "\n\n"]
    return "".join(random.Random(_SEED).choices(pieces, k=size // 2)).encode()[:size]


def random_characters(size: int) -> bytes:
    """Return characters of all planes, as UTF-8."""
    chance = random.Random(_SEED)
    codes = (code for _ in iter(int, 1) if not 0xD800 <= (code := chance.randrange(0x110000)) < 0xE000)
    return "".join(map(chr, itertools.islice(codes, size // 4))).encode()


_FLOODS: dict[str, Maker] = {
    # White space and single characters
    "line-feeds": repeated("\n", "rain"),
    "blanks": repeated(" ", "rain"),
    "tabs": repeated("\t", "rain"),
    "carriage-returns": repeated("\r", "rain"),
    "form-feeds": repeated("\f", "rain"),
    "line-separators": repeated("\u2028", "rain"),
    "one-word": repeated("a"),
    "one-line": repeated(SENTENCE),
    "one-paragraph-of-short-lines": repeated(SENTENCE[:-1] + "\n"),
    "one-character-paragraphs": repeated("a\n\n"),
    "one-word-paragraphs": repeated("Rain.\n\n"),
    "one-sentence-paragraphs": repeated("It was raining, he said.\n\n"),
    "title-case-paragraphs": repeated("By Land And Sea\n\n"),
    "words-of-10,000-letters": repeated("abcdefghij" * 1000 + " "),
    "indented-lines": repeated("   It rained\n     and it\n snowed\n"),
    "list-items": repeated("- a\n  1. b\n"),
    "mail-quotes": repeated("> > > > rain\n"),
    "dots": repeated(".", " rain"),
    "sentence-ends": repeated("A. B? C! "),
    "ellipses": repeated("… ... ", "rain"),
    "commas": repeated("a, "),
    "semicolons": repeated("; and ", "rain"),
    "dashes": repeated("—rain"),
    "hyphens": repeated("then-"),
    "digits": repeated("7"),
    "dates": repeated("11 March 2016 "),
    "times-of-day": repeated("at 5 p.m. Monday "),
    "brackets": repeated("(", " rain"),
    "bracketed": repeated("([{rain}]) "),
    "slashes": repeated("a/"),
    "addresses": repeated("https://x.example/ "),
    "bylines": repeated("By Jan Roe\n\n"),
    "bys": repeated("By "),
    "credits": repeated("(AP Photo/Jan Roe) "),
    "datelines": repeated("LONDON (Reuters) - "),
    "capitals": repeated("RAIN AND SNOW "),
    "abbreviations": repeated("Mr. Gov. U.S. "),
    # Quotation marks
    "straight-marks": repeated('"', " rain"),
    "apostrophes": repeated("'", " rain"),
    "opening-marks": repeated("“", " rain"),
    "closing-marks": repeated("”", " rain"),
    "pairs-of-marks": repeated("“”", " rain"),
    "guillemets": repeated("«", " rain"),
    "low-marks": repeated("„", " rain"),
    "spaced-marks": repeated('" ', "rain"),
    "marks-of-two-kinds": repeated("\"'", " rain"),
    "nested-marks": repeated("“he ‘"),
    "deeply-nested-marks": lambda size: ("“a ‘b " * (size // 18) + "’ c” " * (size // 18)).encode(),
    "opened-never-closed": repeated("“It rained, he said. "),
    "opened-in-every-paragraph": repeated("“It rained, he said.\n\n"),
    "closed-never-opened": repeated("It rained,” he said. "),
    "straight-marks-at-words": repeated('"rain '),
    "quotations": repeated("“It rained,” said Jan Roe. "),
    "quotations-in-paragraphs": repeated("“It rained,” he said.\n\n"),
    "quotations-without-speaker": repeated("“It rained.” "),
    "scare-quotes": repeated("the “so-called” pier "),
    "quoted-letters": repeated('"a" '),
    "split-quotations": repeated("“It rained,” she said, “and "),
    "contractions": repeated("don't 'tis rock 'n' roll "),
    "marks-in-no-order": random_marks,
    # Who said what
    "saids": repeated("said "),
    "he-saids": repeated("he said he claimed that "),
    "he-saids-in-sentences": repeated("He said he claimed that she told him. "),
    "accordings": repeated("according to "),
    "according-to-names": repeated("according to Jan Roe, "),
    "said-by-everybody": numbered("“It rained,” said @ @. "),
    "said-by-everybody-in-paragraphs": numbered("“It rained,” @ @ said.\n\n"),
    "names": numbered("@ @, "),
    "names-in-sentences": numbered("@ @ met @ @. "),
    "names-of-10,000-characters": repeated("Abcdefghi " * 1000 + "said it rained. "),
    "names-of-many-words": numbered("@ "),
    "words-of-10,000-letters-said": repeated("“It rained,” said A" + "bcdefghij" * 1111 + ". "),
    "one-family": numbered("“It rained,” said @ Roe. Roe said it snowed. "),
    "one-first-name": numbered("Jan @ said it snowed. "),
    "pronouns": repeated("he she they it "),
    "titles": repeated("President Minister Mr Dr "),
    "titles-of-names": numbered("President @ of @ said it rained. "),
    "offices": repeated("the minister of the board of "),
    "appositions": numbered("@ @, the minister of rain, "),
    "owners": repeated("Roe's "),
    "owners-of-many": numbered("@'s spokesman's "),
    "relatives": repeated("his father’s brother’s wife "),
    "whos": repeated("who said that "),
    "thats": repeated("that "),
    "ands": repeated("Roe and "),
    "nots": repeated("did not say it would not "),
    "no-comments": repeated("Roe declined to comment. "),
    "companies": numbered("@ Inc. said @ Ltd. rained. "),
    "initials": repeated("J. R. "),
    "acronyms": numbered("the @ Board (RB) said RB "),
    # Other scripts and what is not printed
    "combining-marks": repeated("a\u0301\u0323\u0316"),
    "combining-marks-alone": repeated("\u0301", " rain"),
    "right-to-left": repeated("שלום "),
    "direction-marks": repeated("\u202e\u202drain\u2066 "),
    "zero-widths": repeated("\u200b\u200d\ufeff", "rain"),
    "joined-emoji": repeated("👩‍👩‍👧‍👦", " rain"),
    "chinese": repeated("他说，下雨了。"),
    "chinese-quotations": repeated("他说：“下雨了。”"),
    "hangul-letters": repeated("\u1112\u1161\u11ab"),
    "ligatures": repeated("\ufdfa"),
    "characters-of-all-planes": random_characters,
    "private-characters": repeated("\ue000", " rain"),
    "terminal-escapes": repeated("\x1b]8;;http://x.example\x1b\\rain\x1b[31m\x07 It rained. " + "word " * 60),
    # Markup and front matter
    "entities": lambda size: b"&amp;quot;" * (size // 10),
    "stacked-entities": repeated("&" + "amp;" * 20, " rain"),
    "numbers-of-entities": lambda size: b"&#34;" * (size // 5),
    "ampersands": repeated("&", " rain"),
    "tags": repeated("<b>rain</b> "),
    "opened-tags": repeated("<", " rain"),
    "front-matter-without-end": lambda size: b"---\n" + repeated("title: rain\n")(size),
    "front-matter-of-brackets": lambda size: b"---\ntitle: " + repeated("[")(size) + b"\n---\nIt rained.\n",
    "header-lines": repeated("Title: It rained\n"),
    "mail-headers": repeated("From: roe@x.example\n"),
    "braces": repeated("{", " rain"),
    # Repaired encodings
    "mojibake": repeated("â€œIt rained,â€\x9d he said. "),
    "mojibake-of-mojibake": repeated("Ã¢â‚¬Å“It rainedÃ¢â‚¬Â\x9d "),
    "letters-of-mojibake": repeated("Ã©"),
    "c1-controls": repeated("\x93It rained\x94 "),
    "replacement-characters": repeated("\ufffd", " rain"),
}

_ENGLISH = b"---\nlanguage: en\n---\n"
_WITH_HEAD = frozenset({"front-matter-without-end", "front-matter-of-brackets", "header-lines", "mail-headers"})


def _in_english(make: Maker) -> Maker:
    """Return the maker of the same text that says that it is English: speakers are looked for in no other."""
    return lambda size: _ENGLISH + make(size)


FLOODS: dict[str, Maker] = {name: make if name in _WITH_HEAD else _in_english(make) for name, make in _FLOODS.items()}
"""Every one of them ends in rows, or in a row of the ledger that says why not."""
