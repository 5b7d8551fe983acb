"""Side files and corrections files that nobody would write: each is read, noted, or refused in a sentence."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import NamedTuple

from drills.hostile.texts import random_bytes


class Side(NamedTuple):
    """A file beside the raw files.

    Attributes:
        name: Its name, whose ending counts.
        make: Gives so many bytes, or about as many, where its size matters.
        refused: The sentence with which a run refuses it, without the file's name before it; None: the run goes on.
        noted: A part of a note of the run.
        title: What it gives the article of a.txt.
        date: The same.
    """

    name: str
    make: Callable[[int], bytes]
    refused: str | None = None
    noted: str = ""
    title: str | None = None
    date: str | None = None


def _csv(rows: str) -> Callable[[int], bytes]:
    return lambda _: f"file,title,date\n{rows}\n".encode()


_BINARY = "binary data, not text"
_CUT = "it is packed, and cut off or damaged"
_NO_KEY = "no column names the raw file: it has {}; understood are raw_path, path, filename, file, name, document, id"
_NO_ROW = "0 of 1 files have a row"
_NO_OBJECT = "m.jsonl: line 1 is no JSON object"
_NO_COLUMN = "no column article_id, start, end, decided_by; {}"


def _unread(date: str) -> Side:
    return Side("m.csv", _csv(f"a.txt,Rain,{date}"), noted=f"1 date could not be read, such as {date}", title="Rain")


SIDE_FILES: dict[str, Side] = {
    "empty": Side("m.csv", lambda _: b"", noted=_NO_ROW),
    "blank": Side("m.csv", lambda _: b" \n\n", noted=_NO_ROW),
    "header-alone": Side("m.csv", lambda _: b"file,title\n", noted=_NO_ROW),
    "no-key": Side("m.csv", lambda _: b"title,date\nRain,2016-03-11\n", refused=_NO_KEY.format("title, date")),
    "other-ending": Side("m.xlsx", lambda _: b"PK\x03\x04", refused="m.xlsx: a side file is .csv, .tsv or .jsonl"),
    "random-bytes": Side("m.csv", random_bytes, refused=_BINARY),
    "nuls": Side("m.csv", lambda _: b"file,title\na.txt,Ra\0in\n", title="Rain"),
    "nuls-alone": Side("m.csv", lambda size: b"\0" * size, refused=_BINARY),
    "wide": Side("m.csv", lambda _: "file,title\na.txt,Räin\n".encode("utf-16"), title="Räin"),
    "lone-surrogates": Side("m.jsonl", lambda _: b'{"file": "a.txt", "title": "Rain \\ud800"}', title="Rain \ufffd"),
    "same-row-twice": Side(
        "m.csv", _csv("a.txt,Rain,2016-03-11\na.txt,Rain,2016-03-11"), title="Rain", date="2016-03-11"
    ),
    "contradictory-rows": Side(
        "m.csv", _csv("a.txt,Rain,\na.txt,Snow,"), noted="a.txt: rows differ, the first one counts", title="Rain"
    ),
    "tied-rows": Side("m.csv", _csv("x/a.txt,Rain,\ny/a.txt,Snow,"), noted="fit it equally, none counts"),
    "missing-rows": Side("m.csv", _csv("nowhere.txt,Rain,"), noted="no row fits a raw file; it names nowhere.txt"),
    "no-such-day": _unread("2016-02-30"),
    "day-zero": _unread("0000-00-00"),
    "nines": _unread("99/99/99"),
    "two-digit-year": _unread("11 March 16"),
    "year-10000": _unread("10000-01-01"),
    "epoch-beyond": Side("m.csv", lambda _: b"file,timestamp\na.txt,9999999999999\n", noted="such as 9999999999999"),
    "open-quotes": Side(
        "m.csv",
        _csv('a.txt,"Rain,2016-03-11\nb.txt,Snow,'),
        refused="m.csv: line 3: the file ends inside quotation marks: is a closing one missing?",
    ),
    "marks-after-quotes": Side(
        "m.csv",
        _csv('a.txt,"Rain" and snow,'),
        refused="m.csv: line 2: text follows a closing quotation mark: marks inside a quoted field are doubled",
    ),
    "longer-rows": Side(
        "m.csv", _csv("a.txt,Rain, or snow,2016-03-11,x"), noted="line 2 has more fields than the header"
    ),
    "escapes": Side("m.csv", _csv("\x1b[31m.txt,\x1b[2J\u202eRain,\x1b]0;x\x07"), noted="1 date could not be read"),
    "formulas": Side("m.csv", _csv("a.txt,=1+1,"), title="=1+1"),
    "long-field": Side(
        "m.csv",
        lambda size: b"file,title\na.txt," + b"x" * size + b"\n",
        "m.csv: line 2: a field is too long: is a closing quotation mark missing?",
    ),
    "one-line": Side("m.csv", lambda size: b"file," + b"x," * (size // 2), noted=_NO_ROW),
    "one-line-of-json": Side(
        "m.jsonl", lambda _: b'{"file": "a.txt", "title": "' + b"x" * 100_000 + b'"}', title="x" * 100_000
    ),
    "many-columns": Side(
        "m.jsonl",
        lambda _: json.dumps({f"c{i}": 1 for i in range(9_999)}).encode(),
        refused=_NO_KEY.format("c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 9,989 more"),
    ),
    "deep-json": Side("m.jsonl", lambda size: b"[" * size, refused=_NO_OBJECT),
    "no-objects": Side("m.jsonl", lambda _: b"[1]\n", refused=_NO_OBJECT),
    "broken-json": Side("m.jsonl", lambda _: b'{"file": "a.txt"', refused=_NO_OBJECT),
    "other-rows": Side("m.jsonl", lambda _: b'{"file": "a.txt"}\n{"name": 7, "title": {"a": [1]}}\n'),
    "bomb": Side("m.csv.gz", lambda _: gzip.compress(b"a" * 210_000_000, 1), refused="larger than 200 MB"),
    "truncated": Side("m.csv.gz", lambda _: gzip.compress(b"file,title\n" * 99)[:-9], refused=_CUT),
    "not-packed": Side(
        "m.csv.gz", lambda _: b"file,title\n", refused="it is called .gz and is not packed, or is damaged"
    ),
}

_HEADER = b"article_id,start,end,speaker,decided_by\n"
CORRECTIONS_FILES: dict[str, Side] = {
    "empty": Side("c.csv", lambda _: b"", refused=_NO_COLUMN.format("the file is empty")),
    "random-bytes": Side("c.csv", random_bytes, refused=_BINARY),
    "nuls": Side("c.csv", lambda size: b"\0" * size, refused=_BINARY),
    "long-header": Side("c.csv", lambda size: b"x" * size, refused=_NO_COLUMN.format(f"the header is: {'x' * 60}…")),
    "escapes": Side(
        "c.csv",
        lambda _: b"\x1b[2J,article_id\n",
        refused="no column start, end, decided_by; the header is: \\x1b[2J,article_id "
        "(every line needs article_id, start, end, decided_by)",
    ),
    "truncated": Side("c.csv.gz", lambda _: gzip.compress(b"article_id\n" * 99)[:-9], refused=_CUT),
    "damaged": Side("c.csv.gz", lambda _: gzip.compress(b"")[:10] + b"\xff" * 99, refused=_CUT),
    "no-such-line": Side(
        "c.csv",
        lambda _: _HEADER + b"x,-1,1e9,\x1b[31mRoe,me\n" + b"0" * 32 + b",1,2,Roe,me\n",
        noted="line 2: article_id 'x' is not 32 hex digits; start '-1' is no offset; end '1e9' is no offset",
    ),
    "long-field": Side("c.csv", lambda size: _HEADER + b"0" * 32 + b",1,2," + b"x" * size + b",me\n"),
}
