"""Data without groups: one cloud as wide, as correlated and as skewed as the data at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from workbench.clustering.feature_rules import Floats

DISCRETE: Final = 0.2  # distinct values per row up to which a feature counts as coarse
HOLE: Final = 2.5


@dataclass(frozen=True, eq=False)
class Cloud:
    """One cloud: normal with the data's covariance after a Yeo–Johnson transformation of each feature.

    A feature of few values (numbers of orders, ratings) takes values on the same steps: ties alone look like groups.

    Source: Hennig & Lin (2015), Statistics and Computing 25, 821–833 (parametric bootstrap of a null model).

    Examples
    --------
    >>> values = np.random.default_rng(1).gamma(2.0, size=(200, 2))
    >>> Cloud.of(values).draw(5, np.random.default_rng(1)).shape
    (5, 2)
    """

    bend: Any
    shape: Floats
    low: Floats
    high: Floats
    grids: tuple[Floats | None, ...] = ()

    @classmethod
    def of(cls, values: Floats) -> Self:
        """Return the cloud that is like `values`, groups apart."""
        from sklearn.preprocessing import PowerTransformer

        bend = PowerTransformer("yeo-johnson").fit(values)
        straight = bend.transform(values)
        covariance = np.cov(straight.T).reshape(values.shape[1], -1)
        roots, vectors = np.linalg.eigh(covariance)
        shape = vectors * np.sqrt(np.maximum(roots, 0))
        grids = tuple(_grid(v) for v in np.asarray(values, dtype=np.float64).T)
        return cls(bend, shape, straight.min(axis=0), straight.max(axis=0), grids)

    def draw(self, rows: int, rng: np.random.Generator) -> Floats:
        """Return rows of the cloud, inside the range of the data."""
        made = rng.standard_normal((rows, len(self.shape))) @ self.shape.T
        smooth = np.asarray(self.bend.inverse_transform(np.clip(made, self.low, self.high)), dtype=np.float64)
        for column, grid in enumerate(self.grids):
            if grid is not None:
                smooth[:, column] = _nearest(grid, smooth[:, column])
        return smooth


def _grid(values: Floats) -> Floats | None:
    """Return the steps of a feature that takes few values; None where it is continuous.

    A hole among the steps may be what divides groups, so it is filled with steps as wide as those beside it: data
    without groups are as coarse as the data, and have no holes.
    """
    steps = np.unique(values)
    if len(steps) < 2 or len(steps) > DISCRETE * len(values):
        return None
    widths = np.diff(steps)
    parts = [steps[:1]]
    for i, width in enumerate(widths):
        beside = np.delete(widths[max(0, i - 2) : i + 3], min(i, 2))
        usual = float(np.median(beside)) if len(beside) else width
        pieces = max(round(width / usual), 1) if width > HOLE * usual else 1
        parts.append(steps[i] + width * np.arange(1, pieces + 1) / pieces)
    return np.concatenate(parts)


def _nearest(grid: Floats, values: Floats) -> Floats:
    above = np.clip(np.searchsorted(grid, values), 1, len(grid) - 1)
    lower, upper = grid[above - 1], grid[above]
    return np.where(values - lower <= upper - values, lower, upper)
