import datetime as dt
import hashlib
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import RULES_VERSION
from transforms.articles import RawArticle, identify, read_articles
from transforms.metadata import Metadata
from transforms.schemas import ARTICLES

DAY = dt.date(2016, 3, 11)
BODY = "The council voted on Monday to close the old bridge for a year.\n\nShop owners said they had not been asked."
TITLED = f"Old bridge to close\n\n{BODY}"


def read(content: str | bytes, raw_path: str = "a.txt", **given: object) -> dict[str, object]:
    raw = content if isinstance(content, bytes) else content.encode()
    articles, rejects = read_articles([RawArticle(raw_path, raw, **given)])  # type: ignore[arg-type]
    assert rejects.empty
    return articles.iloc[0].to_dict()


def read_record(record: object) -> dict[str, object]:
    return read(json.dumps(record), "dump.jsonl/1", is_record=True)


def reason(content: bytes, is_record: bool = False) -> str:
    articles, rejects = read_articles([RawArticle("a.txt", content, is_record)])
    assert articles.empty
    assert rejects["raw_sha256"].tolist() == [hashlib.sha256(content).hexdigest()]
    return str(rejects.iloc[0]["reason"])


def test_row() -> None:
    row = read(TITLED, "planet/2016-03-11/bridge.txt")
    assert row == {
        "article_id": row["article_id"],
        "title": "Old bridge to close",
        "byline": None,
        "outlet": "planet",
        "published_date": DAY,
        "date_origin": "path",
        "language": "en",
        "text": TITLED,
        "raw_path": "planet/2016-03-11/bridge.txt",
        "raw_sha256": hashlib.sha256(TITLED.encode()).hexdigest(),
        "raw_encoding": "utf-8",
        "rules_version": RULES_VERSION,
    }


def test_the_id_is_frozen() -> None:
    assert identify("Old bridge: “ﬁve” piers, STRASSE 1½") == identify("old bridge five piers straße 112")
    assert identify("Old bridge to close") == "41b2c6b84985da9820c960559fedbeda"


@given(st.text())
def test_the_id_is_what_design_says(text: str) -> None:
    folded = unicodedata.normalize("NFKC", text).casefold()
    alnum = "".join(c for c in folded if c.isalnum())
    if alnum:
        assert identify(text) == hashlib.sha256(alnum.encode()).hexdigest()[:32]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(TITLED.encode("utf-16"), id="encoding"),
        pytest.param(TITLED.replace(" ", "\n").encode(), id="wrapping"),
        pytest.param(TITLED.replace(".", "!").encode(), id="marks"),
        pytest.param(TITLED.upper().encode(), id="case"),
        pytest.param(f"---\ntitle: Old bridge to close\n---\n{BODY}".encode(), id="title-from-front-matter"),
        pytest.param(f"---\ntitle: Old bridge to close\n---\n{TITLED}".encode(), id="title-repeated"),
        pytest.param(f"Title: Old bridge to close\nDate: 2016-03-11\n\n{BODY}".encode(), id="title-from-header"),
    ],
)
def test_the_same_article_has_the_same_id(content: bytes) -> None:
    assert read(content, "other/path.txt")["article_id"] == read(TITLED)["article_id"]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param(f"---\ntitle: Old bridge to close\n---\n{BODY}", TITLED, id="put-first"),
        pytest.param(f"---\ntitle: OLD BRIDGE TO CLOSE.\n---\n{TITLED}", TITLED, id="repeated-in-other-letters"),
        pytest.param(
            f"---\ntitle: Old bridge to close\n---\nOld bridge\nto close\n\n{BODY}", None, id="repeated-wrapped"
        ),
        pytest.param(f"---\ntitle: Bridge\n---\n{TITLED}", f"Bridge\n\n{TITLED}", id="another-title"),
        pytest.param(f"---\ndate: 2016-03-11\n---\n{BODY}", BODY, id="no-title"),
    ],
)
def test_a_stated_title_is_the_first_paragraph_once(content: str, text: str | None) -> None:
    assert read(content)["text"] == (text or f"Old bridge\n\nto close\n\n{BODY}")


def test_a_side_file_adds_nothing_to_the_text() -> None:
    row = read(BODY, metadata=Metadata(title="Old bridge to close"))
    assert (row["title"], row["text"]) == ("Old bridge to close", BODY)


ALL = f"---\ntitle: Front\nauthor: Front\npublisher: Front\ndate: 2016-02-02\nlanguage: fr\n---\n{BODY}"


@pytest.mark.parametrize(
    ("content", "side", "expected"),
    [
        pytest.param(
            ALL, None, ("Front", "Front", "Front", dt.date(2016, 2, 2), "front_matter", "fr"), id="front-matter"
        ),
        pytest.param(
            ALL,
            Metadata("Side", "Side", "Side", dt.date(2016, 1, 1), "de"),
            ("Side", "Side", "Side", dt.date(2016, 1, 1), "metadata", "de"),
            id="side-file-first",
        ),
        pytest.param(
            ALL,
            Metadata(outlet="Side"),
            ("Front", "Front", "Side", dt.date(2016, 2, 2), "front_matter", "fr"),
            id="field-by-field",
        ),
        pytest.param(TITLED, None, ("Old bridge to close", None, "planet", DAY, "path", "en"), id="path-and-text"),
    ],
)
def test_precedence(content: str, side: Metadata | None, expected: tuple[object, ...]) -> None:
    row = read(content, "planet/2016-03-11/a.txt", metadata=side)
    names = ("title", "byline", "outlet", "published_date", "date_origin", "language")
    assert tuple(row[name] for name in names) == expected


@pytest.mark.parametrize(
    ("opening", "date"),
    [
        pytest.param("LONDON, March 11, 2016 (Reuters) — The bridge closed.", DAY, id="dateline"),
        pytest.param("SAN MARCO, Texas, 11 March 2016 - The bridge closed.", DAY, id="dateline-with-state"),
        pytest.param("11 March 2016", DAY, id="date-alone"),
        pytest.param("Published: March 11, 2016", DAY, id="labelled"),
        pytest.param("WASHINGTON (AP) — The bridge closed.", None, id="no-date"),
        pytest.param("MEXICO CITY, March 11 (UPI) — The bridge closed.", None, id="no-year"),
        pytest.param("Updated: March 11, 2016", None, id="update-is-no-publication"),
        pytest.param("The bridge closed on March 11, 2016 — for good.", None, id="date-in-prose"),
    ],
)
def test_dateline_date(opening: str, date: dt.date | None) -> None:
    row = read(f"Old bridge to close\n\n{opening}\n\n{BODY}")
    assert (row["published_date"], row["date_origin"]) == (date, "dateline" if date else None)


@pytest.mark.parametrize(
    ("first", "title"),
    [
        pytest.param("Old bridge to close", True, id="headline"),
        pytest.param("Could the old bridge be a blessing in disguise?", True, id="question"),
        pytest.param("Old Bridge To Close After Engineers Find Cracks.", True, id="title-case-with-full-stop"),
        pytest.param("EU-US talks on bridge begin", True, id="hyphen-is-no-dateline"),
        pytest.param("$1m payoff for former bridge keeper", True, id="begins-with-a-sum"),
        pytest.param("and so the bridge was closed", False, id="rest-of-a-sentence"),
        pytest.param("The mayor closed the old bridge on Monday.", False, id="sentence"),
        pytest.param("The bridge closed. Nobody was asked", False, id="two-sentences"),
        pytest.param("LONDON — The bridge closed", False, id="dateline"),
        pytest.param("By Jan Roe", False, id="byline"),
        pytest.param("March 11, 2016", False, id="date"),
        pytest.param("He said:", False, id="colon"),
    ],
)
def test_printed_title(first: str, title: bool) -> None:
    assert read(f"{first}\n\n{BODY}")["title"] == (first if title else None)


@pytest.mark.parametrize(
    ("raw_path", "title"),
    [
        pytest.param("the-planet/2016-03-11/a.txt", "Old bridge to close", id="outlet-of-the-path"),
        pytest.param("courier/2016-03-11/a.txt", "The Planet", id="another-outlet"),
    ],
)
def test_the_name_of_the_outlet_is_no_title(raw_path: str, title: str) -> None:
    assert read(f"The Planet\n\n{TITLED}", raw_path)["title"] == title


def test_a_headline_of_two_lines_is_one_title() -> None:
    row = read(f"Old bridge to close;\nShop owners were not asked.\n\n{BODY}")
    assert row["title"] == "Old bridge to close; Shop owners were not asked."


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        pytest.param("By Jan Roe", "Jan Roe", id="name"),
        pytest.param(
            "BY JAN ROE and ANN DOE, Staff Writers", "JAN ROE and ANN DOE, Staff Writers", id="names-and-post"
        ),
        pytest.param("By Jan van der Roe | The Planet", "Jan van der Roe | The Planet", id="small-words"),
        pytest.param("By The Associated Press", "The Associated Press", id="agency"),
        pytest.param("By Jan Roe Jr.", "Jan Roe Jr.", id="junior"),
        pytest.param("By Monday Evening", None, id="weekday"),
        pytest.param("By the Numbers", None, id="column"),
        pytest.param("By Jan Roe the bridge was closed", None, id="prose"),
        pytest.param("By Friday, the mayor had closed it.", None, id="sentence"),
        pytest.param("By 2016", None, id="year"),
    ],
)
def test_printed_byline(line: str, byline: str | None) -> None:
    assert read(f"Old bridge to close\n\n{line}\n\n{BODY}")["byline"] == byline


@pytest.mark.parametrize(
    ("stated", "byline"),
    [
        pytest.param("By Jan Roe", "Jan Roe", id="by"),
        pytest.param("By Jan Roe, March 11, 2016", "Jan Roe", id="by-and-date"),
        pytest.param("Jan Roe", "Jan Roe", id="name"),
        pytest.param("Byron Roe", "Byron Roe", id="name-that-begins-alike"),
    ],
)
def test_stated_byline(stated: str, byline: str) -> None:
    assert read(f"---\nauthor: {stated}\n---\n{BODY}")["byline"] == byline
    assert read(BODY, metadata=Metadata(byline=stated))["byline"] == byline


def test_references_in_a_stated_title() -> None:
    row = read_record({"text": BODY, "title": "Roe &amp; Doe say &quot;no&quot; &#39;again&#39;"})
    assert row["title"] == "Roe & Doe say \"no\" 'again'"
    assert str(row["text"]).startswith(str(row["title"]))


def test_the_id_is_of_what_was_printed() -> None:
    escaped = BODY + "\n\n&quot;No,&quot; she&#39;d said."
    row = read(escaped)
    assert row["article_id"] == identify(escaped)
    assert str(row["text"]).endswith('"No," she\'d said.')


@pytest.mark.parametrize(
    ("record", "text"),
    [
        pytest.param({"text": BODY}, BODY, id="text"),
        pytest.param({"Body": BODY, "headline": "Old bridge to close"}, TITLED, id="headline-put-first"),
        pytest.param({"content": ["One bridge.", 2, "Two bridges."]}, "One bridge.\n\nTwo bridges.", id="list"),
        pytest.param({"text": "<p>One</p>"}, "<p>One</p>", id="html-as-printed"),
        pytest.param({"text": " ", "body": "One"}, "One", id="next-field"),
        pytest.param({"text": "a \ud800 b", "title": "\udfff c"}, "\ufffd c\n\na \ufffd b", id="lone-surrogates"),
    ],
)
def test_record(record: dict[str, object], text: str) -> None:
    assert read_record(record)["text"] == text


def test_front_matter_that_cannot_be_written() -> None:
    assert str(read(f'---\ntitle: "\\ud800 Bridge"\n---\n{BODY}')["text"]).startswith("\ufffd Bridge\n\n")
    assert read(f"+++\ntitle = 0x{'F' * 5000}\n+++\n{BODY}")["text"] == BODY


def test_fields_of_a_record() -> None:
    row = read_record({"text": BODY, "title": "Bridge", "author": ["Jan Roe"], "site": "Planet", "date": "2016-03-11"})
    names = ("title", "byline", "outlet", "published_date", "date_origin")
    assert [row[name] for name in names] == ["Bridge", "Jan Roe", "Planet", DAY, "front_matter"]


@pytest.mark.parametrize(
    ("content", "is_record", "expected"),
    [
        pytest.param(b"", False, "empty file", id="empty"),
        pytest.param(b"--- ... \xe2\x80\x94", False, "no letters or digits", id="marks-only"),
        pytest.param(b"&nbsp;&nbsp;&nbsp;", False, "no letters or digits", id="references-to-blanks"),
        pytest.param("Â\xa0".encode(), False, "no letters or digits", id="blank-in-another-encoding"),
        pytest.param(b"---\nlanguage: en\n---\n", False, "no letters or digits", id="front-matter-only"),
        pytest.param(b"%PDF-1.7", False, "not text but a PDF", id="pdf"),
        pytest.param(b"{", True, "damaged JSON", id="damaged-json"),
        pytest.param(b"[" * 100_000, True, "damaged JSON", id="deep-json"),
        pytest.param(b'["text"]', True, "not a JSON object", id="json-list"),
        pytest.param(b'{"title": "A"}', True, "no text in this JSON object", id="no-text"),
        pytest.param(b'{"text": {"a": 1}}', True, "no text in this JSON object", id="text-is-no-text"),
    ],
)
def test_rejects(content: bytes, is_record: bool, expected: str) -> None:
    assert reason(content, is_record).startswith(expected)


@pytest.mark.parametrize(
    ("body", "language"),
    [
        pytest.param(BODY, "en", id="english"),
        pytest.param(
            "Der Stadtrat hat am Montag beschlossen, die alte Brücke für ein Jahr zu sperren.", "de", id="german"
        ),
        pytest.param(
            "Le conseil a décidé lundi de fermer le vieux pont pendant un an, dit le maire.", "fr", id="french"
        ),
        pytest.param(BODY.upper(), "en", id="capitals"),
        pytest.param("Ok", None, id="too-short"),
    ],
)
def test_language(body: str, language: str | None) -> None:
    assert read(body)["language"] == language


def test_copies_make_a_row_each() -> None:
    articles, _ = read_articles([RawArticle("b.txt", BODY.encode()), RawArticle("a.txt", BODY.encode())])
    assert articles["raw_path"].tolist() == ["b.txt", "a.txt"]
    assert articles["article_id"].nunique() == 1


def test_nothing_makes_empty_frames() -> None:
    articles, rejects = read_articles([])
    assert articles.empty
    assert list(rejects) == ["raw_path", "raw_sha256", "reason"]


@given(
    st.lists(
        st.tuples(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)), st.booleans()), max_size=4
    )
)
def test_every_raw_article_is_a_row_or_a_reject(contents: list[tuple[bytes, bool]]) -> None:
    raws = [RawArticle(f"{i}.txt", content, is_record) for i, (content, is_record) in enumerate(contents)]
    articles, rejects = read_articles(raws)
    assert sorted([*articles["raw_path"], *rejects["raw_path"]]) == sorted(raw.raw_path for raw in raws)
    counted = articles.assign(paragraph_count=0, word_count=0, quote_count=0)
    assert ARTICLES.conform(counted).num_rows == len(articles)
