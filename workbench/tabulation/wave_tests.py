"""What can be asked of a question over waves: changes, a slope, whether anything moved, the mean of the last waves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from workbench.core.checks import Floats
from workbench.estimation.intervals import two_sided_t
from workbench.estimation.mean_test import means_alike
from workbench.estimation.share_test import shares_alike
from workbench.estimation.wave_fit import steady_degrees
from workbench.tabulation.comparisons import FEW, NO_FREEDOM, NO_SPREAD, TESTED, Compared
from workbench.tabulation.wave_rows import WaveRows

FEW_EXPECTED = 10  # answers below which the variances of the waves themselves make rare shares look sure


def change_between(
    rows: WaveRows, before: int, after: int, *, test: str, minimum_base: int, families: Sequence[np.ndarray]
) -> Compared:
    r"""Return the change from one wave to another in every cell: columns × rows.

    Parameters
    ----------
    rows
        The question over waves.
    before, after
        Places of the two waves.
    test
        ``design``, or ``linearised_t`` for Student's t on the design's variance alone.
    minimum_base
        Fewest answers in both waves.
    families
        Columns that are corrected together, such as the total alone and all others.

    Notes
    -----
    V(d) = V₁ + V₂ − 2 Cov (`workbench.estimation.overlap.cross_covariance`); shares are tested by
    `workbench.estimation.share_test.shares_alike`, others by `workbench.estimation.mean_test.means_alike`, with the
    degrees of freedom of `workbench.estimation.estimate_change`: the same number there and here.
    """
    v1, v2 = rows.covariance[before, before], rows.covariance[after, after]
    variance = np.clip(v1 + v2 - 2 * rows.covariance[before, after], 0.0, None)
    difference = rows.estimate[after] - rows.estimate[before]
    apart = [rows.freedom[w] for w in (before, after)]
    thinner = np.minimum(*apart)
    common, strata = (v[before, after][:, None] for v in (rows.common, rows.common_strata))
    df = np.maximum(thinner - 1, apart[0] + apart[1] - 1 - common + strata)
    df = np.where(thinner < 1, 0.0, steady_degrees(df, [np.nan_to_num(v1), np.nan_to_num(v2)], apart))
    enough = np.minimum(rows.n[before], rows.n[after]) >= minimum_base
    error, statistic, p = (np.full(difference.shape, np.nan) for _ in range(3))
    freedom = np.array(df)
    for k in range(difference.shape[1]):
        for columns in families:
            v, f = variance[columns, k], df[columns, k]
            share = bool(rows.shares[k]) and test != "linearised_t"
            if test == "linearised_t":
                tested = np.sqrt(v)
                with np.errstate(invalid="ignore", divide="ignore"):
                    tail = two_sided_t(difference[columns, k] / tested, f)
            elif share:
                f = thinner[columns, k]
                sides = [rows.share_side(w, columns, k) for w in (before, after)]
                tested, tail = shares_alike(sides[0], sides[1], np.nan_to_num(v), f)
            else:
                means = [rows.side(w, columns, k) for w in (before, after)]
                sure = enough[columns, k]
                tested, tail = means_alike(means[0], means[1], v, f, sure, family=int(sure.sum()))
            error[columns, k], p[columns, k] = np.fmax(np.sqrt(v), tested), tail
            freedom[columns, k] = f
            with np.errstate(invalid="ignore", divide="ignore"):
                statistic[columns, k] = difference[columns, k] / tested
    known = np.isfinite(difference)
    reason = np.select([known & ~enough, thinner < 1, ~np.isfinite(p)], [FEW, NO_FREEDOM, NO_SPREAD], TESTED)
    own = np.sqrt(variance)
    return Compared(difference, own, statistic, freedom, np.where(reason == TESTED, p, np.nan), reason, error, df)


@dataclass(frozen=True)
class Line:
    """A straight line through waves, or a weighted sum of them: its value, error and degrees of freedom."""

    estimate: float
    std_error: float
    freedom: float

    @property
    def p_value(self) -> float:
        """Two-sided p-value of zero; missing without degrees of freedom or error."""
        if not (self.freedom >= 1 and self.std_error > 0):
            return float("nan")
        return float(2 * scipy.stats.t.sf(abs(self.estimate) / self.std_error, self.freedom))


def combined(estimate: Floats, covariance: Floats, weights: Floats, freedom: float, each: Floats | None = None) -> Line:
    """Return Σ a y of waves with the error that their full covariance gives it.

    Parameters
    ----------
    estimate, covariance, weights
        y, its covariance, and a.
    freedom, each
        Degrees of freedom of all waves together, and of each by itself: where one wave has nearly all of the error,
        its own count (Satterthwaite).

    Examples
    --------
    >>> combined(np.array([1.0, 3.0]), np.array([[1.0, 0.5], [0.5, 1.0]]), np.array([-1.0, 1.0]), 20.0)
    Line(estimate=2.0, std_error=1.0, freedom=20.0)
    """
    used = weights != 0
    a, v = weights[used], covariance[np.ix_(used, used)]
    variance = float(a @ v @ a)
    free = np.array([freedom])
    if each is not None:
        parts = [np.array([p]) for p in a**2 * np.diag(v)]
        free = steady_degrees(free, parts, [np.array([f]) for f in each[used]])
    return Line(float(a @ estimate[used]), float(np.sqrt(max(variance, 0.0))), float(min(free[0], freedom)))


def slope_of(estimate: Floats, covariance: Floats, places: Floats, freedom: float, each: Floats | None = None) -> Line:
    """Return the mean change per step of `places`, by least squares over all waves.

    Notes
    -----
    b = Σ (x − x̄) y / Σ (x − x̄)², its variance a'Va with the full covariance V of the waves.

    Examples
    --------
    >>> found = slope_of(np.array([1.0, 2.0, 3.0]), np.eye(3) * 0.02, np.arange(3.0), 50.0)
    >>> found.estimate, round(found.std_error, 6)
    (1.0, 0.1)
    """
    x = places - places.mean()
    return combined(estimate, covariance, x / (x @ x), freedom, each)


def anything_moved(
    estimate: Floats, covariance: Floats, freedom: float, *, effective: Floats | None = None
) -> tuple[float, float, float, float]:
    r"""Test whether all waves are alike.

    Parameters
    ----------
    estimate, covariance
        Of the waves.
    freedom
        Degrees of freedom of all waves together.
    effective
        Of shares: Kish's effective bases. Where one of them expects fewer than ten of the rarer answer, variances are
        those that the common share supplies, times the design's effect of each wave.

    Returns
    -------
    F, numerator's and denominator's degrees of freedom, p : float
        Missing where there is no test.

    Notes
    -----
    Wald's :math:`Q = (C y)' (C V C')^{-1} C y`, C the changes from wave to wave, and
    :math:`F = Q / r \cdot (\nu - r + 1) / \nu` on r and ν − r + 1 degrees of freedom, ν = `freedom` + 1 and r
    the rank of C V C' (Korn & Graubard 1990, American Statistician 44, 270–276).

    Examples
    --------
    >>> f, top, below, p = anything_moved(np.array([1.0, 1.0, 4.0]), np.eye(3), 100.0)
    >>> round(f, 2), top, below, round(p, 3)
    (2.97, 2.0, 100.0, 0.056)
    """
    nothing = (float("nan"),) * 4
    if len(estimate) < 2 or not np.isfinite(covariance).all():
        return nothing
    v = _as_the_common_share(estimate, covariance, effective) if effective is not None else covariance
    changes = np.diff(np.eye(len(estimate)), axis=0)
    values, vectors = np.linalg.eigh(changes @ v @ changes.T)
    sure = values > 1e-10 * max(values.max(initial=0.0), 1e-300)
    rank = int(sure.sum())
    nu = freedom + 1
    if rank < 1 or values.max(initial=0.0) <= 0 or nu - rank + 1 < 1:
        return nothing
    along = vectors[:, sure].T @ (changes @ estimate)
    f = float((along**2 / values[sure]).sum()) / rank * (nu - rank + 1) / nu
    return f, float(rank), float(nu - rank + 1), float(scipy.stats.f.sf(f, rank, nu - rank + 1))


def _as_the_common_share(share: Floats, covariance: Floats, effective: Floats) -> Floats:
    """Return the covariance with the binomial part of each wave replaced by that of their common share."""
    common = float(effective @ share / effective.sum()) if effective.sum() > 0 else 0.0
    if not 0 < common < 1 or (effective * min(common, 1 - common)).min() >= FEW_EXPECTED:
        return covariance
    own = np.diag(covariance)
    binomial = share * (1 - share) / effective
    # a wave in which nobody said it knows nothing of its design's effect: the others tell it
    known = binomial > 1e-18
    effects = np.where(known, own / np.where(known, binomial, 1.0), np.nan)
    effect = np.where(known, effects, np.nanmean(effects) if known.any() else 1.0)
    pooled = common * (1 - common) / effective * effect
    scale = np.sqrt(pooled / np.where(own > 1e-18, own, np.inf))
    found = covariance * np.outer(scale, scale)
    np.fill_diagonal(found, pooled)
    return np.asarray(found, dtype=np.float64)
