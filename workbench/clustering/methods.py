"""The methods of segmentation by name: what each needs of the features, and how each is fitted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from workbench.clustering.categories import CategoryRule, Codes, one_hot
from workbench.clustering.feature_rules import FeatureRule, Floats
from workbench.clustering.kmeans import Labels, k_means
from workbench.clustering.latent import FEWEST_STARTS, latent_classes
from workbench.clustering.medoids import MOST_ROWS, gower, gower_ranges, partition_around_medoids
from workbench.clustering.mixture import gaussian_mixture
from workbench.clustering.prototypes import k_prototypes
from workbench.clustering.scorers import Centres, Medoids, Scorer
from workbench.core.errors import InputError

Method = Literal["kmeans", "kprototypes", "gower_pam", "latent_class", "gaussian_mixture"]


@dataclass(frozen=True, eq=False)
class Prepared:
    """Features ready for a method: rules and values of numbers, rules and codes of categories."""

    rules: tuple[FeatureRule, ...]
    values: Floats
    categories: tuple[CategoryRule, ...]
    codes: Codes

    def __len__(self) -> int:
        return max(len(self.values), len(self.codes))

    @property
    def levels(self) -> tuple[int, ...]:
        """Number of levels of each category."""
        return tuple(len(c.levels) for c in self.categories)

    @property
    def everything(self) -> Floats:
        """Numbers and codes side by side, for counting distinct rows."""
        return (
            np.concatenate([np.nan_to_num(self.values, nan=-1e300), self.codes], axis=1)
            if self.categories
            else (self.values)
        )

    @property
    def comparable(self) -> Floats:
        """Numbers (missing ones at the median), and categories as columns in which two levels are 1 apart."""
        values = np.where(np.isnan(self.values), _medians(self.values), self.values)
        if not self.categories:
            return values
        return np.concatenate([values, one_hot(self.codes, self.levels) * np.sqrt(0.5)], axis=1)

    def part(self, rows: Labels) -> Prepared:
        """Return some of the rows."""
        return Prepared(self.rules, self.values[rows], self.categories, self.codes[rows])


@dataclass(frozen=True, eq=False)
class Fit:
    """What a method found: the scorer, the groups of the rows (0 … k − 1), and how good they are."""

    scorer: Scorer
    labels: Labels
    within: float = np.nan
    explained: float = np.nan
    quality: Mapping[str, float] = field(default_factory=dict)


Fitter = Callable[[Prepared, int, int, int | None, Floats | None], Fit]


def _kmeans(ready: Prepared, k: int, seed: int, starts: int | None, weights: Floats | None) -> Fit:
    found = k_means(ready.values, k, seed=seed, starts=starts or 10, weights=weights)
    total = _spread(ready.values, weights)
    return Fit(Centres(found.centres.round(12)), found.labels, found.within, 1 - found.within / total if total else 0.0)


def _kprototypes(ready: Prepared, k: int, seed: int, starts: int | None, weights: Floats | None) -> Fit:
    found = k_prototypes(
        ready.values, ready.codes, k, levels=ready.levels, seed=seed, starts=starts or 20, weights=weights
    )
    gamma = found.prototypes.gamma
    one = k_prototypes(
        ready.values, ready.codes, 1, levels=ready.levels, gamma=gamma, seed=seed, starts=1, weights=weights
    )
    explained = 1 - found.within / one.within if one.within else 0.0
    return Fit(found.prototypes, found.labels, found.within, explained, {"mismatch_weight": gamma})


def _gower_pam(ready: Prepared, k: int, seed: int, starts: int | None, weights: Floats | None) -> Fit:  # noqa: ARG001
    part = ready.part(np.arange(min(len(ready), MOST_ROWS)))
    ranges = gower_ranges(part.values)
    apart = gower(part.values, part.codes, ranges)
    found = partition_around_medoids(apart, k)
    scorer = Medoids(part.values[found.medoids], part.codes[found.medoids], ranges)
    least = float(apart.mean(axis=1).min())
    return Fit(
        scorer,
        found.labels,
        found.objective * len(part),
        1 - found.objective / least if least else 0.0,
        {"mean_distance": found.objective},
    )


def _latent_class(ready: Prepared, k: int, seed: int, starts: int | None, weights: Floats | None) -> Fit:
    number = max(starts or FEWEST_STARTS, FEWEST_STARTS)
    found = latent_classes(ready.codes, k, levels=ready.levels, seed=seed, starts=number, weights=weights)
    labels = found.classes.costs(ready.values, ready.codes).argmin(axis=1)
    quality = {
        "loglik": found.loglik,
        "bic": found.bic,
        "aic": found.aic,
        "parameters": found.parameters,
        "entropy": found.entropy,
        "starts": found.starts,
        "starts_reaching_best": found.reached,
        "rows": found.rows,
    }
    return Fit(found.classes, labels, quality=quality)


def _gaussian_mixture(ready: Prepared, k: int, seed: int, starts: int | None, weights: Floats | None) -> Fit:  # noqa: ARG001
    found = gaussian_mixture(ready.values, k, seed=seed, starts=starts or 5)
    labels = found.gaussians.costs(ready.values, ready.codes).argmin(axis=1)
    centres = np.array(
        [
            ready.values[labels == g].mean(axis=0) if (labels == g).any() else found.gaussians.centres[g]
            for g in range(k)
        ]
    )
    within = float(((ready.values - centres[labels]) ** 2).sum())
    return Fit(
        found.gaussians,
        labels,
        within,
        1 - within / _spread(ready.values, None),
        {"loglik": found.loglik, "bic": found.bic},
    )


METHODS: Final[Mapping[Method, Fitter]] = {
    "kmeans": _kmeans,
    "kprototypes": _kprototypes,
    "gower_pam": _gower_pam,
    "latent_class": _latent_class,
    "gaussian_mixture": _gaussian_mixture,
}


def refuse_unfit(ready: Prepared, method: Method, weights: Floats | None) -> None:
    """Refuse features that a method cannot use.

    Raises
    ------
    InputError
        If categories, numbers, missing values or weights do not fit the method.
    """
    names = ", ".join(c.name for c in ready.categories)
    if method in ("kmeans", "gaussian_mixture") and ready.categories:
        raise InputError(
            f"{method} divides by numbers.",
            found=f"categories {names}",
            fix="Use method='kprototypes' or 'gower_pam', or leave them out.",
            where="method",
        )
    if method == "latent_class" and (ready.rules or not ready.categories):
        found = ", ".join(r.name for r in ready.rules) or "no category"
        raise InputError(
            "latent_class divides by categories.",
            found=f"numbers {found}",
            fix="Cut numbers into classes, or use another method.",
            where="method",
        )
    if method == "kprototypes" and not (ready.rules and ready.categories):
        raise InputError(
            "kprototypes divides by numbers and categories.",
            found="numbers alone" if ready.rules else "categories alone",
            fix="Use 'kmeans' for numbers and 'latent_class' for categories.",
            where="method",
        )
    if method != "gower_pam" and np.isnan(ready.values).any():
        raise InputError(
            "Features are finite numbers.",
            found=f"{int(np.isnan(ready.values).sum()):,} missing values",
            fix="Use missing='median', or method='gower_pam'.",
            where="features",
        )
    if weights is None:
        return
    if method in ("gower_pam", "gaussian_mixture"):
        raise InputError(
            f"{method} takes no weights.", found="weights", fix="Leave them out, or use 'kmeans'.", where="weights"
        )
    if not np.isfinite(weights).all() or (weights < 0).any() or weights.sum() <= 0:
        raise InputError(
            "Weights are finite and not negative.", found=f"least {weights.min()}", fix="Correct them.", where="weights"
        )


def _medians(values: Floats) -> Floats:
    return np.asarray(np.nanmedian(values, axis=0)) if values.size else np.zeros(values.shape[1])


def _spread(values: Floats, weights: Floats | None) -> float:
    w = np.ones(len(values)) if weights is None else weights
    centre = w @ values / w.sum()
    return float(w @ ((values - centre) ** 2).sum(axis=1))
