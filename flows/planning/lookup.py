"""Finding the article that a person means: by its id, the first digits of one, the file that held it, or its title."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from difflib import get_close_matches
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from flows.dataset import Version, dataset_in
from flows.dataset.parquet import read_groups
from flows.planning.ledger import Known, Ledger, known_rows, read_ledger
from flows.planning.options import NoDataset, OptionsError
from flows.storage import Place, absolute_name, place_of
from transforms.schemas import ARTICLES

ARTICLE_ID = re.compile(r"[0-9a-f]{32}")
_PREFIX = re.compile(r"[0-9a-f]{6,32}")
_WORD = re.compile(r"\w+")
_NEAR = 5
"""So many articles are named where none, or more than one, is meant."""


def current_version(processed: Place) -> Version:
    """Return the current version of a dataset.

    Raises:
        OptionsError: There is no dataset.
    """
    version = dataset_in(processed).current()
    if version is None:
        raise NoDataset(processed)
    return version


def find_article(version: Version, named: str) -> str:
    """Return the article_id of the article that a person means.

    The paths are those of the ledger: a file that holds a copy of an article finds it, too. Only what is nothing else
    is looked for in titles.

    Args:
        version: Where to look.
        named: Its article_id, at least the first 6 digits of that, a raw_path, the end of one, a path to a raw file, or
            words of its title, in any order.

    Raises:
        OptionsError: No article is meant, or more than one; the message names those near it.
    """
    ledger = read_ledger(version)
    meant = _by_path(ledger, named, version.manifest.settings.raw) or _by_prefix(ledger, named)
    meant = meant or _by_title(version, named)
    if len(meant) > 1:
        raise OptionsError(f"{named} may be {len(meant)} articles: {_listed(ledger, meant)}")
    if meant and version.holds(meant):
        return next(iter(meant))
    raise OptionsError(f"no article {named} in {version.root}{_hint(ledger, named)}")


def _by_path(ledger: Ledger, named: str, raw: str) -> set[str]:
    """Return the articles of the raw_path named; else those of the raw_paths that end in it."""
    path = absolute_name(place_of(named))
    names = {named, path.removeprefix(f"{raw}/")}
    exact = {row.article_id for row in ledger.rows(names).values() if row.article_id}
    return exact or _articles(ledger, lambda rows: pc.ends_with(rows["raw_path"], f"/{named}"))


def _by_prefix(ledger: Ledger, named: str) -> set[str]:
    prefix = named.lower()
    if not _PREFIX.fullmatch(prefix):
        return set()
    return _articles(ledger, lambda rows: pc.starts_with(rows["article_id"], prefix))


def _by_title(version: Version, named: str) -> set[str]:
    """Return the articles whose titles have all the words named."""
    wanted = _words(named)
    if not wanted:
        return set()
    return {
        article_id
        for path in version.manifest.paths(ARTICLES.name)
        for rows in read_groups(version.place(path), ["article_id", "title"])
        for article_id, title in zip(rows["article_id"].to_pylist(), rows["title"].to_pylist(), strict=True)
        if title and wanted <= _words(title)
    }


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _articles(ledger: Ledger, is_meant: Callable[[pa.Table], pa.ChunkedArray]) -> set[str]:
    parts = (rows["article_id"].filter(is_meant(rows)) for rows in ledger.tables(["raw_path", "article_id"]))
    return {article_id for part in parts for article_id in part.to_pylist() if article_id}


def _hint(ledger: Ledger, named: str) -> str:
    """Return why there is no such article: what became of its file, or which ones are named alike."""
    if without := _without_article(ledger, named):
        return f": {without.raw_path} is {without.status}" + (f", {without.reason}" * bool(without.reason))
    known = ledger.rows(set(_near_paths(ledger, named)))
    near = {row.article_id for row in known.values() if row.article_id}
    if near:
        return f"; near it: {_listed(ledger, near)}"
    return "; give an article_id, 6 digits of one, a file name, or words of its title"


def _without_article(ledger: Ledger, named: str) -> Known | None:
    """Return the first file of a name."""
    for rows in ledger.tables():
        paths = rows["raw_path"]
        if found := known_rows(rows.filter(pc.or_(pc.equal(paths, named), pc.ends_with(paths, f"/{named}")))):
            return next(iter(found.values()))
    return None


def _near_paths(ledger: Ledger, named: str) -> Iterator[str]:
    """Yield the raw_paths that have in them what is named, else those whose file name is spelled much like it."""
    wanted = Path(named).name.lower()
    parts = [rows["raw_path"] for rows in ledger.tables(["raw_path"])]
    holding = [p for part in parts for p in part.filter(pc.match_substring(pc.utf8_lower(part), wanted)).to_pylist()]
    if holding and wanted:
        yield from holding
        return
    by_name = {p.rpartition("/")[2].lower(): p for part in parts for p in part.to_pylist()}
    by_stem = {Path(name).stem: p for name, p in by_name.items()} | by_name
    yield from (by_stem[name] for name in get_close_matches(wanted, by_stem, _NEAR))


def _listed(ledger: Ledger, article_ids: Collection[str]) -> str:
    """Return articles in words, by path; some of them, if they are many."""
    rows = known_rows(ledger.of_articles(article_ids))
    firsts = {rows[path].article_id: path for path in sorted(rows, reverse=True)}
    told = [f"{path} ({article_id})" for article_id, path in sorted(firsts.items(), key=lambda item: item[1])]
    more = f" and {len(told) - _NEAR} more" if len(told) > _NEAR else ""
    return ", ".join(told[:_NEAR]) + more
