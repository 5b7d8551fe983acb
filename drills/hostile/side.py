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
        refused: A part of the sentence with which a run refuses it; None: the run goes on.
        noted: A part of a note of the run.
    """

    name: str
    make: Callable[[int], bytes]
    refused: str | None = None
    noted: str = ""


def _csv(rows: str) -> Callable[[int], bytes]:
    return lambda _: f"file,title,date\n{rows}\n".encode()


SIDE_FILES: dict[str, Side] = {
    "empty": Side("m.csv", lambda _: b""),
    "blank": Side("m.csv", lambda _: b" \n\n"),
    "header-alone": Side("m.csv", lambda _: b"file,title\n"),
    "no-key": Side("m.csv", lambda _: b"title,date\nRain,2016-03-11\n", refused="no column names the raw file"),
    "other-ending": Side("m.xlsx", lambda _: b"PK\x03\x04", refused="a side file is .csv, .tsv or .jsonl"),
    "random-bytes": Side("m.csv", random_bytes, refused="side file"),
    "nuls": Side("m.csv", lambda _: b"file,title\na.txt,Ra\0in\n"),
    "nuls-alone": Side("m.csv", lambda size: b"\0" * size, refused="side file"),
    "wide": Side("m.csv", lambda _: "file,title\na.txt,Räin\n".encode("utf-16")),
    "lone-surrogates": Side("m.jsonl", lambda _: b'{"file": "a.txt", "title": "Rain \\ud800"}'),
    "same-row-twice": Side("m.csv", _csv("a.txt,Rain,2016-03-11\na.txt,Rain,2016-03-11")),
    "contradictory-rows": Side("m.csv", _csv("a.txt,Rain,\na.txt,Snow,"), noted="rows differ, the first one counts"),
    "tied-rows": Side("m.csv", _csv("x/a.txt,Rain,\ny/a.txt,Snow,"), noted="fit it equally, none counts"),
    "missing-rows": Side("m.csv", _csv("nowhere.txt,Rain,"), noted="no row fits a raw file"),
    "no-such-day": Side("m.csv", _csv("a.txt,Rain,2016-02-30"), noted="1 date could not be read, such as 2016-02-30"),
    "day-zero": Side("m.csv", _csv("a.txt,Rain,0000-00-00"), noted="1 date could not be read, such as 0000-00-00"),
    "nines": Side("m.csv", _csv("a.txt,Rain,99/99/99"), noted="1 date could not be read, such as 99/99/99"),
    "two-digit-year": Side("m.csv", _csv("a.txt,Rain,11 March 16"), noted="1 date could not be read, such as 11 March"),
    "year-10000": Side("m.csv", _csv("a.txt,Rain,10000-01-01"), noted="1 date could not be read"),
    "epoch-beyond": Side("m.csv", lambda _: b"file,timestamp\na.txt,9999999999999\n", noted="could not be read"),
    "open-quotes": Side("m.csv", _csv('a.txt,"Rain,2016-03-11\nb.txt,Snow,'), refused="line 3"),
    "marks-after-quotes": Side("m.csv", _csv('a.txt,"Rain" and snow,'), refused="line 2"),
    "longer-rows": Side("m.csv", _csv("a.txt,Rain, or snow,2016-03-11,x"), noted="has more fields than the header"),
    "escapes": Side("m.csv", _csv("\x1b[31m.txt,\x1b[2J\u202eRain,\x1b]0;x\x07"), noted="date could not be read"),
    "formulas": Side("m.csv", _csv("a.txt,=1+1,")),
    "long-field": Side("m.csv", lambda size: b"file,title\na.txt," + b"x" * size + b"\n", "a field is too long"),
    "one-line": Side("m.csv", lambda size: b"file," + b"x," * (size // 2)),
    "one-line-of-json": Side("m.jsonl", lambda size: b'{"file": "a.txt", "title": "' + b"x" * size + b'"}'),
    "many-columns": Side("m.jsonl", lambda n: json.dumps({f"c{i}": 1 for i in range(n // 20)}).encode(), "no column"),
    "deep-json": Side("m.jsonl", lambda size: b"[" * size, refused="line 1 is no JSON object"),
    "no-objects": Side("m.jsonl", lambda _: b"[1]\n", refused="line 1 is no JSON object"),
    "broken-json": Side("m.jsonl", lambda _: b'{"file": "a.txt"', refused="line 1 is no JSON object"),
    "other-rows": Side("m.jsonl", lambda _: b'{"file": "a.txt"}\n{"name": 7, "title": {"a": [1]}}\n'),
    "bomb": Side("m.csv.gz", lambda _: gzip.compress(b"a" * 210_000_000, 1), refused="larger than 200 MB"),
    "truncated": Side("m.csv.gz", lambda _: gzip.compress(b"file,title\n" * 99)[:-9], refused="side file"),
    "not-packed": Side("m.csv.gz", lambda _: b"file,title\n", refused="side file"),
}

CORRECTIONS_FILES: dict[str, Side] = {
    "empty": Side("c.csv", lambda _: b"", refused="the file is empty"),
    "random-bytes": Side("c.csv", random_bytes, refused="corrections file"),
    "nuls": Side("c.csv", lambda size: b"\0" * size, refused="corrections file"),
    "long-header": Side("c.csv", lambda size: b"x" * size, refused="corrections file"),
    "escapes": Side("c.csv", lambda _: b"\x1b[2J,article_id\n", refused="corrections file"),
    "truncated": Side("c.csv.gz", lambda _: gzip.compress(b"article_id\n" * 99)[:-9], refused="corrections file"),
    "damaged": Side(
        "c.csv.gz", lambda _: gzip.compress(random_bytes(99))[:20] + b"\xff" * 99, refused="corrections file"
    ),
    "no-such-line": Side(
        "c.csv",
        lambda _: b"article_id,start,end,speaker,decided_by\nx,-1,1e9,\x1b[31mRoe,me\n" + b"0" * 32 + b",1,2,Roe,me\n",
        noted="is not 32 hex digits",
    ),
    "long-field": Side(
        "c.csv",
        lambda size: b"article_id,start,end,speaker,decided_by\n" + b"0" * 32 + b",1,2," + b"x" * size + b",me\n",
    ),
}
