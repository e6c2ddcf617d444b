"""Replicate weights of the rows of a table, and the variances that come from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from workbench.core.checks import Floats
from workbench.core.errors import InputError

Centre = Literal["mean", "estimate"]


@dataclass(frozen=True, eq=False)
class ReplicateWeights:
    """Replicate weights as numbers, such as `replicate_weights` makes them.

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
    index
        Labels of the rows; rows are found by them, whatever their order. Without it rows keep their places.
    alone
        Whether they say nothing of what a wave has in common with another: changes then take waves as independent.

    Notes
    -----
    V = scale Σ_r scales_r (θ_r - θ_centre)²: Wolter, Introduction to Variance Estimation (2nd ed., 2007), chapters 3–5.

    Examples
    --------
    >>> r = ReplicateWeights(np.array([[0.0, 2.0], [2.0, 0.0]]), 0.5, np.ones(2), 1)
    >>> r.covariance(lambda w: np.array([w @ [1.0, 3.0] / w.sum()]), np.array([2.0]))
    array([[1.]])
    """

    weights: Floats
    scale: float
    scales: Floats
    degrees_of_freedom: float
    centre: Centre = "mean"
    index: pd.Index | None = None
    alone: bool = False

    def __post_init__(self) -> None:
        if self.weights.ndim != 2 or len(self.scales) != self.weights.shape[1]:
            raise InputError(
                "There is one scale per replicate.",
                found=f"weights of shape {self.weights.shape}, {len(self.scales)} scales",
                fix="Pass weights as rows x replicates.",
                where="Replicates",
            )

    def as_table(self) -> pd.DataFrame:
        """Return the weights as a table that `from_table` reads again: ``r1`` …, with ``df`` and ``scale``.

        Raises
        ------
        InputError
            If replicates have scales of their own.
        """
        if np.ptp(self.scales) > 0:
            raise InputError(
                "A table of replicates has one scale for all of them.",
                found="scales that differ",
                fix="Keep the scales beside the weights.",
                where="Replicates",
            )
        names = [f"r{i + 1}" for i in range(self.weights.shape[1])]
        scale = self.scale * float(self.scales[0])
        facts = pd.DataFrame({"df": float(self.degrees_of_freedom), "scale": scale}, index=range(len(self.weights)))
        return pd.concat([facts, pd.DataFrame(self.weights, columns=names)], axis=1)

    @classmethod
    def from_table(
        cls, table: pd.DataFrame, index: pd.Index, *, centre: Centre = "mean", alone: bool = False
    ) -> ReplicateWeights:
        """Return the replicates that `as_table` wrote, for rows with some labels, in their order.

        Examples
        --------
        >>> made = ReplicateWeights(np.array([[0.0, 2.0], [2.0, 0.0]]), 0.5, np.ones(2), 1)
        >>> ReplicateWeights.from_table(made.as_table(), pd.RangeIndex(2)).weights.tolist()
        [[0.0, 2.0], [2.0, 0.0]]
        """
        weights = table.drop(columns=["df", "scale"]).to_numpy(dtype=float)
        scale, df = float(table["scale"].iloc[0]), float(table["df"].iloc[0])
        return cls(weights, scale, np.ones(weights.shape[1]), df, centre, index, alone)

    def of(self, data: pd.DataFrame, *, where: str = "data") -> ReplicateWeights:
        """Return the weights of the rows of `data`, in their order.

        Raises
        ------
        InputError
            If a row has no replicate weights, or rows cannot be told apart by their labels.
        """
        if self.index is None or (data.index.is_unique and self.index.equals(data.index)):
            if len(data) != len(self.weights):
                raise InputError(
                    "Every row has its replicate weights.",
                    found=f"{len(data)} rows, replicate weights of {len(self.weights)}",
                    fix="Make replicate weights of this table, and choose groups with by=.",
                    where=where,
                )
            return self
        if not self.index.is_unique or not data.index.is_unique:
            # in whatever order they stand: which of two rows with one label is which, nobody knows
            raise InputError(
                "Rows find their replicate weights by their labels.",
                found="labels that occur twice in the index",
                fix="Call reset_index(drop=True) before making replicate weights, and keep that index.",
                where=where,
            )
        place = self.index.get_indexer(data.index)
        if (place < 0).any():
            raise InputError(
                "Every row has its replicate weights.",
                found=f"{int((place < 0).sum())} rows that were not there when the weights were made",
                fix="Make replicate weights of this table.",
                where=where,
            )
        return replace(self, weights=self.weights[place], index=data.index)

    def goes_with(self, other: ReplicateWeights) -> bool:
        """Tell whether replicate by replicate both leave out the same: as many, and made alike."""
        return (
            self.weights.shape[1] == other.weights.shape[1]
            and bool(np.isclose(self.scale, other.scale))
            and bool(np.allclose(self.scales, other.scales))
            and self.centre == other.centre
        )

    def estimates(self, point: Callable[[Floats], Floats]) -> Floats:
        """Return the estimate of each replicate, replicates x estimates."""
        return np.array([np.ravel(point(w)) for w in self.weights.T], dtype=np.float64)

    def covariance(self, point: Callable[[Floats], Floats], estimate: Floats) -> Floats:
        """Return the covariance of an estimator, given as a function of the weights.

        A replicate in which an estimate does not exist (it has no row of the group) is left out for that estimate, and
        the others count for it.
        """
        return self.spread(self.estimates(point), estimate)

    def spread(self, theta: Floats, estimate: Floats) -> Floats:
        """Return the covariance of estimates from those of the replicates (replicates x estimates)."""
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
