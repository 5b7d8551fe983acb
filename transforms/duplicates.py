"""Near-duplicates: the same story printed again, by the MinHash signatures of bodies."""

from __future__ import annotations

import datetime
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from transforms.schemas import DUPLICATE_WINDOW_DAYS
from transforms.signatures import PERMUTATIONS, STORED, signatures

THRESHOLD = 0.8
# 25 bands of 5 rows find a pair at the threshold with probability 1 - (1 - 0.8**5)**25 = 0.99995; the optimum
# that a threshold alone would choose (9 bands of 13) finds 0.4.
_BANDS, _ROWS = 25, 5
_UNDATED = -DUPLICATE_WINDOW_DAYS
"""Stands for the date of articles without one: near no other day."""


class Fingerprint(NamedTuple):
    """One article's signature and date."""

    article_id: str
    published_date: datetime.date | None
    signature: bytes | None


def fingerprint(body: str) -> bytes | None:
    """Return the MinHash signature of a body: 128 little-endian 32-bit minima; None below 5 words."""
    return signatures([body])[0]


def fingerprint_articles(articles: pd.DataFrame, paragraphs: pd.DataFrame) -> pd.DataFrame:
    """Return one row of `FINGERPRINTS` per article, in the articles' order.

    Args:
        articles: Rows of `ARTICLES`.
        paragraphs: Rows of `PARAGRAPHS`; those of kind body count.
    """
    article_ids = articles["article_id"].tolist()
    bodies: dict[str, list[str]] = {article_id: [] for article_id in article_ids}
    columns = (paragraphs[name].tolist() for name in ("article_id", "kind", "text"))
    for article_id, kind, text in zip(*columns, strict=True):
        if kind == "body":
            bodies[article_id].append(text)
    found = signatures(["\n".join(bodies[article_id]) for article_id in article_ids])
    return pd.DataFrame({
        "article_id": articles["article_id"],
        "published_date": articles["published_date"],
        "signature": pd.Series(found, index=articles.index, dtype=object),
    })  # fmt: skip


def find_originals(fingerprints: Iterable[Fingerprint]) -> dict[str, str]:
    """Return {article_id: the article_id that it is a near-duplicate of}.

    The original is, of the near-duplicates dated within 7 days (those without a date: of each other), the smallest
    by (published_date, article_id), if smaller than the article itself. Each pair is judged by its two signatures
    and dates alone, so the answer does not depend on arrival or on what else is given.
    """
    known = sorted({f.article_id: f for f in fingerprints if f.signature}.values(), key=_age)
    minima = np.frombuffer(b"".join(f.signature for f in known if f.signature), STORED).reshape(-1, PERMUTATIONS)
    days = np.array([f.published_date.toordinal() if f.published_date else _UNDATED for f in known], np.int64)
    first_near = np.searchsorted(days, days - DUPLICATE_WINDOW_DAYS).tolist()
    original: dict[int, int] = {}
    for group in _groups(minima):
        for place, at in enumerate(group):
            earlier = group[bisect_left(group, first_near[at], hi=place) : place]
            if (first := _first_near_duplicate(minima, at, earlier, original.get(at, at))) is not None:
                original[at] = first
    return {known[at].article_id: known[first].article_id for at, first in original.items()}


def _age(f: Fingerprint) -> tuple[datetime.date, str]:
    return f.published_date or datetime.date.min, f.article_id


def _groups(minima: npt.NDArray[np.uint32]) -> Iterator[list[int]]:
    """Yield the positions, in order, of signatures that are alike in one of the bands."""
    for start in range(0, _BANDS * _ROWS, _ROWS):
        band = minima[:, start : start + _ROWS]
        order = np.lexsort(band.T)  # keeps the order of those that are alike
        rows = band[order]
        firsts = np.flatnonzero(np.append(True, (rows[1:] != rows[:-1]).any(axis=1)))
        sizes = np.diff(firsts, append=len(rows))
        for first, size in zip(firsts[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
            yield order[first : first + size].tolist()


def _first_near_duplicate(minima: npt.NDArray[np.uint32], at: int, earlier: Sequence[int], known: int) -> int | None:
    """Return the first of some positions, of those before a known one, whose signature is near that of another."""
    for other in earlier:
        if other >= known:
            return None
        if np.count_nonzero(minima[other] == minima[at]) >= THRESHOLD * PERMUTATIONS:
            return other
    return None
