"""Arrow columns of Python values without `pa.array` and `pa.scalar`, which import pandas.

That takes longer than all that a run with nothing to do has to do.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from itertools import accumulate

import pyarrow as pa
import pyarrow.compute as pc


def text_column(values: Iterable[str]) -> pa.StringArray:
    """Return texts, two gigabytes of them at most, as a column."""
    encoded = [value.encode() for value in values]
    offsets = array("i", accumulate(map(len, encoded), initial=0))
    return pa.StringArray.from_buffers(len(encoded), pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded)))


def number_column(values: array[int]) -> pa.Int64Array:
    """Return 64-bit numbers, an array of type `q`, as a column, without copying them."""
    return pa.Int64Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(values)])


def text(value: str) -> pa.StringScalar:
    """Return a text to compare a column with."""
    return text_column([value])[0]


def number(value: int) -> pa.Int64Scalar:
    """Return a number to compare a column with."""
    return number_column(array("q", [value]))[0]


FALSE: pa.BooleanScalar = pc.is_null(text_column([""]))[0]
