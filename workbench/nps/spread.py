"""Are all regions alike? How far apart they lie, how far luck alone would put them, and the test that says so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy

from workbench.core.checks import Floats
from workbench.core.errors import InputError, require_columns
from workbench.estimation import adjust_p
from workbench.nps.ranks import luck_spread


def p_equal(estimate: Floats, error: Floats) -> float:
    r"""Return the p-value that all regions are equal.

    Parameters
    ----------
    estimate, error
        Each region's estimate and its standard error; independent.

    Returns
    -------
    float
        Missing for fewer than two regions, or where an error is not positive.

    Notes
    -----
    :math:`Q = \sum_g (y_g - \bar y)^2 / V_g` with :math:`\bar y` weighted by :math:`1/V_g`, compared with
    :math:`\chi^2_{G-1}` (Cochran 1954, Biometrics 10, 101–129).

    Examples
    --------
    >>> round(p_equal(np.array([10.0, 20.0, 60.0]), np.array([10.0, 10.0, 10.0])), 4)
    0.0009
    """
    if len(estimate) < 2 or not (error > 0).all():
        return float("nan")
    precision = 1 / error**2
    centre = (precision * estimate).sum() / precision.sum()
    return float(scipy.stats.chi2.sf((precision * (estimate - centre) ** 2).sum(), len(estimate) - 1))


def spread_test(table: pd.DataFrame, *, measure: str = "measure") -> pd.DataFrame:
    """Test for each measure whether all regions are alike, corrected for the number of measures.

    Parameters
    ----------
    table
        One row per region and measure: the measure, ``estimate``, ``std_error``.
    measure
        Column of the measures.

    Returns
    -------
    DataFrame
        ``measure``, ``regions``, ``spread`` (highest less lowest), ``luck`` (what equal regions show on average),
        ``p_value`` (that all are equal), ``p_adjusted`` (Holm over the measures: who looks at ten measures finds one
        in which equal regions differ more often than at one).

    Raises
    ------
    InputError
        If a column is missing or an error is negative.

    Examples
    --------
    >>> rows = pd.DataFrame({"measure": ["nps"] * 3 + ["orders"] * 3, "std_error": 10})
    >>> rows["estimate"] = [10, 20, 60, 1, 1, 2]
    >>> spread_test(rows)[["measure", "spread", "p_value", "p_adjusted"]].round(4).values.tolist()
    [['nps', 50.0, 0.0009, 0.0018], ['orders', 1.0, 0.9967, 0.9967]]
    """
    require_columns(table.columns, [measure, "estimate", "std_error"], where="table")
    if (table["std_error"] < 0).any():
        raise InputError(
            "A standard error is not negative.",
            found=f"{table['std_error'].min():g}",
            fix="Give standard errors, not bounds of intervals.",
            where="std_error",
        )
    rows = []
    for name, part in table.groupby(measure, sort=False):
        known = part[part["estimate"].notna()]
        estimate, error = known["estimate"].to_numpy(dtype=float), known["std_error"].to_numpy(dtype=float)
        spread = float(np.ptp(estimate)) if len(estimate) > 1 else np.nan
        rows.append((name, len(known), spread, luck_spread(error), p_equal(estimate, error)))
    found = pd.DataFrame(rows, columns=["measure", "regions", "spread", "luck", "p_value"])
    return found.assign(p_adjusted=adjust_p(found["p_value"].to_numpy(dtype=float), "holm"))
