"""Files that are surely unchanged are counted and not looked at: the plan is the same as if all of them were."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from conftest import LONG_AGO, RawFolder
from hypothesis import given, settings
from hypothesis import strategies as st
from test_archives import zipped
from test_planner import MEMBERS, Knowledge, ledger_of, side_file

from flows.planning import planner
from flows.planning.census import take_census
from flows.planning.comparison import Comparison, Inputs
from flows.planning.ledger import FAULT, Known, Ledger
from flows.planning.plan import Plan
from flows.planning.planner import make_plan
from flows.raw.limits import DEFAULT_LIMIT
from flows.raw.tree import RawFile
from flows.raw.walk import discover
from transforms import RULES_VERSION
from transforms.correction_decisions import Correction, Corrections
from transforms.metadata import PATH_TEMPLATES
from transforms.schemas import FORGOTTEN

ARTICLES = ["0" * 32, "1" * 32]
FILES = ["a.txt", "a/b.txt", "a/z.jsonl", "b.txt", "z.zip", "z.zip.txt"]
GONE = ["a/gone.txt", "gone.zip", "gone.zip/one.txt", "z.zip/gone.txt"]


class EveryFile:
    """A sieve through which nothing falls."""

    def __init__(self, inputs: Inputs, comparison: Comparison) -> None:
        self._files, self._known = inputs.tree.files, inputs.ledger.known()
        self.census = take_census(inputs)
        self.unchanged = 0
        self.archives = {p: self._known.get(p) for p, file in self._files.items() if file.is_container}

    @property
    def missing(self) -> list[Known]:
        gone = [k for p, k in self._known.items() if p not in self._files and k.status != "removed"]
        return [k for k in gone if not any(k.raw_path.startswith(f"{archive}/") for archive in self.archives)]

    def files(self) -> Iterator[tuple[RawFile, Known | None]]:
        yield from ((file, self._known.get(p)) for p, file in self._files.items() if p not in self.archives)


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> RawFolder:
    folder = RawFolder(tmp_path_factory.mktemp("sieve") / "raw")
    for path in FILES:
        content = (
            zipped(MEMBERS) if path == "z.zip" else '{"id": "1", "text": "It hailed."}' if "json" in path else path
        )
        folder.write(path, content, mtime=LONG_AGO)
    return folder


RAIN = side_file(x="Rain").lookup("x.txt")
CHANGES: list[Callable[[Known], dict[str, Any]]] = [
    lambda known: {"size": known.size + 1},
    lambda known: {"modified": known.modified + 1},
    lambda known: {"raw_sha256": "f" * 64},
    lambda known: {"raw_sha256": None},
    lambda known: {"rules_version": RULES_VERSION - 1},
    lambda known: {"metadata_sha256": RAIN and RAIN.digest()},
    lambda known: {"corrections_sha256": "f" * 64},
    lambda known: {"previous_article_id": ARTICLES[0]},
    lambda known: {"article_id": ARTICLES[0]},
    lambda known: {"article_id": ARTICLES[1]},
]
REJECTIONS = ["no letters or digits", None, FORGOTTEN, f"{FAULT}: KeyError", DEFAULT_LIMIT.reason, "larger than 1 MB"]


@st.composite
def rows(draw: st.DrawFn, known: Known) -> Known:
    """Draw a row of the ledger about a file that is as it was, but for two things at most."""
    for change in draw(st.lists(st.sampled_from(CHANGES), max_size=2)):
        known = known._replace(**change(known))
    status = draw(st.sampled_from([known.status, "duplicate", "rejected", "removed"]))
    if status in ("ingested", "duplicate"):
        return known._replace(status=status, article_id=known.article_id or ARTICLES[0])
    reason = draw(st.sampled_from(REJECTIONS)) if status == "rejected" else None
    return known._replace(status=status, article_id=None, reason=reason)


@st.composite
def worlds(draw: st.DrawFn, known: Mapping[str, Known]) -> tuple[set[str], Ledger, dict[str, Any]]:
    """Draw which files are there, a ledger in parts, and what else a plan is made from."""
    there = set(FILES) - draw(st.sets(st.sampled_from(FILES), max_size=2))
    paths = sorted({*known, *GONE} - draw(st.sets(st.sampled_from([*known, *GONE]))))
    ledger = {p: draw(rows(known.get(p) or known["a.txt"]._replace(raw_path=p))) for p in paths}
    cuts = sorted({0, len(paths), *draw(st.sets(st.integers(0, len(paths))))})
    parts = [ledger_of({p: ledger[p] for p in paths[start:end]}) for start, end in pairwise(cuts)]
    lines = {i: (Correction(0, 1, {"kind": "scare"}, "me", (1,)),) for i in draw(st.sets(st.sampled_from(ARTICLES)))}
    options = {
        "side_file": draw(st.sampled_from([None, None, side_file(a="Rain", one="Snow")])),
        "corrections": draw(st.sampled_from([None, Corrections(lines)])),
        "forgotten": frozenset(draw(st.sets(st.sampled_from(ARTICLES)))),
        "is_rehashing": draw(st.sampled_from([False, False, False, True])),
        "settle_seconds": draw(st.sampled_from([0, 0, 0, 10**9])),
        "prune": draw(st.booleans()),
        "path_templates": draw(st.sampled_from([PATH_TEMPLATES] * 4 + [("{slug}",)])),
    }
    return (
        there,
        Ledger({str(n): rows for n, part in enumerate(draw(st.permutations(parts))) for rows in part.tables()}),
        options,
    )


@settings(max_examples=300)
@given(st.data())
def test_same_plan_as_if_every_file_was_looked_at(raw: RawFolder, data: st.DataObject) -> None:
    tree, known = discover(raw.root), Knowledge(raw)
    there, ledger, options = data.draw(worlds(known))
    tree = replace(tree, files={path: file for path, file in tree.files.items() if path in there})
    inputs = Inputs(tree, ledger, **options)
    assert make_plan(inputs) == row_by_row(inputs)


def row_by_row(inputs: Inputs) -> Plan:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(planner, "Sieve", EveryFile)
        return make_plan(inputs)
