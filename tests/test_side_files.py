"""What a side file says, of which files, and what of it cannot be used."""

import datetime as dt

import pytest

from transforms.date_columns import is_day_first
from transforms.side_files import SideFile, parse_side_file

DAY = dt.date(2016, 4, 3)


def dates(text: str) -> list[dt.date | None]:
    side_file = parse_side_file(text, "m.csv")
    found = [side_file.lookup(name) for name in ("a.txt", "b.txt", "c.txt")]
    return [metadata.published_date for metadata in found if metadata]


@pytest.mark.parametrize(
    ("text", "found", "notes"),
    [
        pytest.param("file,date\na,03/04/2016\nb,25/04/2016\n", [DAY, dt.date(2016, 4, 25)], [], id="day-first"),
        pytest.param("file,date\na,04/03/2016\nb,04/25/2016\n", [DAY, dt.date(2016, 4, 25)], [], id="month-first"),
        pytest.param(
            "file,date\na,03/04/2016 10:00\nb,25/04/2016 9:05\n", [DAY, dt.date(2016, 4, 25)], [], id="with-time"
        ),
        pytest.param(
            "file,date\na,03/04/2016\nb,25/04/2016\nc,04/25/2016\n",
            [None, dt.date(2016, 4, 25), dt.date(2016, 4, 25)],
            ["1 date could not be read, such as 03/04/2016"],
            id="contradictory",
        ),
        pytest.param(
            "file,date\na,03/04/2016\nb,05/06/2016\n",
            [None, None],
            ["2 dates could not be read, such as 03/04/2016"],
            id="nothing-settles-it",
        ),
        pytest.param(
            "file,date\na,03/04/2016\nb,41/04/2016\n",
            [None, None],
            ["2 dates could not be read, such as 03/04/2016"],
            id="no-date-settles-nothing",
        ),
        pytest.param(
            "file,date,pub date\na,03/04/2016,\nb,,25/04/2016\n",
            [None, dt.date(2016, 4, 25)],
            ["1 date could not be read, such as 03/04/2016"],
            id="another-column-settles-nothing",
        ),
        pytest.param("file,Date (DD/MM/YYYY)\na,03/04/2016\n", [DAY], [], id="the-header-says-it"),
        pytest.param("file,date\na,\nb,None\n", [None, None], [], id="no-date-is-no-unclear-one"),
    ],
)
def test_dates_of_a_column(text: str, found: list[dt.date | None], notes: list[str]) -> None:
    assert dates(text) == found
    assert parse_side_file(text, "m.csv").notes == notes


@pytest.mark.parametrize(
    ("header", "expected"),
    [("Date (DD/MM/YYYY)", True), ("Date (mm-dd-yyyy)", False), ("Date", None), ("Date (YYYY-MM-DD)", None)],
)
def test_order_in_a_header(header: str, expected: bool | None) -> None:
    assert is_day_first(header, []) is expected


@pytest.mark.parametrize(
    ("text", "name", "titles"),
    [
        pytest.param("sep=;\r\nfile;title\r\none;A, B\r\ntwo;C\r\n", "m.csv", ["A, B", "C"], id="sep"),
        pytest.param('"sep=|"\nfile|title\none|A\ntwo|B\n', "m.csv", ["A", "B"], id="sep-in-marks"),
        pytest.param("file\ttitle\r\none\tA\r\ntwo\tB\r\n", "m.txt", ["A", "B"], id="unicode-text"),
        pytest.param("file,title,author\none\ntwo,B\n", "m.csv", [None, "B"], id="short-rows"),
        pytest.param('file\ttitle\tx\none\t"A ""b"""\ntwo\tB\t\n', "m.tsv", ['A "b"', "B"], id="short-tsv-rows"),
        pytest.param("file,title\none,A,,\ntwo,B\n", "m.csv", ["A", "B"], id="empty-fields-too-many"),
        pytest.param("file,title,title\none,A,B\ntwo,C,D\n", "m.csv", ["A", "C"], id="same-header-twice"),
        pytest.param("file,title\rone,A\rtwo,B\r", "m.csv", ["A", "B"], id="old-mac"),
    ],
)
def test_rows_as_spreadsheets_leave_them(text: str, name: str, titles: list[str | None]) -> None:
    side_file = parse_side_file(text, name)
    found = [side_file.lookup(f"{path}.txt") for path in ("one", "two")]
    assert [metadata.title for metadata in found if metadata] == titles


def test_longer_rows_are_left_out() -> None:
    text = "sep=,\nfile,title,author\nstory0.txt,Bridge, the story,Jane Roe\nstory1.txt,Rain,Jan Roe\n"
    side_file = parse_side_file(text, "m.csv")
    assert side_file.lookup("story0.txt") is None
    assert side_file.lookup("story1.txt") is not None
    assert side_file.notes == [
        "line 3 has more fields than the header and is left out: a field that holds the separator needs quotation marks"
    ]


def test_the_lines_of_many_longer_rows() -> None:
    rows = "".join(f'story{i}.txt,"A\nB",C\n' for i in range(7))
    (note,) = parse_side_file(f"file,title\n{rows}", "m.csv").notes
    assert note.startswith("lines 2, 4, 6, 8, 10 and 2 more have more fields than the header and are left out")


def test_columns_that_are_not_used_are_named() -> None:
    rows = [{"file": "one", "id": "1", "title": "A", "wire": "", "": ""}, {"file": "two", "credit": ""}]
    assert SideFile.from_rows(rows).notes == ["columns that are not used: wire, credit"]
    assert SideFile.from_rows([{"file": "one", **{f"x{i}": "" for i in range(12)}}]).notes == [
        "columns that are not used: x0, x1, x2, x3, x4, x5, x6, x7, x8, x9 and 2 more"
    ]


def test_tied_rows_say_nothing_unless_they_say_the_same() -> None:
    side_file = SideFile.from_rows([{"file": "a/one.txt", "title": "A"}, {"file": "b/one.txt", "title": "B"}])
    assert side_file.lookup("one.txt") is None
    assert side_file.coverage(["one.txt"]).conflicts == ["one.txt: a/one.txt and b/one.txt fit it equally, none counts"]
    same = SideFile.from_rows([{"file": "a/one.txt", "title": "A"}, {"file": "b/one.txt", "title": "A"}])
    assert same.lookup("one.txt") == same.lookup("a/one.txt")
    assert same.coverage(["one.txt"]).conflicts == []


def test_coverage() -> None:
    side_file = SideFile.from_rows({"file": name, "title": name} for name in ("one", "two", "gone"))
    fit = side_file.coverage(["a/one.txt", "a/two.txt", "b/two.txt", "three.txt"])
    assert (fit.files, fit.described, fit.unused, fit.conflicts) == (4, 3, ["gone"], [])


def test_a_file_name_keeps_its_blanks() -> None:
    side_file = SideFile.from_rows([{"file": " a  b.txt", "title": "A"}, {"file": "None", "title": "B"}])
    assert side_file.lookup("a  b.txt") is not None
    assert len(side_file) == 1
