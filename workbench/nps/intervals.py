"""Intervals of an NPS from counts: Wald, adjusted Wald, Tango's score interval, and the exact bootstrap."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy

from workbench.core.checks import Floats


def wald(promoters: Floats, detractors: Floats, n: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return p - d ± z √((p + d - (p - d)²)/n) as shares; collapses when everybody agrees.

    Examples
    --------
    >>> [round(float(v), 3) for v in wald(np.array(50.0), np.array(20.0), np.array(100.0), 0.95)]
    [0.147, 0.453]
    """
    p, d = promoters / n, detractors / n
    reach = scipy.stats.norm.ppf((1 + confidence) / 2) * np.sqrt(np.clip(p + d - (p - d) ** 2, 0, None) / n)
    return p - d - reach, p - d + reach


def adjusted_wald(promoters: Floats, detractors: Floats, n: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return the Wald interval after adding ¾ promoter, 1½ passives and ¾ detractor, not clipped to -1…1.

    Source: Rocks (2016), Interval estimation for the "net promoter score", The American Statistician 70, 365–372:
    its interval (3/4, 3/2, 3/4), the best of those compared at small bases.

    Examples
    --------
    >>> [round(float(v), 3) for v in adjusted_wald(np.array(5.0), np.array(0.0), np.array(5.0), 0.95)]
    [0.175, 1.075]
    """
    return wald(promoters + 0.75, detractors + 0.75, n + 3.0, confidence)


def score(promoters: Floats, detractors: Floats, n: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return Tango's score interval of the difference of two shares of the same answers.

    Source: Tango (1998), Statistics in Medicine 17, 891–908, eq. 4 and 7: the limits solve
    (b - c - nδ) = ± z √(n (2 q̃ + δ (1 - δ))), where q̃ is the restricted estimate of the smaller share.

    Examples
    --------
    >>> [round(float(v), 4) for v in score(np.array(5.0), np.array(0.0), np.array(5.0), 0.95)]
    [0.131, 1.0]
    """
    b, c, n = np.broadcast_arrays(np.asarray(promoters, float), np.asarray(detractors, float), np.asarray(n, float))
    z = float(scipy.stats.norm.ppf((1 + confidence) / 2))
    centre = (b - c) / n
    low = _solve(b, c, n, z, np.full_like(centre, -1.0), centre)
    high = _solve(b, c, n, -z, np.full_like(centre, 1.0), centre)
    return low, high


def _solve(b: Floats, c: Floats, n: Floats, z: float, outer: Floats, inner: Floats) -> Floats:
    """Bisect between the estimate and the end of the scale for the point where the score statistic is z."""
    far, near = outer.copy(), inner.copy()
    for _ in range(80):
        middle = (far + near) / 2
        outside = np.abs(_statistic(b, c, n, middle)) > abs(z)
        far, near = np.where(outside, middle, far), np.where(outside, near, middle)
    # an end of the scale that the data do not contradict is itself the limit
    reached = np.abs(_statistic(b, c, n, outer)) <= abs(z)
    return np.where(reached, outer, (far + near) / 2)


def _statistic(b: Floats, c: Floats, n: Floats, delta: Floats) -> Floats:
    linear = -b - c + (2 * n - b + c) * delta
    root = np.sqrt(np.clip(linear**2 + 8 * n * c * delta * (1 - delta), 0, None))
    q = np.clip((root - linear) / (4 * n), 0.0, 1.0)
    variance = n * (2 * q + delta * (1 - delta))
    top = b - c - n * delta
    safe = variance > 1e-12
    far = np.where(np.abs(top) > 1e-9, np.inf, 0.0) * np.sign(top)
    with np.errstate(invalid="ignore"):
        return np.where(safe, top / np.sqrt(np.where(safe, variance, 1.0)), np.nan_to_num(far, nan=0.0, posinf=np.inf))


def exact_bootstrap(promoters: int, detractors: int, n: int, confidence: float) -> tuple[float, float]:
    """Return the percentile interval of the bootstrap, from its exact distribution instead of random draws.

    The sum of n draws from the observed answers has the n-fold convolution of their distribution; its quantiles are
    the limits that a bootstrap approaches with ever more draws.

    Examples
    --------
    >>> exact_bootstrap(5, 0, 5, 0.95)
    (1.0, 1.0)
    """
    single = np.array([detractors, n - promoters - detractors, promoters], dtype=float) / n
    size = 2 * n + 1
    length = 1 << (size - 1).bit_length()
    total = np.fft.irfft(np.fft.rfft(single, length) ** n, length)[:size]
    cumulative = np.cumsum(np.clip(total, 0, None))
    cumulative /= cumulative[-1]
    tail = (1 - confidence) / 2
    low = int(np.searchsorted(cumulative, tail - 1e-12))
    high = int(np.searchsorted(cumulative, 1 - tail - 1e-12))
    return (low - n) / n, (high - n) / n


def exact_coverage(
    interval: Callable[[Floats, Floats, Floats, float], tuple[Floats, Floats]],
    promoters: float,
    detractors: float,
    n: int,
    *,
    confidence: float = 0.95,
) -> float:
    """Return the probability that an interval from n answers holds the true NPS, by adding up every possible outcome.

    Parameters
    ----------
    interval
        `wald`, `adjusted_wald` or `score`; limits outside -1…1 are cut.
    promoters, detractors
        True shares.
    n
        Number of answers.

    Examples
    --------
    Nine of ten promoters and ten answers: the Wald interval misses the truth in every third survey.

    >>> [round(exact_coverage(i, 0.9, 0.02, 10), 2) for i in (wald, adjusted_wald, score)]
    [0.65, 0.93, 0.96]
    """
    x, y = (side.ravel().astype(float) for side in np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij"))
    possible = x + y <= n
    x, y = x[possible], y[possible]
    z = n - x - y
    log = (
        scipy.special.gammaln(n + 1)
        - scipy.special.gammaln(x + 1)
        - scipy.special.gammaln(y + 1)
        - scipy.special.gammaln(z + 1)
    )
    log += (
        scipy.special.xlogy(x, promoters)
        + scipy.special.xlogy(y, detractors)
        + scipy.special.xlogy(z, max(1 - promoters - detractors, 0.0))
    )
    low, high = interval(x, y, np.full_like(x, float(n)), confidence)
    truth = promoters - detractors
    inside = (np.clip(low, -1, 1) <= truth + 1e-12) & (truth - 1e-12 <= np.clip(high, -1, 1))
    return float(np.exp(log) @ inside)
