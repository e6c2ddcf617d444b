"""Between which groups a rate differs most, and whether that is more than chance shows for a pair picked from many."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from workbench.core.errors import require_columns

SMALLEST_GROUP = 30


@dataclass(frozen=True)
class RateContrast:
    """The two levels of one variable whose rates differ most.

    Attributes
    ----------
    variable
        The variable.
    high, low
        Its levels with the higher and the lower rate.
    high_rate, low_rate
        Their rates.
    p_value
        p of their difference, times the number of pairs it was picked from, at most 1.
    family
        The number of pairs: all pairs of levels of all variables.
    n
        Base of the smaller of the two.
    """

    variable: str
    high: object
    low: object
    high_rate: float
    low_rate: float
    p_value: float
    family: int
    n: int


def widest_contrast(
    rates: pd.DataFrame, *, hits: str = "answered", of: str = "asked", minimum: int = SMALLEST_GROUP
) -> RateContrast | None:
    """Find the pair of levels of one variable whose rates differ most, and how clear the difference is.

    Parameters
    ----------
    rates
        One row per level: ``variable``, ``level``, and the two counts.
    hits, of
        Columns of the counts; the rate is one over the other.
    minimum
        Smallest base of a level that is compared.

    Returns
    -------
    RateContrast or None
        None where no variable has two levels that are large enough.

    Raises
    ------
    InputError
        If a column is missing.

    Notes
    -----
    z = (p₁ − p₂) / √(p (1 − p) (1/n₁ + 1/n₂)) with p the rate of both together; the two-sided p is multiplied by the
    number of pairs (Bonferroni), because one of them is picked for its difference.

    Examples
    --------
    >>> rows = [("mode", "phone", 400, 200), ("mode", "web", 400, 100), ("region", "north", 20, 20)]
    >>> found = widest_contrast(pd.DataFrame(rows, columns=["variable", "level", "asked", "answered"]))
    >>> found.high, found.low, found.family, found.p_value < 0.001
    ('phone', 'web', 1, True)
    """
    require_columns(map(str, rates.columns), ["variable", "level", hits, of], where="rates")
    large = rates[rates[of] >= minimum]
    pairs = [
        (str(variable), one, other)
        for variable, part in large.groupby("variable", sort=False)
        for one, other in combinations(part.to_dict("records"), 2)
    ]
    found = []
    for variable, one, other in pairs:
        high, low = sorted((one, other), key=lambda r: r[hits] / r[of], reverse=True)
        both = (high[hits] + low[hits]) / (high[of] + low[of])
        error = math.sqrt(both * (1 - both) * (1 / high[of] + 1 / low[of]))
        rate_high, rate_low = high[hits] / high[of], low[hits] / low[of]
        z = (rate_high - rate_low) / error if error else 0.0
        p = min(1.0, math.erfc(z / math.sqrt(2)) * len(pairs))
        base = int(min(high[of], low[of]))
        found.append(RateContrast(variable, high["level"], low["level"], rate_high, rate_low, p, len(pairs), base))
    return max(found, key=lambda c: (c.high_rate - c.low_rate, -c.p_value), default=None)
