"""Finding the article that a person means: by its id, the first digits of one, or the file that held it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from flows.dataset import Version, dataset_in
from flows.planning.ledger import Known, read_ledger
from flows.planning.options import OptionsError
from flows.storage import Place, absolute_name, place_of

ARTICLE_ID = re.compile(r"[0-9a-f]{32}")
_PREFIX = re.compile(r"[0-9a-f]{6,32}")
_NEAR = 5
"""So many articles are named where none, or more than one, is meant."""


def current_version(processed: Place) -> Version:
    """Return the current version of a dataset.

    Raises:
        OptionsError: There is no dataset.
    """
    version = dataset_in(processed).current()
    if version is None:
        raise OptionsError(f"no dataset in {processed}")
    return version


def find_article(version: Version, named: str) -> str:
    """Return the article_id of the article that a person means.

    The paths are those of the ledger: a file that holds a copy of an article finds it, too.

    Args:
        version: Where to look.
        named: Its article_id, at least the first 6 digits of that, a raw_path, the end of one, or a path to a raw file.

    Raises:
        OptionsError: No article is meant, or more than one; the message names those near it.
    """
    known = read_ledger(version)
    meant = _by_path(known, named, version.manifest.settings.raw) or _by_prefix(known, named)
    if len(meant) > 1:
        raise OptionsError(f"{named} may be {len(meant)} articles: {_listed(known, meant)}")
    if meant and version.holds(meant):
        return next(iter(meant))
    raise OptionsError(f"no article {named} in {version.root}{_hint(known, named)}")


def _by_path(known: Mapping[str, Known], named: str, raw: str) -> set[str]:
    """Return the articles of the raw_path named; else those of the raw_paths that end in it."""
    path = absolute_name(place_of(named))
    names = {named, path.removeprefix(f"{raw}/")}
    exact = {k.article_id for k in known.values() if k.article_id and k.raw_path in names}
    return exact or {k.article_id for k in known.values() if k.article_id and k.raw_path.endswith(f"/{named}")}


def _by_prefix(known: Mapping[str, Known], named: str) -> set[str]:
    prefix = named.lower()
    if not _PREFIX.fullmatch(prefix):
        return set()
    return {k.article_id for k in known.values() if k.article_id and k.article_id.startswith(prefix)}


def _hint(known: Mapping[str, Known], named: str) -> str:
    """Return why there is no such article: what became of its file, or which ones are named alike."""
    without = [k for k in known.values() if k.raw_path == named or k.raw_path.endswith(f"/{named}")]
    if without:
        return f": {without[0].raw_path} is {without[0].status}" + (f", {without[0].reason}" * bool(without[0].reason))
    near = {k.article_id for p in _near_paths(known, named) if (k := known[p]).article_id}
    return f"; near it: {_listed(known, near)}" if near else "; give an article_id, 6 digits of one, or a file name"


def _near_paths(known: Mapping[str, Known], named: str) -> Iterator[str]:
    """Yield the raw_paths that have in them what is named, else those whose file name is spelled much like it."""
    wanted = Path(named).name.lower()
    holding = [p for p in known if wanted and wanted in p.lower()]
    if holding:
        yield from holding
        return
    by_name = {Path(p).name.lower(): p for p in known}
    by_stem = {Path(name).stem: p for name, p in by_name.items()} | by_name
    yield from (by_stem[name] for name in get_close_matches(wanted, by_stem, _NEAR))


def _listed(known: Mapping[str, Known], article_ids: Collection[str | None]) -> str:
    """Return articles in words, by path; some of them, if they are many."""
    places = sorted((k.raw_path, k.article_id) for k in known.values() if k.article_id in article_ids)
    firsts = {article_id: path for path, article_id in reversed(places)}
    told = [f"{path} ({article_id})" for article_id, path in sorted(firsts.items(), key=lambda item: item[1])]
    more = f" and {len(told) - _NEAR} more" if len(told) > _NEAR else ""
    return ", ".join(told[:_NEAR]) + more
