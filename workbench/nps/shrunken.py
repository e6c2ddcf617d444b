"""Estimates of small regions that borrow strength from all regions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from workbench.core.checks import Floats


@dataclass(frozen=True, eq=False)
class Shrunken:
    """Empirical best estimates.

    Attributes
    ----------
    estimate, std_error, low, high
        By region; a region without a direct estimate has the mean of all.
    weight
        How much of each estimate is the region's own.
    centre
        Mean that estimates are drawn to.
    between
        Estimated variance among the regions' true values.
    """

    estimate: Floats
    std_error: Floats
    low: Floats
    high: Floats
    weight: Floats
    centre: float
    between: float


def shrink(estimate: Floats, variance: Floats, *, confidence: float = 0.95) -> Shrunken:
    """Draw each region's estimate to the mean of all, the more so the less its own answers say.

    Parameters
    ----------
    estimate
        Direct estimates, NaN where there is none.
    variance
        Their variances; smooth ones, as those of few answers are themselves chance.

    Returns
    -------
    Shrunken

    Notes
    -----
    Fay and Herriot (1979), Journal of the American Statistical Association 74, 269–277, with a mean only: θ̂ = m + γ
    (y - m), γ = A/(A + D), A from Σ (y - m)²/(A + D) = G - 1. Mean squared error with the cost of estimating m and A:
    Datta, Rao and Smith (2005), Biometrika 92, 183–196, eq. 10: g₁ + g₂ + 2 g₃ - (1 - γ)² b(A); limits with Student's
    t of G - 1. Regions differ normally about their mean; a region known to be unlike the others is better shown by its
    direct estimate.

    Examples
    --------
    >>> shrink(np.array([10.0, 20.0, 30.0]), np.array([50.0, 50.0, 50.0])).weight.round(2).tolist()
    [0.5, 0.5, 0.5]
    """
    known = ~np.isnan(estimate) & np.isfinite(variance) & (variance > 0)
    y, d = estimate[known], variance[known]
    size = len(y)
    blank = np.full(len(estimate), np.nan)
    if size < 3:
        # two regions say nothing about how regions differ
        return Shrunken(blank, blank, blank, blank, blank, float("nan"), float("nan"))
    between = _between(y, d)
    precision = 1 / (between + d)
    centre = float((precision * y).sum() / precision.sum())
    own = between * precision
    first, second = precision.sum(), (precision**2).sum()
    spread_of_between = 2 * size / first**2
    bias = 2 * (size * second - first**2) / first**3
    g1, g2 = own * d, (1 - own) ** 2 / first
    g3 = d**2 * precision**3 * spread_of_between
    error = np.maximum(g1 + g2 + 2 * g3 - (1 - own) ** 2 * bias, g2)
    result, errors, weight = np.full(len(estimate), centre), np.full(len(estimate), between + 1 / first), blank.copy()
    result[known], errors[known], weight[known] = centre + own * (y - centre), error, own
    weight[~known] = 0.0
    reach = float(scipy.stats.t.ppf((1 + confidence) / 2, size - 1)) * np.sqrt(errors)
    return Shrunken(result, np.sqrt(errors), result - reach, result + reach, weight, centre, between)


def _between(y: Floats, d: Floats) -> float:
    """Solve Σ (y - m(A))²/(A + D) = G - 1 for A; zero where even A = 0 explains the differences."""
    from scipy.optimize import brentq

    def excess(a: float) -> float:
        precision = 1 / (a + d)
        centre = (precision * y).sum() / precision.sum()
        return float((precision * (y - centre) ** 2).sum() - (len(y) - 1))

    if excess(0.0) <= 0:
        return 0.0
    top = float(np.var(y, ddof=1)) + 1e-12
    while excess(top) > 0:
        top *= 2
    return float(brentq(excess, 0.0, top, xtol=1e-10 * top))
