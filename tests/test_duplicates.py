"""Which article is a near-duplicate of which."""

import datetime
import hashlib
import re
import zlib
from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.duplicates import fingerprint
from transforms.duplicates import fingerprint_articles as fingerprints_of
from transforms.originals import find_originals
from transforms.schemas import DUPLICATE_WINDOW_DAYS, FINGERPRINTS
from transforms.signatures import PERMUTATIONS, signatures

DAY = datetime.date(2016, 3, 1)
BODY = " ".join(f"w{i}" for i in range(60))
SIGNATURE = fingerprint(BODY)


def on(day: int | None) -> datetime.date | None:
    return None if day is None else DAY + datetime.timedelta(days=day)


def originals(fingerprints: Iterable[tuple[str, datetime.date | None, bytes | None]]) -> dict[str, str]:
    return find_originals(table(fingerprints))


def table(fingerprints: Iterable[tuple[str, datetime.date | None, bytes | None]]) -> pa.Table:
    rows = [dict(zip(FINGERPRINTS.schema.names, row, strict=True)) for row in fingerprints]
    return pa.Table.from_pylist(rows, FINGERPRINTS.schema)


def same_story(**days: int | None) -> dict[str, str]:
    """Return the originals of articles with one body and the given ids and days."""
    return originals((i, on(day), SIGNATURE) for i, day in days.items())


def body(seed: int, changed: int) -> str:
    """Return 204 different words, so 200 shingles; each changed word at the end makes another of them differ."""
    return " ".join([f"w{seed}x{i}" for i in range(204 - changed)] + [f"c{seed}x{i}" for i in range(changed)])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("changed", "jaccard", "is_duplicate"),
    [
        pytest.param(0, 1.0, True, id="same-words"),
        pytest.param(10, 0.90, True, id="a-sentence-changed"),
        pytest.param(16, 0.85, True, id="above"),
        pytest.param(36, 0.69, False, id="below"),
        pytest.param(100, 0.33, False, id="half-of-it"),
    ],
)
def test_jaccard_of_the_shingles_decides(seed: int, changed: int, jaccard: float, is_duplicate: bool) -> None:
    assert (200 - changed) / (200 + changed) == pytest.approx(jaccard, abs=0.006)
    pair = [(i, DAY, fingerprint(body(seed, c))) for i, c in (("a", 0), ("b", changed))]
    assert originals(pair) == ({"b": "a"} if is_duplicate else {})


@pytest.mark.parametrize(
    ("differing", "is_duplicate"),
    [pytest.param(25, True, id="103-of-128-is-0.805"), pytest.param(26, False, id="102-of-128-is-0.797")],
)
def test_threshold_is_exact_on_signatures(differing: int, is_duplicate: bool) -> None:
    assert SIGNATURE is not None
    minima = np.frombuffer(SIGNATURE, "<u4").copy()
    minima[:differing] += 1
    pair = [("a", DAY, SIGNATURE), ("b", DAY, minima.tobytes())]
    assert originals(pair) == ({"b": "a"} if is_duplicate else {})


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param({"a": 0, "b": DUPLICATE_WINDOW_DAYS}, {"b": "a"}, id="7-days"),
        pytest.param({"a": 0, "b": DUPLICATE_WINDOW_DAYS + 1}, {}, id="8-days"),
        pytest.param({"a": 1, "b": 0}, {"a": "b"}, id="earlier-date-before-smaller-id"),
        pytest.param({"a": 0, "b": 0}, {"b": "a"}, id="same-date-smaller-id"),
        pytest.param({"a": 2, "b": 1, "c": 3}, {"a": "b", "c": "b"}, id="earliest-of-three"),
        pytest.param({"a": 0, "b": 6, "c": 12}, {"b": "a", "c": "b"}, id="chain-longer-than-the-window"),
        pytest.param({"a": None, "b": None}, {"b": "a"}, id="undated-both"),
        pytest.param({"a": None, "b": 0}, {}, id="undated-and-dated"),
        pytest.param({"a": 0}, {}, id="alone"),
        pytest.param({}, {}, id="none"),
    ],
)
def test_dates_and_ids_choose_the_original(days: dict[str, int | None], expected: dict[str, str]) -> None:
    assert same_story(**days) == expected


ARTICLES = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3), st.none() | st.integers(0, 20), min_size=1, max_size=8
)


@settings(max_examples=40, deadline=None)
@given(ARTICLES, st.randoms(use_true_random=False))
def test_order_of_arrival_does_not_matter(days: dict[str, int | None], random: object) -> None:
    shuffled = list(days.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert same_story(**dict(shuffled)) == same_story(**days)


@settings(max_examples=40, deadline=None)
@given(ARTICLES)
def test_articles_out_of_the_window_do_not_matter(days: dict[str, int | None]) -> None:
    """A merge gives only the neighbours: each answer must be the same as from all."""
    found = same_story(**days)
    for article, day in days.items():
        near = {
            i: d
            for i, d in days.items()
            if (d is day is None) or (d is not None and day is not None and abs(d - day) <= 7)
        }
        assert same_story(**near).get(article) == found.get(article)


@pytest.mark.parametrize(
    ("text", "has_signature"),
    [
        pytest.param("It was raining on Monday", True, id="5-words"),
        pytest.param("It was raining – on — … Monday", True, id="marks-are-no-words"),
        pytest.param("It was raining again", False, id="4-words"),
        pytest.param("", False, id="empty"),
    ],
)
def test_short_body_has_no_signature(text: str, has_signature: bool) -> None:
    signature = fingerprint(text)
    assert (signature is not None) is has_signature
    assert signature is None or len(signature) == 4 * PERMUTATIONS


def test_articles_without_signature_are_no_duplicates() -> None:
    assert originals([("a", DAY, None), ("b", DAY, None)]) == {}


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        pytest.param(BODY.upper(), True, id="case"),
        pytest.param(BODY.replace(" ", ",\n“"), True, id="marks-and-wrapping"),
        pytest.param(f"{BODY} more", False, id="one-word-more"),
    ],
)
def test_signature_is_of_the_words(other: str, is_same: bool) -> None:
    assert (fingerprint(other) == SIGNATURE) is is_same


def test_signature_is_the_same_in_every_process_and_release() -> None:
    """Signatures are stored: one that differs would silently match nothing that is there already."""
    assert SIGNATURE is not None
    assert hashlib.sha256(SIGNATURE).hexdigest() == "dc81714daa1a4d08fbcce1cdc5f6139585b0bf6d5ed943ad3ac6f008f83f8297"


def signature_of(body: str) -> bytes | None:
    """Return a body's signature by datasketch, from the sums of its shingles written out."""
    hashes = [zlib.crc32(word.encode()) for word in re.findall(r"\w+", body.casefold())]
    powers = [pow(0x9E3779B97F4A7C15, i, 1 << 64) for i in range(1, 6)]
    runs = zip(*(hashes[i:] for i in range(5)), strict=False)
    shingles = [sum(h * p for h, p in zip(run, powers, strict=True)) % (1 << 64) >> 32 for run in runs]
    minhash = MinHash(num_perm=PERMUTATIONS, scheme="affine32", hashfunc=int)
    minhash.update_batch(shingles)
    return minhash.hashvalues.astype("<u4").tobytes() if shingles else None


WORDS = st.text("ab é’—.\n_½ßİ一\x1c", max_size=90) | st.text(max_size=60) | st.text("a ", min_size=300, max_size=600)


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, max_size=5))
def test_signatures_are_those_of_datasketch(bodies: list[str]) -> None:
    bodies = [*bodies, "a b c d " + "x" * 24 + " " + "y" * 25, "many words " * 3_000]
    assert signatures(bodies) == [signature_of(body) for body in bodies]


def test_only_the_body_counts() -> None:
    articles = pd.DataFrame({"article_id": ["a", "b"], "published_date": [DAY, None]})
    paragraphs = pd.DataFrame(
        [("a", "title", "A headline of more than five words"), ("a", "body", BODY), ("b", "caption", BODY)],
        columns=["article_id", "kind", "text"],
    )
    found = fingerprints_of(articles, paragraphs)
    assert found.to_dict("records") == [
        {"article_id": "a", "published_date": DAY, "signature": SIGNATURE},
        {"article_id": "b", "published_date": None, "signature": None},
    ]


SIGNATURES = st.lists(st.integers(0, 3), min_size=PERMUTATIONS, max_size=PERMUTATIONS).map(
    lambda minima: np.array(minima, "<u4").tobytes()
)
FEW = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.tuples(st.none() | st.integers(0, 20).map(on), st.sampled_from([0, 10, 20, 30, 120])),
    min_size=2,
)


@given(SIGNATURES, FEW, st.sets(st.sampled_from("abcdefgh")), st.sets(st.sampled_from("abcdefgh")))
def test_some_articles_among_others(
    signature: bytes, few: dict[str, tuple[datetime.date | None, int]], of: set[str], among: set[str]
) -> None:
    """What is said of some articles is what is said of all, as far as the others may be their originals."""
    prints = table(
        (i, day, signature[: 4 * changed] + SIGNATURES_END[4 * changed :]) for i, (day, changed) in few.items()
    )
    found = find_originals(prints)
    assert find_originals(prints, of=of) == {i: original for i, original in found.items() if i in of}
    alone = {i: find_originals(without(prints, few.keys() - among - {i})).get(i) for i in of & few.keys()}
    assert find_originals(prints, of, among) == {i: original for i, original in alone.items() if original}


SIGNATURES_END = np.arange(10, 10 + PERMUTATIONS, dtype="<u4").tobytes()


def without(prints: pa.Table, article_ids: set[str]) -> pa.Table:
    return prints.filter(pc.invert(pc.is_in(prints["article_id"], pa.array(sorted(article_ids), pa.string()))))


def test_a_crowd_that_shares_a_band_and_little_else() -> None:
    """Each of them is compared with all before it, and with none twice at once."""
    minima = np.random.default_rng(1).integers(0, 2**32, (300, PERMUTATIONS), np.uint32)
    minima[:, :5] = 7
    minima[200] = minima[100]
    prints = table((f"{i:03d}", DAY, row.astype("<u4").tobytes()) for i, row in enumerate(minima))
    assert find_originals(prints) == {"200": "100"}
