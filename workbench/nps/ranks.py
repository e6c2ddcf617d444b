"""Ranks with their uncertainty, and how far apart equal regions lie by luck alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from workbench.core.checks import Codes, Floats
from workbench.estimation import adjust_p


@dataclass(frozen=True, eq=False)
class Ranks:
    """Rank of each region, 1 the best, and the ranks it may have; 0 where it has no estimate."""

    rank: Codes
    low: Codes
    high: Codes


def rank_intervals(
    estimate: Floats, covariance: Floats, df: Floats | float, *, confidence: float = 0.95, lower_is_better: bool = False
) -> Ranks:
    """Rank regions, with intervals that hold for all ranks together.

    Parameters
    ----------
    estimate, covariance
        Estimates and their covariance; regions without an estimate are NaN.
    df
        Degrees of freedom of each region's variance; those of a difference follow by Welch and Satterthwaite.
    confidence
        Probability that all true ranks lie in their intervals.

    Returns
    -------
    Ranks

    Notes
    -----
    A region's best possible rank is one more than the number of regions clearly better than it, its worst the number
    of regions less those clearly worse; clear after Holm's correction over all pairs. After Klein, Wright and
    Wieczorek (2020), Journal of the Royal Statistical Society A 183, 589–606, with tests of differences instead of
    separate intervals.

    Examples
    --------
    >>> found = rank_intervals(np.array([50.0, 40.0, 10.0]), np.eye(3) * 25.0, 100.0)
    >>> list(zip(found.low.tolist(), found.high.tolist()))
    [(1, 2), (1, 2), (3, 3)]
    """
    value = -estimate if lower_is_better else estimate
    known = np.flatnonzero(~np.isnan(value))
    size = len(known)
    rank, low, high = (np.zeros(len(value), dtype=np.int64) for _ in range(3))
    if size:
        v = value[known]
        order = np.argsort(-v, kind="stable")
        rank[known[order]] = np.arange(1, size + 1)
        first, second = np.triu_indices(size, 1)
        c = covariance[np.ix_(known, known)]
        error = np.sqrt(np.clip(c[first, first] + c[second, second] - 2 * c[first, second], 0, None))
        gap = v[first] - v[second]
        sure = error > 1e-12 * np.maximum(np.abs(gap), 1.0)
        own = np.broadcast_to(np.asarray(df, dtype=float), value.shape)[known]
        free = welch(np.diag(c)[first], np.diag(c)[second], own[first], own[second])
        p = np.where(
            sure,
            2 * scipy.stats.t.sf(np.abs(gap) / np.where(sure, error, 1.0), free),
            np.where(np.abs(gap) > 1e-12, 0.0, 1.0),
        )
        clear = adjust_p(p, "holm") < 1 - confidence
        better = np.zeros((size, size), dtype=bool)
        better[first, second] = clear & (gap > 0)
        better[second, first] = clear & (gap < 0)
        low[known] = 1 + better.sum(axis=0)
        high[known] = size - better.sum(axis=1)
    return Ranks(rank, low, high)


def welch(first: Floats, second: Floats, first_df: Floats, second_df: Floats) -> Floats:
    """Return the degrees of freedom of the sum of two variances (Satterthwaite 1946, Biometrics 2, 110–114).

    Examples
    --------
    >>> welch(np.array([1.0]), np.array([1.0]), np.array([9.0]), np.array([9.0])).tolist()
    [18.0]
    """
    top = (first + second) ** 2
    bottom = first**2 / np.maximum(first_df, 1e-9) + second**2 / np.maximum(second_df, 1e-9)
    return np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), np.inf)


def luck_spread(errors: Floats) -> float:
    """Return how far apart the highest and the lowest of equal regions lie on average by chance.

    Parameters
    ----------
    errors
        Standard error of each region's estimate; independent, normal.

    Notes
    -----
    E(max - min) = ∫ 1 - Π Φ(x/σ) - Π (1 - Φ(x/σ)) dx (Tippett 1925, Biometrika 17, 364–387, for unequal σ).

    Examples
    --------
    Twenty regions with 50 answers each, where single answers scatter by 69 points:

    >>> round(luck_spread(np.full(20, 69 / np.sqrt(50))))
    36
    """
    known = errors[np.isfinite(errors) & (errors > 0)]
    if len(known) < 2:
        return 0.0
    x = np.linspace(-9, 9, 4001) * known.max()
    below = scipy.stats.norm.cdf(x[:, None] / known[None, :])
    return float(np.trapezoid(1 - below.prod(axis=1) - (1 - below).prod(axis=1), x))
