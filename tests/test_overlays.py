"""A text cut where spans start or end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.overlays import pieces

SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=12)


@pytest.mark.parametrize(
    ("spans", "cuts", "expected"),
    [
        pytest.param([], [], [(0, 9, ())], id="none"),
        pytest.param([(2, 5)], [], [(0, 2, ()), (2, 5, (0,)), (5, 9, ())], id="one"),
        pytest.param([(2, 3), (1, 5)], [], [(0, 1, ()), (1, 2, (1,)), (2, 3, (1, 0)), (3, 5, (1,)), (5, 9, ())],
                     id="nested"),
        pytest.param([(1, 4), (3, 6)], [], [(0, 1, ()), (1, 3, (0,)), (3, 4, (0, 1)), (4, 6, (1,)), (6, 9, ())],
                     id="crossing"),
        pytest.param([(2, 2)], [], [(0, 2, ()), (2, 9, ())], id="empty"),
        pytest.param([(-3, 4)], [4, 7, 99], [(0, 4, (0,)), (4, 7, ()), (7, 9, ())], id="from-before-and-cuts"),
    ],
)  # fmt: skip
def test_text_is_cut(spans: list[tuple[int, int]], cuts: list[int], expected: list[tuple[object, ...]]) -> None:
    assert list(pieces(0, 9, spans, cuts)) == expected


@given(SPANS, st.lists(st.integers(0, 30), max_size=5), st.integers(0, 15), st.integers(16, 30))
def test_pieces_tile_and_hold_what_their_characters_are_in(
    spans: list[tuple[int, int]], cuts: list[int], start: int, end: int
) -> None:
    found = list(pieces(start, end, spans, cuts))
    assert [at for p in found for at in range(p.start, p.end)] == list(range(start, end))
    for piece in found:
        assert piece.start < piece.end
        for at in range(piece.start, piece.end):
            assert set(piece.spans) == {n for n, (left, right) in enumerate(spans) if left <= at < right}
        assert [spans[n][0] for n in piece.spans] == sorted(spans[n][0] for n in piece.spans)
