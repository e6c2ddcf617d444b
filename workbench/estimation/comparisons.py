"""Many comparisons at once: p-values that keep their promise over the whole family; the largest gap of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal, get_args

import numpy as np

from workbench.core.checks import Floats
from workbench.core.errors import InputError

Adjust = Literal["holm", "bh"]


def adjust_p(p: Floats, method: Adjust | None) -> Floats:
    """Adjust p-values for the size of their family; missing ones stay missing and do not count.

    Parameters
    ----------
    p
        p-values of one family.
    method
        ``holm`` keeps the chance of any false finding, ``bh`` the share of false findings; None leaves p as it is.

    Returns
    -------
    ndarray
        Adjusted p-values, in the order of `p`.

    Raises
    ------
    InputError
        If the method is unknown.

    Notes
    -----
    Holm (1979), Scandinavian Journal of Statistics 6, 65–70; Benjamini and Hochberg (1995), Journal of the Royal
    Statistical Society B 57, 289–300.

    Examples
    --------
    >>> adjust_p(np.array([0.01, 0.04, 0.03]), "holm").round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    if method is None:
        return p.copy()
    if method not in get_args(Adjust):
        raise InputError(
            "p-values are adjusted by holm or bh, or not at all.", found=repr(method), fix="Choose one.", where="adjust"
        )
    result = np.full(len(p), np.nan)
    known = np.flatnonzero(~np.isnan(p))
    m = len(known)
    if not m:
        return result
    order = known[np.argsort(p[known], kind="stable")]
    rank = np.arange(1, m + 1)
    if method == "holm":
        adjusted = np.maximum.accumulate(p[order] * (m - rank + 1))
    else:
        adjusted = np.minimum.accumulate((p[order] * m / rank)[::-1])[::-1]
    result[order] = np.minimum(adjusted, 1.0)
    return result


@dataclass(frozen=True)
class ExtremeGap:
    """The gap between the lowest and the highest of several values.

    Attributes
    ----------
    low, high
        Places of the lowest and the highest.
    gap
        Highest less lowest.
    p_value
        Two-sided, corrected for all the pairs that could have been picked.
    pairs
        How many these are.
    """

    low: int
    high: int
    gap: float
    p_value: float
    pairs: int


def compare_extremes(values: Sequence[float], errors: Sequence[float], *, families: int = 1) -> ExtremeGap:
    """Test whether the lowest and the highest of several independent values differ, given that they were picked.

    Parameters
    ----------
    values
        Estimates of two groups or more.
    errors
        Their standard errors.
    families
        In how many sets of groups a gap was looked for.

    Returns
    -------
    ExtremeGap
        With p = 1 where no standard error is above 0.

    Notes
    -----
    z = (max − min) / √(s²_max + s²_min), Bonferroni over the k (k − 1) / 2 pairs of every family.

    Examples
    --------
    >>> found = compare_extremes([3.0, 1.0, 2.0], [0.2, 0.2, 0.2])
    >>> found.low, found.high, found.pairs, found.p_value < 0.001
    (1, 0, 3, True)
    """
    low, high = int(np.argmin(values)), int(np.argmax(values))
    pairs = families * len(values) * (len(values) - 1) // 2
    gap = float(values[high] - values[low])
    error = float(np.hypot(errors[low], errors[high]))
    p = min(1.0, 2 * NormalDist().cdf(-gap / error) * pairs) if error > 0 and pairs else 1.0
    return ExtremeGap(low, high, gap, p, pairs)
