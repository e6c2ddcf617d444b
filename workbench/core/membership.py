"""Whose id is among those of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    import numpy.typing as npt


def among(ids: pd.Series, others: pd.Series | Iterable[str]) -> pd.Series:
    """Tell which ids are among those of others.

    Parameters
    ----------
    ids
        One id a row.
    others
        Ids, each once or several times.

    Returns
    -------
    Series of bool
        With the index of `ids`; a blank id is among others where one of them is blank.

    Examples
    --------
    >>> import pandas as pd
    >>> among(pd.Series(["C1", "C2"]), pd.Series(["C2", "C3"])).tolist()
    [False, True]
    """
    # Series.isin makes a Python object of each other text, a hundred times as slow where they are many
    left, right = (_array(v) for v in (ids, others))
    if left.type != right.type:
        return ids.isin(others)
    found: npt.NDArray[np.bool_] = pc.is_in(left, value_set=right).to_numpy(zero_copy_only=False)
    return pd.Series(found, index=ids.index, dtype=bool, name=ids.name)


def _array(values: pd.Series | Iterable[str]) -> pa.Array:
    found = pa.array(values if isinstance(values, pd.Series) else list(values), from_pandas=True)
    if isinstance(found, pa.ChunkedArray):
        found = found.combine_chunks()
    plain = pa.types.is_string(found.type) or pa.types.is_null(found.type)
    return found.cast(pa.large_string()) if plain else found
