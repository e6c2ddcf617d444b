"""From criteria to a number of groups: what is chance, what stands apart, and what is of use where nothing does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from workbench.clustering.feature_rules import Floats

_AS_GOOD: Final = 0.05
_AS_FAR: Final = 0.02
_USEFUL: Final = 0.6
_STEADY: Final = 0.5
_MOST_PRACTICAL: Final = 6


def chance(widths: Floats, nulls: Floats) -> float:
    """Return how often data without groups reach as high a silhouette, standardised per number of groups.

    Examples
    --------
    >>> chance(np.array([0.9]), np.array([[0.1], [0.2], [0.3]]))
    0.25
    """
    mean, deviation = nulls.mean(axis=0), np.maximum(nulls.std(axis=0, ddof=1), 1e-12)
    reached = ((nulls - mean) / deviation).max(axis=1)
    return float((1 + (reached >= ((widths - mean) / deviation).max()).sum()) / (len(nulls) + 1))


def standing_apart(numbers: Sequence[int], widths: Floats, highest: int, again: Sequence[int]) -> int:
    """Return the number of groups that stand apart: the largest of those as good as the best by the silhouette.

    Examples
    --------
    >>> standing_apart([2, 3], np.array([0.6, 0.58]), 3, [2, 3])
    3
    """
    # the silhouette alone joins groups that stand closer to each other than to the rest
    close = [k for k, w in zip(numbers, widths, strict=True) if w >= widths.max() - _AS_GOOD and k <= highest]
    found = [k for k in close if k in again]
    return max(found, default=max(again))


def practical(table: pd.DataFrame, strength: Floats) -> int:
    """Return a number of groups that is of use where none stands out: it explains enough, and is found again.

    Examples
    --------
    >>> practical(pd.DataFrame({"k": [2, 3], "explained": [0.5, 0.7]}), np.array([0.6, 0.6]))
    3
    """
    # of the numbers whose groups are mostly found again; where none is, of all
    steady = table[strength >= _STEADY]
    table = steady if len(steady) else table
    enough = table.loc[table["explained"] >= _USEFUL, "k"]
    most = table.loc[table["k"] <= _MOST_PRACTICAL, "k"]
    ceiling = int(most.max()) if len(most) else int(table["k"].min())
    return min(int(enough.min()), ceiling) if len(enough) else ceiling


def rising_above(numbers: Sequence[int], excess: Floats, again: Sequence[int]) -> int:
    """Return the smallest number of groups whose silhouette rises above that of data without groups as far as the best.

    Categories split data without groups, too, so that the silhouette itself prefers many groups.

    Examples
    --------
    >>> rising_above([2, 3, 4], np.array([0.2, 0.36, 0.37]), [2, 3, 4])
    3
    """
    known = {k: float(v) for k, v in zip(numbers, excess, strict=True) if k in again}
    return min(k for k, v in known.items() if v >= max(known.values()) - _AS_FAR)
