"""Text in UTF-16 that says nowhere that it is: by the characters that either byte order gives."""

import unicodedata
from collections import Counter

_ORDERS = ("utf-16-le", "utf-16-be")
_SAMPLE = 4096
# Controls apart from white space, code points that are nothing, private ones: no text of news holds them.
_ODD_CATEGORIES = frozenset({"Cc", "Cn", "Co", "Cs"})
_BLANKS = frozenset("\t\n\r\f\v\x85")
# Japanese is written in four scripts, and Chinese copy names things in Latin letters: three scripts, no more.
_MOST_SCRIPTS = 3
_MOST_ODD = 0.05
# "Ā" and "一" end in a zero byte, but every Latin letter does if its bytes are swapped.
_WEIGHT_OF_ZERO = 0.2


def decode_wide(raw: bytes) -> tuple[str, str] | None:
    """Return the text of UTF-16 without a byte order mark, and its encoding; None if neither order gives text.

    Args:
        raw: Bytes, NULs among them; one stray byte at the end is dropped.
    """
    texts = [(text, order) for order in _ORDERS if (text := _decoded(raw, order))]
    ranked = sorted((_oddity(text[:_SAMPLE]), i) for i, (text, _) in enumerate(texts))
    return texts[ranked[0][1]] if ranked and ranked[0][0] <= _MOST_ODD else None


def _decoded(raw: bytes, order: str) -> str:
    try:
        return raw[: len(raw) // 2 * 2].decode(order).rstrip("\0")
    except UnicodeDecodeError:
        return ""


def _oddity(text: str) -> float:
    """Return the share of characters that no text holds, or that are of a script of their own."""
    odd = sum(unicodedata.category(c) in _ODD_CATEGORIES and c not in _BLANKS for c in text)
    scripts = Counter(unicodedata.name(c, "?").split()[0] for c in text if c.isalpha())
    foreign = sum(count for _, count in scripts.most_common()[_MOST_SCRIPTS:])
    zeros = sum(not ord(c) % 256 for c in text)
    return (odd + foreign + _WEIGHT_OF_ZERO * zeros) / len(text)
