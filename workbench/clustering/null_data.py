"""Data without groups: one cloud as wide, as correlated and as skewed as the data at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from workbench.clustering.feature_rules import Floats


@dataclass(frozen=True, eq=False)
class Cloud:
    """One cloud: normal with the data's covariance after a Yeo–Johnson transformation of each feature.

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

    @classmethod
    def of(cls, values: Floats) -> Self:
        """Return the cloud that is like `values`, groups apart."""
        from sklearn.preprocessing import PowerTransformer

        bend = PowerTransformer("yeo-johnson").fit(values)
        straight = bend.transform(values)
        covariance = np.cov(straight.T).reshape(values.shape[1], -1)
        roots, vectors = np.linalg.eigh(covariance)
        shape = vectors * np.sqrt(np.maximum(roots, 0))
        return cls(bend, shape, straight.min(axis=0), straight.max(axis=0))

    def draw(self, rows: int, rng: np.random.Generator) -> Floats:
        """Return rows of the cloud, inside the range of the data."""
        made = rng.standard_normal((rows, len(self.shape))) @ self.shape.T
        return np.asarray(self.bend.inverse_transform(np.clip(made, self.low, self.high)))
