"""No cell is a formula to a spreadsheet, and what was done about it can be undone."""

import csv
import io
import re
import unicodedata

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.exports.cells import guard, header, lines, unguard

# What the guard is about, so that random texts are full of it.
TEXTS = st.text(alphabet=st.sampled_from("=+-@＝＋－＠﹢⁺;,\t\r\n\"' \u00a0|a1(é")) | st.text()
STARTS = {c for c in map(chr, range(0x10000)) if unicodedata.normalize("NFKC", c) in ("=", "+", "-", "@")}


def guarded(text: str) -> str:
    return str(guard(pa.array([text]))[0].as_py())


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        pytest.param("=1+1", "'=1+1", id="formula"),
        pytest.param("+1", "'+1", id="plus"),
        pytest.param("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0", id="dde"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="at"),
        pytest.param("\t=1", "'\t'=1", id="tab"),
        pytest.param("\r=1", "'\r'=1", id="carriage-return"),
        pytest.param("\n", "'\n", id="line-feed"),
        pytest.param("＝1", "'＝1", id="full-width"),
        pytest.param("﹣1", "'﹣1", id="small-form"),
        pytest.param(' "=1', "' \"=1", id="after-space-and-mark"),
        pytest.param("so;=1", "so;'=1", id="after-semicolon"),
        pytest.param('so;"=1', "so;'\"=1", id="after-semicolon-and-mark"),
        pytest.param("so\n- one", "so\n'- one", id="at-a-line"),
        pytest.param("'=1", "''=1", id="apostrophe-of-its-own"),
        pytest.param("It rose 3-2 = 1; so + on", "It rose 3-2 = 1; so + on", id="inside-of-a-sentence"),
        pytest.param("well, - no", "well, - no", id="after-comma"),
        pytest.param("‘=’ he said", "‘=’ he said", id="curly-mark"),
        pytest.param("'tis so", "'tis so", id="apostrophe-alone"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_formula_gets_an_apostrophe(text: str, cell: str) -> None:
    assert guarded(text) == cell
    assert unguard(cell) == text


@given(TEXTS)
def test_guard_is_undone_exactly(text: str) -> None:
    assert unguard(guarded(text)) == text


@given(TEXTS)
def test_no_cell_begins_with_a_formula_however_it_is_cut(text: str) -> None:
    """Cut at commas as it is meant, or at semicolons and tabs by a spreadsheet of another country."""
    written = lines(pa.table({"id": ["a1"], "text": [text]})).decode()
    (row,) = csv.reader(io.StringIO(written, newline=""))
    assert row == ["a1", guarded(text)]
    inside = re.split(r"[;\t\r\n]", row[1])
    for cell in inside:
        bare = cell.lstrip('"\u00a0 ')
        assert not bare or bare[0] not in STARTS, cell


def test_every_form_of_the_four_signs_is_guarded() -> None:
    assert len(STARTS) == 17
    assert all(guarded(sign) == f"'{sign}" for sign in STARTS)


def test_numbers_stay_numbers_and_nulls_are_no_empty_texts() -> None:
    rows = pa.table(
        {
            "text": pa.array(["a", None, "", 'say "so"']),
            "start": pa.array([-3, None, 0, 7], pa.int32()),
            "confidence": pa.array([0.993, None, 1.0, 0.5], pa.float32()),
        }
    )
    assert header(rows.column_names) + lines(rows) == (
        b'text,start,confidence\r\n"a",-3,0.993\r\n,,\r\n"",0,1\r\n"say ""so""",7,0.5\r\n'
    )
    assert lines(rows.slice(0, 0)) == b""


def test_raw_cells_are_as_they_are() -> None:
    assert lines(pa.table({"text": ["=1;=2"]}), is_raw=True) == b'"=1;=2"\r\n'
