"""The estimators behind means, shares, ratios and totals: point estimates, scores and their covariance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.core.errors import InputError
from workbench.core.language import message
from workbench.core.results import Note
from workbench.estimation.domains import Domains
from workbench.estimation.sample import Sample
from workbench.estimation.skewness import skewness_of_totals
from workbench.estimation.variance import Cells, count_cells, covariance_of_totals, degrees_of_freedom
from workbench.weighting.checks import Floats

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Ratio:
    """A fitted ratio (or total) for each group and variable.

    Attributes
    ----------
    estimate, n, kish, mass, element_variance
        Groups x variables: the estimate; answers; Kish's effective number; sum of weights; and the variance among
        single answers that a simple random sample of n would divide by n.
    covariance
        Over groups x variables.
    df
        Degrees of freedom of each group.
    residual
        Linearised scores without weights and before the division by the denominator, rows x variables.
    inverse
        One over the denominator, groups x variables (ones for totals).
    skewness
        Estimated skewness of each estimate, groups x variables; 0 with replicates.
    """

    estimate: Floats
    n: Floats
    kish: Floats
    mass: Floats
    element_variance: Floats
    covariance: Floats
    df: Floats
    residual: Floats
    inverse: Floats
    skewness: Floats
    notes: tuple[Note, ...]

    def scores(self, domains: Domains) -> Floats:
        """Return the linearised scores without weights, rows x variables; zero outside all groups."""
        return (
            self.residual * domains.spread(self.inverse) if domains.code is not None else self.residual * self.inverse
        )


def fit_ratio(
    sample: Sample, domains: Domains, top: Floats, bottom: Floats | None, seen: Bools, names: Sequence[str]
) -> Ratio:
    """Fit Σ w top / Σ w bottom; without `bottom` the weighted mean of `top`.

    Raises
    ------
    InputError
        If a group has no answers, or a denominator adds up to zero.
    """
    w = sample.weights[:, None]
    weight_sums = domains.sums(w * seen) if not seen.all() else np.repeat(domains.sums(w), top.shape[1], axis=1)
    _require_answers(domains, weight_sums, names)
    base = weight_sums if bottom is None else domains.sums(w * bottom)
    if (np.abs(base) < 1e-300).any():
        group, variable = np.argwhere(np.abs(base) < 1e-300)[0]
        raise InputError(
            "A ratio has a denominator that is not zero.",
            found=f"{names[variable]}{_where(domains, int(group))}: denominator adds up to 0",
            fix="Choose another denominator, or leave this group out.",
            where="data",
        )
    # temporary arrays are used again: with a million rows, asking for memory takes longer than computing
    weighted = w * top
    estimate = domains.sums(weighted) / base
    fitted = domains.spread(estimate)
    if bottom is not None:
        fitted = fitted * bottom
    residual = top - fitted if domains.code is None else np.subtract(top, fitted, out=fitted)

    def point(weights: Floats) -> Floats:
        u = weights[:, None]
        return domains.sums(u * top) / domains.sums(u * (np.ones_like(top) if bottom is None else bottom))

    mean_base = base / weight_sums
    np.multiply(w, residual, out=weighted)
    weighted *= residual
    element = domains.sums(weighted) / weight_sums / mean_base**2
    return _complete(sample, domains, estimate, element, weight_sums, residual, 1.0 / base, seen, names, point)


def fit_total(sample: Sample, domains: Domains, values: Floats, seen: Bools, names: Sequence[str]) -> Ratio:
    """Fit Σ w y.

    Raises
    ------
    InputError
        If a group has no answers.
    """
    w = sample.weights[:, None]
    weight_sums = domains.sums(w * seen)
    _require_answers(domains, weight_sums, names)
    estimate = domains.sums(w * values)
    centred = np.where(seen, values - domains.spread(estimate / weight_sums), 0.0)
    element = domains.sums(w * centred**2) / weight_sums * weight_sums**2

    def point(weights: Floats) -> Floats:
        return domains.sums(weights[:, None] * values)

    ones = np.ones_like(estimate)
    return _complete(sample, domains, estimate, element, weight_sums, values, ones, seen, names, point)


def _complete(
    sample: Sample,
    domains: Domains,
    estimate: Floats,
    element: Floats,
    mass: Floats,
    residual: Floats,
    inverse: Floats,
    seen: Bools,
    names: Sequence[str],
    point: Callable[[Floats], Floats],
) -> Ratio:
    w = sample.weights[:, None]
    cells = count_cells(sample, domains.code, domains.size)
    n = domains.sums(seen.astype(float)) if cells is None or not seen.all() else _counts(cells, estimate)
    squares = domains.sums(w**2 * seen) if not seen.all() else domains.sums(w**2)
    kish = mass**2 / np.maximum(squares, 1e-300)
    replicates = sample.design.replicates
    if replicates is None:
        covariance = covariance_of_totals(sample, residual, domains.code, domains.size, cells)
        covariance *= np.outer(inverse, inverse)
        df = degrees_of_freedom(sample, domains.code, domains.size, cells)
        skewness = skewness_of_totals(sample, residual, domains.code, domains.size)
    else:
        covariance = replicates.covariance(point, estimate)
        df = np.full(domains.size, float(replicates.degrees_of_freedom))
        skewness = np.zeros(estimate.shape)
    element = np.where(n > 1, element * n / np.maximum(n - 1, 1), np.nan)
    return Ratio(
        estimate, n, kish, mass, element, covariance, df, residual, inverse, skewness, _missing_notes(seen, names)
    )


def _counts(cells: Cells, estimate: Floats) -> Floats:
    every = cells.count.reshape(-1, len(estimate)).sum(axis=0).astype(np.float64)
    return np.repeat(every[:, None], estimate.shape[1], axis=1)


def _missing_notes(seen: Bools, names: Sequence[str]) -> tuple[Note, ...]:
    if seen.all():
        return ()
    notes = {}
    for name, missing in zip(names, (~seen).sum(axis=0), strict=True):
        if missing:
            notes[name] = Note(
                message(
                    "{n:int} of {all:int} rows have no answer to {variable} and are left out.",
                    n=int(missing),
                    all=len(seen),
                    variable=name,
                )
            )
    return tuple(notes.values())


def _where(domains: Domains, group: int) -> str:
    if not domains.levels.shape[1]:
        return ""
    return " in " + ", ".join(f"{c} = {domains.levels[c].iloc[group]}" for c in domains.levels.columns)


def _require_answers(domains: Domains, mass: Floats, names: Sequence[str]) -> None:
    empty = np.argwhere(mass <= 0)
    if len(empty):
        group, variable = empty[0]
        raise InputError(
            "Every group has at least one answer.",
            found=f"{names[variable]} is missing in all rows{_where(domains, int(group))}",
            fix="Leave this group or column out, or combine groups.",
            where="data",
        )
