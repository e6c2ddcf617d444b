"""Means against each other: a test that a few large answers in a small group do not fool."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from workbench.core.checks import Codes, Floats
from workbench.estimation.domains import Domains
from workbench.estimation.intervals import two_sided_t
from workbench.estimation.ratios import Ratio
from workbench.estimation.sample import Sample
from workbench.estimation.share_test import share_sides

Bools = npt.NDArray[np.bool_]
MANY = 10  # comparisons from which on the one that stands out rests on a variance that is small by luck
SKEWED = 0.25  # of a difference: up to there Student's t has no more than 6 % false alarms at 5 %


@dataclass(frozen=True, eq=False)
class MeanSide:
    """One side of comparisons of means, one entry per group.

    Attributes
    ----------
    mean, mass, effective
        Estimate, sum of weights, and Kish's effective number of answers (Σw)²/Σw².
    weights_only
        Variance that the weights alone would give the mean.
    second, third
        Weighted mean squares and cubes of answers less their group's mean.
    """

    mean: Floats
    mass: Floats
    effective: Floats
    weights_only: Floats
    second: Floats
    third: Floats

    def take(self, groups: Codes) -> MeanSide:
        """Return the sides of the named groups, in that order."""
        return MeanSide(*(np.asarray(getattr(self, name))[groups] for name in self.__dataclass_fields__))


def mean_sides(sample: Sample, domains: Domains, fit: Ratio) -> MeanSide:
    """Return what each group of a fitted mean brings to a comparison."""
    side = share_sides(sample, domains, fit)
    off, w = fit.residual[:, :1], sample.weights[:, None]
    mass = np.where(side.mass > 0, side.mass, np.nan)
    second, third = (domains.sums(w * off**power)[:, 0] / mass for power in (2, 3))
    # as the variance of a sample, with its own mean taken off
    n = fit.n[:, 0]
    second = second * n / np.maximum(n - 1, 1)
    return MeanSide(side.share, side.mass, side.effective, side.weights_only, second, third)


def means_alike(
    first: MeanSide, second: MeanSide, variance: Floats, df: Floats, enough: Bools, *, family: int = 1
) -> tuple[Floats, Floats]:
    r"""Test whether two means are alike.

    Where answers are skewed and one group is small, its own variance is small whenever its mean is: a sample without
    the rare large answers looks low and sure of it. There the spread of both groups together, which the hypothesis
    that they are alike supplies, stands in where it is the larger one; elsewhere the variance of the design does alone.

    Parameters
    ----------
    first, second
        Groups that have no row in common, or waves, pair by pair.
    variance
        Variance of the differences under the design, with their covariance.
    df
        Degrees of freedom of the thinner side; below one there is no test.
    enough
        Whether both sides have the answers that a verdict asks for; where none is given, p is that of Student's t.
    family
        How many comparisons the one that stands out is picked from: the further out in the tail a verdict is made, the
        less skewness is harmless there.

    Returns
    -------
    error, p_value : ndarray
        The error that the test uses, and p; both missing where there is no test.

    Notes
    -----
    Skewness of the difference under the hypothesis: :math:`g (e_1^{-2} - e_2^{-2}) / (e_1^{-1} + e_2^{-1})^{3/2}`, g
    that of all answers around their group's mean, e the effective bases over the design's effect ρ = V_d / V_w (as in
    `workbench.estimation.share_test.shares_alike`). Beyond 0.25 either way V is at least
    :math:`S^2 (e_1^{-1} + e_2^{-1})`, S² the variance of all answers within groups. False alarms at 5 %: at most 6 in
    every setting of ``docs/edges.md``, where Student's t alone has up to 11. In a family of m comparisons the bound is
    0.25 (z(0.025) / z(0.025 / m))³, and from ten on V is held up whatever the skewness: the largest of many ratios is
    large for its small variance, too (``docs/false_headlines.md``).

    Examples
    --------
    >>> few = MeanSide(*(np.array([v]) for v in (1.0, 20.0, 20.0, 0.005, 0.1, 0.01)))
    >>> many = MeanSide(*(np.array([v]) for v in (1.6, 400.0, 400.0, 0.012, 4.7, 60.0)))
    >>> means_alike(few, many, np.array([0.017]), np.array([19.0]), np.array([True]))[1].round(2).tolist()
    [0.23]
    """
    mass = first.mass + second.mass
    safe = np.where(mass > 0, mass, np.nan)
    spread = (first.mass * first.second + second.mass * second.second) / safe
    cubes = (first.mass * first.third + second.mass * second.third) / safe
    weights_only = first.weights_only + second.weights_only
    known = weights_only > 1e-20 * np.maximum(spread, 1e-300)
    effect = np.where(known, np.clip(variance, 0.0, None) / np.where(known, weights_only, 1.0), 1.0)
    part1, part2 = (effect / np.where(s.effective > 0, s.effective, np.nan) for s in (first, second))
    whole = part1 + part2
    positive = (spread > 0) & (whole > 0)
    skew = np.where(positive, cubes / np.where(positive, spread, 1.0) ** 1.5, 0.0)
    skew = skew * np.where(positive, (part1**2 - part2**2) / np.where(positive, whole, 1.0) ** 1.5, 0.0)
    # an Edgeworth expansion is off by a share that grows with skewness times the cube of the quantile
    quantile = scipy.special.ndtri(0.025) / scipy.special.ndtri(0.025 / max(family, 1))
    fooled = enough & ((np.abs(skew) > SKEWED * quantile**3) | (family >= MANY))
    held = np.where(fooled, np.fmax(variance, spread * whole), variance)
    error = np.sqrt(np.clip(held, 0.0, None))
    difference = np.abs(first.mean - second.mean)
    exact = error <= 1e-12 * np.maximum(difference, 1.0)
    tail = two_sided_t(difference / np.where(exact, 1.0, error), df)
    p = np.where(exact, np.where(difference > 1e-9, 0.0, 1.0), tail)
    untested = np.isnan(error) | ~(df >= 1)
    return np.where(untested, np.nan, error), np.where(untested, np.nan, p)
