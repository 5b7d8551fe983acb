"""The characters of a text that are not plain ASCII: few, and all that most rules for characters need to look at."""

import re

_PLAIN = bytes(range(0x20, 0x7F)) + b"\n"
_COMMON = re.compile("[\x00-\x7f‘’“”–—―…•\xa0]*")


def unusual(text: str) -> str:
    """Return the characters of a text, in order, that are no line feed or printable ASCII.

    In UTF-8 no byte of an ASCII character is part of another one, so all others go in one step over the bytes. Those
    that stand side by side in the text do so in what is left.
    """
    return text.encode("utf-8", "surrogatepass").translate(None, _PLAIN).decode("utf-8", "surrogatepass")


def has_common_marks_only(text: str) -> bool:
    """Whether a text has nothing above ASCII but the curly marks, dashes, dots and blanks of newspapers."""
    return text.isascii() or bool(_COMMON.fullmatch(unusual(text)))
