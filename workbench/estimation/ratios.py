"""The estimators behind means, shares, ratios and totals: point estimates, scores and their covariance."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from workbench.core.checks import Floats
from workbench.core.errors import InputError
from workbench.core.language import message
from workbench.core.results import Note
from workbench.estimation.domains import Domains
from workbench.estimation.sample import Sample
from workbench.estimation.skewness import skewness_of_totals
from workbench.estimation.variance import Cells, cell_sums, count_cells, covariance_of_totals, degrees_of_freedom

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Ratio:
    """A fitted ratio (or total) for each group and variable.

    Attributes
    ----------
    estimate, n, mass, element_variance
        Groups x variables: the estimate; answers; sum of weights; and the variance among single answers that a simple
        random sample of n would divide by n.
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
    squares
        Returns the sum of squared weights, groups x variables; few ask for it.
    """

    estimate: Floats
    n: Floats
    mass: Floats
    element_variance: Floats
    covariance: Floats
    df: Floats
    residual: Floats
    inverse: Floats
    skewness: Floats
    notes: tuple[Note, ...]
    squares: Callable[[], Floats]

    @cached_property
    def kish(self) -> Floats:
        """Kish's effective number of answers, groups x variables."""
        return np.asarray(self.mass**2 / np.maximum(self.squares(), 1e-300), dtype=np.float64)

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
    cells = count_cells(sample, domains.code, domains.size)
    weight_sums = _sums(domains, cells, w) if seen.all() else _sums(domains, cells, w, seen.astype(float))
    weight_sums = np.broadcast_to(weight_sums, (domains.size, top.shape[1]))
    _require_answers(domains, weight_sums, names)
    base = weight_sums if bottom is None else _sums(domains, cells, w, bottom)
    if (np.abs(base) < 1e-300).any():
        group, variable = np.argwhere(np.abs(base) < 1e-300)[0]
        raise InputError(
            "A ratio has a denominator that is not zero.",
            found=f"{names[variable]}{_where(domains, int(group))}: denominator adds up to 0",
            fix="Choose another denominator, or leave this group out.",
            where="data",
        )
    estimate = _sums(domains, cells, w, top) / base
    fitted = domains.spread(estimate)
    if bottom is not None:
        fitted = fitted * bottom
    residual = top - fitted if domains.code is None else np.subtract(top, fitted, out=fitted)

    def point(weights: Floats) -> Floats:
        u = weights[:, None]
        return domains.sums(u * top) / domains.sums(u * (np.ones_like(top) if bottom is None else bottom))

    mean_base = base / weight_sums
    element = _sums(domains, cells, w, residual, residual) / weight_sums / mean_base**2
    return _complete(sample, domains, cells, estimate, element, weight_sums, residual, 1.0 / base, seen, names, point)


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
    cells = count_cells(sample, domains.code, domains.size)
    return _complete(sample, domains, cells, estimate, element, weight_sums, values, ones, seen, names, point)


def _sums(domains: Domains, cells: Cells | None, *factors: Floats) -> Floats:
    """Return the sum of the product of `factors` (rows x variables, or one column) in each group.

    Over the cells of stratum and group first, which takes half the time: a processor that adds to one of a few numbers
    again and again waits for itself.
    """
    if cells is None or cells.inside is not None:
        return domains.sums(np.asarray(math.prod(factors), dtype=np.float64))
    width = max(f.shape[1] for f in factors)
    columns = [[f[:, min(v, f.shape[1] - 1)] for f in factors] for v in range(width)]
    parts = [cell_sums(cells.key, len(cells.count), *c) for c in columns]
    return np.column_stack([p.reshape(-1, domains.size).sum(axis=0) for p in parts])


def _complete(
    sample: Sample,
    domains: Domains,
    cells: Cells | None,
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
    n = domains.sums(seen.astype(float)) if cells is None or not seen.all() else _counts(cells, estimate)

    def squares() -> Floats:
        return domains.sums(w**2 * seen) if not seen.all() else domains.sums(w**2)

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
        estimate, n, mass, element, covariance, df, residual, inverse, skewness, _missing_notes(seen, names), squares
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
