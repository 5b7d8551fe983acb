"""Text of which a few bytes are no character of its encoding: stray ones, or cut characters."""

import re
from collections.abc import Callable

import chardet

# What chardet calls them: later versions of a standard, and the pages of Windows, hold all of the older ones. The
# pages of Unix leave no byte undefined, and those of the Mac do not either.
_NAMES = {
    "gb18030": ("gb18030", "gbk", "gb2312"),
    "big5": ("big5", "cp950", "big5-hkscs", "big5hkscs"),
    "cp932": ("cp932", "shift_jis", "shift_jis_2004", "shift_jisx0213"),
    "euc_jp": ("euc-jp", "euc_jp", "euc_jis_2004", "euc_jisx0213"),
    "cp949": ("cp949", "euc-kr", "euc_kr"),
    "cp1250": ("windows-1250", "iso-8859-2"),
    "cp1251": ("windows-1251",),
    "cp1252": ("windows-1252", "iso-8859-1"),
    "cp1253": ("windows-1253", "iso-8859-7"),
    "cp1254": ("windows-1254", "iso-8859-9"),
    "cp1255": ("windows-1255", "iso-8859-8"),
    "cp1257": ("windows-1257", "iso-8859-13"),
}
_HIGH = re.compile(rb"[\x80-\xff]")
_HIGH_BYTES = bytes(range(0x80, 0x100))
_LOST = "\ufffd"
# As in UTF-8 that is damaged: six of seven characters must be sound.
_SOUND = 6
# ISO-2022-JP is ASCII to the eye; these announce two bytes a character.
_JAPANESE = re.compile(rb"\x1b\$[B@]")


def decode_escaped(raw: bytes) -> str | None:
    """Return the text of ISO-2022-JP; None if it is something else.

    A stray byte above ASCII, which is no part of any character of it, is dropped; a lost character is U+FFFD.
    """
    if not _JAPANESE.search(raw):
        return None
    low = raw.translate(None, _HIGH_BYTES)
    text = low.decode("iso2022_jp", "replace")
    lost = text.count(_LOST)
    sound, damaged = sum(c > "\x7f" for c in text) - lost, lost + len(raw) - len(low)
    return text if sound >= _SOUND * damaged else None


def decode_damaged(raw: bytes, take_sample: Callable[[bytes], bytes], sure: float) -> tuple[str, str] | None:
    """Return the text of bytes in which a few are no character, each of these as U+FFFD, and its encoding.

    One such byte is enough for statistics to see something else. So each encoding is tried without the bytes that are
    no character of it: it is right if statistics see it in what is left.

    Args:
        raw: The whole text.
        take_sample: Gives a part of a text that is enough to tell.
        sure: How confident chardet has to be.

    Returns:
        None if it is in none of these encodings, or more than a few characters are lost.
    """
    found = [(_confidence(whole, codec, take_sample), codec) for codec in _NAMES if (whole := _mended(raw, codec))]
    confidence, codec = max(found, default=(0, ""))
    return (raw.decode(codec, "replace"), codec) if confidence >= sure else None


def _mended(raw: bytes, codec: str) -> bytes | None:
    """Return bytes without those that are no character; None if that are none, or more than a few."""
    whole = raw.decode(codec, "ignore").encode(codec, "ignore")
    lost = len(raw) - len(whole)
    return whole if lost > 0 and len(_HIGH.findall(whole)) >= 2 * _SOUND * lost else None


def _confidence(whole: bytes, codec: str, take_sample: Callable[[bytes], bytes]) -> float:
    seen = chardet.detect(take_sample(whole))
    return (seen["confidence"] or 0) if (seen["encoding"] or "").casefold() in _NAMES[codec] else 0
