"""Texts in every encoding, whole and broken, with what must be read in each."""

from __future__ import annotations

from typing import NamedTuple

from drills.hostile.packed import INGESTED
from drills.hostile.texts import SENTENCE, Maker, random_bytes, repeated

_EMPTY, _BINARY = "empty file", "binary data, not text"
_RUSSIAN = "Он сказал, что идёт дождь. "
_GREEK = "Είπε ότι βρέχει στο λιμάνι. "
_POLISH = "„Zostaliśmy tu”, powiedział w Łodzi, gdzie czekały dzieci i żółw. "
_CHINESE, _TAIWANESE = "他说，下雨了，桥墩中有裂缝。", "他說，下雨了，橋墩中有裂縫。"
_JAPANESE = "雨が降った、と彼は述べた。"
_KOREAN = "비가 왔다고 그가 말했다. "
_FRENCH = "« L’été », a-t-il dit à Noël, « est passé ». "
_ENGLISH = "“It rained,” he said. "
_END_OF_JAPANESE = b"\x1b(B"


class Encoded(NamedTuple):
    """A text in some encoding.

    Attributes:
        make: Gives it.
        needle: What must stand in the article's text; None: it is rejected, or nobody can tell what it was to say.
        encoding: What `raw_encoding` must say; None: it does not matter.
        outcome: `ingested`, or how the reason begins.
    """

    make: Maker
    needle: str | None = None
    encoding: str | None = None
    outcome: str = INGESTED


def _rejected(make: Maker, reason: str) -> Encoded:
    return Encoded(make, outcome=reason)


def _whole(text: str, codec: str) -> Maker:
    raw = text.encode(codec)
    return lambda size: (text * max(2, size // len(raw))).encode(codec)


def _read(text: str, codec: str, encoding: str | None = None) -> Encoded:
    return Encoded(_whole(text, codec), text.strip(), encoding or codec)


def _cut(text: str, codec: str, end: int = 1, encoding: str | None = None) -> Encoded:
    """Return a text whose last character is cut: all before it must be read."""
    make = _whole(text, codec)
    return Encoded(lambda size: make(size)[:-end], (text * 2).strip()[:-1], encoding or codec)


def _stray(text: str, codec: str, byte: bytes, encoding: str | None = None) -> Encoded:
    """Return a text with a byte in the middle that is no character: what stands before and after must be read."""
    make = _whole(text, codec)

    def broken(size: int) -> bytes:
        before, after = make(size // 2), make(size // 2)
        if codec == "iso2022_jp":
            before, after = before.removesuffix(_END_OF_JAPANESE), after.removeprefix(b"\x1b$B")
        return before + byte + after

    return Encoded(broken, text.strip(), encoding or codec)


def _marked(mark: bytes, text: str, codec: str, rest: bytes = b"") -> Maker:
    make = _whole(text, codec)
    return lambda size: mark + make(size) + rest


_SHORT: dict[str, Encoded] = {
    "nothing": _rejected(lambda _: b"", _EMPTY),
    "one-letter": Encoded(lambda _: b"a", "a", "utf-8"),
    "one-blank": _rejected(lambda _: b" ", _EMPTY),
    "one-high-byte": Encoded(lambda _: b"\xff", "ÿ", "cp1252"),
    "one-nul": _rejected(lambda _: b"\0", _BINARY),
    "nuls": _rejected(repeated(b"\0"), _BINARY),
    "nuls-in-text": Encoded(repeated(SENTENCE + "\0"), SENTENCE.strip(), "utf-8"),
    "nuls-between-letters": Encoded(repeated(b"r\0a\0i\0n\0 \0"), "rain rain", "utf-16-le"),
    "random-bytes": _rejected(random_bytes, _BINARY),
    "all-bytes": _rejected(repeated(bytes(range(256))), _BINARY),
    "control-bytes": _rejected(repeated(b"\x01\x02\x7f"), _BINARY),
    "escapes": _rejected(repeated(b"\x1b"), "no letters or digits"),
    "pdf": _rejected(lambda size: b"%PDF-1.4\n" + random_bytes(size), "not text but a PDF"),
}

_UNICODE: dict[str, Encoded] = {
    "utf8-cut": _cut(_FRENCH[:-5] + "é", "utf-8"),
    "utf8-stray": _stray(_FRENCH, "utf-8", b"\xe9"),
    "utf8-overlong": _stray(_FRENCH, "utf-8", b"\xc0\xaf"),
    "utf8-surrogates": _stray(_FRENCH, "utf-8", b"\xed\xa0\x80"),
    "utf8-beyond": _stray(_FRENCH, "utf-8", b"\xf4\x90\x80\x80"),
    "cut-utf8": Encoded(repeated(SENTENCE.encode() + b"\xe2\x80"), SENTENCE.strip(), "cp1252"),
    "cut-utf8-alone": Encoded(repeated(b"\xe2\x80")),
    "overlong-utf8": Encoded(repeated(b"\xc0\xaf\xe0\x80\xaf rain "), " rain "),
    "surrogates-in-utf8": Encoded(repeated(b"\xed\xa0\x80\xed\xb0\x80 rain "), " rain "),
    "beyond-utf8": Encoded(repeated(b"\xf4\x90\x80\x80\xf8\x88\x80\x80\x80 rain "), " rain "),
    "marked-utf8-cut": Encoded(
        lambda size: b"\xef\xbb\xbf" + repeated(SENTENCE.encode() + b"\xff")(size), SENTENCE.strip(), "utf-8-sig"
    ),
    "utf16-lone-surrogates": _rejected(
        lambda size: b"\xff\xfe" + repeated(b"\x00\xd8a\0")(size), "damaged UTF-16 text"
    ),
    "utf16-cut": Encoded(_marked(b"\xff\xfe", SENTENCE, "utf-16-le", b"a"), SENTENCE.strip(), "utf-16"),
    "utf16-stray": Encoded(
        _marked(b"\xff\xfe", SENTENCE, "utf-16-le", b"a" + SENTENCE.encode("utf-16-le")), SENTENCE[:-1]
    ),
    "utf16-unmarked": _read(SENTENCE, "utf-16-be"),
    "utf16-of-nothing": _rejected(lambda _: b"\xff\xfe", _EMPTY),
    "utf32": Encoded(_marked(b"\xff\xfe\0\0", SENTENCE, "utf-32-le"), SENTENCE.strip(), "utf-32"),
    "utf32-cut": Encoded(_marked(b"\xff\xfe\0\0", SENTENCE, "utf-32-le", b"a\0"), SENTENCE.strip(), "utf-32"),
    "utf32-beyond": _rejected(
        lambda size: b"\xff\xfe\0\0" + repeated(b"\xff\xff\xff\x7f")(size), "damaged UTF-32 text"
    ),
    "utf7": Encoded(repeated(b"+AGEAYgBj- "), "+AGEAYgBj-", "utf-8"),
}

_EAST_ASIAN: dict[str, Encoded] = {
    "iso2022": _read(_JAPANESE, "iso2022_jp"),
    "iso2022-cut": _cut(_JAPANESE, "iso2022_jp", 4),
    "iso2022-stray": _stray(_JAPANESE, "iso2022_jp", b"\xff"),
    "iso2022-broken": Encoded(lambda size: b"\x1b$B" + repeated(b"\x24\x22\xff")(size)),
    "shift-jis": _read(_JAPANESE, "cp932"),
    "shift-jis-cut": _cut(_JAPANESE, "cp932"),
    "shift-jis-stray": _stray(_JAPANESE, "cp932", b"\xfd"),
    "euc-jp": _read(_JAPANESE, "euc_jp"),
    "euc-jp-cut": _cut(_JAPANESE, "euc_jp"),
    "euc-jp-stray": _stray(_JAPANESE, "euc_jp", b"\x81"),
    "gb18030": _read(_CHINESE, "gb18030"),
    "gb18030-cut": _cut(_CHINESE, "gb18030"),
    "gb18030-stray": _stray(_CHINESE, "gb18030", b"\xff"),
    "big5": _read(_TAIWANESE, "big5"),
    "big5-cut": _cut(_TAIWANESE, "big5"),
    "big5-stray": _stray(_TAIWANESE, "big5", b"\x80"),
    "euc-kr": _read(_KOREAN, "cp949"),
    "euc-kr-cut": Encoded(lambda size: _whole(_KOREAN, "cp949")(size) + b"\xb4", (_KOREAN * 2).strip(), "cp949"),
    "euc-kr-stray": _stray(_KOREAN, "cp949", b"\xff"),
}

_ONE_BYTE: dict[str, Encoded] = {
    "windows-latin": _read(_ENGLISH, "cp1252"),
    "windows-latin-undefined": _stray(_ENGLISH, "cp1252", b"\x81"),
    "windows-cyrillic": _read(_RUSSIAN, "cp1251"),
    "windows-cyrillic-undefined": _stray(_RUSSIAN, "cp1251", b"\x98"),
    "windows-polish": _read(_POLISH, "cp1250"),
    "windows-polish-undefined": _stray(_POLISH, "cp1250", b"\x81"),
    "windows-greek-undefined": _stray(_GREEK, "cp1253", b"\xff"),
    "koi8": _read(_RUSSIAN, "koi8-r"),
    "mac-roman": _read("He said it doesn’t rain. ", "mac-roman"),
    "ebcdic": _read(SENTENCE, "cp500"),
    "ebcdic-stray": _stray(SENTENCE, "cp500", b"\xff"),
    "high-bytes": Encoded(repeated(b"\xfc\xe9\xe8")),
}

ENCODED: dict[str, Encoded] = {**_SHORT, **_UNICODE, **_EAST_ASIAN, **_ONE_BYTE}
"""What may come instead of sound UTF-8."""
