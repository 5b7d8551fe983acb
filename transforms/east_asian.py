"""Chinese, Japanese and Korean text of several bytes a character, a few of which are stray or lost."""

import re

import chardet

# What chardet calls them: later versions of a standard, and the pages of Windows, hold all of the older ones.
_NAMES = {
    "gb18030": ("gb18030", "gbk", "gb2312"),
    "big5": ("big5", "cp950", "big5-hkscs", "big5hkscs"),
    "cp932": ("cp932", "shift_jis", "shift_jis_2004", "shift_jisx0213"),
    "euc_jp": ("euc-jp", "euc_jp", "euc_jis_2004", "euc_jisx0213"),
    "cp949": ("cp949", "euc-kr", "euc_kr"),
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


def decode_damaged(raw: bytes, sample: bytes, sure: float) -> tuple[str, str] | None:
    """Return the text of bytes in which a few characters are cut or stray, each as U+FFFD, and its encoding.

    One such byte is enough for statistics to see something else. So each encoding is tried without the bytes that are
    no character of it: it is right if statistics see it in what is left.

    Args:
        raw: The whole text.
        sample: A part of it that is enough to tell.
        sure: How confident chardet has to be.

    Returns:
        None if it is in none of these encodings, or more than a few characters are lost.
    """
    found = [(confidence, codec) for codec in _NAMES if (confidence := _confidence(sample, codec)) >= sure]
    return (raw.decode(max(found)[1], "replace"), max(found)[1]) if found else None


def _confidence(sample: bytes, codec: str) -> float:
    """Return how sure chardet is that a text without its damage is in an encoding; 0 if more than a little is lost."""
    whole = sample.decode(codec, "ignore").encode(codec, "ignore")
    lost = len(sample) - len(whole)
    if lost <= 0 or len(_HIGH.findall(whole)) < 2 * _SOUND * lost:
        return 0
    seen = chardet.detect(whole)
    return (seen["confidence"] or 0) if (seen["encoding"] or "").casefold() in _NAMES[codec] else 0
