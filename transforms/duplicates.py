"""Near-duplicates: the same story printed again, by MinHash over 5-word shingles of the body.

Broder, "On the resemblance and containment of documents" (1997), in datasketch's implementation, whose
permutations are seeded: a body has one signature in every process.
"""

from __future__ import annotations

import datetime
import re
import zlib
from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from datasketch import MinHash, MinHashLSH

from transforms.schemas import DUPLICATE_WINDOW_DAYS

SHINGLE_WORDS = 5
PERMUTATIONS = 128
THRESHOLD = 0.8
# 25 bands of 5 rows find a pair at the threshold with probability 1 - (1 - 0.8**5)**25 = 0.99995; the optimum
# that a threshold alone would choose (9 bands of 13) finds 0.4.
_BANDS, _ROWS = 25, 5
_WORD = re.compile(r"\w+")
_SCHEME: Final = "affine32"  # named, so that a change of the library's default changes no signature
_STORED = np.dtype("<u4")
_EMPTY = MinHash(num_perm=PERMUTATIONS, scheme=_SCHEME, hashfunc=int)  # shingles come as hashes
# Powers of an odd number, 2**64 over the golden ratio (Knuth, TAOCP 3, 6.4): products wrap at 2**64.
_POWERS = np.array([pow(0x9E3779B97F4A7C15, i, 1 << 64) for i in range(1, SHINGLE_WORDS + 1)], np.uint64)


class Fingerprint(NamedTuple):
    """One article's signature and date."""

    article_id: str
    published_date: datetime.date | None
    signature: bytes | None


def fingerprint(body: str) -> bytes | None:
    """Return the MinHash signature of a body: 128 little-endian 32-bit minima; None below 5 words."""
    shingles = _hash_shingles(_WORD.findall(body.casefold()))
    if not len(shingles):
        return None
    minhash = _EMPTY.copy()
    minhash.update_batch(shingles.tolist())
    return bytes(minhash.hashvalues.astype(_STORED).tobytes())


def fingerprint_articles(articles: pd.DataFrame, paragraphs: pd.DataFrame) -> pd.DataFrame:
    """Return one row of `FINGERPRINTS` per article, in the articles' order.

    Args:
        articles: Rows of `ARTICLES`.
        paragraphs: Rows of `PARAGRAPHS`; those of kind body count.
    """
    body = paragraphs[paragraphs["kind"] == "body"]
    bodies = body.groupby("article_id", sort=False)["text"].agg("\n".join).to_dict()
    texts = [bodies.get(article_id, "") for article_id in articles["article_id"]]
    return pd.DataFrame({
        "article_id": articles["article_id"],
        "published_date": articles["published_date"],
        "signature": pd.Series([fingerprint(text) for text in texts], index=articles.index, dtype=object),
    })  # fmt: skip


def find_originals(fingerprints: Iterable[Fingerprint]) -> dict[str, str]:
    """Return {article_id: the article_id that it is a near-duplicate of}.

    The original is, of the near-duplicates dated within 7 days (those without a date: of each other), the smallest
    by (published_date, article_id), if smaller than the article itself. Each pair is judged by its two signatures
    and dates alone, so the answer does not depend on arrival or on what else is given.
    """
    known: dict[str, Fingerprint] = {f.article_id: f for f in fingerprints if f.signature is not None}
    minhashes = {i: _minhash(f.signature) for i, f in known.items() if f.signature}
    index = MinHashLSH(num_perm=PERMUTATIONS, params=(_BANDS, _ROWS))
    for article_id, minhash in minhashes.items():
        index.insert(article_id, minhash, check_duplication=False)
    originals = {}
    for article_id, minhash in minhashes.items():
        near = (known[other] for other in index.query(minhash))
        earlier = sorted((f for f in near if _is_original(f, known[article_id])), key=_age)
        same = (f.article_id for f in earlier if minhashes[f.article_id].jaccard(minhash) >= THRESHOLD)
        if original := next(same, None):
            originals[article_id] = original
    return originals


def _hash_shingles(words: list[str]) -> npt.NDArray[np.uint64]:
    """Return a 32-bit hash of each distinct run of 5 words: a polynomial of the words' own, over the whole array."""
    hashes = np.array([zlib.crc32(word.encode()) for word in words], np.uint64)
    if len(words) < SHINGLE_WORDS:
        return hashes[:0]
    runs = np.lib.stride_tricks.sliding_window_view(hashes, SHINGLE_WORDS)
    return np.unique((runs * _POWERS).sum(axis=1) >> np.uint64(32))


def _minhash(signature: bytes) -> MinHash:
    values = np.frombuffer(signature, _STORED)
    return MinHash(hashvalues=values, permutations=_EMPTY.permutations, scheme=_SCHEME)


def _is_original(candidate: Fingerprint, article: Fingerprint) -> bool:
    one, other = candidate.published_date, article.published_date
    near = one is other if one is None or other is None else abs((one - other).days) <= DUPLICATE_WINDOW_DAYS
    return near and _age(candidate) < _age(article)


def _age(f: Fingerprint) -> tuple[datetime.date, str]:
    return f.published_date or datetime.date.min, f.article_id
