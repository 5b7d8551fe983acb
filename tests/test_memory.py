"""Memory that is freed goes back to the system, and texts are found without an object of each."""

import platform
import subprocess
import sys

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.among import is_among, values_of

HOLES = """
from flows.building.memory import give_back

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096

small = [b"x" * (600 + i % 7) for i in range(200_000)]
small = small[::100]  # what stays keeps the heap from shrinking
before = resident()
give_back()
print(before - resident())
"""
texts = st.lists(st.none() | st.sampled_from("abcdef"), max_size=8)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have no holes to give back, or no way")
def test_holes_in_the_heap_are_given_back() -> None:
    found = subprocess.run([sys.executable, "-c", HOLES], check=True, capture_output=True, text=True)
    assert int(found.stdout) > 80_000_000  # of 120


@given(texts, texts)
def test_texts_among_others(column: list[str | None], others: list[str | None]) -> None:
    asked = pd.Series(column, index=range(3, 3 + len(column)), dtype="str")
    wanted = pd.Series([text is not None and text in others for text in column], asked.index, dtype=bool)
    pd.testing.assert_series_equal(is_among(asked, (text for text in others if text)), wanted)
    pd.testing.assert_series_equal(is_among(asked, pd.Series(others, dtype="str")), wanted)


@given(texts, st.lists(st.tuples(st.none() | st.sampled_from("abcdef"), st.none() | st.text(max_size=2)), max_size=8))
def test_values_that_stand_beside_texts(column: list[str | None], rows: list[tuple[str | None, str | None]]) -> None:
    asked = pd.Series(column, index=range(3, 3 + len(column)), dtype="str")
    first = dict(reversed(rows))
    wanted = pd.Series([first.get(text) if text else None for text in column], asked.index, dtype="str")
    keys, values = (pd.Series([row[i] for row in rows], dtype="str") for i in (0, 1))
    pd.testing.assert_series_equal(values_of(asked, keys, values), wanted)
