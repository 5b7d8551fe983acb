"""Bytes to text: which encoding, and whether it is text at all."""

import codecs
import re

import chardet

from transforms.damaged_text import decode_damaged, decode_escaped
from transforms.wide import decode_wide


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
    (b"SQLite format 3", "a SQLite database"),
)
_TAR = slice(257, 262)
# Control bytes that no text holds; tabs, line ends, form feeds and escapes are left out.
_CONTROL_BYTES = bytes([*range(9), *range(14, 27), *range(28, 32), 127])
_MAX_CONTROL_SHARE = 0.01
# A lost byte, a padded block: few runs of NULs in text that is otherwise sound. In UTF-16 every other byte is one.
_NULS = re.compile(rb"\0+")
_MAX_NUL_SHARE = 0.1
# Nobody prints the currency sign: beside a figure it is the euro of Latin-9. Windows Latin uses C1 for marks.
_EURO = re.compile(rb"\xa4 ?\d|\d ?\xa4")
_C1 = re.compile(rb"[\x80-\x9f]")

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

    The text begins with no byte order mark, is not blank, and holds no lone surrogate. Takes linear time.

    Args:
        raw: The whole file.

    Returns:
        Text and the Python name of the codec.

    Raises:
        Unreadable: The file is empty, or it is not text.
    """
    text, encoding = _decoded(raw)
    # A mark put before a mark would hide front matter.
    text = text.lstrip("\ufeff")
    if not text.strip():
        raise Unreadable("empty file")
    return text, encoding


def _decoded(raw: bytes) -> tuple[str, str]:
    if not raw.strip():
        raise Unreadable("empty file")
    if found := next(((mark, encoding) for mark, encoding in _BYTE_ORDER_MARKS if raw.startswith(mark)), None):
        return _marked(raw, *found)
    if what := _what_else(raw):
        raise Unreadable(f"not text but {what}")
    if b"\0" not in raw:
        return _eight_bit(raw)
    return _with_nuls(raw)


def _what_else(raw: bytes) -> str | None:
    if raw[_TAR] == b"ustar":
        return "a tar archive"
    return next((what for magic, what in _MAGIC if raw.startswith(magic)), None)


def _marked(raw: bytes, mark: bytes, encoding: str) -> tuple[str, str]:
    """Decode what a byte order mark announces, even if a byte in it is stray or half a character is left at the end."""
    if encoding == "utf-8-sig":
        return _marked_utf8(raw.removeprefix(mark)), encoding
    unit = 4 if encoding == "utf-32" else 2
    try:
        text = raw[: len(raw) // unit * unit].decode(encoding)
    except UnicodeDecodeError:
        text = ""
    if not text and raw != mark:
        raise Unreadable(f"damaged {encoding.upper()} text")
    return text, encoding


def _marked_utf8(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        if _has_controls(raw):
            raise Unreadable("damaged UTF-8 text") from None
        return _mended(raw.decode("utf-8", "surrogateescape"))


def _with_nuls(raw: bytes) -> tuple[str, str]:
    """Decode text with a few NULs, which are dropped, or UTF-16 without a mark."""
    rest = raw.translate(None, b"\0")
    runs = len(_NULS.findall(raw.rstrip(b"\0")))
    if rest.strip() and runs <= _MAX_NUL_SHARE * len(rest) and not _has_controls(rest):
        return _eight_bit(rest)
    if wide := decode_wide(raw):
        return wide
    raise Unreadable("binary data, not text")


def _has_controls(raw: bytes) -> bool:
    return len(raw) - len(raw.translate(None, _CONTROL_BYTES)) > _MAX_CONTROL_SHARE * len(raw)


def _eight_bit(raw: bytes) -> tuple[str, str]:
    if _has_controls(raw):
        raise Unreadable("binary data, not text")
    if text := decode_escaped(raw):
        return text, "iso2022_jp"
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _damaged_utf8(raw) or _single_byte(raw)


def _damaged_utf8(raw: bytes) -> tuple[str, str] | None:
    """Return mostly sound UTF-8, mended; None if it is not."""
    text = raw.decode("utf-8", "surrogateescape")
    damaged = sum(len(run) for run in _ESCAPED.findall(text))
    sound = len(_HIGH.findall(raw)) - damaged
    if sound < 6 * damaged:
        return None
    return _mended(text), "utf-8"


def _mended(text: str) -> str:
    """Return the text with its stray bytes read as cp1252, a cut last character as U+FFFD."""
    return _ESCAPED.sub(_as_cp1252, _ESCAPED_TAIL.sub("\ufffd", text))


def _as_cp1252(run: re.Match[str]) -> str:
    return run[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace")


def _single_byte(raw: bytes) -> tuple[str, str]:
    """Decode with what chardet names if it is sure or the text is of another script, else as Windows Latin."""
    if _MAC_APOSTROPHE.search(raw):
        return raw.decode("mac_roman"), codecs.lookup("mac_roman").name
    names, confidence, is_foreign = _likely_names(raw)
    is_sure = confidence >= _SURE
    read = next(((text, name) for name in names if (text := _strictly(raw, name)) is not None), None)
    # Nobody prints C1 controls: where a page of Unix has them, the Windows page has its marks.
    is_odd = read is not None and read[1].startswith("iso8859") and bool(_C1.search(raw))
    is_mac = read is not None and read[1].startswith("mac")
    if read and read[1] == names[0] and not is_odd and not is_mac and (is_sure or not is_foreign):
        return read
    if mended := decode_damaged(raw, _sample, max(_SURE, confidence) if is_mac else _SURE):
        return mended
    if read and (is_sure or not is_odd):
        return read
    if found := _damaged_latin(raw) or read:
        return found
    raise Unreadable("text in no known encoding")


def _likely_names(raw: bytes) -> tuple[list[str], float, bool]:
    """Return codecs, likeliest first, how sure chardet is, and whether letters are mostly not Latin."""
    sample = _sample(raw)
    found = chardet.detect(sample)
    high, ascii_letters = len(_HIGH.findall(sample)), len(_LETTER_BYTES.findall(sample))
    confidence = found["confidence"] or 0
    is_foreign = high >= _FOREIGN_SHARE * (high + ascii_letters) and high > 3
    names = [_codec_name(found["encoding"]), "cp1252"]
    if confidence < _SURE and not is_foreign:
        names.reverse()
    if names[0] == "cp1252" and _EURO.search(raw) and not _C1.search(raw):
        names.insert(0, "iso8859-15")
    return names, confidence, is_foreign


def _strictly(raw: bytes, name: str) -> str | None:
    try:
        return raw.decode(name)
    except (UnicodeDecodeError, LookupError):
        return None


def _damaged_latin(raw: bytes) -> tuple[str, str] | None:
    """Decode Windows Latin with a byte or a few that it leaves undefined, each as U+FFFD; None if they are many."""
    text = raw.decode("cp1252", "replace")
    return None if text.count("\ufffd") > max(1, _MAX_CONTROL_SHARE * len(text)) else (text, "cp1252")


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
