"""What a frozen segmentation scores customers with: one cost per segment, in Python and in SQL; the least wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

import numpy as np

from workbench.clustering.categories import MISSING_CODE, Codes, one_hot
from workbench.clustering.feature_rules import Floats


class Scorer(Protocol):
    """Costs of belonging to each segment; a tie goes to the more valuable segment."""

    method: ClassVar[str]

    @property
    def k(self) -> int:
        """Number of segments."""

    @property
    def centres(self) -> Floats:
        """Typical features of each segment, segments × features of numbers."""

    @property
    def modes(self) -> Codes:
        """Most typical code of each category in each segment, segments × categories."""

    def costs(self, values: Floats, codes: Codes) -> Floats:
        """Return the cost of each segment for each row."""

    def sql(self, z: Sequence[str], g: Sequence[str]) -> list[str]:
        """Return one SQL expression per segment over columns of features `z` and codes `g`."""

    def reordered(self, order: Sequence[int]) -> Self:
        """Return the same segments in another order."""

    def to_json(self) -> dict[str, Any]:
        """Return everything needed to score, as lists and numbers."""

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""


def number(value: float) -> str:
    """Return a number as SQL, in parentheses where it is negative."""
    text = repr(float(value))
    return f"({text})" if text.startswith("-") else text


@dataclass(frozen=True, eq=False)
class Centres:
    """k-means: squared distance to the mean."""

    centres: Floats
    method: ClassVar[str] = "kmeans"

    @property
    def k(self) -> int:
        """Number of segments."""
        return len(self.centres)

    @property
    def modes(self) -> Codes:
        """There are no categories."""
        return np.empty((self.k, 0), dtype=np.int64)

    def costs(self, values: Floats, codes: Codes) -> Floats:  # noqa: ARG002
        """Return |c|² − 2 z·c, the squared distance less what all segments share."""
        return np.asarray((self.centres**2).sum(axis=1) - 2 * values @ self.centres.T)

    def sql(self, z: Sequence[str], g: Sequence[str]) -> list[str]:  # noqa: ARG002
        """Return |c|² − 2 z·c of each centre."""
        return [
            number(float(c @ c)) + "".join(f" - {number(2 * float(v))} * {name}" for v, name in zip(c, z, strict=True))
            for c in self.centres
        ]

    def reordered(self, order: Sequence[int]) -> Centres:
        """Return the centres in another order."""
        return Centres(self.centres[list(order)])

    def to_json(self) -> dict[str, Any]:
        """Return the centres."""
        return {"centres": self.centres.tolist()}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Centres:
        """Read centres."""
        return cls(np.array(content["centres"], dtype=np.float64))


@dataclass(frozen=True, eq=False)
class Prototypes:
    """k-prototypes: squared distance to the mean, and `gamma` for every category that is not the mode's.

    Source: Huang (1998), Data Mining and Knowledge Discovery 2, 283–304. A missing category is a level of its own.
    """

    centres: Floats
    modes: Codes
    levels: tuple[int, ...]
    gamma: float
    method: ClassVar[str] = "kprototypes"

    @property
    def k(self) -> int:
        """Number of segments."""
        return len(self.centres)

    def costs(self, values: Floats, codes: Codes) -> Floats:
        """Return squared distance plus mismatches, less what all segments share."""
        near = (self.centres**2).sum(axis=1) - 2 * values @ self.centres.T
        same = one_hot(codes, self.levels) @ one_hot(self.modes, self.levels).T
        return np.asarray(near - self.gamma * same)

    def sql(self, z: Sequence[str], g: Sequence[str]) -> list[str]:
        """Return the same costs in SQL."""
        near = Centres(self.centres).sql(z, g)
        return [
            text
            + "".join(
                f" - CASE WHEN {name} = {int(m)} THEN {number(self.gamma)} ELSE 0 END"
                for m, name in zip(mode, g, strict=True)
            )
            for text, mode in zip(near, self.modes, strict=True)
        ]

    def reordered(self, order: Sequence[int]) -> Prototypes:
        """Return the prototypes in another order."""
        chosen = list(order)
        return Prototypes(self.centres[chosen], self.modes[chosen], self.levels, self.gamma)

    def to_json(self) -> dict[str, Any]:
        """Return means, modes and the weight of a mismatch."""
        return {
            "centres": self.centres.tolist(),
            "modes": self.modes.tolist(),
            "levels": list(self.levels),
            "gamma": self.gamma,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Prototypes:
        """Read prototypes."""
        return cls(
            np.array(content["centres"], dtype=np.float64).reshape(len(content["modes"]), -1),
            np.array(content["modes"], dtype=np.int64).reshape(len(content["modes"]), -1),
            tuple(content["levels"]),
            float(content["gamma"]),
        )


@dataclass(frozen=True, eq=False)
class Medoids:
    """Gower + PAM: mean of the columns' differences to a typical customer, each from 0 to 1, missing ones left out.

    Source: Gower (1971), Biometrics 27, 857–871; Kaufman & Rousseeuw (1990), Finding Groups in Data, ch. 2.
    """

    centres: Floats
    modes: Codes
    ranges: Floats
    method: ClassVar[str] = "gower_pam"

    @property
    def k(self) -> int:
        """Number of segments."""
        return len(self.modes)

    def costs(self, values: Floats, codes: Codes) -> Floats:
        """Return Gower's distance to each medoid."""
        found = np.empty((len(values), self.k))
        for i in range(self.k):
            apart = np.abs(values - self.centres[i]) / self.ranges
            other = np.where((codes < 0) | (self.modes[i] < 0), np.nan, (codes != self.modes[i]).astype(float))
            both = np.concatenate([apart, other], axis=1)
            known = np.maximum((~np.isnan(both)).sum(axis=1), 1)
            found[:, i] = np.nansum(both, axis=1) / known
        return found

    def sql(self, z: Sequence[str], g: Sequence[str]) -> list[str]:
        """Return Gower's distances in SQL."""
        found = []
        for centre, mode in zip(self.centres, self.modes, strict=True):
            parts, known = [], []
            for name, c, width in zip(z, centre, self.ranges, strict=True):
                if not np.isnan(c):
                    parts.append(f"coalesce(abs({name} - {number(c)}) / {number(width)}, 0)")
                    known.append(f"CASE WHEN {name} IS NULL THEN 0 ELSE 1 END")
            for name, m in zip(g, mode, strict=True):
                if m != MISSING_CODE:
                    parts.append(f"CASE WHEN {name} = {int(m)} OR {name} = {MISSING_CODE} THEN 0.0 ELSE 1.0 END")
                    known.append(f"CASE WHEN {name} = {MISSING_CODE} THEN 0 ELSE 1 END")
            found.append(f"({' + '.join(parts)}) / greatest({' + '.join(known)}, 1)")
        return found

    def reordered(self, order: Sequence[int]) -> Medoids:
        """Return the medoids in another order."""
        chosen = list(order)
        return Medoids(self.centres[chosen], self.modes[chosen], self.ranges)

    def to_json(self) -> dict[str, Any]:
        """Return the features of the medoids and the range of each feature; a missing one is null."""
        known = [[None if np.isnan(v) else float(v) for v in row] for row in self.centres]
        return {"centres": known, "modes": self.modes.tolist(), "ranges": self.ranges.tolist()}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Medoids:
        """Read medoids."""
        rows = [[np.nan if v is None else v for v in row] for row in content["centres"]]
        k = len(content["modes"])
        return cls(
            np.array(rows, dtype=np.float64).reshape(k, -1),
            np.array(content["modes"], dtype=np.int64).reshape(k, -1),
            np.array(content["ranges"], dtype=np.float64),
        )
