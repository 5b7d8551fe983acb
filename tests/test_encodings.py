import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.encodings import Unreadable, decode

SHORT = "The mayor said: “No way” — and left the résumé."
POLISH = (
    "Premier powiedział w poniedziałek, że rząd nie ugnie się pod presją. „Zostaliśmy wybrani właśnie po to”, dodał w "
    "Łodzi, gdzie czekali na niego uczniowie i rodzice ze szkoły."
)
# "一" ends in a zero byte.
CHINESE = "市长周一表示，一座旧桥将关闭一年。工程师在桥墩中发现了裂缝，没有人知道其他桥墩还能坚持多久。"
JAPANESE = "市長は会見で述べた。「古い橋は一年間閉鎖される。」他の橋がいつまで持つか、誰も知らない。"
TAIWANESE = "市長週一表示，一座舊橋將關閉一年。工程師在橋墩中發現了裂縫，沒有人知道其他橋墩還能堅持多久。"
KOREAN = "시장은 월요일 낡은 다리를 1년간 폐쇄한다고 밝혔다. 다른 다리가 얼마나 버틸지 아무도 모른다."
RUSSIAN = "Мэр сказал в понедельник, что старый мост закроют на год. Инженеры нашли трещины в опорах моста."
HALF = 6


def stray(text: str, encoding: str, byte: bytes) -> bytes:
    """Return a text encoded, with a byte between two of its characters."""
    before = text[:HALF].encode(encoding).removesuffix(b"\x1b(B")
    return before + byte + text.encode(encoding).removeprefix(before)


def with_lost(text: str) -> str:
    """Return a text with what stands for a stray byte between two of its characters."""
    return f"{text[:HALF]}\ufffd{text[HALF:]}"


@pytest.mark.parametrize(
    ("raw", "text", "encoding"),
    [
        pytest.param(b"plain", "plain", "utf-8", id="ascii"),
        pytest.param(SHORT.encode(), SHORT, "utf-8", id="utf-8"),
        pytest.param(codecs.BOM_UTF8 + b"a", "a", "utf-8-sig", id="utf-8-mark"),
        pytest.param("é".encode("utf-16"), "é", "utf-16", id="utf-16-mark"),
        pytest.param("é".encode("utf-32"), "é", "utf-32", id="utf-32-mark-is-not-utf-16"),
        pytest.param("The mayor".encode("utf-16-le"), "The mayor", "utf-16-le", id="utf-16-le-without-mark"),
        pytest.param("Новый мост".encode("utf-16-be"), "Новый мост", "utf-16-be", id="utf-16-be-without-mark"),
        pytest.param(SHORT.encode("cp1252"), SHORT, "cp1252", id="curly-marks-are-not-hungarian"),
        pytest.param(b"caf\xe9", "café", "cp1252", id="one-accent"),
        pytest.param(b"A \xa35m deal", "A £5m deal", "cp1252", id="pound-sign-is-not-greek"),
        pytest.param("Il a dit « été » à Noël.".encode("cp1252"), "Il a dit « été » à Noël.", "cp1252", id="french"),
        pytest.param(POLISH.encode("cp1250"), POLISH, "cp1250", id="polish-stays-1250"),
        pytest.param("Мост закрыт, сказал мэр.".encode("cp1251"), "Мост закрыт, сказал мэр.", "cp1251", id="russian"),
        pytest.param("市長は会見で述べた。".encode("cp932"), "市長は会見で述べた。", "cp932", id="japanese"),
        pytest.param("“It’s,” he said".encode("mac_roman"), "“It’s,” he said", "mac-roman", id="old-mac"),
        pytest.param(b"The mayor\0 said no.", "The mayor said no.", "utf-8", id="one-nul"),
        pytest.param(b"caf\xe9 says no\0", "café says no", "cp1252", id="one-nul-in-windows-latin"),
        pytest.param(b"The mayor said no.\n" + bytes(4096), "The mayor said no.\n", "utf-8", id="padded-block"),
        pytest.param(b"The mayor" + bytes(512) + b" said no.", "The mayor said no.", "utf-8", id="hole-in-a-block"),
        pytest.param("The mayor".encode("utf-16-le") + bytes(64), "The mayor", "utf-16-le", id="padded-utf-16"),
        pytest.param("The mayor".encode("utf-16-be") + b"\n", "The mayor", "utf-16-be", id="odd-byte-in-utf-16"),
        pytest.param("Āda said no".encode("utf-16-le"), "Āda said no", "utf-16-le", id="low-byte-zero"),
        pytest.param(CHINESE.encode("utf-16-le"), CHINESE, "utf-16-le", id="chinese-le-without-line-ends"),
        pytest.param(CHINESE.encode("utf-16-be"), CHINESE, "utf-16-be", id="chinese-be-without-line-ends"),
        pytest.param(
            "पुल बंद रहेगा, महापौर ने कहा".encode("utf-16-le"), "पुल बंद रहेगा, महापौर ने कहा", "utf-16-le", id="hindi"
        ),
        pytest.param(codecs.BOM_UTF8 + b"caf\xe9!", "café!", "utf-8-sig", id="stray-byte-after-mark"),
        pytest.param("The mayor".encode("utf-16") + b"\n", "The mayor", "utf-16", id="odd-byte-after-mark"),
        pytest.param(codecs.BOM_UTF8 * 2 + b"---", "---", "utf-8-sig", id="two-marks"),
        pytest.param(codecs.BOM_UTF16_LE * 2 + b"a\0", "a", "utf-16", id="two-marks-of-utf-16"),
        pytest.param(b"It cost 5\xa4.", "It cost 5€.", "iso8859-15", id="euro-of-latin-9"),
        pytest.param(b"\x93It cost 5\xa4\x94", "“It cost 5¤”", "cp1252", id="euro-is-elsewhere-in-windows-latin"),
        pytest.param("市長は述べた。".encode("iso2022_jp"), "市長は述べた。", "iso2022_jp", id="japanese-in-escapes"),
        pytest.param(b"\x1b$B!", "\x1b$B!", "utf-8", id="escape-that-is-no-japanese"),
        pytest.param(JAPANESE.encode("iso2022_jp")[:-4], JAPANESE[:-1] + "\ufffd", "iso2022_jp", id="escapes-cut"),
        pytest.param(stray(JAPANESE, "iso2022_jp", b"\xff"), JAPANESE, "iso2022_jp", id="escapes-and-a-stray-byte"),
        pytest.param(CHINESE.encode("gb18030")[:-1], CHINESE[:-1] + "\ufffd", "gb18030", id="gb18030-cut"),
        pytest.param(stray(CHINESE, "gb18030", b"\xff"), with_lost(CHINESE), "gb18030", id="gb18030-stray-byte"),
        pytest.param(TAIWANESE.encode("big5")[:-1], TAIWANESE[:-1] + "\ufffd", "big5", id="big5-cut"),
        pytest.param(stray(TAIWANESE, "big5", b"\x80"), with_lost(TAIWANESE), "big5", id="big5-stray-byte"),
        pytest.param(JAPANESE.encode("cp932")[:-1], JAPANESE[:-1] + "\ufffd", "cp932", id="shift-jis-cut"),
        pytest.param(JAPANESE.encode("euc_jp")[:-1], JAPANESE[:-1] + "\ufffd", "euc_jp", id="euc-jp-cut"),
        pytest.param(stray(JAPANESE, "euc_jp", b"\x81"), with_lost(JAPANESE), "euc_jp", id="euc-jp-stray-byte"),
        pytest.param(KOREAN.encode("cp949")[:-1] + b"\x82", KOREAN[:-1] + "\ufffd", "cp949", id="euc-kr-cut"),
        pytest.param(stray(KOREAN, "cp949", b"\xff"), with_lost(KOREAN), "cp949", id="euc-kr-stray-byte"),
        pytest.param(
            CHINESE.encode("gb18030") * 2000 + b"\xff", CHINESE * 2000 + "\ufffd", "gb18030", id="stray-byte-far-away"
        ),
        pytest.param(stray(POLISH, "cp1250", b"\x81"), with_lost(POLISH), "cp1250", id="byte-that-polish-lacks"),
        pytest.param(stray(RUSSIAN, "cp1251", b"\x98"), with_lost(RUSSIAN), "cp1251", id="byte-that-russian-lacks"),
        pytest.param(RUSSIAN.encode("mac_cyrillic"), RUSSIAN, "mac-cyrillic", id="russian-of-the-old-mac"),
        pytest.param(SHORT.encode("cp1252") + b"\x81", SHORT + "\ufffd", "cp1252", id="byte-that-windows-latin-lacks"),
        pytest.param(b"\x1b$B$\xff$\xff", "\x1b$B$ÿ$ÿ", "cp1252", id="escape-and-more-damage-than-japanese"),
        pytest.param(("é" * 9).encode()[:-1], "é" * 8 + "\ufffd", "utf-8", id="cut-last-character"),
        pytest.param(("é" * 9).encode() + b" caf\xe9!", "é" * 9 + " café!", "utf-8", id="stray-byte-in-utf-8"),
    ],
)
def test_decode(raw: bytes, text: str, encoding: str) -> None:
    assert decode(raw) == (text, encoding)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param(b"", "empty file", id="empty"),
        pytest.param(b" \r\n\t", "empty file", id="blank"),
        pytest.param(codecs.BOM_UTF8, "empty file", id="mark-alone"),
        pytest.param(codecs.BOM_UTF16_LE, "empty file", id="mark-of-utf-16-alone"),
        pytest.param(codecs.BOM_UTF16_LE + "\r\n".encode("utf-16-le"), "empty file", id="mark-and-blanks"),
        pytest.param(b"%PDF-1.7\nabc", "a PDF", id="pdf"),
        pytest.param(b"PK\x03\x04abc", "a ZIP", id="zip"),
        pytest.param(b"\x1f\x8babc", "a gzip", id="gzip"),
        pytest.param(b"\xff\xd8\xff\xe0abc", "a JPEG", id="jpeg"),
        pytest.param(b"a\0b\0\0c", "binary data", id="nuls"),
        pytest.param(b"\1\0\0\0\2\0\0\0" * 30, "binary data", id="numbers"),
        pytest.param(bytes(range(256)) * 4, "binary data", id="every-byte"),
        pytest.param(bytes(30), "binary data", id="nuls-alone"),
        pytest.param(b"a.txt" + bytes(252) + b"ustar\x0000" + b"text " * 90, "a tar archive", id="tar"),
        pytest.param(codecs.BOM_UTF8 + bytes(range(256)), "damaged UTF-8", id="binary-after-mark"),
        pytest.param(b"ab\x01\x02\x03\x04", "binary data", id="controls"),
        pytest.param(codecs.BOM_UTF16_LE + b"a", "damaged UTF-16", id="half-a-character"),
    ],
)
def test_unreadable(raw: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        decode(raw)


def test_text_that_begins_like_a_program_is_text() -> None:
    assert decode(b"MZ is the mark of a program")[1] == "utf-8"


@given(st.integers(0, len(POLISH.encode())), st.sampled_from(["utf-8", "cp1250"]))
def test_a_nul_anywhere_changes_nothing(position: int, encoding: str) -> None:
    raw = POLISH.encode(encoding)
    # Inside a character it is no stray byte between two.
    text, _ = decode(raw[:position] + b"\0" + raw[position:])
    assert text == POLISH


@given(st.binary(max_size=400))
def test_decode_never_gives_lone_surrogates(raw: bytes) -> None:
    try:
        text, encoding = decode(raw)
    except Unreadable:
        return
    assert text.encode("utf-8").decode("utf-8") == text
    assert codecs.lookup(encoding).name == encoding
    assert text.strip()
    assert not text.startswith("\ufeff")


@given(st.text().filter(lambda text: "\0" not in text and text.strip() and text[0] != "\ufeff"))
def test_decode_reads_what_utf_8_wrote(text: str) -> None:
    raw = codecs.BOM_UTF8 + text.encode()
    assert decode(raw) == (text, "utf-8-sig")
