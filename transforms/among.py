"""Which texts of a column are among others."""

from collections.abc import Iterable

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def is_among(column: "pd.Series[str]", texts: Iterable[str]) -> "pd.Series[bool]":
    """Return which texts of a column are among some others; a null is among none.

    `Series.isin` makes an object of each of the others, which takes some 800 bytes.
    """
    others = pa.array(texts if isinstance(texts, pd.Series) else list(texts), pa.string())
    found = pc.is_in(pa.array(column, pa.string()), others, skip_nulls=True)
    return pd.Series(found.to_numpy(zero_copy_only=False) if len(column) else [], index=column.index, dtype=bool)
