"""The estimators behind means, shares, ratios and totals: point estimates, scores and their covariance."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from workbench.core.checks import Floats, cell_name
from workbench.core.errors import InputError
from workbench.core.language import message, plural
from workbench.core.results import Note
from workbench.estimation.domains import Domains
from workbench.estimation.freedom import degrees_of_freedom
from workbench.estimation.sample import Sample
from workbench.estimation.skewness import skewness_of_totals
from workbench.estimation.variance import Cells, cell_sums, count_cells, covariance_of_totals

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Ratio:
    """A fitted ratio (or total) for each group and variable.

    Attributes
    ----------
    estimate, n, mass, element_variance
        Groups x variables: the estimate (missing where nobody answered, or a denominator adds up to nothing); answers;
        sum of weights; and the variance among single answers that a simple random sample of n would divide by n.
    covariance
        Over groups x variables; missing where a single answer, or a single sampling unit, says nothing about it.
    df
        Degrees of freedom, groups x variables: first-stage units with answers minus their strata.
    residual
        Linearised scores without weights and before the division by the denominator, rows x variables.
    inverse
        One over the denominator, groups x variables (ones for totals).
    squares
        Returns the sum of squared weights, groups x variables; few ask for it.
    skew
        Returns the estimated skewness of each estimate, groups x variables, 0 with replicates; few ask for it.
    replicated
        Estimates of the replicates, replicates x (groups x variables), where the design has them.
    """

    estimate: Floats
    n: Floats
    mass: Floats
    element_variance: Floats
    covariance: Floats
    df: Floats
    residual: Floats
    inverse: Floats
    notes: tuple[Note, ...]
    squares: Callable[[], Floats]
    skew: Callable[[], Floats]
    replicated: Floats | None = None

    @cached_property
    def kish(self) -> Floats:
        """Kish's effective number of answers, groups x variables."""
        return np.asarray(self.mass**2 / np.maximum(self.squares(), 1e-300), dtype=np.float64)

    @cached_property
    def skewness(self) -> Floats:
        """Estimated skewness of each estimate, groups x variables."""
        return self.skew()

    def scores(self, domains: Domains) -> Floats:
        """Return the linearised scores without weights, rows x variables; zero outside all groups."""
        return (
            self.residual * domains.spread(self.inverse) if domains.code is not None else self.residual * self.inverse
        )


def fit_ratio(
    sample: Sample, domains: Domains, top: Floats, bottom: Floats | None, seen: Bools, names: Sequence[str]
) -> Ratio:
    """Fit Σ w top / Σ w bottom; without `bottom` the weighted mean of `top`.

    A group in which nobody answered stays, with n = 0 and nothing else; so does one whose denominator adds up to zero.

    Raises
    ------
    InputError
        If there is no answer at all, or every denominator adds up to zero.
    """
    top, bottom, seen = _of_second_phase(sample, top, bottom, seen)
    w = sample.weights[:, None]
    cells = count_cells(sample, domains.code, domains.size)
    weight_sums = _sums(domains, cells, w) if seen.all() else _sums(domains, cells, w, seen.astype(float))
    weight_sums = np.broadcast_to(weight_sums, (domains.size, top.shape[1]))
    _require_answers(weight_sums, names)
    base = weight_sums if bottom is None else _sums(domains, cells, w, bottom)
    empty = weight_sums <= 0
    hollow = ~empty & (np.abs(base) < 1e-300)
    known = ~(empty | hollow)
    if not known.any():
        raise InputError(
            "A ratio has a denominator that is not zero.",
            found=f"{names[0]}: the denominator adds up to 0",
            fix="Choose another denominator.",
            where="data",
        )
    safe = np.where(known, base, 1.0)
    estimate = np.where(known, _sums(domains, cells, w, top) / safe, np.nan)
    fitted = domains.spread(np.where(known, estimate, 0.0))
    if bottom is not None:
        fitted = fitted * bottom
    residual = top - fitted if domains.code is None else np.subtract(top, fitted, out=fitted)

    def point(weights: Floats) -> Floats:
        u = weights[:, None]
        below = domains.sums(u * (np.ones_like(top) if bottom is None else bottom))
        # a group that a replicate has no rows of has no estimate in it
        return np.where(np.abs(below) > 1e-300, domains.sums(u * top) / np.where(below == 0, 1.0, below), np.nan)

    inverse = np.where(known, 1.0 / safe, 0.0)
    mean_base = safe / np.where(known, weight_sums, 1.0)
    element = _sums(domains, cells, w, residual, residual) / np.where(known, weight_sums, np.nan) / mean_base**2
    fit = _complete(sample, domains, cells, estimate, element, weight_sums, residual, inverse, seen, names, point)
    lonely = (fit.n <= 1) | ((fit.df < 1) & (_variances(fit) <= 1e-24 * np.maximum(estimate**2, 1.0)))
    return replace(fit, covariance=_unknown(fit.covariance, ~known | lonely), notes=(*fit.notes, *_hollow(hollow)))


def fit_total(sample: Sample, domains: Domains, values: Floats, seen: Bools, names: Sequence[str]) -> Ratio:
    """Fit Σ w y; the total of a group in which nobody answered is missing, that of a single row has its error.

    Raises
    ------
    InputError
        If there is no answer at all.
    """
    values, _, seen = _of_second_phase(sample, values, None, seen)
    w = sample.weights[:, None]
    weight_sums = domains.sums(w * seen)
    _require_answers(weight_sums, names)
    known = weight_sums > 0
    total = domains.sums(w * values)
    centred = np.where(seen, values - domains.spread(total / np.where(known, weight_sums, 1.0)), 0.0)
    element = domains.sums(w * centred**2) * weight_sums
    estimate = np.where(known, total, np.nan)

    def point(weights: Floats) -> Floats:
        return domains.sums(weights[:, None] * values)

    ones = np.ones_like(estimate)
    cells = count_cells(sample, domains.code, domains.size)
    fit = _complete(sample, domains, cells, estimate, element, weight_sums, values, ones, seen, names, point)
    return replace(fit, covariance=_unknown(fit.covariance, ~known))


def _of_second_phase(
    sample: Sample, top: Floats, bottom: Floats | None, seen: Bools
) -> tuple[Floats, Floats | None, Bools]:
    """Leave out what is known of rows outside the second phase, where the design has one."""
    if sample.second is None:
        return top, bottom, seen
    inside = sample.second.selected[:, None]
    below = np.broadcast_to(np.ones(1), top.shape) if bottom is None else bottom
    return np.where(inside, top, 0.0), np.where(inside, below, 0.0), seen & inside


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

    def skew() -> Floats:
        if sample.replicates is not None:
            return np.zeros(estimate.shape)
        return skewness_of_totals(sample, residual, domains.code, domains.size)

    replicates, replicated = sample.replicates, None
    if replicates is None:
        covariance = covariance_of_totals(sample, residual, domains.code, domains.size, cells)
        covariance *= np.outer(inverse, inverse)
        df = _degrees(sample, domains, seen, cells)
    else:
        replicated = replicates.estimates(point)
        covariance = replicates.spread(replicated, estimate)
        df = np.full(estimate.shape, float(degrees_of_freedom(sample)[0]))
    element = np.where(n > 1, element * n / np.maximum(n - 1, 1), np.nan)
    notes = (*_missing_notes(seen, names), *_empty_notes(domains, n, names))
    return Ratio(estimate, n, mass, element, covariance, df, residual, inverse, notes, squares, skew, replicated)


def _degrees(sample: Sample, domains: Domains, seen: Bools, cells: Cells | None) -> Floats:
    """Count first-stage units with answers minus their strata, groups x variables; the whole sample has all its units.

    Who did not answer still is a unit of the whole design (so does R's degf), but brings nothing to a group.
    """
    width = seen.shape[1]
    if seen.all() or domains.code is None:
        return np.repeat(degrees_of_freedom(sample, domains.code, domains.size, cells)[:, None], width, axis=1)
    alike = bool((seen == seen[:, :1]).all())
    columns = []
    for variable in range(1 if alike else width):
        answered = np.where(seen[:, variable], domains.code, -1)
        columns.append(degrees_of_freedom(sample, answered, domains.size))
    return np.repeat(columns[0][:, None], width, axis=1) if alike else np.column_stack(columns)


def _variances(fit: Ratio) -> Floats:
    return np.asarray(np.diag(fit.covariance).reshape(fit.estimate.shape), dtype=np.float64)


def _unknown(covariance: Floats, where: Bools) -> Floats:
    """Return the covariance with everything missing that concerns the marked groups x variables."""
    if not where.any():
        return covariance
    marked = where.ravel()
    return np.where(marked[:, None] | marked[None, :], np.nan, covariance)


def _hollow(hollow: Bools) -> tuple[Note, ...]:
    if not hollow.any():
        return ()
    text = plural(
        "{n:int} group has a denominator that adds up to 0 and no ratio.",
        "{n:int} groups have a denominator that adds up to 0 and no ratio.",
        n=int(hollow.any(axis=1).sum()),
    )
    return (Note(text, "caution"),)


def _empty_notes(domains: Domains, n: Floats, names: Sequence[str]) -> tuple[Note, ...]:
    notes = {}
    for name, empty in zip(names, (n == 0).T, strict=True):
        if empty.any():
            if domains.code is None:
                text = message("Nobody answered {variable}.", variable=name)
            elif empty.sum() == 1:
                text = message(
                    "Nobody in {group} answered {variable}: the line has a base of 0 and nothing else.",
                    variable=name,
                    group=cell_name(domains.levels, int(empty.argmax())),
                )
            else:
                text = plural(
                    "{n:int} group has no answers to {variable}: its line has a base of 0 and nothing else.",
                    "{n:int} groups have no answers to {variable}: their lines have a base of 0 and nothing else.",
                    n=int(empty.sum()),
                    variable=name,
                )
            notes[name] = Note(text, "caution")
    return tuple(notes.values())


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


def _require_answers(mass: Floats, names: Sequence[str]) -> None:
    if (mass <= 0).all():
        raise InputError(
            message("There is at least one answer."),
            found=message("{columns}: missing in all rows", columns=", ".join(dict.fromkeys(map(str, names)))),
            fix=message("Choose another column, or wait for answers."),
            where="data",
        )
