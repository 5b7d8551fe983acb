"""Text to normal form: repaired, NFC, one line a paragraph."""

import re
import unicodedata

import ftfy

from transforms.entities import decode_entities, is_escaped
from transforms.unusual import has_common_marks_only, unusual
from transforms.wrapping import is_quoted, unquote, unwrap

# UTF-8 read in a single-byte code page shows as two or more characters above ASCII in a row. Not clean copy's usual
# neighbours: marks beside each other (a dash before a curly mark), or one of è to ï before a mark ("café’s"), which
# would begin three bytes. C1 controls, and a lone "Ã" or "à" before what was a non-breaking space, are suspect too.
_MARKS_ABOVE_ASCII = "‘’“”–—―…\xa0•"
_SUSPECT = re.compile(
    f"[^\x00-\x7f{_MARKS_ABOVE_ASCII}]"
    "(?:(?<=[\x80-\x9f])|(?<![è-ï])[^\x00-\x7f]|(?<=[è-ï])[^\x00-\x7f]{2}|(?<=[ÃÂà])(?:\\s|\\Z))"
)
_REPAIR = ftfy.TextFixerConfig()
_PASSES = 8


def repair(text: str) -> str:
    """Return the text with mojibake lines repaired (Speer, ftfy); all other lines are as they were.

    Nothing but the encoding is touched: marks stay curly, ligatures and widths stay as printed. A bad line never
    changes how a good one is read.
    """
    if not _is_suspect(text):
        return text
    return "\n".join(_repair_line(line) if _SUSPECT.search(line) else line for line in text.split("\n"))


def _is_suspect(text: str) -> bool:
    return not has_common_marks_only(text) and bool(_SUSPECT.search(text))


def _repair_line(line: str) -> str:
    # U+0085 alone is a mainframe's line end; beside other bad characters it is a Windows ellipsis.
    if not _SUSPECT.search(line.replace("\x85", " ")):
        return line
    repaired = line
    for _ in range(_PASSES):
        before, repaired = repaired, ftfy.fix_encoding(repaired, _REPAIR)
        if repaired == before:
            return line if _loses_mark(line, repaired) else repaired
    return line


_PAIRS = (("“", "”"), ("‘", "’"), ("«", "»"), ("„", "“"), ("„", "”"))


def _loses_mark(line: str, repaired: str) -> bool:
    """Whether a quotation of the line would keep its opening mark and lose its closing one to a "letter"."""
    return any(
        repaired.count(closing) < line.count(closing) and repaired.count(opening) >= line.count(opening) > 0
        for opening, closing in _PAIRS
    )


# Putting stacked marks in canonical order takes quadratic time; Unicode's Stream-Safe Text Process (UAX #15) allows 30
# in a row and puts a combining grapheme joiner after them. Nothing printed has more.
_COMBINING = "".join(chr(code) for code in range(0x300, 0x1E950) if unicodedata.combining(chr(code)))
_STACKED = re.compile(f"[{_COMBINING}]{{30}}(?=[{_COMBINING}])")
_MAY_BE_STACKED = re.compile("[^\x00-\u02ff\u2010-\u2fff]{31}")


def stream_safe(text: str) -> str:
    """Return the text with every run of more than 30 combining marks broken, so that it can be normalised quickly."""
    if text.isascii() or not _MAY_BE_STACKED.search(unusual(text)):
        return text
    return _STACKED.sub("\\g<0>\u034f", text)


_LINE_ENDS = re.compile("[\r\v\f\x85\u2028](?:(?<=\r)\n)?")
# Everything printed as a blank, of whatever width; typesetting is not text. Kept one for one: indents are still needed.
_SPACES = frozenset("\t\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000")
# Letters that join by the two zero-width joiners: Arabic, Syriac, Indic, Myanmar, Khmer, Mongolian; and emoji.
_JOINING = (
    "\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc"
    "\ufe0f\u2600-\u27bf\U0001f000-\U0001faff"
)
# Printed as nothing: soft hyphens, zero-width and direction marks, byte order marks, controls, annotation anchors.
_MAY_BE_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u200c\u200d]"
)
_UNSEEN = re.compile(f"{_MAY_BE_UNSEEN.pattern}(?:(?<![\u200c\u200d])|(?<![{_JOINING}][\u200c\u200d]))")
_ODD = re.compile("[^\n\x20-\x7e\xa1-\xac\xae-\u02ff\u2010-\u2027\u2030-\u205e\u2070-\u2fff]")


def normalise(text: str) -> str:
    """Return the text in normal form: repaired, NFC, paragraphs of one line each, joined by one blank line.

    Quotation marks, dashes and letters stay as printed. `normalise(normalise(x)) == normalise(x)`.
    """
    for _ in range(_PASSES):
        # What was cleaned can need it again: a line is judged anew once it is a whole paragraph.
        before, text = text, unquote(decode_entities(text))
        is_sound = not _ODD.search(unusual(text)) and not _is_suspect(text)
        text = _in_paragraphs(text if is_sound else _repaired(text))
        if text == before or not (is_escaped(text) or is_quoted(text) or (not is_sound and _is_suspect(text))):
            break
    return text


def _repaired(text: str) -> str:
    return _without_odd(repair(unicodedata.normalize("NFC", stream_safe(text))))


def _in_paragraphs(text: str) -> str:
    return "\n\n".join(unwrap(text if text.isascii() else unicodedata.normalize("NFC", text)))


def _without_odd(text: str) -> str:
    rare = unusual(text)
    if _LINE_ENDS.search(rare) or "\u2029" in rare:
        text = _LINE_ENDS.sub("\n", text).replace("\u2029", "\n\n")
    for space in set(rare) & _SPACES:
        text = text.replace(space, " ")
    return _UNSEEN.sub("", text) if _MAY_BE_UNSEEN.search(rare) else text


_DASHES = "—–…"
_LETTERS_ABOVE_ASCII = re.compile(r"[^\W_\x00-\x7f]+")
# What an ASCII character is to the counting of words: a part of one, the end of one, or, with all above ASCII, nothing.
_SHAPES = bytes(ord("a") if chr(b).isalnum() else ord("\n") if b == ord("\n") else ord(" ") for b in range(256))
_MARKS = bytes(b for b in range(256) if b > 0x7F or not (chr(b).isalnum() or chr(b) in " /\n"))


def count_words(text: str) -> int:
    """Return the number of words of a normalised text: the one rule for every word count.

    A word stands between blanks, dashes or slashes and holds a letter or digit: "U.S.", "don’t", "well-known" and
    "$3.5m" are one each, "said—no" is two. A run of Chinese or Japanese characters counts as one.
    """
    return sum(count_words_by_paragraph(text))


def count_words_by_paragraph(text: str) -> list[int]:
    """Return the number of words of each paragraph of a normalised text."""
    for dash in _DASHES if not text.isascii() else "":
        text = text.replace(dash, " ")
    text = text if has_common_marks_only(text) else _LETTERS_ABOVE_ASCII.sub("a", text)
    shapes = b" " + text.encode("ascii", "ignore").translate(_SHAPES, _MARKS).replace(b"\n", b"\n ")
    return [shape.count(b" a") for shape in shapes.split(b"\n \n")]
