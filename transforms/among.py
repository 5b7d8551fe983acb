"""Texts of a column among others, as `Series.isin`, `map` and `merge` find them.

Those make an object of each text, which takes some hundred bytes, and tables to find it in.
"""

from collections.abc import Iterable

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def is_among(column: "pd.Series[str]", texts: Iterable[str]) -> "pd.Series[bool]":
    """Return which texts of a column are among some others; a null is among none."""
    others = _texts(texts) if isinstance(texts, pd.Series) else pa.array(list(texts), pa.string())
    found = pc.is_in(_texts(column), others, skip_nulls=True)
    return pd.Series(found.to_numpy(zero_copy_only=False) if len(column) else [], index=column.index, dtype=bool)


def values_of(column: "pd.Series[str]", keys: "pd.Series[str]", values: "pd.Series[str]") -> "pd.Series[str]":
    """Return what stands beside each text of a column in another frame; null, where that has none.

    Args:
        column: The texts.
        keys: The other frame's texts; of two that are the same, the first counts.
        values: What stands beside them.
    """
    places = pc.index_in(_texts(column), _texts(keys), skip_nulls=True)
    found: pd.Series[str] = _texts(values).take(places).to_pandas()
    return found.astype("str").set_axis(column.index)


def _texts(column: "pd.Series[str]") -> pa.Array:
    return pa.array(column, pa.string())
