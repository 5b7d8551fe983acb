"""The damages that are done to a dataset, and what a repair is expected to make of each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from functools import partial
from pathlib import Path

from drills.damage.case import Case, Damage, Outcome, at, every, in_current
from drills.damage.dataset import (
    COPIED,
    COPY,
    FEBRUARY,
    JANUARY,
    MARCH,
    NEW,
    NEW_FILES,
    OLD,
    PARTITIONS,
    PLAIN,
    QUOTELESS,
    away,
    changed,
)
from drills.damage.strokes import (
    copied,
    delete_all,
    file_damages,
    flip,
    only_current,
    put_over,
    relink,
    replace,
    separate,
)
from flows.planning.ledger import LEDGER_FILE
from transforms.schemas import PARTITIONED, TABLES, UNCORRECTED

_OF_MARCH = {t.name: f"{t.name}/{MARCH}/part-0.parquet" for t in PARTITIONED}
_ONLY_MARCH = frozenset([MARCH])
_LAST = "versions/000003"


def table_cases(flips: int) -> Iterator[Case]:
    """Yield every damage to a file of every table."""
    for table in PARTITIONED:
        for month in (JANUARY, MARCH):
            path = f"{table.name}/{month}/part-0.parquet"
            is_in_older = month == JANUARY or table == UNCORRECTED
            rebuilds = frozenset([month])
            for name, damage, is_shared in file_damages(flips):
                lost = rebuilds if is_shared or not is_in_older else frozenset()
                kind = f"{table.name}: {name.partition(' ')[0]}"
                yield Case(kind, f"{name} {path}", in_current(path, damage), path, rebuilds=lost)
            other = f"{table.name}/{FEBRUARY}/part-0.parquet"
            swap = at("current", partial(put_over, path=path, other=other))
            lost = frozenset() if is_in_older else rebuilds
            yield Case(f"{table.name}: another partition's", f"{other} as {path}", swap, path, rebuilds=lost)
    for name, damage, _ in file_damages(flips):
        kind = f"ledger: {name.partition(' ')[0]}"
        yield Case(kind, f"{name} {LEDGER_FILE}", in_current(LEDGER_FILE, damage), LEDGER_FILE, "same after ingest")


def quoteless_cases() -> Iterator[Case]:
    """Yield damages, in all versions, to a partition that has no file of quotes, and must not get one."""
    for table in ("articles", "paragraphs", "fingerprints"):
        path = f"{table}/{QUOTELESS}/part-0.parquet"
        damage = in_current(path, partial(flip, seed=1))
        yield Case("month without quotes", f"{table} damaged", damage, path, rebuilds=frozenset([QUOTELESS]))


def foreign_cases() -> Iterator[Case]:
    """Yield files that are not of the dataset."""
    for path in (
        "quotes/copy.parquet",
        f"articles/{MARCH}/part-1.parquet",
        "paragraphs/year=1999/month=1/part-0.parquet",
        "files/part-1.parquet",
        "quotes/notes.txt",
        "moods/part-0.parquet",
    ):
        yield Case("foreign file", path, in_current(path, replace), path)


def link_cases() -> Iterator[Case]:
    """Yield every damage to links, and to the folders that they lead to."""
    damages: dict[str, Damage] = {
        "removed": Path.unlink,
        "leads nowhere": partial(relink, target="versions/000099"),
        "a file": replace,
        "a copied folder": copied,
        "a copied folder, and no versions": only_current,
    }
    for name, damage in damages.items():
        yield Case("current", name, at("current", damage), "current")
    for name in (t.name for t in TABLES):
        yield Case("table link", f"{name} removed", at(name, Path.unlink), name)
        yield Case("table link", f"{name} leads nowhere", at(name, partial(relink, target="x")), name)
        target = f"{_LAST}/{name}"
        yield Case("table link", f"{name} leads to a version", at(name, partial(relink, target=target)), name)
        yield Case("table link", f"{name} a copied folder", at(name, copied), name)
    yield Case("version gone", "the current one", at(_LAST, shutil.rmtree), "current", "same after ingest")


def manifest_cases(flips: int) -> Iterator[Case]:
    """Yield every damage to the manifest, and to the others besides."""
    named = "no readable manifest"
    for name, damage, _ in file_damages(flips):
        kind, done = f"manifest: {name.partition(' ')[0]}", in_current("manifest.json", damage)
        yield Case(kind, f"{name} manifest.json", done, named, rebuilds=_ONLY_MARCH)
    other = partial(put_over, path=f"{_LAST}/manifest.json", other="versions/000002/manifest.json")
    yield Case("manifest: another version's", "that of version 2", other, named, rebuilds=_ONLY_MARCH)
    all_gone = partial(Case, "manifest: all of them", damage=partial(delete_all, pattern="manifest.json"), named=named)
    yield all_gone("no raw root is named", becomes="refused")
    yield all_gone("the raw root is named", is_raw_named=True, rebuilds=PARTITIONS)


def two_at_once() -> Iterator[Case]:
    """Yield damages that come together."""
    gone = {path: in_current(path, Path.unlink) for path in (*_OF_MARCH.values(), LEDGER_FILE, "manifest.json")}
    articles, quotes = _OF_MARCH["articles"], _OF_MARCH["quotes"]
    both = partial(Case, "two at once", rebuilds=_ONLY_MARCH)
    later: Outcome = "same after ingest"
    yield both("articles and quotes", every(gone[articles], gone[quotes]), articles)
    yield both("a whole partition", every(*(gone[path] for path in _OF_MARCH.values())), articles)
    yield both("quotes and current", every(gone[quotes], at("current", Path.unlink)), "current")
    yield both("manifest and quotes", every(gone[quotes], gone["manifest.json"]), "no readable manifest")
    yield both("manifest and articles", every(gone[articles], gone["manifest.json"]), "no readable manifest")
    yield both("quotes and ledger", every(gone[quotes], gone[LEDGER_FILE]), quotes, later)
    yield both("articles and ledger", every(gone[articles], gone[LEDGER_FILE]), articles, later)
    manifest_too = every(gone[LEDGER_FILE], gone["manifest.json"])
    yield both("manifest and ledger", manifest_too, "no readable manifest", later)
    everything = at(_LAST, partial(delete_all, pattern="*.parquet"))
    yield both("every file of the current version", everything, articles, later)
    everywhere = at("versions", partial(delete_all, pattern="*.parquet"))
    yield both("every file of every version", everywhere, articles, later, rebuilds=PARTITIONS)


def raw_cases() -> Iterator[Case]:
    """Yield damages to the table articles whose raw files are gone or changed, and to others without any raw file."""
    articles = _OF_MARCH["articles"]
    gone = in_current(articles, Path.unlink)
    both = partial(Case, "raw gone or changed", damage=gone, named=articles, rebuilds=_ONLY_MARCH)
    whole = partial(both, becomes="whole")
    yield both(name="gone, in an older version", raw=partial(away, paths=(OLD,)))
    yield whole(name="gone, in no other version", raw=partial(away, paths=(NEW,)), lost=(NEW,))
    yield whole(name="gone, with a copy", raw=partial(away, paths=(COPIED,)), touched=(COPIED, COPY))
    yield whole(name="gone with its copy", raw=partial(away, paths=(COPIED, COPY)), lost=(COPIED, COPY))
    yield whole(name="changed", raw=partial(changed, path=PLAIN), left=nullcontext, touched=(PLAIN,))
    yield whole(name="changed, in no other version", raw=partial(changed, path=NEW), touched=(NEW,))
    yield both(name="raw root gone", raw=away, becomes="refused")
    left = partial(away, paths=NEW_FILES)
    yield whole(name="raw root gone, forced", raw=away, left=left, lost=NEW_FILES, is_forced=True)
    no_raw = partial(Case, "no raw root", raw=away)
    for name in ("paragraphs", "quotes", "fingerprints"):
        path = _OF_MARCH[name]
        yield no_raw(f"{name} lost", in_current(path, Path.unlink), path, rebuilds=_ONLY_MARCH)
    path = _OF_MARCH[UNCORRECTED.name]
    yield no_raw("uncorrected lost", in_current(path, Path.unlink), path)
    yield no_raw("manifest lost", in_current("manifest.json", Path.unlink), "no readable", rebuilds=_ONLY_MARCH)
    yield no_raw("ledger lost", in_current(LEDGER_FILE, Path.unlink), LEDGER_FILE, "same after ingest")


def copied_cases() -> Iterator[Case]:
    """Yield damages to files that another version has whole."""
    for name in (t.name for t in PARTITIONED):
        path = f"{name}/{JANUARY}/part-0.parquet"
        damage = every(separate, in_current(path, partial(flip, seed=1)))
        yield Case("whole in another version", path, damage, path, raw=away)


def all_cases(flips: int) -> Iterator[Case]:
    """Yield every case."""
    yield from table_cases(flips)
    yield from quoteless_cases()
    yield from foreign_cases()
    yield from link_cases()
    yield from manifest_cases(flips)
    yield from two_at_once()
    yield from raw_cases()
    yield from copied_cases()
