"""What people decided about quotes: how it is read, what it makes of the rows, and what it never breaks."""

import pickle
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from conftest import RawFolder, rows, story
from hypothesis import given, settings
from hypothesis import strategies as st
from test_quotes import PARAGRAPHS, frames

from flows.dataset import Dataset
from flows.reports.check import check_corrections
from transforms.correction_decisions import SETTABLE, Correction, Corrections, contradiction, first_line
from transforms.correction_files import parse_corrections
from transforms.correction_rules import correct_row
from transforms.corrections import apply_corrections
from transforms.counts import recount
from transforms.invariants import INVARIANTS
from transforms.quotes import extract_quotes
from transforms.schemas import POLARITIES, QUOTE_KINDS, QUOTE_TYPES, QUOTES, SPEAKER_KINDS

ID, OTHER = "0a" * 16, "0b" * 16
HEADER = "article_id,start,end,speaker,kind,decided_by"

STORY = (
    "Ola Brandt met Kai Lund of the Ulm Herald in the rain.",
    "“It rained all day,” said Mayor Ola Brandt, “and all night.” She left.",
    "“It was “wet” there,” they said. Jane Doe nodded.",
    "The so-called “wet office” closed.",
)
IT_RAINED, AND_ALL_NIGHT, IT_WAS, WET, WET_OFFICE = range(5)


# The file


def read(*lines: str, header: str = HEADER) -> Corrections:
    return parse_corrections("\n".join([header, *lines]))


def set_by(correction: Correction) -> dict[str, object]:
    return dict(correction.values)


def test_a_line_in_full() -> None:
    corrections = read(f"{ID},0000120,164,Jane Doe,,mk 2026-11-20")
    expected = Correction(120, 164, {"speaker": "Jane Doe"}, "mk 2026-11-20", (2,))
    assert corrections.lines == {ID: (expected,)}
    assert (len(corrections), corrections.problems, corrections.notes) == (1, (), ())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{HEADER}\n{ID},1,5,Doe,no_comment,mk\n", id="plain"),
        pytest.param(f"\ufeff{HEADER}\r\n{ID},1,5,Doe,no_comment,mk\r\n", id="bom-and-crlf"),
        pytest.param(f"{HEADER}\r{ID},1,5,Doe,no_comment,mk\r", id="old-mac"),
        pytest.param(f"{HEADER}\n{ID},1,5,Doe,no_comment,mk\n".replace(",", "\t"), id="tabs"),
        pytest.param(f"{HEADER}\n{ID},1,5,Doe,no_comment,mk\n".replace(",", ";"), id="semicolons"),
        pytest.param(f"\n{HEADER}\n\n,,,,,\n  \n{ID},1,5,Doe,no_comment,mk\n", id="blank-lines"),
        pytest.param(f"{HEADER}\n {ID} , 1 ,5 , Doe,  no_comment , mk \n", id="spaces"),
        pytest.param(f'{HEADER}\n"{ID}", "1","5","Doe","no_comment","mk"\n', id="marks"),
        pytest.param(
            f"Article_ID,START,End,Speaker,Kind,Decided_By,\n{ID.upper()},1,5,Doe,no_comment,mk,,\n", id="capitals"
        ),
        pytest.param(f"decided_by,kind,speaker,end,start,article_id\nmk,no_comment,Doe,5,1,{ID}\n", id="another-order"),
    ],
)
def test_the_same_line_as_spreadsheets_leave_it(text: str) -> None:
    corrections = parse_corrections(text)
    (correction,) = corrections.lines[ID]
    assert (correction.start, correction.end, correction.decided_by) == (1, 5, "mk")
    assert set_by(correction) == {"kind": "no_comment", "speaker": "Doe"}
    assert corrections.problems == ()
    assert corrections.digest(ID) == read(f"{ID},1,5,Doe,no_comment,mk").digest(ID)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        pytest.param("'=SUM(A1)", "=SUM(A1)", id="formula"),
        pytest.param("\"'-1; '+2\"", "-1; '+2", id="dash"),
        pytest.param("'Til", "'Til", id="apostrophe-of-its-own"),
        pytest.param("O'Brien", "O'Brien", id="name"),
        pytest.param("-", None, id="null"),
    ],
)
def test_apostrophe_before_a_formula_is_no_part_of_a_value(cell: str, value: str | None) -> None:
    (correction,) = parse_corrections(f"{HEADER}\n{ID},1,5,{cell},,mk\n").lines[ID]
    assert set_by(correction) == {"speaker": value}


@pytest.mark.parametrize(
    ("header", "message"),
    [
        pytest.param("", "^no column article_id, start, end, decided_by; the file is empty$", id="empty"),
        pytest.param(
            "article_id start end decided_by",
            "^no column article_id, start, end, decided_by; the header is: article_id start end decided_by$",
            id="separator",
        ),
        pytest.param("\x1b[2J", r"; the header is: \\x1b\[2J$", id="escape"),
        pytest.param("x" * 61, f"; the header is: {'x' * 60}…$", id="long"),
        pytest.param(
            "article_id,start,speaker,decided_by", "^no column end; the header is: article_id,start,s", id="no-key"
        ),
        pytest.param(
            "article_id,start,end,speaker",
            "^no column decided_by; the header is: article_id,start,end,speaker "
            r"\(every line needs article_id, start, end, decided_by\)$",
            id="nobody-decides",
        ),
        pytest.param("article_id,start,end,speaker,decided", "no column decided_by", id="another-name"),
        pytest.param(
            f"{HEADER},mood", "unknown column 'mood'; may be set: kind, quote_type, statement_s", id="unknown"
        ),
        pytest.param(f"{HEADER},,cue", "unknown column ''", id="no-name"),
        pytest.param(f"{HEADER},kind", "column kind is there twice", id="twice"),
    ],
)
def test_headers_that_are_refused(header: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_corrections(f"{header}\n")


def test_columns_for_the_reader_of_the_file_are_passed_over() -> None:
    header = f"quote_id,text,{HEADER},paragraph_index,quotation_key,evidence"
    with_context = read(f"{OTHER}:0-1,It rained,{ID},1,5,Doe,,mk,x,y,z", header=header)
    assert with_context == read(f"{ID},1,5,Doe,,mk")


def test_all_other_columns_may_be_set() -> None:
    derived = {"quote_id", "article_id", "paragraph_index", "text", "start", "end", "quotation_key", "evidence"}
    assert set(SETTABLE) == set(QUOTES.schema.names) - derived


GOOD = f"{OTHER},7,9,Roe,,mk"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        pytest.param("1,1,5,Doe,,mk", "article_id '1' is not 32 hex digits", id="other-id"),
        pytest.param(f"{ID[:-1]}g,1,5,Doe,,mk", f"article_id '{ID[:-1]}g' is not 32 hex digits", id="no-hex"),
        pytest.param(f"{ID},one,5,Doe,,mk", "start 'one' is no offset", id="no-integer"),
        pytest.param(f"{ID},1.0,5,Doe,,mk", "start '1.0' is no offset", id="float"),
        pytest.param(f"{ID},-1,5,Doe,,mk", "start '-1' is no offset", id="negative"),
        pytest.param(f"{ID},1,2147483648,Doe,,mk", "end '2147483648' is no offset", id="beyond-int32"),
        pytest.param(f"{ID},1,,Doe,,mk", "end '' is no offset", id="no-end"),
        pytest.param(f"{ID},5,5,Doe,,mk", "start 5 is not before end 5", id="no-span"),
        pytest.param(f"{ID},1,5,Doe,,", "decided_by is empty", id="nobody-decided"),
        pytest.param(f"{ID},1,5,Doe,,-", "decided_by is empty", id="nobody-is-a-dash"),
        pytest.param(f"{ID},1,5,Doe", "decided_by is empty", id="short"),
        pytest.param(
            f"{ID},1,5,Doe,,mk,9",
            "more fields than the header: a field that holds the separator needs quotation marks",
            id="long",
        ),
        pytest.param(f'{ID},1,5,"Doe,,mk', "quotation marks: unexpected end of data", id="open-mark"),
        pytest.param(f"{ID},1,5,,,mk", "it sets nothing", id="nothing-set"),
        pytest.param(f"{ID},1,5,Doe,scare,mk", "a scare quote has no speaker", id="speaker-of-a-scare-quote"),
        pytest.param(f"{ID},1,5,Doe,other,mk", "a span of kind other has no speaker", id="speaker-of-another-span"),
        pytest.param(f"{ID},5,1,Doe,,", "start 5 is not before end 1; decided_by is empty", id="all-that-is-wrong"),
    ],
)
def test_lines_that_cannot_be_used(line: str, problem: str) -> None:
    corrections = read("", line, GOOD)
    assert corrections.problems == (f"line 3: {problem}",)
    assert list(corrections.lines) == [OTHER]


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        pytest.param("kind", "grim", "kind 'grim' is not one of quotation, no_comment, scare", id="kind"),
        pytest.param("kind", "-", "kind may not be null", id="kind-null"),
        pytest.param("utterance_id", "-", "utterance_id may not be null", id="utterance-null"),
        pytest.param("statement_end", "-", "statement_end may not be null", id="statement-null"),
        pytest.param("quote_type", "Direct", "quote_type 'Direct' is not one of direct, mixed, indirect", id="capital"),
        pytest.param("polarity", "no", "polarity 'no' is not one of affirmed", id="polarity"),
        pytest.param("speaker_kind", "people", "speaker_kind 'people' is not one of person", id="speaker-kind"),
        pytest.param("cue_start", "x", "cue_start 'x' is no offset", id="offset"),
        pytest.param("confidence", "1.01", "confidence '1.01' is not between 0 and 1", id="too-sure"),
        pytest.param("confidence", "-0.1", "confidence '-0.1' is not between 0 and 1", id="less-than-unsure"),
        pytest.param("confidence", "nan", "confidence 'nan' is not between 0 and 1", id="not-a-number"),
        pytest.param("confidence", "high", "confidence 'high' is not between 0 and 1", id="word"),
    ],
)
def test_values_that_cannot_be_used(column: str, cell: str, problem: str) -> None:
    corrections = read(f"{ID},1,5,{cell},Roe,mk", GOOD, header=f"article_id,start,end,{column},addressee,decided_by")
    (found,) = (p for p in corrections.problems if p.startswith("line 2: "))
    assert found.startswith(f"line 2: {problem}")
    assert ID not in corrections.lines


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        pytest.param("quote_type", "-", None, id="null"),
        pytest.param("speaker", "–", "–", id="another-dash-is-text"),
        pytest.param("speaker", "- Doe", "- Doe", id="dash-and-more"),
        pytest.param("speaker", "Rene\u0301", "Ren\u00e9", id="normal-form"),
        pytest.param("confidence", "1", 1.0, id="sure"),
        pytest.param("confidence", "0", 0.0, id="not-at-all"),
        pytest.param("cue_start", "007", 7, id="padded"),
    ],
)
def test_values(column: str, cell: str, value: object) -> None:
    corrections = read(f"{ID},1,5,{cell},mk", header=f"article_id,start,end,{column},decided_by")
    assert set_by(corrections.lines[ID][0]) == {column: value}


def test_lines_of_one_row_count_together() -> None:
    corrections = read(
        f"{ID},1,5,Doe,,mk",
        f"{ID},9,12,Doe,,mk",
        f"{ID},1,5,,quotation,jl",
        f"{ID},1,5,,no_comment,mk",
        f"{ID},1,5,Doe,,pp",
    )
    first, _ = corrections.lines[ID]
    assert set_by(first) == {"kind": "no_comment", "speaker": "Doe"}
    assert (first.decided_by, first.place) == ("mk; pp", "lines 5, 6")
    where = f"lines 4 and 5: kind of {ID} 1-5"
    assert corrections.notes == (f"{where} is quotation, then no_comment: the later one counts",)


SPOKEN_HEADER = "article_id,start,end,speaker,kind,cue,statement_start,utterance_id,quote_type,decided_by"
DROPPED = f"{{}} of {ID} 1-5 {{}} dropped: a scare quote has none"


@pytest.mark.parametrize(
    ("lines", "values", "numbers", "messages"),
    [
        pytest.param(
            ["Doe,,,,,", ",scare,,,,"],
            {"kind": "scare"},
            (3,),
            [f"lines 2 and 3: {DROPPED.format('speaker', 'is')}"],
            id="kind-after-speaker",
        ),
        pytest.param(
            ["Doe,,said,1,x,direct", ",scare,,,,"],
            {"kind": "scare", "statement_start": 1},
            (2, 3),
            [f"lines 2 and 3: {DROPPED.format('quote_type, utterance_id, speaker, cue', 'are')}"],
            id="all-but-the-statement",
        ),
        pytest.param(
            [",,said,,,", "Doe,,,,,", ",scare,,,,"],
            {"kind": "scare"},
            (4,),
            [f"lines {n} and 4: {DROPPED.format(column, 'is')}" for n, column in ((2, "cue"), (3, "speaker"))],
            id="two-lines-before",
        ),
        pytest.param(["-,,,,,", ",scare,,,,"], {"kind": "scare", "speaker": None}, (2, 3), [], id="null-agrees"),
        pytest.param(["Doe,,,,,", ",no_comment,,,,"], {"kind": "no_comment", "speaker": "Doe"}, (2, 3), [], id="said"),
        pytest.param(
            ["Doe,,,,,", "Roe,scare,,,,"],
            {"speaker": "Doe"},
            (2,),
            ["line 3: a scare quote has no speaker"],
            id="both-in-one-line",
        ),
        pytest.param(
            [",scare,,,,", "Roe,,said,1,,"],
            {"kind": "scare"},
            (2,),
            ["line 3: a scare quote has no speaker, cue, and line 2 says that it is one: set its kind too"],
            id="speaker-after-kind",
        ),
        pytest.param(
            [",scare,,,,", "-,,,1,,"],
            {"kind": "scare", "statement_start": 1, "speaker": None},
            (2, 3),
            [],
            id="no-speaker-after-kind",
        ),
        pytest.param(
            [",scare,,,,", "Roe,quotation,,,,"],
            {"kind": "quotation", "speaker": "Roe"},
            (3,),
            [f"lines 2 and 3: kind of {ID} 1-5 is scare, then quotation: the later one counts"],
            id="a-quotation-after-all",
        ),
        pytest.param(
            ["Doe,,,,,", ",scare,,,,", ",quotation,,,,"],
            {"kind": "quotation", "speaker": "Doe"},
            (2, 4),
            [f"lines 3 and 4: kind of {ID} 1-5 is scare, then quotation: the later one counts"],
            id="a-kind-that-is-overruled-drops-nothing",
        ),
    ],
)
def test_no_line_gives_a_scare_quote_a_speaker(
    lines: list[str], values: dict[str, object], numbers: tuple[int, ...], messages: list[str]
) -> None:
    deciders = [f"{ID},1,5,{line},by {number}" for number, line in enumerate(lines, start=2)]
    corrections = read(*deciders, header=SPOKEN_HEADER)
    (correction,) = corrections.lines[ID]
    assert (set_by(correction), correction.numbers) == (values, numbers)
    assert correction.decided_by == "; ".join(f"by {number}" for number in numbers)
    assert [*corrections.notes, *corrections.problems] == messages


KIND_AND_SPEAKER = st.tuples(st.sampled_from(["", "Doe", "Roe", "-"]), st.sampled_from(["", *QUOTE_KINDS[:4]]))


@given(st.lists(KIND_AND_SPEAKER.filter(any), min_size=1, max_size=5))
def test_every_decision_stands_or_a_message_says_why_not(decisions: list[tuple[str, str]]) -> None:
    corrections = read(*(f"{ID},1,5,{speaker},{kind},mk" for speaker, kind in decisions))
    (correction,) = corrections.lines.get(ID, (Correction(1, 5, {}, "", ()),))
    standing = set_by(correction)
    assert not contradiction(str(standing.get("kind")), correction.values)
    refused = {first_line(problem) for problem in corrections.problems}
    for number, decision in enumerate(decisions, start=2):
        for column, cell in zip(("speaker", "kind"), decision, strict=True):
            value = None if cell == "-" else cell
            stands = column in standing and standing[column] == value
            noted = any(f": {column} of " in note for note in corrections.notes)
            assert not cell or number in refused or stands or noted


def test_messages_come_in_the_order_of_the_lines() -> None:
    corrections = read(
        f"{OTHER},1,5,,scare,mk", "x", f"{OTHER},1,5,Doe,,mk", *[f"{ID},1,5,,{k},mk" for k in ("scare", "term")], "y"
    )
    assert [first_line(problem) for problem in corrections.problems] == [3, 4, 7]
    assert [first_line(note) for note in corrections.notes] == [5]


@pytest.mark.parametrize(("numbers", "first"), [((7,), 7), ((12, 3), 12), ((3, 12), 3)])
def test_first_line_of_a_message(numbers: tuple[int, ...], first: int) -> None:
    assert first_line(f"{Correction(1, 5, {}, 'mk', numbers).place}: speaker 4, of line 2: none") == first


@pytest.mark.parametrize(
    ("lines", "is_same"),
    [
        pytest.param([f"{ID},9,12,Roe,,mk", f"{ID},1,5,Doe,,mk"], True, id="another-order"),
        pytest.param([f"{OTHER},1,5,X,,mk", f"{ID},1,5,Doe,,mk", "", f"{ID},9,12,Roe,,mk"], True, id="other-lines"),
        pytest.param([f"{ID},1,5,Roe,,mk", f"{ID},9,12,Roe,,mk", f"{ID},1,5,Doe,,mk"], True, id="overruled"),
        pytest.param([f"{ID},1,5,Doe,,jl", f"{ID},9,12,Roe,,mk"], False, id="somebody-else-decided"),
        pytest.param([f"{ID},1,5,-,,mk", f"{ID},9,12,Roe,,mk"], False, id="another-value"),
        pytest.param([f"{ID},1,5,Doe,,mk"], False, id="fewer"),
    ],
)
def test_digest(lines: list[str], is_same: bool) -> None:
    digest = read(f"{ID},1,5,Doe,,mk", f"{ID},9,12,Roe,,mk").digest(ID)
    assert digest is not None
    assert (read(*lines).digest(ID) == digest) == is_same
    assert read(*lines).digest("0c" * 16) is None


def test_corrections_can_be_sent_to_workers() -> None:
    corrections = read(f"{ID},1,5,Doe,,mk", "x")
    assert pickle.loads(pickle.dumps(corrections)) == corrections


def test_reading_needs_no_pandas() -> None:
    code = "import sys, transforms.correction_files; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parent.parent, check=False).returncode == 0


# The rows


def extracted(*paragraphs: str, language: str = "en") -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return articles, paragraphs, quotes of one article."""
    articles, blocks = frames(paragraphs or STORY, article_id=ID, language=language)
    return articles, blocks, extract_quotes(articles, blocks)


def plain(quotes: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = QUOTES.conform(quotes).to_pylist()
    return rows


def correct(
    *decisions: tuple[int, Mapping[str, Any]], paragraphs: Sequence[str] = STORY
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[str]]:
    """Apply what is decided of the rows at some positions; return the rows before and after, and what is unapplied."""
    articles, blocks, quotes = extracted(*paragraphs)
    before = plain(quotes)
    lines = tuple(
        Correction(before[at]["start"], before[at]["end"], values, "mk", (number,))
        for number, (at, values) in enumerate(decisions, start=2)
    )
    corrected = apply_corrections(quotes, articles, {ID: lines})
    assert not broken(articles, blocks, corrected.quotes, quotes)
    assert plain(quotes) == before
    return before, plain(corrected.quotes), corrected.unapplied


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    return {name: after[name] for name in before if before[name] != after[name]}


NEEDED = {
    "articles": ["article_id", "text", "paragraph_count", "word_count", "quote_count"],
    "paragraphs": ["article_id", "paragraph_index", "kind", "text", "start", "end", "word_count", "quote_count"],
}
CHECKED = [i for i in INVARIANTS if "quotes" in i.query and not i.name.endswith((" order", " partition"))]
EVERY_QUERY = " UNION ALL ".join(f"SELECT '{i.name}', broken.* FROM ({i.query}) broken" for i in CHECKED)


def broken(
    articles: pd.DataFrame, paragraphs: pd.DataFrame, quotes: pd.DataFrame, uncorrected: pd.DataFrame
) -> list[tuple[str, str]]:
    """Return the invariants of quotes and counts that do not hold, with the rows."""
    articles, paragraphs = recount(articles, paragraphs.assign(word_count=1), quotes)
    connection = in_memory()
    for name, counted in {"articles": articles, "paragraphs": paragraphs}.items():
        connection.register(name, pa.table({column: counted[column].tolist() for column in NEEDED[name]}))
    for name, spans in {"quotes": quotes, "uncorrected": uncorrected}.items():
        connection.register(name, QUOTES.conform(spans))
    return connection.execute(EVERY_QUERY).fetchall()


@cache
def in_memory() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def test_what_the_story_holds() -> None:
    rows = plain(extracted()[2])
    assert [row["text"] for row in rows] == [
        "It rained all day,",
        "and all night.",
        "It was “wet” there,",
        "wet",
        "wet office",
    ]
    assert [row["speaker"] for row in rows[:2]] == ["Ola Brandt"] * 2
    assert rows[AND_ALL_NIGHT]["utterance_id"] == rows[IT_RAINED]["quote_id"]
    assert (rows[IT_WAS]["speaker"], rows[IT_WAS]["speaker_mention"], rows[IT_WAS]["cue"]) == (None, "they", "said")
    assert rows[WET_OFFICE]["kind"] == "scare"


def test_another_speaker() -> None:
    before, after, unapplied = correct((IT_RAINED, {"speaker": "Kai Lund"}))
    text = "\n\n".join(STORY)
    assert changes(before[IT_RAINED], after[IT_RAINED]) == {
        "speaker": "Kai Lund",
        "speaker_id": f"{ID}:{text.index('Kai Lund')}",
        "speaker_role": None,
        "speaker_kind": None,
        "evidence": "corrected by mk: speaker",
        "confidence": 1.0,
    }
    assert before[1:] == after[1:]
    assert unapplied == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param(
            {"speaker": "Ola Brandt"},
            {"speaker_kind": "person", "speaker_role": "Mayor", "speaker_mention": "they", "confidence": 1.0},
            id="known-from-another-row",
        ),
        pytest.param(
            {"speaker": "Ola Brandt", "speaker_role": None, "confidence": 0.5},
            {"speaker_kind": "person", "speaker_role": None, "confidence": 0.5},
            id="the-line-says-more",
        ),
        pytest.param({"speaker": "Jane Doe"}, {"speaker_id": "Jane Doe", "speaker_mention": "they"}, id="in-the-text"),
        pytest.param({"speaker": "Mary Doe"}, {"speaker_id": "Doe"}, id="surname-in-the-text"),
        pytest.param({"speaker": "Mary Doe Jr."}, {"speaker_id": "Doe"}, id="surname-before-a-suffix"),
        pytest.param({"speaker": "Jane Do"}, {"speaker_id": f"{ID}:Jane Do"}, id="not-in-the-text"),
        pytest.param({"speaker": "Jane Doe", "speaker_id": f"{ID}:7"}, {"speaker_id": f"{ID}:7"}, id="id-by-hand"),
        pytest.param(
            {"speaker": "Jane Doe", "speaker_mention": "Doe"}, {"speaker_mention": "Doe"}, id="mention-by-hand"
        ),
        pytest.param(
            {"speaker": "Jane Doe", "speaker_mention": None},
            {"speaker_mention": None, "speaker_start": None, "confidence": 1.0},
            id="no-mention",
        ),
        pytest.param({"speaker_kind": "anonymous"}, {"speaker": None, "speaker_kind": "anonymous"}, id="no-name"),
        pytest.param(
            {"speaker": None}, {"speaker": None, "speaker_mention": "they", "cue": "said"}, id="nobody-known-as-before"
        ),
        pytest.param(
            {"speaker": None, "speaker_mention": "she"}, {"unapplied": "speaker_mention 'she' is not in"}, id="case"
        ),
        pytest.param(
            {"speaker": None, "speaker_mention": None, "confidence": 0.5},
            {"unapplied": "a confidence needs a speaker"},
            id="sure-of-nobody",
        ),
        pytest.param({"speaker_id": f"{ID}:7"}, {"unapplied": "both a speaker and a speaker_id"}, id="only-id"),
        pytest.param(
            {"speaker": "Jane Doe", "speaker_id": None}, {"unapplied": "both a speaker and a speaker_id"}, id="no-id"
        ),
        pytest.param(
            {"speaker": "Jane Doe", "speaker_id": f"{OTHER}:7"}, {"unapplied": "does not begin with"}, id="foreign-id"
        ),
    ],
)
def test_speaker(values: Mapping[str, Any], expected: dict[str, Any]) -> None:
    before, after, unapplied = correct((IT_WAS, values))
    if reason := expected.pop("unapplied", None):
        assert before == after
        assert len(unapplied) == 1
        assert unapplied[0].startswith("line 2: ")
        assert reason in unapplied[0]
        return
    assert unapplied == []
    found = after[IT_WAS]
    if (name := expected.get("speaker_id", "")) and not name.startswith(ID):
        expected["speaker_id"] = f"{ID}:{chr(10).join(STORY).replace(chr(10), chr(10) * 2).index(name)}"
    assert {column: found[column] for column in expected} == expected


def test_speaker_who_is_none_after_all() -> None:
    _, after, unapplied = correct((IT_RAINED, {"speaker": None}))
    gone = ("speaker", "speaker_id", "speaker_mention", "speaker_start", "speaker_kind", "speaker_role", "confidence")
    assert {after[IT_RAINED][column] for column in gone} == {None}
    assert (after[IT_RAINED]["cue"], unapplied) == ("said", [])
    before, after, unapplied = correct((IT_RAINED, {"speaker": None, "confidence": 0.5}))
    assert (after, unapplied) == (before, ["line 2: a confidence needs a speaker"])


CONFIRMABLE = ("kind", "quote_type", "speaker", "speaker_mention", "reported_by", "speaker_kind", "speaker_role",
               "speaker_organisation", "cue", "polarity", "addressee")  # fmt: skip


def confirming(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a line says that confirms all that people can judge of a row."""
    is_null_here = {c for c in ("quote_type", "kind") if row[c] is None}
    return {column: row[column] for column in CONFIRMABLE if column not in is_null_here}


@pytest.mark.parametrize(
    "paragraphs",
    [
        STORY,
        ("Weekend showers would add “a day at most,” a forecaster told the Courier on Thursday.",),
        ("“No,” said Doe. “He said, ‘It was he,’” he told us, he said.", "He, Doe, declined to comment. He left."),
        ("Ola Brandt, the mayor, and he said she’s “no good”, said Ola. Ola said Kai Lund called it “bad”.",),
    ],
)
def test_what_is_confirmed_stays_as_it_is(paragraphs: tuple[str, ...]) -> None:
    rows = plain(extracted(*paragraphs)[2])
    lines = [(at, confirming(row)) for at, row in enumerate(rows)]
    before, after, unapplied = correct(*lines, paragraphs=paragraphs)
    assert unapplied == []
    for old, new, (_, values) in zip(before, after, lines, strict=True):
        differing = changes(old, new)
        assert differing.pop("evidence") == f"confirmed by mk: {', '.join(c for c in SETTABLE if c in values)}"
        assert differing == ({"confidence": 1.0} if old["speaker"] and old["confidence"] != 1 else {})


def test_of_what_a_line_says_what_is_other_than_before_is_named() -> None:
    before, after, _ = correct((IT_RAINED, {"speaker": "Ola Brandt", "cue": "said", "polarity": "denied"}))
    assert changes(before[IT_RAINED], after[IT_RAINED]) == {
        "polarity": "denied",
        "confidence": 1.0,
        "evidence": "corrected by mk: polarity",
    }


def test_speakers_that_people_set_have_one_id_each() -> None:
    name = {"speaker": "Jane Doe"}
    _, after, _ = correct(
        (IT_WAS, {**name, "speaker_kind": "person"}),
        (IT_RAINED, name),
        (WET, {"speaker": "Al Doe", "kind": "quotation"}),
    )
    assert after[IT_RAINED]["speaker_id"] == after[IT_WAS]["speaker_id"]
    assert after[IT_RAINED]["speaker_kind"] == "person"
    text = "\n\n".join(STORY)
    assert after[IT_WAS]["speaker_id"] == f"{ID}:{text.index('Jane Doe')}"
    assert after[WET]["speaker_id"] == f"{ID}:{text.index('Doe')}"


@pytest.mark.parametrize(
    ("paragraphs", "speaker", "expected"),
    [
        pytest.param(("“No,” said Doe.", "“Yes.”"), "Jane Doe", f"{ID}:Jane Doe", id="surname-identifies-another"),
        pytest.param(("“No,” said Doe. Doe left.", "“Yes.”"), "Jane Doe", f"{ID}:16", id="next-surname"),
        pytest.param(("“No,” said Ola.", "“Yes.”", "Roeder spoke."), "Jane Roe", f"{ID}:Jane Roe", id="part-of-a-word"),
        pytest.param(("“No,” said Dan Mac’Neil.", "“Yes.”"), "Dan Mac'Neil", f"{ID}:11", id="apostrophe"),
        pytest.param(("“No,” said Ola.", "“Yes.”", "Jane  Doe"), "Jane Doe", f"{ID}:25", id="two-spaces"),
    ],
)
def test_id_of_a_speaker(paragraphs: tuple[str, ...], speaker: str, expected: str) -> None:
    _, after, _ = correct((1, {"speaker": speaker}), paragraphs=paragraphs)
    assert after[1]["speaker_id"] == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({"speaker": "Jane Doe"}, ("Jane Doe", 25, 33), id="nearest-name"),
        pytest.param({"speaker": "Mary Doe"}, ("Doe", 5, 8), id="nearest-surname"),
        pytest.param({"speaker": "Ola Brandt"}, (None, None, None), id="not-printed"),
        pytest.param({"speaker_mention": "Doe"}, ("Doe", 5, 8), id="text"),
        pytest.param({"speaker_mention": "rain"}, ("rain", 15, 19), id="only-inside"),
        pytest.param({"speaker_mention": "Do"}, "speaker_mention 'Do' is not in the article", id="part-of-a-word"),
        pytest.param({"speaker_start": 0, "speaker_end": 8}, ("Jane Doe", 0, 8), id="offsets"),
        pytest.param({"speaker_start": 0, "speaker_end": 34}, "0-34, are no stretch", id="beyond-the-text"),
        pytest.param({"speaker_start": 8, "speaker_end": 8}, "8-8, are no stretch", id="no-width"),
        pytest.param({"speaker_start": 0}, "speaker_start and speaker_end belong together", id="half"),
        pytest.param({"speaker_mention": None, "speaker_start": 0, "speaker_end": 8}, "belong together", id="null-at"),
        pytest.param(
            {"speaker_mention": "Jane Doe", "speaker_start": 0, "speaker_end": 8}, ("Jane Doe", 0, 8), id="all-three"
        ),
        pytest.param(
            {"speaker_mention": "Jane Doe", "speaker_start": 0, "speaker_end": 4}, "has 'Jane' at 0-4", id="disagree"
        ),
    ],
)
def test_mention(values: Mapping[str, Any], expected: str | tuple[Any, ...]) -> None:
    as_quotation = {"kind": "quotation", **values}
    before, after, unapplied = correct((0, as_quotation), paragraphs=["Jane Doe. “Wet rain was” Jane Doe"])
    found = tuple(after[0][column] for column in ("speaker_mention", "speaker_start", "speaker_end"))
    if isinstance(expected, str):
        assert expected in unapplied[0]
        assert before == after
    else:
        assert (found, unapplied) == (expected, [])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({"cue": "added"}, ("added", "add"), id="listed"),
        pytest.param({"cue": "left"}, ("left", None), id="not-listed"),
        pytest.param({"cue": "left", "cue_lemma": "leave"}, ("left", "leave"), id="lemma-by-hand"),
        pytest.param({"cue": "Ola added"}, ("Ola added", None), id="more-than-a-cue"),
        pytest.param({"cue": "according to"}, ("according to", "according to"), id="two-words"),
        pytest.param({"cue": None}, (None, None), id="none"),
        pytest.param({"cue_lemma": "utter"}, ("said", "utter"), id="only-lemma"),
    ],
)
def test_cue(values: Mapping[str, Any], expected: tuple[str, str]) -> None:
    _, after, unapplied = correct((0, values), paragraphs=["“No,” said Ola. Ola added it, according to Kai, and left."])
    assert ((after[0]["cue"], after[0]["cue_lemma"]), unapplied) == (expected, [])
    assert after[0]["polarity"] == ("affirmed" if expected[0] else None)


def test_the_reporter_of_a_chain() -> None:
    chain = {"speaker": "Kai Lund", "reported_by": "Ola Brandt"}
    articles, _, quotes = extracted()
    row = {**plain(quotes)[IT_RAINED], **chain}
    for speaker, reported_by in {"Ola Brandt": None, "Jane Doe": "Ola Brandt"}.items():
        line = Correction(row["start"], row["end"], {"speaker": speaker}, "mk", (2,))
        new = correct_row(row, line, articles["text"][0], {})
        assert new["reported_by"] == reported_by


# Kinds, utterances, parents


def test_no_quotation_has_no_speaker() -> None:
    values = {"kind": "scare", "speaker": None, "utterance_id": id_of(IT_RAINED), "statement_start": 0}
    before, after, unapplied = correct((IT_RAINED, values))
    found = after[IT_RAINED]
    kept = ("quote_id", "article_id", "paragraph_index", "text", "start", "end", "utterance_id", "quotation_key")
    assert {name: value for name, value in found.items() if value is not None} == {
        **{name: before[IT_RAINED][name] for name in (*kept, "statement_end") if before[IT_RAINED][name] is not None},
        "kind": "scare",
        "statement_start": 0,
        "evidence": "corrected by mk: kind, statement_start, speaker",
    }
    assert unapplied == []
    assert changes(before[AND_ALL_NIGHT], after[AND_ALL_NIGHT]) == {"utterance_id": before[AND_ALL_NIGHT]["quote_id"]}
    assert before[IT_WAS:] == after[IT_WAS:]


def test_the_first_that_remains_heads_an_utterance() -> None:
    paragraphs = ["“One day it rained.", "“Then it rained more.", "“Then it stopped,” said Ola Brandt."]
    rows = plain(extracted(*paragraphs)[2])
    assert {row["utterance_id"] for row in rows} == {rows[0]["quote_id"]}
    _, after, _ = correct((0, {"kind": "other"}), (2, {"speaker": "Jane Doe"}), paragraphs=paragraphs)
    assert [row["utterance_id"] for row in after] == [rows[0]["quote_id"], rows[1]["quote_id"], rows[1]["quote_id"]]
    _, after, _ = correct((1, {"kind": "other"}), paragraphs=paragraphs)
    assert [row["utterance_id"] for row in after] == [rows[0]["quote_id"], rows[1]["quote_id"], rows[0]["quote_id"]]


@pytest.mark.parametrize(
    ("at", "values", "expected"),
    [
        pytest.param(WET_OFFICE, {"kind": "quotation"}, ("quotation", "mixed"), id="now-a-quotation"),
        pytest.param(WET_OFFICE, {"kind": "quotation", "quote_type": "direct"}, ("quotation", "direct"), id="stated"),
        pytest.param(WET_OFFICE, {"kind": "term"}, ("term", None), id="another-kind"),
        pytest.param(WET_OFFICE, {"kind": "term", "quote_type": None}, ("term", None), id="null-type"),
        pytest.param(WET_OFFICE, {"kind": "term", "quote_type": "direct"}, "a term has no quote_type", id="no-type"),
        pytest.param(WET_OFFICE, {"quote_type": "direct"}, "has no quote_type: set its kind too", id="still-no-type"),
        pytest.param(WET_OFFICE, {"speaker": "Jane Doe"}, "has no speaker: set its kind too", id="still-no-speaker"),
        pytest.param(
            IT_RAINED, {"kind": "scare", "cue": "said"}, "line 2: a scare quote has no cue", id="scare-with-cue"
        ),
        pytest.param(
            AND_ALL_NIGHT, {"kind": "title", "utterance_id": "x"}, "in no utterance but its own", id="title-in-another"
        ),
        pytest.param(WET_OFFICE, {"speaker": None}, ("scare", None), id="null-as-it-was"),
        pytest.param(IT_RAINED, {"kind": "no_comment"}, ("no_comment", "indirect"), id="no-comment"),
        pytest.param(
            IT_RAINED, {"kind": "no_comment", "quote_type": "direct"}, "no_comment is indirect", id="direct-no-comment"
        ),
        pytest.param(IT_RAINED, {"kind": "quotation"}, ("quotation", "direct"), id="confirmed"),
        pytest.param(IT_RAINED, {"quote_type": "mixed"}, ("quotation", "mixed"), id="only-type"),
        pytest.param(IT_RAINED, {"quote_type": None}, "a quotation has a quote_type", id="type-null"),
    ],
)
def test_kind_and_type(at: int, values: Mapping[str, Any], expected: str | tuple[str, str | None]) -> None:
    before, after, unapplied = correct((at, values))
    if isinstance(expected, str):
        assert expected in unapplied[0]
        assert before == after
    else:
        assert ((after[at]["kind"], after[at]["quote_type"]), unapplied) == (expected, [])


@pytest.mark.parametrize(
    ("text", "quote_type"),
    [
        pytest.param("“It rained,” said Ola.", "direct", id="sentence"),
        pytest.param("« It rained », said Ola.", "direct", id="comma-after-the-mark"),
        pytest.param("The “sponge of Ulm” is old.", "mixed", id="fragment"),
        pytest.param("``It rained.''", "direct", id="two-characters"),
    ],
)
def test_the_type_of_a_new_quotation_is_that_of_the_extractor(text: str, quote_type: str) -> None:
    articles, _, quotes = extracted(text)
    assert quotes["quote_type"].tolist() == [quote_type]
    unquoted = quotes.assign(kind="other", quote_type=pd.NA)
    line = Correction(quotes["start"][0], quotes["end"][0], {"kind": "quotation"}, "mk", (2,))
    assert apply_corrections(unquoted, articles, {ID: (line,)}).quotes["quote_type"].tolist() == [quote_type]


def test_reported_words_without_marks_are_indirect() -> None:
    row = {**plain(extracted()[2])[IT_RAINED], "start": 15, "end": 23, "statement_start": 15, "kind": "no_comment"}
    line = Correction(15, 23, {"kind": "quotation"}, "mk", (2,))
    assert correct_row(row, line, "\n\n".join(STORY), {})["quote_type"] == "indirect"


def id_of(at: int) -> str:
    quote_id: str = plain(extracted()[2])[at]["quote_id"]
    return quote_id


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        pytest.param([(IT_WAS, IT_RAINED)], {IT_WAS: IT_RAINED}, id="joined"),
        pytest.param([(AND_ALL_NIGHT, AND_ALL_NIGHT)], {AND_ALL_NIGHT: AND_ALL_NIGHT}, id="on-its-own"),
        pytest.param([(IT_WAS, AND_ALL_NIGHT)], "is not the first row of its utterance", id="not-the-first"),
        pytest.param([(IT_RAINED, IT_WAS)], "is no row of the article that starts at or before", id="later"),
        pytest.param(
            [(AND_ALL_NIGHT, AND_ALL_NIGHT), (IT_WAS, AND_ALL_NIGHT)],
            {AND_ALL_NIGHT: AND_ALL_NIGHT, IT_WAS: AND_ALL_NIGHT},
            id="first-by-another-line",
        ),
        pytest.param([(IT_WAS, IT_RAINED), (WET, IT_WAS)], "line 3: utterance_id", id="not-the-first-by-another-line"),
    ],
)
def test_utterance(decisions: list[tuple[int, int]], expected: str | dict[int, int]) -> None:
    before, after, unapplied = correct(*((at, {"utterance_id": id_of(first)}) for at, first in decisions))
    if isinstance(expected, str):
        assert [expected in message for message in unapplied] == [True]
    else:
        assert unapplied == []
        assert {at: row["utterance_id"] for at, row in enumerate(after) if row != before[at]} == {
            at: id_of(first) for at, first in expected.items()
        }


def test_a_line_that_hangs_on_one_that_fails_is_kept() -> None:
    paragraphs = ["“One.” “Two.” “Three.” “Four.”"]
    ids = [row["quote_id"] for row in plain(extracted(*paragraphs)[2])]
    joined = (1, {"utterance_id": ids[0]}), (2, {"utterance_id": ids[1]}), (3, {"utterance_id": ids[2]})
    _, after, unapplied = correct(*joined, paragraphs=paragraphs)
    assert [row["utterance_id"] for row in after] == [ids[0], ids[0], ids[2], ids[2]]
    assert unapplied == [f"line 3: utterance_id {ids[1]} is not the first row of its utterance"]


@pytest.mark.parametrize(
    ("at", "values", "reason"),
    [
        pytest.param(WET, {"parent_id": None}, None, id="no-parent"),
        pytest.param(WET, {"parent_id": IT_WAS}, None, id="parent"),
        pytest.param(WET, {"parent_id": WET}, "is no other row that encloses", id="itself"),
        pytest.param(IT_WAS, {"parent_id": WET}, "is no other row that encloses", id="enclosed"),
        pytest.param(WET, {"parent_id": IT_RAINED}, "is no other row that encloses", id="elsewhere"),
        pytest.param(IT_RAINED, {"statement_start": 0, "statement_end": 100}, None, id="statement"),
        pytest.param(IT_RAINED, {"statement_start": 58}, "does not enclose the span", id="statement-inside"),
        pytest.param(IT_RAINED, {"statement_end": 10_000}, "ends after the text", id="statement-beyond"),
        pytest.param(IT_RAINED, {"polarity": "denied", "addressee": "nobody at all"}, None, id="free-text"),
    ],
)
def test_other_columns(at: int, values: dict[str, Any], reason: str | None) -> None:
    if isinstance(values.get("parent_id"), int):
        values = {"parent_id": id_of(values["parent_id"])}
    before, after, unapplied = correct((at, values))
    if reason:
        assert reason in unapplied[0]
        assert before == after
    else:
        assert unapplied == []
        assert {column: after[at][column] for column in values} == values
        verb = "confirmed" if all(before[at][column] == value for column, value in values.items()) else "corrected"
        assert (
            after[at]["evidence"]
            == f"{verb} by mk: {', '.join(c for c in values if before[at][c] != values[c] or verb == 'confirmed')}"
        )


# Reported


def test_check_lists_lines_in_the_order_of_the_file(
    raw: RawFolder, tmp_path: Path, run_locally: Callable[..., object]
) -> None:
    for month in (3, 4):
        raw.write(f"2016-{month:02d}-01/story.txt", story(month))
    processed = tmp_path / "p"
    run_locally(raw.root, processed)
    march, april = (quote["article_id"] for quote in rows(processed, "quotes"))
    lines = [f"{ID},1,5,Doe,,mk", f"{april},0,1,Doe,,mk", f"{march},0,1,,term,mk", "x", f"{OTHER},1,5,Doe,,mk"]
    lines += [f"{march},0,2,Doe,scare,mk", f"{march},0,1,Doe,quotation,mk", f"{april},0,3,Doe,,mk", f"{ID},1,9,Doe,,mk"]
    (tmp_path / "corrections.csv").write_text("\n".join([HEADER, *lines]), encoding="utf-8")
    run_locally(raw.root, processed)
    version = Dataset(processed).current()
    assert version is not None
    (violation,) = check_corrections(version)
    assert [first_line(str(message)) for message in violation.rows] == [2, 3, 5, 6, 7, 8, 9, 10]


# Frames


def test_spans_that_are_no_rows() -> None:
    articles, _, quotes = extracted()
    lines = {ID: (Correction(3, 9, {"kind": "scare"}, "mk", (7, 12)),), OTHER: (Correction(1, 2, {}, "mk", (3,)),)}
    corrected = apply_corrections(quotes, articles, lines)
    assert corrected.unapplied == [f"lines 7, 12: article {ID} has no quote at 3-9"]
    assert plain(corrected.quotes) == plain(quotes)


def test_boilerplate_has_no_rows_to_be_made_quotations() -> None:
    articles, paragraphs = frames(["“It rained.”"], kind="boilerplate", article_id=ID)
    line = Correction(1, 11, {"kind": "quotation"}, "mk", (2,))
    corrected = apply_corrections(extract_quotes(articles, paragraphs), articles, {ID: (line,)})
    assert corrected.unapplied == [f"line 2: article {ID} has no quote at 1-11"]
    assert corrected.quotes.empty
    assert list(corrected.quotes) == QUOTES.schema.names


@pytest.mark.parametrize("mapper", [None, pd.ArrowDtype], ids=["numpy", "arrow"])
def test_frames_that_come_from_arrow(mapper: Any) -> None:
    articles, paragraphs, quotes = extracted()
    row = plain(quotes)[IT_RAINED]
    lines = {ID: (Correction(row["start"], row["end"], {"speaker": "Jane Doe", "kind": "no_comment"}, "mk", (2,)),)}
    loaded = QUOTES.conform(quotes).to_pandas(types_mapper=mapper)
    expected = apply_corrections(quotes, articles, lines).quotes
    corrected = apply_corrections(loaded, articles, lines).quotes
    pd.testing.assert_frame_equal(corrected, expected)
    assert corrected.dtypes.to_dict() == quotes.dtypes.to_dict()
    texts, blocks = recount(articles, paragraphs.assign(word_count=2), corrected)
    assert texts["quote_count"].tolist() == [2]
    assert blocks["quote_count"].tolist() == [0, 1, 1, 0]
    table = pa.Table.from_pandas(paragraphs.assign(word_count=2), preserve_index=False)
    _, again = recount(articles, table.to_pandas(types_mapper=mapper), loaded)
    assert again["quote_count"].tolist() == [0, 2, 1, 0]


def test_rows_keep_their_places() -> None:
    articles, _, quotes = extracted()
    foreign = quotes.assign(article_id=OTHER)
    shuffled = pd.concat([foreign.iloc[:2], quotes.iloc[::-1]])
    line = Correction(quotes["start"][0], quotes["end"][0], {"polarity": "denied"}, "mk", (2,))
    corrected = apply_corrections(shuffled, articles, {ID: (line,)}).quotes
    assert corrected["quote_id"].tolist() == shuffled["quote_id"].tolist()
    assert (corrected["polarity"] == "denied").tolist() == [False] * (len(shuffled) - 1) + [True]


# Whatever is decided

TEXTS = st.sampled_from(["Ola", "Ola Brandt", "Brandt", "said", "the official", "she", "Kai Lund", "“", "a"])
OFFSETS = st.integers(0, 40)


def values_of(ids: Sequence[str]) -> st.SearchStrategy[dict[str, Any]]:
    """What a parsed line may set in an article with these rows."""
    vocabularies = {
        "kind": st.sampled_from(QUOTE_KINDS),
        "quote_type": st.sampled_from([None, *QUOTE_TYPES]),
        "speaker_kind": st.sampled_from([None, *SPEAKER_KINDS]),
        "polarity": st.sampled_from([None, *POLARITIES]),
        "utterance_id": st.sampled_from([*ids, "x"]),
        "parent_id": st.sampled_from([None, *ids, "x"]),
        "speaker_id": st.sampled_from([None, f"{ID}:1", f"{ID}:x", "x"]),
        "confidence": st.none() | st.floats(0, 1),
        "statement_start": OFFSETS,
        "statement_end": OFFSETS.map(lambda offset: 4 * offset),
        **dict.fromkeys(("speaker_start", "speaker_end", "cue_start", "cue_end"), st.none() | OFFSETS),
    }
    columns = {column: vocabularies.get(column, st.none() | TEXTS) for column in SETTABLE}
    few = st.lists(st.sampled_from(SETTABLE), min_size=1, max_size=3, unique=True)
    likely = st.sampled_from([["kind"], ["speaker"], ["utterance_id"], ["kind", "utterance_id"], ["speaker", "kind"]])
    return (few | likely).flatmap(lambda names: st.fixed_dictionaries({name: columns[name] for name in names}))


@settings(max_examples=40, deadline=None)
@given(PARAGRAPHS, st.sampled_from([STORY, ("“A day.", "“B “c d” day,” said Ola. “D.”")]), st.data())
def test_no_line_breaks_an_invariant(soup: list[str], sure: tuple[str, ...], data: st.DataObject) -> None:
    articles, paragraphs, quotes = extracted(*[text for text in soup if text], *sure)
    rows = plain(quotes)
    ids = [row["quote_id"] for row in rows]
    chosen = data.draw(st.lists(st.sampled_from(range(len(rows))), unique=True, max_size=6))
    lines = [
        Correction(rows[at]["start"], rows[at]["end"], data.draw(values_of(ids)), "mk", (number,))
        for number, at in enumerate(chosen, start=2)
    ]
    corrected = apply_corrections(quotes, articles, {ID: lines})
    assert not broken(articles, paragraphs, corrected.quotes, quotes)
    assert plain(quotes) == rows
    after = plain(corrected.quotes)
    again = apply_corrections(quotes, articles, {ID: lines[::-1]})
    assert (plain(again.quotes), again.unapplied) == (after, corrected.unapplied)
    refused = {int(message.split(":")[0].removeprefix("line ")) for message in corrected.unapplied}
    applied = {at for number, at in enumerate(chosen, start=2) if number not in refused}
    assert len(refused) == len(corrected.unapplied)
    for at, (row, new) in enumerate(zip(rows, after, strict=True)):
        assert new["evidence"].startswith(("corrected by mk: ", "confirmed by mk: ")) == (at in applied)
        assert at in applied or set(changes(row, new)) <= {"utterance_id"}
