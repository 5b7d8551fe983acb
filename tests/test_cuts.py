"""Where the rows of a partition are cut into files, and what of it an article that comes or goes changes."""

import datetime as dt
import hashlib
import itertools
import random
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.building.file_rows import KEY, FileRows, Staged
from flows.building.fragments import Fragment
from flows.building.layout import Changes, lay_out
from flows.dataset import FileEntry
from flows.dataset.version import Stretch
from transforms.cuts import FIRST, date_of, file_of, find_cuts, id_of, key_of, parse_file, parse_path, path_of
from transforms.schemas import ARTICLES, QUOTES, Table

Article = tuple[dt.date | None, str]
MARCH = (2016, 3)


def article(number: int, has_date: bool = True) -> Article:
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    return dt.date(2016, 3, int(digest[40:44], 16) % 31 + 1) if has_date else None, digest[:32]


def rows(articles: Sequence[Article]) -> pa.Table:
    dicts = [{"published_date": date, "article_id": article_id} for date, article_id in articles]
    return pa.Table.from_pylist(dicts, ARTICLES.schema.empty_table().select(KEY).schema)


def keys(articles: Sequence[Article]) -> list[str]:
    return sorted(key_of(*a) for a in articles)


def files(articles: Sequence[Article], most: int) -> dict[str, list[str]]:
    """Return the keys of each file, by that at which it starts."""
    in_order = keys(articles)
    cuts = [*find_cuts(pa.array(in_order, pa.string()), most=most), len(in_order)]
    return {in_order[i] if i else FIRST: in_order[i:j] for i, j in itertools.pairwise(cuts)}


@pytest.mark.parametrize(
    ("date", "start", "name"),
    [
        pytest.param(None, FIRST, "part-0.parquet", id="first"),
        pytest.param(dt.date(2016, 3, 9), "2016-03-09-" + "0" * 32, f"part-2016-03-09-{'0' * 32}.parquet", id="dated"),
        pytest.param(dt.date(99, 3, 9), "0099-03-09-" + "f" * 32, f"part-0099-03-09-{'f' * 32}.parquet", id="early"),
        pytest.param(None, "0" * 32, f"part-{'0' * 32}.parquet", id="undated"),
    ],
)
def test_name_of_a_file(date: dt.date | None, start: str, name: str) -> None:
    assert (file_of(start), parse_file(name), date_of(start)) == (name, start, date)
    assert start == FIRST or key_of(date, id_of(start)) == start


@pytest.mark.parametrize(
    "name",
    [
        "part-1.parquet",
        "part-.parquet",
        "part-0.parquet.tmp",
        "part-00.parquet",
        "x.parquet",
        f"part-{'g' * 32}.parquet",
    ],
)
def test_other_names(name: str) -> None:
    with pytest.raises(ValueError, match="no name of a file"):
        parse_file(name)


def test_paths_lead_back() -> None:
    path = path_of(QUOTES, MARCH, "2016-03-09-" + "a" * 32)
    assert path == f"quotes/year=2016/month=3/part-2016-03-09-{'a' * 32}.parquet"
    assert parse_path(path) == (MARCH, "2016-03-09-" + "a" * 32)
    with pytest.raises(ValueError, match="in no folder"):
        parse_path("quotes/year=2016/month=03/part-0.parquet")


@given(st.sets(st.integers(0, 999)), st.booleans(), st.integers(1, 9))
def test_names_are_in_the_order_of_keys(numbers: set[int], has_date: bool, most: int) -> None:
    starts = list(files([article(n, has_date) for n in numbers], most))
    assert sorted(map(file_of, starts)) == list(map(file_of, starts))


@given(st.sets(st.integers(0, 999)), st.booleans(), st.integers(1, 9))
def test_no_file_is_too_large(numbers: set[int], has_date: bool, most: int) -> None:
    articles = [article(n, has_date) for n in numbers]
    cut = files(articles, most)
    assert [key for part in cut.values() for key in part] == keys(articles)
    assert all(len(part) <= most for part in cut.values())
    assert len(cut) == 1 or len(articles) > most


def test_undated_articles_are_not_cut_one_by_one() -> None:
    """They are in the order of their ids: what cuts them must have nothing to do with that."""
    sizes = [len(part) for part in files([article(n, has_date=False) for n in range(4000)], 100).values()]
    assert 40 < sum(sizes) / len(sizes) < 60


@given(st.sets(st.integers(0, 999), min_size=1), st.integers(1, 9), st.data())
def test_one_key_stands_for_a_file(numbers: set[int], most: int, data: st.DataObject) -> None:
    articles = [article(n) for n in numbers]
    parts = list(files(articles, most).items())
    opened = data.draw(st.sets(st.integers(0, len(parts) - 1)))
    known: list[tuple[str, int]] = []
    for i, (start, part) in enumerate(parts):
        known += [(key, 1) for key in part] if i in opened else [(start, len(part))]
    counts = [count for _, count in known]
    found = find_cuts(pa.array([key for key, _ in known]), cast("Any", counts), most)
    assert [known[i][0] if i else FIRST for i in found] == [start for start, _ in parts]


class Present:
    """The files of a partition, of which only dates and ids are there."""

    def __init__(self, folder: Path, articles: Sequence[Article], most: int, has_one_file: bool = False) -> None:
        self.stretches = []
        by_key = {key_of(*a): a for a in articles}
        cut = {FIRST: keys(articles)} if has_one_file else files(articles, most)
        for start, part in cut.items() if articles else ():
            own = [by_key[key] for key in part]
            path = folder / file_of(start)
            pq.write_table(rows(own), path)
            dates = [date.isoformat() for date, _ in own if date]
            entry = FileEntry(len(own), 1, "", min(dates, default=None), max(dates, default=None))
            self.stretches.append(Stretch(start, {ARTICLES.name: path}, entry))
        self.parts = cut

    def dropped(self, gone: Sequence[Article]) -> dict[str, frozenset[str]]:
        """Return the articles that go by the key at which their stretch starts."""
        names = {key_of(*a) for a in gone}
        found = {start: frozenset(id_of(key) for key in part if key in names) for start, part in self.parts.items()}
        return {start: ids for start, ids in found.items() if ids}


class NewArticles(Staged):
    """What a fragment holds, of which only dates and ids are there."""

    __slots__ = ()

    def read(self, table: Table, columns: list[str] | None = None) -> pa.Table:
        assert (table, columns) == (ARTICLES, KEY)
        return cast("Any", self.fragment)


def new(articles: Sequence[Article]) -> Staged:
    return NewArticles(cast("Fragment", rows(articles)), MARCH, frozenset())


def contents(file: FileRows) -> list[str]:
    """Return the keys of a file's articles, as a merge finds them."""
    present = [a for a in pairs(file.present_rows(ARTICLES, KEY)) if a[1] not in file.dropped]
    staged = [a for s in file.staged for a in pairs(s.read(ARTICLES, KEY))]
    own = [key for key in keys(staged) if file.start <= key and (file.end is None or key < file.end)]
    assert (len(own) < len(staged)) is file.is_spread
    return sorted([*keys(present), *own])


def pairs(articles: pa.Table) -> list[Article]:
    return [(row["published_date"], row["article_id"]) for row in articles.to_pylist()]


@settings(max_examples=200)
@given(st.integers(0, 2**32), st.booleans(), st.integers(1, 12), st.booleans())
def test_what_comes_and_goes_leads_to_the_files_of_what_is_there(
    seed: int, has_date: bool, most: int, is_old: bool
) -> None:
    """And what stays is no merge's business; one may come again that goes, and be in several fragments."""
    chance = random.Random(seed)
    before = {n for n in range(60) if chance.random() < 0.5}
    come, go = (set(chance.sample(range(80), chance.randrange(n))) for n in (5, 12))
    old = [article(n, has_date) for n in before]
    gone = [article(n, has_date) for n in before & go]
    fresh = [article(n, has_date) for n in come - (before - go)]
    expected = files([*(set(old) - set(gone)), *fresh], most)
    chance.shuffle(fresh)
    half = len(fresh) // 2
    with TemporaryDirectory() as folder:
        present = Present(Path(folder), old, most, is_old)
        staged = tuple(new(part) for part in (fresh[:half], fresh[half:]) if part)
        changes = Changes(MARCH if has_date else (0, 0), present.stretches, present.dropped(gone), staged=staged)
        if changes.is_none:
            return
        laid_out = lay_out(changes, most).files
        assert {file.start: contents(file) for file in laid_out} == expected
        assert [file.end for file in laid_out] == [*list(expected)[1:], None]
        replaced = [path for file in laid_out for path in file.replaced]
        assert sorted(replaced) == sorted(path_of(ARTICLES, changes.partition, s.start) for s in present.stretches)
        came_and_went = {i for _, i in [*gone, *fresh]}
        for file in laid_out:
            is_as_before = present.parts.get(file.start) == expected[file.start] and len(file.replaced) == 1
            is_touched = not came_and_went.isdisjoint(map(id_of, expected[file.start]))
            assert file.is_changed is (is_touched or not is_as_before)
        for file in laid_out:
            dates = [date.isoformat() for key in contents(file) if (date := date_of(key))]
            assert not dates or (str(file.first) <= min(dates) and max(dates) <= str(file.last))
