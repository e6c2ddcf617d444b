"""Shares against each other: one test that holds for rare answers, small groups and clusters alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.core.checks import Codes, Floats
from workbench.estimation.domains import Domains
from workbench.estimation.intervals import two_sided_t
from workbench.estimation.ratios import Ratio
from workbench.estimation.sample import Sample


@dataclass(frozen=True, eq=False)
class ShareSide:
    """One side of comparisons of shares, one entry per group.

    Attributes
    ----------
    share, mass, effective
        Estimate, sum of weights, and Kish's effective number of answers (Σw)²/Σw².
    weights_only
        Variance that the weights alone would give the share: n/(n - 1) Σ z² over the whole sample, z = w × score.
    """

    share: Floats
    mass: Floats
    effective: Floats
    weights_only: Floats

    def take(self, groups: Codes) -> ShareSide:
        """Return the sides of the named groups, in that order."""
        return ShareSide(*(np.asarray(v)[groups] for v in (self.share, self.mass, self.effective, self.weights_only)))


def share_sides(sample: Sample, domains: Domains, fit: Ratio, variable: int = 0) -> ShareSide:
    """Return what each group of a fitted share brings to a comparison."""
    z = fit.scores(domains)[:, variable] * sample.weights
    rows = len(z)
    squares = domains.sums(z[:, None] ** 2)[:, 0] * rows / max(rows - 1, 1)
    return ShareSide(fit.estimate[:, variable], fit.mass[:, variable], fit.kish[:, variable], squares)


def shares_alike(
    first: ShareSide, second: ShareSide, variance: Floats, df: Floats, *, shared: Floats | float = 0.0
) -> tuple[Floats, Floats]:
    """Test whether two shares are alike.

    The linearised variance of a rare answer in a small group is too small more often than not, and 0 where nobody gave
    it, so that everything would differ from it. Under the hypothesis that both shares are one, that share says how much
    they vary at their effective bases; the design says by what factor strata, clusters, calibration and customers met
    twice change it.

    Parameters
    ----------
    first, second
        Groups pair by pair. Where they have people in common, the variance that weights alone give their difference
        stands in `first`, and 0 in `second`.
    variance
        Variance of the differences under the design, with their covariance.
    df
        Degrees of freedom of the thinner side; below one there is no test.
    shared
        Kish's effective number of people in both groups.

    Returns
    -------
    error, p_value : ndarray
        The error that the test uses, and p; both missing where there is no test.

    Notes
    -----
    t = d / √(V_e ρ) with V_e = P(1 - P)(1/e₁ + 1/e₂ - 2 e₀/(e₁ e₂)), P the share of both sides together, e their
    effective bases and e₀ that of the people in both, ρ = V_d / V_w (1 where V_w is 0): the first-order correction of
    Rao and Scott (1984), Annals of Statistics 12, 46–60, for a table of two groups and yes or no.

    Examples
    --------
    >>> none_of_30 = ShareSide(*(np.array([v]) for v in (0.0, 30.0, 30.0, 0.0)))
    >>> few_of_1000 = ShareSide(*(np.array([v]) for v in (0.034, 1000.0, 1000.0, 3.3e-5)))
    >>> shares_alike(none_of_30, few_of_1000, np.array([3.3e-5]), np.array([29.0]))[1].round(2).tolist()
    [0.31]
    """
    mass = first.mass + second.mass
    together = (first.share * first.mass + second.share * second.mass) / np.where(mass > 0, mass, np.nan)
    bases = [np.where(side.effective > 0, side.effective, np.nan) for side in (first, second)]
    pooled = np.clip(together * (1 - together), 0.0, None) * (
        1 / bases[0] + 1 / bases[1] - 2 * shared / (bases[0] * bases[1])
    )
    weights_only = first.weights_only + second.weights_only
    known = weights_only > 1e-20
    effect = np.where(known, np.clip(variance, 0.0, None) / np.where(known, weights_only, 1.0), 1.0)
    # a wave met twice, word for word, leaves no error: whatever differs then does
    error = np.sqrt(pooled * effect)
    tested = (df >= 1) & (pooled > 1e-18)
    difference = np.abs(first.share - second.share)
    exact = tested & (error <= 1e-12)
    ratio = difference / np.where(exact, 1.0, np.where(error > 0, error, np.nan))
    p = np.where(exact, np.where(difference > 1e-9, 0.0, 1.0), two_sided_t(ratio, df))
    return np.where(tested, error, np.nan), np.where(tested, p, np.nan)
