import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.metadata import Metadata, SideFile, parse_fields, parse_path, parse_side_file

DAY = dt.date(2016, 3, 11)


@pytest.mark.parametrize(
    ("fields", "metadata"),
    [
        pytest.param(
            {
                "title": "Bridge",
                "byline": "Jan Roe",
                "outlet": "Planet",
                "published_date": "2016-03-11",
                "language": "en",
            },
            Metadata("Bridge", "Jan Roe", "Planet", DAY, "en"),
            id="own-names",
        ),
        pytest.param(
            {"Headline": "Bridge", "Author": "Jan Roe", "Publisher": "Planet", "Publication Date": "11 March 2016"},
            Metadata("Bridge", "Jan Roe", "Planet", DAY),
            id="usual-spellings",
        ),
        pytest.param({"pub-date": "2016-03-11T10:00:00Z"}, Metadata(published_date=DAY), id="hyphens"),
        pytest.param({"authors": ["Jan Roe", "Ann Doe"]}, Metadata(byline="Jan Roe, Ann Doe"), id="list-of-authors"),
        pytest.param({"author": {"name": "Jan Roe"}}, Metadata(byline="Jan Roe"), id="author-object"),
        pytest.param({"title": "None", "author": "N/A", "outlet": "", "date": "nan"}, Metadata(), id="nulls"),
        pytest.param({"title": None, "author": []}, Metadata(), id="json-nulls"),
        pytest.param({"title": " A \n title "}, Metadata(title="A title"), id="one-line"),
        pytest.param(
            {"date": "soon", "issued": "x", "pub_date": "2016-03-11"}, Metadata(published_date=DAY), id="next"
        ),
        pytest.param({"date": "03/04/2016"}, Metadata(), id="unclear-date"),
        pytest.param({"lang": "English"}, Metadata(language="en"), id="language-name"),
        pytest.param({"lang": "en-US"}, Metadata(language="en"), id="language-and-country"),
        pytest.param({"lang": "no"}, Metadata(language="no"), id="norwegian-is-not-nothing"),
        pytest.param({"lang": "xx"}, Metadata(), id="no-language"),
        pytest.param({"subtitle": "A", "updated": "2016-03-11"}, Metadata(), id="near-misses"),
    ],
)
def test_parse_fields(fields: dict[str, object], metadata: Metadata) -> None:
    assert parse_fields(fields) == metadata


def test_digest_tells_what_is_said() -> None:
    digest = Metadata(title="Bridge", published_date=DAY).digest()
    assert digest is not None
    assert len(digest) == 64
    assert digest != Metadata(byline="Bridge", published_date=DAY).digest()
    assert digest == Metadata(title="Bridge", published_date=DAY).digest()
    assert Metadata().digest() is None


CSV = 'path,title,date\na/one.txt,"Bridge, closed",2016-03-11\ntwo,"He said ""no""",\n'
TSV = 'filename\ttitle\tdate\none\t"Close it" is heard\t2016-03-11\ntwo\t"No\tNone\n'


@pytest.mark.parametrize(
    ("raw_path", "title"),
    [
        pytest.param("a/one.txt", "Bridge, closed", id="path"),
        pytest.param("deep/a/one.txt", "Bridge, closed", id="end-of-path"),
        pytest.param("b/one.txt", None, id="other-folder"),
        pytest.param("two", 'He said "no"', id="name"),
        pytest.param("x/two.txt", 'He said "no"', id="name-without-ending"),
        pytest.param("x/two.txt.gz", 'He said "no"', id="name-without-endings"),
        pytest.param("dump.zip/in/two.html", 'He said "no"', id="member"),
        pytest.param("x/two.v2.txt", None, id="no-ending"),
        pytest.param("x/three.txt", None, id="unknown"),
    ],
)
def test_lookup(raw_path: str, title: str | None) -> None:
    found = parse_side_file(CSV, "metadata.csv").lookup(raw_path)
    assert (found and found.title) == title


@pytest.mark.parametrize(
    ("text", "name", "titles"),
    [
        pytest.param(TSV, "m.tsv", ['"Close it" is heard', '"No'], id="raw-tsv-with-marks"),
        pytest.param(
            'filename\ttitle\none\t"A ""word"" inside"\ntwo\tB\n', "m.tsv", ['A "word" inside', "B"], id="quoting-tsv"
        ),
        pytest.param('"filename"\t"title"\n"one"\t"A"\n"two"\t"B"\n', "m.tsv", ["A", "B"], id="all-quoted-tsv"),
        pytest.param('filename\ttitle\none\t"All of it"\ntwo\tB\n', "m.tsv", ['"All of it"', "B"], id="quoted-title"),
        pytest.param('filename\ttitle\none\t"A\nB"\ntwo\tC\n', "m.tsv", ["A B", "C"], id="quoted-line-end"),
        pytest.param("\ufefffile;headline\none;A\ntwo;B\n", "m.csv", ["A", "B"], id="semicolons-and-mark"),
        pytest.param("file,title\r\none,A\r\n\r\ntwo,B\r\n", "m.CSV", ["A", "B"], id="crlf"),
        pytest.param('{"id": "one", "title": "A"}\n\n{"id": "two", "title": "B"}\n', "m.jsonl", ["A", "B"], id="jsonl"),
        pytest.param(
            '{"id": 1, "title": "A", "file": "one"}\n{"file": "two", "title": "B"}',
            "m.jsonl",
            ["A", "B"],
            id="file-before-id",
        ),
    ],
)
def test_parse_side_file(text: str, name: str, titles: list[str]) -> None:
    side_file = parse_side_file(text, name)
    found = [side_file.lookup(f"{path}.txt") for path in ("one", "two")]
    assert [metadata and metadata.title for metadata in found] == titles
    assert side_file.conflicts == []


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        pytest.param(
            "heading,date\nA,2016\n", "m.csv", "no column names the raw file: it has heading, date", id="no-key"
        ),
        pytest.param("[1]\n", "m.jsonl", "line 1 is no JSON object", id="no-object"),
        pytest.param('file,title\na,"b\n', "m.csv", "line 2", id="open-mark"),
        pytest.param("a", "m.xlsx", "is .csv, .tsv or .jsonl", id="ending"),
    ],
)
def test_unusable_side_file(text: str, name: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_side_file(text, name)


def test_the_first_of_contradictory_rows_counts() -> None:
    rows = [{"file": "one", "title": "A"}, {"file": "one", "title": "A"}, {"file": "one", "title": "B"}]
    side_file = SideFile.from_rows(rows)
    found = side_file.lookup("one")
    assert found == Metadata(title="A")
    assert side_file.conflicts == ["one: rows differ, the first one counts"]


def test_a_side_file_without_rows_says_nothing() -> None:
    assert parse_side_file("", "m.csv").lookup("one") is None
    assert parse_side_file("file\ttitle\n", "m.tsv").lookup("one") is None


_FIELD = st.text(st.characters(exclude_characters="\t\r\n\0", exclude_categories=["Cs", "Cc"]), max_size=8)


@given(st.lists(_FIELD.map(lambda title: f'"{title}'), min_size=1, max_size=5))
def test_no_row_of_a_raw_tsv_is_merged(titles: list[str]) -> None:
    lines = [f"file{i}\t{title}" for i, title in enumerate(titles)]
    side_file = parse_side_file("\n".join(["file\ttitle", *lines]), "m.tsv")
    assert len(side_file) == len(titles)


@pytest.mark.parametrize(
    ("raw_path", "outlet", "date"),
    [
        pytest.param("planet/2016/03/11/bridge.txt", "planet", DAY, id="outlet-and-day-folders"),
        pytest.param("in/x/planet/2016/3/11/bridge.txt", "planet", DAY, id="deeper"),
        pytest.param("2016-03-11/bridge.txt", None, DAY, id="day-folder"),
        pytest.param("planet/2016-03-11/bridge.txt", "planet", DAY, id="outlet-and-day-folder"),
        pytest.param("in/the-planet_2016-03-11_bridge-closed.txt", "the-planet", DAY, id="file-name"),
        pytest.param("dump.zip/planet_2016-03-11_bridge.txt", "planet", DAY, id="member"),
        pytest.param("dump.zip/2016-03-11/bridge.txt", None, DAY, id="an-archive-is-no-outlet"),
        pytest.param("1/2016-03-11/bridge.txt", None, DAY, id="a-number-is-no-outlet"),
        pytest.param("planet/2016/13/11/bridge.txt", None, None, id="no-such-month"),
        pytest.param("planet/16/03/11/bridge.txt", None, None, id="short-year"),
        pytest.param("planet/2016-03/bridge.txt", None, None, id="no-day"),
        pytest.param("bridge-2016-03-11.txt", None, None, id="no-template"),
        pytest.param("bridge.txt", None, None, id="nothing"),
    ],
)
def test_parse_path(raw_path: str, outlet: str | None, date: dt.date | None) -> None:
    assert parse_path(raw_path) == Metadata(outlet=outlet, published_date=date)


def test_own_template() -> None:
    assert parse_path("2016-03-11-planet.txt", ["{date}-{outlet}.txt"]) == Metadata(outlet="planet", published_date=DAY)


def test_unknown_name_in_a_template() -> None:
    with pytest.raises(ValueError, match="section"):
        parse_path("a/2016-03-11/b", ["{section}/{date}/{slug}"])
