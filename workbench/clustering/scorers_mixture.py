"""Scorers of probability models: latent classes and Gaussian mixtures; the cost is minus the log of the chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from workbench.clustering.categories import Codes
from workbench.clustering.feature_rules import Floats
from workbench.clustering.scorers import number

_LEAST = 1e-300


@dataclass(frozen=True, eq=False)
class LatentClasses:
    """Latent classes: shares of the classes, and the chance of each level of each item in each class.

    A missing answer, or a level that was not there at the fit, says nothing about the class.
    """

    shares: Floats
    chances: tuple[Floats, ...]
    method: ClassVar[str] = "latent_class"

    @property
    def k(self) -> int:
        """Number of classes."""
        return len(self.shares)

    @property
    def centres(self) -> Floats:
        """There are no numbers."""
        return np.empty((self.k, 0))

    @property
    def modes(self) -> Codes:
        """Most likely level of each item in each class."""
        return np.column_stack([c.argmax(axis=1) for c in self.chances])

    def costs(self, values: Floats, codes: Codes) -> Floats:  # noqa: ARG002
        """Return minus the logarithm of share times chance of the answers given."""
        total = np.tile(-np.log(np.maximum(self.shares, _LEAST)), (len(codes), 1))
        for j, table in enumerate(self.chances):
            known = (codes[:, j] >= 0) & (codes[:, j] < table.shape[1])
            total[known] -= np.log(np.maximum(table[:, codes[known, j]].T, _LEAST))
        return total

    def posterior(self, codes: Codes) -> Floats:
        """Return the chance of each class for each row."""
        cost = self.costs(np.empty((len(codes), 0)), codes)
        chance = np.exp(cost.min(axis=1, keepdims=True) - cost)
        return np.asarray(chance / chance.sum(axis=1, keepdims=True))

    def sql(self, z: Sequence[str], g: Sequence[str]) -> list[str]:  # noqa: ARG002
        """Return the same costs in SQL."""
        found = []
        for i in range(self.k):
            text = number(-np.log(max(float(self.shares[i]), _LEAST)))
            for name, table in zip(g, self.chances, strict=True):
                whens = " ".join(
                    f"WHEN {v} THEN {number(-np.log(max(float(p), _LEAST)))}" for v, p in enumerate(table[i])
                )
                text += f" + CASE {name} {whens} ELSE 0.0 END"
            found.append(text)
        return found

    def reordered(self, order: Sequence[int]) -> LatentClasses:
        """Return the classes in another order."""
        chosen = list(order)
        return LatentClasses(self.shares[chosen], tuple(c[chosen] for c in self.chances))

    def to_json(self) -> dict[str, Any]:
        """Return shares and chances."""
        return {"shares": self.shares.tolist(), "chances": [c.tolist() for c in self.chances]}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> LatentClasses:
        """Read latent classes."""
        tables = tuple(np.array(c, dtype=np.float64) for c in content["chances"])
        return cls(np.array(content["shares"], dtype=np.float64), tables)


@dataclass(frozen=True, eq=False)
class Gaussians:
    """Gaussian mixture: shares, means, and the whitening matrix of each component (z − mean) → standard normal."""

    shares: Floats
    centres: Floats
    whitening: Floats
    method: ClassVar[str] = "gaussian_mixture"

    @property
    def k(self) -> int:
        """Number of components."""
        return len(self.shares)

    @property
    def modes(self) -> Codes:
        """There are no categories."""
        return np.empty((self.k, 0), dtype=np.int64)

    def _constants(self) -> Floats:
        determinants = np.log(np.abs(np.array([np.linalg.det(w) for w in self.whitening])))
        return np.asarray(-np.log(np.maximum(self.shares, _LEAST)) - determinants)

    def costs(self, values: Floats, codes: Codes) -> Floats:  # noqa: ARG002
        """Return minus the logarithm of share times density, less what all components share."""
        found = np.empty((len(values), self.k))
        for i, constant in enumerate(self._constants()):
            white = (values - self.centres[i]) @ self.whitening[i]
            found[:, i] = constant + 0.5 * (white**2).sum(axis=1)
        return found

    def sql(self, z: Sequence[str], g: Sequence[str]) -> list[str]:  # noqa: ARG002
        """Return the same costs in SQL."""
        found = []
        for centre, matrix, constant in zip(self.centres, self.whitening, self._constants(), strict=True):
            text = number(constant)
            for column in matrix.T:
                inside = " + ".join(
                    f"{number(w)} * ({name} - {number(c)})"
                    for w, name, c in zip(column, z, centre, strict=True)
                    if w != 0
                )
                text += f" + 0.5 * ({inside}) * ({inside})"
            found.append(text)
        return found

    def reordered(self, order: Sequence[int]) -> Gaussians:
        """Return the components in another order."""
        chosen = list(order)
        return Gaussians(self.shares[chosen], self.centres[chosen], self.whitening[chosen])

    def to_json(self) -> dict[str, Any]:
        """Return shares, means and whitening matrices."""
        return {"shares": self.shares.tolist(), "centres": self.centres.tolist(), "whitening": self.whitening.tolist()}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Gaussians:
        """Read components."""
        return cls(*(np.array(content[k], dtype=np.float64) for k in ("shares", "centres", "whitening")))
