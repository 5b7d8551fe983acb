"""Which article repeats which: pairs of signatures, by locality-sensitive hashing (Leskovec et al., MMDS, 3.4)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from transforms.schemas import DUPLICATE_WINDOW_DAYS
from transforms.signatures import PERMUTATIONS, STORED

THRESHOLD = 0.8
# 25 bands of 5 rows find a pair at the threshold with probability 1 - (1 - 0.8**5)**25 = 0.99995; the optimum
# that a threshold alone would choose (9 bands of 13) finds 0.4.
_BANDS, _ROWS = 25, 5
_UNDATED: Final = -10_000_000  # a day that is near to no date, and before all
_COMPARED = 4096  # pairs at once: a megabyte on each side

# Powers of an odd number, 2**64 over the golden ratio (Knuth, TAOCP 3, 6.4): products wrap at 2**64.
_POWERS = np.array([pow(0x9E3779B97F4A7C15, i, 1 << 64) for i in range(1, _ROWS + 1)], np.uint64)
_Ranks = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Signed:
    """The articles that have a signature, by age: their rank is their position by (published_date, article_id)."""

    ids: pa.ChunkedArray
    days: npt.NDArray[np.int32]
    places: _Ranks
    signatures: npt.NDArray[np.uint32]

    def ranks(self, article_ids: Collection[str] | None) -> _Ranks:
        """Return the ranks of some articles, rising; of all if None."""
        if article_ids is None:
            return np.arange(len(self.days))
        is_meant = pc.is_in(self.ids, pa.array(list(article_ids), pa.string()))
        return np.flatnonzero(is_meant.to_numpy())

    def band(self, ranks: _Ranks, number: int) -> npt.NDArray[np.uint64]:
        """Return a hash of one band of each signature: those that differ differ in their bands, or all but surely."""
        rows = self.signatures[self.places[ranks], number * _ROWS : (number + 1) * _ROWS]
        hashes: npt.NDArray[np.uint64] = (rows * _POWERS).sum(axis=1)
        return hashes

    def are_same(self, ranks: _Ranks, others: _Ranks) -> npt.NDArray[np.bool_]:
        """Return which pairs are near-duplicates, by the share of minima that are the same."""
        found = np.zeros(len(ranks), bool)
        for start in range(0, len(ranks), _COMPARED):
            some = slice(start, start + _COMPARED)
            one, other = (self.signatures[self.places[r[some]]] for r in (ranks, others))
            found[some] = np.count_nonzero(one == other, axis=1) >= THRESHOLD * PERMUTATIONS
        return found


def find_originals(
    fingerprints: pa.Table, of: Collection[str] | None = None, among: Collection[str] | None = None
) -> dict[str, str]:
    """Return {article_id: the article_id that it is a near-duplicate of}.

    The original is, of the near-duplicates dated within 7 days (those without a date: of each other), the smallest
    by (published_date, article_id), if smaller than the article itself. Each pair is judged by its two signatures
    and dates alone, so the answer does not depend on arrival or on what else is given.

    It takes about 0.9 KB an article.

    Args:
        fingerprints: Rows of `FINGERPRINTS`, in any order.
        of: The articles to find the originals of; all if None.
        among: The articles that may be originals; all if None.
    """
    signed = _by_age(fingerprints)
    articles, candidates = signed.ranks(of), signed.ranks(among)
    if not len(articles) or not len(candidates):
        return {}
    first = np.searchsorted(signed.days, signed.days[articles] - DUPLICATE_WINDOW_DAYS)
    found = articles.copy()  # the smallest so far
    for number in range(_BANDS):
        _look_through(signed, number, articles, candidates, first, found)
    is_repeat = found < articles
    names = (signed.ids.take(pa.array(ranks[is_repeat])).to_pylist() for ranks in (articles, found))
    return dict(zip(*names, strict=True))


def _look_through(
    signed: _Signed, number: int, articles: _Ranks, candidates: _Ranks, first: _Ranks, found: _Ranks
) -> None:
    """Note, for each article, the smallest near-duplicate that has the same band, if it is smaller than that so far."""
    bands, of_article = np.unique(signed.band(articles, number), return_inverse=True)
    hashes = signed.band(candidates, number)
    of_candidate = np.searchsorted(bands, hashes).clip(max=len(bands) - 1)
    has_band = bands[of_candidate] == hashes
    # One number for band and rank: of an article, those to look at follow on each other.
    size = len(signed.days)
    in_order = np.sort(of_candidate[has_band] * size + candidates[has_band])
    at = np.searchsorted(in_order, of_article * size + first)
    end = np.searchsorted(in_order, of_article * size + found)
    left = np.flatnonzero(at < end)
    while len(left):
        others = in_order[at[left]] % size
        is_same = signed.are_same(articles[left], others)
        found[left[is_same]] = others[is_same]
        at[left] += 1
        left = left[~is_same & (at[left] < end[left])]


def _by_age(fingerprints: pa.Table) -> _Signed:
    signed = fingerprints.filter(pc.is_valid(fingerprints["signature"]))
    days = pc.fill_null(signed["published_date"].cast(pa.int32()), _UNDATED)
    ids = signed["article_id"]
    places = pc.sort_indices(pa.table({"day": days, "id": ids}), [("day", "ascending"), ("id", "ascending")])
    chunks: Iterator[npt.NDArray[np.uint32]] = (_minima(chunk) for chunk in signed["signature"].chunks)
    return _Signed(
        ids.take(places),
        days.take(places).to_numpy(),
        places.to_numpy().astype(np.int64),
        np.concatenate([np.empty((0, PERMUTATIONS), STORED), *chunks]),
    )


def _minima(signatures: pa.FixedSizeBinaryArray) -> npt.NDArray[np.uint32]:
    values = np.frombuffer(signatures.buffers()[1], STORED)
    return values.reshape(-1, PERMUTATIONS)[signatures.offset : signatures.offset + len(signatures)]
