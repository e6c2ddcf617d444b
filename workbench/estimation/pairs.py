"""Pairs of groups: their difference with its error and test."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from workbench.core.checks import Floats
from workbench.estimation.domains import Domains
from workbench.estimation.intervals import quantile_t
from workbench.estimation.mean_test import mean_sides, means_alike
from workbench.estimation.ratios import Ratio, fit_ratio
from workbench.estimation.sample import Sample
from workbench.estimation.share_test import share_sides, shares_alike


def every_pair(
    sample: Sample, domains: Domains, fit: Ratio, labels: list[str], minimum: int, *, share: bool, family: int = 0
) -> pd.DataFrame:
    """Return the difference of every pair of groups of a fit, with its error and test.

    Parameters
    ----------
    sample, domains, fit
        What was fitted, by group.
    labels
        What the groups are called.
    minimum
        Fewest answers of a group for a verdict.
    share
        Whether a share was fitted.
    family
        How many comparisons there are where these are part of more; 0 for those with answers enough.

    Returns
    -------
    DataFrame
        ``group``, ``other``, ``estimate``, ``std_error``, ``n`` (of the thinner group), ``df``, ``error_used`` (that of
        the test), ``p_value``.
    """
    first, second = (np.array(side) for side in zip(*combinations(range(len(labels)), 2), strict=True))
    v = fit.covariance
    variance = v[first, first] + v[second, second] - 2 * v[first, second]
    estimate, n = fit.estimate[:, 0], fit.n[:, 0]
    df = np.minimum(fit.df[first, 0], fit.df[second, 0])
    difference, error = estimate[first] - estimate[second], np.sqrt(np.clip(variance, 0, None))
    if share:
        sides = share_sides(sample, domains, fit)
        # a single answer has no variance of its own; the pooled one needs none
        tested, p = shares_alike(sides.take(first), sides.take(second), np.nan_to_num(variance), df)
        error_used = np.fmax(error, tested)
    else:
        both, enough = mean_sides(sample, domains, fit), np.minimum(n[first], n[second]) >= minimum
        many = family or int(enough.sum())
        tested, p = means_alike(both.take(first), both.take(second), variance, df, enough, family=many)
        error_used = np.fmax(error, tested)
    return pd.DataFrame(
        {
            "group": [labels[i] for i in first],
            "other": [labels[i] for i in second],
            "estimate": difference,
            "std_error": error,
            "n": np.minimum(n[first], n[second]).astype(np.int64),
            "df": df,
            "error_used": error_used,
            "p_value": p,
        }
    )


def compare_two(
    sample: Sample, values: Floats, first: np.ndarray, second: np.ndarray, *, confidence: float, minimum_base: int
) -> dict[str, float]:
    """Compare the means of two groups of rows of a sample that was read before, for many such pairs.

    Parameters
    ----------
    sample
        All rows of the sample.
    values
        What is averaged, NaN where there is none.
    first, second
        Which rows are in which group; the rest stays in the design.
    confidence
        Coverage of the interval.
    minimum_base
        Fewest answers of each for a verdict.

    Returns
    -------
    dict
        ``first``, ``second`` (means), ``estimate`` (difference), ``std_error``, ``ci_low``, ``ci_high``, ``p_value``:
        the same numbers as of `compare_groups`.

    Examples
    --------
    >>> from workbench.estimation import Design
    >>> from workbench.estimation.sample import read_sample
    >>> rows = pd.DataFrame({"y": [1.0, 3.0, 2.0, 6.0]})
    >>> sample, one = read_sample(rows, Design()), np.array([True, True, False, False])
    >>> compare_two(sample, rows["y"].to_numpy(), one, ~one, confidence=0.95, minimum_base=1)["estimate"]
    -2.0
    """
    code = np.where(first, 0, np.where(second, 1, -1)).astype(np.int64)
    names = ["first", "second"]
    domains = Domains(code, pd.DataFrame({"group": names}))
    seen = ~np.isnan(values)[:, None]
    fit = fit_ratio(sample, domains, np.where(seen, values[:, None], 0.0), seen.astype(float), seen, ["value"])
    pair = every_pair(sample, domains, fit, names, minimum_base, share=False)
    estimate, used = float(pair["estimate"].iloc[0]), float(pair["error_used"].iloc[0])
    reach = float(quantile_t(confidence, pair["df"].to_numpy(dtype=float))[0]) * used
    return {
        "first": float(fit.estimate[0, 0]),
        "second": float(fit.estimate[1, 0]),
        "estimate": estimate,
        "std_error": float(pair["std_error"].iloc[0]),
        "ci_low": estimate - reach,
        "ci_high": estimate + reach,
        "p_value": float(pair["p_value"].iloc[0]),
    }
