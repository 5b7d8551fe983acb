"""Which raw file carries an article, whatever comes, changes or goes."""

import datetime
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.ledger import resolve
from transforms.schemas import FILES

Row = tuple[str, str, str | None]
"""raw_path, status, article_id"""


def ledger(rows: list[Row], **columns: Any) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["raw_path", "status", "article_id"]).assign(
        size=1,
        modified=pd.Timestamp(0, tz="UTC"),
        rules_version=1,
        run_id="r",
        finished_at=datetime.datetime.now(),
        **columns,
    )
    return FILES.conform(frame).to_pandas()


def statuses(frame: pd.DataFrame) -> dict[str, tuple[str, str | None]]:
    found = zip(frame["raw_path"], frame["status"], frame["article_id"], strict=True)
    return {path: (status, None if pd.isna(article_id) else article_id) for path, status, article_id in found}


A, B, GONE = "ingested", "duplicate", "removed"


@pytest.mark.parametrize(
    ("present", "staged", "expected", "carriers", "dropped"),
    [
        pytest.param([], [("a", A, "X")], {"a": (A, "X")}, {"a"}, set(), id="new"),
        pytest.param(
            [], [("b", A, "X"), ("a", A, "X")], {"a": (A, "X"), "b": (B, "X")}, {"a"}, set(), id="two-copies-at-once"
        ),
        pytest.param(
            [("a", A, "X")], [("b", A, "X")], {"a": (A, "X"), "b": (B, "X")}, set(), set(), id="copy-with-larger-path"
        ),
        pytest.param(
            [("b", A, "X")], [("a", A, "X")], {"a": (A, "X"), "b": (B, "X")}, {"a"}, {"X"}, id="copy-with-smaller-path"
        ),
        pytest.param(
            [("b", A, "X")], [("a", A, "Y")], {"a": (A, "Y"), "b": (A, "X")}, {"a"}, set(), id="no-copy-smaller-path"
        ),
        pytest.param([("a", A, "X")], [("a", A, "X")], {"a": (A, "X")}, {"a"}, {"X"}, id="read-again"),
        pytest.param([("a", A, "X")], [("a", A, "Y")], {"a": (A, "Y")}, {"a"}, {"X"}, id="changed"),
        pytest.param(
            [("a", A, "X"), ("b", B, "X")],
            [("a", A, "Y"), ("b", A, "X")],
            {"a": (A, "Y"), "b": (A, "X")},
            {"a", "b"},
            {"X"},
            id="carrier-changed-copy-survives",
        ),
        pytest.param(
            [("a", A, "X"), ("b", B, "X")],
            [("b", A, "Y")],
            {"a": (A, "X"), "b": (A, "Y")},
            {"b"},
            set(),
            id="copy-changed-carrier-stays",
        ),
        pytest.param(
            [("a", A, "X"), ("b", B, "X")],
            [("a", GONE, None), ("b", A, "X")],
            {"a": (GONE, None), "b": (A, "X")},
            {"b"},
            {"X"},
            id="carrier-removed-copy-survives",
        ),
        pytest.param([("a", A, "X")], [("a", GONE, None)], {"a": (GONE, None)}, set(), {"X"}, id="removed"),
        pytest.param(
            [("a", A, "X"), ("b", B, "X")],
            [("b", GONE, None)],
            {"a": (A, "X"), "b": (GONE, None)},
            set(),
            set(),
            id="copy-removed",
        ),
        pytest.param(
            [("a", A, "X")], [("a", "rejected", None)], {"a": ("rejected", None)}, set(), {"X"}, id="rejected-after-all"
        ),
        pytest.param([("a", "rejected", None)], [("a", A, "X")], {"a": (A, "X")}, {"a"}, set(), id="usable-after-all"),
        pytest.param([("a", GONE, None)], [("a", A, "X")], {"a": (A, "X")}, {"a"}, set(), id="back-again"),
        pytest.param([("a", A, "X")], [], {"a": (A, "X")}, set(), set(), id="nothing-read"),
        pytest.param([], [("z.zip", "container", None)], {"z.zip": ("container", None)}, set(), set(), id="archive"),
    ],
)
def test_resolve(
    present: list[Row],
    staged: list[Row],
    expected: dict[str, tuple[str, str | None]],
    carriers: set[str],
    dropped: set[str],
) -> None:
    resolution = resolve(ledger(present), ledger(staged))
    assert statuses(resolution.ledger) == expected
    assert list(resolution.ledger["raw_path"]) == sorted(expected)
    assert set(resolution.carriers) == carriers
    assert resolution.dropped == dropped
    FILES.conform(resolution.ledger)


def test_reason_of_a_copy_comes_and_goes() -> None:
    copies = resolve(ledger([]), ledger([("b", A, "X"), ("a", A, "X")])).ledger
    assert list(copies["reason"].fillna("")) == ["", "same article as a"]
    alone = resolve(copies, ledger([("a", A, "Y"), ("b", A, "X")])).ledger
    assert list(alone["reason"].fillna("")) == ["", ""]


@pytest.mark.parametrize(
    ("before", "previous", "after", "expected"),
    [
        pytest.param("X", None, "Y", "X", id="revised"),
        pytest.param("X", "W", "Y", "X", id="revised-again"),
        pytest.param("X", "W", "X", "W", id="same-article-keeps-it"),
        pytest.param("X", None, "X", None, id="same-article-has-none"),
        pytest.param("X", None, None, "X", id="rejected-after-all"),
        pytest.param(None, "W", "X", "W", id="usable-again"),
    ],
)
def test_previous_article(before: str | None, previous: str | None, after: str | None, expected: str | None) -> None:
    def row(article_id: str | None) -> list[Row]:
        return [("a", A if article_id else "rejected", article_id)]

    present = ledger(row(before), previous_article_id=[previous])
    (found,) = resolve(present, ledger(row(after))).ledger["previous_article_id"]
    assert (None if pd.isna(found) else found) == expected


class Dataset:
    """The ledger, and the path that each article's rows come from, as a run after the other leaves them."""

    def __init__(self) -> None:
        self.ledger = ledger([])
        self.rows: dict[str, str] = {}

    def run(self, changes: dict[str, str | None]) -> None:
        """Take up changes (an article, or None if the file went), with the survivors that a plan adds."""
        known = statuses(self.ledger)
        going = {article_id for path in changes for status, article_id in [known.get(path, ("", None))] if status == A}
        survivors = {p: i for p, (status, i) in known.items() if status == B and i in going and p not in changes}
        content = changes | survivors
        staged = ledger([(path, A if i else GONE, i) for path, i in content.items()])
        resolution = resolve(self.ledger, staged)
        self.ledger = resolution.ledger
        for article_id in resolution.dropped:
            del self.rows[article_id]
        for path in resolution.carriers:
            assert content[path] not in self.rows
            self.rows[str(content[path])] = path


CHANGES = st.dictionaries(st.sampled_from("abcdef"), st.none() | st.sampled_from("XYZ"), min_size=1)


@settings(max_examples=12, deadline=None)
@given(st.lists(CHANGES, max_size=5))
def test_the_smallest_path_carries_whatever_happened(runs: list[dict[str, str | None]]) -> None:
    dataset, raw = Dataset(), {}
    for changes in runs:
        changes = {path: i for path, i in changes.items() if i or path in raw}
        dataset.run(changes)
        raw |= changes
    alive = {path: i for path, i in raw.items() if i}
    carriers = {i: min(p for p in alive if alive[p] == i) for i in alive.values()}
    assert dataset.rows == carriers
    assert statuses(dataset.ledger) == {
        path: (GONE if i is None else A if carriers[i] == path else B, i) for path, i in raw.items()
    }


@settings(max_examples=6, deadline=None)
@given(st.permutations(["a", "b", "c", "d"]), st.integers(1, 4))
def test_order_of_arrival_does_not_matter(order: list[str], per_run: int) -> None:
    raw = {"a": "X", "b": "Y", "c": "X", "d": "X"}
    dataset = Dataset()
    for start in range(0, len(order), per_run):
        dataset.run({path: raw[path] for path in order[start : start + per_run]})
    assert statuses(dataset.ledger) == {"a": (A, "X"), "b": (A, "Y"), "c": (B, "X"), "d": (B, "X")}
    assert dataset.rows == {"X": "a", "Y": "b"}
