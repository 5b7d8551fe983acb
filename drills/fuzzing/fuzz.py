"""A fuzzer that is led by coverage (libFuzzer, through atheris), for what bytes from outside meet first.

What it finds goes to tests as a case. Each input is checked for what must hold of any, not only for exceptions.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

SEEDS = Path(__file__).parent / "seeds"
_SAMPLES = Path(__file__).parents[2] / "data" / "raw"
# What a random byte hardly ever comes to be.
_TOKENS = (
    *"“”‘’«»‹›„‚‟‛\"'`´—–…•", "''", "``", "&quot;", "&#39;", "&nbsp;", "&amp;", "â€œ", "â€\x9d", "Ã©", "ﬁ", "ß", "İ",
    "\n\n", "\r\n", "\r", "\u2028", "\u2029", "\x85", "\xa0", "\xad", "\u200b", "\u200d", "\ufeff", "\u0301",
    "---\n", "title: ", "Title: ", "date: ", "Date: ", "By ", "By Ola Brandt", "LONDON, March 3", "2025-03-04",
    " said", " says", " told", " added", " asked", " according to ", ", who ", " that ", " not ", "declined to comment",
    "could not be reached", " would say", " denied ", " claims ", "the ", "The ", " she ", " he ", " they ", " it ",
    " I ", "Ola Brandt", "Mr. Brandt", "Brandt", "Dr. Ida Moen", "Moen", "the mayor", "a spokesman for ", "Reuters",
    "City Council", "(AP) — ", "Read more:", "Photo: ", "- ", "1. ", "> ", ". ", "? ", ", ", ": ", "; ",
)  # fmt: skip
_BYTE_TOKENS = (
    b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0", b"\x93", b"\x94", b"\x91", b"\x92", b"\0", b"\x1b$B",
)  # fmt: skip


def fuzz(
    target: Annotated[str, typer.Argument(help="decode, normalise, quotes or tables")],
    seconds: Annotated[int, typer.Option(min=1, help="How long, on the clock.")] = 60,
    seeds: Annotated[list[Path] | None, typer.Option(help="Folders of more texts to begin with.")] = None,
    corpus: Annotated[Path, typer.Option(help="Folder for what was learned and found.")] = Path("fuzz"),
    longest: Annotated[int, typer.Option(help="Bytes of the longest input.")] = 4096,
) -> None:
    """Feed one transform with what a fuzzer makes up, and keep each input that breaks it or takes over 20 seconds."""
    if target not in TARGETS:
        raise typer.BadParameter(f"there is no target {target}; there are {', '.join(TARGETS)}")
    if importlib.util.find_spec("atheris") is None:
        typer.echo("The fuzzer needs atheris: pip install -c constraints.txt -e '.[fuzz]'", err=True)
        raise typer.Exit(2)
    learned = corpus / target
    learned.mkdir(parents=True, exist_ok=True)
    tokens = corpus / "tokens.dict"
    tokens.write_text("".join(f'"{_escaped(token)}"\n' for token in _all_tokens()), "ascii")
    limits = (f"-max_total_time={seconds}", f"-max_len={longest}", "-timeout=20", "-report_slow_units=10")
    files = (f"-dict={tokens}", f"-artifact_prefix={corpus}/{target}-", "-rss_limit_mb=2000", "-print_final_stats=1")
    folders = (learned, SEEDS, _SAMPLES, *(seeds or ()))
    # In a process of its own, which has not imported transforms yet: atheris follows what it sees being imported.
    done = subprocess.run([sys.executable, "-m", "drills.fuzzing.fuzz", target, *limits, *files, *map(str, folders)])
    raise typer.Exit(done.returncode)


def _all_tokens() -> list[bytes]:
    return [*(token.encode() for token in _TOKENS), *_BYTE_TOKENS]


def _escaped(token: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in token)


def check_decode(data: bytes) -> None:
    """Decoded text is sound, and of a codec that exists; or there is a reason."""
    import codecs

    from transforms.encodings import Unreadable, decode

    try:
        text, encoding = decode(data)
    except Unreadable:
        return
    assert codecs.lookup(encoding)
    text.encode()  # fails at a lone surrogate
    assert text.strip()
    assert not text.startswith("\ufeff")


def check_normalise(data: bytes) -> None:
    """Normalised text is clean, stays as it is when normalised again, and its paragraphs tile it."""
    from drills.fuzzing.rows import is_clean
    from transforms.text import normalise

    text = normalise(data.decode("utf-8", "replace"))
    assert normalise(text) == text
    assert is_clean(text)
    paragraphs = text.split("\n\n")
    assert all(p and p == p.strip() and "\n" not in p and "  " not in p for p in paragraphs) or not text


def check_quotes(data: bytes) -> None:
    """The quotes of an English article are sound; without frames, which take most of the time of `tables`."""
    from drills.fuzzing.rows import breaches_of_quotes
    from transforms.quotes.attribution import attribute
    from transforms.quotes.headlines import with_headlines
    from transforms.quotes.marks import Paragraph, find_spans
    from transforms.quotes.model.lines import Article
    from transforms.quotes.rows import read_rows
    from transforms.text import normalise

    text = normalise(data.decode("utf-8", "replace"))
    paragraphs, start = [], 0
    for at, words in enumerate(text.split("\n\n") if text else ()):
        paragraphs.append(Paragraph(at, "body" if at else "title", words, start))
        start += len(words) + 2
    (attributed,) = attribute([Article(text, paragraphs, find_spans(paragraphs))])
    quotes = [row._asdict() for row in read_rows("a", *with_headlines(attributed))]
    bounds = [{"kind": p.kind, "start": p.start, "end": p.start + len(p.text)} for p in paragraphs]
    for broken in breaches_of_quotes(text, bounds, quotes):
        raise AssertionError(broken)


def check_tables(data: bytes) -> None:
    """The rows of every table are sound, whatever the bytes; most articles are taken for English."""
    from drills.fuzzing.rows import check
    from transforms.articles import RawArticle
    from transforms.fields import Metadata
    from transforms.tables import build_tables

    english = None if data.endswith(b"~") else Metadata(language="en")
    check(build_tables([RawArticle("herald/2025/03/04/story.txt", data, data.startswith(b"{"), english)]))


TARGETS: dict[str, Callable[[bytes], None]] = {
    "decode": check_decode,
    "normalise": check_normalise,
    "quotes": check_quotes,
    "tables": check_tables,
}


def _run(target: str, arguments: list[str]) -> None:
    import atheris

    check = TARGETS[target]
    with atheris.instrument_imports(include=["transforms"]):
        check("“The pier will open,” said Ola Brandt.".encode())
    atheris.Setup([sys.argv[0], *arguments], check)
    atheris.Fuzz()


if __name__ == "__main__":
    _run(sys.argv[1], sys.argv[2:])
