"""What must hold of each transform whatever it is given; the properties of one function alone are beside its cases."""

import codecs
import csv
import datetime as dt
import html
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from newsprint import COPY, PLAIN, SENTENCES

from drills.fuzzing.rows import breaches, is_clean
from flows.building.corrections import correct_rows
from flows.building.file_rows import FileRows
from transforms.articles import RawArticle, identify
from transforms.bylines import byline_date, parse_byline
from transforms.correction_decisions import Correction, first_line
from transforms.correction_files import parse_corrections
from transforms.counts import recount
from transforms.datelines import dateline_date, is_dateline, starts_with_dateline
from transforms.duplicates import fingerprint
from transforms.encodings import Unreadable, decode
from transforms.entities import decode_entities
from transforms.fields import Metadata, parse_fields, printed
from transforms.front_matter import split_front_matter
from transforms.ledger import resolve
from transforms.originals import find_originals
from transforms.partitions import PERIODS, folder_of, neighbours, parse_folder, partition_of
from transforms.path_index import PathIndex, as_key
from transforms.paths import parse_path
from transforms.quotes.pairs import find_pairs
from transforms.schemas import ARTICLES, FILES, FINGERPRINTS, PARAGRAPHS, QUOTES, UNCORRECTED
from transforms.sentences import count_sentences
from transforms.side_files import parse_side_file
from transforms.tables import Tables, build_tables
from transforms.text import count_words, normalise, repair
from transforms.wrapping import unwrap

DATES = st.dates(dt.date(1600, 1, 1), dt.date(2199, 12, 31))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
HEADERS = st.sampled_from(
    ["path", "file", "title", "Headline", "author(s)", "date", "timestamp", "language", "outlet", "", "notes"]
)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-32")


# Bytes and text


@given(COPY.filter(lambda text: text.strip("\0\ufeff \n\t\r\f\v") and "\0" not in text), st.sampled_from(ENCODINGS))
def test_text_in_unicode_is_decoded_as_it_was(text: str, encoding: str) -> None:
    raw = text.encode(encoding)
    try:
        decoded, found = decode(raw)
    except Unreadable:
        return
    if not re.search(rb"\x1b\$[B@]", raw):
        assert decoded == text.lstrip("\ufeff")
        assert found.startswith(encoding[:5])
    assert codecs.lookup(found)


@given(COPY)
def test_normalised_text_is_clean_and_stays(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert is_clean(once)
    assert all(p and p == p.strip() and "  " not in p and "\n" not in p for p in once.split("\n\n") if once)


@given(PLAIN)
def test_normalising_loses_no_letter_or_digit(text: str) -> None:
    if any(c.isalnum() for c in unicodedata.normalize("NFKC", text)):
        assert identify(normalise(text)) == identify(text)


@settings(max_examples=50)
@given(st.lists(COPY, max_size=4))
def test_repair_looks_at_each_line_alone(texts: list[str]) -> None:
    whole = "\n".join(texts)
    assert repair(whole) == "\n".join(map(repair, whole.split("\n")))
    assert repair(repair(whole)) == repair(whole)


@given(COPY)
def test_unwrapped_text_has_no_more_to_unwrap(text: str) -> None:
    once = unwrap(text)
    assert unwrap("\n\n".join(once)) == once


@given(PLAIN.map(lambda text: re.sub("[&<>]", "", text) + '"\'"'))
def test_escaped_text_is_what_it_was(text: str) -> None:
    assert decode_entities(html.escape(text)) == text
    assert decode_entities(text) == text


@given(COPY)
def test_words_and_sentences_are_counted(text: str) -> None:
    for paragraph in normalise(text).split("\n\n"):
        words = count_words(paragraph)
        assert (words > 0) == any(c.isalnum() for c in paragraph)
        assert (count_sentences(paragraph) > 0) == (words > 0)


# What an article says of itself


@settings(max_examples=50)
@given(st.fixed_dictionaries({"title": PLAIN, "author": PLAIN, "notes": PLAIN}), DATES, COPY)
def test_front_matter_is_read_as_it_was_written(said: dict[str, str], date: dt.date, body: str) -> None:
    block = yaml.safe_dump({**said, "date": date}, allow_unicode=True)
    metadata, rest = split_front_matter(f"---\n{block}---\n{body}")
    if (metadata, rest) != (Metadata(), f"---\n{block}---\n{body}"):  # too long, or nested by its looks
        assert rest == body
        assert metadata.published_date == date
        assert metadata.title == printed(said["title"])


@settings(max_examples=50)
@given(COPY, COPY)
def test_front_matter_of_any_kind_is_no_text_below(block: str, body: str) -> None:
    for text in (f"---\n{block}\n---\n{body}", f"+++\n{block}\n+++\n{body}", f"Title: {block}\n{body}", block + body):
        metadata, rest = split_front_matter(text)
        assert text.endswith(rest)
        assert rest == text or metadata is not None


@given(st.dictionaries(HEADERS, JSON))
def test_fields_of_any_record_can_be_printed(record: dict[str, object]) -> None:
    metadata = parse_fields(record)
    for text in (metadata.title, metadata.byline, metadata.outlet, metadata.language):
        assert text is None or (text and text.encode() and text == " ".join(text.split()))
    assert metadata.digest() == parse_fields(dict(record)).digest()


@given(COPY | DATES.map(lambda date: f"HARBY, {date:%B %d, %Y} — ") | DATES.map(lambda date: f"By Ida Moen, {date}"))
def test_a_date_is_printed_where_it_was_found(paragraph: str) -> None:
    for date in (dateline_date(paragraph), byline_date(paragraph)):
        assert date is None or str(date.year) in paragraph
    assert dateline_date(paragraph) is None or is_dateline(paragraph) or starts_with_dateline(paragraph)


@given(COPY)
def test_authors_are_printed_in_their_byline(paragraph: str) -> None:
    for text in (paragraph, f"By {paragraph}"):
        names = parse_byline(text)
        assert names is None or (names and names in text)


# Files of people


@given(COPY | st.lists(st.lists(HEADERS | COPY, max_size=3).map(",".join), max_size=5).map("\n".join), st.data())
def test_any_side_file_is_read_or_refused(text: str, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["m.csv", "m.tsv", "m.txt", "m.jsonl", "m.CSV.gz"]))
    try:
        side_file = parse_side_file(text, name)
    except ValueError:
        return
    coverage = side_file.coverage(["a.txt"])
    assert coverage.described == (side_file.lookup("a.txt") is not None)


@settings(max_examples=50)
@given(st.dictionaries(st.from_regex(r"[a-z]{1,3}(/[a-z]{1,3}){0,2}\.txt", fullmatch=True), st.tuples(PLAIN, DATES)))
def test_a_side_file_says_what_was_written(rows: dict[str, tuple[str, dt.date]]) -> None:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(["path", "title", "date"])
    writer.writerows((path, title, date) for path, (title, date) in rows.items())
    lines = [json.dumps({"path": path, "title": title, "date": str(date)}) for path, (title, date) in rows.items()]
    for text, name in ((written.getvalue(), "m.csv"), ("\n".join(lines), "m.jsonl")):
        side_file = parse_side_file(text, name)
        for path, (title, date) in rows.items():
            assert side_file.lookup(path) == Metadata(title=printed(title), published_date=date)


ROW_CELLS = ["0a" * 16, "1", "5", "Ola", "mk", "-", '"', '"Ola, Brandt"', "scare", "quotation", "", "99999999999", "x"]


@settings(max_examples=50)
@given(st.lists(st.lists(st.sampled_from(ROW_CELLS) | PLAIN, max_size=8).map(",".join), max_size=5))
def test_each_line_of_corrections_counts_or_is_refused(lines: list[str]) -> None:
    text = "\n".join(["article_id,start,end,speaker,kind,decided_by", *lines])
    numbers = {number for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1) if line.strip(", \t\r\n")}
    corrections = parse_corrections(text)
    standing = {n for decided in corrections.lines.values() for correction in decided for n in correction.numbers}
    told = {first_line(message) for message in (*corrections.notes, *corrections.problems)}
    assert standing | told <= numbers
    assert all(correction.start < correction.end for decided in corrections.lines.values() for correction in decided)


@given(COPY)
def test_any_corrections_file_is_read_or_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"column|empty|marks"):
        parse_corrections(text)


# Paths


@given(COPY.map(lambda text: f"a/{text}"), DATES, st.from_regex(r"[a-z][a-z-]{0,8}", fullmatch=True))
def test_a_path_tells_its_outlet_and_date(above: str, date: dt.date, outlet: str) -> None:
    for path in (f"{outlet}/{date:%Y/%m/%d}/story.txt", f"{outlet}/{date}/story.txt.gz", f"{outlet}_{date}_story.txt"):
        assert parse_path(path) == Metadata(outlet=outlet, published_date=date)
    assert parse_path(above).published_date is None or re.search(r"\d{4}", above)


@given(st.lists(st.from_regex(r"([a-c]{1,2}/){0,2}[a-c]{1,2}\.txt", fullmatch=True), min_size=1, unique=True))
def test_a_path_finds_itself_first(keys: list[str]) -> None:
    index = PathIndex(keys)
    for key in keys:
        assert as_key(as_key(key)) == as_key(key)
        assert list(index.find(key)) == [key]
        assert key in [k for k in index.find(f"above/{key}") if key.endswith(k)]


# Partitions, the ledger, duplicates


PARTITIONS = st.builds(partition_of, st.none() | DATES, st.just("month"))


@given(st.none() | DATES, st.sampled_from(PERIODS))
def test_a_partitions_folder_says_which_it_is(date: dt.date | None, by: str) -> None:
    partition = partition_of(date, by)  # type: ignore[arg-type]
    assert parse_folder(folder_of(partition)) == partition


@given(st.sets(PARTITIONS, max_size=8), st.integers(0, 400))
def test_neighbours_are_neighbours_of_each_other(partitions: set[tuple[int, ...]], days: int) -> None:
    near = neighbours(partitions, days)
    assert set(near) == partitions
    assert all(one in near[other] for one, others in near.items() for other in others)
    assert not any(one in others or len(others) != len(set(others)) for one, others in near.items())


LEDGER_ROWS = st.dictionaries(
    st.sampled_from("abcdef"),
    st.tuples(st.sampled_from(["ingested", "ingested", "rejected", "removed"]), st.sampled_from("XYZ")),
)


def files_of(rows: Sequence[tuple[str, tuple[str, str]]]) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "raw_path": [path for path, _ in rows],
            "status": [status for _, (status, _) in rows],
            "reason": [None if status == "ingested" else "why" for _, (status, _) in rows],
            "article_id": [article if status == "ingested" else None for _, (status, article) in rows],
        }
    )
    stamp = pd.Timestamp(0, tz="UTC")
    frame = frame.assign(size=1, modified=stamp, rules_version=1, run_id="r", finished_at=stamp)
    return FILES.conform(frame).to_pandas()


@settings(max_examples=20, deadline=None)
@given(LEDGER_ROWS, LEDGER_ROWS, st.randoms(use_true_random=False), st.sets(st.sampled_from("XYZ")))
def test_the_ledger_has_each_path_once_in_any_order(
    present: dict[str, tuple[str, str]], staged: dict[str, tuple[str, str]], random: object, forgotten: set[str]
) -> None:
    ledger = resolve(files_of([]), files_of(sorted(present.items()))).ledger
    resolved = resolve(ledger, files_of(sorted(staged.items())), frozenset(forgotten))
    assert resolved.ledger["raw_path"].tolist() == sorted({*present, *staged})
    shuffled = list(staged.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = resolve(ledger, files_of(shuffled), frozenset(forgotten))
    pd.testing.assert_frame_equal(again.ledger, resolved.ledger)
    assert (list(again.carriers), again.dropped) == (list(resolved.carriers), resolved.dropped)
    alive = resolved.ledger[resolved.ledger["status"].isin(("ingested", "duplicate"))]
    assert not set(alive["article_id"]) & forgotten
    ingested = alive[alive["status"] == "ingested"]
    assert ingested["article_id"].is_unique
    assert set(ingested["article_id"]) == set(alive["article_id"])


@settings(max_examples=40, deadline=None)
@given(st.lists(SENTENCES, min_size=1, max_size=6, unique=True), st.randoms(use_true_random=False), st.data())
def test_originals_are_the_same_in_any_order(bodies: list[str], random: object, data: st.DataObject) -> None:
    dates = st.none() | st.dates(dt.date(2025, 3, 1), dt.date(2025, 3, 20))
    texts = ["".join(bodies[: size + 1]) * 3 for size in range(len(bodies))] * 2
    prints = [(f"{at:02d}", data.draw(dates), fingerprint(text)) for at, text in enumerate(texts)]
    rows = [dict(zip(FINGERPRINTS.schema.names, row, strict=True)) for row in prints]
    originals = find_originals(pa.Table.from_pylist(rows, FINGERPRINTS.schema))
    random.shuffle(rows)  # type: ignore[attr-defined]
    assert find_originals(pa.Table.from_pylist(rows, FINGERPRINTS.schema)) == originals
    assert not any(one == other for one, other in originals.items())


# Quotes and whole tables


@given(COPY)
def test_marked_stretches_nest_or_stand_apart(text: str) -> None:
    for paragraph in normalise(text).split("\n\n"):
        pairs = find_pairs(paragraph)
        for pair in pairs:
            assert 0 <= pair.outer_start < pair.start <= pair.end <= pair.outer_end <= len(paragraph)
            assert pair.is_closed or pair.end == pair.outer_end == len(paragraph)
        for one, other in ((a, b) for a in pairs for b in pairs if a.outer_start < b.outer_start):
            assert other.outer_start >= one.outer_end or other.outer_end <= one.outer_end


SIDE = st.builds(
    Metadata, title=st.none() | COPY, byline=st.none() | COPY, outlet=st.none() | COPY, published_date=st.none() | DATES
)


def raw_articles() -> st.SearchStrategy[list[RawArticle]]:
    """Articles of several paths; now and then two have one text."""
    texts = (COPY | st.sampled_from(["“It rained,” said Ola Brandt.", "", "Pier opens\n\nIt rained."])).map(str.encode)
    side = SIDE.flatmap(lambda said: st.sampled_from([None, said, Metadata(language="en"), Metadata(language="da")]))
    articles = st.lists(st.tuples(texts, side), max_size=4)
    return articles.map(
        lambda found: [
            RawArticle(f"herald/2025-03-{at + 1:02d}/{at}.txt", content, metadata=said)
            for at, (content, said) in enumerate(found)
        ]
    )


@settings(max_examples=40, deadline=None)
@given(raw_articles())
def test_the_rows_of_any_articles_are_sound(raws: list[RawArticle]) -> None:
    tables = build_tables(raws)
    assert list(breaches(tables)) == []
    assert sorted([*tables.read["raw_path"], *tables.rejects["raw_path"]]) == [raw.raw_path for raw in raws]
    again = recount(tables.articles, tables.paragraphs, tables.quotes)
    for counted, table in zip(again, (tables.articles, tables.paragraphs), strict=True):
        pd.testing.assert_frame_equal(counted, table)


def rows_of(tables: Sequence[Tables]) -> dict[str, Counter[str]]:
    """Return all rows as text, however often each is there."""
    rows: dict[str, Counter[str]] = {}
    for made in tables:
        for table in (ARTICLES, PARAGRAPHS, QUOTES, FINGERPRINTS):
            conformed = table.conform(getattr(made, table.name)).to_pylist()
            rows.setdefault(table.name, Counter()).update(map(repr, conformed))
        for name in ("read", "rejects"):
            rows.setdefault(name, Counter()).update(map(repr, getattr(made, name).to_dict("records")))
    return rows


@settings(max_examples=15, deadline=None)
@given(raw_articles(), st.integers(0, 4))
def test_rows_are_the_same_however_batches_are_cut(raws: list[RawArticle], cut: int) -> None:
    identified = build_tables(raws).read.drop_duplicates("article_id")["raw_path"]
    raws = [raw for raw in raws if raw.raw_path in set(identified)]  # of copies in two batches the merge takes one
    assert rows_of([build_tables(raws[:cut]), build_tables(raws[cut:])]) == rows_of([build_tables(raws)])
    assert rows_of([build_tables(raws[::-1])]) == rows_of([build_tables(raws)])


DECIDED = st.sampled_from([
    {"kind": "scare"}, {"kind": "quotation"}, {"speaker": "Ola Brandt"}, {"speaker": None}, {"polarity": "denied"},
    {"kind": "no_comment", "quote_type": "indirect"}, {"parent_id": None}, {"speaker": "Ida", "speaker_kind": "person"},
])  # fmt: skip


STORED = {table.name: table for table in (ARTICLES, PARAGRAPHS, QUOTES, UNCORRECTED)}


def written(folder: Path, tables: dict[str, pa.Table]) -> FileRows:
    """Write a partition's tables, and return it without corrections."""
    folder.mkdir()
    paths = {name: folder / f"{name}.parquet" for name in STORED}
    for name, path in paths.items():
        pq.write_table(tables[name], path)
    return FileRows((2025, 3), (paths,))


@settings(max_examples=8, deadline=None)
@given(raw_articles(), st.data())
def test_corrections_that_are_taken_back_leave_what_was(raws: list[RawArticle], data: st.DataObject) -> None:
    made = build_tables([*raws, RawArticle("herald/2025-03-09/9.txt", "“It rained,” said Ola.\n\n“Oh.”".encode())])
    before = {table.name: table.conform(getattr(made, table.name)) for table in (ARTICLES, PARAGRAPHS, QUOTES)}
    before[UNCORRECTED.name] = UNCORRECTED.schema.empty_table()
    lines: dict[str, tuple[Correction, ...]] = {}
    for row in before[QUOTES.name].to_pylist():
        if values := data.draw(st.none() | DECIDED):
            line = Correction(row["start"], row["end"], values, "mk", (2,))
            lines[row["article_id"]] = (*lines.get(row["article_id"], ()), line)
    with TemporaryDirectory() as folder:
        rows = written(Path(folder, "1"), before)
        corrected = correct_rows(replace(rows, corrections=lines))
        tables = {name: corrected.put_into(before[name], table) for name, table in STORED.items()}
        rows = written(Path(folder, "2"), tables)
        restored = correct_rows(replace(rows, corrections=dict.fromkeys(lines, ())))
        after = {name: restored.put_into(tables[name], table) for name, table in STORED.items()}
    for name, table in STORED.items():
        keys = [(key, "ascending") for key in table.key]
        assert after[name].sort_by(keys).to_pylist() == before[name].sort_by(keys).to_pylist()
