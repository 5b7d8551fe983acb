"""Bytes to text: which encoding, and whether it is text at all."""

import codecs
import re

import chardet


class Unreadable(ValueError):
    """Raw data that no article can be read from; its message is the reason, in newsroom words."""


# UTF-32 before UTF-16, whose little-endian mark is its beginning.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# First bytes of what lands in a drop folder by mistake.
_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a ZIP archive or Office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"{\\rtf", "an RTF document"),
    (b"MZ\x90", "a program"),
    (b"\x7fELF", "a program"),
    (b"PAR1", "a Parquet file"),
)
# Control bytes that no text holds; tabs, line ends, form feeds and escapes are left out.
_CONTROL_BYTES = bytes([*range(9), *range(14, 27), *range(28, 32), 127])
_MAX_CONTROL_SHARE = 0.01

_SAMPLE = 65_536
_HIGH = re.compile(rb"[\x80-\xff]")
_LETTER_BYTES = re.compile(rb"[A-Za-z]")
# chardet 7 is sure of itself (.2 and more) from one paragraph on; below .15 it guesses: a pound sign alone "is" Greek.
_SURE = 0.15
# Half of the letters above ASCII: no text in Latin letters has that many, Russian and Greek have more.
_FOREIGN_SHARE = 0.5
# What these pages leave undefined, the Windows page of the same letters uses for curly marks and dashes.
_SUPERSET = {"iso8859-1": "cp1252", "iso8859-9": "cp1254", "ascii": "cp1252"}
# Old Mac copy: its apostrophe between small letters would be a capital O with a tilde.
_MAC_APOSTROPHE = re.compile(rb"[a-z]\xd5(?:s|t|re|ve|ll|d|m)\b")
_ESCAPED = re.compile(r"[\udc80-\udcff]+")
_ESCAPED_TAIL = re.compile(r"[\udcc2-\udcf4][\udc80-\udcbf]{0,2}\Z")


def decode(raw: bytes) -> tuple[str, str]:
    """Return the text of raw bytes and the encoding that they were decoded with.

    The text holds no byte order mark and no lone surrogate. Takes linear time.

    Args:
        raw: The whole file.

    Returns:
        Text and the Python name of the codec.

    Raises:
        Unreadable: The file is empty, or it is not text.
    """
    if not raw.strip():
        raise Unreadable("empty file")
    if encoding := next((encoding for mark, encoding in _BYTE_ORDER_MARKS if raw.startswith(mark)), None):
        return _strict(raw, encoding, f"damaged {encoding.removesuffix('-sig').upper()} text")
    if what := next((what for magic, what in _MAGIC if raw.startswith(magic)), None):
        raise Unreadable(f"not text but {what}")
    if b"\0" in raw:
        return _strict(raw, _wide_encoding(raw), "binary data, not text")
    if len(raw) - len(raw.translate(None, _CONTROL_BYTES)) > _MAX_CONTROL_SHARE * len(raw):
        raise Unreadable("binary data, not text")
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _damaged_utf8(raw) or _single_byte(raw)


def _strict(raw: bytes, encoding: str, reason: str) -> tuple[str, str]:
    try:
        return raw.decode(encoding), codecs.lookup(encoding).name
    except (UnicodeDecodeError, LookupError):
        raise Unreadable(reason) from None


def _wide_encoding(raw: bytes) -> str:
    """Name the UTF-16 whose empty high bytes are the NULs of this text; no name if they are something else."""
    even, odd = raw[::2].count(0), raw[1::2].count(0)
    if not len(raw) % 2 and even == 0:
        return "utf-16-le"
    if not len(raw) % 2 and odd == 0:
        return "utf-16-be"
    return "not UTF-16"


def _damaged_utf8(raw: bytes) -> tuple[str, str] | None:
    """Return mostly sound UTF-8 with its few stray bytes read as cp1252, a cut last character as U+FFFD."""
    text = raw.decode("utf-8", "surrogateescape")
    damaged = sum(len(run) for run in _ESCAPED.findall(text))
    sound = len(_HIGH.findall(raw)) - damaged
    if sound < 6 * damaged:
        return None
    text = _ESCAPED_TAIL.sub("\ufffd", text)
    return _ESCAPED.sub(_as_cp1252, text), "utf-8"


def _as_cp1252(run: re.Match[str]) -> str:
    return run[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace")


def _single_byte(raw: bytes) -> tuple[str, str]:
    """Decode with what chardet names if it is sure or the text is of another script, else as Windows Latin."""
    if _MAC_APOSTROPHE.search(raw):
        return raw.decode("mac_roman"), codecs.lookup("mac_roman").name
    sample = _sample(raw)
    found = chardet.detect(sample)
    high, ascii_letters = len(_HIGH.findall(sample)), len(_LETTER_BYTES.findall(sample))
    is_foreign = high >= _FOREIGN_SHARE * (high + ascii_letters) and high > 3
    names = ["cp1252"]
    if (found["confidence"] or 0) >= _SURE or is_foreign:
        names.insert(0, _codec_name(found["encoding"]))
    else:
        names.append(_codec_name(found["encoding"]))
    for name in names:
        try:
            return raw.decode(name), codecs.lookup(name).name
        except (UnicodeDecodeError, LookupError):
            continue
    raise Unreadable("text in no known encoding")


def _codec_name(name: str | None) -> str:
    try:
        name = codecs.lookup(name or "none").name
    except LookupError:
        return "none"
    return _SUPERSET.get(name, name)


def _sample(raw: bytes) -> bytes:
    """Return a bounded part of the text that begins shortly before its first byte above ASCII."""
    first = _HIGH.search(raw)
    start = max(0, first.start() - 1000) if first and len(raw) > _SAMPLE else 0
    return raw[start : start + _SAMPLE]
