"""Replicate weights and the variances that come from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workbench.core.checks import Floats
from workbench.core.errors import InputError


@dataclass(frozen=True, eq=False)
class Replicates:
    """Replicate weights of a sample.

    Attributes
    ----------
    weights
        Full analysis weights, rows x replicates.
    scale
        Factor of the sum of squares of all replicates.
    scales
        Factor of each replicate.
    degrees_of_freedom
        For Student's t.
    centre
        ``mean`` of the replicate estimates (R's default), or the full-sample ``estimate``.

    Notes
    -----
    V = scale Σ_r scales_r (θ_r - θ_centre)²: Wolter, Introduction to Variance Estimation (2nd ed., 2007), chapters 3–5.

    Examples
    --------
    >>> r = Replicates(np.array([[0.0, 2.0], [2.0, 0.0]]), 0.5, np.ones(2), 1)
    >>> r.covariance(lambda w: np.array([w @ [1.0, 3.0] / w.sum()]), np.array([2.0]))
    array([[1.]])
    """

    weights: Floats
    scale: float
    scales: Floats
    degrees_of_freedom: int
    centre: str = "mean"

    def __post_init__(self) -> None:
        if self.weights.ndim != 2 or len(self.scales) != self.weights.shape[1]:
            raise InputError(
                "There is one scale per replicate.",
                found=f"weights of shape {self.weights.shape}, {len(self.scales)} scales",
                fix="Pass weights as rows x replicates.",
                where="Replicates",
            )

    def estimates(self, point: Callable[[Floats], Floats]) -> Floats:
        """Return the estimate of each replicate, replicates x estimates."""
        return np.array([np.ravel(point(w)) for w in self.weights.T], dtype=np.float64)

    def covariance(self, point: Callable[[Floats], Floats], estimate: Floats) -> Floats:
        """Return the covariance of an estimator, given as a function of the weights.

        A replicate in which an estimate does not exist (it has no row of the group) is left out for that estimate, and
        the others count for it.
        """
        theta = self.estimates(point)
        there = np.isfinite(theta)
        if there.all():
            centre = theta[self.scales > 0].mean(axis=0) if self.centre == "mean" else np.ravel(estimate)
            off = theta - centre
            return np.asarray(self.scale * (off * self.scales[:, None]).T @ off, dtype=np.float64)
        counted = there & (self.scales > 0)[:, None]
        filled = np.where(there, theta, 0.0)
        known = counted.sum(axis=0)
        mean = np.where(counted, filled, 0.0).sum(axis=0) / np.where(known > 0, known, np.nan)
        off = np.where(there, filled - (mean if self.centre == "mean" else np.ravel(estimate)), 0.0)
        share = (there * self.scales[:, None]).T @ there.astype(float) / self.scales.sum()
        return np.asarray(
            self.scale * (off * self.scales[:, None]).T @ off / np.where(share > 0, share, np.nan), dtype=np.float64
        )
