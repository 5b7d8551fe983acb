"""Corpora for benchmarks: the same articles about other people, places and numbers."""

import datetime
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest
from conftest import rows

from benchmarks.corpus.copies import Copy, Originals, Span, read_originals, take
from benchmarks.corpus.layouts import SIDE_FILE, Layout, write_corpus
from benchmarks.corpus.templates import Piece, make_template
from benchmarks.corpus.words import Words, collect_words
from flows.runs import Run
from transforms.articles import RawArticle, identify, read_articles
from transforms.duplicates import fingerprint_articles
from transforms.originals import find_originals
from transforms.paragraphs import split_paragraphs
from transforms.quotes.lexicon import read_list
from transforms.schemas import FINGERPRINTS

NAMES = """
Anna Beth Clara Dora Emma Freya Greta Hanna Ida Julia Karla Lena Marta Nora Olga Paula
Abend Brandt Cradock Dorn Eklund Frisk Gormley Holt Ibsen Jung Krog Lund Moen Nagel Orre Pihl
Brinfield Coldmere Dunwick Fernby Grimsea Harwold Jarnby Kelsea Lowick Marsby Norwold Pelmouth Ristby
wool coal corn salt fish beer wine tea silk glass tar rope tin iron oak peat
"""
WOMEN, SURNAMES, TOWNS, GOODS = (line.split() for line in NAMES.strip().splitlines())
SPAN = Span(datetime.date(2015, 1, 9), 6)


def story(number: int) -> str:
    first, surname = WOMEN[number], SURNAMES[number]
    town, other = TOWNS[number % 13], TOWNS[(number + 5) % 13]
    return (
        f"Pier of {town} is to open\n\n"
        f"The pier in {town} is to open on March {number + 1}, 2016, owner {first} {surname} said. It cost "
        f"{number + 41},750 crowns, more than any other pier in {town}.\n\n"
        f"“We waited in {town} for years,” {surname} said. “She said so,” {first} {surname} told reporters in {other}, "
        f"while {surname} of {town} looked on.\n\n"
        f"Ships from {other} call at {town}. Trains to {surname} Hall leave with {GOODS[number]} from {other}. "
        f"Buses stop near {town}.\n"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of sixteen articles, of which one was printed again, with a last line more, three days later."""
    raw = tmp_path / "originals"
    raw.mkdir()
    for number in range(16):
        (raw / f"herald_2016-03-{number + 1:02d}_pier-{number}.txt").write_text(story(number), encoding="utf-8")
    (raw / "echo_2016-03-06_pier.txt").write_text(f"{story(2)}\nAll rights reserved.\n", encoding="utf-8")
    return raw


@pytest.fixture
def originals(folder: Path) -> Originals:
    return read_originals(folder)


def some(originals: Originals, number: int, seed: int = 0) -> list[Copy]:
    return list(islice(originals.copies(seed, SPAN), number))


def test_every_article_is_told_again(originals: Originals) -> None:
    assert len(originals.articles) == originals.count == 17


def test_the_same_seed_makes_the_same_corpus_however_much_is_taken(folder: Path, originals: Originals) -> None:
    assert some(read_originals(folder), 40) == some(originals, 90)[:40]


def test_another_seed_makes_another_one(originals: Originals) -> None:
    assert not {copy.text for copy in some(originals, 40)} & {copy.text for copy in some(originals, 40, seed=1)}


def test_no_article_comes_twice_as_long_as_there_are_any(originals: Originals) -> None:
    copies = list(originals.copies(0, SPAN))
    ids = {identify(copy.text) for copy in copies}
    assert len(ids) == len(copies) > 500
    assert not ids & {identify(story(number)) for number in range(16)}


def test_copies_are_made_one_by_one(originals: Originals) -> None:
    copies = take(originals, 10**12, 0, SPAN)
    assert isinstance(copies, Iterator)
    assert next(copies) == some(originals, 1)[0]


def test_more_than_there_can_be_is_refused(originals: Originals) -> None:
    with pytest.raises(SystemExit, match="no more than"):
        list(take(originals, 10**6, 0, SPAN))


def test_a_folder_whose_articles_name_nobody_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("It was raining all day, and nobody came to see us.\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="enough names"):
        read_originals(tmp_path)


def test_names_change_alike_in_all_of_an_article(originals: Originals) -> None:
    women = set(read_list("first_names.tsv", None)["she"])
    for copy in some(originals, 200):
        (town, _), (_, again) = re.findall(r"Pier of (\w+) is|The pier in (\w+) is", copy.text)
        opened = re.search(r"owner (\w+) (\w+) said", copy.text)
        assert opened is not None
        assert town == again
        assert opened[1] in women
        assert f"for years,” {opened[2]} said." in copy.text
        assert f"{opened[1]} {opened[2]} told reporters" in copy.text
        assert opened[2] in SURNAMES


def test_two_worlds_share_no_name_of_an_article(originals: Originals) -> None:
    worlds: dict[str, list[str]] = {}
    for copy in some(originals, 17 * 5):
        worlds.setdefault(copy.slug.rpartition("-")[0], []).append(str(re.findall(r"owner (\w+ \w+) said", copy.text)))
    assert [len(set(names)) for names in worlds.values()] == [5] * 17


def test_numbers_change_and_dates_stay(originals: Originals) -> None:
    costs = set()
    for copy in some(originals, 17 * 5):
        assert re.search(r"on March \d+, 2016, owner", copy.text)
        costs.update(re.findall(r"It cost (\d\d,\d\d0) crowns", copy.text))
    assert len(costs) > 60


def test_near_duplicates_are_those_of_the_originals(originals: Originals) -> None:
    worlds = 6
    copies = some(originals, 17 * worlds)
    raws = [RawArticle(f"{c.outlet}/{c.date:%Y/%m/%d}/{c.slug}.txt", c.text.encode()) for c in copies]
    articles, _ = read_articles(raws)
    fingerprints = fingerprint_articles(articles, split_paragraphs(articles))
    found = find_originals(FINGERPRINTS.conform(fingerprints))
    paths = dict(zip(articles["article_id"], articles["raw_path"], strict=True))
    pairs = [{paths[one].partition("/")[0], paths[other].partition("/")[0]} for one, other in found.items()]
    assert pairs == [{"herald", "echo"}] * len(pairs)
    assert worlds - 1 <= len(pairs) <= worlds  # one world's days may lie about the end of the span


def test_dates_lie_in_the_months_asked_for(originals: Originals) -> None:
    dates = {copy.date for copy in some(originals, 500)}
    assert min(dates) < datetime.date(2015, 1, 20)
    assert max(dates) > datetime.date(2015, 6, 10)
    assert {date.month for date in dates} == set(range(1, 7))
    assert SPAN.days == 181


def test_tiny_articles_are_paragraphs_one_a_day(folder: Path) -> None:
    copies = some(read_originals(folder, is_tiny=True), 300)
    assert len({identify(copy.text) for copy in copies}) == 300
    assert max(len(copy.text) for copy in copies) < 600
    assert not [copy.text for copy in copies if "\n" in copy.text]
    assert [copy.date for copy in copies[:3]] == [datetime.date(2015, 1, day) for day in (1, 2, 3)]


@pytest.mark.parametrize("layout", Layout)
def test_a_corpus_is_ingested_as_it_was_made(
    layout: Layout, originals: Originals, tmp_path: Path, run_locally: Callable[..., Run]
) -> None:
    copies = some(originals, 20)
    written = write_corpus(copies, tmp_path / "corpus", layout)
    side_file = tmp_path / "corpus" / SIDE_FILE
    raw, processed = tmp_path / "corpus" / "raw", tmp_path / "processed"
    run_locally(raw, processed, metadata=side_file if layout is Layout.SIDE_FILE else None)
    found = {(a["article_id"], a["outlet"], a["published_date"]) for a in rows(processed, "articles")}
    assert found == {(identify(copy.text), copy.outlet, copy.date) for copy in copies}
    assert written == (20, sum(f.stat().st_size for f in raw.rglob("*") if f.is_file()))


@pytest.fixture(scope="module")
def words() -> Words:
    return collect_words(story(number) for number in range(16))


@pytest.mark.parametrize(
    ("paragraph", "is_loose"),
    [
        pytest.param("Anna Abend met Beth Brandt. Clara Colm met Dora Dorn.", True, id="facts"),
        pytest.param("Anna Abend met Beth Brandt. She met Dora Dorn.", False, id="pronoun"),
        pytest.param("Anna Abend met Beth Brandt. “Clara Colm met Dora Dorn.”", False, id="quoted"),
        pytest.param("Anna Abend met Beth Brandt. But Clara Colm met Dora Dorn.", False, id="connective"),
        pytest.param("Anna Abend met Mr. Brandt and Clara Colm and Dora Dorn.", False, id="title-is-no-end"),
    ],
)
def test_sentences_change_places_where_nothing_leans_on_their_order(
    paragraph: str, is_loose: bool, words: Words
) -> None:
    template = make_template(f"Emma Eklund came.\n\n{paragraph}\n\nFreya Frisk left.", words)
    assert template is not None
    assert max(map(len, template.blocks)) == (2 if is_loose else 1)


@pytest.mark.parametrize(
    ("text", "changing"),
    [
        pytest.param("Anna Abend’s pier", ["Anna", "Abend"], id="possessive"),
        pytest.param("in the U.S. Abend won", ["Abend"], id="initials"),
        pytest.param("on Monday in Ristby", ["Ristby"], id="weekday"),
        pytest.param("by May 4 some 41,750 came", ["41,750"], id="day-of-month"),
        pytest.param("since 2016 some 42,750 came", ["42,750"], id="year"),
        pytest.param("at 41:750 or 9/11", [], id="time"),
        pytest.param("Ships come, Buses stop", [], id="words-that-begin-sentences"),
    ],
)
def test_which_words_change(text: str, changing: list[str], words: Words) -> None:
    assert Piece.of(text, words).parts[1::2] == changing
