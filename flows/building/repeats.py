"""Near-duplicates of a file's articles: only those are looked for that may have changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from flows.building.file_rows import only, without
from flows.building.merges import Merge, span_of
from transforms.cuts import key_of
from transforms.originals import find_originals
from transforms.schemas import ARTICLES, FINGERPRINTS


def find_repeats(merge: Merge) -> dict[str, str | None]:
    """Return {article_id: the article_id that it is a near-duplicate of, if any} of the articles that have to be asked.

    These are the new ones, those that may repeat a new one, and those that repeated one that goes. No more
    fingerprints are in memory at once than those of this file and as many others.
    """
    rows = merge.rows
    present, new = without(rows.present_rows(FINGERPRINTS), rows.dropped), rows.staged_rows(FINGERPRINTS)
    own = pa.concat_tables([present, new])
    asked, old = (set(prints["article_id"].to_pylist()) for prints in (own, present))
    if not merge.is_anew:
        asked = (asked - old).union(_orphans(merge, old), _reprints(merge, present))
    if not asked:
        return {}
    prints = only(own, asked)
    return dict.fromkeys(asked) | _smallest(prints, merge.nearby.prints(span_of(prints)))


def _orphans(merge: Merge, old: set[str]) -> set[str]:
    """Return the articles that repeated one that goes."""
    dropped = merge.nearby.dropped
    if not (dropped and old):
        return set()
    known = merge.rows.present_rows(ARTICLES, ["article_id", "duplicate_of"])
    is_orphan = pc.is_in(known["duplicate_of"], pa.array(sorted(dropped), pa.string()))
    return old.intersection(known["article_id"].filter(is_orphan).to_pylist())


def _reprints(merge: Merge, present: pa.Table) -> Iterator[str]:
    """Yield the present articles that are near-duplicates of a new one."""
    old = present["article_id"].to_pylist()
    for lot in merge.nearby.new_prints(span_of(present)) if old else ():
        yield from find_originals(pa.concat_tables([present, lot]), old, lot["article_id"].to_pylist())


def _smallest(prints: pa.Table, lots: Iterable[pa.Table]) -> dict[str, str]:
    """Return the originals of some articles, which may be in any of several lots."""
    asked = prints["article_id"].to_pylist()
    found = find_originals(prints)
    keys = _keys(prints, found.values())
    for lot in lots:
        others = without(lot, asked)
        originals = find_originals(pa.concat_tables([prints, others]), asked, others["article_id"].to_pylist())
        keys |= _keys(others, originals.values())
        found |= {i: o for i, o in originals.items() if i not in found or keys[o] < keys[found[i]]}
    return found


def _keys(prints: pa.Table, article_ids: Iterable[str]) -> dict[str, str]:
    rows = only(prints, set(article_ids)).select(["article_id", "published_date"]).to_pylist()
    return {row["article_id"]: key_of(row["published_date"], row["article_id"]) for row in rows}
